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
use crate::rules::support::{fix, listed, readiness};

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

/// Whether a link or a shared namespace makes a service start after a broker of which more than the start cannot be asked.
fn starts_after(analysis: &Analysis, service: &Service, broker: &Broker) -> bool {
    let is_implied = service.implied_dependencies.iter().any(|implied| implied.service == broker.service.name);
    is_implied && matches!(health_of(analysis, broker), Health::Impossible(_) | Health::Unknown(_))
}

fn check_client(analysis: &Analysis, client: &Client, fixes: &SharedFixes) -> Option<Finding> {
    let service = &client.service;
    let brokers = analysis.brokers_of(client);
    let dependencies = service.depends_on.dependencies.iter();
    let depends = dependencies.clone().any(|on| analysis.topology.broker_named(&on.service).is_some());
    let has_waited =
        |broker: &&Broker| analysis.waits_for_job(client, broker) || starts_after(analysis, service, broker);
    if brokers.is_empty() || depends || brokers.iter().all(has_waited) {
        return None;
    }
    let names = listed(brokers.iter().map(|broker| broker.service.name.as_str()));
    let make = || {
        let (repair, wanted) = readiness::wait_for(analysis, service, &brokers)?;
        let waits = wanted.iter().map(|(on, condition)| format!("{on} ({})", condition.as_str())).collect::<Vec<_>>();
        Ok(fix(format!("add to depends_on: {}", waits.join(", ")), Applicability::Safe, repair))
    };
    // It may be written in a service that this one extends.
    let fix = fixes.fix((first_base(&analysis.project, service).key, &names), service, make);
    let ready = if brokers.len() == 1 { "it is ready" } else { "they are ready" };
    let message = format!("`{}` does not depend on `{names}` and may start before {ready}", service.name);
    let found = RULE.finds(analysis, service, &analysis.origin(service.key), message).label("this service");
    let broker = brokers.first().map(|broker| analysis.label(broker.service.key, "the broker"));
    Some(found.related(broker).remedy(fix))
}
