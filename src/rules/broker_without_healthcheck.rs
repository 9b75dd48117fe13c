//! `broker-without-healthcheck`

use crate::analysis::Analysis;
use crate::compose::HealthcheckTest;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::broker::Broker;
use crate::rules::Rule;
use crate::rules::support::fix;
use crate::rules::support::readiness::{Health, give_healthcheck, health_of};

pub(super) const RULE: Rule = Rule {
    name: "broker-without-healthcheck",
    summary: "services wait for a broker to be healthy, but it has no health check",
    severity: Severity::Error,
    page: include_str!("broker_without_healthcheck.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    analysis.topology.brokers.iter().filter_map(|broker| check_broker(analysis, broker)).collect()
}

fn check_broker(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let name = &broker.service.name;
    let waiting = analysis.waits_for_health(broker)?;
    let fix = match health_of(analysis, broker) {
        // The image may have a health check.
        Health::Known | Health::Unknown(_) => return None,
        Health::Missing(settings) => give_healthcheck(analysis, broker, &settings)
            .map(|repair| fix("add a health check", Applicability::Safe, repair)),
        Health::Impossible(reason) => Err(reason.into()),
    };
    let (place, label) =
        match broker.service.healthcheck.as_ref().filter(|check| check.test == HealthcheckTest::Disabled) {
            Some(check) => (check.section.key, "disabled here"),
            None => (broker.service.key, "neither the file nor the image has a health check"),
        };
    let dependency = waiting.depends_on.on(name)?;
    let message =
        format!("`{name}` has no health check, so `{}`, which waits for it to be healthy, never starts", waiting.name);
    let found = RULE.finds(analysis, &broker.service, &analysis.origin(place), message).label(label);
    let waits = analysis.label(dependency.node, format!("`{}` waits for it to be healthy", waiting.name));
    Some(found.related([waits]).remedy(fix))
}
