//! Edits of generated compose files, whose meaning before and after the edit is known.

mod written;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use composefix::compose::{Condition, Project, REFERENCE_VERSION};
use composefix::repair::{self, Refusal, Repair};
use composefix::source::{Files, Memory};
use composefix::text::EditSet;
use composefix::yaml::comments_kept;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use written::{Meaning, Written, files, json_files};

/// How many files are tried of each kind; `PROPTEST_CASES` asks for more.
const CASES: u32 = 600;

/// How many of them Docker Compose is asked about.
const SAMPLED: u32 = 20;

type Edit = fn(&Project) -> Result<Repair, Refusal>;

type Declared = fn(&mut Meaning);

/// The edits, each with what it does to the meaning of `app`.
const EDITS: [(Edit, Declared); 3] = [
    (
        |project| repair::set_variable(project, app(project), "KAFKA_BROKERS", "kafka:9092", |_| false),
        |app| drop(app.environment.insert("KAFKA_BROKERS".to_owned(), "kafka:9092".to_owned())),
    ),
    (
        |project| repair::set_variable(project, app(project), "V0", "changed", |_| false),
        |app| drop(app.environment.insert("V0".to_owned(), "changed".to_owned())),
    ),
    (
        |project| repair::require(project, app(project), &[("kafka".to_owned(), Condition::Healthy)], |_| false),
        |app| drop(app.depends_on.insert("kafka".to_owned(), "service_healthy".to_owned())),
    ),
];

fn app(project: &Project) -> &composefix::compose::Service {
    project.service("app").expect("each file has a service `app`")
}

#[test]
fn every_edit_of_a_generated_file_does_what_it_says_and_nothing_else() {
    try_all(files());
}

#[test]
fn every_edit_of_generated_json_does_what_it_says_and_nothing_else() {
    try_all(json_files());
}

fn try_all(files: impl Strategy<Value = Written>) {
    let cases = Config::default().cases.max(CASES);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let count = std::cell::Cell::new(0);
    let outcome = runner.run(&files, |file| {
        let is_sampled = u32::is_multiple_of(count.get(), cases / SAMPLED);
        count.set(count.get() + 1);
        for (edit, declared) in EDITS {
            check(&file, edit, declared, is_sampled).map_err(TestCaseError::fail)?;
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

fn check(file: &Written, edit: Edit, declared: Declared, is_sampled: bool) -> Result<(), String> {
    let before = load(&file.text)?;
    if meaning(&before) != file.services {
        return Err(format!("it is read as {:?}\n{}", meaning(&before), file.text));
    }
    let repair = edit(&before).map_err(|refusal| format!("{refusal}\n{}", file.text))?;
    let mut edits = EditSet::default();
    let all: Vec<_> = repair.edits.values().flatten().cloned().collect();
    edits.add_all(&all).map_err(|conflict| format!("{conflict}\n{}", file.text))?;
    let text = edits.apply(&file.text);
    let after = load(&text)?;
    let mut wanted = file.services.clone();
    wanted.get_mut("app").map(declared).ok_or("there is no `app`")?;
    if meaning(&after) != wanted {
        return Err(format!("it means {:?}\n{text}", meaning(&after)["app"]));
    }
    let (old, new) = (&before.sources[0].document, &after.sources[0].document);
    comments_kept(old, new, |_| false).map_err(|lost| format!("{} is lost\n{text}", old.slice(lost)))?;
    untouched_lines(&file.text, &text)?;
    match edit(&after) {
        Ok(again) if again == Repair::default() => {}
        again => return Err(format!("a second time: {again:?}\n{text}")),
    }
    if is_sampled { compose_agrees(&text, &wanted) } else { Ok(()) }
}

fn load(text: &str) -> Result<Project, String> {
    let path = PathBuf::from("compose.yaml");
    let memory = Memory([(path.clone(), text.as_bytes().to_vec())].into_iter().collect());
    let mut files = Files::new(memory);
    Project::load(&mut files, &path).map_err(|error| format!("{}\n{text}", error.describe(&files)))
}

fn meaning(project: &Project) -> BTreeMap<String, Meaning> {
    let of = |service: &composefix::compose::Service| Meaning {
        environment: service
            .environment
            .variables
            .iter()
            .map(|variable| {
                // As it is written: what `${…}` becomes is another test's.
                let raw = variable.text.as_ref().map_or("", |text| text.raw.as_str());
                let value =
                    if variable.value_start > 0 { raw.split_once('=').map_or("", |(_, value)| value) } else { raw };
                (variable.name.clone(), value.to_owned())
            })
            .collect(),
        depends_on: service
            .depends_on
            .dependencies
            .iter()
            .map(|on| (on.service.clone(), on.condition().as_str().to_owned()))
            .collect(),
    };
    project.services.iter().map(|service| (service.name.clone(), of(service))).collect()
}

/// The lines of every service but `app`, and those of `app` outside of the two sections, stay byte for byte.
fn untouched_lines(before: &str, after: &str) -> Result<(), String> {
    let is_apart = |line: &&str| {
        ["image:", "stop_signal:", "SHARED:", "cache: {", "app1:", "app2:"]
            .iter()
            .any(|key| line.trim_start().starts_with(key))
    };
    let apart = |text: &str| text.lines().filter(is_apart).map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (apart(before), apart(after));
    let mut new = new.iter();
    match old.iter().find(|line| !new.any(|other| other == *line)) {
        Some(line) => Err(format!("the line {line:?} changes\n{after}")),
        None => Ok(()),
    }
}

/// Docker Compose reads the text as meant; nothing where it is not here.
fn compose_agrees(text: &str, wanted: &BTreeMap<String, Meaning>) -> Result<(), String> {
    let built = || format!("{}/target/compose-{REFERENCE_VERSION}", env!("CARGO_MANIFEST_DIR")).into();
    let program: PathBuf = std::env::var_os("COMPOSE_5_BIN").map_or_else(built, PathBuf::from);
    if !program.is_file() {
        return Ok(());
    }
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    std::fs::write(folder.path().join("compose.yaml"), text).map_err(|error| error.to_string())?;
    let output = Command::new(program)
        .args(["config", "--no-interpolate", "--format", "json"])
        .current_dir(folder.path())
        .output();
    let output = output.map_err(|error| error.to_string())?;
    let model: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("Docker Compose: {}\n{text}", String::from_utf8_lossy(&output.stderr)))?;
    for (name, meaning) in wanted {
        let service = &model["services"][name];
        // Without interpolation a list stays a list.
        let environment: BTreeMap<String, String> = match &service["environment"] {
            serde_json::Value::Array(items) => {
                let split = |item: &serde_json::Value| {
                    item.as_str()?.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned()))
                };
                items.iter().filter_map(split).collect()
            }
            map => map
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect(),
        };
        let condition = |value: &serde_json::Value| value["condition"].as_str().unwrap_or_default().to_owned();
        let depends_on: BTreeMap<String, String> = match &service["depends_on"] {
            serde_json::Value::Array(items) => items
                .iter()
                .filter_map(|item| Some((item.as_str()?.to_owned(), "service_started".to_owned())))
                .collect(),
            map => map.as_object().into_iter().flatten().map(|(on, value)| (on.clone(), condition(value))).collect(),
        };
        let found = Meaning { environment, depends_on };
        if found != *meaning {
            return Err(format!("to Docker Compose `{name}` is {found:?}\n{text}"));
        }
    }
    Ok(())
}
