//! `missing-broker-dependency`

use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::client::Client;
use crate::rules::{Context, readiness};

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.users_that_wait().filter_map(|client| check_client(context, client)).collect()
}

fn check_client(context: &Context<'_>, client: &Client<'_>) -> Option<Finding> {
    let service = client.service;
    let brokers = context.brokers_of(client);
    let depends = context.topology.brokers.iter().any(|broker| service.depends_on.on(&broker.service.name).is_some());
    if brokers.is_empty() || depends {
        return None;
    }
    let names = brokers.iter().map(|broker| broker.service.name.as_str()).collect::<Vec<_>>().join("`, `");
    let fix = readiness::wait_for(context, service, &brokers).map(|(repair, wanted)| {
        let waits = wanted.iter().map(|(on, condition)| format!("{on} ({})", condition.as_str())).collect::<Vec<_>>();
        context.fix(format!("depend on {}", waits.join(", ")), Applicability::Safe, repair)
    });
    Some(Finding {
        rule: "missing-broker-dependency",
        severity: Severity::Warning,
        service: service.name.clone(),
        message: format!("`{}` does not wait for its broker `{names}`: it may start first, and fail", service.name),
        primary: context.label(service.key, "this service"),
        related: brokers.first().map(|broker| context.label(broker.service.key, "the broker")).into_iter().collect(),
        help: None,
        fix,
    })
}
