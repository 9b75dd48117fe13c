//! The rules: one file and one page each, named after the defect. A rule looks and says; it changes nothing.

mod advice;
mod broken_broker_healthcheck;
mod broker_cannot_start;
mod broker_dependency_not_healthy;
mod broker_without_healthcheck;
mod context;
mod dependency_malformed;
mod environment_entry_malformed;
pub mod explain;
mod guard;
mod hard_coded_broker_address;
mod lacking;
mod listener_mismatch;
mod loopback_advertised_listener;
mod loopback_broker_address;
mod missing_broker_address;
mod missing_broker_dependency;
mod no_shared_network;
mod readdress;
mod readiness;
mod replication_factor_too_high;
mod retired_image;
mod settings;
mod suppression;
mod unreachable_broker_address;

use std::cmp::Reverse;

pub use context::Context;
pub use suppression::{Found, IgnoreComment};

use crate::finding::Finding;

/// A rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name, by which users select and ignore it.
    pub name: &'static str,
    /// One line about it.
    pub summary: &'static str,
    /// Its page, in Markdown, with marks at the fences of the examples that tests run.
    pub page: &'static str,
    check: fn(&Context<'_>) -> Vec<Finding>,
}

macro_rules! rule {
    ($module:ident, $name:literal, $summary:literal) => {
        Rule {
            name: $name,
            summary: $summary,
            page: include_str!(concat!(stringify!($module), ".md")),
            check: $module::check,
        }
    };
}

/// All rules, in the order in which those of one severity are told and repaired.
pub const RULES: &[Rule] = &[
    rule!(loopback_broker_address, "loopback-broker-address", "the broker's address is the container itself"),
    rule!(
        loopback_advertised_listener,
        "loopback-advertised-listener",
        "a broker sends the containers that connect to it to localhost"
    ),
    rule!(
        unreachable_broker_address,
        "unreachable-broker-address",
        "the broker's address leads to no broker, or to a listener for others"
    ),
    rule!(listener_mismatch, "listener-mismatch", "the listener settings of a broker contradict each other"),
    rule!(missing_broker_address, "missing-broker-address", "a client has no broker address"),
    rule!(
        hard_coded_broker_address,
        "hard-coded-broker-address",
        "the broker's address in the code is the container itself, and no variable changes it"
    ),
    rule!(dependency_malformed, "dependency-malformed", "a dependency in a form that Compose rejects"),
    rule!(missing_broker_dependency, "missing-broker-dependency", "a client does not wait for the broker"),
    rule!(
        broker_dependency_not_healthy,
        "broker-dependency-not-healthy",
        "a client waits for the broker's start, not for its health"
    ),
    rule!(
        broker_without_healthcheck,
        "broker-without-healthcheck",
        "others wait for the health of a broker that has no health check"
    ),
    rule!(broker_cannot_start, "broker-cannot-start", "the image of a broker does not start with its variables"),
    rule!(no_shared_network, "no-shared-network", "a client and its broker are on networks that never meet"),
    rule!(broken_broker_healthcheck, "broken-broker-healthcheck", "a broker's health check cannot pass"),
    rule!(
        replication_factor_too_high,
        "replication-factor-too-high",
        "internal topics want more replicas than the cluster has brokers"
    ),
    rule!(
        environment_entry_malformed,
        "environment-entry-malformed",
        "a variable that nothing reads, because it is not written as it was meant"
    ),
    rule!(retired_image, "retired-image", "an image can no longer be pulled under its name"),
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

    /// Whether a word could be meant as the name of a rule: lower-case words with hyphens.
    #[must_use]
    pub fn is_like_a_name(word: &str) -> bool {
        word.contains('-')
            && word.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()))
    }

    /// What a person does who names a rule that there is not: an order, or a question.
    #[must_use]
    pub fn advice(name: &str) -> String {
        let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        match similar::get_close_matches(name, &names, 1, 0.6).first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`composefix explain` lists them".to_owned(),
        }
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Rule({})", self.name)
    }
}

/// What `enabled` rules find, service by service in the order of the files: of each the errors first, then by place and, at one place,
/// by [`RULES`]. What comments ignore is apart.
#[must_use]
pub fn find(context: &Context<'_>, enabled: impl Fn(&Rule) -> bool) -> Found {
    let mut findings: Vec<Finding> =
        RULES.iter().filter(|rule| enabled(rule)).flat_map(|rule| (rule.check)(context)).collect();
    let number = |name: &str| context.project.services.iter().position(|service| service.name == name);
    findings.sort_by_cached_key(|finding| {
        (number(&finding.service), Reverse(finding.severity), finding.primary.file, finding.primary.span)
    });
    suppression::apply(context, findings, enabled)
}
