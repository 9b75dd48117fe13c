//! `broker-without-healthcheck`

use crate::compose::{Condition, HealthcheckTest, Service};
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::broker::Broker;
use crate::rules::Context;
use crate::rules::readiness::{Health, give_healthcheck, health_of};

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.topology.brokers.iter().filter_map(|broker| check_broker(context, broker)).collect()
}

fn check_broker(context: &Context<'_>, broker: &Broker<'_>) -> Option<Finding> {
    let name = &broker.service.name;
    let waits = |service: &&Service| {
        service.depends_on.on(name).is_some_and(|dependency| dependency.condition() == Condition::Healthy)
    };
    let waiting = context.project.services.iter().find(waits)?;
    let fix = match health_of(context, broker) {
        // An image that may well have a check of its own is no fault.
        Health::Known | Health::Unknown(_) => return None,
        Health::Missing(settings) => give_healthcheck(context, broker, &settings)
            .map(|repair| context.fix("give it a health check", Applicability::Safe, repair)),
        Health::Impossible(reason) => Err(reason),
    };
    let primary = match broker.service.healthcheck.as_ref().filter(|check| check.test == HealthcheckTest::Disabled) {
        Some(check) => context.label(check.section.key, "it is disabled here"),
        None => context.label(broker.service.key, "no health check in the file, and none in the image"),
    };
    let dependency = waiting.depends_on.on(name)?;
    Some(Finding {
        rule: "broker-without-healthcheck",
        severity: Severity::Error,
        service: name.clone(),
        message: format!("`{name}` has no health check, so what waits for its health never starts"),
        primary,
        related: vec![context.label(dependency.node, format!("`{}` waits for it", waiting.name))],
        help: None,
        fix,
    })
}
