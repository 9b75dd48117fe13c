//! Waiting for a broker's health, as a whole: the condition, and a health check that can pass.

use crate::analysis::Analysis;
use crate::compose::{Condition, HealthcheckSetting, HealthcheckTest, Service};
use crate::finding::{NoHealthcheck, Reason};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::Broker;
use crate::kafka::catalog::{CATALOG, Healthcheck, HealthcheckAdvice, Image, Probe, ProbeContext};
use crate::kafka::effective::recognise;
use crate::kafka::internal_listener::{InternalListener, internal_listener};
use crate::kafka::listener::{DEFAULT_PORT, Listener};
use crate::repair::{Repair, add_healthcheck, require};
use crate::rules::support::guard;

/// Whether a broker's health can be waited for.
pub(in crate::rules) enum Health {
    /// It can: the file or the image has a check.
    Known,
    /// It can once it is given a check.
    Missing(Vec<(&'static str, HealthcheckSetting)>),
    /// It cannot, for this reason.
    Impossible(NoHealthcheck),
    /// The files do not tell, for this reason.
    Unknown(NoHealthcheck),
}

pub(in crate::rules) fn health_of(analysis: &Analysis, broker: &Broker) -> Health {
    match own_health(broker) {
        // Its image must have a check: others rely on it.
        Health::Unknown(_) if is_relied_upon(analysis, broker) => Health::Known,
        health => health,
    }
}

/// Whether the project waits for a broker's health already.
fn is_relied_upon(analysis: &Analysis, broker: &Broker) -> bool {
    analysis.waits_for_health(broker).is_some()
}

/// The health of a broker, from its own definition and its image.
fn own_health(broker: &Broker) -> Health {
    let name = &broker.service.name;
    match broker.service.healthcheck.as_ref().map(|check| &check.test) {
        Some(HealthcheckTest::Shell(_) | HealthcheckTest::Command(_)) => return Health::Known,
        Some(HealthcheckTest::Disabled) => {
            return Health::Impossible(NoHealthcheck::Disabled(name.clone()));
        }
        Some(HealthcheckTest::Inherited) | None => {}
    }
    if broker.is_configured_elsewhere() {
        return Health::Unknown(NoHealthcheck::EnvFileMissing(name.clone()));
    }
    if broker.built.as_ref().is_some_and(|built| built.has_healthcheck) {
        return Health::Known;
    }
    let Some(image) = image_with_tools(broker) else {
        return Health::Unknown(NoHealthcheck::BuiltHere(name.clone()));
    };
    match CATALOG.healthcheck(image, &broker.config.family().name) {
        HealthcheckAdvice::BuiltIn => Health::Known,
        HealthcheckAdvice::Unknown => Health::Unknown(NoHealthcheck::Unknown(name.clone())),
        HealthcheckAdvice::Known(_) if broker.service.healthcheck.is_some() => {
            Health::Impossible(NoHealthcheck::NoTest(name.clone()))
        }
        HealthcheckAdvice::Known(probe) => match rendered(broker, probe) {
            Some(check) => Health::Missing(vec![
                ("test", HealthcheckSetting::List(check.test)),
                ("interval", HealthcheckSetting::Text(check.interval)),
                ("timeout", HealthcheckSetting::Text(check.timeout)),
                ("retries", HealthcheckSetting::Number(check.retries)),
                ("start_period", HealthcheckSetting::Text(check.start_period)),
            ]),
            None => Health::Unknown(NoHealthcheck::UnknownAddress(name.clone())),
        },
    }
}

/// The image whose tools a broker has: its own, or the one that it is built on; `None` if that is not known.
pub(in crate::rules) fn image_with_tools(broker: &Broker) -> Option<&Image> {
    let is_known =
        broker.service.build.is_none() || broker.built.as_ref().is_some_and(|built| recognise(&built.base).is_some());
    broker.image.as_ref().filter(|_| is_known)
}

/// The health check that is known to work in a broker's image; `None` if none is, or if what its image is built on is not known.
pub(in crate::rules) fn known_check(broker: &Broker) -> Option<Healthcheck> {
    let image = image_with_tools(broker)?;
    match CATALOG.healthcheck(image, &broker.config.family().name) {
        HealthcheckAdvice::Known(probe) => rendered(broker, probe),
        HealthcheckAdvice::BuiltIn | HealthcheckAdvice::Unknown => None,
    }
}

/// The option of every agent of Java's: a new check leaves out what may open a port.
const ANY_AGENT: &str = "-javaagent";

fn rendered(broker: &Broker, probe: Probe<'_>) -> Option<Healthcheck> {
    let (host, port, secured) = probed_address(broker);
    probe.render(&host, port, ProbeContext { cleared: opens_port(&broker.service, ANY_AGENT), secured })
}

/// A repair that adds a health check to a broker; brokers that share their definition get it together.
///
/// # Errors
/// [`Reason`] if there is no such repair.
pub(in crate::rules) fn give_healthcheck(
    analysis: &Analysis,
    broker: &Broker,
    settings: &[(&'static str, HealthcheckSetting)],
) -> Result<Repair, Reason> {
    let wants_it_too = |other: &Service| {
        let other = analysis.topology.broker(other.id);
        other.is_some_and(|other| matches!(health_of(analysis, other), Health::Missing(theirs) if theirs == settings))
    };
    add_healthcheck(&analysis.project, &broker.service, settings, wants_it_too).map_err(Reason::from)
}

/// The address for the health check in the broker's own container: a listener that clients use, so that a healthy broker accepts clients.
pub(in crate::rules) fn probed_address(broker: &Broker) -> (String, u16, bool) {
    let resolves = |host: &str| broker.service.is_known_as(host);
    let advertised = match internal_listener(&broker.listeners, &resolves) {
        InternalListener::Address(advertised) => Some(advertised),
        _ => broker.listeners.advertised.first(),
    };
    let Some(advertised) = advertised else { return ("localhost".to_owned(), DEFAULT_PORT, false) };
    let all_bound = || broker.listeners.bound.iter().flatten();
    let bound = all_bound().find(|bound| bound.port == advertised.listener.port);
    // Nothing listens at a port that is only advertised; but of two listeners at one port, one will move.
    let is_alone = |own: &&Listener| all_bound().filter(|other| other.port == own.port).count() == 1;
    let by_name = || all_bound().find(|bound| bound.name == advertised.listener.name).filter(is_alone);
    match bound.or_else(by_name) {
        Some(bound) => {
            let host = bound.probe_host().unwrap_or(&broker.service.name);
            (host.to_owned(), bound.port, advertised.is_secured())
        }
        None => ("localhost".to_owned(), advertised.listener.port, advertised.is_secured()),
    }
}

/// Whether a broker certainly refuses its own container at an address.
pub(in crate::rules) fn is_refused(broker: &Broker, host: &str, port: u16) -> bool {
    let Some(bound) = &broker.listeners.bound else { return false };
    if broker.service.has_unknown_variables() {
        return false;
    }
    let Some(bound) = bound.iter().find(|bound| bound.port == port) else {
        return host == "localhost" || host == "127.0.0.1" || broker.service.is_known_as(host);
    };
    match (host, bound.probe_host()) {
        // Bound to a name, which is an address of the container's on a network.
        ("localhost" | "127.0.0.1", bound_to) => {
            bound_to.is_none_or(|bound_to| !is_loopback(bound_to) && broker.service.is_known_as(bound_to))
        }
        _ => false,
    }
}

/// The variables with which every tool of Kafka's in the container would open a port that the broker holds (apache/kafka,
/// bin/kafka-run-class.sh). `agent` is in the option of an agent that opens one.
pub(in crate::rules) fn opens_port(service: &Service, agent: &str) -> &'static [&'static str] {
    let value = |name: &str| service.variable(name).and_then(|variable| variable.value()).unwrap_or_default();
    let opens = |name: &str, sign: &str| value(name).contains(sign);
    match () {
        () if opens("KAFKA_JMX_OPTS", JMX_PORT_OPTION) => &["JMX_PORT", "KAFKA_OPTS", "KAFKA_JMX_OPTS"],
        () if opens("KAFKA_OPTS", JMX_PORT_OPTION) || opens("KAFKA_OPTS", agent) || !value("JMX_PORT").is_empty() => {
            &["JMX_PORT", "KAFKA_OPTS"]
        }
        () => &[],
    }
}

/// Java's option for the port of JMX, without its start.
const JMX_PORT_OPTION: &str = "jmxremote.port";

/// A repair that makes a service wait for brokers, and the new conditions.
///
/// # Errors
/// [`Reason`] if there is no such repair.
pub(in crate::rules) fn wait_for(
    analysis: &Analysis,
    service: &Service,
    brokers: &[&Broker],
) -> Result<(Repair, Vec<(String, Condition)>), Reason> {
    let mut wanted = Vec::new();
    let mut repair = Repair::default();
    for broker in brokers {
        let depends = service.depends_on.on(&broker.service.name).is_some();
        if !depends {
            guard::may_depend_on(analysis, service, broker)?;
        }
        let condition = match health_of(analysis, broker) {
            Health::Known => Condition::Healthy,
            Health::Missing(settings) => {
                let check = give_healthcheck(analysis, broker, &settings)?;
                repair = repair.and(check);
                Condition::Healthy
            }
            // Waiting for its start is better than nothing and never wrong, but it does not justify a change of an existing dependency.
            Health::Impossible(_) | Health::Unknown(_) if !depends => Condition::Started,
            Health::Impossible(reason) | Health::Unknown(reason) => return Err(reason.into()),
        };
        wanted.push((broker.service.name.clone(), condition));
    }
    let may_wait = |other: &Service| {
        analysis.is_user(other) && brokers.iter().all(|broker| guard::may_depend_on(analysis, other, broker).is_ok())
    };
    let dependency = require(&analysis.project, service, &wanted, may_wait).map_err(Reason::from)?;
    Ok((repair.and(dependency), wanted))
}
