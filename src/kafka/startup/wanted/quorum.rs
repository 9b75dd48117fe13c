//! Repairs of the voters.

use super::Reason;
use super::draft::{Draft, Repair};
use super::identity::{back_to_zookeeper, free_id};
use super::names::{place, tidied};
use crate::kafka::property::{BROKER_ID, LISTENERS, NODE_ID, PROCESS_ROLES, QUORUM_VOTERS};
use crate::kafka::startup::checks::node_id;
use crate::kafka::startup::cluster::is_loopback;
use crate::kafka::startup::endpoint::Voter;
use crate::kafka::startup::objection::Objection;
use crate::kafka::startup::reading::Reading;
use crate::kafka::startup::value::csv;

type Repairs = Result<Vec<Repair>, Reason>;

/// An entry that is not a voter: in quotes, without an ID, or without a port.
pub(super) fn malformed(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let value = draft.value(QUORUM_VOTERS).ok_or(Reason::Value)?;
    let tidy = tidied(value);
    if tidy != value {
        return Ok(vec![Repair::set(QUORUM_VOTERS, tidy, 0)]);
    }
    let (_, span) = place(objection).ok_or(Reason::Value)?;
    let entries = csv(value);
    if span.is_empty() {
        let left: Vec<&str> = entries.iter().map(|entry| entry.text).collect();
        return Ok(vec![Repair::set(QUORUM_VOTERS, left.join(","), 0)]);
    }
    let at = entries.iter().position(|entry| entry.span == span).ok_or(Reason::Value)?;
    let entry = entries[at].text;
    let (id, address) = entry.split_once('@').map_or((None, entry), |(id, address)| (id.parse::<i64>().ok(), address));
    let address = address.split_once("://").map_or(address, |(_, address)| address);
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) => (host, port.parse::<u16>().ok()),
        None => (address, None),
    };
    let node = node_at(draft, host).or_else(|| Some(draft.at).filter(|_| entries.len() == 1));
    let own_id = |at: usize| if at == draft.at { node_id(&draft.reading) } else { id_of(draft, at) };
    let id = id.or_else(|| node.and_then(own_id).filter(|id| *id >= 0));
    let port = port.or_else(|| node.and_then(|at| controller_port(draft, at)));
    let (Some(id), Some(port)) = (id, port) else { return Err(Reason::Value) };
    Ok(draft.replaced(QUORUM_VOTERS, span, &format!("{id}@{host}:{port}"), 0).into_iter().collect())
}

/// The place of the node that a host is.
fn node_at(draft: &Draft<'_, '_>, host: &str) -> Option<usize> {
    if is_loopback(host) || draft.node().is_called(host) {
        return Some(draft.at);
    }
    draft.cluster.nodes.iter().position(|node| node.is_called(host))
}

fn reading<'c>(draft: &Draft<'_, 'c>, at: usize) -> Option<Reading<'c>> {
    let node = draft.cluster.nodes.get(at)?;
    Some(Reading::new(node.config, node.version))
}

fn id_of(draft: &Draft<'_, '_>, at: usize) -> Option<i64> {
    node_id(&reading(draft, at)?)
}

/// The port at which a node listens for controllers.
fn controller_port(draft: &Draft<'_, '_>, at: usize) -> Option<u16> {
    if at == draft.at {
        let part = draft.bound().into_iter().find(|part| draft.is_for_controllers(&part.name))?;
        return u16::try_from(part.port).ok();
    }
    let reading = reading(draft, at)?;
    let endpoint =
        reading.bound.as_ref()?.iter().find(|endpoint| reading.is_for_controllers(&endpoint.name) == Some(true))?;
    u16::try_from(endpoint.port).ok()
}

/// The voters of a node without voters: those of the other nodes, else the existing controllers.
pub(super) fn voters(draft: &Draft<'_, '_>) -> Repairs {
    let mut repairs = back_to_zookeeper(draft);
    if let Some(known) = draft.others().find_map(|other| other.text(QUORUM_VOTERS)?.filter(|value| !value.is_empty())) {
        repairs.push(Repair::set(QUORUM_VOTERS, known, 0));
        return Ok(repairs);
    }
    let voter = |at: usize| {
        let own = at == draft.at;
        let roles = if own { draft.reading.roles } else { reading(draft, at)?.roles };
        roles.filter(|roles| roles.controller)?;
        let id = if own { node_id(&draft.reading) } else { id_of(draft, at) };
        let name = draft.cluster.nodes[at].names.first()?;
        Some((id.filter(|id| *id >= 0)?, name.clone(), controller_port(draft, at)?))
    };
    let voters: Vec<(i64, String, u16)> = (0..draft.cluster.nodes.len()).filter_map(voter).collect();
    if let [(id, _, port)] = voters.as_slice()
        && let Some((_, address)) = draft.lost_default(QUORUM_VOTERS).and_then(|value| value.split_once('@'))
        && address.ends_with(&format!(":{port}"))
    {
        repairs.push(Repair::set(QUORUM_VOTERS, format!("{id}@{address}"), 0));
    }
    let entries: Vec<String> = voters.iter().map(|(id, name, port)| format!("{id}@{name}:{port}")).collect();
    if !entries.is_empty() {
        repairs.push(Repair::set(QUORUM_VOTERS, entries.join(","), 1));
    }
    Ok(repairs)
}

/// A controller whose id is not among the voters.
pub(super) fn not_among(draft: &Draft<'_, '_>) -> Repairs {
    let mut repairs = back_to_zookeeper(draft);
    let Some(own) = draft.own_voter() else {
        // None of the voters is this node, or it has no listener at which it could vote.
        let is_other = |voter: &Voter<'_>| node_at(draft, voter.host).is_some_and(|at| at != draft.at);
        let listens = draft.bound().iter().any(|part| draft.is_for_controllers(&part.name));
        if draft.voters().iter().all(is_other) || !listens && !draft.bound().is_empty() {
            repairs.push(Repair::set(PROCESS_ROLES, "broker", 0));
        }
        return if repairs.is_empty() { Err(Reason::OtherNode) } else { Ok(repairs) };
    };
    repairs.push(with_id(draft, own.id));
    if let Some(id) = node_id(&draft.reading).filter(|id| *id >= 0) {
        repairs.extend(draft.replaced(QUORUM_VOTERS, own.span, &format!("{id}@{}:{}", own.host, own.port), 2));
    }
    Ok(repairs)
}

/// The node's id, under the name that it has.
fn with_id(draft: &Draft<'_, '_>, id: i64) -> Repair {
    let is_broker_id = draft.value(NODE_ID).is_none() && draft.value(BROKER_ID).is_some();
    let repair = Repair::set(if is_broker_id { BROKER_ID } else { NODE_ID }, id.to_string(), 0);
    match draft.value(BROKER_ID).filter(|_| !is_broker_id) {
        Some(_) => repair.and(Repair::set(BROKER_ID, id.to_string(), 0)),
        None => repair,
    }
}

/// A node that is a broker only, and has the id of a voter.
pub(super) fn broker_among(draft: &Draft<'_, '_>) -> Repairs {
    let id = node_id(&draft.reading);
    let voters = draft.voters();
    let voter = voters.iter().find(|voter| Some(voter.id) == id).ok_or(Reason::Value)?;
    if node_at(draft, voter.host) == Some(draft.at) {
        return Ok(vec![Repair::set(PROCESS_ROLES, "broker,controller", 0)]);
    }
    Ok(vec![with_id(draft, free_id(draft))])
}

/// A voter that is not at a host of its node.
pub(super) fn host(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let (_, span) = place(objection).ok_or(Reason::Value)?;
    let voters = draft.voters();
    let voter = voters.iter().find(|voter| voter.span == span).ok_or(Reason::Value)?;
    if node_at(draft, voter.host) == Some(draft.at) && !is_loopback(voter.host) {
        // The host is this node's, and the id another one's.
        return Ok(vec![with_id(draft, voter.id)]);
    }
    // All nodes have the same list: at localhost, the entry of the node itself gets its name too.
    let is_meant = |other: &&Voter<'_>| other.span == span || is_loopback(voter.host) && is_loopback(other.host);
    let mut list = draft.value(QUORUM_VOTERS).ok_or(Reason::Value)?.to_owned();
    for own in voters.iter().rev().filter(is_meant) {
        match name_of(draft, own.id) {
            Some(name) => list.replace_range(own.span.range(), &format!("{}@{name}:{}", own.id, own.port)),
            None if own.span == span => return Err(Reason::OtherNode),
            None => {}
        }
    }
    Ok(vec![Repair::set(QUORUM_VOTERS, list, 0)])
}

/// The name of the node with an id.
fn name_of<'d>(draft: &Draft<'d, '_>, id: i64) -> Option<&'d str> {
    let is_own = node_id(&draft.reading) == Some(id);
    let other = || (0..draft.cluster.nodes.len()).find(|at| *at != draft.at && id_of(draft, *at) == Some(id));
    let at = if is_own { Some(draft.at) } else { other() }?;
    draft.cluster.nodes[at].names.first().map(String::as_str)
}

/// A voter that is not at the port of its node's listener for controllers.
pub(super) fn port(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let (_, span) = place(objection).ok_or(Reason::Value)?;
    let voters = draft.voters();
    let voter = voters.iter().find(|voter| voter.span == span).ok_or(Reason::Value)?;
    let at = node_at(draft, voter.host).ok_or(Reason::OtherNode)?;
    let port = controller_port(draft, at).ok_or(Reason::OtherNode)?;
    let mut repairs: Vec<Repair> = Vec::new();
    repairs.extend(draft.replaced(QUORUM_VOTERS, span, &format!("{}@{}:{port}", voter.id, voter.host), 0));
    // Where the controller listens at the right port, but not at the host.
    if at == draft.at {
        let name = draft.name();
        repairs.extend(draft.replaced(QUORUM_VOTERS, span, &format!("{}@{name}:{port}", voter.id), 1));
        let own = draft.bound().into_iter().find(|part| draft.is_for_controllers(&part.name));
        repairs.extend(own.and_then(|own| draft.replaced(LISTENERS, own.span, &own.at_host(draft.everywhere()), 2)));
    }
    Ok(repairs)
}

/// The id of a node that another one has: that of the voter which it is, or a free one if it does not vote.
pub(super) fn own_id(draft: &Draft<'_, '_>) -> Repairs {
    let voter = draft.own_voter().map(|voter| voter.id).filter(|id| node_id(&draft.reading) != Some(*id));
    let votes = draft.reading.roles.is_none_or(|roles| roles.controller);
    let id = voter.or_else(|| Some(free_id(draft)).filter(|_| !votes)).ok_or(Reason::OtherNode)?;
    Ok(vec![with_id(draft, id)])
}

/// The voters of the nodes before this one, if it is among them or does not vote.
///
/// Before 3.9, a node does not start with other voters than those in its data (`QuorumState.initialize`).
pub(super) fn voters_of_others(draft: &Draft<'_, '_>) -> Repairs {
    if !draft.version().is_from(3, 9) {
        return Err(Reason::StoredVoters);
    }
    let votes = draft.reading.roles.is_none_or(|roles| roles.controller);
    let id = node_id(&draft.reading);
    let other = draft.others().find(|other| other.voters.as_ref().is_some_and(|voters| !voters.is_empty()));
    let has_this = |other: &Reading<'_>| other.voters.iter().flatten().any(|voter| Some(voter.id) == id);
    let other = other.filter(|other| !votes || has_this(other)).ok_or(Reason::OtherNode)?;
    let voters = other.text(QUORUM_VOTERS).flatten().ok_or(Reason::OtherNode)?;
    Ok(vec![Repair::set(QUORUM_VOTERS, voters, 0)])
}
