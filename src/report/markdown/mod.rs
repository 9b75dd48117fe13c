//! A report in Markdown, for the body of a pull request or an issue: what was wrong and why, what was changed, how to apply the change
//! and how to see that it works. The same for one project and, after a table, for many.

mod changes;
mod client_log;
mod escape;
mod lines;
mod project;
mod sections;

pub use project::{ProjectReport, Shown};

use std::fmt::Write as _;

use crate::finding::Severity;
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
    if projects.is_empty() {
        return format!("# Kafka connections: nothing examined\n{}", not_examined(failures));
    }
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
    out + &not_examined(failures)
}

fn not_examined(failures: &[String]) -> String {
    if failures.is_empty() {
        return String::new();
    }
    let lines = failures.iter().map(|failure| format!("- {}\n", sentence(&failure.replace('\n', " "))));
    format!("\n## Not examined\n\n{}", lines.collect::<String>())
}

fn title(projects: &[&ProjectReport], stage: Stage) -> &'static str {
    let has_changes = projects.iter().any(|project| !project.changes.is_empty());
    let mut left = projects.iter().flat_map(|project| &project.left);
    let has_errors = left.any(|problem| problem.severity == Severity::Error);
    match (projects.is_empty(), has_changes, stage) {
        (true, ..) => "Kafka connections: no problems",
        (false, true, Stage::Made) if has_errors => "Fix some of the Kafka connections",
        (false, true, Stage::Made) => "Fix the Kafka connections",
        (false, true, Stage::Proposed) => "Kafka connections: problems and fixes",
        (false, false, _) => "Kafka connections: problems",
    }
}

fn nothing_found(projects: &[ProjectReport]) -> String {
    let count = |of: fn(&ProjectReport) -> usize| projects.iter().map(of).sum::<usize>();
    let right = count(|project| project.right.len());
    let unproven = count(|project| project.elsewhere.len() + project.unproven.len() + project.unknown.len());
    let left_out = count(|project| project.ignored.len() + project.left_out.len() + project.excluded.len());
    let clients = match (unproven, left_out) {
        (0, 0) => format!("{right}, all of them correct"),
        _ => format!("{right} correct, {unproven} undecided"),
    };
    let mut out =
        format!("Projects: {}. Brokers: {}. Clients: {clients}.\n", projects.len(), count(|it| it.brokers.len()));
    for project in projects {
        out.push_str(&sections::of_silent(project));
    }
    out
}

/// One row a project: those with problems first.
fn table(projects: &[ProjectReport], stage: Stage) -> String {
    let fixes = if stage == Stage::Made { "Fixes applied" } else { "Fixes" };
    let mut out = format!(
        "| Project | Problems | {fixes} | Not fixed | Clients already correct | Undecided |\n| --- | ---: | ---: | ---: | ---: | ---: |\n"
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
            project.unknown.len() + project.unproven.len(),
        );
    }
    out
}
