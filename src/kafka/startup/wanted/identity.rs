//! Repairs of what a node is.

use std::collections::BTreeSet;

use super::Reason;
use super::draft::{Draft, Repair};
use crate::kafka::property::{
    BROKER_ID, BROKER_ID_GENERATION, CONTROLLER_NAMES, NODE_ID, PROCESS_ROLES, QUORUM_VOTERS, ZOOKEEPER_CONNECT,
};
use crate::kafka::startup::checks;
use crate::kafka::startup::value::{integer, trimmed};

type Repairs = Result<Vec<Repair>, Reason>;

/// What makes a node that has neither roles nor a ZooKeeper into one that has.
pub(super) fn roles(draft: &Draft<'_, '_>) -> Repairs {
    let version = draft.version();
    let has = |property| draft.value(property).is_some_and(|value| !trimmed(value).is_empty());
    let is_meant_for_kraft = has(QUORUM_VOTERS)
        || has(CONTROLLER_NAMES)
        || has(NODE_ID)
        || draft.lost_default(PROCESS_ROLES).is_some() && !has(ZOOKEEPER_CONNECT)
        || draft.others().any(|other| other.roles.is_some_and(super::super::reading::Roles::any));
    if !version.is_from(2, 8) || !version.is_from(4, 0) && !is_meant_for_kraft {
        let zookeepers: BTreeSet<&str> = draft
            .others()
            .filter_map(|other| other.text(ZOOKEEPER_CONNECT)?)
            .chain(draft.cluster.zookeepers.iter().map(String::as_str))
            .collect();
        match zookeepers.into_iter().collect::<Vec<_>>().as_slice() {
            [one] => return Ok(vec![Repair::set(ZOOKEEPER_CONNECT, *one, 0)]),
            [] if version.is_from(3, 3) => {}
            _ => return Err(Reason::Value),
        }
    }
    if version.is_from(4, 0) && has(ZOOKEEPER_CONNECT) && !is_meant_for_kraft {
        return Err(Reason::NoZooKeeper);
    }
    Ok(vec![Repair::set(PROCESS_ROLES, own_roles(draft), 0)])
}

/// The roles that the rest of the configuration speaks for.
fn own_roles(draft: &Draft<'_, '_>) -> &'static str {
    const BOTH: &str = "broker,controller";
    let voters = draft.voters();
    let is_among = match checks::node_id(&draft.reading).filter(|id| *id >= 0) {
        Some(id) => voters.iter().any(|voter| voter.id == id) || draft.own_voter().is_some(),
        None => draft.own_voter().is_some(),
    };
    let votes = if voters.is_empty() {
        let is_controller = |roles: super::super::reading::Roles| roles.controller;
        !draft.others().any(|other| other.roles.is_some_and(is_controller))
    } else {
        is_among
    };
    let has_clients = !draft.bound_for_clients().is_empty() || !draft.advertised_to_clients().is_empty();
    match (votes, has_clients) {
        (true, true) => BOTH,
        (true, false) => "controller",
        (false, _) => "broker",
    }
}

/// The id of a node that has none.
pub(super) fn node_id(draft: &Draft<'_, '_>) -> Vec<Repair> {
    let mut repairs = back_to_zookeeper(draft);
    let is_controller = draft.reading.roles.is_some_and(|roles| roles.controller);
    let own = draft.own_voter().filter(|_| is_controller).map(|voter| voter.id);
    let lost =
        || draft.lost_default(NODE_ID).and_then(integer).filter(|_| draft.is_alone() && draft.voters().is_empty());
    let id = own.or_else(lost).unwrap_or_else(|| free_id(draft));
    repairs.push(Repair::set(NODE_ID, id.to_string(), 0));
    repairs
}

/// An id that no voter and no other node has: the number at the end of the node's name, else the least one.
pub(super) fn free_id(draft: &Draft<'_, '_>) -> i64 {
    let taken: BTreeSet<i64> = draft
        .voters()
        .iter()
        .map(|voter| voter.id)
        .chain(draft.others().filter_map(|other| checks::node_id(&other)))
        .collect();
    let name = draft.name();
    let number = name[name.trim_end_matches(|c: char| c.is_ascii_digit()).len()..].parse().ok();
    let of_name = number.filter(|id| (1..1000).contains(id));
    of_name.into_iter().chain(1..).find(|id| !taken.contains(id)).unwrap_or(1)
}

/// One of two ids that are not the same becomes the other.
pub(super) fn one_id(draft: &Draft<'_, '_>) -> Vec<Repair> {
    let voters = draft.voters();
    let [node, broker] = [NODE_ID, BROKER_ID].map(|property| draft.value(property).map(trimmed).unwrap_or_default());
    let votes = |id: &str| integer(id).is_some_and(|id| voters.iter().any(|voter| voter.id == id));
    let node_is_right = u32::from(!votes(node) && votes(broker));
    vec![Repair::set(BROKER_ID, node, node_is_right), Repair::set(NODE_ID, broker, 1 - node_is_right)]
}

/// An ID that ZooKeeper may assign to another broker.
pub(super) fn reserved(draft: &Draft<'_, '_>) -> Repairs {
    match draft.value(BROKER_ID).and_then(integer) {
        Some(id) if id >= 0 => Ok(vec![Repair::set(BROKER_ID_GENERATION, "false", 0)]),
        Some(_) => Ok(vec![Repair::unset(BROKER_ID)]),
        None => Err(Reason::Value),
    }
}

/// A node with a ZooKeeper loses its roles: their other settings are missing.
pub(super) fn back_to_zookeeper(draft: &Draft<'_, '_>) -> Vec<Repair> {
    if draft.has_zookeeper() { vec![Repair::unset(PROCESS_ROLES)] } else { Vec::new() }
}
