//! The edit under test, in two rounds as the tool makes it: one repair, the text parsed again, the other repair.

use std::path::Path;

use composefix::compose::{Condition, Model, Project};
use composefix::repair::{self, Refusal, Repair};
use composefix::source::Files;
use composefix::text::EditSet;

pub(crate) const VARIABLE: &str = "KAFKA_BROKERS";

pub(crate) fn value(broker: &str) -> String {
    format!("{broker}:9092")
}

/// Loads a text as the file at `path`.
pub(crate) fn load(path: &Path, text: &str) -> Result<Project, String> {
    let mut files = Files::default();
    files.insert(path.to_owned(), text);
    Project::load(&mut files, path).map_err(|error| error.to_string())
}

/// Why there is no text after.
pub(crate) enum Failure {
    Refused(String),
    Wrong(String),
}

/// The text with both fixes; `dependency_first` is the order of the rounds.
pub(crate) fn both(
    path: &Path,
    text: &str,
    service: &str,
    broker: &str,
    dependency_first: bool,
) -> Result<String, Failure> {
    let mut text = text.to_owned();
    for dependency in [dependency_first, !dependency_first] {
        text = round(path, &text, service, broker, dependency)?;
    }
    Ok(text)
}

fn round(path: &Path, text: &str, service: &str, broker: &str, dependency: bool) -> Result<String, Failure> {
    let before = load(path, text).map_err(Failure::Wrong)?;
    let repair = one(&before, service, broker, dependency).map_err(|refusal| Failure::Refused(refusal.to_string()))?;
    let mut edits = EditSet::default();
    let all: Vec<_> = repair.edits.values().flatten().cloned().collect();
    edits.add_all(&all).map_err(|conflict| Failure::Wrong(conflict.to_string()))?;
    let after = edits.apply(text);
    let project = load(path, &after).map_err(|error| Failure::Wrong(format!("{error}\n{after}")))?;
    let mut wanted = Model::of(&before.sources[0].document);
    let changes: Vec<_> = repair.changes.iter().map(|(_, change)| change.clone()).collect();
    changes.iter().for_each(|change| wanted.apply(change));
    let differences = wanted.differences(&Model::of(&project.sources[0].document), &changes);
    if !differences.is_empty() {
        return Err(Failure::Wrong(format!("the library's own proof fails: {differences:?}")));
    }
    match one(&project, service, broker, dependency) {
        Ok(again) if again == Repair::default() => Ok(after),
        again => Err(Failure::Wrong(format!("a second time it would do more: {again:?}"))),
    }
}

fn one(project: &Project, service: &str, broker: &str, dependency: bool) -> Result<Repair, Refusal> {
    let service = project.service(service).ok_or_else(|| Refusal("the service is gone".to_owned()))?;
    if dependency {
        repair::require(project, service, &[(broker.to_owned(), Condition::Healthy)], |_| false)
    } else {
        let value = value(broker);
        if service.environment.get(VARIABLE).and_then(|written| written.value()) == Some(value.as_str()) {
            return Ok(Repair::default());
        }
        repair::set_variable(project, service, VARIABLE, &value, |_| false)
    }
}
