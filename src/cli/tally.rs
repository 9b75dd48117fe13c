//! The last line: what was read, what would change or did, and what is left.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use crate::cli::requests::canonical;
use crate::compose::Project;
use crate::finding::{Applicability, Finding};
use crate::fixer::Outcome;
use crate::kafka::topology::{Hints, Topology};
use crate::report::repairs::repairs;
use crate::rules::IgnoreComment;
use crate::source::Files;
use crate::text::visible;

/// The counts of the last line.
#[derive(Default)]
pub(super) struct Tally {
    /// Whether the repairs are made, not only shown.
    makes_repairs: bool,
    read: HashSet<PathBuf>,
    projects_without_broker: usize,
    projects: usize,
    changed: HashSet<PathBuf>,
    /// The findings that were told: rule, service, file, place.
    told: HashSet<(&'static str, String, PathBuf, usize)>,
    /// What comments ignore, told in the same way.
    ignored: HashSet<(&'static str, String, PathBuf, usize)>,
    /// What is to be said of those comments, by file, number and rule; nothing of one that does its work in any project.
    remarks: BTreeMap<(PathBuf, usize, String), Option<String>>,
    repairs: usize,
    left: usize,
    held_back: usize,
    /// What went wrong, each as it was told.
    pub(super) failures: Vec<String>,
    /// What the arguments name and is not there.
    pub(super) errors: usize,
    /// Projects that could not be worked on.
    pub(super) refused: usize,
}

impl Tally {
    /// Of a run that makes its repairs.
    pub(super) fn of_repairs_made() -> Self {
        Self { makes_repairs: true, ..Self::default() }
    }

    /// Counts a project that was read.
    pub(super) fn add_project(&mut self, project: &Project, hints: &Hints) {
        self.read.extend(project.sources.iter().map(|source| canonical(&source.path)));
        self.projects += 1;
        self.projects_without_broker += usize::from(Topology::new(project, hints).brokers.is_empty());
    }

    /// Counts what was, or would be, changed.
    pub(super) fn add_repairs(&mut self, outcome: &Outcome, project: &Project) {
        self.changed.extend(outcome.changed.iter().map(|changed| canonical(&changed.path)));
        self.repairs += repairs(outcome, project).len();
        let held_back =
            |finding: &&Finding| matches!(&finding.fix, Ok(fix) if fix.applicability == Applicability::Unsafe);
        self.held_back += outcome.left.iter().filter(held_back).count();
    }

    /// Counts what is found, or left, and leaves out what was told of another project with the same file.
    pub(super) fn add_findings(&mut self, findings: &mut Vec<Finding>, files: &Files) {
        findings.retain(|finding| self.told.insert(key(finding, files)));
        self.left += findings.len();
    }

    /// Counts what comments ignore, and notes what is to be said of them.
    pub(super) fn add_ignored(&mut self, ignored: &[Finding], comments: &[IgnoreComment], files: &Files) {
        self.ignored.extend(ignored.iter().map(|finding| key(finding, files)));
        for comment in comments {
            let file = files.get(comment.file);
            let line = comment.remark.as_ref().map(|remark| {
                let line = format!("warning: {}: {remark}", file.place(comment.span.start));
                format!("{}\n", visible(&line))
            });
            let known = self.remarks.entry((canonical(file.path()), comment.number, comment.rule.clone()));
            let known = known.or_insert_with(|| line.clone());
            if line.is_none() {
                *known = None;
            }
        }
    }

    /// What is to be said of the comments, a line each.
    pub(super) fn remarks(&self) -> String {
        self.remarks.values().flatten().map(String::as_str).collect()
    }

    /// Whether something can be repaired.
    pub(super) fn has_repairs(&self) -> bool {
        self.repairs > 0
    }

    /// The last line.
    pub(super) fn summary(&self) -> String {
        let mut parts = vec![format!("{} read", plural(self.read.len(), "file"))];
        if !self.changed.is_empty() {
            let repairs = plural(self.repairs, "repair");
            parts.push(if self.makes_repairs {
                format!("{} changed, {repairs} made", self.changed.len())
            } else {
                format!("{} would change, {repairs}", self.changed.len())
            });
        }
        if self.left > 0 {
            parts.push(plural(self.left, "finding"));
        }
        if self.held_back > 0 {
            parts.push(format!("{} held back (--unsafe-fixes makes them)", plural(self.held_back, "unsafe repair")));
        }
        if self.changed.len() + self.left == 0 && self.projects > 0 {
            let is_foreign = self.projects_without_broker == self.projects;
            parts.push(match (is_foreign, self.read.len()) {
                (true, 1) => "no Kafka broker in it".to_owned(),
                (true, _) => "no Kafka broker in them".to_owned(),
                (false, _) => "nothing to repair".to_owned(),
            });
        }
        if !self.ignored.is_empty() {
            parts.push(format!("{} ignored by comments", self.ignored.len()));
        }
        if self.refused > 0 {
            parts.push(format!("{} refused", self.refused));
        }
        if self.errors > 0 {
            parts.push(plural(self.errors, "error"));
        }
        format!("{}\n", parts.join("; "))
    }
}

/// What tells findings apart, whatever project they are found in: rule, service, file, place.
fn key(finding: &Finding, files: &Files) -> (&'static str, String, PathBuf, usize) {
    let path = canonical(files.get(finding.primary.file).path());
    (finding.rule, finding.service.clone(), path, finding.primary.span.start)
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
