//! Waiting for a broker's health, as a whole: the condition, and a health check that can pass.

use crate::compose::{Condition, HealthcheckSetting, HealthcheckTest, Service};
use crate::kafka::broker::Broker;
use crate::kafka::catalog::{CATALOG, Healthcheck, HealthcheckAdvice, Probe, ProbeContext};
use crate::kafka::internal_listener::{InternalListener, internal_listener};
use crate::kafka::listener::DEFAULT_PORT;
use crate::repair::{Repair, add_healthcheck, require};
use crate::rules::{Context, guard};

/// Whether a broker's health can be waited for.
pub(super) enum Health {
    /// It can: the file or the image has a check.
    Known,
    /// It can once it is given a check.
    Missing(Vec<(&'static str, HealthcheckSetting)>),
    /// It cannot: a sentence without a full stop.
    Impossible(String),
    /// Nobody can tell: a sentence without a full stop.
    Unknown(String),
}

pub(super) fn health_of(context: &Context<'_>, broker: &Broker<'_>) -> Health {
    match own_health(broker) {
        // Its image must have a check: others rely on it.
        Health::Unknown(_) if is_relied_upon(context, broker) => Health::Known,
        health => health,
    }
}

/// Whether the project waits for a broker's health already.
fn is_relied_upon(context: &Context<'_>, broker: &Broker<'_>) -> bool {
    let waits = |service: &Service| {
        let dependency = service.depends_on.on(&broker.service.name);
        dependency.is_some_and(|dependency| dependency.condition() == Condition::Healthy)
    };
    context.project.services.iter().any(waits)
}

/// What its own part of the file, and its image, tell of a broker's health.
fn own_health(broker: &Broker<'_>) -> Health {
    let name = &broker.service.name;
    match broker.service.healthcheck.as_ref().map(|check| &check.test) {
        Some(HealthcheckTest::Shell(_) | HealthcheckTest::Command(_)) => return Health::Known,
        Some(HealthcheckTest::Disabled) => {
            return Health::Impossible(format!("the health check of `{name}` is disabled"));
        }
        Some(HealthcheckTest::Inherited) | None => {}
    }
    if broker.is_configured_elsewhere() {
        return Health::Unknown(format!("where `{name}` listens is not known, as an env file of its own is not there"));
    }
    let Some(image) = broker.image.as_ref().filter(|_| broker.service.build.is_none()) else {
        return Health::Unknown(format!(
            "`{name}` is built here, and whether its image has a health check is not known"
        ));
    };
    match CATALOG.healthcheck(image) {
        HealthcheckAdvice::BuiltIn => Health::Known,
        HealthcheckAdvice::Unknown(reason) => {
            Health::Unknown(format!("no health check is known for `{name}`: {reason}"))
        }
        HealthcheckAdvice::Known(_) if broker.service.healthcheck.is_some() => {
            Health::Impossible(format!("the health check of `{name}` has no test, and its image has none"))
        }
        HealthcheckAdvice::Known(probe) => match rendered(broker, probe) {
            Some(check) => Health::Missing(vec![
                ("test", HealthcheckSetting::List(check.test)),
                ("interval", HealthcheckSetting::Text(check.interval)),
                ("timeout", HealthcheckSetting::Text(check.timeout)),
                ("retries", HealthcheckSetting::Number(check.retries)),
                ("start_period", HealthcheckSetting::Text(check.start_period)),
            ]),
            None => Health::Unknown(format!("no health check is known for `{name}`")),
        },
    }
}

/// The health check that is known to work in a broker's image; `None` if none is, or if the project builds the image.
pub(super) fn known_check(broker: &Broker<'_>) -> Option<Healthcheck> {
    let image = broker.image.as_ref().filter(|_| broker.service.build.is_none())?;
    match CATALOG.healthcheck(image) {
        HealthcheckAdvice::Known(probe) => rendered(broker, probe),
        HealthcheckAdvice::BuiltIn | HealthcheckAdvice::Unknown(_) => None,
    }
}

fn rendered(broker: &Broker<'_>, probe: Probe<'_>) -> Option<Healthcheck> {
    let (host, port, secured) = probed_address(broker);
    probe.render(&host, port, ProbeContext { jmx: opens_jmx_port(broker.service), secured })
}

/// A repair that gives a broker a health check; brokers that are written in one place get it together.
///
/// # Errors
/// Why there is none, as a sentence without a full stop.
pub(super) fn give_healthcheck(
    context: &Context<'_>,
    broker: &Broker<'_>,
    settings: &[(&'static str, HealthcheckSetting)],
) -> Result<Repair, String> {
    let wants_it_too = |other: &Service| {
        let other = context.topology.broker(&other.name);
        other.is_some_and(|other| matches!(health_of(context, other), Health::Missing(theirs) if theirs == settings))
    };
    add_healthcheck(context.project, broker.service, settings, wants_it_too).map_err(|refusal| refusal.to_string())
}

/// Where the broker's own container reaches it: at a listener that clients use, so that health means that clients can come.
fn probed_address(broker: &Broker<'_>) -> (String, u16, bool) {
    let resolves = |host: &str| broker.service.is_known_as(host);
    let told = match internal_listener(&broker.listeners, &resolves) {
        InternalListener::Address(told) => Some(told),
        _ => broker.listeners.advertised.first(),
    };
    let Some(told) = told else { return ("localhost".to_owned(), DEFAULT_PORT, false) };
    let bound = broker.listeners.bound.iter().flatten().find(|bound| bound.port == told.listener.port);
    let host = match bound {
        Some(bound) => bound.probe_host().unwrap_or(&broker.service.name),
        None => "localhost",
    };
    (host.to_owned(), told.listener.port, told.is_secured())
}

/// Whether every tool of Kafka's that starts in the container would open a port that the broker holds (apache/kafka,
/// bin/kafka-run-class.sh).
fn opens_jmx_port(service: &Service) -> bool {
    let value = |name: &str| service.variable(name).and_then(|variable| variable.value()).unwrap_or_default();
    !value("JMX_PORT").is_empty()
        || value("KAFKA_OPTS").contains("-javaagent")
        || value("KAFKA_OPTS").contains("jmxremote.port")
}

/// A repair that makes a service wait for brokers, and what it waits for then.
///
/// # Errors
/// Why there is none, as a sentence without a full stop.
pub(super) fn wait_for(
    context: &Context<'_>,
    service: &Service,
    brokers: &[&Broker<'_>],
) -> Result<(Repair, Vec<(String, Condition)>), String> {
    let mut wanted = Vec::new();
    let mut repair = Repair::default();
    for broker in brokers {
        let depends = service.depends_on.on(&broker.service.name).is_some();
        if !depends {
            guard::may_depend_on(context, service, broker)?;
        }
        let condition = match health_of(context, broker) {
            Health::Known => Condition::Healthy,
            Health::Missing(settings) => {
                let check = give_healthcheck(context, broker, &settings)?;
                repair = repair.and(check);
                Condition::Healthy
            }
            // To start after it is better than nothing, and never wrong; it is no reason to change what is there.
            Health::Impossible(_) | Health::Unknown(_) if !depends => Condition::Started,
            Health::Impossible(reason) | Health::Unknown(reason) => return Err(reason),
        };
        wanted.push((broker.service.name.clone(), condition));
    }
    let may_wait = |other: &Service| {
        context.is_user(other) && brokers.iter().all(|broker| guard::may_depend_on(context, other, broker).is_ok())
    };
    let dependency = require(context.project, service, &wanted, may_wait).map_err(|refusal| refusal.to_string())?;
    Ok((repair.and(dependency), wanted))
}
