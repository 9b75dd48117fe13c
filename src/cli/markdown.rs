//! The report of a run in Markdown: see [`report::markdown`](crate::report::markdown).

use std::path::Path;

use crate::cli::diffs::Diffs;
use crate::cli::recreate::{compose_command, recreate_command};
use crate::cli::targets::Target;
use crate::fixer::Outcome;
use crate::report::markdown::{ProjectReport, Stage, render};
use crate::source::tree::repository_root;
use crate::source::without_dots;
use crate::text::Colour;

/// What a report is made of, project by project.
pub(super) struct Report {
    projects: Vec<ProjectReport>,
    stage: Stage,
}

impl Report {
    /// A report without a project.
    pub(super) const fn new(stage: Stage) -> Self {
        Self { projects: Vec::new(), stage }
    }

    /// Adds a project; one without a broker has nothing to report.
    pub(super) fn add(&mut self, target: &Target, outcome: &Outcome) {
        if outcome.analysis.topology.brokers.is_empty() && outcome.before.findings.is_empty() {
            return;
        }
        let command = recreate_command(target, outcome);
        self.projects.push(ProjectReport::of(outcome, command, compose_command(target), &from_repository));
    }

    /// The whole report, with the fixes as a diff if `diffs` has any.
    pub(super) fn render(&self, failures: &[String], diffs: &Diffs) -> String {
        render(&self.projects, failures, self.stage, &diffs.render(Colour::Never))
    }
}

/// A path from the root of its repository, with slashes; without a repository, as it was named.
fn from_repository(path: &Path) -> String {
    let in_repository = || {
        let root = repository_root(path)?;
        Some(path.canonicalize().ok()?.strip_prefix(root).ok()?.to_owned())
    };
    let shown = in_repository().unwrap_or_else(|| without_dots(path));
    shown.display().to_string().replace(std::path::MAIN_SEPARATOR, "/")
}
