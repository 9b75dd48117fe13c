//! `missing-broker-dependency`

use crate::analysis::Analysis;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::client::Client;
use crate::rules::Rule;
use crate::rules::support::{fix, listed, readiness};

pub(super) const RULE: Rule = Rule {
    name: "missing-broker-dependency",
    summary: "a client does not wait for the broker",
    severity: Severity::Warning,
    page: include_str!("missing_broker_dependency.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    analysis.users_that_wait().filter_map(|client| check_client(analysis, client)).collect()
}

fn check_client(analysis: &Analysis, client: &Client) -> Option<Finding> {
    let service = &client.service;
    let brokers = analysis.brokers_of(client);
    let dependencies = service.depends_on.dependencies.iter();
    let depends = dependencies.clone().any(|on| analysis.topology.broker_named(&on.service).is_some());
    if brokers.is_empty() || depends {
        return None;
    }
    let names = listed(brokers.iter().map(|broker| broker.service.name.as_str()));
    let fix = readiness::wait_for(analysis, service, &brokers).map(|(repair, wanted)| {
        let waits = wanted.iter().map(|(on, condition)| format!("{on} ({})", condition.as_str())).collect::<Vec<_>>();
        fix(format!("depend on {}", waits.join(", ")), Applicability::Safe, repair)
    });
    let message = format!("`{}` does not wait for its broker `{names}`: it may start first, and fail", service.name);
    let found = RULE.finds(analysis, service, &analysis.origin(service.key), message).label("this service");
    let broker = brokers.first().map(|broker| analysis.label(broker.service.key, "the broker"));
    Some(found.related(broker).remedy(fix))
}
