//! By which variable a client would get the address that it lacks.

use std::collections::BTreeMap;

use crate::kafka::address::AddressList;
use crate::kafka::catalog::VariableRole;
use crate::kafka::client::{Client, EvidenceKind};
use crate::kafka::reachability::serves_no_container;
use crate::kafka::topology::is_own_loopback;
use crate::kafka::usage::Way;
use crate::rules::Context;

/// What a service is given where nothing tells which variable it reads: the commonest name in public compose files.
const USUAL_VARIABLE: &str = "KAFKA_BROKERS";

/// A variable that a client must have and has not.
pub(super) struct Lacking<'c> {
    /// Its name.
    pub(super) variable: String,
    /// The way that the client's code goes, if that told.
    pub(super) way: Option<&'c Way>,
}

/// What a client lacks; `None` if an address comes to it, or nothing tells that none does.
pub(super) fn lacking<'c>(context: &Context<'_>, client: &'c Client<'_>) -> Option<Lacking<'c>> {
    let has = |name: &str| {
        client.service.variable(name).is_some_and(|variable| variable.value().is_some_and(|value| !value.is_empty()))
    };
    let by_name = |variable: String| Lacking { variable, way: None };
    let is_declared = client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Declared);
    let by_flag = client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Command);
    let of_program = client.program.and_then(|program| program.lacks(client.service));
    match (&context.topology.hints.variable, of_program) {
        (Some(variable), _) if is_declared => (!has(variable)).then(|| by_name(variable.clone())),
        // What is not there may set it.
        _ if client.service.has_unknown_variables() && !is_declared => None,
        _ if !client.addresses.is_empty() => port(context, client).or_else(|| unread(context, client)),
        _ if by_flag => None,
        (_, Some(variable)) => Some(by_name(variable.to_owned())),
        // What is mounted into a ready-made program are its plug-ins and tests.
        _ if !client.usage.ways.is_empty() && (client.program.is_none() || is_declared) => {
            by_code(context, client, is_declared)
        }
        _ if !client.usage.fixed.is_empty() => None,
        _ if is_declared || context.topology.hints.all_services => Some(by_name(habit(context))),
        _ if client.usage.weight > 0 && client.program.is_none() => sibling(context, client).map(by_name),
        _ => None,
    }
}

/// The variable that the code reads, where none of its ways leads to a broker.
fn by_code<'c>(context: &Context<'_>, client: &'c Client<'_>, is_declared: bool) -> Option<Lacking<'c>> {
    let ways = || client.usage.ways.iter().filter(|way| way.role != VariableRole::BrokerPort);
    if !is_declared && ways().any(|way| leads_somewhere(context, client, way)) {
        return None;
    }
    // Several programs may share the code: what the others are given is the best guess of what this one reads.
    let uses = |way: &&Way| {
        context.users().flat_map(|other| &other.addresses).filter(|used| way.is_by(used.variable.name())).count()
    };
    let way = ways().enumerate().max_by_key(|(number, way)| (uses(way), std::cmp::Reverse(*number)))?.1;
    // What other services are given shows what is meant, even where a server of configuration may overrule it.
    let is_shown = uses(&way) > 0 && (way.is_spelled || !client.usage.is_elsewhere);
    if (client.usage.is_elsewhere || client.usage.is_open) && !is_shown && !is_declared {
        return None;
    }
    let spelling = |name: &&String| {
        context.users().flat_map(|other| &other.addresses).any(|used| used.variable.name() == name.as_str())
    };
    let names = || std::iter::once(&way.variable).chain(&way.also);
    Some(Lacking { variable: names().find(spelling).unwrap_or(&way.variable).clone(), way: Some(way) })
}

/// The variable that the code reads, where it goes to the container itself because the variables that are set are none that it reads.
fn unread<'c>(context: &Context<'_>, client: &'c Client<'_>) -> Option<Lacking<'c>> {
    let usage = &client.usage;
    let is_read = |name: &str| usage.ways.iter().any(|way| way.is_by(name));
    let is_sure = client.program.is_none() && !usage.is_open && !usage.is_elsewhere && usage.fixed.is_empty();
    let all_unread = client.addresses.iter().all(|address| !is_read(address.variable.name()));
    let is_shown = usage.ways.iter().all(|way| way.is_spelled && matches!(way.role, VariableRole::BrokerAddress(_)));
    (is_sure && all_unread && is_shown && !usage.ways.is_empty()).then(|| by_code(context, client, false)).flatten()
}

/// Whether a way ends at another host than the container itself, and not at a port of a broker that serves no container.
fn leads_somewhere(context: &Context<'_>, client: &Client<'_>, way: &Way) -> bool {
    let set = std::iter::once(&way.variable).chain(&way.also).find_map(|name| client.service.variable(name));
    if set.is_some_and(|variable| variable.value().is_some_and(|value| !value.is_empty())) {
        return true;
    }
    way.default.as_deref().and_then(AddressList::parse).is_some_and(|list| {
        list.addresses().iter().any(|address| {
            !is_own_loopback(&context.topology, client.service, address.host)
                && !serves_no_container(&context.topology, client.service, address)
        })
    })
}

/// The port's own variable, where the host's is set without one and the program would take another port.
fn port<'c>(context: &Context<'_>, client: &'c Client<'_>) -> Option<Lacking<'c>> {
    let host = client.addresses.iter().find(|address| address.role == VariableRole::BrokerHost)?;
    let list = host.list()?;
    let [address] = list.addresses() else { return None };
    let broker = context.topology.broker_at(client.service, address.host).filter(|_| address.port.is_none())?;
    let way = client.usage.ways.iter().find(|way| way.role == VariableRole::BrokerPort)?;
    let target = context.topology.target(client.service, &[]).ok()?;
    target.addresses.first()?.port?;
    let is_set = client.service.variable(&way.variable).is_some();
    let is_right = way.default.as_deref().is_some_and(|default| {
        let end = format!(":{default}");
        context.topology.addresses_for_containers(broker).iter().any(|address| address.ends_with(&end))
    });
    (!is_set && !is_right).then(|| Lacking { variable: way.variable.clone(), way: Some(way) })
}

/// The name that services built from the same folder use.
fn sibling(context: &Context<'_>, client: &Client<'_>) -> Option<String> {
    let context_of = |other: &Client<'_>| other.service.build.as_ref().map(|build| build.context.clone());
    let own = context_of(client)?;
    let mut siblings = context.users().filter(|other| other.service.name != client.service.name);
    let sibling = siblings.find(|other| context_of(other).as_ref() == Some(&own) && !other.addresses.is_empty())?;
    sibling.addresses.first().map(|address| address.variable.name().to_owned())
}

/// The name that the project's other clients use most.
fn habit(context: &Context<'_>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let own_code = context.users().filter(|client| client.program.is_none());
    for variable in own_code.flat_map(|client| &client.addresses) {
        *counts.entry(variable.variable.name()).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|&(name, count)| (count, std::cmp::Reverse(name)));
    most.map_or_else(|| USUAL_VARIABLE.to_owned(), |(name, _)| name.to_owned())
}
