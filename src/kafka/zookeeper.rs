//! ZooKeeper as something that brokers reach: which services are one, and where an address of `zookeeper.connect` leads a broker.

use std::fmt;

use crate::compose::{Attachment, Service, ServiceId};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::Broker;
use crate::kafka::catalog::Image;
use crate::kafka::effective::{Version, recognise};
use crate::kafka::property::{Given, PROCESS_ROLES, ZOOKEEPER_CONNECT};
use crate::kafka::topology::Topology;

/// The default port of ZooKeeper (apache/zookeeper `conf/zoo_sample.cfg`).
pub const DEFAULT_PORT: u16 = 2181;

/// The variables that hold the port for clients (confluentinc/kafka-images `zookeeper/include/etc/confluent/docker/zookeeper.properties.template`,
/// bitnami/containers `bitnami/zookeeper/3.9/debian-12/rootfs/opt/bitnami/scripts/zookeeper-env.sh`).
const PORT_VARIABLES: [&str; 2] = ["ZOOKEEPER_CLIENT_PORT", "ZOO_PORT_NUMBER"];

/// What a service's variables begin with if they may open other ports (the same files, and 31z4/zookeeper-docker `docker-entrypoint.sh`).
const OTHER_PORT_VARIABLES: [&str; 4] =
    ["ZOOKEEPER_SECURE_CLIENT_PORT", "ZOO_TLS_PORT_NUMBER", "ZOO_CFG_EXTRA", "ZOO_SECURE_CLIENT_PORT"];

/// A server in the list of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// The ZooKeeper address of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ensemble {
    /// The whole text.
    pub text: String,
    /// How many bytes of it are the servers; the rest is the path in ZooKeeper.
    pub servers_end: usize,
    /// The servers.
    pub servers: Vec<Server>,
}

/// Where a server's address leads a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZooKeeperRoute {
    /// To this service.
    Reaches(ServiceId),
    /// The files do not tell.
    Unknown,
    /// To the broker's own container, which has no ZooKeeper.
    Loopback,
    /// Nowhere: the broker shares no network with this service.
    NoSharedNetwork(ServiceId),
    /// Nowhere: it is the port at which the host opens a port of this service.
    PublishedPort(ServiceId),
    /// Nowhere: this service does not listen there.
    ClosedPort(ServiceId),
    /// Nowhere: nothing in the project has this name.
    UnknownName,
}

impl ZooKeeperRoute {
    /// Whether the address surely leads to no ZooKeeper.
    #[must_use]
    pub const fn is_broken(&self) -> bool {
        !matches!(self, Self::Reaches(_) | Self::Unknown)
    }

    /// The service that it is about.
    #[must_use]
    pub const fn service(&self) -> Option<ServiceId> {
        match self {
            Self::Reaches(id) | Self::NoSharedNetwork(id) | Self::PublishedPort(id) | Self::ClosedPort(id) => Some(*id),
            Self::Unknown | Self::Loopback | Self::UnknownName => None,
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

/// Whether a service is a ZooKeeper.
#[must_use]
pub fn is_zookeeper(service: &Service) -> bool {
    let reference = service.image.as_ref().map_or("", |image| image.as_str());
    let is_called_so = |image: Image| {
        image.repository.contains("zookeeper")
            && !["exporter", "navigator", "ui"].iter().any(|other| image.repository.contains(other))
            && recognise(reference).is_none()
    };
    Image::parse(reference).is_some_and(is_called_so)
        || service.command_words().iter().any(|word| word.contains("zookeeper-server-start"))
}

/// The port at which a ZooKeeper serves brokers; `None` if the files do not tell.
#[must_use]
pub fn client_port(service: &Service) -> Option<u16> {
    let value = |name: &str| service.variable(name).and_then(|own| own.value()).map(str::trim);
    if let Some(port) = PORT_VARIABLES.iter().find_map(|name| value(name).filter(|port| !port.is_empty())) {
        return port.parse().ok();
    }
    let is_configured =
        |mount: &String| mount.contains("zoo.cfg") || mount.ends_with(".properties") || mount.ends_with("/conf");
    let may_be_other = service.has_unknown_variables()
        || !service.command_words().is_empty() && service.image.is_none()
        || service.mounts.iter().any(is_configured)
        || OTHER_PORT_VARIABLES.iter().any(|name| value(name).is_some());
    (!may_be_other).then_some(DEFAULT_PORT)
}

impl Ensemble {
    /// The ZooKeeper of a broker; `None` for a KRaft node, for a version without ZooKeeper, and where that cannot be told.
    #[must_use]
    pub fn of(broker: &Broker) -> Option<Self> {
        let config = &broker.config;
        let fourth = Version::parse("4.0")?;
        let has_roles = matches!(config.given(PROCESS_ROLES), Given::Set(roles) if !roles.trim().is_empty());
        if has_roles || config.kafka().are_at_least(&fourth) {
            return None;
        }
        let Given::Set(text) = config.given(ZOOKEEPER_CONNECT) else { return None };
        Self::parse(text)
    }

    fn parse(text: &str) -> Option<Self> {
        let servers_end = text.find('/').unwrap_or(text.len());
        let server = |entry: &str| {
            let entry = entry.trim();
            let (host, port) =
                entry.rsplit_once(':').map_or((entry, Some(DEFAULT_PORT)), |(host, port)| (host, port.parse().ok()));
            let is_host = !host.is_empty() && !host.contains([':', '[', ']', '$', ' ']);
            Some(Server { host: is_host.then(|| host.to_owned())?, port: port? })
        };
        let servers: Option<Vec<Server>> = text[..servers_end].split(',').map(server).collect();
        Some(Self { text: text.to_owned(), servers_end, servers: servers? })
    }

    /// The text with other servers.
    #[must_use]
    pub fn with(&self, servers: &[Server]) -> String {
        let servers = servers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        format!("{servers}{}", &self.text[self.servers_end..])
    }
}

/// The ZooKeepers of a project.
pub fn zookeepers(topology: &Topology) -> impl Iterator<Item = &Service> {
    topology.project.services.iter().filter(|service| is_zookeeper(service))
}

/// Where a server's address leads a broker.
#[must_use]
pub fn route(topology: &Topology, broker: &Broker, server: &Server) -> ZooKeeperRoute {
    let (project, service) = (&topology.project, &broker.service);
    if !matches!(service.attachment, Attachment::Networks(_)) {
        return ZooKeeperRoute::Unknown;
    }
    if is_loopback(&server.host) {
        return if may_have_inside(topology, broker) { ZooKeeperRoute::Unknown } else { ZooKeeperRoute::Loopback };
    }
    let resolves = |other: &&Service| topology.resolves(service, other, &server.host);
    let linked = service.links.iter().filter(|(_, alias)| *alias == server.host);
    let known = topology.services_known_as(&server.host).chain(linked.filter_map(|(name, _)| project.service(name)));
    let Some(other) = known.into_iter().find(resolves) else {
        return if is_missing(topology, broker, &server.host) {
            ZooKeeperRoute::UnknownName
        } else {
            ZooKeeperRoute::Unknown
        };
    };
    if !is_zookeeper(other) {
        return ZooKeeperRoute::Unknown;
    }
    if !topology.share_network(service, other) {
        return ZooKeeperRoute::NoSharedNetwork(other.id);
    }
    match client_port(other) {
        Some(port) if port == server.port => ZooKeeperRoute::Reaches(other.id),
        Some(port) => {
            let is_published = other.ports.iter().any(|ports| ports.target_of(server.port) == Some(port));
            if is_published { ZooKeeperRoute::PublishedPort(other.id) } else { ZooKeeperRoute::ClosedPort(other.id) }
        }
        None => ZooKeeperRoute::Reaches(other.id),
    }
}

/// Whether a ZooKeeper may run in the broker's own container: its image has one, or nobody knows what is in it.
fn may_have_inside(topology: &Topology, broker: &Broker) -> bool {
    let config = &broker.config;
    let shares = |other: &Service| other.attachment == Attachment::Service(broker.service.name.clone());
    config.family().has_zookeeper
        || config.family().is_unknown()
        || broker.service.build.is_some()
        || !config.is_started_by_script()
        || !broker.service.command_words().is_empty()
        || topology.project.services.iter().any(shares)
}

/// Whether nothing that the files know of has a name, and somebody may have meant a ZooKeeper of the project by it.
fn is_missing(topology: &Topology, broker: &Broker, host: &str) -> bool {
    let (project, service) = (&topology.project, &broker.service);
    let is_known = project.service(host).is_some()
        || topology.services_known_as(host).next().is_some()
        || service.extra_hosts.iter().any(|own| own == host);
    let mut networks = service.attachment.memberships().iter().map(|member| &member.network);
    let may_be_of_others = networks.any(|network| project.external_networks.contains(network));
    let lower = host.to_ascii_lowercase();
    let is_meant =
        ["zoo", "zk"].iter().any(|word| lower.contains(word)) || zookeepers(topology).any(|other| is_near(other, host));
    !host.contains(['.', ':']) && !is_known && !may_be_of_others && is_meant && zookeepers(topology).next().is_some()
}

/// Whether a host may be a misspelt name of a service.
fn is_near(service: &Service, host: &str) -> bool {
    strsim::osa_distance(&service.name, host) <= 2
}

/// The server that a broker should use instead of one that it cannot reach; `None` if it is not clear which.
#[must_use]
pub fn instead<'t>(topology: &'t Topology, server: &Server, route: &ZooKeeperRoute) -> Option<(&'t Service, Server)> {
    let chosen = match route.service() {
        Some(id) => Some(&topology.project[id]),
        None => {
            let all: Vec<&Service> = zookeepers(topology).collect();
            let publishes = |other: &&&Service| other.ports.iter().any(|ports| ports.opens(server.port));
            let one = |few: Vec<&&'t Service>| if let [one] = few.as_slice() { Some(**one) } else { None };
            match all.as_slice() {
                [only] => Some(*only),
                several => one(several.iter().filter(publishes).collect())
                    .filter(|_| *route == ZooKeeperRoute::Loopback)
                    .or_else(|| one(several.iter().filter(|other| is_near(other, &server.host)).collect())),
            }
        }
    }?;
    let port = client_port(chosen).unwrap_or(server.port);
    Some((chosen, Server { host: chosen.name.clone(), port }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_servers_and_a_path() {
        let read = |text: &str| {
            let ensemble = Ensemble::parse(text)?;
            let servers: Vec<String> = ensemble.servers.iter().map(ToString::to_string).collect();
            Some((servers.join(" "), ensemble.with(&ensemble.servers)))
        };
        for (text, expected) in [
            ("zookeeper:2181", Some(("zookeeper:2181", "zookeeper:2181"))),
            ("zookeeper", Some(("zookeeper:2181", "zookeeper:2181"))),
            ("a:1, b:2/kafka", Some(("a:1 b:2", "a:1,b:2/kafka"))),
            ("[::1]:2181", None),
            ("zookeeper:port", None),
            ("", None),
        ] {
            let expected = expected.map(|(servers, text)| (servers.to_owned(), text.to_owned()));
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
