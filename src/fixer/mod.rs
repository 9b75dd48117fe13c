//! From findings to fixed texts: choose, merge, apply, analyze again and prove, until nothing changes.
//!
//! A fix is kept only if the data of every service changed only as declared, the problem is gone, and no service that works today gets an
//! error. A batch of fixes that fails is halved until each failing fix is alone; it is rejected with its reason, and the others are kept. A
//! fix that conflicts with another waits for the next round. Nothing here accesses the disk.

mod batch;
mod group;
mod outcome;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

pub use group::{GroupError, Member, fix_group};
pub use outcome::{Applied, Changed, Outcome};

use crate::analysis::Analysis;
use crate::compose::ServiceId;
use crate::finding::{Applicability, Finding, FindingId, Fix, Reason, Remedy, Severity, Unproven};
use crate::rules::{self, Found, Options, Scope};
use crate::source::{FileId, Files};
use batch::Batch;

/// The limit of rounds of analysis and fixes: each round ends with fewer findings, so real projects need two or three.
const MAX_ROUNDS: usize = 20;

/// How many batches may fail their proof: real projects have a few fixes that fail, and each failing one costs an analysis a halving.
const MAX_FAILURES: usize = 100;

/// Fixes a project in memory. [`Outcome::analysis`] is the project afterwards.
#[must_use]
pub fn fix(analysis: Analysis, options: &Options) -> Outcome {
    let found = rules::find(&analysis, options);
    fix_found(analysis, found, options)
}

/// Fixes a project of which it is known what the rules find.
#[must_use]
pub fn fix_found(analysis: Analysis, found: Found, options: &Options) -> Outcome {
    let text = |file: FileId| (file, analysis.files.get(file).shared_text());
    let texts: BTreeMap<FileId, Arc<str>> = analysis.project.sources.iter().map(|source| text(source.file)).collect();
    let files_before = analysis.files.clone();
    let before = found.clone();
    let mut run = Run {
        options,
        analysis,
        found,
        applied: Vec::new(),
        fixed: HashSet::new(),
        refused: HashMap::new(),
        approved: HashSet::new(),
        failures: 0,
    };
    for _ in 0..MAX_ROUNDS {
        if !run.round() {
            break;
        }
    }
    run.outcome(before, files_before, &texts)
}

/// A finding with its fix.
type Candidate = (Finding, Arc<Fix>);

struct Run<'o> {
    options: &'o Options,
    /// The project as it is so far.
    analysis: Analysis,
    /// What the rules find in it.
    found: Found,
    applied: Vec<Applied>,
    /// What was fixed.
    fixed: HashSet<FindingId>,
    /// What failed its proof, and why.
    refused: HashMap<FindingId, Reason>,
    /// The fixes that were approved, by their findings.
    approved: HashSet<FindingId>,
    /// How many proofs failed.
    failures: usize,
}

impl Run<'_> {
    /// Applies as many fixes as go together; false if none was applied.
    fn round(&mut self) -> bool {
        let candidates = self.candidates();
        let mut batch = Batch::default();
        let chosen: Vec<&Candidate> = candidates.iter().filter(|(_, fix)| batch.add(fix)).collect();
        !chosen.is_empty() && self.apply(&chosen)
    }

    /// The fixes that may be applied; those against which a comment speaks are refused.
    fn candidates(&mut self) -> Vec<Candidate> {
        let is_open = |id: &FindingId| !self.refused.contains_key(id) && !self.fixed.contains(id);
        let is_applied =
            |fix: &&Arc<Fix>| fix.applicability >= self.options.threshold && fix.applicability > Applicability::Manual;
        let open = self.found.findings.iter().filter(|finding| is_open(&finding.id));
        let open: Vec<Candidate> =
            open.filter_map(|finding| Some((finding.clone(), Arc::clone(finding.fix().filter(is_applied)?)))).collect();
        let mut candidates = Vec::with_capacity(open.len());
        let objections = self.found.objections();
        let scope = Scope::of(&self.analysis, self.options);
        for (finding, fix) in open {
            let objection = objections.to(&finding, &fix).or_else(|| scope.objection_to(&fix, &self.analysis));
            match objection {
                Some(reason) => {
                    self.refused.insert(finding.id, reason);
                }
                None => candidates.push((finding, fix)),
            }
        }
        self.approved(candidates)
    }

    /// Those of the fixes that are approved; each is asked for once, also where several problems have it.
    fn approved(&mut self, candidates: Vec<Candidate>) -> Vec<Candidate> {
        let Some(approval) = &self.options.approval else { return candidates };
        let mut answers: HashMap<*const Fix, bool> = HashMap::new();
        let mut approved = Vec::with_capacity(candidates.len());
        for (finding, fix) in candidates {
            let is_known = self.approved.contains(&finding.id);
            let ask = || approval.is_given(&finding, &fix, &self.analysis.files);
            if is_known || *answers.entry(Arc::as_ptr(&fix)).or_insert_with(ask) {
                self.approved.insert(finding.id.clone());
                approved.push((finding, fix));
            } else {
                self.refused.insert(finding.id, Reason::Declined);
            }
        }
        approved
    }

    /// Applies fixes together, or halves them until those that fail are alone; false if none was applied.
    fn apply(&mut self, chosen: &[&Candidate]) -> bool {
        let error = match self.proven(chosen) {
            Ok((analysis, found)) => {
                self.accept(analysis, found, chosen);
                return true;
            }
            Err(error) => error,
        };
        self.failures += 1;
        match chosen {
            [(finding, _)] => {
                self.refused.insert(finding.id.clone(), Reason::Unproven(error));
                false
            }
            _ if self.failures > MAX_FAILURES => {
                let not_tried = |(finding, _): &&Candidate| (finding.id.clone(), Reason::Unproven(Unproven::NotTried));
                self.refused.extend(chosen.iter().map(not_tried));
                false
            }
            _ => {
                let (first, second) = chosen.split_at(chosen.len() / 2);
                if self.apply(first) {
                    // The edits of the second half apply to the text before the first half, so they wait for the next round.
                    return true;
                }
                self.apply(second)
            }
        }
    }

    /// The project with fixes applied, if they pass their proof.
    fn proven(&self, chosen: &[&Candidate]) -> Result<(Analysis, Found), Unproven> {
        let mut batch = Batch::default();
        chosen.iter().for_each(|(_, fix)| {
            batch.add(fix);
        });
        let analysis = batch.prove(&self.analysis)?;
        let found = rules::find(&analysis, self.options);
        match self.failure(chosen, &found) {
            Some(unproven) => Err(unproven),
            None => Ok((analysis, found)),
        }
    }

    /// The problem with the project after the fixes, although each was proven: a problem that one of them should fix still exists, or a
    /// service that worked has an error.
    ///
    /// An error in a service that had one before, or in a client of a broker that had one, is not caused by a fix: the service did not work
    /// before, and the fix only uncovered the next reason.
    fn failure(&self, chosen: &[&Candidate], after: &Found) -> Option<Unproven> {
        let mended: HashSet<&FindingId> = chosen.iter().map(|(finding, _)| &finding.id).collect();
        if after.findings.iter().any(|left| mended.contains(&left.id)) {
            return Some(Unproven::Ineffective);
        }
        let is_error = |finding: &&Finding| finding.severity == Severity::Error;
        let known = self.found.findings.iter().chain(&self.found.ignored).chain(&self.found.out_of_scope);
        let known = known.filter(is_error);
        let broken: HashSet<ServiceId> = known.map(|finding| finding.id.service).collect();
        let is_broker = |service: ServiceId| self.analysis.topology.is_node(service);
        let mends_broker = chosen.iter().any(|(finding, _)| is_error(&finding) && is_broker(finding.id.service));
        let is_uncovered =
            |finding: &Finding| broken.contains(&finding.id.service) || mends_broker && !is_broker(finding.id.service);
        let errors = after.findings.iter().chain(&after.out_of_scope).filter(is_error);
        let caused = errors.into_iter().find(|finding| !is_uncovered(finding))?;
        Some(Unproven::Breaks { service: caused.id.service, name: caused.service.clone(), rule: caused.rule() })
    }

    fn accept(&mut self, analysis: Analysis, found: Found, chosen: &[&Candidate]) {
        (self.analysis, self.found) = (analysis, found);
        self.fixed.extend(chosen.iter().map(|(finding, _)| finding.id.clone()));
        self.applied.extend(chosen.iter().map(|(finding, fix)| Applied {
            id: finding.id.clone(),
            severity: finding.severity,
            service: finding.service.clone(),
            fix: Arc::clone(fix),
        }));
    }

    fn outcome(mut self, mut before: Found, files_before: Files, texts: &BTreeMap<FileId, Arc<str>>) -> Outcome {
        before.learn_from(&self.found);
        for finding in &mut self.found.findings {
            if let Some(reason) = self.refused.get(&finding.id) {
                finding.remedy = Remedy::None(reason.clone());
            }
        }
        self.applied.sort_by_key(|applied| (applied.id.service, Reverse(applied.severity)));
        let changed = texts.iter().filter_map(|(&file, before)| {
            let file = self.analysis.files.get(file);
            let after = file.shared_text();
            (*before != after).then(|| Changed { path: file.path().to_owned(), before: Arc::clone(before), after })
        });
        Outcome {
            before,
            files_before,
            changed: changed.collect(),
            applied: self.applied,
            left: self.found,
            analysis: self.analysis,
        }
    }
}
