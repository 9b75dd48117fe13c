//! `broken-broker-healthcheck`

mod probe;

use crate::analysis::Analysis;
use crate::compose::{HealthcheckSetting, Service};
use crate::finding::{Applicability, Finding, NoHealthcheck, Reason, Severity};
use crate::kafka::broker::Broker;
use crate::repair::{Repair, replace_test};
use crate::rules::Rule;
use crate::rules::support::fix;
use crate::rules::support::readiness::known_check;
use probe::fault;

pub(super) const RULE: Rule = Rule {
    name: "broken-broker-healthcheck",
    summary: "a broker's health check cannot pass",
    severity: Severity::Warning,
    page: include_str!("page.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    analysis.topology.brokers.iter().filter_map(|broker| check_broker(analysis, broker)).collect()
}

fn check_broker(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let fault = fault(broker)?;
    let test = broker.service.healthcheck.as_ref()?.test_node?;
    let name = &broker.service.name;
    let waiting = analysis.waits_for_health(broker);
    let dependency = waiting.and_then(|waiting| Some((waiting, waiting.depends_on.on(name)?)));
    let fix = repair(analysis, broker)
        .map(|repair| fix("give it a test that its image can run", Applicability::Safe, repair));
    let message = format!("the health check of `{name}` cannot pass: {fault}");
    let severity = if waiting.is_some() { Severity::Error } else { Severity::Warning };
    let label = dependency
        .map(|(waiting, dependency)| analysis.label(dependency.node, format!("`{}` waits for it", waiting.name)));
    let found = RULE.finds(analysis, &broker.service, &analysis.origin(test), message);
    Some(found.severity(severity).related(label).remedy(fix))
}

/// The known test in the place of the broken one, with the time that it needs; the other settings stay.
fn repair(analysis: &Analysis, broker: &Broker) -> Result<Repair, Reason> {
    let settings = |broker: &Broker| {
        let known = known_check(broker)?;
        let mut settings = vec![("test", HealthcheckSetting::List(known.test))];
        if is_shorter(analysis, broker, &known.timeout) {
            settings.push(("timeout", HealthcheckSetting::Text(known.timeout)));
        }
        Some(settings)
    };
    let no_check = || NoHealthcheck::Unknown(broker.service.name.clone(), "which tools its image has is not known");
    let wanted = settings(broker).ok_or_else(no_check)?;
    let wants_it_too = |other: &Service| {
        let other = analysis.topology.broker(other.id);
        other.is_some_and(|other| fault(other).is_some() && settings(other).as_ref() == Some(&wanted))
    };
    replace_test(&analysis.project, &broker.service, &wanted, wants_it_too).map_err(Reason::from)
}

/// Whether the file gives the test less time than `timeout`.
fn is_shorter(analysis: &Analysis, broker: &Broker, timeout: &str) -> bool {
    let Some(check) = &broker.service.healthcheck else { return false };
    let document = analysis.project.document(check.section.value);
    let written = document.entry(check.section.value, "timeout").and_then(|entry| document.scalar(entry.value));
    matches!((written.and_then(seconds), seconds(timeout)), (Some(written), Some(needed)) if written < needed)
}

/// A duration of whole seconds such as `10s`; `None` for other units, which are not read.
fn seconds(duration: &str) -> Option<u32> {
    duration.strip_suffix('s')?.parse().ok()
}
