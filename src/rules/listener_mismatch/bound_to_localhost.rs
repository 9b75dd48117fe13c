//! A listener that is advertised to other containers, but to which only the broker's own container can connect.

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
    /// The setting, or why it is not known.
    pub completion: Result<NewSetting, Obstacle>,
}

/// A listener that advertises a name of the broker, but to which only the broker's own container can connect.
pub(super) fn bound_to_localhost(broker: &Broker) -> Option<BoundToLocalhost> {
    if broker.is_configured_by_file() || !broker.is_known() {
        return None;
    }
    let listeners = &broker.listeners;
    let for_containers = listeners.advertised.iter().filter(|advertised| {
        matches!(&advertised.listener.host, ListenerHost::Named(host) if broker.service.is_known_as(host) && !is_loopback(host))
    });
    let (advertised, bound) = for_containers
        .filter_map(|advertised| Some((advertised, listeners.bound_as(&advertised.listener.name)?)))
        .find(|(advertised, bound)| binds_loopback(bound) && bound.port == advertised.listener.port)?;
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
    let address = HostPort::new(&broker.service.name, Some(advertised.listener.port));
    Some(BoundToLocalhost {
        message: format!("advertises `{address}` but listens on localhost there, so no other container can connect"),
        completion,
    })
}

/// A setting that there is not yet.
fn unset(broker: &Broker, property: &str, text: String) -> Result<NewSetting, Obstacle> {
    match broker.source_of(property) {
        Some(source @ (SettingSource::Variable(_) | SettingSource::File(..))) => Ok(NewSetting::added(source, text)),
        _ => Err(Obstacle::NoVariable(property.to_owned())),
    }
}
