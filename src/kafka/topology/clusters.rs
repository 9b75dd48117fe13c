//! Which nodes are one cluster.

use std::collections::HashMap;

use crate::compose::ServiceId;
use crate::kafka::address::is_loopback;
use crate::kafka::broker::Broker;
use crate::kafka::peer::{Peer, PeerKind};

/// What a node has in common with the others of its cluster.
#[derive(PartialEq, Eq, Hash)]
enum Tie {
    /// It names this node, or is it.
    Node(ServiceId),
    /// It lists this entry.
    Entry(String),
}

/// The nodes of each cluster, by their places among `nodes`, both in order: those that name one another, and those that list the same
/// server of a ZooKeeper, or of a quorum that is not a node of the project.
pub(super) fn clusters(nodes: &[&Broker], known_as: &HashMap<String, Vec<ServiceId>>) -> Vec<Vec<usize>> {
    let mut first: HashMap<Tie, usize> =
        nodes.iter().zip(0..).map(|(node, at)| (Tie::Node(node.service.id), at)).collect();
    let mut parents: Vec<usize> = (0..nodes.len()).collect();
    for (at, node) in nodes.iter().enumerate() {
        for peer in &node.peers {
            let is_node = |id: &&ServiceId| first.contains_key(&Tie::Node(**id));
            let Some(tie) = tie(peer, known_as.get(peer.host()).into_iter().flatten().filter(is_node)) else {
                continue;
            };
            let other = *first.entry(tie).or_insert(at);
            join(&mut parents, at, other);
        }
    }
    let mut clusters: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for at in 0..nodes.len() {
        clusters[root(&parents, at)].push(at);
    }
    clusters.retain(|cluster| !cluster.is_empty());
    clusters
}

/// What an entry ties a node to; `None` if its host is several nodes, on several networks.
fn tie<'i>(peer: &Peer, mut nodes: impl Iterator<Item = &'i ServiceId>) -> Option<Tie> {
    let entry = || Some(Tie::Entry(peer.normalized()));
    if peer.kind == PeerKind::ZooKeeper || is_loopback(peer.host()) {
        return entry();
    }
    match (nodes.next(), nodes.next()) {
        (Some(node), None) => Some(Tie::Node(*node)),
        (None, _) => entry(),
        (Some(_), Some(_)) => None,
    }
}

fn root(parents: &[usize], mut at: usize) -> usize {
    while parents[at] != at {
        at = parents[at];
    }
    at
}

fn join(parents: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(parents, one), root(parents, other));
    // The first node of a cluster represents it.
    parents[one.max(other)] = one.min(other);
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use crate::code::Containers;
    use crate::compose::Project;
    use crate::kafka::topology::Topology;
    use crate::source::{Files, Memory};

    /// The clusters of services with these settings, each with the names of its nodes.
    fn clusters(services: &[(&str, &str)]) -> Vec<String> {
        let service = |(name, settings): &(&str, &str)| {
            format!("  {name}: {{image: apache/kafka:3.9.1, environment: {{{settings}}}}}\n")
        };
        let text = format!("services:\n{}", services.iter().map(service).collect::<String>());
        let mut files = Files::new(Memory([("compose.yml".into(), text.into_bytes())].into()));
        let project = Project::load(&mut files, Path::new("compose.yml")).expect("it is a compose file");
        let topology = Topology::new(Arc::new(project), Arc::default(), &Containers::default());
        let names = |cluster: Vec<&crate::kafka::broker::Broker>| {
            cluster.iter().map(|node| node.service.name.as_str()).collect::<Vec<_>>().join(" ")
        };
        topology.clusters().into_iter().map(names).collect()
    }

    #[test]
    fn nodes_that_name_one_another_are_one_cluster() {
        for (services, expected) in [
            (&[("a", "KAFKA_CONTROLLER_QUORUM_VOTERS: '1@a:1,2@b:1'"), ("b", "X: y")][..], &["a b"][..]),
            (
                &[("a", "KAFKA_CONTROLLER_QUORUM_VOTERS: 1@a:1"), ("b", "KAFKA_CONTROLLER_QUORUM_VOTERS: 1@b:1")],
                &["a", "b"],
            ),
            (
                &[
                    ("a", "KAFKA_CONTROLLER_QUORUM_VOTERS: 9@c:1"),
                    ("c", "KAFKA_PROCESS_ROLES: controller, KAFKA_NODE_ID: 9"),
                    ("b", "KAFKA_CONTROLLER_QUORUM_BOOTSTRAP_SERVERS: c:1"),
                ],
                &["a b c"],
            ),
            (&[("a", "KAFKA_ZOOKEEPER_CONNECT: 'z1:1,z2:1'"), ("b", "KAFKA_ZOOKEEPER_CONNECT: 'Z2:1'")], &["a b"]),
            (&[("a", "KAFKA_ZOOKEEPER_CONNECT: z:1/a"), ("b", "KAFKA_ZOOKEEPER_CONNECT: z:1/b")], &["a", "b"]),
            (
                &[("a", "KAFKA_ZOOKEEPER_CONNECT: localhost:1"), ("b", "KAFKA_ZOOKEEPER_CONNECT: localhost:1")],
                &["a", "b"],
            ),
            (
                &[
                    ("a", "KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:1,2@localhost:2'"),
                    ("b", "KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:1,2@localhost:2'"),
                ],
                &["a b"],
            ),
            (
                &[
                    ("a", "KAFKA_CONTROLLER_QUORUM_VOTERS: 1@else.where:1"),
                    ("b", "KAFKA_CONTROLLER_QUORUM_VOTERS: 1@else.where:1"),
                ],
                &["a b"],
            ),
        ] {
            assert_eq!(clusters(services), expected, "{services:?}");
        }
    }
}
