//! Listeners: what is bound and advertised, how each speaks, and which one brokers use among themselves.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Run;
use crate::kafka::listener::SecurityProtocol;
use crate::kafka::property::{
    ADVERTISED_HOST_NAME, ADVERTISED_LISTENERS, ADVERTISED_PORT, CONTROL_PLANE_LISTENER, CONTROLLER_NAMES,
    EARLY_START_LISTENERS, Given, HOST_NAME, INTER_BROKER_LISTENER, INTER_BROKER_PROTOCOL, KafkaVersion, LISTENERS,
    PROTOCOL_MAP, SASL_ENABLED_MECHANISMS, SASL_INTER_BROKER_MECHANISM,
};
use crate::kafka::startup::endpoint::{Endpoint, listener, normal};
use crate::kafka::startup::objection::{Check, Objection};
use crate::kafka::startup::reading::{Reading, map_entries, protocol_of};
use crate::kafka::startup::value::{csv, list, trimmed};

pub(super) const CHECKS: &[Run] = &[
    protocol_map,
    entries,
    host_and_port,
    names_and_ports,
    advertised_is_bound,
    advertised_addresses,
    inter_broker,
    inter_broker_is_advertised,
    sasl_between_brokers,
    control_plane,
    early_start,
];

/// `AbstractKafkaConfig.getMap`, `ListenerName.normalised`, `AbstractKafkaConfig.securityProtocol`
fn protocol_map(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let entries = map_entries(reading.text(PROTOCOL_MAP)??);
    for (at, entry) in entries.iter().enumerate() {
        // From 3.6 on a name is not space; from 4.1 on no two differ in their case alone.
        let is_blank = entry.key.is_none_or(|key| key.is_empty() && reading.version.is_from(3, 6));
        let is_twice = |other: Option<&str>| {
            let (own, other) = (entry.key.unwrap_or_default(), other.unwrap_or_default());
            reading.version.is_from(4, 1) && own != other && normal(own) == normal(other)
        };
        if is_blank || entries[..at].iter().any(|other| is_twice(other.key)) {
            found.push(Objection::to_entry(Check::MapMalformed, PROTOCOL_MAP, entry.span));
        } else if SecurityProtocol::from_name(entry.value).is_none() {
            found.push(Objection::to_entry(Check::NoSuchProtocol, PROTOCOL_MAP, entry.span).about([entry.value]));
        }
    }
    // 4.1 fills the map by itself, and takes no name twice.
    if reading.version.line() == (4, 1) && !reading.is_set(PROTOCOL_MAP)? {
        let names = reading.controller_names.as_ref()?;
        let is_twice = |at: &usize| names[..*at].iter().any(|other| other.text == names[*at].text);
        let twice = (1..names.len()).find(is_twice)?;
        found.push(Objection::to_entry(Check::MapMalformed, CONTROLLER_NAMES, names[twice].span));
    }
    Some(())
}

/// `SocketServerConfigs.listenerListToEndPoints`, before 3.9 `EndPoint.createEndPoint`
fn entries(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    for property in [LISTENERS, ADVERTISED_LISTENERS] {
        // An empty entry of a list is refused already.
        for entry in reading.entries(property).flatten().into_iter().flatten().filter(|entry| !entry.text.is_empty()) {
            let name = listener(entry.text).map(|(name, _, _)| normal(name));
            let protocols = reading.protocols.as_ref();
            let has_protocol = |name: &str| protocols.is_none_or(|protocols| protocol_of(protocols, name).is_some());
            // Kafka takes anything for a name, but then finds no protocol for it.
            let is_word =
                |name: &str| !name.is_empty() && name.chars().all(|one| one.is_alphanumeric() || "_-.".contains(one));
            match name {
                Some(name) if has_protocol(&name) && !trimmed(&name).is_empty() => {}
                Some(name) if is_word(&name) => {
                    let objection = Objection::to_entry(Check::ListenerWithoutProtocol, property, entry.span);
                    found.push(objection.about([name]));
                }
                _ => found.push(Objection::to_entry(Check::ListenerMalformed, property, entry.span)),
            }
        }
    }
    Some(())
}

/// `KafkaConfig.listeners`, `KafkaConfig.advertisedListeners`: up to 2.8, a host and a port replace listeners, in plain text.
fn host_and_port(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    if reading.version.is_from(3, 0) {
        return None;
    }
    for (listeners, host) in [(LISTENERS, HOST_NAME), (ADVERTISED_LISTENERS, ADVERTISED_HOST_NAME)] {
        let name = reading.text(host).flatten().map(trimmed);
        if reading.entries(listeners)?.is_none()
            && name.is_some_and(|name| listener(&format!("A://{name}:1")).is_none())
        {
            found.push(Objection::new(Check::ListenerMalformed, &[host]));
        }
    }
    if protocol_of(reading.protocols.as_ref()?, "PLAINTEXT").is_some() {
        return None;
    }
    let mut without_protocol = |property| {
        found.push(Objection::new(Check::ListenerWithoutProtocol, &[property]).about(["PLAINTEXT"]));
    };
    if reading.entries(LISTENERS)?.is_none() {
        without_protocol(LISTENERS);
    }
    let is_given = |property: &&str| reading.is_set(property) == Some(true);
    if reading.entries(ADVERTISED_LISTENERS)?.is_none()
        && let Some(property) = [ADVERTISED_HOST_NAME, ADVERTISED_PORT].into_iter().find(is_given)
    {
        without_protocol(property);
    }
    Some(())
}

/// `CoreUtils.listenerListToEndPoints`
fn names_and_ports(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let is_set = |property| reading.is_set(property).unwrap_or_default();
    let lists =
        [(LISTENERS, &reading.bound, true), (ADVERTISED_LISTENERS, &reading.advertised, is_set(ADVERTISED_LISTENERS))];
    for (property, endpoints, _) in lists.into_iter().filter(|(_, _, is_own)| *is_own) {
        // Up to 2.6 advertised listeners may not share a port, either.
        let is_bound = property == LISTENERS || !reading.version.is_from(2, 7);
        let pairs = pairs(endpoints.as_deref().unwrap_or_default());
        for (first, second) in pairs {
            let objection = |check| Objection::to_entry(check, property, second.span).and_entry(property, first.span);
            if first.name == second.name {
                found.push(objection(Check::ListenerTwice).about([&first.name]));
            } else if is_bound && share_a_port(first, second, reading.version) {
                found.push(objection(Check::PortTwice).about([&first.name, &second.name]));
            }
        }
    }
    Some(())
}

fn pairs<'e, 'c>(endpoints: &'e [Endpoint<'c>]) -> impl Iterator<Item = (&'e Endpoint<'c>, &'e Endpoint<'c>)> {
    let before = move |at: usize| endpoints[..at].iter().map(move |first| (first, &endpoints[at]));
    (0..endpoints.len()).flat_map(before)
}

/// Whether two listeners are at one port; from 3.6 on an address of IPv4 and one of IPv6 may be.
fn share_a_port(first: &Endpoint<'_>, second: &Endpoint<'_>, version: KafkaVersion) -> bool {
    let is = |endpoint: &Endpoint<'_>| {
        (endpoint.host.parse::<Ipv4Addr>().is_ok(), endpoint.host.parse::<Ipv6Addr>().is_ok())
    };
    let is_apart = matches!((is(first), is(second)), ((true, false), (false, true)) | ((false, true), (true, false)));
    first.port == second.port && first.port != 0 && !(is_apart && version.is_from(3, 6))
}

/// `KafkaConfig.validateValues`
fn advertised_is_bound(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    if !reading.serves_clients()? {
        return None;
    }
    let advertised: Vec<&Endpoint<'_>> = reading.advertised_to_clients()?.collect();
    if advertised.is_empty() {
        found.push(Objection::new(Check::AdvertisesNothing, &[ADVERTISED_LISTENERS, LISTENERS]));
    }
    let bound = reading.bound.as_ref()?;
    let unbound: Vec<&Endpoint<'_>> =
        advertised.into_iter().filter(|own| !bound.iter().any(|bound| bound.name == own.name)).collect();
    if let [first, ..] = unbound.as_slice() {
        let objection = Objection::to_entry(Check::AdvertisedNotBound, ADVERTISED_LISTENERS, first.span);
        let others = unbound[1..].iter().fold(objection, |all, other| all.and_entry(ADVERTISED_LISTENERS, other.span));
        found.push(others.about(unbound.iter().map(|endpoint| &endpoint.name)));
    }
    Some(())
}

/// `KafkaConfig.validateValues`
fn advertised_addresses(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let is_any = |endpoint: &&Endpoint<'_>| endpoint.host == "0.0.0.0";
    let is_set = reading.is_set(ADVERTISED_LISTENERS)?;
    let property = if is_set { ADVERTISED_LISTENERS } else { LISTENERS };
    let to_clients: Vec<&Endpoint<'_>> = reading.advertised_to_clients()?.collect();
    for endpoint in reading.advertised.iter().flatten().filter(is_any) {
        let is_to_clients = to_clients.contains(&endpoint);
        // What is bound for controllers alone is advertised by 3.9.0 only.
        if is_to_clients || is_set && reading.version.is_from(3, 9) {
            let objection = Objection::to_entry(Check::AdvertisesAnyAddress, property, endpoint.span);
            found.push(objection.about([&endpoint.name]));
        }
    }
    if (KafkaVersion::new(3, 9, 0)..KafkaVersion::new(3, 9, 1)).contains(&reading.version) {
        let is_advertised = |name: &str| is_set && reading.advertised.iter().flatten().any(|other| other.name == name);
        for endpoint in reading.bound.iter().flatten().filter(is_any) {
            if reading.is_for_controllers(&endpoint.name)? && !is_advertised(&endpoint.name) {
                let objection = Objection::to_entry(Check::ControllerAtAnyAddress, LISTENERS, endpoint.span);
                found.push(objection.about([&endpoint.name]));
            }
        }
    }
    Some(())
}

/// `AbstractKafkaConfig.interBrokerListenerNameAndSecurityProtocol`
fn inter_broker(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let Some(name) = reading.text(INTER_BROKER_LISTENER)? else {
        let protocol = trimmed(reading.text(INTER_BROKER_PROTOCOL)??);
        // From 3.5 on the definition has the words.
        if SecurityProtocol::from_name(protocol).is_none() && !reading.version.is_from(3, 5) {
            found.push(Objection::new(Check::NoSuchProtocol, &[INTER_BROKER_PROTOCOL]).about([protocol]));
        }
        return None;
    };
    if reading.is_set(INTER_BROKER_PROTOCOL)? {
        found.push(Objection::new(Check::InterBrokerTwice, &[INTER_BROKER_LISTENER, INTER_BROKER_PROTOCOL]));
        return None;
    }
    let name = normal(trimmed(name));
    let is_blank = name.is_empty() && reading.version.is_from(3, 6);
    if is_blank || protocol_of(reading.protocols.as_ref()?, &name).is_none() {
        let objection = Objection::new(Check::InterBrokerWithoutProtocol, &[INTER_BROKER_LISTENER, PROTOCOL_MAP]);
        found.push(objection.about([name]));
    }
    Some(())
}

/// `KafkaConfig.validateValues`
fn inter_broker_is_advertised(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let (name, _) = reading.inter_broker()?;
    let place = if reading.is_set(INTER_BROKER_PROTOCOL)? { INTER_BROKER_PROTOCOL } else { INTER_BROKER_LISTENER };
    if !reading.serves_clients()? {
        let is_named = reading.text(INTER_BROKER_LISTENER)?.is_some();
        if is_named && reading.roles?.controller && reading.is_for_controllers(&name)? && reading.version.is_from(4, 0)
        {
            found.push(Objection::new(Check::InterBrokerIsController, &[place]).about([name]));
        }
        return None;
    }
    if reading.advertised_to_clients()?.all(|endpoint| endpoint.name != name) {
        found.push(Objection::new(Check::InterBrokerNotAdvertised, &[place, ADVERTISED_LISTENERS]).about([name]));
    }
    Some(())
}

/// `KafkaConfig.validateValues`
fn sasl_between_brokers(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let (name, protocol) = reading.inter_broker()?;
    if !matches!(protocol, SecurityProtocol::SaslPlaintext | SecurityProtocol::SaslSsl) {
        return None;
    }
    let mechanism = trimmed(reading.text(SASL_INTER_BROKER_MECHANISM)??);
    let own = format!("listener.name.{}.{SASL_ENABLED_MECHANISMS}", name.to_lowercase());
    let taken = match reading.given_itself(&own) {
        Given::Set(value) => list(value),
        Given::Unset => reading.entries(SASL_ENABLED_MECHANISMS)?.unwrap_or_default(),
        Given::Unknown => return None,
    };
    if taken.iter().all(|entry| entry.text != mechanism) {
        let objection = Objection::new(Check::SaslMechanism, &[SASL_INTER_BROKER_MECHANISM, SASL_ENABLED_MECHANISMS]);
        found.push(objection.about([mechanism]));
    }
    Some(())
}

/// `KafkaConfig.validateValues`, `KafkaConfig.getControlPlaneListenerNameAndSecurityProtocol`
fn control_plane(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let name = normal(trimmed(reading.text(CONTROL_PLANE_LISTENER)??));
    let is_kraft = reading.roles?.any() && reading.version.is_from(3, 1);
    let has_protocol = protocol_of(reading.protocols.as_ref()?, &name).is_some();
    let is_wrong = is_kraft || !has_protocol || {
        let is_advertised = reading.advertised_to_clients()?.any(|endpoint| endpoint.name == name);
        !is_advertised || reading.inter_broker()?.0 == name
    };
    if is_wrong {
        found.push(Objection::new(Check::ControlPlane, &[CONTROL_PLANE_LISTENER]).about([name]));
    }
    Some(())
}

/// `KafkaConfig.earlyStartListeners`
fn early_start(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let names = csv(reading.text(EARLY_START_LISTENERS)??);
    let bound = reading.bound.as_ref()?;
    for entry in names {
        if bound.iter().all(|endpoint| endpoint.name != entry.text) {
            let objection = Objection::to_entry(Check::EarlyStart, EARLY_START_LISTENERS, entry.span);
            found.push(objection.about([entry.text]));
        }
    }
    Some(())
}
