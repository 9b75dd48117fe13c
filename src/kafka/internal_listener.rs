//! Choosing the listener that other containers of the project use.

use crate::kafka::address::is_loopback;
use crate::kafka::broker_listeners::{AdvertisedListener, BrokerListeners};
use crate::kafka::listener::{Listener, ListenerHost};

/// Names of the host inside a container: Docker Desktop, its older releases, Podman, Lima.
pub const HOST_GATEWAY_NAMES: [&str; 6] = [
    "host.docker.internal",
    "gateway.docker.internal",
    "docker.for.mac.localhost",
    "docker.for.mac.host.internal",
    "host.containers.internal",
    "host.lima.internal",
];

/// Where a broker sends a client that is another container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InternalListener<'a> {
    /// To a name that the client resolves and a port that is bound. Where its host is [`ListenerHost::Container`], any name
    /// of the broker's service will do. If it is secured, the broker has no other listener for containers.
    Address(&'a AdvertisedListener),
    /// To a name that the client resolves, but at a port or an interface where the broker does not listen.
    NotBound(&'a AdvertisedListener),
    /// To an IP address or a domain name outside the project, which may work through the host.
    External(&'a AdvertisedListener),
    /// To the host: Linux needs `extra_hosts`, and the port has to be published.
    HostGateway(&'a AdvertisedListener),
    /// To a name that nothing in the project has.
    UnknownName(&'a AdvertisedListener),
    /// To the client itself.
    OnlyLoopback(&'a AdvertisedListener),
    /// Nowhere that could be read: see [`BrokerListeners::advertised`].
    Unknown,
}

/// Whether a listener is for brokers among themselves, by its name.
#[must_use]
pub fn is_for_brokers(name: &str) -> bool {
    let name = name.to_ascii_uppercase().replace(['_', '-'], "");
    ["BROKER", "BROKERS", "INTERBROKER", "REPLICATION"].contains(&name.as_str())
}

/// The listener that a client in another container should use, or why there is none.
///
/// `resolves` returns whether the client resolves a host to this broker. Plain listeners come before secured ones, then those that are not
/// named after brokers, then the inter-broker listener before others, then the written order. Other names do not matter: people also use
/// `PLAINTEXT_HOST` for the container's side.
#[must_use]
pub fn internal_listener<'a>(broker: &'a BrokerListeners, resolves: &dyn Fn(&str) -> bool) -> InternalListener<'a> {
    let inter_broker = broker.inter_broker();
    let among_addresses = |address: &AdvertisedListener| {
        let name = &address.listener.name;
        (address.is_secured(), is_for_brokers(name), !name.eq_ignore_ascii_case(inter_broker))
    };
    let rank = |outcome: &InternalListener<'_>| match outcome {
        InternalListener::Address(address) => (0, Some(among_addresses(address))),
        InternalListener::NotBound(_) => (1, None),
        InternalListener::External(_) => (2, None),
        InternalListener::HostGateway(_) => (3, None),
        InternalListener::UnknownName(_) => (4, None),
        InternalListener::OnlyLoopback(_) => (5, None),
        InternalListener::Unknown => (6, None),
    };
    let outcomes = broker.advertised.iter().map(|advertised| outcome(broker, advertised, resolves));
    outcomes.min_by_key(rank).unwrap_or(InternalListener::Unknown)
}

/// Where a client in another container is redirected by the listener `advertised`.
#[must_use]
pub fn outcome<'a>(
    broker: &BrokerListeners,
    advertised: &'a AdvertisedListener,
    resolves: &dyn Fn(&str) -> bool,
) -> InternalListener<'a> {
    let host = match &advertised.listener.host {
        ListenerHost::Named(host) => Some(host.as_str()),
        ListenerHost::Unspecified | ListenerHost::Container => None,
    };
    match host {
        Some(host) if is_loopback(host) => InternalListener::OnlyLoopback(advertised),
        Some(host) if !resolves(host) => {
            if HOST_GATEWAY_NAMES.iter().any(|name| name.eq_ignore_ascii_case(host)) {
                InternalListener::HostGateway(advertised)
            } else if host.contains(['.', ':']) {
                InternalListener::External(advertised)
            } else {
                InternalListener::UnknownName(advertised)
            }
        }
        _ if broker.is_bound(&advertised.listener) => InternalListener::Address(advertised),
        _ => InternalListener::NotBound(advertised),
    }
}

impl BrokerListeners {
    /// Whether other containers reach the port of `advertised` at the listener with its name. Assumed if the bound listeners are unknown.
    fn is_bound(&self, advertised: &Listener) -> bool {
        let matches = |bound: &Listener| {
            bound.port == advertised.port && bound.name.eq_ignore_ascii_case(&advertised.name) && !binds_loopback(bound)
        };
        self.bound.as_ref().is_none_or(|bound| bound.iter().any(matches))
    }
}

/// Whether only the container itself can connect.
#[must_use]
pub fn binds_loopback(bound: &Listener) -> bool {
    matches!(&bound.host, ListenerHost::Named(host) if is_loopback(host) && host != "0.0.0.0" && host != "::")
}

impl Listener {
    /// Whether its host is the machine that asks: localhost, or every interface.
    #[must_use]
    pub fn names_loopback(&self) -> bool {
        matches!(&self.host, ListenerHost::Named(host) if is_loopback(host))
    }

    /// The host at which the broker's own container connects to this bound listener, for a health check: `localhost` if it listens there,
    /// else the name to which it is bound; `None` for the container's own address, to which any name of the broker's service resolves.
    #[must_use]
    pub fn probe_host(&self) -> Option<&str> {
        match &self.host {
            ListenerHost::Unspecified => Some("localhost"),
            ListenerHost::Container => None,
            ListenerHost::Named(host) => Some(if is_loopback(host) { "localhost" } else { host }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::effective::{Container, EffectiveConfig};

    /// The choice for a broker called `kafka`, as a word and the listener's name.
    fn choice(listeners: &str, advertised: &str, protocols: &str, inter_broker: &str) -> String {
        let mut container = Container::of_image("acme/broker", "kafka");
        for (name, text) in [
            ("KAFKA_LISTENERS", listeners),
            ("KAFKA_ADVERTISED_LISTENERS", advertised),
            ("KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", protocols),
            ("KAFKA_INTER_BROKER_LISTENER_NAME", inter_broker),
        ] {
            if !text.is_empty() {
                container.set(name, text);
            }
        }
        let broker = BrokerListeners::of(&EffectiveConfig::of(container));
        let (outcome, advertised) = match internal_listener(&broker, &|host| host == "kafka") {
            InternalListener::Address(advertised) => ("address", advertised),
            InternalListener::NotBound(advertised) => ("not bound", advertised),
            InternalListener::External(advertised) => ("external", advertised),
            InternalListener::HostGateway(advertised) => ("gateway", advertised),
            InternalListener::UnknownName(advertised) => ("unknown name", advertised),
            InternalListener::OnlyLoopback(advertised) => ("loopback", advertised),
            InternalListener::Unknown => return "unknown".to_owned(),
        };
        format!("{outcome} {}", advertised.listener.name)
    }

    #[test]
    fn the_host_decides_and_not_the_name() {
        for (advertised, expected) in [
            ("PLAINTEXT://kafka:29092,PLAINTEXT_HOST://localhost:9092", "address PLAINTEXT"),
            ("PLAINTEXT://localhost:19092,PLAINTEXT_HOST://kafka:9092", "address PLAINTEXT_HOST"),
            ("A://localhost:9092", "loopback A"),
            ("A://0.0.0.0:9092", "loopback A"),
            ("A://host.docker.internal:9092,B://localhost:1", "gateway A"),
            ("A://192.168.1.7:9092,B://localhost:1", "external A"),
            ("A://kafka.example.com:9092", "external A"),
            ("A://kafak:9092,B://localhost:1", "unknown name A"),
            ("A://:9092", "address A"),
            ("CONTROLLER://kafka:9093", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(choice("", advertised, "", ""), expected, "{advertised}");
        }
    }

    #[test]
    fn plain_listeners_come_first_then_the_one_between_brokers() {
        let two = "EXT://kafka:9092,INT://kafka:29092";
        assert_eq!(choice("", two, "", ""), "address EXT");
        assert_eq!(choice("", two, "", "int"), "address INT");
        assert_eq!(choice("", "EXT://kafka:9092,PLAINTEXT://kafka:29092", "", ""), "address PLAINTEXT");
        assert_eq!(choice("", two, "EXT:PLAINTEXT,INT:SASL_SSL", "INT"), "address EXT");
        assert_eq!(choice("", "SSL://kafka:9093", "", ""), "address SSL");
        assert_eq!(choice("", "BROKER://kafka:9093,INT://kafka:29092", "", "BROKER"), "address INT");
        assert_eq!(choice("", "BROKER://kafka:9093", "", "BROKER"), "address BROKER");
    }

    #[test]
    fn an_address_is_one_only_where_the_broker_listens() {
        let advertised = "A://kafka:29092,B://localhost:9092";
        for (listeners, expected) in [
            ("A://:29092,B://:9092", "address A"),
            ("A://0.0.0.0:29092,B://:9092", "address A"),
            ("A://kafka:29092,B://:9092", "address A"),
            ("A://:9092,B://:29092", "not bound A"),
            ("A://localhost:29092,B://:9092", "not bound A"),
            ("B://:9092", "not bound A"),
        ] {
            assert_eq!(choice(listeners, advertised, "", ""), expected, "{listeners}");
        }
    }

    #[test]
    fn a_probe_goes_where_the_listener_is_bound() {
        let host = |host: ListenerHost| {
            let listener = Listener { name: "A".to_owned(), host, port: 1 };
            listener.probe_host().map(str::to_owned)
        };
        assert_eq!(host(ListenerHost::Unspecified).as_deref(), Some("localhost"));
        assert_eq!(host(ListenerHost::Named("0.0.0.0".to_owned())).as_deref(), Some("localhost"));
        assert_eq!(host(ListenerHost::Named("kafka".to_owned())).as_deref(), Some("kafka"));
        assert_eq!(host(ListenerHost::Container), None);
    }
}
