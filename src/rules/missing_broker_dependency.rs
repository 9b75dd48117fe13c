//! `missing-broker-dependency`

use crate::analysis::Analysis;
use crate::compose::Service;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::client::Client;
use crate::repair::first_base;
use crate::rules::Rule;
use crate::rules::support::readiness::{Health, health_of};
use crate::rules::support::shared::SharedFixes;
use crate::rules::support::{added, fix, listed, readiness};

pub(super) const RULE: Rule = Rule {
    name: "missing-broker-dependency",
    summary: "a client does not depend on its broker",
    severity: Severity::Warning,
    page: include_str!("missing_broker_dependency.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    let fixes = SharedFixes::default();
    // A program connects to what is submitted to it when that is submitted.
    let clients = analysis.users_that_wait().filter(|client| !client.usage.is_submitted_to);
    clients.filter_map(|client| check_client(analysis, client, &fixes)).collect()
}

/// How a service starts after a broker that it does not name in `depends_on`.
#[derive(PartialEq, Eq)]
enum Start<'a> {
    /// Once the broker is healthy, or once it has started and more cannot be asked of it.
    InTime,
    /// Once the broker has started, because of this key.
    Implied(&'static str),
    /// Once the broker has started, through this service.
    Through(&'a str),
    /// At any time.
    Unordered,
}

impl<'a> Start<'a> {
    fn of(analysis: &'a Analysis, service: &Service, broker: &Broker) -> Self {
        let mut implied = service.implied_dependencies.iter();
        let by = implied.find(|implied| implied.service == broker.service.name).map(|implied| implied.by);
        let start = match (analysis.waits_indirectly(service, broker), by) {
            (Some(indirect), _) if indirect.is_healthy => return Self::InTime,
            (_, Some(by)) => Self::Implied(by),
            (Some(indirect), None) => Self::Through(&analysis.project[indirect.through].name),
            (None, None) => return Self::Unordered,
        };
        let can_be_healthy = matches!(health_of(analysis, broker), Health::Known | Health::Missing(_));
        if can_be_healthy { start } else { Self::InTime }
    }
}

fn check_client(analysis: &Analysis, client: &Client, fixes: &SharedFixes) -> Option<Finding> {
    let service = &client.service;
    let brokers = analysis.brokers_of(client);
    let dependencies = service.depends_on.dependencies.iter();
    let depends = dependencies.clone().any(|on| analysis.topology.broker_named(&on.service).is_some());
    let starts: Vec<Start<'_>> = brokers.iter().map(|broker| Start::of(analysis, service, broker)).collect();
    if brokers.is_empty() || depends || starts.contains(&Start::InTime) {
        return None;
    }
    let names = listed(brokers.iter().map(|broker| broker.service.name.as_str()));
    let make = || {
        let (repair, wanted) = readiness::wait_for(analysis, service, &brokers)?;
        Ok(fix(added(service, &wanted), Applicability::Safe, repair))
    };
    // It may be written in a service that this one extends.
    let fix = fixes.fix((first_base(&analysis.project, service).key, &names), service, make);
    let message = message(&service.name, &names, &starts);
    let found = RULE.finds(analysis, service, &analysis.origin(service.key), message).label("this service");
    let broker = brokers.first().map(|broker| analysis.label(broker.service.key, "the broker"));
    Some(found.related(broker).remedy(fix))
}

fn message(name: &str, brokers: &str, starts: &[Start<'_>]) -> String {
    let (first, is_one) = (starts.first(), starts.len() == 1);
    let (have, they_are) = if is_one { ("has", "it is") } else { ("have", "they are") };
    match first.filter(|first| starts.iter().all(|start| start == *first)) {
        Some(Start::Implied(by)) => {
            format!("`{name}` starts when `{brokers}` {have} started (`{by}`), not when {they_are} healthy")
        }
        Some(Start::Through(other)) => {
            let they = if is_one { format!("`{brokers}` is") } else { "they are".to_owned() };
            format!("`{name}` depends on `{brokers}` only through `{other}`, which does not wait until {they} healthy")
        }
        _ => format!("`{name}` does not depend on `{brokers}` and may start before {they_are} ready"),
    }
}
