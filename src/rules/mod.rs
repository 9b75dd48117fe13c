//! The rules: one file or folder and one page each, named after the defect. A rule only reports.

mod approval;
mod broken_broker_healthcheck;
mod broker_cannot_start;
mod broker_dependency_not_healthy;
mod broker_without_healthcheck;
mod dependency_malformed;
mod draft;
mod environment_entry_malformed;
pub mod explain;
mod hard_coded_broker_address;
mod listener_mismatch;
mod loopback_advertised_listener;
mod loopback_broker_address;
mod missing_broker_address;
mod missing_broker_dependency;
mod missing_zookeeper_dependency;
mod no_shared_network;
mod options;
mod replication_factor_too_high;
mod retired_image;
mod scope;
mod support;
mod suppression;
mod unreachable_broker_address;
mod unreachable_zookeeper_address;

use std::cmp::Reverse;
use std::collections::HashMap;

pub use approval::Approval;
pub use broker_dependency_not_healthy::{OnlyStarted, only_started};
pub use options::Options;
pub use scope::Scope;
pub use suppression::{Found, IgnoreComment};

use crate::analysis::Analysis;
use crate::compose::ServiceId;
use crate::finding::{Finding, FindingId, Reason, Remedy, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::catalog::Healthcheck;
use crate::kafka::startup::wanted;
use crate::kafka::topology::NoTarget;
use crate::text::did_you_mean;

/// A rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name, by which users select and ignore it.
    pub name: &'static str,
    /// One line about it.
    pub summary: &'static str,
    /// The severity of its findings, unless a finding sets another.
    pub severity: Severity,
    /// Its page, in Markdown, with marks at the fences of the examples that tests run.
    pub page: &'static str,
    check: fn(&Analysis) -> Vec<Finding>,
}

/// All rules, in the order in which those of one severity are reported and fixed.
pub const RULES: &[Rule] = &[
    loopback_broker_address::RULE,
    loopback_advertised_listener::RULE,
    unreachable_broker_address::RULE,
    listener_mismatch::RULE,
    missing_broker_address::RULE,
    hard_coded_broker_address::RULE,
    dependency_malformed::RULE,
    unreachable_zookeeper_address::RULE,
    missing_broker_dependency::RULE,
    missing_zookeeper_dependency::RULE,
    broker_dependency_not_healthy::RULE,
    broker_without_healthcheck::RULE,
    broker_cannot_start::RULE,
    no_shared_network::RULE,
    broken_broker_healthcheck::RULE,
    replication_factor_too_high::RULE,
    environment_entry_malformed::RULE,
    retired_image::RULE,
];

impl Rule {
    /// A rule by its name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.name == name)
    }

    /// Its page for people: the fences have no marks for the tests that run the examples.
    #[must_use]
    pub fn plain_page(&self) -> String {
        let plain = |line: &str| match line.strip_prefix("```").and_then(|info| info.split_once(' ')) {
            Some((language, "before")) => format!("Before:\n\n```{language}\n"),
            Some((language, "after")) => format!("After:\n\n```{language}\n"),
            Some((language, _)) => format!("```{language}\n"),
            None => format!("{line}\n"),
        };
        self.page.lines().map(plain).collect()
    }

    /// The section of its page about why the problem breaks the connection, in Markdown.
    #[must_use]
    pub fn why_it_breaks(&self) -> &'static str {
        let section = self.page.split("\n## ").find_map(|section| section.strip_prefix("Why it breaks\n"));
        section.unwrap_or_default().trim()
    }

    /// Whether a word looks like the name of a rule: lower-case words with hyphens.
    #[must_use]
    pub fn is_like_a_name(word: &str) -> bool {
        word.contains('-')
            && word.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()))
    }

    /// Advice for the name of a rule that does not exist: an imperative, or a question.
    #[must_use]
    pub fn advice(name: &str) -> String {
        did_you_mean(name, RULES.iter().map(|rule| rule.name))
            .unwrap_or_else(|| "`composefix explain` lists the rules".to_owned())
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Rule({})", self.name)
    }
}

/// The health check that is known to work in the image of a broker; `None` if none is, or if the project builds the image.
#[must_use]
pub fn known_healthcheck(broker: &Broker) -> Option<Healthcheck> {
    support::readiness::known_check(broker)
}

/// What the rules of a run find, service by service in the order of the files: of each the errors first, then by place and, at one place,
/// by [`RULES`]. What comments ignore is apart.
#[must_use]
pub fn find(analysis: &Analysis, options: &Options) -> Found {
    let rules = RULES.iter().filter(|rule| options.runs(rule));
    let mut findings: Vec<Finding> = rules.flat_map(|rule| (rule.check)(analysis)).collect();
    findings.sort_by_key(|finding| {
        (finding.id.service, Reverse(finding.severity), finding.primary.file, finding.primary.span)
    });
    leave_out_what_follows(analysis, &mut findings);
    fixed_by_brokers(analysis, options, &mut findings);
    fixed_by_other_nodes(analysis, options, &mut findings);
    suppression::apply(analysis, findings, options)
}

/// Removes findings about a broker's start if an entry of its environment that decides it is malformed: without that entry, the settings do
/// not show what is intended, and another entry next to the malformed one would not help. That an image has no ZooKeeper stays true, unless
/// the entry is about that.
fn leave_out_what_follows(analysis: &Analysis, findings: &mut Vec<Finding>) {
    let entries = findings.iter().filter(|finding| {
        finding.rule() == environment_entry_malformed::RULE.name
            && !environment_entry_malformed::is_of_version(finding)
            && !environment_entry_malformed::is_aside(analysis, finding)
    });
    let mut malformed: HashMap<ServiceId, bool> = HashMap::new();
    for entry in entries {
        *malformed.entry(entry.id.service).or_default() |= environment_entry_malformed::is_of_role(analysis, entry);
    }
    let of_startup =
        [broker_cannot_start::RULE.name, listener_mismatch::RULE.name, loopback_advertised_listener::RULE.name];
    let follows = |finding: &Finding| {
        let is_of_role = malformed.get(&finding.id.service).filter(|_| of_startup.contains(&finding.rule()));
        let stays = || {
            finding.rule() == broker_cannot_start::RULE.name
                && broker_cannot_start::lacks_zookeeper(analysis, finding.id.service)
        };
        is_of_role.is_some_and(|is_of_role| *is_of_role || !stays())
    };
    findings.retain(|finding| !follows(finding));
}

/// A client whose broker has to advertise or bind something else first is fixed with the broker, if that can be.
fn fixed_by_brokers(analysis: &Analysis, options: &Options, findings: &mut [Finding]) {
    let of_listeners = |finding: &&Finding| {
        [loopback_advertised_listener::RULE.name, listener_mismatch::RULE.name, environment_entry_malformed::RULE.name]
            .contains(&finding.rule())
    };
    let mut fixes: HashMap<ServiceId, Vec<FindingId>> = HashMap::new();
    for finding in findings.iter().filter(of_listeners).filter(|finding| options.applies(finding)) {
        fixes.entry(finding.id.service).or_default().push(finding.id.clone());
    }
    for finding in findings {
        let Remedy::None(Reason::NoTarget(NoTarget::OnlyLoopback(broker) | NoTarget::NotBound(broker, _))) =
            &finding.remedy
        else {
            continue;
        };
        // The fix of one broker moves the listeners of its whole cluster.
        let cluster = analysis.topology.broker_named(broker).map(|broker| analysis.topology.cluster_of(broker));
        let theirs = cluster.iter().flatten().filter_map(|broker| fixes.get(&broker.service.id));
        let by: Vec<FindingId> = theirs.flatten().cloned().collect();
        if !by.is_empty() {
            finding.help = None;
            finding.remedy = Remedy::FixedBy(by);
        }
    }
}

/// A node that has nothing to change itself is fixed with the other nodes of its cluster, if that can be.
fn fixed_by_other_nodes(analysis: &Analysis, options: &Options, findings: &mut [Finding]) {
    let of_startup =
        |finding: &&Finding| [broker_cannot_start::RULE.name, listener_mismatch::RULE.name].contains(&finding.rule());
    let mut fixes: HashMap<ServiceId, FindingId> = HashMap::new();
    for finding in findings.iter().filter(of_startup).filter(|finding| options.applies(finding)) {
        fixes.entry(finding.id.service).or_insert_with(|| finding.id.clone());
    }
    for finding in findings {
        let Remedy::None(Reason::Startup(refusal)) = &finding.remedy else { continue };
        let judgement = analysis.judgement(finding.id.service).filter(|_| refusal.reason == wanted::Reason::OtherNode);
        let others = judgement.map_or(&[][..], |judgement| &judgement.cured_by);
        let by: Option<Vec<FindingId>> = others.iter().map(|other| fixes.get(other).cloned()).collect();
        if let Some(by) = by.filter(|by| !by.is_empty()) {
            finding.remedy = Remedy::FixedBy(by);
        }
    }
}
