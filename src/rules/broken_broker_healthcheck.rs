//! `broken-broker-healthcheck`

use crate::compose::{Condition, HealthcheckSetting, HealthcheckTest, Service};
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::probe::{ProbeFault, fault, fault_in};
use crate::repair::{Repair, replace_test, replace_word_of_test};
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
    let fix = word_alone(context, broker)
        .map_or_else(|| repair(context, broker), Ok)
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

/// The right name of the script that the test runs, where nothing else is wrong with the test: a script of Kafka's has another suffix or
/// another folder in this image.
fn word_alone(context: &Context<'_>, broker: &Broker<'_>) -> Option<Repair> {
    let right = |broker: &Broker<'_>| {
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
        let other = context.topology.broker(&other.name);
        other.and_then(right) == Some((wrong.clone(), word.clone()))
    };
    replace_word_of_test(context.project, broker.service, &wrong, &word, wants_it_too).ok()
}

/// The name of a script of Kafka's without its folder and its suffix.
fn stem(word: &str) -> Option<&str> {
    let name = word.rsplit('/').next()?;
    let is_script = name.starts_with("kafka-") && !name.contains([' ', ':', '=']);
    is_script.then(|| name.trim_end_matches(".sh"))
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
