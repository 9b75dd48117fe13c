//! What a node is: its roles, its ids, and ZooKeeper.

use super::Run;
use crate::kafka::property::{
    BROKER_ID, BROKER_ID_GENERATION, CONTROLLER_NAMES, Given, INTER_BROKER_VERSION, MESSAGE_FORMAT_VERSION, NODE_ID,
    OFFSETS_CODEC, PROCESS_ROLES, RESERVED_BROKER_MAX_ID, ZOOKEEPER_CONNECT, ZOOKEEPER_MIGRATION,
};
use crate::kafka::startup::objection::{Check, Objection};
use crate::kafka::startup::reading::Reading;
use crate::kafka::startup::value::{integer, trimmed};

pub(super) const CHECKS: &[Run] = &[roles, ids, zookeeper, protocol_age];

/// `KafkaConfig.parseProcessRoles`
fn roles(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let entries = reading.entries(PROCESS_ROLES)??;
    let twice = (1..entries.len()).find(|at| entries[..*at].iter().any(|other| other.text == entries[*at].text))?;
    if reading.roles.is_some() {
        found.push(Objection::to_entry(Check::RoleTwice, PROCESS_ROLES, entries[twice].span));
    }
    Some(())
}

/// `KafkaConfig.validateValues`
fn ids(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let version = reading.version;
    if version.is_from(3, 1)
        && let [Given::Set(node), Given::Set(broker)] = [NODE_ID, BROKER_ID].map(|name| reading.given_itself(name))
        && integer(node)? != integer(broker)?
    {
        found.push(Objection::new(Check::IdsDiffer, &[NODE_ID, BROKER_ID]).about([trimmed(node), trimmed(broker)]));
        return None;
    }
    if reading.roles?.any() && !version.is_from(4, 0) && node_id(reading)? < 0 {
        found.push(Objection::new(Check::NoNodeId, &[NODE_ID]));
    }
    Some(())
}

/// The id of a node, negative if it has none.
pub(in crate::kafka::startup) fn node_id(reading: &Reading<'_>) -> Option<i64> {
    match reading.integer(NODE_ID)?.unwrap_or(-1) {
        // Up to 3.0, the broker ID replaces a missing node ID.
        id if id < 0 && !reading.version.is_from(3, 1) => reading.integer(BROKER_ID)?,
        id => Some(id),
    }
}

/// `KafkaConfig.validateValues`
fn zookeeper(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let version = reading.version;
    if version.is_from(4, 0) {
        return None;
    }
    if reading.roles?.any() {
        if reading.is_set(ZOOKEEPER_CONNECT)? && !reading.is_true(ZOOKEEPER_MIGRATION)? {
            found.push(Objection::new(Check::ZooKeeperNextToRoles, &[ZOOKEEPER_CONNECT, PROCESS_ROLES]));
        }
        return None;
    }
    if reading.text(ZOOKEEPER_CONNECT)?.is_none() {
        found.push(Objection::new(Check::NoZooKeeper, &[ZOOKEEPER_CONNECT, PROCESS_ROLES]));
    }
    if reading.is_true(ZOOKEEPER_MIGRATION)? {
        return None;
    }
    let names = reading.controller_names.as_ref()?;
    if version.is_from(3, 1) && !names.is_empty() {
        found.push(Objection::new(Check::ControllerNamesWithoutRoles, &[CONTROLLER_NAMES, PROCESS_ROLES]));
    }
    let id = node_id(reading)?;
    let greatest = reading.integer(RESERVED_BROKER_MAX_ID)??;
    let (least, greatest) = if reading.is_true(BROKER_ID_GENERATION)? { (-1, Some(greatest)) } else { (0, None) };
    if id < least || greatest.is_some_and(|greatest| id > greatest) {
        let limits = [Some(least), greatest].map(|limit| limit.map(|limit| limit.to_string()).unwrap_or_default());
        found.push(Objection::new(Check::IdReserved, &[BROKER_ID]).about(limits));
    }
    Some(())
}

/// `KafkaConfig.interBrokerProtocolVersion`, `KafkaConfig.validateValues`: a node without ZooKeeper needs a protocol of 3.0 or later, and
/// one between brokers must carry what is stored.
fn protocol_age(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let version = reading.version;
    let protocol = trimmed(reading.text(INTER_BROKER_VERSION)??);
    let is_kraft = version.is_from(3, 3) && reading.roles?.any();
    if is_kraft {
        if reading.is_set(INTER_BROKER_VERSION)? && line(protocol)? < (3, 0) {
            found.push(
                Objection::new(Check::ProtocolTooOld, &[INTER_BROKER_VERSION, PROCESS_ROLES]).about([protocol, "3.0"]),
            );
        }
        return None;
    }
    let spoken = records(line(protocol)?);
    let stored = records(line(trimmed(reading.text(MESSAGE_FORMAT_VERSION)??))?);
    // A protocol of 3.0 or later makes nothing of the format.
    let is_ignored = version.is_from(3, 0) && line(protocol)? >= (3, 0);
    let places = if stored > spoken && !is_ignored { MESSAGE_FORMAT_VERSION } else { OFFSETS_CODEC };
    let needs_newest = version.is_from(2, 1) && reading.integer(OFFSETS_CODEC)?? == 4;
    if places == MESSAGE_FORMAT_VERSION || needs_newest && spoken < records((2, 1)) {
        found.push(Objection::new(Check::ProtocolTooOld, &[INTER_BROKER_VERSION, places]).about([protocol]));
    }
    Some(())
}

/// The major and minor number of a protocol version, including intermediate ones.
fn line(version: &str) -> Option<(i64, i64)> {
    let version = version.split("-IV").next().unwrap_or(version);
    let mut parts = version.split('.').map(integer);
    Some((parts.next()??, parts.next()??))
}

/// The format of messages that a version of the protocol carries (`RecordVersion`).
fn records(line: (i64, i64)) -> u8 {
    match line {
        line if line < (0, 10) => 0,
        line if line < (0, 11) => 1,
        _ => 2,
    }
}
