//! The last line: what was read, what would change or did, and what is left.

use std::collections::{BTreeMap, HashSet};
use std::hash::Hash;
use std::path::PathBuf;

use crate::analysis::Analysis;
use crate::cli::exit::Exit;
use crate::cli::requests::canonical;
use crate::compose::Service;
use crate::finding::{Applicability, Finding, Remedy};
use crate::fixer::Outcome;
use crate::report::repairs::repairs;
use crate::report::undecided::Undecided;
use crate::rules::IgnoreComment;
use crate::source::Files;
use crate::text::{counted, shown};

/// The counts of the last line.
#[derive(Default)]
pub(super) struct Tally {
    /// Whether the project that is counted may have files in common with another of the run.
    may_share: bool,
    /// Whether the fixes are applied, not only shown.
    makes_repairs: bool,
    /// Whether files are only listed, so that nothing is said of what is in them.
    only_lists: bool,
    read: Counted<PathBuf>,
    projects_without_broker: usize,
    /// The brokers and the clients, by file and name.
    brokers: Counted<(PathBuf, String)>,
    clients: Counted<(PathBuf, String)>,
    projects: usize,
    changed: Counted<PathBuf>,
    /// The reported findings: rule, service, file, place.
    reported: Counted<Key>,
    /// The findings that comments ignore, identified in the same way.
    ignored: Counted<Key>,
    /// What is to be said of those comments, by file, number and rule; nothing of one that does its work in any project.
    remarks: BTreeMap<(PathBuf, usize, String), Option<String>>,
    repairs: usize,
    /// How many of the findings have a fix that would be applied, or are removed by the fixes of others.
    fixable: usize,
    left: usize,
    /// The services of which the files do not tell enough: their names, files and lines.
    undecided: Counted<(String, String, usize)>,
    /// How many of them are clients.
    unproven: usize,
    held_back: usize,
    /// The error messages, as printed.
    pub(super) failures: Vec<String>,
    /// Errors about names in the arguments.
    pub(super) errors: usize,
    /// Projects that Docker Compose rejects for what has nothing to do with Kafka.
    pub(super) rejected: usize,
    /// Projects that could not be worked on.
    pub(super) refused: usize,
    /// Files that a search found and that are not projects.
    pub(super) left_out: usize,
    /// Whether a search met a compose file, with a word about Kafka or without.
    pub(super) has_compose_file: bool,
}

impl Tally {
    /// For a run that applies its fixes.
    pub(super) fn of_repairs_made() -> Self {
        Self { makes_repairs: true, ..Self::default() }
    }

    /// Of a run that lists files.
    pub(super) fn of_listing() -> Self {
        Self { only_lists: true, ..Self::default() }
    }

    /// Counts a project. If other projects of the run may share its files, what was counted is remembered, so that nothing counts twice.
    pub(super) fn add_project(&mut self, analysis: &Analysis, may_share: bool) {
        self.may_share = may_share;
        for source in &analysis.project.sources {
            self.read.add(may_share, || canonical(&source.path));
        }
        let identity = |service: &Service| {
            let file = analysis.files.get(analysis.project.file(service.key));
            (canonical(file.path()), service.name.clone())
        };
        for broker in &analysis.topology.brokers {
            self.brokers.add(may_share, || identity(&broker.service));
        }
        for client in analysis.users() {
            self.clients.add(may_share, || identity(&client.service));
        }
        self.projects += 1;
        self.projects_without_broker += usize::from(analysis.topology.brokers.is_empty());
    }

    /// Counts what was, or would be, changed.
    pub(super) fn add_repairs(&mut self, outcome: &Outcome) {
        for changed in &outcome.changed {
            self.changed.add(self.may_share, || canonical(&changed.path));
        }
        self.repairs += repairs(outcome).len();
        self.held_back += held_back(&outcome.left.findings);
    }

    /// Counts the findings that fixes would remove, and the fixes that would be held back.
    pub(super) fn add_fixable(&mut self, findings: &[Finding], threshold: Applicability) {
        let is_fixable = |finding: &&Finding| match &finding.remedy {
            Remedy::Fix(fix) => fix.applicability >= threshold,
            Remedy::FixedBy(_) => true,
            Remedy::None(_) => false,
        };
        self.fixable += findings.iter().filter(is_fixable).count();
        self.held_back += if threshold > Applicability::Unsafe { held_back(findings) } else { 0 };
    }

    /// Counts findings, and removes those that were already reported for another project with the same file.
    pub(super) fn add_findings(&mut self, findings: &mut Vec<Finding>, files: &Files) {
        findings.retain(|finding| self.reported.add(self.may_share, || key(finding, files)));
        self.left += findings.len();
    }

    /// Counts the services that are undecided, and leaves out those that were counted in another project with the same file.
    pub(super) fn add_undecided(&mut self, mut undecided: Vec<Undecided>) -> Vec<Undecided> {
        undecided
            .retain(|one| self.undecided.add(self.may_share, || (one.service.clone(), one.path.clone(), one.line)));
        self.unproven += undecided.iter().filter(|one| one.is_client).count();
        undecided
    }

    /// Counts what comments ignore, and notes what is to be said of them.
    pub(super) fn add_ignored(&mut self, ignored: &[Finding], comments: &[IgnoreComment], files: &Files) {
        for finding in ignored {
            self.ignored.add(self.may_share, || key(finding, files));
        }
        for comment in comments {
            let file = files.get(comment.file);
            let line = comment.remark.as_ref().map(|remark| {
                let line = format!("warning: {}: {remark}", file.place(comment.span.start));
                format!("{}\n", shown(&line))
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

    /// Whether fixes would remove a finding.
    pub(super) fn has_fixable(&self) -> bool {
        self.fixable > 0
    }

    /// The exit code of a run that reports: a project that Docker Compose rejects is no better than one with findings.
    pub(super) fn exit(&self, exit: Exit) -> Exit {
        if self.rejected > 0 { exit.max(Exit::Findings) } else { exit }
    }

    /// The last line.
    pub(super) fn summary(&self) -> String {
        let mut parts = Vec::new();
        if self.read.count > 0 || self.refused == 0 {
            parts.push(format!("{} read", counted(self.read.count, "file")));
        }
        if self.changed.count > 0 {
            let files = counted(self.changed.count, "file");
            let fixes = counted(self.repairs, "fix");
            parts.push(if self.makes_repairs {
                format!("{files} changed, {fixes} applied")
            } else {
                format!("{files} would change, {fixes}")
            });
        }
        if self.left > 0 {
            parts.push(counted(self.left, "finding"));
        }
        if self.fixable > 0 {
            parts.push(format!("{} fixable", self.fixable));
        }
        if self.held_back > 0 {
            parts.push(format!("{} (apply with --unsafe-fixes)", counted(self.held_back, "unsafe fix")));
        }
        if self.changed.count + self.left + self.rejected == 0 && self.projects > 0 && !self.only_lists {
            let (brokers, clients) = (counted(self.brokers.count, "broker"), counted(self.clients.count, "client"));
            parts.push(match self.projects_without_broker == self.projects {
                true => "no Kafka broker".to_owned(),
                false => format!("{brokers}, {clients}; no problems found"),
            });
        }
        if self.has_compose_file && self.projects + self.left_out + self.refused + self.errors == 0 {
            parts.push("no compose file mentions Kafka".to_owned());
        }
        let undecided = self.undecided.count - self.unproven;
        if undecided > 0 {
            parts.push(format!("{} undecided", counted(undecided, "service")));
        }
        if self.unproven > 0 {
            parts.push(counted(self.unproven, "unknown connection"));
        }
        if self.ignored.count > 0 {
            parts.push(format!("{} ignored by comments", self.ignored.count));
        }
        if self.rejected > 0 {
            parts.push(format!("{} rejected by Docker Compose", counted(self.rejected, "project")));
        }
        if self.left_out > 0 {
            parts.push(format!("{} skipped", counted(self.left_out, "file")));
        }
        if self.refused > 0 {
            parts.push(format!("{} with an error", counted(self.refused, "project")));
        }
        if self.errors > 0 {
            parts.push(counted(self.errors, "error"));
        }
        format!("{}\n", parts.join("; "))
    }
}

/// What is counted, each once.
struct Counted<T> {
    count: usize,
    seen: HashSet<T>,
}

impl<T> Default for Counted<T> {
    fn default() -> Self {
        Self { count: 0, seen: HashSet::new() }
    }
}

impl<T: Eq + Hash> Counted<T> {
    /// Counts a thing that may have been counted before, or certainly was not; false if it was.
    fn add(&mut self, may_be_known: bool, thing: impl FnOnce() -> T) -> bool {
        let is_new = !may_be_known || self.seen.insert(thing());
        self.count += usize::from(is_new);
        is_new
    }
}

fn held_back(findings: &[Finding]) -> usize {
    let is_unsafe = |finding: &&Finding| finding.fix().is_some_and(|fix| fix.applicability == Applicability::Unsafe);
    findings.iter().filter(is_unsafe).count()
}

/// The identity of a finding across projects: rule, service, file, place.
type Key = (&'static str, String, PathBuf, usize);

fn key(finding: &Finding, files: &Files) -> Key {
    let path = canonical(files.get(finding.primary.file).path());
    (finding.rule(), finding.service.clone(), path, finding.primary.span.start)
}
