//! Single values and names of properties.

use super::Run;
use crate::kafka::property::{
    ADVERTISED_HOST_NAME, ADVERTISED_LISTENERS, ADVERTISED_PORT, BROKER_ID, COMPRESSION_TYPE, CONTROLLER_NAMES,
    DELEGATION_MASTER_KEY, DELEGATION_SECRET_KEY, Given, HOST_NAME, INTER_BROKER_VERSION, KafkaVersion, LISTENERS,
    MESSAGE_FORMAT_VERSION, NODE_ID, OFFSETS_CODEC, PORT, PROCESS_ROLES, SHARE_CODEC, TIMESTAMP_BEFORE,
    TIMESTAMP_DIFFERENCE, ZOOKEEPER_CONNECT,
};
use crate::kafka::startup::definition::{Definition, ValueFault, known_in, nearly};
use crate::kafka::startup::objection::{Check, Objection};
use crate::kafka::startup::reading::Reading;
use crate::kafka::startup::value::{integer, trimmed};

pub(super) const CHECKS: &[Run] = &[set, missing, codecs, protocol_versions];

/// Properties that some version refuses to start without.
const REQUIRED: [&str; 3] = [PROCESS_ROLES, NODE_ID, CONTROLLER_NAMES];

/// Names that begin so belong to plug-ins, or to one listener.
const OTHER_NAMES: [&str; 2] = ["listener.name.", "confluent."];

/// `ConfigDef.parse`, `AbstractConfig.logUnused`
fn set(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    for name in reading.names() {
        match (Definition::of(name, reading.version), reading.given_itself(name)) {
            (Some(definition), Given::Set(value)) => {
                found.extend(definition.fault(value).map(|fault| objection(name, fault)));
                if name == BROKER_ID && reading.given_itself(NODE_ID) == Given::Unset && reading.version.is_from(3, 1) {
                    let node_id = Definition::of(NODE_ID, reading.version);
                    let fault = node_id.and_then(|definition| definition.fault(value));
                    found.extend(fault.map(|fault| objection(name, fault)).filter(|other| !found.contains(other)));
                }
            }
            (None, Given::Set(_) | Given::Unknown) => found.extend(unknown(name, reading.version)),
            _ => {}
        }
    }
    Some(())
}

fn objection(name: &str, fault: ValueFault) -> Objection {
    let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    match fault {
        ValueFault::WrongType(kind) => Objection::new(Check::WrongType, &[name]).about([kind.to_string()]),
        ValueFault::OutOfRange { least, greatest } => {
            Objection::new(Check::OutOfRange, &[name]).about([number(least), number(greatest)])
        }
        ValueFault::NotAllowed { words } => Objection::new(Check::NotAllowed, &[name]).about(words.split('|')),
        ValueFault::Empty => Objection::new(Check::Empty, &[name]),
    }
}

/// A name that this version does not have, if another version does or if it is a misspelling.
fn unknown(name: &str, version: KafkaVersion) -> Option<Objection> {
    if OTHER_NAMES.iter().any(|prefix| name.starts_with(prefix)) {
        return None;
    }
    let Some(range) = known_in(name) else {
        return nearly(name, version).map(|near| Objection::new(Check::Misspelt, &[name]).about([near]));
    };
    if version < range.first {
        return Some(Objection::new(Check::TooNew, &[name]).about([range.first.to_string()]));
    }
    let last = range.last.map(|last| last.to_string());
    Some(Objection::new(Check::Removed, &[name]).about(last).about(replacement(name)))
}

/// What a property that is gone was replaced by (apache/kafka, `docs/upgrade.html` of 3.0 and 4.0).
fn replacement(name: &str) -> Option<&'static str> {
    match name {
        ADVERTISED_HOST_NAME | ADVERTISED_PORT => Some(ADVERTISED_LISTENERS),
        HOST_NAME | PORT => Some(LISTENERS),
        ZOOKEEPER_CONNECT => Some(PROCESS_ROLES),
        DELEGATION_MASTER_KEY => Some(DELEGATION_SECRET_KEY),
        TIMESTAMP_DIFFERENCE => Some(TIMESTAMP_BEFORE),
        _ => None,
    }
}

/// `ConfigDef.parseValue`
fn missing(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    for name in REQUIRED {
        let is_required = Definition::of(name, reading.version).is_some_and(|definition| definition.is_required);
        if is_required && reading.is_set(name) == Some(false) {
            found.push(Objection::new(Check::Missing, &[name]));
        }
    }
    Some(())
}

/// `CompressionType.forId`, `BrokerCompressionCodec.isValid`
fn codecs(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    for name in [OFFSETS_CODEC, SHARE_CODEC] {
        if let Some(Some(codec)) = reading.integer(name)
            && !(0..=4).contains(&codec)
        {
            found.push(Objection::new(Check::NotAllowed, &[name]).about(0..=4));
        }
    }
    // From 3.5 on the definition has the words.
    const WORDS: [&str; 6] = ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"];
    let word = trimmed(reading.text(COMPRESSION_TYPE)??);
    if !WORDS.iter().any(|other| other.eq_ignore_ascii_case(word)) && !reading.version.is_from(3, 5) {
        found.push(Objection::new(Check::NotAllowed, &[COMPRESSION_TYPE]).about(WORDS));
    }
    Some(())
}

/// `MetadataVersion.fromVersionString`, before 3.3 `ApiVersion.apply`
fn protocol_versions(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    for name in [INTER_BROKER_VERSION, MESSAGE_FORMAT_VERSION] {
        if let Some(Some(value)) = reading.text(name)
            && !is_protocol_version(trimmed(value), reading.version)
        {
            found.push(Objection::new(Check::NotAllowed, &[name]));
        }
    }
    Some(())
}

/// Whether a text names a version of the protocol between brokers. Intermediate versions, `3.4-IV0`, are not checked.
fn is_protocol_version(text: &str, own: KafkaVersion) -> bool {
    if text.contains("-IV") {
        return true;
    }
    let mut parts = text.split('.');
    let mut next = || parts.next().and_then(integer);
    match (next(), next()) {
        (Some(0), Some(minor)) => {
            let patch = next();
            let patches = match minor {
                8 | 10 => 0..=2,
                9 | 11 => 0..=0,
                _ => return false,
            };
            patch.is_some_and(|patch| patches.contains(&patch))
        }
        (Some(major), Some(minor)) => {
            let known = match major {
                1 => 0..=1,
                2 => 0..=8,
                3 => 0..=9,
                4 => 0..=0,
                _ => return false,
            };
            // From 3.7 on, a version also accepts the next one.
            let next = match own.line() {
                (3, 9) => (4, 0),
                (3, minor) if minor >= 7 => (3, minor + 1),
                line => line,
            };
            let is_not_after = |line: (u16, u16)| (major, minor) <= (i64::from(line.0), i64::from(line.1));
            known.contains(&minor) && is_not_after(next)
        }
        _ => false,
    }
}
