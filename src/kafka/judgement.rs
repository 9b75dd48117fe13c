//! Kafka's objections to the brokers of a project, and the configuration that it would accept.
//!
//! Kafka's checks are applied to the nodes of each cluster as their images would configure them. If the tag of an image does not show the
//! version of Kafka, only objections of both the oldest and the newest possible version are reported.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::compose::{Attachment, Service, ServiceId};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::Broker;
use crate::kafka::catalog::{CATALOG, Image};
use crate::kafka::effective::{EffectiveConfig, Origin, Version, Versions};
use crate::kafka::peer::{Peer, PeerKind};
use crate::kafka::property::{
    CONTROLLER_NAMES, Given, INTER_BROKER_LISTENER, KafkaVersion, LOG_DIRS, NODE_ID, PROCESS_ROLES, PROTOCOL_MAP,
    QUORUM_VOTERS, ZOOKEEPER_CONNECT,
};
use crate::kafka::startup::cluster::{Cluster, Node};
use crate::kafka::startup::configuration::Configuration;
use crate::kafka::startup::definition::Definition;
use crate::kafka::startup::objection::Objection;
use crate::kafka::startup::wanted::{Reason, Refusal, Wanted, accepts, cured_by, wanted};
use crate::kafka::topology::Topology;
use crate::kafka::zookeeper::{Server, client_port, zookeepers};

/// What the properties begin with by which an image fits Kafka to a machine.
const OF_THE_MACHINE: [&str; 3] = ["num.", "socket.", "log.retention."];

/// What a node is, in the order in which people write it.
const OF_THE_NODE: [&str; 5] = [NODE_ID, PROCESS_ROLES, CONTROLLER_NAMES, QUORUM_VOTERS, LOG_DIRS];

/// The first version of Kafka whose checks are known.
const OLDEST: KafkaVersion = KafkaVersion::new(2, 8, 0);

/// What Kafka has against one node of a project.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// What it has against it, the cause before what follows from it.
    pub objections: Vec<Objection>,
    /// Topics that ask for more replicas than there are brokers.
    pub replicas: Vec<Objection>,
    /// The newest version of Kafka that the image may have: the one that `wanted` is for, and in which consequences are looked up.
    pub version: KafkaVersion,
    /// The changes after which Kafka starts with it, and what stays.
    pub wanted: Wanted,
    /// The other nodes whose changes resolve what is left because of them.
    pub cured_by: Vec<ServiceId>,
}

impl Judgement {
    /// Whether clients cannot use the node at all.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.objections.iter().any(|objection| objection.check.consequence(self.version).keeps_clients_out())
    }

    /// Whether the node uses ZooKeeper although its version of Kafka no longer supports it.
    #[must_use]
    pub fn lacks_zookeeper(&self) -> bool {
        self.wanted.left.iter().any(|refusal| refusal.reason == Reason::NoZooKeeper)
    }
}

/// What Kafka has against the nodes of a project, by service.
#[derive(Clone, Debug, Default)]
pub struct Judgements(HashMap<ServiceId, Judgement>);

impl Judgements {
    /// Puts all nodes of a project to Kafka's checks.
    #[must_use]
    pub fn of(topology: &Topology) -> Self {
        let mut judgements = HashMap::new();
        let surroundings = Surroundings::of(topology);
        // Redpanda is not Kafka and has other checks.
        let is_kafka = |cluster: &Vec<&Broker>| !cluster.iter().any(|node| node.config.family().redpanda);
        for cluster in topology.clusters().into_iter().filter(is_kafka) {
            let members = Members::of(topology, &surroundings, &cluster);
            for (node, judgement) in cluster.iter().zip(members.judged()) {
                judgements.insert(node.service.id, judgement);
            }
        }
        Self(judgements)
    }

    /// Whether Kafka would start with a node of a project if its image made another configuration of its settings, or if that is corrected.
    #[must_use]
    pub fn would_start(topology: &Topology, service: ServiceId, config: EffectiveConfig) -> bool {
        let after = Self::of(&topology.with_config(service, config));
        after
            .get(service)
            .is_some_and(|own| own.wanted.left.is_empty() && (!own.is_refused() || !own.wanted.changes.is_empty()))
    }

    /// What Kafka has against a service; `None` if it is not a node.
    #[must_use]
    pub fn get(&self, service: ServiceId) -> Option<&Judgement> {
        self.0.get(&service)
    }
}

/// What is around every cluster of a project.
struct Surroundings {
    /// The services that are certainly not nodes.
    others: Arc<[String]>,
    /// The addresses of the ZooKeepers.
    zookeepers: Arc<[String]>,
    /// How many nodes nothing ties to a cluster.
    untied: usize,
}

impl Surroundings {
    fn of(topology: &Topology) -> Self {
        let others = topology.project.services.iter().filter(|service| is_other(topology, service));
        let address = |service: &Service| Some(Server { host: service.name.clone(), port: client_port(service)? });
        let nodes = topology.brokers.iter().chain(&topology.controllers);
        Self {
            others: others.map(|service| service.name.clone()).collect(),
            zookeepers: zookeepers(topology).filter_map(address).map(|server| server.to_string()).collect(),
            untied: nodes.filter(|node| is_untied(node)).count(),
        }
    }
}

/// The nodes of one cluster, ready for Kafka's checks.
struct Members<'t> {
    nodes: Vec<Member<'t>>,
    others: Arc<[String]>,
    zookeepers: Arc<[String]>,
    is_whole: bool,
    /// Whether nothing ties it to a cluster, and there are more such nodes: whether they are one is not known.
    may_belong_to_others: bool,
}

struct Member<'t> {
    service: ServiceId,
    config: Heeded<'t>,
    names: Vec<String>,
    published: Vec<(u16, u16)>,
    cluster_id: Given<'t>,
    oldest: KafkaVersion,
    newest: KafkaVersion,
}

impl<'t> Members<'t> {
    fn of(topology: &Topology, surroundings: &Surroundings, cluster: &[&'t Broker]) -> Self {
        Self {
            nodes: cluster.iter().map(|broker| Member::of(broker)).collect(),
            zookeepers: Arc::clone(&surroundings.zookeepers),
            others: Arc::clone(&surroundings.others),
            is_whole: cluster.iter().all(|broker| is_in_project(topology, broker)),
            may_belong_to_others: surroundings.untied > 1 && cluster.iter().any(|node| is_untied(node)),
        }
    }

    /// What Kafka has against each of the nodes, in their order.
    fn judged(&self) -> Vec<Judgement> {
        let (mut newest, mut oldest) = (self.cluster(|node| node.newest), self.cluster(|node| node.oldest));
        let is_open = self.nodes.iter().any(|node| node.oldest != node.newest);
        let mut objections = by_node(self.nodes.len(), newest.objections());
        let mut replicas = by_node(self.nodes.len(), newest.replica_objections());
        if is_open {
            keep_common(&mut objections, by_node(self.nodes.len(), oldest.objections()));
            keep_common(&mut replicas, by_node(self.nodes.len(), oldest.replica_objections()));
        }
        for (at, node) in self.nodes.iter().enumerate() {
            // Only what is to be changed needs them: the script of the image runs once more for that.
            if objections[at].iter().any(|objection| is_in_the_way(objection, node.newest)) {
                newest.nodes[at].lost_defaults = lost_defaults(node.config.0);
                oldest.nodes[at].lost_defaults.clone_from(&newest.nodes[at].lost_defaults);
            }
        }
        let judged = objections.into_iter().zip(replicas).enumerate().map(|(at, (objections, replicas))| {
            let refused = objections.iter().find(|objection| is_in_the_way(objection, self.nodes[at].newest));
            let wanted = match refused {
                Some(objection) if self.may_belong_to_others => {
                    Wanted::refused(Refusal { objection: objection.clone(), reason: Reason::OtherNode })
                }
                Some(_) if is_open => wanted_in_both(&newest, &oldest, at),
                Some(_) => wanted(&newest, at),
                None => Wanted::default(),
            };
            Judgement { objections, replicas, version: self.nodes[at].newest, wanted, cured_by: Vec::new() }
        });
        let mut judged: Vec<Judgement> = judged.collect();
        self.cure(&newest, &mut judged);
        judged
    }

    /// Finds the nodes that the fixes of others cure.
    fn cure(&self, cluster: &Cluster<'_>, judged: &mut [Judgement]) {
        let waits = |own: &Judgement| own.wanted.left.iter().any(|refusal| refusal.reason == Reason::OtherNode);
        if !judged.iter().any(waits) {
            return;
        }
        let wanted: Vec<Wanted> = judged.iter().map(|own| own.wanted.clone()).collect();
        for (at, own) in judged.iter_mut().enumerate().filter(|(_, own)| waits(own)) {
            let others = cured_by(cluster, at, &wanted);
            own.cured_by = others.into_iter().map(|other| self.nodes[other].service).collect();
        }
    }

    fn cluster(&self, version: impl Fn(&Member<'_>) -> KafkaVersion) -> Cluster<'_> {
        let nodes = self.nodes.iter().map(|node| node.at_version(version(node))).collect();
        let (others, zookeepers) = (Arc::clone(&self.others), Arc::clone(&self.zookeepers));
        Cluster { nodes, others, zookeepers, is_whole: self.is_whole }
    }
}

impl<'t> Member<'t> {
    fn of(broker: &'t Broker) -> Self {
        let (service, config) = (&broker.service, &*broker.config);
        let mut names = vec![service.name.clone()];
        names.extend(config.container().names.iter().filter(|name| **name != service.name).cloned());
        let published = service.ports.iter().filter_map(|ports| {
            let outside = ports.published_port()?;
            let target = ports.target.as_ref().filter(|target| target.start() == target.end())?;
            Some((*target.start(), outside))
        });
        let cluster_id = match config.cluster_id() {
            Some((_, value, _)) => value.text().map_or(Given::Unknown, Given::Set),
            None if config.container().more_variables.is_some() => Given::Unknown,
            None => Given::Unset,
        };
        let (oldest, newest) = versions(config.kafka());
        let published = published.collect();
        Self { service: service.id, config: Heeded(config), names, published, cluster_id, oldest, newest }
    }

    fn at_version(&self, version: KafkaVersion) -> Node<'_> {
        Node {
            config: &self.config,
            version,
            names: self.names.clone(),
            published: self.published.clone(),
            cluster_id: self.cluster_id,
            is_confluent_server: self.config.0.family().name == "confluent-server",
            // The families do not state whether a script formats a node as the first voter.
            starts_quorum: self.config.0.is_started_by_script(),
            lost_defaults: Vec::new(),
        }
    }
}

/// Whether a service is certainly not a node: an image that is known for something else.
fn is_other(topology: &Topology, service: &Service) -> bool {
    let image = service.image.as_ref().and_then(|image| Image::parse(image.as_str()));
    let is_known = |image: Image| CATALOG.client(&image).is_some() || CATALOG.not_client(&image).is_some();
    !topology.is_node(service.id) && image.is_some_and(is_known)
}

/// A configuration without the empty values that images have in their environment, for their scripts to refuse.
struct Heeded<'c>(&'c EffectiveConfig);

impl Heeded<'_> {
    fn is_blank(&self, property: &str) -> bool {
        let is_set = |origin: &Origin| matches!(origin, Origin::Variable(_) | Origin::Flag(_) | Origin::File(_));
        let own = self.0.property(property).filter(|own| !is_set(own.origin));
        own.is_some_and(|own| own.value.text().is_some_and(|text| text.trim().is_empty()))
    }
}

impl Configuration for Heeded<'_> {
    fn given(&self, property: &str) -> Given<'_> {
        if self.is_blank(property) { Given::Unset } else { self.0.given(property) }
    }

    fn names(&self) -> Vec<&str> {
        self.0.names().into_iter().filter(|name| !self.is_blank(name)).collect()
    }

    fn bound_with(&self, advertised: &str) -> Option<String> {
        self.0.bound_with(advertised)
    }
}

/// The properties that an image sets only if none of its variables is set, and does not set now. Left out are Kafka's own defaults, and the
/// names and protocols of the usual listeners.
#[must_use]
pub fn lost_defaults(config: &EffectiveConfig) -> Vec<(String, String)> {
    let (_, version) = versions(config.kafka());
    let variables: Vec<(&str, Option<&str>)> =
        config.container().variables.iter().map(|(name, _)| (name.as_str(), None)).collect();
    let bare = config.with(&variables);
    let lost = bare.properties().filter(|own| *own.origin == Origin::Image && config.given(own.name) == Given::Unset);
    let is_own_default = |name: &str, value: &str| {
        [INTER_BROKER_LISTENER, PROTOCOL_MAP].contains(&name)
            || OF_THE_MACHINE.iter().any(|prefix| name.starts_with(prefix))
            || Definition::of(name, version).is_none_or(|definition| definition.default == Some(value))
    };
    let lost = lost.filter_map(|own| Some((own.name, own.value.text()?)));
    let mut lost: Vec<(String, String)> = lost
        .filter(|(name, value)| !is_own_default(name, value))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    lost.sort_by_key(|(name, _)| OF_THE_NODE.iter().position(|own| own == name).unwrap_or(OF_THE_NODE.len()));
    lost
}

/// The oldest and the newest of some versions whose checks are known.
fn versions(versions: &Versions) -> (KafkaVersion, KafkaVersion) {
    let oldest =
        versions.from.as_ref().and_then(|version| read(version, 0)).map_or(OLDEST, |version| version.max(OLDEST));
    let newest = versions.below.as_ref().and_then(before);
    let newest = newest.map_or(KafkaVersion::NEWEST, |version| version.min(KafkaVersion::NEWEST));
    (oldest.min(KafkaVersion::NEWEST), newest.max(OLDEST))
}

/// A version whose missing parts are `rest`.
fn read(version: &Version, rest: u16) -> Option<KafkaVersion> {
    let mut parts = version.numbers().iter().map(|number| u16::try_from(*number).unwrap_or(u16::MAX));
    Some(KafkaVersion::new(parts.next()?, parts.next().unwrap_or(rest), parts.next().unwrap_or(rest)))
}

/// The last version before another.
fn before(version: &Version) -> Option<KafkaVersion> {
    let numbers = version.numbers().iter().take(3);
    let mut parts: Vec<u16> = numbers.map(|number| u16::try_from(*number).unwrap_or(u16::MAX)).collect();
    while parts.last() == Some(&0) {
        parts.pop();
    }
    let last = parts.last_mut()?;
    *last -= 1;
    if let [major] = parts.as_slice() {
        return Some(KafkaVersion::major(*major));
    }
    let mut parts = parts.into_iter().chain(std::iter::repeat(u16::MAX));
    Some(KafkaVersion::new(parts.next()?, parts.next()?, parts.next()?))
}

/// Whether all nodes of a broker's cluster are services of the project, each with one container.
fn is_in_project(topology: &Topology, broker: &Broker) -> bool {
    let service = &broker.service;
    let networks = service.attachment.memberships();
    let is_known = |host: &str| match topology.services_known_as(host).next() {
        Some(service) => topology.is_node(service.id) || is_other(topology, service),
        None => !host.contains(['.', ':']),
    };
    let is_here = |peer: &Peer| match peer.kind {
        PeerKind::ZooKeeper => topology.services_known_as(peer.host()).next().is_some(),
        PeerKind::Voter | PeerKind::Node => is_loopback(peer.host()) || is_known(peer.host()),
    };
    let is_networked = matches!(service.attachment, Attachment::Networks(_)) && !networks.is_empty();
    is_networked
        && !networks.iter().any(|own| topology.project.external_networks.contains(&own.network))
        && service.extra_hosts.is_empty()
        && !topology.project.is_scaled(service)
        && broker.peers.iter().all(is_here)
}

/// Whether nothing ties a node to a cluster.
fn is_untied(node: &Broker) -> bool {
    let is_unset = |property: &&str| node.config.given(property) == Given::Unset;
    [PROCESS_ROLES, ZOOKEEPER_CONNECT, QUORUM_VOTERS].iter().all(is_unset)
}

fn by_node(count: usize, objections: Vec<(usize, Objection)>) -> Vec<Vec<Objection>> {
    let mut of_nodes = vec![Vec::new(); count];
    for (at, objection) in objections {
        of_nodes[at].push(objection);
    }
    of_nodes
}

/// Keeps the objections that are also among `others`: about the same places, whatever numbers they name.
fn keep_common(objections: &mut [Vec<Objection>], others: Vec<Vec<Objection>>) {
    for (own, other) in objections.iter_mut().zip(others) {
        let keys: BTreeSet<_> = other.iter().map(|objection| (objection.check, objection.places.clone())).collect();
        own.retain(|objection| keys.contains(&(objection.check, objection.places.clone())));
    }
}

fn is_in_the_way(objection: &Objection, version: KafkaVersion) -> bool {
    objection.check.consequence(version).asks_for_change()
}

/// What is wanted in the newest version, if the oldest takes it too, else the reverse.
fn wanted_in_both(newest: &Cluster<'_>, oldest: &Cluster<'_>, at: usize) -> Wanted {
    let in_newest = wanted(newest, at);
    if !in_newest.changes.is_empty() && accepts(oldest, at, &in_newest) {
        return in_newest;
    }
    let in_oldest = wanted(oldest, at);
    if !in_oldest.changes.is_empty() && accepts(newest, at, &in_oldest) {
        return in_oldest;
    }
    let unknown = |objection| Refusal { objection, reason: Reason::Unknown };
    let refusal = in_oldest.left.into_iter().chain(in_newest.left).next();
    let refusal = refusal.or_else(|| newest.objections_at(at).into_iter().next().map(unknown));
    refusal.map_or_else(Wanted::default, Wanted::refused)
}
