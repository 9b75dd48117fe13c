//! `broken-broker-healthcheck`

use crate::compose::{Condition, HealthcheckSetting, Service};
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::probe::fault;
use crate::repair::{Repair, replace_test};
use crate::rules::Context;
use crate::rules::readiness::known_check;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.topology.brokers.iter().filter_map(|broker| check_broker(context, broker)).collect()
}

fn check_broker(context: &Context<'_>, broker: &Broker<'_>) -> Option<Finding> {
    let fault = fault(broker)?;
    let test = broker.service.healthcheck.as_ref()?.test_node?;
    let name = &broker.service.name;
    let waits = |service: &&Service| {
        service.depends_on.on(name).is_some_and(|dependency| dependency.condition() == Condition::Healthy)
    };
    let waiting = context.project.services.iter().find(waits);
    let dependency = waiting.and_then(|waiting| Some((waiting, waiting.depends_on.on(name)?)));
    let fix = repair(context, broker)
        .map(|repair| context.fix("give it a test that its image can run", Applicability::Safe, repair));
    Some(Finding {
        rule: "broken-broker-healthcheck",
        severity: if waiting.is_some() { Severity::Error } else { Severity::Warning },
        service: name.clone(),
        message: format!("the health check of `{name}` cannot pass: {fault}"),
        primary: context.label(test, ""),
        related: dependency
            .map(|(waiting, dependency)| context.label(dependency.node, format!("`{}` waits for it", waiting.name)))
            .into_iter()
            .collect(),
        help: None,
        fix,
    })
}

/// The known test in the place of the broken one, with the time that it needs; the other settings stay.
fn repair(context: &Context<'_>, broker: &Broker<'_>) -> Result<Repair, String> {
    let settings = |broker: &Broker<'_>| {
        let known = known_check(broker)?;
        let mut settings = vec![("test", HealthcheckSetting::List(known.test))];
        if is_shorter(context, broker, &known.timeout) {
            settings.push(("timeout", HealthcheckSetting::Text(known.timeout)));
        }
        Some(settings)
    };
    let wanted = settings(broker).ok_or_else(|| "no health check is known to work in its image".to_owned())?;
    let wants_it_too = |other: &Service| {
        let other = context.topology.broker(&other.name);
        other.is_some_and(|other| fault(other).is_some() && settings(other).as_ref() == Some(&wanted))
    };
    replace_test(context.project, broker.service, &wanted, wants_it_too).map_err(|refusal| refusal.to_string())
}

/// Whether the file gives the test less time than `timeout`.
fn is_shorter(context: &Context<'_>, broker: &Broker<'_>, timeout: &str) -> bool {
    let Some(check) = &broker.service.healthcheck else { return false };
    let document = context.project.document(check.section.value);
    let written = document.entry(check.section.value, "timeout").and_then(|entry| document.scalar(entry.value));
    matches!((written.and_then(seconds), seconds(timeout)), (Some(written), Some(needed)) if written < needed)
}

/// A duration of whole seconds such as `10s`; `None` for other units, which are not read.
fn seconds(duration: &str) -> Option<u32> {
    duration.strip_suffix('s')?.parse().ok()
}
