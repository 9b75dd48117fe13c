//! The smallest change of a node's configuration after which Kafka starts with it.
//!
//! Each objection has a few fixes, each of which changes one or two properties. The search looks for the cheapest chain of fixes after
//! which no objection is left. Fewer changed properties are cheaper; among equals, the cost of a repair grows with its distance from the
//! written settings. All checks are applied to a result before it is returned, so Kafka always accepts it.

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

use crate::kafka::property::{ADVERTISED_LISTENERS, Given, LISTENERS, NODE_ID, PROCESS_ROLES};
use crate::kafka::startup::cluster::Cluster;
use crate::kafka::startup::objection::{Check, Objection};

/// Why no change is found for a configuration.
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
    /// It depends on an unknown value.
    Unknown,
}

/// Configurations that are looked at before the search ends without a result.
const LIMIT: usize = 400;

/// The cost of a changed property; the costs of fixes are lower.
const PROPERTY: u32 = 16;

/// The changes of the node at this place of the cluster after which Kafka has no objection that keeps it from its clients. None if there is
/// no such objection now.
///
/// # Errors
/// The objection without a known repair, and the reason.
pub fn wanted(cluster: &Cluster<'_>, at: usize) -> Result<Vec<PropertyChange>, Refusal> {
    let node = &cluster.nodes[at];
    let mut open = BTreeMap::from([((0, 0), (Changes::new(), 0))]);
    let mut seen = BTreeSet::from([Changes::new()]);
    // Of all chains that fail, the one with the fewest objections left gives the best reason.
    let mut nearest: Option<(usize, Refusal)> = None;
    while let Some((_, (changes, penalty))) = open.pop_first() {
        let config = Changed { node, changes: &changes };
        let draft = Draft::new(cluster, at, &config);
        let objections = in_the_way(&draft);
        let Some(objection) = objections.first() else {
            return Ok(PropertyChange::all(node, restored(&draft)));
        };
        let (next, reason) = match repairs(&draft, objection).map(|repairs| applied(&draft, &repairs)) {
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

/// Whether Kafka has nothing against the node at this place, after some changes, that would keep it from its clients.
#[must_use]
pub fn accepts(cluster: &Cluster<'_>, at: usize, changes: &[PropertyChange]) -> bool {
    let changes = changes.iter().map(|change| (change.property.clone(), change.new.clone())).collect();
    let config = Changed { node: &cluster.nodes[at], changes: &changes };
    in_the_way(&Draft::new(cluster, at, &config)).is_empty()
}

/// The changes with each of the fixes, and their costs.
fn applied(draft: &Draft<'_, '_>, repairs: &[Repair]) -> Vec<(Changes, u32)> {
    repairs.iter().filter_map(|repair| Some((repair.applied_to(draft)?, repair.penalty))).collect()
}

/// The objections that keep clients from the node.
fn in_the_way(draft: &Draft<'_, '_>) -> Vec<Objection> {
    let mut objections = draft.objections();
    objections.retain(|objection| objection.check.consequence(draft.version()).keeps_clients_out());
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
        let config = Changed { node, changes: &with };
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
        match wanted(&cluster, nodes.len() - 1) {
            Ok(changes) => changes
                .iter()
                .map(|change| format!("{} = {}", change.property, change.new.as_deref().unwrap_or("-")))
                .collect(),
            Err(refusal) => vec![format!("{} {:?}", refusal.objection.check, refusal.reason)],
        }
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
    fn a_change_names_the_part_that_it_replaces() {
        let config: Properties = ONE.1.lines().filter_map(|line| line.trim().split_once('=')).collect();
        let mut config = config;
        config.set(QUORUM_VOTERS, "1@kafka-1:9093, 2@kafka-2:9092");
        let other: Properties = two("").1.lines().filter_map(|line| line.trim().split_once('=')).collect();
        let node = |config, name: &str| Node::new(config, KafkaVersion::new(4, 0, 0), vec![name.to_owned()]);
        let cluster = Cluster::new(vec![node(&config, "kafka-1"), node(&other, "kafka-2")]);
        let changes = wanted(&cluster, 0).expect("it is found");
        let [change] = changes.as_slice() else { panic!("{changes:?}") };
        assert_eq!(change.edits, [(crate::text::Span::new(16, 30), "2@kafka-2:9093".to_owned())]);
    }
}
