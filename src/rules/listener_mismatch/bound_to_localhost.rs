//! A listener that is advertised to other containers or to the host, but to which only the broker's own container can connect.

use crate::compose::Attachment;
use crate::finding::Severity;
use crate::kafka::address::{HostPort, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::SettingSource;
use crate::kafka::internal_listener::binds_loopback;
use crate::kafka::listener::{Listener, ListenerHost};
use crate::kafka::new_setting::NewSetting;
use crate::kafka::obstacle::Obstacle;
use crate::kafka::property::LISTENERS;

/// The problem, and the setting with a listener that others can connect to.
pub(super) struct BoundToLocalhost {
    /// What is wrong: a sentence without a full stop that begins with the broker.
    pub message: String,
    /// A warning if only programs on the host are cut off.
    pub severity: Severity,
    /// The setting, or why it is not known.
    pub completion: Result<NewSetting, Obstacle>,
}

/// A listener that advertises a name of the broker, or localhost at a published port, but to which only the broker's own container can
/// connect: the engine forwards a published port to the container's address on a network (docs.docker.com, "Port publishing and mapping").
pub(super) fn bound_to_localhost(broker: &Broker) -> Option<BoundToLocalhost> {
    if broker.is_configured_by_file() || !broker.is_known() {
        return None;
    }
    let listeners = &broker.listeners;
    let pairs = listeners.advertised.iter().map(|own| &own.listener);
    let pairs = pairs.filter_map(|advertised| Some((advertised, listeners.bound_as(&advertised.name)?)));
    let on_localhost: Vec<(&Listener, &Listener)> = pairs.filter(|(_, bound)| binds_loopback(bound)).collect();
    let is_for_containers = |(advertised, bound): &&(&Listener, &Listener)| {
        bound.port == advertised.port
            && matches!(&advertised.host, ListenerHost::Named(host) if broker.service.is_known_as(host) && !is_loopback(host))
    };
    let is_for_host = |(advertised, bound): &&(&Listener, &Listener)| {
        let leads_there = broker.service.ports.iter().any(|ports| ports.target_of(advertised.port) == Some(bound.port));
        // On the host's own network there are no other addresses.
        advertised.names_loopback() && leads_there && matches!(broker.service.attachment, Attachment::Networks(_))
    };
    let for_containers = on_localhost.iter().find(is_for_containers);
    let (advertised, bound) = for_containers.or_else(|| on_localhost.iter().find(is_for_host))?;
    const EVERY_INTERFACE: &str = "0.0.0.0";
    let completion = match listeners.setting(LISTENERS) {
        Some(setting) => {
            Ok(NewSetting::edited(setting, vec![(setting.entry(bound)?.host, EVERY_INTERFACE.to_owned())]))
        }
        None => {
            let everywhere =
                |own: &Listener| if own.name == bound.name { own.at(EVERY_INTERFACE) } else { own.clone() };
            let all: Vec<String> = listeners.bound.iter().flatten().map(|own| everywhere(own).to_string()).collect();
            unset(broker, LISTENERS, all.join(","))
        }
    };
    let address = HostPort::new(&broker.service.name, Some(advertised.port));
    let (severity, message) = match for_containers {
        Some(_) => (
            Severity::Error,
            format!("advertises `{address}` but listens on localhost there, so no other container can connect"),
        ),
        None => (
            Severity::Warning,
            format!(
                "publishes port {} but listens on localhost there, so programs on the host cannot connect",
                bound.port
            ),
        ),
    };
    Some(BoundToLocalhost { message, severity, completion })
}

/// A setting that there is not yet.
fn unset(broker: &Broker, property: &str, text: String) -> Result<NewSetting, Obstacle> {
    match broker.source_of(property) {
        Some(source @ (SettingSource::Variable(_) | SettingSource::File(..))) => Ok(NewSetting::added(source, text)),
        _ => Err(Obstacle::NoVariable(property.to_owned())),
    }
}
