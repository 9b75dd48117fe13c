//! Runs the whole tool on every compose file of 115 public repositories, with Docker Compose as the judge.
//!
//! The corpus is not part of the repository: its folder is `$COMPOSEFIX_CORPUS`, else `../shared/corpus`. Two levels down, each of its
//! folders is a project. `cargo test --test corpus -- --nocapture` prints the figures.

#![allow(clippy::print_stdout, reason = "the figures are the point")]

mod support;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use composefix::Options;
use composefix::compose::{Change, Project};
use composefix::finding::Remedy;
use composefix::fixer::Outcome;
use composefix::report::reason;
use composefix::source::Files;
use composefix::yaml::Document;
use support::{DockerCompose, ProjectCopy, laws};

const THREADS: usize = 2;

#[test]
fn every_file_of_the_corpus_is_left_alone_or_repaired_by_the_laws() {
    let Some(projects) = support::corpus::projects() else { return };
    let Some(compose) = DockerCompose::reference() else { return };
    let projects = Mutex::new(projects.into_iter());
    let reports = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(project) = next(&projects) {
                    let of_project = check_project(&compose, &project);
                    reports.lock().expect("no check panics").extend(of_project);
                }
            });
        }
    });
    let mut reports = reports.into_inner().expect("no check panics");
    reports.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!reports.is_empty(), "the corpus has no YAML file");
    print_figures(&reports);
    let broken: Vec<String> =
        reports.iter().flat_map(|report| report.broken.iter().map(|law| format!("{}: {law}", report.name))).collect();
    assert!(broken.is_empty(), "{} faults:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn the_laws_see_every_line_that_no_change_names() {
    let old =
        "services:\n  api:\n    image: api  # ours\n    environment: [A=1, B=1]\n    depends_on:\n      - kafka\n";
    let document = Document::parse(old).expect("it is YAML");
    let change = Change::Variable { service: "api".to_owned(), name: "A".to_owned(), value: "2".to_owned() };
    let broken = |from: &str, to: &str| {
        laws::only_named_lines_change(&document, &old.replace(from, to), std::slice::from_ref(&change))
    };
    assert_eq!(broken("A=1", "A=2"), [""; 0]);
    assert_eq!(broken("image: api", "image: 'api'"), ["line 3 changes: \"    image: api  # ours\""]);
    assert_eq!(broken("- kafka", "-  kafka"), ["line 6 changes: \"      - kafka\""]);
    assert_eq!(broken("- kafka\n", "- kafka"), ["line 7 changes: \"\"", "the final newline changes"]);
    assert_eq!(broken("    depends_on", "\n    depends_on"), ["a blank line comes, line 5"]);
    assert_eq!(broken("    depends_on", "    # more\n    depends_on"), ["a comment changes"]);
}

/// What came of a file.
struct Report {
    name: String,
    /// Whether Compose loads it, or its message.
    compose: Result<(), String>,
    /// What composefix makes of it.
    composefix: Result<Outcome, String>,
    /// The laws that it broke.
    broken: Vec<String>,
}

fn check_project(compose: &DockerCompose, project: &Path) -> Vec<Report> {
    let copy = ProjectCopy::of(project).expect("a project can be copied");
    let name = project.file_name().unwrap_or_default().to_string_lossy();
    let check = |file: &String| {
        let checked = catch_unwind(AssertUnwindSafe(|| check_file(compose, &copy, file)));
        let (compose, composefix, broken) = checked.unwrap_or_else(|_| {
            let panicked = "composefix panicked".to_owned();
            (Err(panicked.clone()), Err(panicked.clone()), vec![panicked])
        });
        Report { name: format!("{name}/{file}"), compose, composefix, broken }
    };
    support::corpus::yaml_files(project).iter().map(check).collect()
}

type Checked = (Result<(), String>, Result<Outcome, String>, Vec<String>);

fn check_file(compose: &DockerCompose, copy: &ProjectCopy, file: &str) -> Checked {
    let path = copy.path(file);
    let mut files = Files::default();
    let mut broken = Vec::new();
    if let Ok(id) = files.read(&path)
        && let Err(error) = Document::parse(files.get(id).shared_text())
        && error.lost_sync
    {
        broken.push(error.to_string());
    }
    let model = compose.config(copy, file);
    let loaded = Project::load(&mut files, &path);
    let outcome = composefix::fix(&mut Files::default(), &path, &Options::default());
    if let (Ok(model), Ok(project), Ok(outcome)) = (&model, &loaded, &outcome)
        && !outcome.changed.is_empty()
    {
        broken.extend(laws::broken_laws(compose, copy, file, model, project, outcome));
    }
    let folder = copy.path("").display().to_string();
    (model.map(drop), outcome.map_err(|error| error.describe(&files).replace(&folder, "")), broken)
}

fn print_figures(reports: &[Report]) {
    let count = |is: &dyn Fn(&Report) -> bool| reports.iter().filter(|report| is(report)).count();
    let judged =
        || reports.iter().filter(|report| report.compose.is_ok()).filter_map(|report| report.composefix.as_ref().ok());
    let repaired = judged().filter(|outcome| !outcome.changed.is_empty()).count();
    println!("{:5} YAML files", reports.len());
    println!("{:5} loaded by Docker Compose", count(&|report| report.compose.is_ok()));
    println!("{:5} loaded by composefix", count(&|report| report.composefix.is_ok()));
    println!("{:5} loaded by both: {} left alone, {repaired} repaired", judged().count(), judged().count() - repaired);
    print_tally(
        "repairs",
        judged().flat_map(|outcome| outcome.applied.iter().map(|applied| applied.id.rule.to_owned())),
    );
    let left = || judged().flat_map(|outcome| &outcome.left.findings);
    print_tally("findings left, by rule", left().map(|finding| finding.rule().to_owned()));
    let refused = left().filter(|finding| matches!(finding.remedy, Remedy::None(_)));
    let reasons = refused.map(|finding| without_names(&reason::remedy(finding)));
    print_tally("findings left, by the reason for no repair", reasons);
    println!("Docker Compose and composefix disagree on:");
    for Report { name, compose, composefix, .. } in reports {
        match (compose, composefix) {
            (Ok(()), Err(error)) => println!("  {name}: only composefix rejects it: {error}"),
            (Err(error), Ok(_)) => println!("  {name}: only Compose rejects it: {error}"),
            _ => {}
        }
    }
}

fn print_tally(title: &str, of: impl Iterator<Item = String>) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    of.for_each(|one| *counts.entry(one).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    println!("{title}:");
    counts.iter().for_each(|(one, count)| println!("{count:5} {one}"));
}

/// A reason without the parts in backticks, so that equal ones count together.
fn without_names(reason: &str) -> String {
    let parts = reason.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { "`…`" } else { part }).collect()
}

fn next(projects: &Mutex<impl Iterator<Item = PathBuf>>) -> Option<PathBuf> {
    projects.lock().expect("no check panics").next()
}
