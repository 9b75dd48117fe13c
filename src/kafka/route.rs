//! Where an address leads a client: to a listener that serves it, or not, and why.

use std::fmt;
use std::net::Ipv4Addr;

use crate::compose::Service;
use crate::kafka::address::{BrokerAddress, is_loopback, is_web_scheme};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::AdvertisedListener;
use crate::kafka::catalog::AddressForm;
use crate::kafka::internal_listener::{HOST_GATEWAY_NAMES, InternalListener, outcome};
use crate::kafka::listener::{ListenerHost, SecurityProtocol};
use crate::kafka::topology::{Topology, has_port, is_own_loopback};
use crate::kafka::zookeeper::is_zookeeper;

/// Where an address leads a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// To a listener that sends it to an address that it reaches.
    Reaches,
    /// Unknown, for this reason.
    Unknown(Doubt),
    /// To the client itself.
    Loopback,
    /// Nowhere: the client shares no network with this broker.
    NoSharedNetwork(String),
    /// To a listener with this name that advertises localhost, for programs on the host.
    HostListener(String),
    /// Nowhere: it is the port at which the host opens one of the broker.
    PublishedPort,
    /// To a listener of this name that sends its clients to this port, at which the broker does not listen.
    MovedListener(String, u16),
    /// To the broker's listener for controllers, which serves no client.
    ControllerPort,
    /// Nowhere: the broker does not listen there.
    ClosedPort,
    /// To a ZooKeeper.
    ZooKeeper,
    /// To the host, where the port leads back to a listener of the project's broker that sends its clients to localhost.
    HostGateway,
    /// To a listener of the project's broker, by a name of the host that only Docker Desktop resolves.
    NameOfHost,
    /// To a listener that sends its clients to this name of the host, which only Docker Desktop resolves.
    ListenerOnHost(String),
    /// Nowhere: nothing in the project has this name.
    UnknownName,
    /// To a container, as long as Docker assigns this address to it again.
    ContainerAddress,
    /// Nowhere: the client is on the host's network, where containers have no names.
    NameOnHost,
    /// To a listener that sends its clients to this name, which does not resolve for this one.
    UnknownListener(String),
    /// To a listener that speaks another security protocol than the client.
    WrongProtocol {
        /// The client's.
        client: SecurityProtocol,
        /// The listener's.
        listener: SecurityProtocol,
    },
    /// To a listener that serves it, but in a form that the client does not accept.
    Form(Form),
}

/// Why it is unknown where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The address has no port, and where the client takes it from is not known.
    NoPort,
    /// What this broker advertises is not in the project's files, or cannot be read.
    Broker(String),
    /// The host is not a known broker of the project.
    Host(String),
}

/// What a client does not accept in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// This scheme.
    Scheme(String),
    /// A path.
    Path,
    /// An address without a port.
    NoPort,
}

impl Route {
    /// Where an address leads a service, as far as networks, names and listeners decide.
    #[must_use]
    pub fn of(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> Self {
        if is_own_loopback(topology, client, address.host) {
            return Self::Loopback;
        }
        if topology.is_on_host(client) {
            return from_host(topology, client, address);
        }
        let unknown_host = || Self::Unknown(Doubt::Host(address.host.to_owned()));
        if is_loopback(address.host) {
            let beside = topology.broker_beside(client).zip(address.port);
            let is_bound =
                |(broker, port): (&Broker, u16)| listener_at(broker, port).is_some() && !broker.is_configured_by_file();
            return if beside.is_some_and(is_bound) { Self::Reaches } else { unknown_host() };
        }
        match topology.broker_at(client, address.host) {
            Some(broker) if !topology.share_network(client, &broker.service) => {
                Self::NoSharedNetwork(broker.service.name.clone())
            }
            Some(broker) => {
                address.port.map_or(Self::Unknown(Doubt::NoPort), |port| at_broker(topology, client, broker, port))
            }
            None => elsewhere(topology, client, address).unwrap_or_else(unknown_host),
        }
    }

    /// Where an address leads a service that shares a network with the broker of this name; `None` if it is not a broker's.
    #[must_use]
    pub fn by_listeners(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> Option<Self> {
        let broker = topology.broker_at(client, address.host)?;
        Some(at_broker(topology, client, broker, address.port?))
    }

    /// Whether the address surely serves this client nothing.
    #[must_use]
    pub const fn is_broken(&self) -> bool {
        !matches!(self, Self::Reaches | Self::Unknown(_))
    }

    /// Whether it depends on where the project runs whether the client gets there.
    #[must_use]
    pub const fn is_broken_on_linux(&self) -> bool {
        matches!(self, Self::NameOfHost | Self::ListenerOnHost(_))
    }

    /// Whether the address is right without what the client does not accept.
    #[must_use]
    pub const fn has_surplus(&self) -> bool {
        matches!(self, Self::Form(form) if form.is_surplus())
    }

    /// An address with the part of it that this is about.
    #[must_use]
    pub fn shown(&self, address: &BrokerAddress<'_>) -> String {
        match self {
            Self::Form(Form::Scheme(scheme)) => format!("{scheme}://{}", address.host_port()),
            Self::Form(Form::Path) => format!("{}/…", address.host_port()),
            _ => address.host_port().to_string(),
        }
    }

    /// Whether it is surely a port of a broker, and one that serves no container.
    #[must_use]
    pub const fn is_at_wrong_port(&self) -> bool {
        matches!(
            self,
            Self::HostListener(_)
                | Self::PublishedPort
                | Self::MovedListener(..)
                | Self::ControllerPort
                | Self::UnknownListener(_)
                | Self::ListenerOnHost(_)
        )
    }
}

impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reaches => formatter.write_str("it reaches the broker there"),
            Self::Unknown(doubt) => doubt.fmt(formatter),
            Self::Loopback => formatter.write_str("inside the container localhost is the container itself"),
            Self::NoSharedNetwork(broker) => write!(formatter, "it shares no network with `{broker}`"),
            Self::HostListener(name) => {
                write!(formatter, "the listener there (`{name}`) redirects clients to localhost")
            }
            Self::PublishedPort => {
                formatter.write_str("that port is published on the host and does not exist inside the network")
            }
            Self::MovedListener(name, port) => write!(
                formatter,
                "the listener `{name}` there redirects clients to port {port}, on which the broker does not listen"
            ),
            Self::ControllerPort => formatter.write_str("this is the controller listener, which clients cannot use"),
            Self::ClosedPort => formatter.write_str("the broker does not listen on that port"),
            Self::ZooKeeper => formatter.write_str("this is ZooKeeper, not a Kafka broker"),
            Self::HostGateway => {
                formatter.write_str("the listener published there redirects clients to localhost, the container itself")
            }
            Self::NameOfHost => formatter.write_str("on Linux that name needs `extra_hosts`"),
            Self::ListenerOnHost(name) => {
                write!(formatter, "the listener there advertises `{name}`, which on Linux needs `extra_hosts`")
            }
            Self::UnknownName => formatter.write_str("that name does not resolve: nothing in the project has it"),
            Self::ContainerAddress => {
                formatter.write_str("container IP addresses change when the container is recreated")
            }
            Self::NameOnHost => formatter.write_str("it uses host networking, where service names do not resolve"),
            Self::UnknownListener(name) => {
                write!(formatter, "the listener there advertises `{name}`, which does not resolve for this service")
            }
            Self::WrongProtocol { client, listener } => {
                write!(formatter, "the client uses {client}, and the listener there uses {listener}")
            }
            Self::Form(form) => form.fmt(formatter),
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPort => formatter.write_str("the address has no port"),
            Self::Broker(name) => write!(formatter, "cannot tell what `{name}` advertises"),
            Self::Host(host) => write!(formatter, "cannot tell what answers at `{host}`"),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme(scheme) => write!(formatter, "the client does not accept `{scheme}://` before an address"),
            Self::Path => formatter.write_str("a broker address cannot have a path"),
            Self::NoPort => formatter.write_str("the client requires a port"),
        }
    }
}

impl Form {
    /// Whether the address is right without what is not accepted: its scheme, or a path.
    #[must_use]
    pub const fn is_surplus(&self) -> bool {
        matches!(self, Self::Scheme(_) | Self::Path)
    }

    /// The problem with the form of an address for a client that accepts these forms; `None` if there is none, or if it is unknown.
    #[must_use]
    pub fn of(address: &BrokerAddress<'_>, accepted: Option<&AddressForm>) -> Option<Self> {
        let refuses = |scheme: &&str| match accepted {
            Some(form) => !form.takes_scheme(scheme),
            // Kafka speaks no HTTP.
            None => is_web_scheme(scheme),
        };
        if address.has_bare_path {
            return Some(Self::Path);
        }
        match address.scheme.filter(refuses) {
            Some(scheme) => Some(Self::Scheme(scheme.to_owned())),
            None => (address.port.is_none() && accepted.is_some_and(|form| form.needs_port)).then_some(Self::NoPort),
        }
    }
}

/// Words that only names of brokers contain.
const BROKER_WORDS: [&str; 3] = ["kafka", "broker", "redpanda"];

/// Whether an address surely leads to a port of a broker that serves no container.
#[must_use]
pub fn serves_no_container(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> bool {
    Route::of(topology, client, address).is_at_wrong_port()
}

/// The security protocol of the listener that a client enters at an address; `None` if that is not known.
#[must_use]
pub fn protocol_at(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> Option<SecurityProtocol> {
    listener_at(topology.broker_at(client, address.host)?, address.port?)?.protocol
}

/// Where an address leads a client with host networking. It connects to published ports and resolves only names of the host.
fn from_host(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> Route {
    let known = known_from_host(topology, client, address);
    known.unwrap_or_else(|| Route::Unknown(Doubt::Host(address.host.to_owned())))
}

fn known_from_host(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> Option<Route> {
    let is_own_name = |host: &str| client.extra_hosts.iter().any(|own| own == host);
    let apart = topology.brokers.iter().filter(|broker| !topology.is_on_host(&broker.service));
    if !is_loopback(address.host) {
        let is_container = apart.clone().any(|broker| broker.service.is_known_as(address.host));
        return (is_container && !is_own_name(address.host)).then_some(Route::NameOnHost);
    }
    let (broker, target) = apart.clone().find_map(|broker| {
        let target = broker.service.ports.iter().find_map(|ports| ports.target_of(address.port?))?;
        Some((broker, target))
    })?;
    let advertised = listener_at(broker, target).filter(|_| !broker.is_configured_by_file())?;
    let is_open = |port: u16| broker.service.ports.iter().any(|ports| ports.opens(port));
    match &advertised.listener.host {
        ListenerHost::Named(host) if is_loopback(host) && is_open(advertised.listener.port) => Some(Route::Reaches),
        ListenerHost::Named(host) if broker.service.is_known_as(host) && !is_loopback(host) && !is_own_name(host) => {
            Some(Route::UnknownListener(host.clone()))
        }
        _ => None,
    }
}

fn at_broker(topology: &Topology, client: &Service, broker: &Broker, port: u16) -> Route {
    let listeners = &broker.listeners;
    let unknown = || Route::Unknown(Doubt::Broker(broker.service.name.clone()));
    if broker.is_configured_by_file() || listeners.is_malformed {
        return unknown();
    }
    let redirected = listener_on_host(topology, client, broker, port);
    if let Some(route) = redirected.or_else(|| unknown_listener(topology, client, broker, port)) {
        return route;
    }
    let resolves = |host: &str| topology.resolves(client, &broker.service, host);
    let is_usable = listeners.advertised.iter().any(|advertised| {
        advertised.listener.port == port
            && !matches!(outcome(listeners, advertised, &resolves), InternalListener::OnlyLoopback(_))
    });
    if is_usable {
        return Route::Reaches;
    }
    if let Some(name) = host_listener(broker, port) {
        return Route::HostListener(name);
    }
    let Some(bound) = &listeners.bound else { return unknown() };
    match bound.iter().find(|bound| bound.port == port) {
        Some(bound) if listeners.is_for_controllers(&bound.name) => Route::ControllerPort,
        Some(bound) => moved_listener(broker, &bound.name, bound.port).unwrap_or_else(unknown),
        None => {
            let target = broker.service.ports.iter().find_map(|ports| ports.target_of(port));
            let target = target.filter(|target| bound.iter().any(|bound| bound.port == *target));
            target.map_or(Route::ClosedPort, |_| Route::PublishedPort)
        }
    }
}

/// Where the listener at a port of a broker leads that sends its clients to the host, where the same port leads back to it; `None` for any
/// other listener.
fn listener_on_host(topology: &Topology, client: &Service, broker: &Broker, port: u16) -> Option<Route> {
    let advertised = &listener_at(broker, port)?.listener;
    let ListenerHost::Named(host) = &advertised.host else { return None };
    let target = broker.service.ports.iter().find_map(|ports| ports.target_of(advertised.port));
    if !HOST_GATEWAY_NAMES.contains(&host.as_str())
        || target != Some(port)
        || topology.resolves(client, &broker.service, host)
    {
        return None;
    }
    let is_known = client.extra_hosts.contains(host);
    Some(if is_known { Route::Reaches } else { Route::ListenerOnHost(host.clone()) })
}

/// Where a listener leads that sends its clients to a name that nothing has. That may be a name of another machine, unless it is like a
/// broker's, or another listener is for containers.
fn unknown_listener(topology: &Topology, client: &Service, broker: &Broker, port: u16) -> Option<Route> {
    let ListenerHost::Named(host) = &listener_at(broker, port)?.listener.host else { return None };
    let is_for_client = |advertised: &AdvertisedListener| matches!(&advertised.listener.host, ListenerHost::Named(own) if topology.resolves(client, &broker.service, own));
    let is_meant = || resembles_broker(topology, host) || broker.listeners.advertised.iter().any(is_for_client);
    let is_missing = !is_loopback(host) && is_nobodys(topology, client, host) && is_meant();
    is_missing.then(|| Route::UnknownListener(host.clone()))
}

/// The listener that is bound to a port and sends its clients to localhost.
fn host_listener(broker: &Broker, port: u16) -> Option<String> {
    let advertised = listener_at(broker, port)?;
    let outcome = outcome(&broker.listeners, advertised, &|host| broker.service.is_known_as(host));
    matches!(outcome, InternalListener::OnlyLoopback(_)).then(|| advertised.listener.name.clone())
}

/// A listener that sends its clients to the broker itself, and to a port at which nothing is bound.
fn moved_listener(broker: &Broker, name: &str, port: u16) -> Option<Route> {
    let listeners = &broker.listeners;
    let advertised =
        &listener_at(broker, port).filter(|advertised| advertised.listener.name.eq_ignore_ascii_case(name))?.listener;
    let is_own = match &advertised.host {
        ListenerHost::Named(host) => broker.service.is_known_as(host) && !is_loopback(host),
        ListenerHost::Container | ListenerHost::Unspecified => true,
    };
    let is_bound = listeners.bound.iter().flatten().any(|bound| bound.port == advertised.port);
    (is_own && !is_bound).then(|| Route::MovedListener(advertised.name.clone(), advertised.port))
}

/// The advertised listener at a port of a broker's container.
fn listener_at(broker: &Broker, port: u16) -> Option<&AdvertisedListener> {
    let listeners = &broker.listeners;
    let is_at_port = |name: &str, own: u16| listeners.bound_as(name).map_or(own, |bound| bound.port) == port;
    listeners.advertised.iter().find(|advertised| is_at_port(&advertised.listener.name, advertised.listener.port))
}

fn elsewhere(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> Option<Route> {
    let host = address.host;
    if let Some(service) = topology.project.service(host) {
        return is_zookeeper(service).then_some(Route::ZooKeeper);
    }
    if HOST_GATEWAY_NAMES.contains(&host) {
        return through_host(topology, client, address);
    }
    if let Ok(number) = host.parse::<Ipv4Addr>() {
        let port = address.port?;
        let is_bound = |broker: &Broker| broker.listeners.bound.iter().flatten().any(|bound| bound.port == port);
        let is_container = is_of_default_pool(number) && topology.brokers.iter().any(is_bound);
        return is_container.then_some(Route::ContainerAddress);
    }
    let is_brokers = |port| topology.brokers.iter().any(|broker| has_port(broker, port));
    let is_meant = || resembles_broker(topology, host) || address.port.is_some_and(is_brokers);
    (is_nobodys(topology, client, host) && is_meant()).then_some(Route::UnknownName)
}

/// Whether nothing that a service can see in the project has a name without a dot.
fn is_nobodys(topology: &Topology, client: &Service, host: &str) -> bool {
    let is_known = is_compose_name(topology, host)
        || topology.services_known_as(host).next().is_some()
        || client.extra_hosts.iter().any(|own| own == host)
        || client.links.iter().any(|(_, alias)| alias == host);
    let mut networks = client.attachment.memberships().iter().map(|membership| &membership.network);
    let may_be_of_others = networks.any(|network| topology.project.external_networks.contains(network));
    !host.contains(['.', ':']) && !is_known && !may_be_of_others
}

/// Where a name of the host and a port that a broker publishes lead; `None` if that is not known.
fn through_host(topology: &Topology, client: &Service, address: &BrokerAddress<'_>) -> Option<Route> {
    let port = address.port?;
    let route_at = |broker: &Broker| {
        let target = broker.service.ports.iter().find_map(|ports| ports.target_of(port))?;
        if host_listener(broker, target).is_some() {
            return Some(Route::HostGateway);
        }
        let route = listener_on_host(topology, client, broker, target).filter(|_| !broker.is_configured_by_file())?;
        Some(match route {
            Route::Reaches if client.extra_hosts.iter().any(|own| own == address.host) => Route::Reaches,
            _ => Route::NameOfHost,
        })
    };
    topology.brokers.iter().find_map(route_at)
}

/// Whether a host has the name of a broker, or nearly that of a broker of the project.
#[must_use]
pub fn resembles_broker(topology: &Topology, host: &str) -> bool {
    let is_near = |name: &str| name.len() > 3 && is_near_miss(name, host);
    let lower = host.to_ascii_lowercase();
    BROKER_WORDS.iter().any(|word| lower.contains(word))
        || topology.brokers.iter().any(|broker| is_near(&broker.service.name))
}

/// Whether a host may be the name of a container that Compose creates for a service: `project-service-1`, or with `_` before version 2.
fn is_compose_name(topology: &Topology, host: &str) -> bool {
    let Some((before, number)) = host.rsplit_once(['-', '_']) else { return false };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_service = |name: &str| {
        before.strip_suffix(name).is_some_and(|project| project.len() > 1 && project.ends_with(['-', '_']))
    };
    is_number && topology.project.services.iter().any(|service| is_service(&service.name))
}

/// Whether Docker may assign this address to a container: 172.17.0.0 to 172.31.255.255, except a gateway, which is the host (moby,
/// `daemon/libnetwork/ipamutils`).
fn is_of_default_pool(address: Ipv4Addr) -> bool {
    let [a, b, c, d] = address.octets();
    a == 172 && (17..=31).contains(&b) && (c, d) != (0, 1)
}

/// Whether one word is a misspelling of the other: with an added, missing or different letter, or two swapped; in a longer word twice.
fn is_near_miss(name: &str, written: &str) -> bool {
    let slips = strsim::osa_distance(&name.to_lowercase(), &written.to_lowercase());
    slips <= if name.len() > 5 { 2 } else { 1 }
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
