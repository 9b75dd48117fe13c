//! Which listeners are for controllers, and what a node with which roles may do with them.

use super::Run;
use crate::kafka::property::{ADVERTISED_LISTENERS, CONTROLLER_NAMES, LISTENERS, PROCESS_ROLES, PROTOCOL_MAP};
use crate::kafka::startup::endpoint::{Endpoint, normal};
use crate::kafka::startup::objection::{Check, Objection};
use crate::kafka::startup::reading::{Reading, Roles, protocol_of};

pub(super) const CHECKS: &[Run] = &[broker_only, binds, controller_only, advertises];

/// `KafkaConfig.validateValues`: a node that is only a broker names the listener of controllers, but does not have one.
fn broker_only(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    if reading.roles? != (Roles { broker: true, controller: false }) || !reading.version.is_from(3, 1) {
        return None;
    }
    let names = reading.controller_names.as_ref()?;
    if names.is_empty() {
        found.push(Objection::new(Check::NoControllerNames, &[CONTROLLER_NAMES]));
    }
    for entry in names {
        let name = normal(entry.text);
        if name.is_empty() || protocol_of(reading.protocols.as_ref()?, &name).is_none() {
            let objection = Objection::to_entry(Check::ControllerWithoutProtocol, CONTROLLER_NAMES, entry.span);
            found.push(objection.and(PROTOCOL_MAP).about([name]));
        }
    }
    for endpoint in reading.bound.as_ref()? {
        if reading.is_for_controllers(&endpoint.name)? {
            let objection = Objection::to_entry(Check::BrokerBindsController, LISTENERS, endpoint.span);
            found.push(objection.about([&endpoint.name]));
        }
    }
    Some(())
}

/// `KafkaConfig.validateValues`: a controller binds the listeners for controllers, from 3.1 on all of them.
fn binds(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    if !reading.roles?.controller || !reading.version.is_from(3, 0) {
        return None;
    }
    let names = reading.controller_names.as_ref()?;
    let bound = reading.bound.as_ref()?;
    let missing: Vec<&str> = names
        .iter()
        .map(|entry| entry.text)
        .filter(|name| bound.iter().all(|endpoint| endpoint.name != *name))
        .collect();
    if missing.len() == names.len() {
        found.push(Objection::new(Check::NoControllerListener, &[CONTROLLER_NAMES, LISTENERS]).about(missing));
    } else if !missing.is_empty() && reading.version.is_from(3, 1) {
        found.push(Objection::new(Check::ControllerNotBound, &[CONTROLLER_NAMES, LISTENERS]).about(missing));
    }
    Some(())
}

/// `KafkaConfig.validateValues`: a node that is a controller only binds nothing else, and up to 3.8 it advertises nothing.
fn controller_only(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let version = reading.version;
    if reading.roles? != (Roles { broker: false, controller: true }) || !version.is_from(3, 1) {
        return None;
    }
    let is_for_controllers = |endpoint: &&Endpoint<'_>| reading.is_for_controllers(&endpoint.name).unwrap_or_default();
    let names = reading.controller_names.as_ref()?;
    let advertises = reading.is_set(ADVERTISED_LISTENERS)?;
    if advertises && !version.is_from(3, 9) {
        let is_empty = reading.advertised.as_ref()?.is_empty();
        if version.is_from(3, 3) || !is_empty {
            found.push(Objection::new(Check::ControllerAdvertises, &[ADVERTISED_LISTENERS, PROCESS_ROLES]));
        }
        return None;
    }
    let bound = reading.bound.as_ref()?;
    let others: Vec<&Endpoint<'_>> = bound.iter().filter(|endpoint| !is_for_controllers(endpoint)).collect();
    // From 3.9 on Kafka compares numbers only: that of the names which are bound or advertised, and that of what is bound.
    let has =
        |name: &str| reading.advertised.iter().flatten().chain(bound).any(|endpoint| endpoint.name == normal(name));
    let are_as_many = names.iter().filter(|entry| has(entry.text)).count() == bound.len();
    if if version.is_from(3, 9) { are_as_many } else { others.is_empty() } {
        return None;
    }
    let objection = match others.first() {
        Some(first) => Objection::to_entry(Check::ControllerBindsOthers, LISTENERS, first.span),
        None => Objection::new(Check::ControllerBindsOthers, &[LISTENERS, CONTROLLER_NAMES]),
    };
    found.push(objection.about(others.iter().map(|endpoint| &endpoint.name)));
    Some(())
}

/// `KafkaConfig.validateValues`: up to 3.8, a listener for controllers is never advertised.
fn advertises(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let (roles, version) = (reading.roles?, reading.version);
    let is_checked = version.is_from(2, 8) && !version.is_from(3, 9) && (roles.broker || !version.is_from(3, 1));
    if !is_checked || !reading.is_set(ADVERTISED_LISTENERS)? {
        return None;
    }
    for endpoint in reading.advertised.as_ref()? {
        // Up to 3.0 Kafka compares whole listeners.
        let is_same = |bound: &Endpoint<'_>| {
            bound.name == endpoint.name
                && (version.is_from(3, 1) || bound.host == endpoint.host && bound.port == endpoint.port)
        };
        let is_wrong = if version.is_from(3, 1) { true } else { reading.bound.as_ref()?.iter().any(is_same) };
        if is_wrong && reading.is_for_controllers(&endpoint.name)? {
            let objection = Objection::to_entry(Check::AdvertisesController, ADVERTISED_LISTENERS, endpoint.span);
            found.push(objection.about([&endpoint.name]));
        }
    }
    Some(())
}
