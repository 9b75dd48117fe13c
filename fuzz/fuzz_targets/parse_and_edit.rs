//! Whatever the text: reading it gives a document or an error with a place, never lost sync; an edit of it is proven or refused, and a second
//! run changes nothing. With `COMPOSEFIX_FUZZ=strict` no edit is discarded by its proof.

#![no_main]

use composefix::compose::{Condition, Model, Project, Service};
use composefix::repair::{self, Refusal, Repair};
use composefix::source::{Files, Memory};
use composefix::text::EditSet;
use composefix::yaml::{Document, comments_kept};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = Document::parse(text) {
        assert!(!error.lost_sync, "{error}");
        return;
    }
    let Some(project) = load(text) else { return };
    for service in &project.services {
        edit(text, &project, |project| repair::set_variable(project, named(project, service)?, "BROKERS", "kafka:9092", |_| false));
        let wanted = [("kafka".to_owned(), Condition::Healthy)];
        edit(text, &project, |project| repair::require(project, named(project, service)?, &wanted, |_| false));
        edit(text, &project, |project| repair::join_network(project, named(project, service)?, "backend", |_| false));
    }
});

fn named<'p>(project: &'p Project, service: &Service) -> Result<&'p Service, Refusal> {
    project.service(&service.name).ok_or_else(|| Refusal("the service is gone".to_owned()))
}

fn load(text: &str) -> Option<Project> {
    let path = std::path::PathBuf::from("compose.yaml");
    let memory = Memory([(path.clone(), text.as_bytes().to_vec())].into_iter().collect());
    Project::read(&mut Files::new(memory), &path).ok()
}

/// Applies a repair: the result must be the declared change, and a second run must change nothing.
fn edit(text: &str, project: &Project, repair: impl Fn(&Project) -> Result<Repair, Refusal>) {
    let Ok(made) = repair(project) else { return };
    let mut edits = EditSet::default();
    let all: Vec<_> = made.edits.values().flatten().cloned().collect();
    edits.add_all(&all).expect("the edits of a repair do not conflict");
    let after = edits.apply(text);
    let changes: Vec<_> = made.changes.iter().map(|(_, change)| change.clone()).collect();
    let reparsed = match Document::parse(after.as_str()) {
        Ok(reparsed) => reparsed,
        Err(error) => return discarded(&format!("{error} after an edit\n{after}")),
    };
    let old = &project.sources[0].document;
    let mut wanted = Model::of(old);
    changes.iter().for_each(|change| wanted.apply(change));
    let differences = wanted.differences(&Model::of(&reparsed), &changes);
    if !differences.is_empty() {
        return discarded(&format!("{differences:?} differ\n{after}"));
    }
    if let Err(comment) = comments_kept(old, &reparsed, |_| false) {
        return discarded(&format!("the comment `{}` is lost\n{after}", old.slice(comment)));
    }
    if let Some(again) = load(&after) {
        assert_eq!(repair(&again), Ok(Repair::default()), "a second time\n{after}");
    }
}

/// An edit that its proof discards does not reach a file, but was refused for no reason that a person would give.
fn discarded(why: &str) {
    assert!(std::env::var_os("COMPOSEFIX_FUZZ").is_none_or(|form| form != "strict"), "{why}");
}
