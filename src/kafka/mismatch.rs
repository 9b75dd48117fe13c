//! Listener settings that contradict each other, so that the broker does not start or leaves a listener out.

use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::{BrokerListeners, Setting};
use crate::kafka::container_listener::NewSetting;
use crate::kafka::internal_listener::{InternalListener, outcome};
use crate::kafka::listener::{Listener, ListenerHost, SecurityProtocol, protocol_map};
use crate::text::Span;

/// A setting that lacks what another one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What is wrong, and what comes of it: a sentence without a full stop.
    pub message: String,
    /// The setting with what it lacks, or why no completion is sure.
    pub completion: Result<NewSetting, String>,
}

/// What a broker's own settings contradict each other in. Nothing where an image, a file or a script may fill the gap.
#[must_use]
pub fn mismatches(broker: &Broker<'_>) -> Vec<Mismatch> {
    let listeners = &broker.listeners;
    let family = broker.family;
    if family.images.is_empty()
        || family.nameless_listeners
        || broker.is_configured_by_file()
        || !listeners.malformed.is_empty()
    {
        return Vec::new();
    }
    [unbound(listeners), without_protocol(listeners), inter_broker(broker)].into_iter().flatten().collect()
}

/// Listeners that are advertised and not bound (apache/kafka, `KafkaConfig.validateValues`).
fn unbound(listeners: &BrokerListeners) -> Option<Mismatch> {
    let setting = listeners.setting("listeners")?;
    listeners.setting("advertised.listeners")?;
    let bound = listeners.bound.as_ref()?;
    let is_missing = |listener: &&Listener| listeners.bound_as(&listener.name).is_none();
    let missing: Vec<&Listener> = listeners.advertised.iter().map(|told| &told.listener).filter(is_missing).collect();
    let names = missing.iter().map(|listener| listener.name.as_str()).collect::<Vec<_>>().join("`, `");
    missing.first()?;
    let is_every_interface = bound.iter().any(|own| own.host == ListenerHost::Named("0.0.0.0".to_owned()));
    let host = if is_every_interface { "0.0.0.0" } else { "" };
    let taken = missing.iter().find(|listener| bound.iter().any(|own| own.port == listener.port));
    let completion = match taken {
        Some(listener) => Err(format!(
            "the port {} of `{}` is another listener's: give both one name, or this one a port of its own",
            listener.port, listener.name
        )),
        None => {
            let entry = |listener: &&Listener| format!("{}://{host}:{}", listener.name, listener.port);
            Ok(appended(setting, &missing.iter().map(entry).collect::<Vec<_>>()))
        }
    };
    Some(Mismatch {
        message: format!("advertises `{names}`, and does not listen there, so that it does not start"),
        completion,
    })
}

/// Listeners that the protocol map leaves out (apache/kafka, `KafkaConfig.listenerNameToSecurityProtocolMap`).
fn without_protocol(listeners: &BrokerListeners) -> Option<Mismatch> {
    let setting = listeners.setting("listener.security.protocol.map")?;
    let map = protocol_map(&setting.text)?;
    let own = |property: &str| listeners.setting(property).is_some();
    let bound = listeners.bound.iter().flatten().filter(|_| own("listeners"));
    let advertised = listeners.advertised.iter().map(|told| &told.listener).filter(|_| own("advertised.listeners"));
    let mut missing: Vec<&str> = Vec::new();
    for Listener { name, .. } in bound.chain(advertised) {
        let is_mapped = map.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
        if !is_mapped && !missing.contains(&name.as_str()) {
            missing.push(name);
        }
    }
    missing.first()?;
    let is_secured = map.iter().any(|(_, protocol)| *protocol != SecurityProtocol::Plaintext)
        || missing
            .iter()
            .any(|name| ["SSL", "SASL", "TLS"].iter().any(|word| name.to_ascii_uppercase().contains(word)));
    let names = missing.join("`, `");
    let completion = match is_secured {
        true => Err(format!(
            "whether `{names}` is to be encrypted or authenticated is not for a tool to say; add it to the map"
        )),
        false => Ok(appended(setting, &missing.iter().map(|name| format!("{name}:PLAINTEXT")).collect::<Vec<_>>())),
    };
    Some(Mismatch {
        message: format!("has no protocol for its listener `{names}`, so that it does not start"),
        completion,
    })
}

/// A listener between brokers that is none of the advertised ones (apache/kafka, `KafkaConfig.validateValues`).
fn inter_broker(broker: &Broker<'_>) -> Option<Mismatch> {
    let listeners = &broker.listeners;
    let setting = listeners.setting("inter.broker.listener.name")?;
    listeners.setting("advertised.listeners")?;
    let name = setting.text.trim();
    let is_it = |other: &&str| other.eq_ignore_ascii_case(name);
    let names: Vec<&str> = listeners.advertised.iter().map(|told| told.listener.name.as_str()).collect();
    if names.is_empty() || names.iter().any(is_it) {
        return None;
    }
    let resolves = |host: &str| broker.service.is_known_as(host);
    let for_containers: Vec<&str> = listeners
        .advertised
        .iter()
        .filter(|told| !told.is_secured())
        .filter(|told| !matches!(outcome(listeners, told, &resolves), InternalListener::OnlyLoopback(_)))
        .map(|told| told.listener.name.as_str())
        .collect();
    let completion = match (for_containers.as_slice(), names.as_slice()) {
        ([one], _) | (_, [one]) => Ok(NewSetting {
            source: setting.source.clone(),
            old: Some(setting.text.clone()),
            edits: vec![(Span::new(0, setting.text.len()), (*one).to_owned())],
        }),
        _ => {
            Err(format!("it can be any of `{}`: choose the one at which brokers reach each other", names.join("`, `")))
        }
    };
    let message = format!("uses `{name}` between brokers, which it does not advertise, so that it does not start");
    Some(Mismatch { message, completion })
}

/// A list with more entries.
fn appended(setting: &Setting, entries: &[String]) -> NewSetting {
    let end = setting.text.trim_end();
    let comma = if end.ends_with(',') { "" } else { "," };
    let edits = vec![(Span::empty(end.len()), format!("{comma}{}", entries.join(",")))];
    NewSetting { source: setting.source.clone(), old: Some(setting.text.clone()), edits }
}
