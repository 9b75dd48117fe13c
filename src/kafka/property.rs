//! Kafka's properties: their names, what is known of their values, and Kafka's versions.

use std::fmt;

/// What a broker advertises to clients and other brokers.
pub const ADVERTISED_LISTENERS: &str = "advertised.listeners";
/// The host that a broker advertises, up to 2.8.
pub const ADVERTISED_HOST_NAME: &str = "advertised.host.name";
/// The port that a broker advertises, up to 2.8.
pub const ADVERTISED_PORT: &str = "advertised.port";
/// The number of a broker, and the other name of [`NODE_ID`].
pub const BROKER_ID: &str = "broker.id";
/// Whether ZooKeeper chooses the number of a broker that has none.
pub const BROKER_ID_GENERATION: &str = "broker.id.generation.enable";
/// The id of the cluster, in the storage of its nodes.
pub const CLUSTER_ID: &str = "cluster.id";
/// The codec of stored messages.
pub const COMPRESSION_TYPE: &str = "compression.type";
/// The replicas of Confluent Server's audit log.
pub const CONFLUENT_AUDIT_REPLICATION: &str = "confluent.security.event.logger.exporter.kafka.topic.replicas";
/// The replicas of the topic of Confluent Server's balancer.
pub const CONFLUENT_BALANCER_REPLICATION: &str = "confluent.balancer.topic.replication.factor";
/// The replicas of the topic of Confluent Server's licence.
pub const CONFLUENT_LICENSE_REPLICATION: &str = "confluent.license.topic.replication.factor";
/// The replicas of the topic of Confluent Server's links between clusters.
pub const CONFLUENT_LINK_REPLICATION: &str = "confluent.cluster.link.metadata.topic.replication.factor";
/// The replicas of the topic of Confluent Server's roles of users.
pub const CONFLUENT_METADATA_REPLICATION: &str = "confluent.metadata.topic.replication.factor";
/// The replicas of the topic of Confluent Server's metrics.
pub const CONFLUENT_METRICS_REPLICATION: &str = "confluent.metrics.reporter.topic.replicas";
/// Classes that fill `${…}` in values.
pub const CONFIG_PROVIDERS: &str = "config.providers";
/// The memory that the cleaner of the log has.
pub const CLEANER_BUFFER: &str = "log.cleaner.dedupe.buffer.size";
/// The threads of the cleaner of the log.
pub const CLEANER_THREADS: &str = "log.cleaner.threads";
/// How long a connection stays open after a failed authentication.
pub const FAILED_AUTHENTICATION_DELAY: &str = "connection.failed.authentication.delay.ms";
/// How long an idle connection stays open.
pub const CONNECTIONS_MAX_IDLE: &str = "connections.max.idle.ms";
/// The listener for requests of the controller, in ZooKeeper mode.
pub const CONTROL_PLANE_LISTENER: &str = "control.plane.listener.name";
/// The names of the listeners for controllers.
pub const CONTROLLER_NAMES: &str = "controller.listener.names";
/// Whether a controller joins the voters by itself, from 4.2.
pub const QUORUM_AUTO_JOIN: &str = "controller.quorum.auto.join.enable";
/// Where the voters are looked for if they are not listed, from 3.8.
pub const QUORUM_BOOTSTRAP: &str = "controller.quorum.bootstrap.servers";
/// The voters of the controllers' quorum.
pub const QUORUM_VOTERS: &str = "controller.quorum.voters";
/// Log directories that take no new partitions, from 4.3.
pub const CORDONED_LOG_DIRS: &str = "cordoned.log.dirs";
/// The replication factor of topics that are created without one.
pub const DEFAULT_REPLICATION: &str = "default.replication.factor";
/// The key of delegation tokens, up to 3.9.
pub const DELEGATION_MASTER_KEY: &str = "delegation.token.master.key";
/// The key of delegation tokens.
pub const DELEGATION_SECRET_KEY: &str = "delegation.token.secret.key";
/// Listeners that start before the node has caught up.
pub const EARLY_START_LISTENERS: &str = "early.start.listeners";
/// The group protocols that a broker speaks.
pub const REBALANCE_PROTOCOLS: &str = "group.coordinator.rebalance.protocols";
/// The host that a broker binds, up to 2.8.
pub const HOST_NAME: &str = "host.name";
/// The listener that brokers use among themselves.
pub const INTER_BROKER_LISTENER: &str = "inter.broker.listener.name";
/// The version of the protocol between brokers, up to 3.9.
pub const INTER_BROKER_VERSION: &str = "inter.broker.protocol.version";
/// What a node binds.
pub const LISTENERS: &str = "listeners";
/// How each listener speaks.
pub const PROTOCOL_MAP: &str = "listener.security.protocol.map";
/// The one directory of the log, if [`LOG_DIRS`] is not set.
pub const LOG_DIR: &str = "log.dir";
/// The directories of the log.
pub const LOG_DIRS: &str = "log.dirs";
/// How long messages are kept: the first that is set counts.
pub const LOG_RETENTION: [&str; 3] = ["log.retention.ms", "log.retention.minutes", "log.retention.hours"];
/// After what time a new segment of the log begins.
pub const LOG_ROLL: &str = "log.roll.ms";
/// By how much that time varies.
pub const LOG_ROLL_JITTER: &str = "log.roll.jitter.ms";
/// The version of the format of stored messages, up to 3.9.
pub const MESSAGE_FORMAT_VERSION: &str = "log.message.format.version";
/// How old a message may be, by its timestamp.
pub const TIMESTAMP_BEFORE: &str = "log.message.timestamp.before.max.ms";
/// By how much the time of a message may differ, up to 3.9.
pub const TIMESTAMP_DIFFERENCE: &str = "log.message.timestamp.difference.max.ms";
/// Connections a client address may have.
pub const MAX_CONNECTIONS_PER_IP: &str = "max.connections.per.ip";
/// Connections that named client addresses may have.
pub const MAX_CONNECTIONS_OVERRIDES: &str = "max.connections.per.ip.overrides";
/// The replicas that must have a message before it counts as written.
pub const MIN_INSYNC_REPLICAS: &str = "min.insync.replicas";
/// The number of a node.
pub const NODE_ID: &str = "node.id";
/// The replicas of `__consumer_offsets`.
pub const OFFSETS_REPLICATION: &str = "offsets.topic.replication.factor";
/// The codec of `__consumer_offsets`, by its number.
pub const OFFSETS_CODEC: &str = "offsets.topic.compression.codec";
/// The replicas that must have an offset before it counts as committed, up to 3.9.
pub const OFFSETS_REQUIRED_ACKS: &str = "offsets.commit.required.acks";
/// The port that a broker binds, up to 2.8.
pub const PORT: &str = "port";
/// The bytes of requests that may wait; none or less for any number.
pub const QUEUED_BYTES: &str = "queued.max.request.bytes";
/// The bytes that a request may have.
pub const REQUEST_BYTES: &str = "socket.request.max.bytes";
/// The roles of a node of a cluster without ZooKeeper.
pub const PROCESS_ROLES: &str = "process.roles";
/// Whether old segments are kept in another store.
pub const REMOTE_STORAGE: &str = "remote.log.storage.system.enable";
/// The highest number that a broker may be given, in ZooKeeper mode.
pub const RESERVED_BROKER_MAX_ID: &str = "reserved.broker.max.id";
/// The mechanisms of SASL that a listener takes.
pub const SASL_ENABLED_MECHANISMS: &str = "sasl.enabled.mechanisms";
/// The mechanism of SASL between brokers.
pub const SASL_INTER_BROKER_MECHANISM: &str = "sasl.mechanism.inter.broker.protocol";
/// The protocol between brokers, if no listener is named.
pub const INTER_BROKER_PROTOCOL: &str = "security.inter.broker.protocol";
/// The in-sync replicas that `__share_group_state` needs.
pub const SHARE_MIN_ISR: &str = "share.coordinator.state.topic.min.isr";
/// The replicas of `__share_group_state`.
pub const SHARE_REPLICATION: &str = "share.coordinator.state.topic.replication.factor";
/// The codec of `__share_group_state`, by its number.
pub const SHARE_CODEC: &str = "share.coordinator.state.topic.compression.codec";
/// The in-sync replicas that `__transaction_state` needs.
pub const TRANSACTION_MIN_ISR: &str = "transaction.state.log.min.isr";
/// The replicas of `__transaction_state`.
pub const TRANSACTION_REPLICATION: &str = "transaction.state.log.replication.factor";
/// Where ZooKeeper is, up to 3.9.
pub const ZOOKEEPER_CONNECT: &str = "zookeeper.connect";
/// Whether the node is migrating from ZooKeeper to KRaft, 3.4 to 3.9.
pub const ZOOKEEPER_MIGRATION: &str = "zookeeper.metadata.migration.enable";

/// The value of a property such as `advertised.listeners`, as far as the files show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given<'a> {
    /// It has this value.
    Set(&'a str),
    /// It is not set, so Kafka's default applies.
    Unset,
    /// It is set, or may be set, to a value that the files do not show. Never the same as unset.
    Unknown,
}

impl<'a> Given<'a> {
    /// The value that it surely has.
    #[must_use]
    pub const fn value(self) -> Option<&'a str> {
        match self {
            Self::Set(value) => Some(value),
            Self::Unset | Self::Unknown => None,
        }
    }
}

/// A version of Apache Kafka. A part that its text leaves out counts as the newest one: `3.9` is later than `3.9.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KafkaVersion {
    major: u16,
    minor: u16,
    patch: u16,
}

impl KafkaVersion {
    /// The newest version whose properties and checks are known.
    pub const NEWEST: Self = Self::minor(4, 4);

    /// A release.
    #[must_use]
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// The newest release of a major version.
    #[must_use]
    pub const fn major(major: u16) -> Self {
        match major {
            0 => Self::minor(0, 11),
            1 => Self::minor(1, 1),
            2 => Self::minor(2, 8),
            3 => Self::minor(3, 9),
            _ => Self::minor(major, u16::MAX),
        }
    }

    /// The newest release of a minor version.
    #[must_use]
    pub const fn minor(major: u16, minor: u16) -> Self {
        Self { major, minor, patch: u16::MAX }
    }

    /// Reads a version such as `3.9.1`, `3.9`, `4`, `v4.0.0-rc1` or `3.7.0-debian-12-r3`; `None` if the text starts with no number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
        let mut parts = text[..end].trim_end_matches('.').split('.').map(|part| part.parse::<u16>().ok());
        let major = parts.next()??;
        let mut next = || parts.next().map_or(Some(u16::MAX), |part| part);
        Some(Self { major, minor: next()?, patch: next()? })
    }

    /// Whether it is this release or a later one.
    #[must_use]
    pub fn is_from(self, major: u16, minor: u16) -> bool {
        (self.major, self.minor) >= (major, minor)
    }

    /// Its major and minor number.
    #[must_use]
    pub const fn line(self) -> (u16, u16) {
        (self.major, self.minor)
    }
}

impl fmt::Display for KafkaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [self.major, self.minor, self.patch];
        let known = parts.iter().take_while(|part| **part != u16::MAX).map(u16::to_string);
        f.write_str(&known.collect::<Vec<_>>().join("."))
    }
}

/// Versions from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionRange {
    /// The first one.
    pub first: KafkaVersion,
    /// The last one; `None` if there is no end.
    pub last: Option<KafkaVersion>,
}

impl VersionRange {
    /// Whether a version lies inside.
    #[must_use]
    pub fn contains(self, version: KafkaVersion) -> bool {
        self.first <= version && self.last.is_none_or(|last| version <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_tags() {
        for (text, expected) in [
            ("3.9.1", Some("3.9.1")),
            ("3.9", Some("3.9")),
            ("4", Some("4")),
            ("v4.0.0-rc1", Some("4.0.0")),
            ("3.7.0-debian-12-r3", Some("3.7.0")),
            ("3.7.", Some("3.7")),
            ("latest", None),
            ("", None),
            ("99999.1", None),
        ] {
            let read = KafkaVersion::parse(text).map(|version| version.to_string());
            assert_eq!(read.as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_missing_part_is_the_newest_one() {
        let version = |text| KafkaVersion::parse(text).expect("it is a version");
        assert!(version("3.9") > version("3.9.1") && version("3.9") < version("4.0.0"));
        assert!(version("3") > version("3.9") && version("3") < version("4.0.0"));
        assert!(version("3.10.0").is_from(3, 9) && !version("3.9.9").is_from(4, 0));
    }

    #[test]
    fn a_range_holds_its_ends() {
        let range = VersionRange { first: KafkaVersion::new(3, 0, 0), last: Some(KafkaVersion::minor(3, 8)) };
        let is_in = |text| range.contains(KafkaVersion::parse(text).expect("it is a version"));
        assert!(is_in("3.0.0") && is_in("3.8.1") && is_in("3.8"));
        assert!(!is_in("2.8.2") && !is_in("3.9.0"));
    }
}
