//! Checks that apply only when a node runs, or to the nodes of a cluster together.

use std::sync::Arc;

use crate::kafka::property::{
    ADVERTISED_LISTENERS, BROKER_ID, CLUSTER_ID, Given, KafkaVersion, LISTENERS, NODE_ID, PROCESS_ROLES,
    QUORUM_BOOTSTRAP, QUORUM_VOTERS,
};
use crate::kafka::startup::checks::{node_id, objections_to};
use crate::kafka::startup::configuration::Configuration;
use crate::kafka::startup::endpoint::{Endpoint, Voter};
use crate::kafka::startup::objection::{Check, Objection};
use crate::kafka::startup::reading::Reading;

/// A node of a cluster, as a project runs it.
#[derive(Clone)]
pub struct Node<'c> {
    /// What it is configured with.
    pub config: &'c dyn Configuration,
    /// The version of Kafka in its image.
    pub version: KafkaVersion,
    /// The names by which containers of its cluster find it, the one to use first; at least one.
    pub names: Vec<String>,
    /// The ports of its container that the host opens, each with the host's port.
    pub published: Vec<(u16, u16)>,
    /// The id that its storage is formatted with; unset if its image makes one up.
    pub cluster_id: Given<'c>,
    /// Whether it is Confluent Server, which has its own topics.
    pub is_confluent_server: bool,
    /// Whether its image formats a controller without voters as the first voter of a new quorum.
    pub starts_quorum: bool,
    /// Properties that its image sets only if none of its variables is set.
    pub lost_defaults: Vec<(String, String)>,
}

/// The nodes of one cluster.
#[derive(Clone)]
pub struct Cluster<'c> {
    /// Those that are known.
    pub nodes: Vec<Node<'c>>,
    /// Names of other services.
    pub others: Arc<[String]>,
    /// The addresses of the ZooKeepers, in the form of `zookeeper.connect`.
    pub zookeepers: Arc<[String]>,
    /// Whether no node is anywhere else.
    pub is_whole: bool,
}

impl<'c> Cluster<'c> {
    /// A cluster of which all nodes are known.
    #[must_use]
    pub fn new(nodes: Vec<Node<'c>>) -> Self {
        Self { nodes, others: Arc::default(), zookeepers: Arc::default(), is_whole: true }
    }

    /// Kafka's objections to each of the nodes: its own checks, and problems between nodes. The first element of a pair is the place of the
    /// node in [`Self::nodes`].
    #[must_use]
    pub fn objections(&self) -> Vec<(usize, Objection)> {
        let readings = self.readings();
        let of_node = |at| self.objections_of(at, &readings).into_iter().map(move |objection| (at, objection));
        (0..self.nodes.len()).flat_map(of_node).collect()
    }

    /// What Kafka has against the node at this place, as [`Self::objections`] says of each.
    #[must_use]
    pub fn objections_at(&self, at: usize) -> Vec<Objection> {
        self.objections_of(at, &self.readings())
    }

    fn readings(&self) -> Vec<Reading<'_>> {
        self.nodes.iter().map(|node| Reading::new(node.config, node.version)).collect()
    }

    fn objections_of(&self, at: usize, readings: &[Reading<'_>]) -> Vec<Objection> {
        let mut found = objections_to(&readings[at]);
        let view = View { cluster: self, readings, at };
        for check in [View::bound, View::ports, View::voters, View::first_voter, View::ids, View::cluster_id] {
            let mut of_check = Vec::new();
            check(&view, &mut of_check);
            found.append(&mut of_check);
        }
        found
    }
}

/// One node among the others.
struct View<'v, 'c> {
    cluster: &'v Cluster<'c>,
    readings: &'v [Reading<'c>],
    at: usize,
}

impl<'c> View<'_, 'c> {
    fn node(&self) -> &Node<'c> {
        &self.cluster.nodes[self.at]
    }

    fn reading(&self) -> &Reading<'c> {
        &self.readings[self.at]
    }

    /// `SocketServer.openServerSocket`: a listener is bound to an address of the container.
    fn bound(&self, found: &mut Vec<Objection>) -> Option<()> {
        for endpoint in self.reading().bound.as_ref()? {
            // The owner of an IP address or a domain name is unknown.
            let is_elsewhere =
                !endpoint.host.contains(['.', ':', '%']) && !self.is_own(endpoint.host) && !is_loopback(endpoint.host);
            let is_of_other =
                self.cluster.nodes.iter().any(|node| node.is_called(endpoint.host)) && !self.is_own(endpoint.host);
            if !endpoint.host.is_empty() && (is_elsewhere || is_of_other) {
                let objection = Objection::to_entry(Check::BoundElsewhere, LISTENERS, endpoint.span);
                found.push(objection.about([&endpoint.name, endpoint.host]));
            }
        }
        Some(())
    }

    /// `SocketServer.openServerSocket`; the advertised port is stored as a port too.
    fn ports(&self, found: &mut Vec<Objection>) -> Option<()> {
        let reading = self.reading();
        let advertised = reading.advertised.as_ref().filter(|_| reading.is_set(ADVERTISED_LISTENERS) == Some(true));
        for (property, endpoints) in [(LISTENERS, reading.bound.as_ref()), (ADVERTISED_LISTENERS, advertised)] {
            for endpoint in endpoints.into_iter().flatten().filter(|endpoint| u16::try_from(endpoint.port).is_err()) {
                found.push(Objection::to_entry(Check::NoSuchPort, property, endpoint.span).about([endpoint.port]));
            }
        }
        Some(())
    }

    /// `RaftManager`: every voter is found at its host, by its id, and listens there for controllers.
    fn voters(&self, found: &mut Vec<Objection>) -> Option<()> {
        let reading = self.reading();
        if !reading.roles?.any() {
            return None;
        }
        for voter in reading.voters.as_ref()? {
            let objection = |check| Objection::to_entry(check, QUORUM_VOTERS, voter.span).about([voter.id]);
            match self.found_at(voter.host) {
                At::Node(at) if node_id(&self.readings[at]).is_some_and(|id| id != voter.id) => {
                    // A node that does not vote at all is refused for it.
                    if !found.iter().any(|other| other.check == Check::VoterHost) {
                        found.push(objection(Check::VoterHost));
                    }
                }
                At::Node(at) if !self.listens_for(voter, at).unwrap_or(true) => found.push(objection(Check::VoterPort)),
                At::NoNode => found.push(objection(Check::VoterHost)),
                At::Node(_) | At::Unknown => {}
            }
        }
        Some(())
    }

    /// `StorageTool.runFormatCommand`: the first voter must be set. `KafkaRaftClient`: all nodes have the same voters.
    fn first_voter(&self, found: &mut Vec<Objection>) -> Option<()> {
        let reading = self.reading();
        let is_checked = reading.version.is_from(3, 9) && !self.node().starts_quorum;
        let knows_servers = !reading.entries(QUORUM_BOOTSTRAP)?.unwrap_or_default().is_empty();
        if is_checked && reading.roles?.controller && reading.voters.as_ref()?.is_empty() && knows_servers {
            found.push(Objection::new(Check::NoFirstVoter, &[QUORUM_VOTERS]));
        }
        let ids = |reading: &Reading<'_>| {
            let mut ids: Vec<i64> = reading.voters.as_ref()?.iter().map(|voter| voter.id).collect();
            ids.sort_unstable();
            Some(ids).filter(|ids| !ids.is_empty())
        };
        let own = ids(reading)?;
        if self.readings[..self.at].iter().find_map(ids).is_some_and(|other| other != own) {
            found.push(Objection::new(Check::VotersDiffer, &[QUORUM_VOTERS]).about(own));
        }
        Some(())
    }

    /// Whose a voter's host is.
    fn found_at(&self, host: &str) -> At {
        if host.is_empty() || is_loopback(host) || host == "0.0.0.0" || self.is_own(host) {
            return At::Node(self.at);
        }
        let is_of_other = self.cluster.others.iter().any(|name| name.eq_ignore_ascii_case(host));
        match self.cluster.nodes.iter().position(|node| node.is_called(host)) {
            Some(at) => At::Node(at),
            None if is_of_other || self.cluster.is_whole && !host.contains(['.', ':']) => At::NoNode,
            None => At::Unknown,
        }
    }

    /// Whether a node listens for controllers where a voter is said to be.
    fn listens_for(&self, voter: &Voter<'_>, at: usize) -> Option<bool> {
        let reading = &self.readings[at];
        let is_local = voter.host.is_empty() || is_loopback(voter.host);
        let takes = |endpoint: &Endpoint<'_>| {
            let is_at_host = match endpoint.host {
                "" | "0.0.0.0" | "::" => true,
                host => is_loopback(host) == is_local || voter.host == "0.0.0.0",
            };
            Some(is_at_host && endpoint.port == i32::from(voter.port) && reading.is_for_controllers(&endpoint.name)?)
        };
        if !reading.roles?.controller {
            return None;
        }
        let takes: Vec<bool> = reading.bound.as_ref()?.iter().map(takes).collect::<Option<_>>()?;
        // A node without any listener for controllers is refused for it.
        let names = reading.controller_names.as_ref()?;
        let has_any =
            reading.bound.as_ref()?.iter().any(|endpoint| names.iter().any(|name| name.text == endpoint.name));
        has_any.then(|| takes.contains(&true))
    }

    /// `ClusterControlManager.registerBroker`, before 4.0 `KafkaZkClient.registerBroker`
    fn ids(&self, found: &mut Vec<Objection>) -> Option<()> {
        let own = node_id(self.reading()).filter(|id| *id >= 0)?;
        let is_same = |other: &Reading<'_>| node_id(other) == Some(own);
        if self.readings[..self.at].iter().any(is_same) {
            let is_node_id = self.reading().given_itself(NODE_ID) != Given::Unset;
            found.push(Objection::new(Check::IdTwice, &[if is_node_id { NODE_ID } else { BROKER_ID }]).about([own]));
        }
        Some(())
    }

    /// `StorageTool.buildMetadataProperties`, `KafkaRaftClient`
    fn cluster_id(&self, found: &mut Vec<Objection>) -> Option<()> {
        let Given::Set(own) = self.node().cluster_id else { return None };
        if !self.reading().roles?.any() {
            return None;
        }
        if !is_cluster_id(own) {
            found.push(Objection::new(Check::ClusterIdMalformed, &[CLUSTER_ID]).about([own]));
        }
        let other = self.cluster.nodes[..self.at].iter().find_map(|node| match node.cluster_id {
            Given::Set(other) if other != own => Some(other),
            _ => None,
        })?;
        found.push(Objection::new(Check::ClusterIdsDiffer, &[CLUSTER_ID, PROCESS_ROLES]).about([own, other]));
        Some(())
    }

    fn is_own(&self, host: &str) -> bool {
        self.node().is_called(host)
    }
}

/// Whose a host is.
enum At {
    Node(usize),
    NoNode,
    Unknown,
}

impl<'c> Node<'c> {
    /// A node of Apache Kafka of which nothing else is known.
    #[must_use]
    pub fn new(config: &'c dyn Configuration, version: KafkaVersion, names: Vec<String>) -> Self {
        let (published, lost_defaults) = (Vec::new(), Vec::new());
        let (is_confluent_server, starts_quorum) = (false, false);
        Self {
            config,
            version,
            names,
            published,
            cluster_id: Given::Unset,
            is_confluent_server,
            starts_quorum,
            lost_defaults,
        }
    }

    /// Whether this is one of its names.
    #[must_use]
    pub fn is_called(&self, host: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
    }
}

/// Whether a host is the container itself, and nothing else.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.starts_with("127.") || host == "::1"
}

/// Whether a text is 16 bytes in Base64 for URLs, as `kafka-storage random-uuid` prints them (`Uuid.fromString`).
#[must_use]
pub fn is_cluster_id(text: &str) -> bool {
    let digits = text.strip_suffix("==").unwrap_or(text);
    digits.len() == 22 && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::startup::configuration::Properties;
    use crate::kafka::startup::wanted::{Wanted, wanted};

    /// Properties, a line each.
    pub(in crate::kafka::startup) fn properties(text: &str) -> Properties {
        text.lines().filter_map(|line| line.trim().split_once('=')).collect()
    }

    const CONTROLLER: &str = "process.roles=controller
        node.id=1
        listeners=CONTROLLER://:9093
        controller.listener.names=CONTROLLER
        controller.quorum.voters=1@controller:9093";

    fn broker(id: &str, name: &str) -> Properties {
        properties(&format!(
            "process.roles=broker
            node.id={id}
            listeners=PLAINTEXT://:9092
            advertised.listeners=PLAINTEXT://{name}:9092
            controller.listener.names=CONTROLLER
            controller.quorum.voters=1@controller:9093"
        ))
    }

    fn cluster<'c>(nodes: &[(&'c Properties, &str)]) -> Cluster<'c> {
        let version = KafkaVersion::new(4, 0, 0);
        Cluster::new(nodes.iter().map(|(config, name)| Node::new(*config, version, vec![(*name).to_owned()])).collect())
    }

    /// The objections, as `NODE CHECK SUBJECTS`.
    fn found(cluster: &Cluster<'_>) -> Vec<String> {
        let shown = |(at, objection): (usize, Objection)| {
            format!("{} {} {}", cluster.nodes[at].names[0], objection.check, objection.subjects.join(" "))
                .trim_end()
                .to_owned()
        };
        cluster.objections().into_iter().map(shown).collect()
    }

    #[test]
    fn nodes_that_agree_are_left_alone() {
        let (controller, one, two) = (properties(CONTROLLER), broker("2", "kafka-1"), broker("3", "kafka-2"));
        let cluster = cluster(&[(&controller, "controller"), (&one, "kafka-1"), (&two, "kafka-2")]);
        assert_eq!(found(&cluster), [""; 0]);
        assert_eq!(wanted(&cluster, 1), Wanted::default());
    }

    #[test]
    fn ids_that_clash_are_found() {
        let (controller, one, two) = (properties(CONTROLLER), broker("2", "kafka-1"), broker("2", "kafka-2"));
        let cluster = cluster(&[(&controller, "controller"), (&one, "kafka-1"), (&two, "kafka-2")]);
        assert_eq!(found(&cluster), ["kafka-2 id-twice 2"]);
    }

    #[test]
    fn a_voter_is_where_its_node_listens_for_controllers() {
        for (voters, expected) in [
            ("1@controller:9093", ""),
            ("1@controller:9092", "kafka-1 voter-port 1"),
            ("1@controler:9093", "kafka-1 voter-host 1"),
            ("1@kafka-1:9093", "kafka-1 voter-host 1"),
            ("2@controller:9093", "kafka-1 broker-among-voters 2,kafka-1 voter-host 2"),
        ] {
            let (controller, mut one) = (properties(CONTROLLER), broker("2", "kafka-1"));
            one.set(QUORUM_VOTERS, voters);
            let cluster = cluster(&[(&controller, "controller"), (&one, "kafka-1")]);
            let of_broker: Vec<String> =
                found(&cluster).into_iter().filter(|one| !one.contains("voters-differ")).collect();
            assert_eq!(of_broker.join(","), expected, "{voters}");
        }
    }

    #[test]
    fn a_voter_elsewhere_may_be_anywhere() {
        let one = broker("2", "kafka-1");
        let mut cluster = cluster(&[(&one, "kafka-1")]);
        assert_eq!(found(&cluster), ["kafka-1 voter-host 1"]);
        cluster.is_whole = false;
        assert_eq!(found(&cluster), [""; 0]);
    }

    #[test]
    fn a_voter_at_localhost_is_the_node_itself() {
        let bound_to = |host: &str| {
            let mut config = properties(CONTROLLER);
            config.set(QUORUM_VOTERS, "1@localhost:9093");
            config.set(LISTENERS, format!("CONTROLLER://{host}:9093"));
            found(&cluster(&[(&config, "controller")])).join(",")
        };
        assert_eq!([bound_to(""), bound_to("localhost"), bound_to("controller")], ["", "", "controller voter-port 1"]);
    }

    #[test]
    fn a_listener_is_bound_to_an_address_of_its_own() {
        let bound_to = |host: &str| {
            let mut config = broker("2", "kafka-1");
            config.set(LISTENERS, format!("PLAINTEXT://{host}:9092"));
            let controller = properties(CONTROLLER);
            found(&cluster(&[(&config, "kafka-1"), (&controller, "controller")])).join(",")
        };
        assert_eq!([bound_to("KAFKA-1"), bound_to("127.0.0.1"), bound_to("kafka.example.com")], [""; 3]);
        assert_eq!(bound_to("controller"), "kafka-1 bound-elsewhere PLAINTEXT controller");
        assert_eq!(bound_to("broker"), "kafka-1 bound-elsewhere PLAINTEXT broker");
    }

    #[test]
    fn one_cluster_has_one_id() {
        let (controller, one) = (properties(CONTROLLER), broker("2", "kafka-1"));
        let mut cluster = cluster(&[(&controller, "controller"), (&one, "kafka-1")]);
        cluster.nodes[0].cluster_id = Given::Set("MkU3OEVBNTcwNTJENDM2Qk");
        cluster.nodes[1].cluster_id = Given::Unknown;
        assert_eq!(found(&cluster), [""; 0]);
        cluster.nodes[1].cluster_id = Given::Set("4L6g3nShT-eMCtK--X86sw");
        assert_eq!(found(&cluster), ["kafka-1 cluster-ids-differ 4L6g3nShT-eMCtK--X86sw MkU3OEVBNTcwNTJENDM2Qk"]);
    }

    #[test]
    fn ids_of_clusters_are_16_bytes() {
        for (id, expected) in [
            ("MkU3OEVBNTcwNTJENDM2Qk", true),
            ("MkU3OEVBNTcwNTJENDM2Qk==", true),
            ("my-cluster", false),
            ("'MkU3OEVBNTcwNTJENDM2Qk'", false),
            ("MkU3OEVBNTcwNTJENDM2Q+", false),
            ("kafka-cluster-id-123456", false),
        ] {
            assert_eq!(is_cluster_id(id), expected, "{id}");
        }
    }

    #[test]
    fn nothing_is_said_of_what_cannot_be_told() {
        let mut unknown = Properties::partial();
        unknown.set(PROCESS_ROLES, "broker,controller");
        assert_eq!(found(&cluster(&[(&unknown, "kafka")])), [""; 0]);
        for property in [QUORUM_VOTERS, LISTENERS, ADVERTISED_LISTENERS, NODE_ID, PROCESS_ROLES] {
            let mut config = broker("2", "kafka-1");
            config.set("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
            config.set_unknown(property);
            let controller = properties(CONTROLLER);
            assert_eq!(found(&cluster(&[(&controller, "controller"), (&config, "kafka-1")])), [""; 0], "{property}");
        }
    }
}
