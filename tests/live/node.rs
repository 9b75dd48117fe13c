//! What runs in the containers of a cluster: Kafka with the properties that the image's script would print, and ZooKeeper.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use composefix::kafka::broker::Broker;
use composefix::kafka::property::{KafkaVersion, PROCESS_ROLES, ZOOKEEPER_CONNECT};
use composefix::kafka::zookeeper::{client_port, is_zookeeper};

use super::harness::case::Case as Fixture;

/// The cluster of a node whose image makes one up.
pub const CLUSTER: &str = "4L6g3nShT-eMCtK--X86sw";

/// The last version of Kafka with ZooKeeper, whose jars also run one.
pub const LAST_WITH_ZOOKEEPER: KafkaVersion = KafkaVersion::minor(3, 9);

/// What tests wait for in vain otherwise: a group that gathers, fifty partitions of offsets, a ZooKeeper that is not there.
const HASTE: [(&str, &str); 3] = [
    ("group.initial.rebalance.delay.ms", "0"),
    ("offsets.topic.num.partitions", "1"),
    ("zookeeper.connection.timeout.ms", "6000"),
];

/// A server of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The service whose container it runs in.
    pub service: String,
    /// What it is.
    pub role: Role,
}

/// What a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Kafka.
    Node(Node),
    /// ZooKeeper, with this port for clients.
    ZooKeeper(u16),
}

/// A node of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The family of its image.
    pub family: &'static str,
    /// The newest version of Kafka that the image may have.
    pub version: KafkaVersion,
    /// What the script of the image says if it does not start Kafka.
    pub refusal: Option<String>,
    /// The cluster that the script formats the storage for.
    cluster: Option<String>,
    properties: BTreeMap<String, String>,
}

impl Server {
    /// Those of a project: its ZooKeepers, then its nodes. A project without a ZooKeeper gets what its brokers name, as if it ran elsewhere.
    ///
    /// # Errors
    /// Why the project cannot be loaded, or what is not known of a node.
    pub fn all(project: &Fixture) -> Result<Vec<Self>, String> {
        let analysis = project.analysis()?;
        let zookeepers = analysis.project.services.iter().filter(|service| is_zookeeper(service));
        let port = |service: &_| client_port(service).map(Role::ZooKeeper).ok_or("the port of ZooKeeper is not known");
        let zookeepers = zookeepers.map(|own| Ok(Self { service: own.name.clone(), role: port(own)? }));
        let zookeepers = zookeepers.collect::<Result<Vec<_>, String>>()?;
        let nodes = analysis.topology.brokers.iter().chain(&analysis.topology.controllers).map(|broker| {
            let version = analysis.judgement(broker.service.id).map_or(KafkaVersion::NEWEST, |own| own.version);
            Ok(Self { service: broker.service.name.clone(), role: Role::Node(Node::of(broker, version)?) })
        });
        let nodes = nodes.collect::<Result<Vec<_>, String>>()?;
        let elsewhere = if zookeepers.is_empty() { Self::elsewhere(&nodes) } else { Vec::new() };
        Ok([zookeepers, elsewhere, nodes].concat())
    }

    /// The ZooKeepers that nodes name.
    fn elsewhere(nodes: &[Self]) -> Vec<Self> {
        let lists = nodes.iter().filter_map(|server| server.node()?.properties.get(ZOOKEEPER_CONNECT));
        let addresses = lists.flat_map(|list| list.split('/').next().unwrap_or_default().split(','));
        let named: BTreeSet<(&str, u16)> = addresses
            .filter_map(|address| address.trim().split_once(':'))
            .filter_map(|(host, port)| Some((host, port.parse().ok()?)))
            .collect();
        named.into_iter().map(|(host, port)| Self { service: host.to_owned(), role: Role::ZooKeeper(port) }).collect()
    }

    /// Its node, if it is one.
    pub fn node(&self) -> Option<&Node> {
        match &self.role {
            Role::Node(node) => Some(node),
            Role::ZooKeeper(_) => None,
        }
    }
}

impl Node {
    fn of(broker: &Broker, version: KafkaVersion) -> Result<Self, String> {
        let config = &broker.config;
        let is_left_out = |name: &str, value: &str| {
            // Data lies elsewhere here; the jars have no class of another company.
            ["log.dirs", "log.dir", "metadata.log.dir"].contains(&name) || value.starts_with("io.confluent.")
        };
        let mut properties = BTreeMap::new();
        for own in config.properties() {
            let value =
                own.value.text().ok_or_else(|| format!("{}: {} is not known", broker.service.name, own.name))?;
            if !is_left_out(own.name, value) {
                properties.insert(own.name.to_owned(), value.to_owned());
            }
        }
        if config.family().redpanda {
            properties = stand_in(&properties);
        }
        let cluster = config.cluster_id().and_then(|(_, value, _)| value.text()).unwrap_or(CLUSTER).to_owned();
        let is_formatted = properties.contains_key(PROCESS_ROLES);
        // What may be any image is one that starts its broker.
        let is_any = config.family().images.is_empty() && !is_formatted;
        Ok(Self {
            family: &config.family().name,
            version: if is_any { LAST_WITH_ZOOKEEPER } else { version },
            refusal: config.refusals().first().map(|refusal| refusal.says.clone()),
            cluster: is_formatted.then_some(cluster),
            properties,
        })
    }

    /// The id of the cluster that its storage is formatted for; `None` if it uses ZooKeeper.
    pub fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref()
    }

    /// Whether it listens at a port.
    pub fn listens_at(&self, port: u16) -> bool {
        let listeners = self.properties.get("listeners").or_else(|| self.properties.get("port"));
        listeners.is_none_or(|listeners| listeners.split(',').any(|own| own.trim().ends_with(&port.to_string())))
    }

    /// Its properties, as Java reads them, with its data in a folder.
    pub fn settings(&self, data: &Path) -> String {
        let own = self.properties.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut text = format!("log.dirs={}\n", data.display());
        // The last one counts.
        for (name, value) in own.chain(HASTE) {
            // Writing to a text does not fail.
            let _ = writeln!(text, "{name}={}", value.replace('\\', "\\\\").replace('\n', "\\n"));
        }
        text
    }
}

/// Kafka in place of Redpanda, with its listeners, whose names need not be upper case, or there.
fn stand_in(properties: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let named = |property: &str| {
        let text = properties.get(property).or_else(|| properties.get("listeners"))?;
        let address = |own: &str| if own.contains("://") { own.to_uppercase() } else { format!("PLAINTEXT://{own}") };
        let upper = text.split(',').map(|own| match own.trim().split_once("://") {
            Some((name, address)) => format!("{}://{address}", name.to_uppercase()),
            None => address(own.trim()),
        });
        Some(upper.collect::<Vec<_>>().join(","))
    };
    let listeners = named("listeners").unwrap_or_else(|| "PLAINTEXT://:9092".to_owned());
    let names = listeners.split(',').filter_map(|own| own.split_once("://")).map(|(name, _)| name);
    let first = names.clone().next().unwrap_or_default().to_owned();
    let map: String = names.map(|name| format!("{name}:PLAINTEXT,")).collect();
    let pairs = [
        ("listeners", format!("{listeners},CONTROLLER://localhost:19093")),
        ("advertised.listeners", named("advertised.listeners").unwrap_or_default()),
        ("listener.security.protocol.map", format!("{map}CONTROLLER:PLAINTEXT")),
        ("inter.broker.listener.name", first),
        ("controller.listener.names", "CONTROLLER".to_owned()),
        ("controller.quorum.voters", "1@localhost:19093".to_owned()),
        ("node.id", "1".to_owned()),
        (PROCESS_ROLES, "broker,controller".to_owned()),
        ("offsets.topic.replication.factor", "1".to_owned()),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).filter(|(_, value)| !value.is_empty()).collect()
}
