//! The smallest change of a node's configuration after which Kafka starts with it.
//!
//! Each objection has a few fixes, each of which changes one or two properties. The search looks for the cheapest chain of fixes after
//! which no objection is left. Fewer changed properties are cheaper; among equals, the cost of a repair grows with its distance from the
//! written settings. All checks are applied to a result before it is returned, so Kafka accepts it but for what only a person can choose.

mod change;
mod controllers;
mod draft;
mod identity;
mod listeners;
mod names;
mod quorum;
mod values;

use std::collections::{BTreeMap, BTreeSet};

pub use change::PropertyChange;
use draft::{Changed, Changes, Draft, Repair};

use crate::kafka::property::{ADVERTISED_LISTENERS, CLUSTER_ID, Given, LISTENERS, NODE_ID, PROCESS_ROLES};
use crate::kafka::startup::cluster::Cluster;
use crate::kafka::startup::configuration::Configuration;
use crate::kafka::startup::objection::{Check, Objection};

/// What is to become of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The changes that resolve all other objections; none if Kafka starts with the node now, or if no change helps.
    pub changes: Vec<PropertyChange>,
    /// The objections that stay because a person must choose. No change touches their properties.
    pub left: Vec<Refusal>,
}

impl Wanted {
    /// Nothing, because a person must choose first.
    #[must_use]
    pub fn refused(refusal: Refusal) -> Self {
        Self { changes: Vec::new(), left: vec![refusal] }
    }

    fn by_property(&self) -> Changes {
        self.changes.iter().map(|change| (change.property.clone(), change.new.clone())).collect()
    }

    /// Why an objection stays: its own reason, or that of the one which keeps everything from being changed.
    #[must_use]
    pub fn refusal(&self, objection: &Objection) -> Option<&Refusal> {
        let own = self.left.iter().find(|refusal| refusal.is_of(objection));
        own.or_else(|| self.left.first().filter(|_| self.changes.is_empty()))
    }
}

/// An objection that no change is found for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The objection that remains.
    pub objection: Objection,
    /// Why a person must choose.
    pub reason: Reason,
}

/// Why a person must choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The configuration does not show which of many values is right.
    Value,
    /// Whether a listener is to be encrypted or authenticated is not for a tool to choose.
    Security,
    /// The node uses ZooKeeper, which this version no longer supports: it needs another image or another configuration.
    NoZooKeeper,
    /// The problem is at another node, or in the settings that nodes share.
    OtherNode,
    /// The node runs, and would no longer start with the data that it has.
    StoredVoters,
    /// It depends on an unknown value.
    Unknown,
}

impl Refusal {
    /// Whether it is of this objection, whatever numbers another version names.
    fn is_of(&self, objection: &Objection) -> bool {
        self.objection.check == objection.check && self.objection.places == objection.places
    }

    /// Whether a repair would touch what only a person can choose.
    fn keeps(&self, repair: &Repair) -> bool {
        repair.values.iter().any(|(property, _)| self.objection.is_about(property))
    }
}

/// Configurations that are looked at before the search ends without a result.
const LIMIT: usize = 400;

/// The cost of a changed property; the costs of fixes are lower.
const PROPERTY: u32 = 16;

/// The changes of the node at this place of the cluster after which Kafka has no objection that keeps it from its clients, except those that
/// only a person can resolve.
#[must_use]
pub fn wanted(cluster: &Cluster<'_>, at: usize) -> Wanted {
    let none = Changes::new();
    let config = Changed::new(&cluster.nodes[at], &none);
    let standing = in_the_way(&Draft::new(cluster, at, &config));
    let mut left: Vec<Refusal> = Vec::new();
    loop {
        match searched(cluster, at, &left) {
            Ok(changes) => return Wanted { changes, left },
            // What a node is decides about everything else.
            Err(refusal) if refusal.objection.is_about(PROCESS_ROLES) => return Wanted::refused(refusal),
            Err(refusal) if standing.contains(&refusal.objection) && left.len() < standing.len() => left.push(refusal),
            Err(refusal) => return Wanted::refused(left.into_iter().next().unwrap_or(refusal)),
        }
    }
}

/// The changes that resolve all objections but those that are left.
fn searched(cluster: &Cluster<'_>, at: usize, left: &[Refusal]) -> Result<Vec<PropertyChange>, Refusal> {
    let node = &cluster.nodes[at];
    let mut open = BTreeMap::from([((0, 0), (Changes::new(), 0))]);
    let mut seen = BTreeSet::from([Changes::new()]);
    // Of all chains that fail, the one with the fewest objections left gives the best reason.
    let mut nearest: Option<(usize, Refusal)> = None;
    while let Some((_, (changes, penalty))) = open.pop_first() {
        let config = Changed::new(node, &changes);
        let draft = Draft::new(cluster, at, &config);
        let mut objections = in_the_way(&draft);
        objections.retain(|objection| !left.iter().any(|refusal| refusal.is_of(objection)));
        // What an image computes is right when that is right which it is computed from.
        if config.binds_what_it_advertises() {
            objections
                .sort_by_key(|objection| objection.places.first().is_some_and(|place| place.property == LISTENERS));
        }
        let Some(objection) = objections.first() else {
            return Ok(PropertyChange::all(node, restored(&draft)));
        };
        let (next, reason) = match repairs(&draft, objection).map(|repairs| applied(&draft, &repairs, left)) {
            Ok(next) if next.is_empty() => (next, Reason::Unknown),
            Ok(next) => (next, Reason::Value),
            Err(reason) => (Vec::new(), reason),
        };
        let mut is_dead_end = true;
        for (changes, of_repair) in next {
            let (penalty, properties) = (penalty + of_repair, u32::try_from(changes.len()).unwrap_or(u32::MAX));
            if seen.len() < LIMIT && seen.insert(changes.clone()) {
                let cost = PROPERTY.saturating_mul(properties).saturating_add(penalty);
                open.insert((cost, seen.len()), (changes, penalty));
                is_dead_end = false;
            }
        }
        if is_dead_end && nearest.as_ref().is_none_or(|(left, _)| objections.len() < *left) {
            nearest = Some((objections.len(), Refusal { objection: objection.clone(), reason }));
        }
    }
    nearest.map_or(Ok(Vec::new()), |(_, refusal)| Err(refusal))
}

/// Whether Kafka has nothing against the node at this place, after the changes, that would keep it from its clients, except what is left.
#[must_use]
pub fn accepts(cluster: &Cluster<'_>, at: usize, wanted: &Wanted) -> bool {
    let changes = wanted.by_property();
    let config = Changed::new(&cluster.nodes[at], &changes);
    let objections = in_the_way(&Draft::new(cluster, at, &config));
    objections.iter().all(|objection| wanted.left.iter().any(|refusal| refusal.is_of(objection)))
}

/// The places of other nodes whose wanted changes resolve what is left of the node at this place because of them; none if they do not.
#[must_use]
pub fn cured_by(cluster: &Cluster<'_>, at: usize, wanted: &[Wanted]) -> Vec<usize> {
    let changes: Vec<Changes> = wanted.iter().map(Wanted::by_property).collect();
    let others: Vec<usize> = (0..wanted.len()).filter(|other| *other != at && !changes[*other].is_empty()).collect();
    let configs: Vec<Changed<'_>> =
        others.iter().map(|other| Changed::new(&cluster.nodes[*other], &changes[*other])).collect();
    let mut after = cluster.clone();
    for (other, config) in others.iter().zip(&configs) {
        after.nodes[*other].config = config;
        after.nodes[*other].cluster_id = config.given(CLUSTER_ID);
    }
    let none = Changes::new();
    let objections = in_the_way(&Draft::new(&after, at, &Changed::new(&cluster.nodes[at], &none)));
    let mut waiting = wanted[at].left.iter().filter(|refusal| refusal.reason == Reason::OtherNode);
    if waiting.any(|refusal| objections.contains(&refusal.objection)) { Vec::new() } else { others }
}

/// The changes with each of the fixes that touch nothing which is left, and their costs.
fn applied(draft: &Draft<'_, '_>, repairs: &[Repair], left: &[Refusal]) -> Vec<(Changes, u32)> {
    let repairs = repairs.iter().filter(|repair| !left.iter().any(|refusal| refusal.keeps(repair)));
    repairs.filter_map(|repair| Some((repair.applied_to(draft)?, repair.penalty))).collect()
}

/// The objections because of which the configuration has to be changed.
fn in_the_way(draft: &Draft<'_, '_>) -> Vec<Objection> {
    let mut objections = draft.objections();
    objections.retain(|objection| objection.check.consequence(draft.version()).asks_for_change());
    objections
}

/// The changes with the image's other defaults, if the node becomes what its image configures by default.
fn restored(draft: &Draft<'_, '_>) -> Changes {
    let node = draft.node();
    let mut changes = draft.config.changes.clone();
    if node.config.given(PROCESS_ROLES) != Given::Unset || !changes.contains_key(PROCESS_ROLES) {
        return changes;
    }
    for (property, value) in &node.lost_defaults {
        if changes.contains_key(property) || node.config.given(property) != Given::Unset {
            continue;
        }
        let mut with = changes.clone();
        with.insert(property.clone(), Some(value.clone()));
        let config = Changed::new(node, &with);
        if in_the_way(&Draft::new(draft.cluster, draft.at, &config)).is_empty() {
            changes = with;
        }
    }
    changes
}

/// The fixes of an objection; further fixes may be needed after each.
fn repairs(draft: &Draft<'_, '_>, objection: &Objection) -> Result<Vec<Repair>, Reason> {
    let property = objection.places.first().map_or("", |place| place.property.as_str());
    let repairs = match objection.check {
        Check::WrongType | Check::OutOfRange | Check::NotAllowed | Check::Empty => values::single(draft, objection),
        Check::Missing if property == PROCESS_ROLES => identity::roles(draft),
        Check::Missing if property == NODE_ID => Ok(identity::node_id(draft)),
        Check::Missing | Check::NoControllerNames => controllers::names(draft),
        Check::NoZooKeeper => identity::roles(draft),
        Check::NoNodeId => Ok(identity::node_id(draft)),
        Check::IdsDiffer => Ok(identity::one_id(draft)),
        Check::IdReserved => identity::reserved(draft),
        Check::ControllerNamesWithoutRoles => Ok(vec![Repair::unset(property)]),
        Check::RoleTwice => Ok(values::without_entry(draft, objection)),
        Check::ProtocolTooOld => values::unset_in_kraft(draft, property),
        Check::MapMalformed | Check::NoSuchProtocol => names::protocol_map(draft, objection),
        Check::ListenerMalformed => listeners::malformed(draft, objection),
        Check::ListenerWithoutProtocol => names::without_protocol(draft, objection),
        Check::ListenerTwice => listeners::twice(draft, objection),
        Check::PortTwice => listeners::on_one_port(draft, objection),
        Check::AdvertisesNothing => listeners::advertises_nothing(draft),
        Check::AdvertisedNotBound => names::not_bound(draft, objection),
        Check::AdvertisesAnyAddress => listeners::any_address(draft, objection),
        Check::ControllerAtAnyAddress | Check::BoundElsewhere => Ok(listeners::bound_everywhere(draft, objection)),
        Check::AdvertisesController | Check::BrokerBindsController | Check::ControllerBindsOthers => {
            controllers::in_the_wrong_list(draft, objection)
        }
        Check::ControllerAdvertises => Ok(controllers::advertises(draft)),
        Check::InterBrokerTwice => Ok(names::one_inter_broker(draft)),
        Check::InterBrokerWithoutProtocol | Check::InterBrokerNotAdvertised | Check::InterBrokerIsController => {
            names::inter_broker(draft)
        }
        Check::ControlPlane => values::unset_in_kraft(draft, property),
        Check::SaslMechanism => values::sasl_mechanism(draft),
        Check::NoControllerListener | Check::ControllerNotBound => controllers::bound(draft),
        Check::ControllerWithoutProtocol => names::without_protocol(draft, objection),
        Check::VoterMalformed => quorum::malformed(draft, objection),
        Check::NoVoters | Check::NoFirstVoter => quorum::voters(draft),
        Check::NotAmongVoters => quorum::not_among(draft),
        Check::BrokerAmongVoters => quorum::broker_among(draft),
        Check::BrokerJoinsVoters | Check::NoLogDir => Ok(vec![Repair::unset(property)]),
        Check::VoterAtAnyAddress | Check::VoterHost => quorum::host(draft, objection),
        Check::VoterPort => quorum::port(draft, objection),
        Check::NoClassicProtocol => Ok(vec![draft.with_entry(property, "classic", 0)]),
        Check::ClusterIdMalformed => values::cluster_id(draft),
        Check::IdTwice => quorum::own_id(draft),
        Check::ClusterIdsDiffer => values::cluster_id_of_others(draft),
        Check::VotersDiffer => quorum::voters_of_others(draft),
        _ => Err(Reason::Value),
    };
    // If the listeners of a node are not set, all of them may be set at once.
    let is_of_listeners = objection.is_about(LISTENERS) || objection.is_about(ADVERTISED_LISTENERS);
    let built = listeners::built(draft).filter(|_| is_of_listeners);
    match (repairs, built) {
        (repairs, Some(built)) => Ok(repairs.unwrap_or_default().into_iter().chain([built]).collect()),
        (Ok(repairs), None) if repairs.is_empty() => Err(Reason::Value),
        (repairs, None) => repairs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::property::{KafkaVersion, QUORUM_VOTERS};
    use crate::kafka::startup::cluster::Node;
    use crate::kafka::startup::configuration::Properties;

    /// The changes of the last of these nodes, with one property per line; `?` means an unknown value.
    fn changes(nodes: &[(&str, &str)]) -> Vec<String> {
        let read = |text: &str| {
            let mut properties = Properties::default();
            for (name, value) in text.lines().filter_map(|line| line.trim().split_once('=')) {
                if value == "?" { properties.set_unknown(name) } else { properties.set(name, value) }
            }
            properties
        };
        let configs: Vec<Properties> = nodes.iter().map(|(_, text)| read(text)).collect();
        let version = KafkaVersion::new(4, 0, 0);
        let pairs = nodes.iter().zip(&configs);
        let cluster = pairs.map(|((name, _), config)| Node::new(config, version, vec![(*name).to_owned()]));
        let cluster = Cluster::new(cluster.collect());
        let wanted = wanted(&cluster, nodes.len() - 1);
        let changes = wanted.changes.iter();
        let changes = changes.map(|change| format!("{} = {}", change.property, change.new.as_deref().unwrap_or("-")));
        let left = wanted.left.iter().map(|refusal| format!("{} {:?}", refusal.objection.check, refusal.reason));
        changes.chain(left).collect()
    }

    const ONE: (&str, &str) = (
        "kafka-1",
        "process.roles=broker,controller
        node.id=1
        listeners=PLAINTEXT://:9092,CONTROLLER://:9093
        advertised.listeners=PLAINTEXT://kafka-1:9092
        controller.listener.names=CONTROLLER
        controller.quorum.voters=1@kafka-1:9093,2@kafka-2:9093",
    );

    fn two(change: &str) -> (&'static str, String) {
        let (name, _) = change.split_once('=').unwrap_or((change, ""));
        let lines = ONE.1.replace("node.id=1", "node.id=2").replace("PLAINTEXT://kafka-1", "PLAINTEXT://kafka-2");
        let lines: Vec<&str> = lines.lines().filter(|line| !line.trim().starts_with(&format!("{name}="))).collect();
        ("kafka-2", format!("{}\n{}", lines.join("\n"), if change.contains('=') { change } else { "" }))
    }

    #[test]
    fn a_node_follows_the_others() {
        for (change, expected) in [
            ("node.id=1", "node.id = 2"),
            ("node.id", "node.id = 2"),
            ("controller.quorum.voters", "controller.quorum.voters = 1@kafka-1:9093,2@kafka-2:9093"),
            (
                "controller.quorum.voters=1@kafka-1:9092,2@kafka-2:9093",
                "controller.quorum.voters = 1@kafka-1:9093,2@kafka-2:9093",
            ),
            (
                "controller.quorum.voters=1@kafka1:9093,2@kafka-2:9093",
                "controller.quorum.voters = 1@kafka-1:9093,2@kafka-2:9093",
            ),
            (
                "listeners=PLAINTEXT://kafka-1:9092,CONTROLLER://:9093",
                "listeners = PLAINTEXT://:9092,CONTROLLER://:9093",
            ),
            (
                "listeners=PLAINTEXT://:9092,CONTROLLER://:9094",
                "controller.quorum.voters = 1@kafka-1:9093,2@kafka-2:9094",
            ),
            ("process.roles", "process.roles = broker,controller"),
        ] {
            let (name, text) = two(change);
            assert_eq!(changes(&[ONE, (name, &text)]), [expected], "{change}");
        }
    }

    #[test]
    fn a_value_that_cannot_be_told_is_not_written_over() {
        for property in ["controller.quorum.voters", "advertised.listeners", "node.id", "controller.listener.names"] {
            let (name, text) = two(&format!("{property}=?"));
            assert_eq!(changes(&[ONE, (name, &text)]), [""; 0], "{property}");
        }
    }

    #[test]
    fn a_value_that_only_a_person_knows_does_not_stop_the_others() {
        let with = |change: &str, other: &str| {
            let (name, text) = two(change);
            changes(&[ONE, (name, &format!("{text}\n{other}"))])
        };
        let hours = "log.retention.hours=7d";
        assert_eq!(with("", hours), ["wrong-type Value"]);
        assert_eq!(with("node.id=1", hours), ["node.id = 2", "wrong-type Value"]);
        assert_eq!(
            with("node.id=1", &format!("{hours}\nnum.partitions=many")),
            ["node.id = 2", "wrong-type Value", "wrong-type Value"]
        );
        // What a node is decides about everything else.
        assert_eq!(with("process.roles=leader", hours), ["not-allowed Value"]);
    }

    #[test]
    fn a_change_names_the_part_that_it_replaces() {
        let config: Properties = ONE.1.lines().filter_map(|line| line.trim().split_once('=')).collect();
        let mut config = config;
        config.set(QUORUM_VOTERS, "1@kafka-1:9093, 2@kafka-2:9092");
        let other: Properties = two("").1.lines().filter_map(|line| line.trim().split_once('=')).collect();
        let node = |config, name: &str| Node::new(config, KafkaVersion::new(4, 0, 0), vec![name.to_owned()]);
        let cluster = Cluster::new(vec![node(&config, "kafka-1"), node(&other, "kafka-2")]);
        let changes = wanted(&cluster, 0).changes;
        let [change] = changes.as_slice() else { panic!("{changes:?}") };
        assert_eq!(change.edits, [(crate::text::Span::new(16, 30), "2@kafka-2:9093".to_owned())]);
    }
}
