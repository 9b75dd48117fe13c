//! Listener settings that contradict each other, so that the broker does not start or leaves a listener out.

use crate::kafka::address::{HostPort, is_loopback};
use crate::kafka::broker::{Broker, cluster_host};
use crate::kafka::broker_listeners::{AdvertisedListener, BrokerListeners};
use crate::kafka::internal_listener::{InternalListener, binds_loopback, outcome};
use crate::kafka::listener::{Listener, ListenerHost, SecurityProtocol, entry, protocol_map};
use crate::kafka::new_setting::NewSetting;
use crate::kafka::obstacle::Obstacle;
use crate::text::Span;

const PROTOCOL_MAP: &str = "listener.security.protocol.map";
const INTER_BROKER: &str = "inter.broker.listener.name";

/// A setting that lacks what another one names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Which contradiction it is.
    pub aspect: &'static str,
    /// What is wrong, and what comes of it: a sentence without a full stop.
    pub message: String,
    /// The setting with what it lacks, or why no completion is sure.
    pub completion: Result<NewSetting, Obstacle>,
}

/// What a broker's own settings contradict each other in. Nothing where an image, a file or a script may fill the gap.
#[must_use]
pub fn mismatches(broker: &Broker) -> Vec<Mismatch> {
    let listeners = &broker.listeners;
    if broker.family.images.is_empty() || broker.is_configured_by_file() || !listeners.malformed.is_empty() {
        return Vec::new();
    }
    if broker.family.nameless_listeners {
        return bound_to_localhost(broker).into_iter().collect();
    }
    if let Some(mismatch) = of_one_name(listeners) {
        // What else is said of that name cannot be told.
        return vec![mismatch];
    }
    let faults = [
        unbound(listeners),
        on_one_port(broker),
        bound_to_localhost(broker),
        without_protocol(broker),
        inter_broker(broker),
        without_controller(broker),
        without_controller_name(broker),
    ];
    faults.into_iter().flatten().collect()
}

/// Listeners that have one name (apache/kafka, `CoreUtils.listenerListToEndPoints`).
fn of_one_name(listeners: &BrokerListeners) -> Option<Mismatch> {
    let advertised: Vec<&Listener> = listeners.advertised.iter().map(|told| &told.listener).collect();
    let twice = |listeners: &[&Listener]| {
        let is_double = |at: &usize| listeners[..*at].iter().any(|own| own.name == listeners[*at].name);
        (1..listeners.len()).find(is_double).map(|at| listeners[at].name.clone())
    };
    let name = twice(&listeners.bound.iter().flatten().collect::<Vec<_>>()).or_else(|| twice(&advertised))?;
    Some(Mismatch {
        aspect: "one-name",
        message: format!("calls two listeners `{name}`, so that it does not start"),
        completion: Err(Obstacle::SameName(name.clone())),
    })
}

/// Listeners that are bound to one port (apache/kafka, `CoreUtils.listenerListToEndPoints`, which lets an address of IPv6 have that of
/// one of IPv4).
fn on_one_port(broker: &Broker) -> Option<Mismatch> {
    let listeners = &broker.listeners;
    let bound = listeners.bound.as_ref()?;
    let is_ipv6 = |listener: &Listener| matches!(&listener.host, ListenerHost::Named(host) if host.contains(':'));
    let pairs = bound.iter().enumerate().flat_map(|(at, second)| bound[..at].iter().map(move |first| (first, second)));
    let (first, second) =
        pairs.into_iter().find(|(first, second)| first.port == second.port && !is_ipv6(first) && !is_ipv6(second))?;
    // Containers come in at the very port that they are told.
    let told_port = |own: &Listener| {
        let told = listeners.advertised.iter().find(|told| told.listener.name.eq_ignore_ascii_case(&own.name))?;
        let ListenerHost::Named(host) = &told.listener.host else { return None };
        let is_free = bound.iter().all(|other| other.port != told.listener.port);
        (is_free && broker.service.is_known_as(host)).then_some(told.listener.port)
    };
    let setting = listeners.setting("listeners");
    let completion = match (setting, [first, second].map(|own| Some((own, told_port(own)?)))) {
        (Some(setting), [Some((own, port)), None] | [None, Some((own, port))]) => {
            let digits = setting.entry(own)?.port?;
            Ok(NewSetting::edited(setting, vec![(digits, port.to_string())]))
        }
        _ => Err(Obstacle::SamePort(first.name.clone(), second.name.clone())),
    };
    Some(Mismatch {
        aspect: "one-port",
        message: format!(
            "listens for `{}` and `{}` at one port, {}, so that it does not start",
            first.name, second.name, first.port
        ),
        completion,
    })
}

/// A listener that advertises a name of the broker, and that only the broker's own container can connect to.
fn bound_to_localhost(broker: &Broker) -> Option<Mismatch> {
    let listeners = &broker.listeners;
    let for_containers = listeners.advertised.iter().filter(|told| {
        matches!(&told.listener.host, ListenerHost::Named(host) if broker.service.is_known_as(host) && !is_loopback(host))
    });
    let (told, bound) = for_containers
        .filter_map(|told| Some((told, listeners.bound_as(&told.listener.name)?)))
        .find(|(told, bound)| binds_loopback(bound) && bound.port == told.listener.port)?;
    const EVERY_INTERFACE: &str = "0.0.0.0";
    let completion = match (listeners.setting("listeners"), &broker.family.default_listeners) {
        (Some(setting), _) => {
            Ok(NewSetting::edited(setting, vec![(setting.entry(bound)?.host, EVERY_INTERFACE.to_owned())]))
        }
        (None, Some(default)) => {
            let mut text = default.clone();
            text.replace_range(entry(default, &bound.name)?.host.range(), EVERY_INTERFACE);
            unset(broker, "listeners", text)
        }
        (None, None) => return None,
    };
    let address = HostPort::new(&broker.service.name, Some(told.listener.port));
    Some(Mismatch {
        aspect: "bound-to-localhost",
        message: format!(
            "advertises `{address}`, and listens there at localhost, where no other container can connect"
        ),
        completion,
    })
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
    let host = everywhere(bound);
    let taken = missing.iter().find(|listener| bound.iter().any(|own| own.port == listener.port));
    let completion = match taken {
        Some(listener) => Err(Obstacle::PortTaken(listener.port, listener.name.clone())),
        None => {
            let entry = |listener: &&Listener| format!("{}://{host}:{}", listener.name, listener.port);
            Ok(NewSetting::appended(setting, &missing.iter().map(entry).collect::<Vec<_>>()))
        }
    };
    Some(Mismatch {
        aspect: "unbound",
        message: format!("advertises `{names}`, and does not listen there, so that it does not start"),
        completion,
    })
}

/// Listeners that have no protocol (apache/kafka, `KafkaConfig.effectiveListenerSecurityProtocolMap`).
fn without_protocol(broker: &Broker) -> Option<Mismatch> {
    let listeners = &broker.listeners;
    let setting = listeners.setting(PROTOCOL_MAP);
    let map = match setting {
        Some(setting) => protocol_map(&setting.text)?,
        // Kafka's own map: every protocol by its name, and controllers in plain text.
        None if broker.has_defaults_of_kafka() => Vec::new(),
        None => return None,
    };
    let own = |property: &str| listeners.setting(property).is_some();
    let bound = listeners.bound.iter().flatten().filter(|_| own("listeners")).map(|bound| bound.name.as_str());
    let advertised = listeners.advertised.iter().filter(|_| own("advertised.listeners"));
    let controllers =
        listeners.controller_names.iter().filter(|_| own("process.roles") && own("controller.listener.names"));
    let mut names: Vec<&str> = Vec::new();
    for name in bound.chain(advertised.map(|told| told.listener.name.as_str())).chain(controllers.map(String::as_str)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let is_mapped = |name: &&str| match setting {
        Some(_) => map.iter().any(|(key, _)| key.eq_ignore_ascii_case(name)),
        None => SecurityProtocol::from_name(name).is_some() || listeners.is_for_controllers(name),
    };
    let missing: Vec<&str> = names.iter().copied().filter(|name| !is_mapped(name)).collect();
    missing.first()?;
    let is_secured = map.iter().any(|(_, protocol)| *protocol != SecurityProtocol::Plaintext)
        || names
            .iter()
            .filter(|name| setting.is_none() || missing.contains(name))
            .any(|name| ["SSL", "SASL", "TLS"].iter().any(|word| name.to_ascii_uppercase().contains(word)));
    let plain = |names: &[&str]| names.iter().map(|name| format!("{name}:PLAINTEXT")).collect::<Vec<_>>();
    let shown = missing.join("`, `");
    let completion = match (is_secured, setting) {
        (true, _) => Err(Obstacle::UnknownProtocol(missing.iter().map(|&name| name.to_owned()).collect())),
        (false, Some(setting)) => Ok(NewSetting::appended(setting, &plain(&missing))),
        (false, None) => unset(broker, PROTOCOL_MAP, plain(&names).join(",")),
    };
    Some(Mismatch {
        aspect: "protocol",
        message: format!("has no protocol for its listener `{shown}`, so that it does not start"),
        completion,
    })
}

/// A listener between brokers that is none of the advertised ones (apache/kafka, `KafkaConfig.validateValues`).
fn inter_broker(broker: &Broker) -> Option<Mismatch> {
    let listeners = &broker.listeners;
    listeners.setting("advertised.listeners")?;
    let setting = listeners.setting(INTER_BROKER);
    let name = match setting {
        Some(setting) => setting.text.trim(),
        None if listeners.setting("security.inter.broker.protocol").is_none() && broker.has_defaults_of_kafka() => {
            "PLAINTEXT"
        }
        None => return None,
    };
    let is_it = |other: &&str| other.eq_ignore_ascii_case(name);
    let names: Vec<&str> = listeners.advertised.iter().map(|told| told.listener.name.as_str()).collect();
    if names.is_empty() || names.iter().any(is_it) {
        return None;
    }
    let resolves = |host: &str| broker.service.is_known_as(host);
    let is_for_host =
        |told: &&AdvertisedListener| matches!(outcome(listeners, told, &resolves), InternalListener::OnlyLoopback(_));
    // With what brokers would prove who they are is not known.
    let plain: Vec<&AdvertisedListener> = listeners.advertised.iter().filter(|told| !told.is_secured()).collect();
    let for_containers: Vec<&AdvertisedListener> = plain.iter().copied().filter(|told| !is_for_host(told)).collect();
    let completion = match (for_containers.as_slice(), plain.as_slice()) {
        ([one], _) | (_, [one]) => {
            let one = one.listener.name.clone();
            match setting {
                Some(setting) => Ok(NewSetting::edited(setting, vec![(Span::new(0, setting.text.len()), one)])),
                None => unset(broker, INTER_BROKER, one),
            }
        }
        _ => Err(Obstacle::SeveralInterBroker(names.iter().map(|&name| name.to_owned()).collect())),
    };
    let unless = if setting.is_none() { ", as no other is set" } else { "" };
    let message =
        format!("uses `{name}` between brokers{unless}, which it does not advertise, so that it does not start");
    Some(Mismatch { aspect: "inter-broker", message, completion })
}

/// A node that votes, and does not listen for the other voters (apache/kafka, `KafkaConfig.validateValues`).
fn without_controller(broker: &Broker) -> Option<Mismatch> {
    let listeners = &broker.listeners;
    let votes = listeners.votes()?;
    listeners.setting("controller.listener.names")?;
    let bound = listeners.bound.as_ref().filter(|_| votes)?;
    let name = listeners.controller_names.first()?;
    if bound.iter().any(|own| listeners.is_for_controllers(&own.name)) {
        return None;
    }
    let completion = match voter_port(broker) {
        Some(port) if bound.iter().any(|own| own.port == port) => Err(Obstacle::VoterPortTaken(port, name.clone())),
        Some(port) => match listeners.setting("listeners") {
            Some(setting) => Ok(NewSetting::appended(setting, &[format!("{name}://{}:{port}", everywhere(bound))])),
            None if broker.has_defaults_of_kafka() => {
                let own = bound.iter().map(|own| (own.name.as_str(), own.port)).chain([(name.as_str(), port)]);
                let entries: Vec<String> = own.map(|(name, port)| format!("{name}://:{port}")).collect();
                unset(broker, "listeners", entries.join(","))
            }
            None => return None,
        },
        None => Err(Obstacle::UnknownVoterPort(name.clone())),
    };
    let message = format!("votes, and has no listener `{name}` to do so, so that it does not start");
    Some(Mismatch { aspect: "controller", message, completion })
}

/// A node that votes, and is not told which of its listeners is for the other voters (apache/kafka, `KafkaConfig.validateValues`).
fn without_controller_name(broker: &Broker) -> Option<Mismatch> {
    const NAMES: &str = "controller.listener.names";
    let listeners = &broker.listeners;
    let votes = listeners.votes()?;
    if !votes || !broker.has_defaults_of_kafka() || listeners.setting(NAMES).is_some() {
        return None;
    }
    let is_usual = |own: &&Listener| listeners.is_for_controllers(&own.name);
    let mut bound = listeners.bound.iter().flatten().filter(|_| listeners.setting("listeners").is_some());
    let completion = match bound.find(is_usual) {
        Some(own) => unset(broker, NAMES, own.name.clone()),
        None => Err(Obstacle::UnknownControllerListener),
    };
    let variable = broker.family.variables_of(NAMES).next()?;
    let message = format!("votes, and `{variable}` does not say at which listener, so that it does not start");
    Some(Mismatch { aspect: "controller-name", message, completion })
}

/// The port at which the other voters look for a broker.
fn voter_port(broker: &Broker) -> Option<u16> {
    let (_, voters) = broker.setting("controller.quorum.voters")?;
    let is_own = |entry: &&str| broker.service.is_known_as(cluster_host(entry)) || is_loopback(cluster_host(entry));
    let own = voters?.value()?.split(',').map(str::trim).find(is_own)?;
    own.rsplit_once(':')?.1.parse().ok()
}

/// The host that stands for every interface, as the other listeners are written.
fn everywhere(bound: &[Listener]) -> &'static str {
    let is_written = bound.iter().any(|own| own.host == ListenerHost::Named("0.0.0.0".to_owned()));
    if is_written { "0.0.0.0" } else { "" }
}

/// A setting that there is not yet.
fn unset(broker: &Broker, property: &str, text: String) -> Result<NewSetting, Obstacle> {
    let variable = broker.family.variables_of(property).next();
    let variable = variable.ok_or_else(|| Obstacle::NoVariable(property.to_owned()))?;
    Ok(NewSetting::added(variable, text))
}
