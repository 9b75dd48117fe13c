//! Repairs of what a node binds and advertises.

use super::Reason;
use super::draft::{Draft, Part, Repair};
use super::names::{container_port, place, tidied};
use crate::kafka::listener::{DEFAULT_PORT, is_called_for_host};
use crate::kafka::property::{ADVERTISED_LISTENERS, INTER_BROKER_LISTENER, LISTENERS, PROTOCOL_MAP};
use crate::kafka::startup::cluster::is_loopback;
use crate::kafka::startup::endpoint::normal;
use crate::kafka::startup::objection::Objection;
use crate::kafka::startup::value::{csv, trimmed};

type Repairs = Result<Vec<Repair>, Reason>;

/// An entry that is not a listener: in quotes or with other characters, without a name, or without a port.
pub(super) fn malformed(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let property = objection.places.first().map_or("", |place| place.property.as_str());
    let value = draft.value(property).ok_or(Reason::Value)?;
    let tidy = tidied(value);
    if tidy != value {
        return Ok(vec![Repair::set(property, tidy, 0)]);
    }
    let (_, span) = place(objection).ok_or(Reason::Value)?;
    let entry = csv(value).into_iter().find(|entry| entry.span == span).ok_or(Reason::Value)?.text;
    let (name, address) = match entry.split_once("://") {
        Some((name, address)) => (Some(name).filter(|name| !name.is_empty()), address),
        // `NAME:/host:port`, and `NAME:host:port` as opposed to `host:port`.
        None => match entry.split_once(":/").or_else(|| entry.split_once(':').filter(|(_, rest)| rest.contains(':'))) {
            Some((name, address)) => (Some(name), address.trim_start_matches('/')),
            None => (None, entry),
        },
    };
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) => (host, port.trim_end_matches('/')),
        None => (address, ""),
    };
    let host = host.trim_matches('/');
    let ports: Vec<u16> = match port.parse() {
        Ok(port) => vec![port],
        Err(_) if port.is_empty() => ports(draft, property, name, host),
        Err(_) => return Err(Reason::Value),
    };
    let of_entry = |port: u16| {
        let names = match name {
            Some(name) => vec![name.to_owned()],
            None => names(draft, property, host, port),
        };
        names.into_iter().filter_map(move |name| draft.replaced(property, span, &format!("{name}://{host}:{port}"), 0))
    };
    Ok(ports.into_iter().flat_map(of_entry).collect())
}

/// The names that a listener without one may have: of the other list's listeners, the one at its port, else the only one left.
fn names(draft: &Draft<'_, '_>, property: &str, host: &str, port: u16) -> Vec<String> {
    let here: Vec<String> = draft.parts(property).into_iter().map(|part| part.name).collect();
    let others = if property == LISTENERS { draft.advertised() } else { draft.bound_for_clients() };
    let left: Vec<Part<'_>> = others.into_iter().filter(|part| !here.contains(&part.name)).collect();
    let span = crate::text::Span::default();
    let own = Part { name: String::new(), host, port: i32::from(port), span };
    let inside = if property == LISTENERS { Some(port) } else { container_port(draft, &own) };
    let at_port = left.iter().find(|part| inside.is_some_and(|inside| part.port == i32::from(inside)));
    match (at_port, left.as_slice()) {
        (Some(part), _) | (None, [part]) => vec![part.name.clone()],
        (None, []) => unused_name(draft, &here).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The name that the other settings have for a listener which is in no list: that of the listener between brokers, else the only one of the
/// protocol map; without a map, the usual one.
fn unused_name(draft: &Draft<'_, '_>, here: &[String]) -> Option<String> {
    if draft.value(PROTOCOL_MAP).is_none() {
        return here.is_empty().then(|| "PLAINTEXT".to_owned());
    }
    let mut mapped = draft.mapped();
    mapped.retain(|name| !here.contains(name) && !draft.is_for_controllers(name));
    let inter_broker = draft.value(INTER_BROKER_LISTENER).map(|name| normal(trimmed(name)));
    let usual = mapped.iter().find(|name| here.is_empty() && *name == "PLAINTEXT").cloned();
    inter_broker.filter(|name| mapped.contains(name)).or(usual).or_else(|| only(mapped.into_iter()))
}

/// The port of a listener that has none: that of its counterpart in the other list, as seen from where its host is.
fn ports(draft: &Draft<'_, '_>, property: &str, name: Option<&str>, host: &str) -> Vec<u16> {
    let here: Vec<String> = draft.parts(property).into_iter().map(|part| part.name).collect();
    let others = if property == LISTENERS { draft.advertised() } else { draft.bound() };
    let left: Vec<&Part<'_>> = others.iter().filter(|part| !here.contains(&part.name)).collect();
    let is_it = |part: &&&Part<'_>| name.is_some_and(|name| part.name.eq_ignore_ascii_case(name));
    let for_clients = left.iter().filter(|part| !draft.is_for_controllers(&part.name));
    let other = left.iter().find(is_it).or(only(for_clients));
    let of_other = other.and_then(|part| u16::try_from(part.port).ok());
    let unused = || if left.is_empty() { unused_port(draft, property) } else { None };
    let Some(port) = of_other.or_else(unused) else { return Vec::new() };
    let outside = draft.node().published.iter().find(|(inside, _)| *inside == port).map(|(_, outside)| *outside);
    let is_inside = host.is_empty() || draft.node().is_called(host) || property == LISTENERS;
    vec![if is_inside { port } else { outside.unwrap_or(port) }]
}

/// The port of a listener about which only the host's ports tell: the one that no other listener has. Of the only listener it is the usual
/// one, if the host opens that, or none.
fn unused_port(draft: &Draft<'_, '_>, property: &str) -> Option<u16> {
    let here = draft.parts(property);
    let used: Vec<u16> = here.iter().filter_map(|part| container_port(draft, part)).collect();
    // As in 9092, 29092 and 9094; others are for monitoring.
    let is_of_kafka = |port: &u16| (90..=99).contains(&(port % 1000));
    let ports = draft.node().published.iter().map(|(inside, _)| *inside);
    let unused: Vec<u16> = ports.filter(|port| is_of_kafka(port) && !used.contains(port)).collect();
    match unused.as_slice() {
        [] if here.is_empty() => Some(DEFAULT_PORT),
        ports if here.is_empty() && ports.contains(&DEFAULT_PORT) => Some(DEFAULT_PORT),
        [port] => Some(*port),
        _ => None,
    }
}

/// Two listeners of one name: the same twice, or one of which the other list has the name.
pub(super) fn twice(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let (property, span) = place(objection).ok_or(Reason::Value)?;
    let parts = draft.parts(property);
    let own = parts.iter().find(|part| part.span == span).ok_or(Reason::Value)?;
    let is_same = |other: &&Part<'_>| {
        other.span != span && other.name == own.name && other.host == own.host && other.port == own.port
    };
    if parts.iter().any(|other| is_same(&other)) {
        return draft
            .without_entries(property, |other| other == span, 0)
            .map(|repair| vec![repair])
            .ok_or(Reason::Value);
    }
    let twins = parts.iter().filter(|part| part.name == own.name);
    let others = if property == LISTENERS { draft.advertised() } else { draft.bound_for_clients() };
    let lacking = others.iter().filter(|other| parts.iter().all(|part| part.name != other.name));
    let pairs = lacking.flat_map(|other| twins.clone().map(move |twin| (other, twin)));
    let repairs = pairs.filter(|(other, twin)| other.port == twin.port);
    Ok(repairs.filter_map(|(other, twin)| draft.replaced(property, twin.span, &twin.renamed(&other.name), 0)).collect())
}

/// Two listeners at one port: one of them is advertised, or voted at, or published, at another.
pub(super) fn on_one_port(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let bound = draft.bound();
    let advertised = draft.advertised();
    let is_free = |port: &u16| bound.iter().all(|part| part.port != i32::from(*port));
    let mut repairs = Vec::new();
    for part in bound.iter().filter(|part| objection.subjects.contains(&part.name)) {
        let is_controller = draft.is_for_controllers(&part.name);
        let own =
            advertised.iter().find(|entry| entry.name == part.name).and_then(|entry| container_port(draft, entry));
        let voted = draft.own_voter().map(|voter| voter.port).filter(|_| is_controller);
        let others = draft.port_for_controllers().filter(|_| is_controller);
        let published = draft.node().published.iter().map(|(inside, _)| *inside).filter(|_| !is_controller);
        let published = only(published.filter(is_free));
        let ports = [(own.filter(|_| !is_controller), 0), (voted, 0), (published, 1), (others, 2)];
        for (port, penalty) in ports {
            let port = port.filter(is_free);
            repairs.extend(port.and_then(|port| draft.replaced(LISTENERS, part.span, &part.at_port(port), penalty)));
        }
    }
    Ok(repairs)
}

/// A broker that advertises nothing to clients.
pub(super) fn advertises_nothing(draft: &Draft<'_, '_>) -> Repairs {
    let clients = draft.bound_for_clients();
    if clients.is_empty() {
        let port = [9092, 19092, 29092].into_iter().find(|port| draft.is_free(*port)).ok_or(Reason::Value)?;
        let entry = format!("PLAINTEXT://{}:{port}", draft.everywhere());
        let first = match draft.value(LISTENERS) {
            Some(value) => format!("{entry},{value}"),
            None => entry,
        };
        return Ok(vec![Repair::set(LISTENERS, first, 0)]);
    }
    Ok(vec![advertised_instead(draft)])
}

/// The listeners for clients, with an address each.
pub(super) fn advertised_instead(draft: &Draft<'_, '_>) -> Repair {
    Repair::set(ADVERTISED_LISTENERS, advertisement(draft), 0)
}

/// The listeners of a node without this setting: the advertised ones, and those for controllers.
pub(super) fn built(draft: &Draft<'_, '_>) -> Option<Repair> {
    if draft.value(LISTENERS).is_some() || draft.text(LISTENERS).is_none() {
        return None;
    }
    let advertised = draft.advertised_to_clients();
    let mut entries: Vec<String> = Vec::new();
    for part in &advertised {
        entries.push(format!("{}://:{}", part.name, container_port(draft, part)?));
    }
    if advertised.is_empty() && draft.reading.serves_clients() == Some(true) {
        match only(draft.mapped().into_iter().filter(|name| !draft.is_for_controllers(name))) {
            Some(name) if draft.value(PROTOCOL_MAP).is_some() => {
                let published = only(draft.node().published.iter().map(|(inside, _)| *inside));
                entries.push(format!("{name}://:{}", published.unwrap_or(9092)));
            }
            _ => entries.extend(draft.bound_for_clients().iter().map(|part| part.renamed(&part.name))),
        }
    }
    if draft.reading.roles.is_some_and(|roles| roles.controller) {
        let is_free = |port: &u16| !entries.iter().any(|entry| entry.ends_with(&format!(":{port}")));
        let voted = draft.own_voter().map(|voter| voter.port);
        let ports = voted.into_iter().chain(draft.port_for_controllers());
        let port = ports.into_iter().find(is_free)?;
        let names: Vec<String> = draft.controller_names().into_iter().map(normal).collect();
        match names.as_slice() {
            [one] => entries.push(format!("{one}://:{port}")),
            _ => return None,
        }
    }
    (!entries.is_empty()).then(|| Repair::set(LISTENERS, entries.join(","), 0))
}

/// The one item that there is.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    items.next().filter(|_| items.next().is_none())
}

/// The advertised addresses of the listeners for clients, if they are not set.
fn advertisement(draft: &Draft<'_, '_>) -> String {
    let clients = draft.bound_for_clients();
    let entry = |part: &Part<'_>| {
        let (host, port) = address(draft, part, &clients);
        Part { name: part.name.clone(), host, port, span: part.span }.renamed(&part.name)
    };
    clients.iter().map(entry).collect::<Vec<_>>().join(",")
}

/// Where a listener is found: by the node's name, or at localhost if it is the one of several that is for programs on the host.
fn address<'d>(draft: &Draft<'d, '_>, part: &Part<'d>, clients: &[Part<'d>]) -> (&'d str, i32) {
    let outside = |part: &Part<'_>| draft.node().published.iter().find(|(inside, _)| i32::from(*inside) == part.port);
    let is_called_so = |part: &Part<'_>| is_called_for_host(&part.name);
    let has_other_inside =
        clients.iter().any(|other| other.name != part.name && (outside(other).is_none() || !is_called_so(other)));
    match outside(part) {
        _ if is_loopback(part.host) => (part.host, part.port),
        Some((_, port))
            if has_other_inside
                && (is_called_so(part)
                    || part.is_anywhere() && clients.iter().any(|other| outside(other).is_none())) =>
        {
            ("localhost", i32::from(*port))
        }
        _ if !part.is_anywhere() => (part.host, part.port),
        _ => (draft.name(), part.port),
    }
}

/// A listener that advertises no address at all.
pub(super) fn any_address(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let (property, span) = match place(objection) {
        Some(place) if draft.value(ADVERTISED_LISTENERS).is_some() => place,
        _ => return Ok(vec![advertised_instead(draft)]),
    };
    let parts = draft.parts(property);
    let own = parts.iter().find(|part| part.span == span).ok_or(Reason::Value)?;
    let has_name = parts.iter().any(|part| draft.node().is_called(part.host));
    let is_published = draft.node().published.iter().any(|(_, outside)| i32::from(*outside) == own.port);
    let host = if has_name && is_published { "localhost" } else { draft.name() };
    Ok(draft.replaced(property, span, &own.at_host(host), 0).into_iter().collect())
}

/// A listener on every interface, without a host.
pub(super) fn bound_everywhere(draft: &Draft<'_, '_>, objection: &Objection) -> Vec<Repair> {
    let own = place(objection).and_then(|(_, span)| draft.bound().into_iter().find(|part| part.span == span));
    own.and_then(|own| draft.replaced(LISTENERS, own.span, &own.at_host(""), 0)).into_iter().collect()
}
