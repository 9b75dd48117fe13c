//! The verbs that show what a run is about or would do, for people and programs, and the one that does what was shown.

use std::collections::BTreeSet;
use std::path::Path;

use crate::cli::args::ProjectArgs;
use crate::cli::diffs::Diffs;
use crate::cli::exit::Exit;
use crate::cli::markdown::Report;
use crate::cli::plan::{self, Planner};
use crate::cli::run::Session;
use crate::cli::tally::Tally;
use crate::cli::work::{Done, Need};
use crate::report::markdown::Stage;
use crate::text::{shown, visible};

impl Session {
    /// The compose files of the projects, each once.
    pub(super) fn show_files(&self, args: &ProjectArgs) -> anyhow::Result<Exit> {
        let mut paths = BTreeSet::new();
        let exit = self.each_project(args, &args.options(), Need::Findings, &mut Tally::of_listing(), |work, _| {
            paths.extend(work.done.analysis().project.sources.iter().map(|source| source.path.clone()));
            Ok(Exit::Done)
        })?;
        self.0.out(&paths.iter().map(|path| format!("{}\n", visible(&path.display().to_string()))).collect::<String>());
        Ok(exit)
    }

    /// The report of what is wrong and of the fixes that can be made, with or without their diff.
    pub(super) fn report(&self, args: &ProjectArgs, with_diff: bool) -> anyhow::Result<Exit> {
        let options = args.options();
        let mut report = Report::new(Stage::Proposed);
        let mut diffs = Diffs::default();
        let mut tally = Tally::default();
        let exit = self.each_project(args, &options, Need::Fixes, &mut tally, |work, tally| {
            let Done::Fixed(mut outcome) = work.done else { return Ok(Exit::Done) };
            report.add(&work.target, &outcome);
            tally.add_repairs(&outcome);
            tally.add_ignored(&outcome.before.ignored, &outcome.before.comments, &outcome.files_before);
            tally.add_findings(&mut outcome.left.findings, &outcome.analysis.files);
            let exit = if outcome.before.findings.is_empty() { Exit::Done } else { Exit::Findings };
            if with_diff {
                diffs.add(outcome.changed);
            }
            Ok(exit)
        })?;
        self.0.out(&report.render(&tally.failures, &diffs));
        Ok(tally.exit(exit))
    }

    /// The fixes as a plan.
    pub(super) fn plan(&self, args: &ProjectArgs) -> anyhow::Result<Exit> {
        let options = args.options();
        let mut planner = Planner::default();
        let mut tally = Tally::default();
        let exit = self.each_project(args, &options, Need::Fixes, &mut tally, |work, tally| {
            let Done::Fixed(mut outcome) = work.done else { return Ok(Exit::Done) };
            planner.add(&outcome);
            tally.add_repairs(&outcome);
            let is_empty = outcome.changed.is_empty() && outcome.left.findings.is_empty();
            tally.add_findings(&mut outcome.left.findings, &outcome.analysis.files);
            Ok(if is_empty { Exit::Done } else { Exit::Findings })
        })?;
        self.0.out(&planner.finish(tally.failures.clone()).to_json()?);
        Ok(tally.exit(exit))
    }

    /// Makes the changes of a plan.
    pub(super) fn apply(&self, path: &Path) -> anyhow::Result<Exit> {
        let plan = match plan::read(path) {
            Ok(plan) => plan,
            Err(message) => return Ok(self.0.error(&message)),
        };
        let applied = plan::apply(&plan);
        self.0.talk(&applied.lines.iter().map(|line| format!("{}\n", shown(line))).collect::<String>());
        let mut exit = Exit::Done;
        for message in &applied.refused {
            exit = self.0.error(message);
        }
        let refused = match applied.refused.len() {
            0 => String::new(),
            count => format!("; {count} refused"),
        };
        self.0.talk(&format!("{} changed{refused}\n", applied.changed));
        Ok(exit)
    }
}
