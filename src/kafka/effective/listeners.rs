//! The listeners of a broker, from its effective configuration.

use super::EffectiveConfig;
use super::value::{Computation, Origin, UnknownReason};
use super::version::Version;
use crate::kafka::address::{is_loopback, port};
use crate::kafka::listener::{DEFAULT_PORT, SecurityProtocol, protocol_map};
use crate::text::Span;

/// Where an address leads, seen from the broker's container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Every interface as written: an empty text, `0.0.0.0` or `::`. Kafka does not advertise it.
    Any(String),
    /// `localhost` or an equivalent address, as written.
    Loopback(String),
    /// The host name or the address of the container, without a text: other containers of its networks can use it.
    Container,
    /// A name of the container as written: other containers of its networks can use it.
    Own(String),
    /// Another name or address.
    Other(String),
    /// A text that is not known, such as `${HOST_IP}`.
    Unknown(String),
}

/// One side of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Where it leads.
    pub host: Host,
    /// The port; `None` if it is not known.
    pub port: Option<u16>,
    /// The trimmed entry, in bytes of the text of its property; empty if there is no text.
    pub span: Span,
    /// Its origin; [`Origin::Kafka`] if Kafka derives it.
    pub origin: Origin,
}

/// What a listener is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerRole {
    /// For clients.
    Client,
    /// For clients, and for the brokers among themselves.
    InterBroker,
    /// For the controllers of the cluster; clients cannot use it.
    Controller,
}

/// A listener of a broker: its bound and its advertised address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Its name as it is written; empty only for one of Redpanda's that has none.
    pub name: String,
    /// What it binds; `None` if nothing binds it, or if that is not known.
    pub bound: Option<Address>,
    /// What clients are sent to; `None` if it is not advertised, or if that is not known.
    pub advertised: Option<Address>,
    /// Its security protocol; `None` if the protocol map does not contain it.
    pub protocol: Option<SecurityProtocol>,
    /// What it is for.
    pub role: ListenerRole,
}

/// All listeners of a broker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listeners {
    /// Each name once: the bound ones in their order, then those that are only advertised.
    pub listeners: Vec<Listener>,
    /// Why it is not known what is bound; `None` if it is.
    pub bound_unknown: Option<UnknownReason>,
    /// Why it is not known what is advertised; `None` if it is.
    pub advertised_unknown: Option<UnknownReason>,
    /// Entries that are not listeners: the property and the entry as written.
    pub malformed: Vec<(&'static str, String)>,
}

impl Listeners {
    /// A listener by its name, in any case.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Listener> {
        self.listeners.iter().find(|own| own.name.eq_ignore_ascii_case(name))
    }

    /// Those that clients can use.
    pub fn for_clients(&self) -> impl Iterator<Item = &Listener> {
        self.listeners.iter().filter(|own| own.role != ListenerRole::Controller)
    }
}

/// What every image's sample calls the listener of controllers (apache/kafka `docker/server.properties`), where no setting names it.
const CONTROLLER: &str = "CONTROLLER";

/// The list of one property.
struct Side {
    entries: Vec<(String, Address)>,
    unknown: Option<UnknownReason>,
}

impl EffectiveConfig {
    /// Its listeners, as Kafka would take them (apache/kafka `core/src/main/scala/kafka/server/KafkaConfig.scala`).
    #[must_use]
    pub fn listeners(&self) -> Listeners {
        let mut malformed = Vec::new();
        let bound = self.side("listeners", &mut malformed).unwrap_or_else(|| self.default_bound());
        let advertised = self.side("advertised.listeners", &mut malformed);
        let advertised = advertised.or_else(|| self.former_advertised());
        let roles = Roles::of(self);
        let advertised = advertised.unwrap_or_else(|| self.derived_advertised(&bound, &roles));
        let mut listeners: Vec<Listener> = Vec::new();
        for (name, address) in bound.entries {
            listeners.push(self.listener(name, &roles, Some(address), None));
        }
        for (name, mut address) in advertised.entries {
            if matches!(address.host, Host::Any(_)) && address.span.is_empty() {
                address.host = self.own_host();
            }
            // Of two of one name, which Kafka refuses, each stays.
            let is_open = |own: &&mut Listener| own.advertised.is_none() && own.name.eq_ignore_ascii_case(&name);
            match listeners.iter_mut().find(is_open) {
                Some(own) => own.advertised = Some(address),
                None => listeners.push(self.listener(name, &roles, None, Some(address))),
            }
        }
        Listeners { listeners, bound_unknown: bound.unknown, advertised_unknown: advertised.unknown, malformed }
    }

    /// The entries of a property; `None` if it is not set.
    fn side(&self, property: &'static str, malformed: &mut Vec<(&'static str, String)>) -> Option<Side> {
        let Some(own) = self.property(property) else {
            let reason = self.why_unknown(property)?.clone();
            return Some(Side { entries: Vec::new(), unknown: Some(reason) });
        };
        let Some(text) = own.value.shape() else {
            return Some(Side { entries: Vec::new(), unknown: own.value.reason().cloned() });
        };
        let is_advertised = property == "advertised.listeners";
        let mut entries = Vec::new();
        let mut start = 0;
        for piece in text.split(',') {
            let entry = piece.trim();
            let entry_start = start + (piece.len() - piece.trim_start().len());
            start += piece.len() + 1;
            if entry.is_empty() {
                continue;
            }
            let Some((name, host, port)) = parts(entry, self.family.redpanda) else {
                malformed.push((property, entry.to_owned()));
                continue;
            };
            let host = if host.is_empty() && is_advertised { self.own_host() } else { self.host(host, own.origin) };
            let span = Span::new(entry_start, entry_start + entry.len());
            entries.push((name.to_owned(), Address { host, port, span, origin: own.origin.clone() }));
        }
        Some(Side { entries, unknown: None })
    }

    /// The host that the container has for itself: its own address, or that of `hostname: localhost`.
    fn own_host(&self) -> Host {
        let own_name = &self.environment.own_name;
        if is_loopback(own_name) { Host::Loopback(own_name.clone()) } else { Host::Container }
    }

    fn host(&self, host: &str, origin: &Origin) -> Host {
        let computes_own = matches!(origin, Origin::Computed { how: Computation::OwnAddress, .. });
        if host.contains("${") {
            Host::Unknown(host.to_owned())
        } else if ["", "0.0.0.0", "::"].contains(&host) {
            Host::Any(host.to_owned())
        } else if computes_own && host == self.environment.own_name {
            self.own_host()
        } else if self.container.names.iter().any(|name| name.eq_ignore_ascii_case(host)) {
            Host::Own(host.to_owned())
        } else if is_loopback(host) {
            Host::Loopback(host.to_owned())
        } else {
            Host::Other(host.to_owned())
        }
    }

    /// What Kafka binds where nothing says it: until 3.0 `host.name` and `port` count.
    fn default_bound(&self) -> Side {
        let entry = |host: &str, port, origin| {
            let host = self.host(host, &Origin::Kafka);
            ("PLAINTEXT".to_owned(), Address { host, port: Some(port), span: Span::empty(0), origin })
        };
        let (host, port) = (self.former("host.name"), self.former("port"));
        let origin = host.clone().or(port.clone()).map_or(Origin::Kafka, |(_, origin)| origin);
        let host = host.map_or(String::new(), |(host, _)| host);
        let port = port.and_then(|(port, _)| port.trim().parse().ok()).unwrap_or(DEFAULT_PORT);
        Side { entries: vec![entry(&host, port, origin)], unknown: None }
    }

    /// What Kafka before 3.0 advertises by the host and the port alone.
    fn former_advertised(&self) -> Option<Side> {
        let (host, port) = (self.former("advertised.host.name"), self.former("advertised.port"));
        let origin = host.clone().or(port.clone())?.1;
        let host = match host.or_else(|| self.former("host.name")) {
            Some((host, _)) if !host.is_empty() => self.host(&host, &origin),
            _ => self.own_host(),
        };
        let port = port.or_else(|| self.former("port"));
        let port = port.map_or(Some(DEFAULT_PORT), |(port, _)| port.trim().parse().ok());
        let address = Address { host, port, span: Span::empty(0), origin };
        Some(Side { entries: vec![("PLAINTEXT".to_owned(), address)], unknown: None })
    }

    /// A property that Kafka supports until 3.0, with its text as far as it is known.
    fn former(&self, property: &str) -> Option<(String, Origin)> {
        let third = Version::parse("3.0")?;
        let own = self.property(property).filter(|_| !self.kafka.are_at_least(&third))?;
        Some((own.value.shape().unwrap_or("${…}").to_owned(), own.origin.clone()))
    }

    /// The default for the advertised listeners: the bound ones, except those for controllers.
    fn derived_advertised(&self, bound: &Side, roles: &Roles) -> Side {
        let is_for_clients = |(name, _): &&(String, Address)| !roles.is_controller(name);
        let derived = |(name, address): &(String, Address)| {
            // No host is the container's own; 0.0.0.0 stays what it is, and Kafka refuses it.
            let is_blank = address.host == Host::Any(String::new());
            let host = if is_blank { self.own_host() } else { address.host.clone() };
            (name.clone(), Address { host, origin: Origin::Kafka, ..address.clone() })
        };
        let entries = bound.entries.iter().filter(is_for_clients).map(derived).collect();
        Side { entries, unknown: bound.unknown.clone() }
    }

    fn listener(&self, name: String, roles: &Roles, bound: Option<Address>, advertised: Option<Address>) -> Listener {
        let (role, protocol) = (roles.role(&name), roles.protocol(&name));
        Listener { name, bound, advertised, protocol, role }
    }
}

/// The other settings of listeners.
struct Roles {
    controllers: Vec<String>,
    /// Whether the node is nothing but a controller.
    is_controller_only: bool,
    is_kraft: bool,
    inter_broker: String,
    map: Option<Vec<(String, SecurityProtocol)>>,
    has_map: bool,
}

impl Roles {
    fn of(config: &EffectiveConfig) -> Self {
        let text = |property: &str| config.property(property).and_then(|own| own.value.shape().map(str::to_owned));
        let roles = text("process.roles").unwrap_or_default();
        let mut roles = roles.split(',').map(str::trim).filter(|role| !role.is_empty()).peekable();
        let is_kraft = roles.peek().is_some();
        let names = text("controller.listener.names").filter(|names| !names.trim().is_empty());
        let names = names.unwrap_or_else(|| CONTROLLER.to_owned());
        let map = text("listener.security.protocol.map");
        Self {
            controllers: names.split(',').map(|name| name.trim().to_owned()).collect(),
            is_controller_only: is_kraft && roles.all(|role| role == "controller"),
            is_kraft,
            inter_broker: text("inter.broker.listener.name")
                .or_else(|| text("security.inter.broker.protocol"))
                .unwrap_or_else(|| "PLAINTEXT".to_owned()),
            has_map: map.is_some(),
            map: map.and_then(|map| protocol_map(&map)),
        }
    }

    fn is_controller(&self, name: &str) -> bool {
        self.is_controller_only || self.controllers.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    fn role(&self, name: &str) -> ListenerRole {
        if self.is_controller(name) {
            ListenerRole::Controller
        } else if self.inter_broker.trim().eq_ignore_ascii_case(name) {
            ListenerRole::InterBroker
        } else {
            ListenerRole::Client
        }
    }

    fn protocol(&self, name: &str) -> Option<SecurityProtocol> {
        if self.has_map {
            let map = self.map.iter().flatten();
            return map.clone().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, protocol)| *protocol);
        }
        let named = SecurityProtocol::from_name(name);
        // With KRaft, the listeners of controllers also use PLAINTEXT by default.
        named.or((self.is_kraft && self.is_controller(name)).then_some(SecurityProtocol::Plaintext))
    }
}

/// The name, host and port of an entry; a port that is not known is `None`.
fn parts(entry: &str, is_redpanda: bool) -> Option<(&str, &str, Option<u16>)> {
    let (name, address) = match entry.split_once("://") {
        Some((name, address)) if is_redpanda || !name.is_empty() => (name, address),
        None if is_redpanda => ("", entry),
        _ => return None,
    };
    let (host, port) = match address.rsplit_once(':') {
        Some((host, digits)) if !digits.ends_with(']') => {
            (host, if digits.contains("${") { None } else { Some(port(digits)?) })
        }
        _ if is_redpanda => (address, Some(DEFAULT_PORT)),
        // The unknown part may contain the port.
        _ if address.ends_with('}') => (address, None),
        _ => return None,
    };
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let is_named = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let is_host = host.contains("${") || !host.contains(|c: char| c.is_whitespace() || "/\"'[]".contains(c));
    (is_named && is_host).then_some((name, host, port))
}

impl Listener {
    /// Whether clients need credentials or certificates.
    #[must_use]
    pub fn is_secured(&self) -> bool {
        self.protocol.is_some_and(|protocol| protocol != SecurityProtocol::Plaintext)
    }
}
