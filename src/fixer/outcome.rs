//! What comes of fixing a project.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::compose::Change;
use crate::finding::{Finding, FindingId, Fix, Severity};
use crate::rules::Found;
use crate::source::Files;

/// What came of a project.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was found before any fix; places are those of the files as they were.
    pub before: Found,
    /// Those files.
    pub files_before: Files,
    /// The files that change.
    pub changed: Vec<Changed>,
    /// The fixes that were applied, in the order of the services, of each those of errors first.
    pub applied: Vec<Applied>,
    /// What is left of the findings, with the reasons as their remedies; places are those of the fixed texts.
    pub left: Found,
    /// The project after the fixes, with its files.
    pub analysis: Analysis,
}

/// A file before and after.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Its path.
    pub path: PathBuf,
    /// Its text before.
    pub before: Arc<str>,
    /// Its text after.
    pub after: Arc<str>,
}

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The problem that it fixes.
    pub id: FindingId,
    /// How much the problem costs.
    pub severity: Severity,
    /// The name of the service that had it.
    pub service: String,
    /// What was done; problems of several services may have been fixed by one.
    pub fix: Arc<Fix>,
}

impl Outcome {
    /// The files after the fixes.
    #[must_use]
    pub const fn files(&self) -> &Files {
        &self.analysis.files
    }

    /// What is left of the findings that there were before, at their places then.
    #[must_use]
    pub fn left_before(&self) -> Vec<Finding> {
        let left: HashMap<&FindingId, &Finding> =
            self.left.findings.iter().map(|finding| (&finding.id, finding)).collect();
        let as_left = |own: &Finding| Some(Finding { remedy: left.get(&own.id)?.remedy.clone(), ..own.clone() });
        self.before.findings.iter().filter_map(as_left).collect()
    }

    /// What only the fixes uncovered, at its places in the fixed texts.
    #[must_use]
    pub fn uncovered(&self) -> Vec<Finding> {
        let before: HashSet<&FindingId> = self.before.findings.iter().map(|finding| &finding.id).collect();
        self.left.findings.iter().filter(|finding| !before.contains(&finding.id)).cloned().collect()
    }

    /// The services that Compose recreates after the fixes: a changed environment or health check counts, a dependency does not
    /// (docker/compose 2.40.3, pkg/compose/hash.go).
    fn services_to_recreate(&self) -> HashSet<&str> {
        let counts = |change: &&Change| !matches!(change.meaning(), Change::Dependency { .. });
        self.changes().filter(counts).filter_map(Change::service).collect()
    }

    /// The services to start after the fixes: those that are recreated, and the clients that may have stopped because of what was fixed.
    /// Empty if none is recreated.
    #[must_use]
    pub fn services_to_start(&self) -> Vec<&str> {
        let recreated = self.services_to_recreate();
        if recreated.is_empty() {
            return Vec::new();
        }
        let fixed: HashSet<&str> = self.applied.iter().map(|applied| applied.service.as_str()).collect();
        let brokers = recreated.iter().filter_map(|name| self.analysis.topology.broker_named(name));
        let users = self.analysis.users_of(&brokers.collect::<Vec<_>>());
        let users: HashSet<&str> = users.iter().map(|client| client.service.name.as_str()).collect();
        let names = self.analysis.project.services.iter().map(|service| service.name.as_str());
        names.filter(|name| recreated.contains(name) || fixed.contains(name) || users.contains(name)).collect()
    }

    /// What the fixes changed in the model, together.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        let mut seen = HashSet::new();
        let fixes = self.applied.iter().map(|applied| &applied.fix).filter(move |fix| seen.insert(Arc::as_ptr(fix)));
        fixes.flat_map(|fix| fix.changes.iter().map(|(_, change)| change))
    }
}
