//! A report in Markdown, for the body of a pull request or an issue: what was wrong and why, what was changed, how to apply the change
//! and how to see that it works. The same for one project and, after a table, for many.

mod changes;
mod client_log;
mod escape;
mod project;
mod sections;

pub use project::{ProjectReport, Shown};

use std::fmt::Write as _;

use crate::report::markdown::escape::{cell, code, sentence};

/// Whether the fixes in a report were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// They can be made.
    Proposed,
    /// They are.
    Made,
}

/// The report of a run. `failures` are messages about projects that could not be worked on, `diff` the fixes as a unified diff, or nothing.
#[must_use]
pub fn render(projects: &[ProjectReport], failures: &[String], stage: Stage, diff: &str) -> String {
    let told: Vec<&ProjectReport> = projects.iter().filter(|project| !project.problems.is_empty()).collect();
    let mut out = format!("# {}\n\n", title(&told, stage));
    match told.as_slice() {
        [] => out.push_str(&nothing_found(projects)),
        [project] if projects.len() == 1 => out.push_str(&sections::render(project, stage, 2)),
        projects_with_problems => {
            out.push_str(&table(projects, stage));
            for project in projects_with_problems {
                let _ = write!(out, "\n## {}\n\n{}", code(&project.name()), sections::render(project, stage, 3));
            }
        }
    }
    if !diff.is_empty() {
        let _ = write!(out, "\n## Diff\n\n{}", escape::block("diff", diff));
    }
    if !failures.is_empty() {
        out.push_str("\n## Not examined\n\n");
        for failure in failures {
            let _ = writeln!(out, "- {}", sentence(&failure.replace('\n', " ")));
        }
    }
    out
}

fn title(projects: &[&ProjectReport], stage: Stage) -> &'static str {
    let has_changes = projects.iter().any(|project| !project.changes.is_empty());
    match (projects.is_empty(), has_changes, stage) {
        (true, ..) => "Kafka connections: no problems",
        (false, true, Stage::Made) => "Fix the Kafka connections",
        (false, true, Stage::Proposed) => "Kafka connections: problems and fixes",
        (false, false, _) => "Kafka connections: problems",
    }
}

fn nothing_found(projects: &[ProjectReport]) -> String {
    let clients = projects.iter().map(|project| project.right.len()).sum::<usize>();
    let brokers = projects.iter().map(|project| project.brokers.len()).sum::<usize>();
    format!("Projects: {}. Brokers: {brokers}. Clients: {clients}, all of them correct.\n", projects.len())
}

/// One row a project: those with problems first.
fn table(projects: &[ProjectReport], stage: Stage) -> String {
    let fixes = if stage == Stage::Made { "Fixes applied" } else { "Fixes" };
    let mut out = format!(
        "| Project | Problems | {fixes} | Left to do | Clients already correct | Undecided |\n| --- | ---: | ---: | ---: | ---: | ---: |\n"
    );
    let (with, without): (Vec<_>, Vec<_>) = projects.iter().partition(|project| !project.problems.is_empty());
    for project in with.iter().chain(&without) {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            cell(&code(&project.name())),
            project.problems.len(),
            project.changes.len(),
            project.left.len(),
            project.right.len(),
            project.unknown.len(),
        );
    }
    out
}
