//! Repairs where listeners are named in several properties, and not alike.

use super::Reason;
use super::draft::{Draft, Part, Repair};
use super::values::{nearest, unquoted};
use crate::kafka::listener::SecurityProtocol;
use crate::kafka::property::{
    ADVERTISED_HOST_NAME, ADVERTISED_LISTENERS, ADVERTISED_PORT, CONTROLLER_NAMES, INTER_BROKER_LISTENER,
    INTER_BROKER_PROTOCOL, LISTENERS, PROTOCOL_MAP,
};
use crate::kafka::startup::cluster::is_loopback;
use crate::kafka::startup::endpoint::normal;
use crate::kafka::startup::objection::Objection;
use crate::kafka::startup::reading::{MapEntry, map_entries};
use crate::kafka::startup::value::trimmed;
use crate::text::Span;

type Repairs = Result<Vec<Repair>, Reason>;

/// An entry of the protocol map that Kafka cannot read.
pub(super) fn protocol_map(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let property = objection.places.first().map_or(PROTOCOL_MAP, |place| place.property.as_str());
    let value = draft.value(property).ok_or(Reason::Value)?;
    let tidy = tidied(value);
    if tidy != value {
        return Ok(vec![Repair::set(property, tidy, 0)]);
    }
    let span = objection.places.first().and_then(|place| place.entry).ok_or(Reason::Value)?;
    if property != PROTOCOL_MAP {
        return draft
            .without_entries(property, |other| other == span, 0)
            .map(|repair| vec![repair])
            .ok_or(Reason::Value);
    }
    let entry = map_entries(value).into_iter().find(|entry| entry.span == span).ok_or(Reason::Value)?;
    let without = || draft.without_entries(PROTOCOL_MAP, |other| other == span, 1);
    let Some(key) = entry.key else {
        // One word may be both name and protocol, or be both with another sign between them.
        let word = entry.value;
        let pair = word.split_once(['=', ' ', '/']).map(|(key, value)| format!("{}:{}", trimmed(key), trimmed(value)));
        let same = SecurityProtocol::from_name(word).map(|_| format!("{word}:{word}"));
        let fixed = pair.or(same).and_then(|pair| draft.replaced(PROTOCOL_MAP, span, &pair, 0));
        return fixed.or_else(without).map(|repair| vec![repair]).ok_or(Reason::Value);
    };
    let is_used = is_named(draft, &normal(key));
    let protocol = nearest(entry.value, ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"].into_iter());
    let respelt = protocol.and_then(|protocol| draft.replaced(PROTOCOL_MAP, span, &format!("{key}:{protocol}"), 0));
    match respelt.or_else(|| without().filter(|_| !is_used)) {
        Some(repair) => Ok(vec![repair]),
        None if is_used => Err(Reason::Security),
        None => Err(Reason::Value),
    }
}

/// Whether a listener of this name, in upper case, is named anywhere but in the protocol map.
fn is_named(draft: &Draft<'_, '_>, name: &str) -> bool {
    let is_it = |part: Part<'_>| part.name == name;
    draft.bound().into_iter().any(is_it)
        || draft.advertised().into_iter().any(is_it)
        || draft.is_for_controllers(name)
        || draft.value(INTER_BROKER_LISTENER).is_some_and(|own| normal(trimmed(own)) == name)
}

/// The intended form of a list: without quotes around it or its entries, with commas as separators, and without spaces.
pub(super) fn tidied(value: &str) -> String {
    let commas = value.replace([';', '\n'], ",");
    let entry = |entry: &str| {
        let bare: String = unquoted(trimmed(entry)).split_whitespace().collect();
        // A space between two listeners means a comma.
        match entry.split_whitespace().filter(|word| word.contains("://")).count() {
            0 | 1 => bare,
            _ => unquoted(trimmed(entry)).split_whitespace().collect::<Vec<_>>().join(","),
        }
    };
    let entries: Vec<String> = commas.split(',').map(entry).filter(|entry| !entry.is_empty()).collect();
    let tidy = entries.join(",");
    let differs =
        |text: &str| text.split(',').map(trimmed).filter(|entry| !entry.is_empty()).collect::<Vec<_>>().join(",");
    // Blanks around commas, and commas at the end, do no harm.
    if differs(value) == tidy { value.to_owned() } else { tidy }
}

/// A listener whose name the protocol map does not have.
pub(super) fn without_protocol(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let (Some(name), Some(place)) = (objection.subjects.first(), objection.places.first()) else {
        return Err(Reason::Value);
    };
    let mut repairs: Vec<Repair> = Vec::new();
    // A host and a port that stand for a listener give way to listeners.
    if [ADVERTISED_HOST_NAME, ADVERTISED_PORT].contains(&place.property.as_str()) {
        repairs.push(super::listeners::advertised_instead(draft));
    }
    let map = map_entries(draft.value(PROTOCOL_MAP).unwrap_or_default());
    let here = draft.parts(&place.property);
    if let Some(own) = here.iter().find(|part| Some(part.span) == place.entry) {
        repairs.extend(renamed(draft, &place.property, own));
        let keys = map.iter().filter_map(|entry| entry.key.map(normal));
        let meant = keys.filter(|key| is_like(name, key) && here.iter().all(|part| part.name != *key));
        repairs.extend(meant.filter_map(|key| draft.replaced(&place.property, own.span, &own.renamed(&key), 1)));
    }
    // A name that nothing else has may be this one.
    let idle: Vec<&MapEntry<'_>> =
        map.iter().filter(|entry| entry.key.is_some_and(|key| !is_named(draft, &normal(key)))).collect();
    for entry in idle {
        let key = entry.key.unwrap_or_default();
        if is_like(name, &normal(key)) {
            repairs.extend(draft.replaced(PROTOCOL_MAP, entry.span, &format!("{name}:{}", entry.value), 0));
        }
    }
    // A map that is not set has the controllers' listeners by itself.
    let names_controllers =
        draft.reading.roles.is_some_and(|roles| roles.controller) && draft.value(CONTROLLER_NAMES).is_none();
    if names_controllers && draft.value(PROTOCOL_MAP).is_none() {
        repairs.extend(super::controllers::idle(draft).map(|part| Repair::set(CONTROLLER_NAMES, part.name, 0)));
    }
    if !draft.is_secured() || SecurityProtocol::from_name(name).is_some() {
        repairs.push(with_protocol(draft, name));
    } else if repairs.is_empty() {
        // What a listener is to be that nothing names is open, and not only whether it is encrypted.
        return Err(if here.is_empty() || draft.value(LISTENERS).is_some() { Reason::Security } else { Reason::Value });
    }
    Ok(repairs)
}

/// A listener with the protocol that is its name, as in Kafka's own map, or else in plain text; a new map gets all listeners.
fn with_protocol(draft: &Draft<'_, '_>, name: &str) -> Repair {
    let entry = |name: &str| match SecurityProtocol::from_name(name) {
        Some(_) => format!("{name}:{name}"),
        None => format!("{name}:PLAINTEXT"),
    };
    if draft.value(PROTOCOL_MAP).is_some() {
        return draft.with_entry(PROTOCOL_MAP, &entry(name), 1);
    }
    let parts = draft.bound().into_iter().chain(draft.advertised()).map(|part| part.name);
    let mut names: Vec<String> = Vec::new();
    for name in parts.chain(draft.controller_names().into_iter().map(str::to_owned)).chain([name.to_owned()]) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let entries: Vec<String> = names.iter().map(|name| entry(name)).collect();
    Repair::set(PROTOCOL_MAP, entries.join(","), 1)
}

/// The same listener under names that its list lacks and that other properties have.
fn renamed(draft: &Draft<'_, '_>, property: &str, own: &Part<'_>) -> Vec<Repair> {
    let here: Vec<String> = draft.parts(property).into_iter().map(|part| part.name).collect();
    let mut lacking: Vec<(String, Option<i32>)> = Vec::new();
    if property == LISTENERS {
        lacking.extend(draft.advertised().into_iter().map(|part| (part.name, Some(part.port))));
        if draft.reading.roles.is_some_and(|roles| roles.controller) {
            let port = draft.own_voter().map(|voter| i32::from(voter.port));
            lacking.extend(draft.controller_names().into_iter().map(|name| (name.to_owned(), port)));
        }
    } else {
        let is_for_clients = draft.reading.serves_clients() != Some(false);
        let bound = if is_for_clients { draft.bound_for_clients() } else { draft.bound() };
        lacking.extend(bound.into_iter().map(|part| (part.name, Some(part.port))));
    }
    lacking.retain(|(name, _)| !here.contains(name));
    let count = lacking.len();
    let repair = |(name, port): (String, Option<i32>)| {
        let penalty = match () {
            () if is_like(&own.name, &name) => 0,
            () if port == Some(own.port) => 1,
            () if count == 1 => 3,
            () => return None,
        };
        draft.replaced(property, own.span, &own.renamed(&name), penalty)
    };
    lacking.into_iter().filter_map(repair).collect()
}

/// Whether one name is the other one misspelt, or with something before or after it.
fn is_like(one: &str, other: &str) -> bool {
    let (one, other) = (normal(one), normal(other));
    let limit = if one.len().min(other.len()) < 5 { 1 } else { 2 };
    let has_more = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.len() < 4);
    strsim::osa_distance(&one, &other) <= limit || has_more(&one, &other) || has_more(&other, &one)
}

/// A listener that is advertised and not bound.
pub(super) fn not_bound(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let Some(own) = draft.advertised().into_iter().find(|part| objection.subjects.contains(&part.name)) else {
        return Err(Reason::Value);
    };
    if draft.is_for_controllers(&own.name) {
        let out = draft.without_entries(ADVERTISED_LISTENERS, |span| span == own.span, 0);
        return out.map(|repair| vec![repair]).ok_or(Reason::Value);
    }
    let mut repairs = renamed(draft, ADVERTISED_LISTENERS, &own);
    repairs.extend(
        draft.without_entries(ADVERTISED_LISTENERS, |span| span == own.span, 8).filter(|_| is_stray(draft, &own)),
    );
    // What is bound and not advertised may be this one, under another name.
    let advertised = draft.advertised();
    let bound = draft.bound_for_clients();
    let idle = bound.iter().filter(|bound| advertised.iter().all(|part| part.name != bound.name));
    for bound in idle.filter(|bound| bound.port == own.port || is_like(&bound.name, &own.name)) {
        let penalty = if is_like(&bound.name, &own.name) { 1 } else { 2 };
        repairs.extend(draft.replaced(LISTENERS, bound.span, &bound.renamed(&own.name), penalty));
    }
    if let Some(port) =
        container_port(draft, &own).filter(|port| bound.iter().all(|bound| bound.port != i32::from(*port)))
    {
        repairs.push(draft.with_entry(LISTENERS, &format!("{}://{}:{port}", own.name, draft.everywhere()), 4));
    }
    Ok(repairs)
}

/// Whether a listener that is not bound has no use: nothing else refers to it, and nothing outside could connect to it.
fn is_stray(draft: &Draft<'_, '_>, own: &Part<'_>) -> bool {
    let is_published = draft.node().published.iter().any(|(_, outside)| i32::from(*outside) == own.port);
    is_loopback(own.host) && !is_published && !draft.mapped().contains(&own.name)
}

/// The port of the container at which a listener is found that is advertised so.
pub(super) fn container_port(draft: &Draft<'_, '_>, advertised: &Part<'_>) -> Option<u16> {
    let port = u16::try_from(advertised.port).ok().filter(|port| *port > 0)?;
    if advertised.is_anywhere() || draft.node().is_called(advertised.host) {
        return Some(port);
    }
    // Programs outside use a published port.
    let published = draft.node().published.iter().find(|(_, outside)| *outside == port);
    Some(published.map_or(port, |(inside, _)| *inside))
}

/// One of the two settings for the protocol between brokers.
pub(super) fn one_inter_broker(draft: &Draft<'_, '_>) -> Vec<Repair> {
    let name = normal(trimmed(draft.value(INTER_BROKER_LISTENER).unwrap_or_default()));
    let is_good = found_by_brokers(draft).iter().any(|part| part.name == name);
    let by_name = Repair { penalty: u32::from(!is_good), ..Repair::unset(INTER_BROKER_PROTOCOL) };
    vec![by_name, Repair { penalty: u32::from(is_good), ..Repair::unset(INTER_BROKER_LISTENER) }]
}

/// The listeners at which other brokers may find the node.
fn found_by_brokers<'d>(draft: &Draft<'d, '_>) -> Vec<Part<'d>> {
    let is_said = draft.value(ADVERTISED_LISTENERS).is_some();
    if is_said { draft.advertised_to_clients() } else { draft.bound_for_clients() }
}

/// Another listener between brokers: one that the others find, before one that only the container itself finds.
pub(super) fn inter_broker(draft: &Draft<'_, '_>) -> Repairs {
    if draft.reading.roles.is_some_and(|roles| roles.any() && !roles.broker) {
        return Ok(vec![Repair::unset(INTER_BROKER_LISTENER)]);
    }
    let choices = found_by_brokers(draft);
    if choices.is_empty() {
        return super::listeners::advertises_nothing(draft);
    }
    let of_others: Vec<String> =
        draft.others().filter_map(|other| other.inter_broker()).map(|(name, _)| name).collect();
    let protocol = draft.value(INTER_BROKER_PROTOCOL).map(|_| Repair::unset(INTER_BROKER_PROTOCOL));
    let mapped = draft.mapped();
    let is_plain = |name: &str| {
        let map = map_entries(draft.text(PROTOCOL_MAP).unwrap_or_default());
        let own = map.iter().rev().find(|entry| entry.key.is_some_and(|key| normal(key) == name));
        own.is_none_or(|entry| SecurityProtocol::from_name(entry.value) == Some(SecurityProtocol::Plaintext))
    };
    let mut repairs: Vec<Repair> = Vec::new();
    for part in choices.iter().filter(|part| mapped.contains(&part.name) || draft.value(PROTOCOL_MAP).is_none()) {
        let is_published =
            draft.node().published.iter().any(|(inside, _)| Some(*inside) == container_port(draft, part));
        let penalty = match () {
            () if of_others.contains(&part.name) => 0,
            () if !is_plain(&part.name) => 6,
            () if is_loopback(part.host) => 4,
            () if is_published => 2,
            () => 1,
        };
        let repair = Repair::set(INTER_BROKER_LISTENER, part.name.clone(), penalty);
        repairs.push(match &protocol {
            Some(protocol) => repair.and(protocol.clone()),
            None => repair,
        });
    }
    Ok(repairs)
}

/// A property and the part of it that an objection points at.
pub(super) fn place(objection: &Objection) -> Option<(&str, Span)> {
    let place = objection.places.first()?;
    Some((place.property.as_str(), place.entry?))
}

/// The name for a listener of the controllers that the rest of the configuration speaks for.
pub(super) fn controllers_name(draft: &Draft<'_, '_>) -> String {
    let of_others = draft.others().find_map(|other| Some(other.controller_names.as_ref()?.first()?.text.to_owned()));
    let map = map_entries(draft.value(PROTOCOL_MAP).unwrap_or_default());
    let idle: Vec<String> =
        map.iter().filter_map(|entry| entry.key.map(normal)).filter(|name| !is_named(draft, name)).collect();
    let is_called_so = |name: &&String| name.contains("CONTROL") || name.contains("CTRL");
    let lost = draft.lost_default(CONTROLLER_NAMES).map(str::to_owned);
    of_others.or_else(|| idle.iter().find(is_called_so).cloned()).or(lost).unwrap_or_else(|| "CONTROLLER".to_owned())
}
