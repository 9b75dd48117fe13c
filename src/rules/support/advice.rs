//! What to do by hand if composefix cannot set a client's broker address.

use crate::analysis::Analysis;
use crate::compose::{Attachment, Service};
use crate::kafka::broker::Broker;
use crate::kafka::property::{ADVERTISED_LISTENERS, INTER_BROKER_LISTENER, LISTENERS, PROTOCOL_MAP};
use crate::kafka::topology::NoTarget;
use crate::rules::support::network_name;

/// The proposed port of a listener for containers (the usual one in public compose files with 9092 for the host).
const INTERNAL_PORT: u16 = 29092;

/// The broker properties that a second listener takes (Apache Kafka's documentation, "Broker Configs").
const LISTENER_PROPERTIES: [&str; 4] = [LISTENERS, ADVERTISED_LISTENERS, PROTOCOL_MAP, INTER_BROKER_LISTENER];

/// The advice for a reason; `None` if the reason contains it.
pub(in crate::rules) fn way_out(analysis: &Analysis, client: &Service, reason: &NoTarget) -> Option<String> {
    match reason {
        NoTarget::NoBroker | NoTarget::Ambiguous(_) => None,
        NoTarget::OnlyLoopback(name) => Some(second_listener(analysis.topology.broker_named(name)?)),
        NoTarget::Elsewhere(name, host) => Some(format!(
            "if containers reach `{name}` at `{host}`, set --address HOST:PORT; else {}",
            second_listener(analysis.topology.broker_named(name)?)
        )),
        NoTarget::NotBound(name, address) => {
            let broker = analysis.topology.broker_named(name)?;
            Some(format!(
                "make `{name}` listen on the port of `{address}` on every interface, or advertise where it listens\n(settings: {})",
                settings(broker, 2)
            ))
        }
        NoTarget::Secured(name) => Some(format!(
            "give `{}` the credentials (security.protocol, sasl.jaas.config), or {}",
            client.name,
            second_listener(analysis.topology.broker_named(name)?)
        )),
        NoTarget::UnknownAddress(_, variable) => {
            let set = variable.as_ref().map(|name| format!("set `{name}` in the .env file of the project, or "));
            Some(format!("{}state the broker's address with --address HOST:PORT", set.unwrap_or_default()))
        }
        NoTarget::Unknown(_) => Some(
            "run composefix where that file is, or set the broker's address for containers with --address HOST:PORT"
                .to_owned(),
        ),
        NoTarget::OnHost { broker: name, .. } => Some(format!(
            "publish a port of `{name}` and advertise it as localhost, or remove `network_mode: host` from `{}`",
            client.name
        )),
        NoTarget::NoSharedNetwork { broker: name, .. } => {
            let broker = analysis.topology.broker_named(name)?;
            let networks: Vec<&str> =
                broker.service.attachment.memberships().iter().map(|member| member.network.as_str()).collect();
            Some(match (networks.as_slice(), &client.attachment) {
                ([], _) => format!("add `{name}` and `{}` to the same network", client.name),
                ([network, ..], Attachment::Networks(_)) => {
                    format!("add `{}` to {}", client.name, network_name(network))
                }
                ([network, ..], _) => {
                    format!("replace the `network_mode` of `{}` with {}", client.name, network_name(network))
                }
            })
        }
    }
}

/// What to do about a broker that its `network_mode` takes off all networks of the project, so that no listener can advertise its name.
pub(in crate::rules) fn put_on_network(broker: &Broker, mode: &str) -> String {
    let name = &broker.service.name;
    format!(
        "remove `network_mode: {mode}` from `{name}`, or let it advertise an address of the host that \
         containers reach, and set that address here"
    )
}

fn second_listener(broker: &Broker) -> String {
    if let Some(mode) = broker.service.attachment.mode() {
        return put_on_network(broker, mode);
    }
    let name = &broker.service.name;
    format!(
        "add a listener to `{name}` that advertises `{name}:{INTERNAL_PORT}`, and run composefix again\n(settings: {})",
        settings(broker, LISTENER_PROPERTIES.len())
    )
}

/// The first `count` of [`LISTENER_PROPERTIES`] in the form of the broker's image: variables, or the flags of Redpanda
/// (redpanda-data/redpanda, `rpk redpanda start`).
fn settings(broker: &Broker, count: usize) -> String {
    if broker.config.family().redpanda {
        return "--kafka-addr, --advertise-kafka-addr".to_owned();
    }
    LISTENER_PROPERTIES[..count]
        .iter()
        .filter_map(|property| broker.variable_of(property))
        .collect::<Vec<_>>()
        .join(", ")
}
