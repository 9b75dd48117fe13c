//! Why an address that a client is given leads to no broker, where the files prove it.

use std::fmt;
use std::net::Ipv4Addr;

use crate::compose::Service;
use crate::kafka::address::{BrokerAddress, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::AdvertisedListener;
use crate::kafka::catalog::{CATALOG, Image};
use crate::kafka::internal_listener::{HOST_GATEWAY_NAMES, InternalListener, outcome};
use crate::kafka::listener::ListenerHost;
use crate::kafka::topology::Topology;

/// What a container finds at an address that is no broker's for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// A listener of this broker that sends its clients to localhost: it is meant for programs on the host.
    HostListener(String),
    /// Nothing: it is the port at which the host opens this one of the broker.
    PublishedPort(u16),
    /// The broker's listener for controllers, which serves no client.
    ControllerPort,
    /// Nothing: the broker does not listen there.
    ClosedPort,
    /// A ZooKeeper.
    ZooKeeper,
    /// The host, where the port leads back to a listener of the project's broker that sends its clients to localhost.
    HostGateway,
    /// No container: nothing in the project has this name.
    UnknownName,
    /// A container, as long as the engine gives it this number again.
    ContainerAddress,
    /// Nothing: the client is on the host's network, where containers have no names.
    NameOnHost,
    /// A listener that sends its clients to this name, while the client is on the host's network.
    ContainerListener(String),
}

impl Unreachable {
    /// Whether it is surely a port of a broker, and one that serves no container.
    #[must_use]
    pub const fn is_certain(&self) -> bool {
        matches!(
            self,
            Self::HostListener(_) | Self::PublishedPort(_) | Self::ControllerPort | Self::ContainerListener(_)
        )
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HostListener(name) => {
                write!(formatter, "the listener `{name}` there is for the host, and sends its clients to localhost")
            }
            Self::PublishedPort(target) => {
                write!(formatter, "the host opens that port; in the container it is {target}")
            }
            Self::ControllerPort => formatter.write_str("controllers listen there, which serve no client"),
            Self::ClosedPort => formatter.write_str("the broker does not listen at that port"),
            Self::ZooKeeper => formatter.write_str("that is a ZooKeeper, which serves no client of Kafka's"),
            Self::HostGateway => formatter.write_str("by way of the host the broker sends its clients to localhost"),
            Self::UnknownName => formatter.write_str("nothing in the project has that name"),
            Self::ContainerAddress => formatter.write_str("a container's address changes when it is made anew"),
            Self::NameOnHost => formatter.write_str("it is on the host's network, where containers have no names"),
            Self::ContainerListener(name) => {
                write!(
                    formatter,
                    "it is on the host's network, and the listener there sends it to `{name}`, which is no name on it"
                )
            }
        }
    }
}

/// Words that only a broker is called by.
const BROKER_WORDS: [&str; 3] = ["kafka", "broker", "redpanda"];

/// Why a client reaches no broker at an address; `None` if it does, or if the files do not tell.
#[must_use]
pub fn unreachable(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> Option<Unreachable> {
    if topology.is_on_host(client) {
        return from_host(topology, client, address);
    }
    if is_loopback(address.host) {
        return None;
    }
    match topology.broker_at(client, address.host) {
        Some(broker) if topology.share_network(client, &broker.service) => {
            at_broker(topology, client, broker, address.port?)
        }
        Some(_) => None,
        None => elsewhere(topology, client, address),
    }
}

/// Whether an address surely leads to a port of a broker that serves no container.
#[must_use]
pub fn serves_no_container(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> bool {
    unreachable(topology, client, address).is_some_and(|why| why.is_certain())
}

/// Why a client on the host's network reaches no broker. The host comes in at published ports, and knows of names what its own files say.
fn from_host(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> Option<Unreachable> {
    let is_own_name = |host: &str| client.extra_hosts.iter().any(|own| own == host);
    let apart = topology.brokers.iter().filter(|broker| !topology.is_on_host(&broker.service));
    if !is_loopback(address.host) {
        let is_container = apart.clone().any(|broker| broker.service.is_known_as(address.host));
        return (is_container && !is_own_name(address.host)).then_some(Unreachable::NameOnHost);
    }
    let (broker, target) = apart.clone().find_map(|broker| {
        let target = broker.service.ports.iter().find_map(|ports| ports.target_of(address.port?))?;
        Some((broker, target))
    })?;
    let told = listener_at(broker, target).filter(|_| !broker.is_configured_by_file())?;
    match &told.listener.host {
        ListenerHost::Named(host) if broker.service.is_known_as(host) && !is_loopback(host) && !is_own_name(host) => {
            Some(Unreachable::ContainerListener(host.clone()))
        }
        _ => None,
    }
}

fn at_broker(topology: &Topology, client: &Service, broker: &Broker, port: u16) -> Option<Unreachable> {
    let listeners = &broker.listeners;
    if broker.is_configured_by_file() || !listeners.malformed.is_empty() {
        return None;
    }
    let resolves = |host: &str| topology.resolves(client, &broker.service, host);
    let is_usable = listeners.advertised.iter().any(|told| {
        told.listener.port == port && !matches!(outcome(listeners, told, &resolves), InternalListener::OnlyLoopback(_))
    });
    if is_usable {
        return None;
    }
    if let Some(name) = host_listener(broker, port) {
        return Some(Unreachable::HostListener(name));
    }
    // What an image binds by default, variables that are not known may move.
    let derives = broker.family.derives_listeners && listeners.setting("advertised.listeners").is_some();
    let bound = listeners.bound.as_ref().filter(|_| derives || listeners.setting("listeners").is_some())?;
    match bound.iter().find(|bound| bound.port == port) {
        Some(bound) if listeners.is_for_controllers(&bound.name) => Some(Unreachable::ControllerPort),
        Some(_) => None,
        None => {
            let target = broker.service.ports.iter().find_map(|ports| ports.target_of(port));
            let target = target.filter(|target| bound.iter().any(|bound| bound.port == *target));
            Some(target.map_or(Unreachable::ClosedPort, Unreachable::PublishedPort))
        }
    }
}

/// The listener that is bound to a port and sends its clients to localhost.
fn host_listener(broker: &Broker, port: u16) -> Option<String> {
    let told = listener_at(broker, port)?;
    let outcome = outcome(&broker.listeners, told, &|host| broker.service.is_known_as(host));
    matches!(outcome, InternalListener::OnlyLoopback(_)).then(|| told.listener.name.clone())
}

/// What a broker tells the clients that come in at a port of its container.
fn listener_at(broker: &Broker, port: u16) -> Option<&AdvertisedListener> {
    let listeners = &broker.listeners;
    let is_at_port = |name: &str, own: u16| listeners.bound_as(name).map_or(own, |bound| bound.port) == port;
    listeners.advertised.iter().find(|told| is_at_port(&told.listener.name, told.listener.port))
}

fn elsewhere(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> Option<Unreachable> {
    let host = address.host;
    if let Some(service) = topology.project.service(host) {
        return is_zookeeper(service).then_some(Unreachable::ZooKeeper);
    }
    let port = address.port?;
    if HOST_GATEWAY_NAMES.contains(&host) {
        let leads_back = |broker: &Broker| {
            let target = broker.service.ports.iter().find_map(|ports| ports.target_of(port));
            target.is_some_and(|target| host_listener(broker, target).is_some())
        };
        return topology.brokers.iter().any(leads_back).then_some(Unreachable::HostGateway);
    }
    if let Ok(number) = host.parse::<Ipv4Addr>() {
        let is_bound = |broker: &Broker| broker.listeners.bound.iter().flatten().any(|bound| bound.port == port);
        let is_container = is_of_default_pool(number) && topology.brokers.iter().any(is_bound);
        return is_container.then_some(Unreachable::ContainerAddress);
    }
    let is_known = topology.services_known_as(host).next().is_some()
        || client.extra_hosts.iter().any(|own| own == host)
        || client.links.iter().any(|(_, alias)| alias == host);
    let mut networks = client.attachment.memberships().iter().map(|membership| &membership.network);
    let may_be_of_others = networks.any(|network| topology.project.external_networks.contains(network));
    let is_meant = || {
        let is_near = |name: &str| name.len() > 3 && is_near_miss(name, host);
        let lower = host.to_ascii_lowercase();
        BROKER_WORDS.iter().any(|word| lower.contains(word))
            || topology.brokers.iter().any(|broker| is_near(&broker.service.name))
    };
    let is_missing = !host.contains(['.', ':']) && !is_known && !may_be_of_others && is_meant();
    is_missing.then_some(Unreachable::UnknownName)
}

fn is_zookeeper(service: &Service) -> bool {
    let image = service.image.as_ref().and_then(|image| Image::parse(image.as_str()));
    image.is_some_and(|image| image.repository.contains("zookeeper") && CATALOG.broker_family(&image).is_none())
}

/// Whether a container may have this address without being told: 172.17.0.0 to 172.31.255.255, but not a gateway, which is the host (moby,
/// `daemon/libnetwork/ipamutils`).
fn is_of_default_pool(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    a == 172 && (17..=31).contains(&b) && (c, d) != (0, 1)
}

/// Whether one word is easily written for the other: with a letter too many, too few or wrong (two in a longer one), or two swapped.
fn is_near_miss(name: &str, written: &str) -> bool {
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.to_lowercase().chars().collect();
        letters.sort_unstable();
        letters
    };
    match distance(name, written) {
        0 | 1 => true,
        2 => name.len() > 5 || letters(name) == letters(written),
        _ => false,
    }
}

/// How many letters must be put in, taken out or changed to make one word the other, whatever their case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.to_lowercase().chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_what_a_hand_slips_into() {
        for (name, written, expected) in [
            ("kafka", "kakfa", true),
            ("kafka", "kafak", true),
            ("kafka", "kafk", true),
            ("kafka", "Kafkaa", true),
            ("kafka", "kaffe", false),
            ("redpanda", "repdanda", true),
            ("redpanda", "redis", false),
        ] {
            assert_eq!(is_near_miss(name, written), expected, "{name} {written}");
        }
    }

    #[test]
    fn a_gateway_is_no_container() {
        let is = |text: &str| is_of_default_pool(text.parse().expect("an address"));
        assert_eq!(
            (is("172.18.0.3"), is("172.17.0.1"), is("172.16.0.3"), is("192.168.1.7")),
            (true, false, false, false)
        );
    }
}
