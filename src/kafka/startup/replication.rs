//! Topics that ask for more replicas than a cluster has brokers.

use crate::kafka::property::{
    CONFLUENT_AUDIT_REPLICATION, CONFLUENT_BALANCER_REPLICATION, CONFLUENT_LICENSE_REPLICATION,
    CONFLUENT_LINK_REPLICATION, CONFLUENT_METADATA_REPLICATION, CONFLUENT_METRICS_REPLICATION, DEFAULT_REPLICATION,
    Given, MIN_INSYNC_REPLICAS, OFFSETS_REPLICATION, REBALANCE_PROTOCOLS, SHARE_MIN_ISR, SHARE_REPLICATION,
    TRANSACTION_MIN_ISR, TRANSACTION_REPLICATION,
};
use crate::kafka::startup::cluster::{Cluster, Node};
use crate::kafka::startup::objection::{Check, Objection};
use crate::kafka::startup::reading::Reading;
use crate::kafka::startup::value::integer;

/// Topics whose replicas a property counts.
struct Topics {
    /// Kafka's name for the topic, or for the property that creates topics.
    name: &'static str,
    /// How many replicas it asks for.
    replicas: &'static str,
    /// How many of them must be in sync before a message counts.
    in_sync: &'static str,
}

/// The topics of every Kafka (apache/kafka, `Topic`, `AutoTopicCreationManager`).
const OF_KAFKA: [Topics; 4] = [
    Topics { name: "__consumer_offsets", replicas: OFFSETS_REPLICATION, in_sync: MIN_INSYNC_REPLICAS },
    Topics { name: "__transaction_state", replicas: TRANSACTION_REPLICATION, in_sync: TRANSACTION_MIN_ISR },
    Topics { name: "__share_group_state", replicas: SHARE_REPLICATION, in_sync: SHARE_MIN_ISR },
    Topics { name: "*", replicas: DEFAULT_REPLICATION, in_sync: MIN_INSYNC_REPLICAS },
];

/// The topics of Confluent Server, whose replicas are three unless a property says otherwise, and whether it creates them by default
/// (docs.confluent.io, "Kafka Broker and Controller Configurations for Confluent Platform"; confluentinc/kafka-images,
/// `server/include/etc/confluent/docker/configure`, which switches the balancer on).
const OF_CONFLUENT: [(&str, &str, bool); 6] = [
    ("_confluent-command", CONFLUENT_LICENSE_REPLICATION, true),
    ("_confluent_balancer_api_state", CONFLUENT_BALANCER_REPLICATION, true),
    ("_confluent-link-metadata", CONFLUENT_LINK_REPLICATION, true),
    ("_confluent-metrics", CONFLUENT_METRICS_REPLICATION, false),
    ("_confluent-metadata-auth", CONFLUENT_METADATA_REPLICATION, false),
    ("confluent-audit-log-events", CONFLUENT_AUDIT_REPLICATION, false),
];

/// The default replication factor of Confluent Server's topics.
const OF_CONFLUENT_BY_DEFAULT: i64 = 3;

impl Cluster<'_> {
    /// Topics that cannot be created, or cannot accept messages, because there are too few brokers; none if some brokers may be elsewhere.
    /// The first element of a pair is the place of the node in [`Self::nodes`].
    #[must_use]
    pub fn replica_objections(&self) -> Vec<(usize, Objection)> {
        let readings: Vec<Reading<'_>> =
            self.nodes.iter().map(|node| Reading::new(node.config, node.version)).collect();
        let serves: Option<Vec<bool>> = readings.iter().map(Reading::serves_clients).collect();
        let Some(serves) = serves.filter(|_| self.is_whole) else { return Vec::new() };
        let brokers = i64::try_from(serves.iter().filter(|serves| **serves).count()).unwrap_or(i64::MAX);
        let mut found = Vec::new();
        for (at, node) in self.nodes.iter().enumerate().filter(|(at, _)| serves[*at]) {
            let of_node = of_node(node, &readings[at], brokers);
            found.extend(of_node.into_iter().map(|objection| (at, objection)));
        }
        found
    }
}

fn of_node(node: &Node<'_>, reading: &Reading<'_>, brokers: i64) -> Vec<Objection> {
    let mut found = Vec::new();
    let number = |property: &str| reading.integer(property).flatten();
    for topics in OF_KAFKA.iter().filter(|topics| topics.name != "__share_group_state" || has_share_groups(reading)) {
        let Some(replicas) = number(topics.replicas) else { continue };
        if replicas > brokers {
            let objection = Objection::new(Check::TooManyReplicas, &[topics.replicas]);
            found.push(objection.about([topics.name.to_owned(), replicas.to_string(), brokers.to_string()]));
        }
        // One replica of -1 is the default of the cluster.
        let replicas = replicas.min(brokers);
        if let Some(in_sync) = number(topics.in_sync).filter(|in_sync| *in_sync > replicas && replicas > 0) {
            let objection = Objection::new(Check::TooManyInSync, &[topics.in_sync, topics.replicas]);
            found.push(objection.about([topics.name.to_owned(), in_sync.to_string(), replicas.to_string()]));
        }
    }
    for (topic, property, is_unasked) in OF_CONFLUENT.iter().filter(|_| node.is_confluent_server) {
        let replicas = match reading.given_itself(property) {
            Given::Set(text) => integer(text),
            Given::Unset => is_unasked.then_some(OF_CONFLUENT_BY_DEFAULT),
            Given::Unknown => None,
        };
        if let Some(replicas) = replicas.filter(|replicas| *replicas > brokers) {
            let objection = Objection::new(Check::TooManyReplicas, &[property]);
            found.push(objection.about([(*topic).to_owned(), replicas.to_string(), brokers.to_string()]));
        }
    }
    found
}

/// Whether the version has groups that share a topic's records, and takes them (KIP-932, which is ready with 4.2).
fn has_share_groups(reading: &Reading<'_>) -> bool {
    let is_named = || {
        reading.entries(REBALANCE_PROTOCOLS).flatten().is_some_and(|names| names.iter().any(|own| own.text == "share"))
    };
    reading.version.is_from(4, 2) || reading.version.is_from(4, 0) && is_named()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::property::KafkaVersion;
    use crate::kafka::startup::configuration::{Configuration, Properties};

    /// The objections of so many equal brokers, as `CHECK SUBJECTS`.
    fn found(brokers: usize, version: &str, is_confluent_server: bool, pairs: &[(&str, &str)]) -> Vec<String> {
        let config: Properties = pairs.iter().copied().collect();
        let version = KafkaVersion::parse(version).expect("it is a version");
        let node = |at: usize| Node {
            is_confluent_server,
            ..Node::new(&config as &dyn Configuration, version, vec![format!("kafka-{at}")])
        };
        let cluster = Cluster::new((0..brokers).map(node).collect());
        let first = cluster.replica_objections().into_iter().filter(|(at, _)| *at == 0);
        first.map(|(_, objection)| format!("{} {}", objection.check, objection.subjects.join(" "))).collect()
    }

    #[test]
    fn one_broker_needs_one_replica() {
        let expected = [
            "too-many-replicas __consumer_offsets 3 1",
            "too-many-replicas __transaction_state 3 1",
            "too-many-in-sync __transaction_state 2 1",
        ];
        assert_eq!(found(1, "3.9", false, &[]), expected);
        let one = [(OFFSETS_REPLICATION, "1"), (TRANSACTION_REPLICATION, "1"), (TRANSACTION_MIN_ISR, "1")];
        assert_eq!(found(1, "3.9", false, &one), [""; 0]);
        assert_eq!(found(3, "3.9", false, &[]), [""; 0]);
        let kraft = [&one[..], &[("process.roles", "broker,controller")]].concat();
        let expected = ["too-many-replicas __share_group_state 3 1", "too-many-in-sync __share_group_state 2 1"];
        assert_eq!(found(1, "4.4", false, &kraft), expected);
    }

    #[test]
    fn a_topic_has_as_many_replicas_as_must_be_in_sync() {
        let two = [
            (OFFSETS_REPLICATION, "1"),
            (MIN_INSYNC_REPLICAS, "2"),
            (DEFAULT_REPLICATION, "2"),
            (TRANSACTION_REPLICATION, "2"),
        ];
        assert_eq!(found(2, "2.8", false, &two), ["too-many-in-sync __consumer_offsets 2 1"]);
    }

    #[test]
    fn confluent_server_has_topics_of_its_own() {
        let one = [(OFFSETS_REPLICATION, "1"), (TRANSACTION_REPLICATION, "1"), (TRANSACTION_MIN_ISR, "1")];
        let topics: Vec<String> = found(1, "3.9", true, &one)
            .iter()
            .map(|one| one.split(' ').nth(1).unwrap_or_default().to_owned())
            .collect();
        assert_eq!(topics, ["_confluent-command", "_confluent_balancer_api_state", "_confluent-link-metadata"]);
        assert_eq!(found(3, "3.9", true, &one), [""; 0]);
    }
}
