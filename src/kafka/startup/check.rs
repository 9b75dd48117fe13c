//! The checks that Kafka makes, and the conditions that it cannot run without: what comes of each, where Kafka makes it, and what it logs.

use std::fmt;

use crate::kafka::property::KafkaVersion;

/// What comes of an objection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consequence {
    /// Kafka refuses to start.
    Stops,
    /// It starts, and never takes a request of a client.
    NeverReady,
    /// It may run, and its cluster may also have two leaders, or nodes that never become ready.
    MaySplit,
    /// It runs, and something that its clients need never works.
    NeverWorks,
    /// The property has no effect.
    Ignored,
    /// It works, and would not with another version.
    Tolerated,
}

impl Consequence {
    /// Whether clients cannot use the node at all.
    #[must_use]
    pub const fn keeps_clients_out(self) -> bool {
        matches!(self, Self::Stops | Self::NeverReady)
    }

    /// Whether the configuration of the node has to be changed so that its clients can rely on it.
    #[must_use]
    pub const fn asks_for_change(self) -> bool {
        self.keeps_clients_out() || matches!(self, Self::MaySplit)
    }
}

/// Writes the tables of [`Check`]: each check with what comes of it, where Kafka makes it, and words of what it then logs.
macro_rules! checks {
    ($($(#[$doc:meta])+ $name:ident => $consequence:ident, $source:literal, [$($words:literal),*];)+) => {
        /// A check that Kafka makes, or a condition that it cannot run without.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $($(#[$doc])+ $name,)+
        }

        impl Check {
            /// All checks.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// What comes of it in every version, but see [`Self::consequence`].
            const fn usual_consequence(self) -> Consequence {
                match self { $(Self::$name => Consequence::$consequence,)+ }
            }

            /// The class and method of apache/kafka that makes the check, or that waits in vain.
            #[must_use]
            pub const fn source(self) -> &'static str {
                match self { $(Self::$name => $source,)+ }
            }

            /// Words of which one is in Kafka's log output, in any version; none if Kafka does not log it.
            #[must_use]
            pub const fn words(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($words),*],)+ }
            }
        }
    };
}

checks! {
    // Single values.

    /// A value is not of the property's type.
    WrongType => Stops,
        "ConfigDef.parseType",
        ["Not a number of type", "Expected value to be either true or false", "could not be found"];
    /// A number is too small or too great; the subjects are the least and the greatest.
    OutOfRange => Stops,
        "ConfigDef.Range.ensureValid",
        ["Value must be at least", "Value must be no more than", "Value must be between", "Value can be -1 or greater", "log.roll.ms must be",
         "log.roll.jitter.ms must be", "log.retention.ms must be"];
    /// A word is none of those that there are, which are the subjects.
    NotAllowed => Stops,
        "ConfigDef.ValidString.ensureValid",
        ["String must be one of", "values must not be empty", "is not a valid version",
         "Valid options are", "Invalid security protocol", "compression type id", "unknown compression"];
    /// A value is empty, or an entry of a list is.
    Empty => Stops,
        "ConfigDef.NonEmptyString.ensureValid, ConfigDef.ValidList.ensureValid",
        ["must be non-empty", "must not be empty", "values must not be"];
    /// A property that must be set is not.
    Missing => Stops, "ConfigDef.parseValue", ["Missing required configuration"];

    // Names of properties.

    /// No version has the property; the subject is the property with a similar name.
    Misspelt => Ignored, "AbstractConfig.logUnused", [];
    /// This version no longer has the property; the subjects are the last version that had it, and its replacement, if there is one.
    Removed => Ignored, "AbstractConfig.logUnused", [];
    /// This version does not have the property yet; the subject is the first version that does.
    TooNew => Ignored, "AbstractConfig.logUnused", [];

    /// A node without ZooKeeper has the address of one.
    ZooKeeperNextToRoles => Ignored, "KafkaConfig.requiresZookeeper", [];

    // What a node is.

    /// A role is given twice.
    RoleTwice => Stops, "KafkaConfig.parseProcessRoles", ["Duplicate role names found"];
    /// A node without ZooKeeper has no id.
    NoNodeId => Stops, "KafkaConfig.validateValues", ["Missing configuration `node.id`"];
    /// The ids of a node, which are its two, are not the same.
    IdsDiffer => Stops,
        "KafkaConfig.validateValues",
        ["to the same value as `broker.id`", "must be set to the same value"];
    /// An id is not among those that ZooKeeper leaves to be given; the subjects are the least and the greatest.
    IdReserved => Stops, "KafkaConfig.validateValues", ["not greater than reserved.broker.max.id", "broker.id must be"];
    /// A node has no roles and no address of ZooKeeper.
    NoZooKeeper => Stops, "KafkaConfig.validateValues", ["Missing required configuration"];
    /// Controllers' listeners are named, and the node has no roles.
    ControllerNamesWithoutRoles => Stops,
        "KafkaConfig.validateValues",
        ["must be empty when not running in KRaft mode"];

    // Listeners.

    /// An entry is not a listener.
    ListenerMalformed => Stops,
        "SocketServerConfigs.listenerListToEndPoints, EndPoint.createEndPoint",
        ["Unable to parse", "For input string", "listener name is null or empty", "defined for listener"];
    /// Listeners, the subject, have one name.
    ListenerTwice => Stops, "CoreUtils.listenerListToEndPoints", ["Each listener must have a different name"];
    /// Listeners, the subjects, are bound to one port.
    PortTwice => Stops,
        "CoreUtils.listenerListToEndPoints",
        ["Each listener must have a different port", "listeners on the same port"];
    /// A listener, the subject, has no protocol.
    ListenerWithoutProtocol => Stops,
        "SocketServerConfigs.listenerListToEndPoints, EndPoint.createEndPoint",
        ["No security protocol defined for listener"];
    /// An entry of the protocol map is none.
    MapMalformed => Stops,
        "Csv.parseCsvMap, ListenerName.normalised",
        ["Error parsing configuration property", "listener name is null or empty", "Duplicate key"];
    /// The protocol, which is the subject, does not exist.
    NoSuchProtocol => Stops, "AbstractKafkaConfig.securityProtocol", ["Invalid security protocol"];
    /// A broker advertises no listener.
    AdvertisesNothing => Stops,
        "KafkaConfig.validateValues",
        ["There must be at least one", "must be a listener name defined in advertised.listeners"];
    /// Listeners, the subjects, are advertised and not bound.
    AdvertisedNotBound => Stops,
        "KafkaConfig.validateValues",
        ["must be equal to or a subset of the ones defined in listeners"];
    /// A listener, the subject, advertises 0.0.0.0.
    AdvertisesAnyAddress => Stops, "KafkaConfig.validateValues", ["cannot use the nonroutable meta-address"];
    /// A controller's listener, the subject, is bound to 0.0.0.0, which 3.9.0 takes for what it advertises (KAFKA-18281).
    ControllerAtAnyAddress => Stops, "KafkaConfig.validateValues", ["cannot use the nonroutable meta-address"];
    /// A broker advertises a controllers' listener, the subject.
    AdvertisesController => Stops,
        "KafkaConfig.validateValues",
        ["must not contain KRaft controller listeners", "cannot contain any of controller.listener.names"];
    /// A node that is a controller only advertises.
    ControllerAdvertises => Stops,
        "KafkaConfig.validateValues",
        ["config must be empty when process.roles=controller", "config must only contain KRaft controller listeners"];
    /// The listener between brokers is set in two ways.
    InterBrokerTwice => Stops,
        "AbstractKafkaConfig.interBrokerListenerNameAndSecurityProtocol",
        ["Only one of inter.broker.listener.name and security.inter.broker.protocol"];
    /// The listener between brokers, the subject, has no protocol.
    InterBrokerWithoutProtocol => Stops,
        "AbstractKafkaConfig.interBrokerListenerNameAndSecurityProtocol",
        ["defined in inter.broker.listener.name not found in", "listener name is null or empty"];
    /// The listener between brokers, the subject, is not advertised.
    InterBrokerNotAdvertised => Stops,
        "KafkaConfig.validateValues",
        ["must be a listener name defined in advertised.listeners"];
    /// The listener between brokers, the subject, is for controllers.
    InterBrokerIsController => Stops,
        "KafkaConfig.validateValues",
        ["must not contain an explicitly set inter.broker.listener.name"];
    /// The listener for the controller's requests, the subject, is none for it.
    ControlPlane => Stops,
        "KafkaConfig.validateValues",
        ["control.plane.listener.name", "listener name is null or empty"];
    /// A listener, the subject, is to start early, and there is none of that name.
    EarlyStart => Stops, "KafkaConfig.earlyStartListeners", ["early.start.listeners contains listener"];
    /// The mechanism between brokers, the subject, is none that their listener takes.
    SaslMechanism => Stops, "KafkaConfig.validateValues", ["must be included in sasl.enabled.mechanisms"];

    // Controllers.

    /// A broker without the role of a controller names no listener of the controllers.
    NoControllerNames => Stops,
        "KafkaConfig.validateValues",
        ["must contain at least one value when running KRaft with just the broker role"];
    /// A controller binds no listener of those for controllers, which are the subjects.
    NoControllerListener => Stops,
        "KafkaConfig.validateValues",
        ["must contain at least one value appearing in the 'listeners'", "must only contain values appearing",
         "cannot be empty if the server has the controller role"];
    /// A controller does not bind all listeners for controllers; the subjects are those that it does not.
    ControllerNotBound => Stops,
        "KafkaConfig.validateValues",
        ["must only contain values appearing in the 'listeners'"];
    /// A node that is a broker only binds a listener for controllers, the subject.
    BrokerBindsController => Stops,
        "KafkaConfig.validateValues",
        ["must not contain a value appearing in the 'listeners'"];
    /// A listener of the controllers, the subject, has no protocol.
    ControllerWithoutProtocol => Stops, "KafkaConfig.validateValues", ["Controller listener with name"];
    /// A node that is a controller only binds listeners, the subjects, that are for others.
    ControllerBindsOthers => Stops,
        "KafkaConfig.validateValues",
        ["config must only contain KRaft controller listeners"];

    // The quorum.

    /// An entry of the voters is none.
    VoterMalformed => Stops,
        "QuorumConfig.parseVoterConnections",
        ["Each entry should be in the form", "Failed to parse voter ID", "For input string", "port out of range"];
    /// An entry of the bootstrap servers of the quorum is not an address.
    BootstrapMalformed => Stops,
        "QuorumConfig.parseBootstrapServer",
        ["Each entry should be in the form", "For input string", "port out of range"];
    /// A node with roles has neither voters nor bootstrap servers.
    NoVoters => Stops, "KafkaConfig.validateValues", ["must contain a parseable set of"];
    /// The id of a controller, the subject, is not among the voters.
    NotAmongVoters => Stops, "KafkaConfig.validateValues", ["must be included in the set of voters"];
    /// The id of a node that is a broker only, the subject, is among the voters.
    BrokerAmongVoters => Stops, "KafkaConfig.validateValues", ["must not be included in the set of voters"];
    /// A node that is a broker only is to join the voters.
    BrokerJoinsVoters => Stops, "KafkaConfig.validateValues", ["controller.quorum.auto.join.enable"];
    /// A voter is at 0.0.0.0.
    VoterAtAnyAddress => Stops, "QuorumConfig.parseVoterConnections", ["is not routeable"];
    /// A controller is formatted without voters and without the first voter.
    NoFirstVoter => Stops,
        "StorageTool.runFormatCommand",
        ["Because controller.quorum.voters is not set on this controller"];

    // Numbers and words that go together.

    /// A number is not as another one demands; the places are both.
    NumbersDisagree => Stops,
        "KafkaConfig.validateValues, GroupCoordinatorConfig, ShareGroupConfig",
        ["must be greater than or equal", "must be less than", "should always be", "must be larger or equal",
         "must be greater or equal", "must be between"];
    /// No directory for the log is left.
    NoLogDir => Stops, "KafkaConfig.validateValues", ["At least one log directory"];
    /// Several directories, and old segments in another store.
    RemoteLogDirs => Stops, "KafkaConfig.validateValues", ["Multiple log directories"];
    /// A cordoned directory, the subject, is none of the log's.
    CordonedLogDir => Stops, "KafkaConfig.validateCordonedLogDirs", ["cordoned.log.dirs"];
    /// A thread of the cleaner has less than a megabyte.
    CleanerBuffer => Stops, "KafkaConfig.validateValues", ["must be at least 1MB per cleaner thread", "by zero"];
    /// No client address may have a connection.
    NoConnections => Stops, "KafkaConfig.validateValues", ["can be set to zero only if"];
    /// An entry of the connections by address is none.
    OverrideMalformed => Stops,
        "Csv.parseCsvMap",
        ["Error parsing configuration property", "For input string", "contains invalid addresses",
         "NumberFormatException"];
    /// The protocol of old consumer groups is not among those that the broker speaks.
    NoClassicProtocol => Stops,
        "KafkaConfig.groupCoordinatorRebalanceProtocols",
        ["Disabling the 'classic' protocol is not supported", "protocol is not supported"];
    /// The protocol between brokers is too old for the roles, or for what is stored; the subjects are its version, and the least, if there is one.
    ProtocolTooOld => Stops,
        "KafkaConfig.interBrokerProtocolVersion, KafkaConfig.validateValues",
        ["A non-KRaft version", "can only be used when inter.broker.protocol.version"];

    // Checks that apply only when a node runs, or in a cluster.

    /// A listener, the first subject, is bound to a name or an address, the second one, that is not the node's.
    BoundElsewhere => Stops, "SocketServer.openServerSocket", ["Socket server failed to bind to"];
    /// A port, the subject, is none from 0 to 65535.
    NoSuchPort => Stops, "SocketServer.openServerSocket", ["port out of range"];
    /// A voter, the subject, is at a port where its node does not listen for controllers.
    VoterPort => NeverReady,
        "RaftManager, BrokerLifecycleManager",
        ["Unable to register the broker because the RPC got timed out", "Connection to node"];
    /// A voter, the subject, has a host that is not a name of its node.
    VoterHost => NeverReady, "RaftManager, BrokerLifecycleManager", ["UnknownHostException", "Couldn't resolve server"];
    /// The voters of nodes of one cluster differ. Seen in 3.3.2, 3.7.2, 3.9.1 and 4.4.0: if the voters of one node are among those of the
    /// other, both run; of three nodes that each leave out another one, one may never become ready.
    VotersDiffer => MaySplit, "KafkaRaftClient", ["INCONSISTENT_VOTER_SET"];
    /// Several nodes have one id, the subject.
    IdTwice => NeverReady,
        "ClusterControlManager.registerBroker, KafkaZkClient.registerBroker",
        ["Another broker is registered", "This broker ID is already in use", "node already exists and owner"];
    /// The nodes of a cluster have cluster ids, the subjects, that differ.
    ClusterIdsDiffer => NeverReady,
        "KafkaRaftClient, ClusterControlManager.registerBroker",
        ["InconsistentClusterIdException", "INCONSISTENT_CLUSTER_ID"];
    /// The cluster's id, the subject, is not 16 bytes in Base64.
    ClusterIdMalformed => Stops, "StorageTool.buildMetadataProperties", ["does not appear to be a valid UUID"];
    /// A topic, the first subject, asks for more replicas, the second one, than there are brokers, the third.
    TooManyReplicas => NeverWorks,
        "ReplicationControlManager, AutoTopicCreationManager",
        ["does not meet the required replication factor", "larger than available brokers",
         "InvalidReplicationFactorException", "Unable to replicate the partition"];
    /// A topic, the first subject, asks for more in-sync replicas, the second one, than it has replicas, the third.
    TooManyInSync => NeverWorks,
        "Partition.appendRecordsToLeader",
        ["is insufficient to satisfy the min.isr requirement", "NotEnoughReplicas"];
}

impl Check {
    /// What comes of it in a version.
    #[must_use]
    pub fn consequence(self, version: KafkaVersion) -> Consequence {
        match self {
            // From 3.7 on the id may be any text (`MetaPropertiesEnsemble`, apache/kafka#14628).
            Self::ClusterIdMalformed if version.is_from(3, 7) => Consequence::Tolerated,
            _ => self.usual_consequence(),
        }
    }

    /// Whether it is about listeners and the quorum, and not about other settings of a node.
    #[must_use]
    pub const fn is_about_listeners(self) -> bool {
        matches!(
            self,
            Self::AdvertisedNotBound
                | Self::AdvertisesAnyAddress
                | Self::AdvertisesController
                | Self::AdvertisesNothing
                | Self::BootstrapMalformed
                | Self::BoundElsewhere
                | Self::BrokerBindsController
                | Self::ControlPlane
                | Self::ControllerAtAnyAddress
                | Self::ControllerBindsOthers
                | Self::ControllerNotBound
                | Self::ControllerWithoutProtocol
                | Self::EarlyStart
                | Self::InterBrokerIsController
                | Self::InterBrokerNotAdvertised
                | Self::InterBrokerTwice
                | Self::InterBrokerWithoutProtocol
                | Self::ListenerMalformed
                | Self::ListenerTwice
                | Self::ListenerWithoutProtocol
                | Self::MapMalformed
                | Self::NoControllerListener
                | Self::NoControllerNames
                | Self::NoSuchPort
                | Self::NoSuchProtocol
                | Self::PortTwice
                | Self::VoterHost
                | Self::VoterMalformed
                | Self::VoterPort
        )
    }
}

impl fmt::Display for Check {
    /// Its name, in lower case and with hyphens: `advertised-not-bound`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format!("{self:?}");
        for (at, character) in name.char_indices() {
            if at > 0 && character.is_ascii_uppercase() {
                f.write_str("-")?;
            }
            write!(f, "{}", character.to_ascii_lowercase())?;
        }
        Ok(())
    }
}
