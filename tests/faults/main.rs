//! What is left of a tree when system calls fail, when a signal ends a run, when two runs meet, and when files and folders become links
//! meanwhile: every file is as it was or as it should be, the files of a project together, no temporary file survives the next run, and the
//! exit code and the words say what happened.
//!
//! Short by default; `COMPOSEFIX_FAULTS=long` takes the numbers of `docs/reliability.md`. Linux only, and `calls` needs strace.

#![cfg(target_os = "linux")]
#![allow(
    clippy::print_stdout,
    reason = "a test that cannot run here says so, and the figures are for docs/reliability.md"
)]

mod calls;
mod links;
mod runs;
#[path = "../sandbox/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod sandbox;
mod signals;

use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use sandbox::{Said, Sandbox};

const BROKER: &str = include_str!("../sandbox/broker.yaml");

/// Two files of one project, each with a client whose broker is the container itself.
const FILES: [&str; 2] = ["compose.yaml", "compose.override.yaml"];

fn before(file: usize) -> String {
    let client = |name: &str| {
        format!(
            "  {name}:\n    image: example/{name}\n    environment: {{KAFKA_BROKERS: \"localhost:9092\"}}\n    \
             depends_on: {{kafka: {{condition: service_healthy}}}}\n"
        )
    };
    match file {
        0 => format!("{BROKER}{}", client("orders")),
        _ => format!("services:\n{}", client("audit")),
    }
}

fn after(file: usize) -> String {
    before(file).replace("\"localhost:9092\"", "\"kafka:9092\"")
}

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Old,
    New,
    /// Neither: its text.
    Torn(String),
}

/// Projects of two files each, in folders of their own.
struct Tree {
    sandbox: Sandbox,
    projects: Vec<String>,
}

impl Tree {
    fn new(count: usize) -> Self {
        let tree = Self { sandbox: Sandbox::new(), projects: (0..count).map(|n| format!("tree/p{n:03}")).collect() };
        tree.reset();
        tree
    }

    /// Gives every file its first text.
    fn reset(&self) {
        for project in &self.projects {
            for (number, file) in FILES.iter().enumerate() {
                let path = format!("{project}/{file}");
                if self.state(project, number) != Some(State::Old) {
                    self.sandbox.write(&path, &before(number));
                }
            }
        }
    }

    /// What a file of a project is; none if it is not there.
    fn state(&self, project: &str, file: usize) -> Option<State> {
        let text = fs::read_to_string(self.sandbox.path(&format!("{project}/{}", FILES[file]))).ok()?;
        Some(match text {
            text if text == before(file) => State::Old,
            text if text == after(file) => State::New,
            text => State::Torn(text),
        })
    }

    fn states(&self, project: &str) -> [State; 2] {
        [0, 1].map(|file| self.state(project, file).unwrap_or_else(|| panic!("{project}/{} is gone", FILES[file])))
    }

    /// The temporary files of composefix that lie in the folders of projects.
    fn temporary_files(&self) -> Vec<String> {
        let entries = self
            .projects
            .iter()
            .flat_map(|project| fs::read_dir(self.sandbox.path(project)).expect("the folder is there").flatten());
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with(".composefix-")).collect()
    }

    fn fix(&self) -> Said {
        self.sandbox.composefix(&["fix", "tree"])
    }

    /// Runs composefix once more, undisturbed: everything is as it should be, and in the long form a third run has nothing to do.
    #[track_caller]
    fn assert_next_run_ends_it(&self, what: &str) {
        let next = self.fix();
        assert_eq!(next.code, 0, "{what}: the next run: {next:?}");
        for project in &self.projects {
            assert_eq!(
                self.states(project),
                [State::New, State::New],
                "{what}: {project} after the next run: {next:?}"
            );
        }
        assert_eq!(self.temporary_files(), [""; 0], "{what}: after the next run: {next:?}");
        let third = is_long().then(|| self.fix());
        let is_at_rest = third.as_ref().is_none_or(|said| said.code == 0 && said.err.contains("no problems found"));
        assert!(is_at_rest, "{what}: the third run: {third:?}");
    }
}

/// Whether the long form is asked for.
fn is_long() -> bool {
    std::env::var_os("COMPOSEFIX_FAULTS").is_some_and(|form| form == "long")
}

/// `short`, or `long` where that is asked for.
fn either<T>(short: T, long: T) -> T {
    if is_long() { long } else { short }
}

/// A number below `limit`.
fn random(limit: u64) -> u64 {
    RandomState::new().build_hasher().finish() % limit.max(1)
}
