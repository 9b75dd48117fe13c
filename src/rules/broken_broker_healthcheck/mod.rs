//! `broken-broker-healthcheck`

mod probe;

use crate::analysis::Analysis;
use crate::compose::{HealthcheckSetting, HealthcheckTest, Service};
use crate::finding::{Applicability, Finding, NoHealthcheck, Reason, Severity};
use crate::kafka::broker::Broker;
use crate::repair::{Repair, replace_test, replace_word_of_test};
use crate::rules::Rule;
use crate::rules::support::fix;
use crate::rules::support::readiness::known_check;
use probe::{ProbeFault, fault, fault_in};

pub(super) const RULE: Rule = Rule {
    name: "broken-broker-healthcheck",
    summary: "a broker's health check always fails or always passes",
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
    let fix = script_alone(analysis, broker)
        .map_or_else(|| repair(analysis, broker), Ok)
        .map(|repair| fix(format!("replace the test with one that {}", fault.remedy()), Applicability::Safe, repair));
    let verdict = if fault.passes() { "always passes" } else { "cannot pass" };
    let message = format!("the health check of `{name}` {verdict}: {fault}");
    let severity = if waiting.is_some() { Severity::Error } else { Severity::Warning };
    let label = dependency.map(|(waiting, dependency)| {
        analysis.label(dependency.node, format!("`{}` waits for it to be healthy", waiting.name))
    });
    let found = RULE.finds(analysis, &broker.service, &analysis.origin(test), message);
    Some(found.severity(severity).related(label).remedy(fix))
}

/// The right name of the script that the test runs, where nothing else is wrong with the test: a script of Kafka's has another suffix or
/// another folder in this image.
fn script_alone(analysis: &Analysis, broker: &Broker) -> Option<Repair> {
    let right = |broker: &Broker| {
        let ProbeFault::AbsentCommand(wrong) = fault(broker)? else { return None };
        let known = known_check(broker)?;
        let script = known.test.iter().find(|word| stem(word).is_some())?;
        let right = script.replace(stem(script)?, stem(&wrong)?);
        let replaced = |words: &Vec<String>| {
            let word = |word: &str| if word == wrong { right.clone() } else { word.to_owned() };
            words.iter().map(|line| line.split(' ').map(word).collect::<Vec<_>>().join(" ")).collect()
        };
        let test = match &broker.service.healthcheck.as_ref()?.test {
            HealthcheckTest::Command(words) => HealthcheckTest::Command(replaced(words)),
            HealthcheckTest::Shell(lines) => HealthcheckTest::Shell(replaced(lines)),
            HealthcheckTest::Inherited | HealthcheckTest::Disabled => return None,
        };
        fault_in(broker, &test).is_none().then_some((wrong, right))
    };
    let (wrong, word) = right(broker)?;
    let wants_it_too = |other: &Service| {
        let other = analysis.topology.broker(other.id);
        other.and_then(right) == Some((wrong.clone(), word.clone()))
    };
    replace_word_of_test(&analysis.project, &broker.service, &wrong, &word, wants_it_too).ok()
}

/// The name of a script of Kafka's without its folder and its suffix.
fn stem(word: &str) -> Option<&str> {
    let name = word.rsplit('/').next()?;
    let is_script = name.starts_with("kafka-") && !name.contains([' ', ':', '=']);
    is_script.then(|| name.trim_end_matches(".sh"))
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
    let wanted = settings(broker).ok_or_else(|| NoHealthcheck::Unknown(broker.service.name.clone()))?;
    let wants_it_too = |other: &Service| {
        let other = analysis.topology.broker(other.id);
        other.is_some_and(|other| fault(other).is_some() && settings(other).as_ref() == Some(&wanted))
    };
    replace_test(&analysis.project, &broker.service, &wanted, wants_it_too).map_err(Reason::from)
}

/// Whether the file sets a shorter timeout than `timeout`.
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
