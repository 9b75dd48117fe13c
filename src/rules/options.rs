//! What a run is asked to look for and to do.

use std::sync::Arc;

use crate::analysis::Inputs;
use crate::code::Sources;
use crate::finding::Applicability;
use crate::kafka::topology::Hints;
use crate::rules::{Approval, Rule};

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the user says of the project.
    pub hints: Arc<Hints>,
    /// The rules to run; none for all.
    pub select: Vec<&'static str>,
    /// The rules not to run.
    pub ignore: Vec<&'static str>,
    /// The services to fix, beside the brokers that they use; none for all.
    pub only: Vec<String>,
    /// The least applicability of a fix that is applied.
    pub threshold: Applicability,
    /// Who is asked for each fix; nobody, if that is `None`.
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

    /// What an analysis for this run is made from.
    #[must_use]
    pub fn inputs(&self) -> Inputs {
        Inputs { hints: Arc::clone(&self.hints), sources: self.sources.clone(), reads_all_code: false }
    }
}
