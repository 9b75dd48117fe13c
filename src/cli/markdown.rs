//! The report of a run in Markdown: see [`report::markdown`](crate::report::markdown).

use crate::cli::diffs::Diffs;
use crate::cli::paths::from_repository;
use crate::cli::recreate::{compose_command, recreate_command};
use crate::cli::targets::Target;
use crate::fixer::Outcome;
use crate::report::markdown::{ProjectReport, Stage, render};
use crate::text::Colour;

/// The projects of a report.
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
        let report = ProjectReport::of(outcome, self.stage, command, compose_command(target), &from_repository);
        self.projects.push(report);
    }

    /// The whole report, with the fixes as a diff if `diffs` has any.
    pub(super) fn render(&self, failures: &[String], diffs: &Diffs) -> String {
        render(&self.projects, failures, self.stage, &diffs.render(Colour::Never))
    }
}
