//! `broker-dependency-not-healthy`

use crate::compose::Condition;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::client::Client;
use crate::rules::Context;
use crate::rules::readiness::{self, Health, health_of};

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.users_that_wait().filter_map(|client| check_client(context, client)).collect()
}

fn check_client(context: &Context<'_>, client: &Client<'_>) -> Option<Finding> {
    let service = client.service;
    let hasty = |broker: &&Broker<'_>| {
        let dependency = service.depends_on.on(&broker.service.name);
        dependency.is_some_and(|dependency| match dependency.condition() {
            Condition::Healthy => false,
            // More than the start cannot be asked of a broker whose health nobody can know.
            Condition::Started => !matches!(health_of(context, broker), Health::Unknown(_)),
            Condition::Completed => true,
        })
    };
    let brokers: Vec<&Broker<'_>> = context.topology.brokers.iter().filter(hasty).collect();
    let dependency = service.depends_on.on(&brokers.first()?.service.name)?;
    let names = brokers.iter().map(|broker| broker.service.name.as_str()).collect::<Vec<_>>().join("`, `");
    let consequence = match dependency.condition() {
        Condition::Completed => "for the end, which a broker never comes to",
        Condition::Started | Condition::Healthy => "only for the start, not until it can be used",
    };
    let fix = readiness::wait_for(context, service, &brokers)
        .map(|(repair, _)| context.fix(format!("wait until `{names}` is healthy"), Applicability::Safe, repair));
    Some(Finding {
        rule: "broker-dependency-not-healthy",
        severity: if dependency.condition() == Condition::Completed { Severity::Error } else { Severity::Warning },
        service: service.name.clone(),
        message: format!("`{}` waits for its broker `{names}` {consequence}", service.name),
        primary: context.label(dependency.condition_node.unwrap_or(dependency.node), ""),
        related: brokers.first().map(|broker| context.label(broker.service.key, "the broker")).into_iter().collect(),
        help: None,
        fix,
    })
}
