//! The options of a run.

use std::sync::Arc;

use crate::analysis::Inputs;
use crate::code::Sources;
use crate::finding::{Applicability, Finding};
use crate::kafka::topology::Hints;
use crate::rules::{Approval, Rule};

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The user's facts about the project.
    pub hints: Arc<Hints>,
    /// The rules to run; none for all.
    pub select: Vec<&'static str>,
    /// The rules not to run.
    pub ignore: Vec<&'static str>,
    /// The services to fix, with their brokers; empty for all.
    pub only: Vec<String>,
    /// The least applicability of a fix that is applied.
    pub threshold: Applicability,
    /// The approval of each fix; `None` approves all.
    pub approval: Option<Approval>,
    /// What was already read of the services' code, for several projects of one run.
    pub sources: Sources,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            hints: Arc::default(),
            select: Vec::new(),
            ignore: Vec::new(),
            only: Vec::new(),
            threshold: Applicability::Safe,
            approval: None,
            sources: Sources::default(),
        }
    }
}

impl Options {
    /// Whether a rule runs.
    #[must_use]
    pub fn runs(&self, rule: &Rule) -> bool {
        (self.select.is_empty() || self.select.contains(&rule.name)) && !self.ignore.contains(&rule.name)
    }

    /// Whether the fix of a finding is sure enough for this run.
    #[must_use]
    pub(super) fn applies(&self, finding: &Finding) -> bool {
        finding.fix().is_some_and(|fix| fix.applicability >= self.threshold)
    }

    /// What an analysis for this run is made from.
    #[must_use]
    pub fn inputs(&self) -> Inputs {
        Inputs { hints: Arc::clone(&self.hints), sources: self.sources.clone(), reads_all_code: false }
    }
}
