//! Who votes on the cluster's state.

use super::Run;
use super::identity::node_id;
use crate::kafka::property::{NODE_ID, PROCESS_ROLES, QUORUM_AUTO_JOIN, QUORUM_BOOTSTRAP, QUORUM_VOTERS};
use crate::kafka::startup::endpoint::{address, voter};
use crate::kafka::startup::objection::{Check, Objection};
use crate::kafka::startup::reading::Reading;

pub(super) const CHECKS: &[Run] = &[entries, any_voter, is_among_voters, any_address];

/// `QuorumConfig.parseVoterConnections`, `QuorumConfig.parseBootstrapServer`
fn entries(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let version = reading.version;
    for entry in reading.entries(QUORUM_VOTERS).flatten().unwrap_or_default() {
        if voter(entry, version).is_none() {
            found.push(Objection::to_entry(Check::VoterMalformed, QUORUM_VOTERS, entry.span));
        }
    }
    for entry in reading.entries(QUORUM_BOOTSTRAP).flatten().unwrap_or_default() {
        if address(entry.text, version).is_none() {
            found.push(Objection::to_entry(Check::BootstrapMalformed, QUORUM_BOOTSTRAP, entry.span));
        }
    }
    Some(())
}

/// `KafkaConfig.validateValues`; from 3.9 on, bootstrap servers replace voters.
fn any_voter(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    if !reading.roles?.any() || !reading.version.is_from(3, 0) || !reading.voters.as_ref()?.is_empty() {
        return None;
    }
    let knows_servers =
        reading.version.is_from(3, 9) && !reading.entries(QUORUM_BOOTSTRAP)?.unwrap_or_default().is_empty();
    if !knows_servers {
        found.push(Objection::new(Check::NoVoters, &[QUORUM_VOTERS, PROCESS_ROLES]));
    }
    Some(())
}

/// `KafkaConfig.validateValues`
fn is_among_voters(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let (roles, voters) = (reading.roles?, reading.voters.as_ref()?);
    if !roles.any() || !reading.version.is_from(3, 0) {
        return None;
    }
    if !roles.controller && reading.is_true(QUORUM_AUTO_JOIN)? {
        found.push(Objection::new(Check::BrokerJoinsVoters, &[QUORUM_AUTO_JOIN, PROCESS_ROLES]));
    }
    let id = node_id(reading)?;
    let is_among = voters.iter().any(|voter| voter.id == id);
    if roles.controller && !is_among && !voters.is_empty() {
        found.push(Objection::new(Check::NotAmongVoters, &[NODE_ID, QUORUM_VOTERS]).about([id]));
    }
    if !roles.controller && is_among {
        found.push(Objection::new(Check::BrokerAmongVoters, &[NODE_ID, QUORUM_VOTERS, PROCESS_ROLES]).about([id]));
    }
    Some(())
}

/// `QuorumConfig.parseVoterConnections`, from 3.8 on, when the node is formatted or starts.
fn any_address(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    if !reading.roles?.any() || !reading.version.is_from(3, 8) {
        return None;
    }
    for voter in reading.voters.as_ref()?.iter().filter(|voter| voter.host == "0.0.0.0") {
        found.push(Objection::to_entry(Check::VoterAtAnyAddress, QUORUM_VOTERS, voter.span).about([voter.id]));
    }
    Some(())
}
