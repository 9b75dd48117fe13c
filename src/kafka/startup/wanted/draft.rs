//! A configuration during the search, with its node.

use std::collections::BTreeMap;

use crate::kafka::listener::SecurityProtocol;
use crate::kafka::property::{
    ADVERTISED_LISTENERS, CLUSTER_ID, CONTROLLER_NAMES, Given, INTER_BROKER_PROTOCOL, KafkaVersion, LISTENERS,
    PROTOCOL_MAP, QUORUM_VOTERS, ZOOKEEPER_CONNECT,
};
use crate::kafka::startup::cluster::{Cluster, Node, is_loopback};
use crate::kafka::startup::configuration::Configuration;
use crate::kafka::startup::definition::Definition;
use crate::kafka::startup::endpoint::{Voter, listener, normal, voter};
use crate::kafka::startup::objection::Objection;
use crate::kafka::startup::reading::{Reading, map_entries};
use crate::kafka::startup::value::{Entry, csv, trimmed};
use crate::text::Span;

/// Properties that are to have another value; `None` for one to take away.
pub(super) type Changes = BTreeMap<String, Option<String>>;

/// A node's configuration with changes.
pub(super) struct Changed<'d> {
    pub node: &'d Node<'d>,
    pub changes: &'d Changes,
    /// What it binds, if that follows from a change of what it advertises.
    bound: Option<String>,
}

impl<'d> Changed<'d> {
    pub fn new(node: &'d Node<'d>, changes: &'d Changes) -> Self {
        let advertised = changes.get(ADVERTISED_LISTENERS).filter(|_| !changes.contains_key(LISTENERS));
        let bound = advertised.and_then(|advertised| node.config.bound_with(advertised.as_deref()?));
        Self { node, changes, bound }
    }

    /// Whether it binds what its image makes of what it advertises.
    pub fn binds_what_it_advertises(&self) -> bool {
        let is_computed =
            || self.value(ADVERTISED_LISTENERS).is_some_and(|own| self.node.config.bound_with(own).is_some());
        !self.changes.contains_key(LISTENERS) && (self.bound.is_some() || is_computed())
    }

    fn value(&self, property: &str) -> Option<&str> {
        self.given(property).value()
    }

    /// The value of a property by the files.
    fn before(&self, property: &str) -> Given<'_> {
        if property == CLUSTER_ID { self.node.cluster_id } else { self.node.config.given(property) }
    }
}

impl Configuration for Changed<'_> {
    fn given(&self, property: &str) -> Given<'_> {
        match (self.changes.get(property), &self.bound) {
            (Some(Some(value)), _) => Given::Set(value),
            (Some(None), _) => Given::Unset,
            (None, Some(bound)) if property == LISTENERS => Given::Set(bound),
            (None, _) => self.before(property),
        }
    }

    fn names(&self) -> Vec<&str> {
        let is_left = |name: &&str| !self.changes.contains_key(*name);
        let set = self.changes.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name.as_str());
        self.node.config.names().into_iter().filter(is_left).chain(set.filter(|name| *name != CLUSTER_ID)).collect()
    }
}

/// A way to resolve an objection.
#[derive(Clone, Debug)]
pub(super) struct Repair {
    /// Properties and their new values; `None` for one to take away.
    pub values: Vec<(String, Option<String>)>,
    /// Its distance from the written settings, apart from the number of properties.
    pub penalty: u32,
}

impl Repair {
    pub fn set(property: &str, value: impl Into<String>, penalty: u32) -> Self {
        Self { values: vec![(property.to_owned(), Some(value.into()))], penalty }
    }

    pub fn unset(property: &str) -> Self {
        Self { values: vec![(property.to_owned(), None)], penalty: 0 }
    }

    pub fn and(mut self, other: Self) -> Self {
        self.values.extend(other.values);
        self.penalty += other.penalty;
        self
    }

    /// The changes with this one; `None` if it would overwrite an unknown value.
    pub fn applied_to(&self, draft: &Draft<'_, '_>) -> Option<Changes> {
        let mut changes = draft.config.changes.clone();
        for (property, value) in &self.values {
            let is_as_before = match (draft.config.before(property), value) {
                (Given::Unknown, _) => return None,
                (Given::Set(before), Some(value)) => before == value,
                (before, value) => before == Given::Unset && value.is_none(),
            };
            if is_as_before {
                changes.remove(property);
            } else {
                changes.insert(property.clone(), value.clone());
            }
        }
        Some(changes)
    }
}

/// A listener's entry, whatever its protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part<'d> {
    /// Its name in upper case.
    pub name: String,
    pub host: &'d str,
    pub port: i32,
    pub span: Span,
}

impl Part<'_> {
    /// The entry with another name.
    pub fn renamed(&self, name: &str) -> String {
        self.with(name, self.host, self.port)
    }

    /// The entry with another host.
    pub fn at_host(&self, host: &str) -> String {
        self.with(&self.name, host, self.port)
    }

    /// The entry with another port.
    pub fn at_port(&self, port: u16) -> String {
        self.with(&self.name, self.host, i32::from(port))
    }

    fn with(&self, name: &str, host: &str, port: i32) -> String {
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        format!("{name}://{host}:{port}")
    }

    /// Whether it is at every interface.
    pub fn is_anywhere(&self) -> bool {
        ["", "0.0.0.0", "::"].contains(&self.host)
    }
}

/// A configuration during the search.
pub(super) struct Draft<'d, 'c> {
    pub cluster: &'d Cluster<'c>,
    /// The place of the node in the cluster.
    pub at: usize,
    pub config: &'d Changed<'d>,
    pub reading: Reading<'d>,
}

impl<'d, 'c> Draft<'d, 'c> {
    pub fn new(cluster: &'d Cluster<'c>, at: usize, config: &'d Changed<'d>) -> Self {
        Self { cluster, at, config, reading: Reading::new(config, cluster.nodes[at].version) }
    }

    /// What Kafka has against it, among the other nodes.
    pub fn objections(&self) -> Vec<Objection> {
        let mut nodes: Vec<Node<'_>> = self.cluster.nodes.clone();
        nodes[self.at].config = self.config;
        nodes[self.at].cluster_id = self.config.given(CLUSTER_ID);
        let cluster = Cluster { nodes, ..self.cluster.clone() };
        cluster.objections_at(self.at)
    }

    pub fn node(&self) -> &'d Node<'c> {
        &self.cluster.nodes[self.at]
    }

    pub fn version(&self) -> KafkaVersion {
        self.node().version
    }

    /// The name by which other containers find the node.
    pub fn name(&self) -> &'d str {
        self.node().names.first().map_or("localhost", String::as_str)
    }

    /// The configurations of the other nodes.
    pub fn others(&self) -> impl Iterator<Item = Reading<'c>> {
        let others = self.cluster.nodes.iter().enumerate().filter(|(at, _)| *at != self.at);
        others.map(|(_, node)| Reading::new(node.config, node.version))
    }

    /// Whether there is no other node.
    pub fn is_alone(&self) -> bool {
        self.cluster.is_whole && self.cluster.nodes.len() == 1
    }

    /// What a property is set to.
    pub fn value(&self, property: &str) -> Option<&'d str> {
        self.config.given(property).value()
    }

    /// The value of a property, else its default; `None` if it is unknown.
    pub fn text(&self, property: &str) -> Option<&'d str> {
        match self.config.given(property) {
            Given::Set(value) => Some(value),
            // Up to 2.8, a host and a port replace the listeners.
            Given::Unset if property == LISTENERS => Some("PLAINTEXT://:9092"),
            Given::Unset => Definition::of(property, self.version())?.default,
            Given::Unknown => None,
        }
    }

    pub fn lost_default(&self, property: &str) -> Option<&'d str> {
        self.node().lost_defaults.iter().find(|(name, _)| name == property).map(|(_, value)| value.as_str())
    }

    pub fn has_zookeeper(&self) -> bool {
        self.value(ZOOKEEPER_CONNECT).is_some_and(|value| !trimmed(value).is_empty()) && !self.version().is_from(4, 0)
    }

    /// The listeners of a list that can be read, whatever their protocols.
    pub fn parts(&self, property: &str) -> Vec<Part<'d>> {
        let read = |entry: Entry<'d>| {
            let (name, host, port) = listener(entry.text)?;
            Some(Part { name: normal(trimmed(name)), host, port, span: entry.span })
        };
        csv(self.text(property).unwrap_or_default()).into_iter().filter_map(read).collect()
    }

    /// What it binds.
    pub fn bound(&self) -> Vec<Part<'d>> {
        self.parts(LISTENERS)
    }

    /// What it advertises, if that is said.
    pub fn advertised(&self) -> Vec<Part<'d>> {
        self.parts(ADVERTISED_LISTENERS)
    }

    /// The names of listeners for controllers, as they are written.
    pub fn controller_names(&self) -> Vec<&'d str> {
        csv(self.value(CONTROLLER_NAMES).unwrap_or_default()).into_iter().map(|entry| entry.text).collect()
    }

    pub fn is_for_controllers(&self, name: &str) -> bool {
        self.controller_names().iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// What it binds for clients and other brokers.
    pub fn bound_for_clients(&self) -> Vec<Part<'d>> {
        self.bound().into_iter().filter(|part| !self.is_for_controllers(&part.name)).collect()
    }

    /// What it advertises to clients and other brokers.
    pub fn advertised_to_clients(&self) -> Vec<Part<'d>> {
        self.advertised().into_iter().filter(|part| !self.is_for_controllers(&part.name)).collect()
    }

    /// The names of the protocol map, in upper case.
    pub fn mapped(&self) -> Vec<String> {
        map_entries(self.text(PROTOCOL_MAP).unwrap_or_default())
            .into_iter()
            .filter_map(|entry| entry.key.map(normal))
            .collect()
    }

    /// Whether some listener is encrypted or authenticated, or has a name that suggests it.
    pub fn is_secured(&self) -> bool {
        let map = map_entries(self.value(PROTOCOL_MAP).unwrap_or_default());
        let is_plain = |word: &str| {
            SecurityProtocol::from_name(word).is_none_or(|protocol| protocol == SecurityProtocol::Plaintext)
        };
        let names = self.bound().into_iter().chain(self.advertised()).map(|part| part.name);
        let is_called_so = |name: &str| ["SSL", "SASL", "TLS"].iter().any(|word| name.contains(word));
        map.iter().any(|entry| !is_plain(entry.value))
            || names.chain(self.controller_names().into_iter().map(normal)).any(|name| is_called_so(&name))
            || self.value(INTER_BROKER_PROTOCOL).is_some_and(|protocol| !is_plain(trimmed(protocol)))
    }

    /// The voters that can be read.
    pub fn voters(&self) -> Vec<Voter<'d>> {
        let entries = csv(self.value(QUORUM_VOTERS).unwrap_or_default());
        entries.into_iter().filter_map(|entry| voter(entry, self.version())).collect()
    }

    /// The voter that is this node by its host: by one of its names, or the only one that is itself.
    pub fn own_voter(&self) -> Option<Voter<'d>> {
        let voters = self.voters();
        let is_called = |voter: &&Voter<'_>| self.node().is_called(voter.host);
        let is_local = |voter: &&Voter<'_>| is_loopback(voter.host) || voter.host == "0.0.0.0" || voter.host.is_empty();
        match (voters.iter().find(is_called), voters.iter().filter(is_local).collect::<Vec<_>>().as_slice()) {
            (Some(voter), _) => Some(*voter),
            (None, [voter]) => Some(**voter),
            (None, _) => voters.first().copied().filter(|voter| {
                voters.len() == 1 && self.is_alone() && !self.cluster.others.iter().any(|other| other == voter.host)
            }),
        }
    }

    /// A repair that replaces an entry of a list.
    pub fn replaced(&self, property: &str, span: Span, entry: &str, penalty: u32) -> Option<Repair> {
        let mut text = self.value(property)?.to_owned();
        text.get(span.range())?;
        text.replace_range(span.range(), entry);
        Some(Repair::set(property, text, penalty))
    }

    /// A repair that adds an entry to a list, or to its default if it is not set.
    pub fn with_entry(&self, property: &str, entry: &str, penalty: u32) -> Repair {
        let old = self.text(property).unwrap_or_default().trim_end_matches([',', ' ']);
        let comma = if trimmed(old).is_empty() { "" } else { "," };
        Repair::set(property, format!("{old}{comma}{entry}"), penalty)
    }

    /// A repair that removes entries from a list, or the property if none is left.
    pub fn without_entries(&self, property: &str, is_out: impl Fn(Span) -> bool, penalty: u32) -> Option<Repair> {
        let entries = csv(self.value(property)?);
        let left: Vec<&str> = entries.iter().filter(|entry| !is_out(entry.span)).map(|entry| entry.text).collect();
        let repair = if left.is_empty() { Repair::unset(property) } else { Repair::set(property, left.join(","), 0) };
        Some(Repair { penalty, ..repair })
    }

    /// The host for every interface, in the form of the other listeners.
    pub fn everywhere(&self) -> &'static str {
        if self.bound().iter().any(|part| part.host == "0.0.0.0") { "0.0.0.0" } else { "" }
    }

    /// Whether nothing about the node names a port.
    pub fn is_free(&self, port: u16) -> bool {
        let is_taken = |part: &Part<'_>| part.port == i32::from(port);
        !self.bound().iter().any(is_taken)
            && !self.advertised().iter().any(is_taken)
            && !self.node().published.iter().any(|(inside, _)| *inside == port)
    }

    /// A port for a controller that nothing else has.
    pub fn port_for_controllers(&self) -> Option<u16> {
        [9093, 29093, 19093, 9094, 39093].into_iter().find(|port| self.is_free(*port))
    }
}
