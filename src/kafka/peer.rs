//! The addresses by which the nodes of a cluster find each other.

use crate::compose::{Attachment, Service};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::unprefixed;
use crate::kafka::effective::{EffectiveConfig, Origin};
use crate::kafka::property::{PROCESS_ROLES, QUORUM_BOOTSTRAP, QUORUM_VOTERS, ZOOKEEPER_CONNECT};

/// An entry of a list by which a node finds the others of its cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The entry: `1@kafka:9093`, `zookeeper:2181/kafka`.
    pub entry: String,
    /// What it is the address of.
    pub kind: PeerKind,
}

/// What a node looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerKind {
    /// Another node of the cluster, with its ID.
    Voter,
    /// Another node of the cluster.
    Node,
    /// A server of the ZooKeeper that the nodes share.
    ZooKeeper,
}

/// The variable with the voters of a node, without the prefix of the image.
const VOTERS: &str = "CONTROLLER_QUORUM_VOTERS";

/// The lists; the last but one is Redpanda's.
const LISTS: [(&str, PeerKind); 4] = [
    (QUORUM_VOTERS, PeerKind::Voter),
    (QUORUM_BOOTSTRAP, PeerKind::Node),
    ("seed_servers", PeerKind::Node),
    (ZOOKEEPER_CONNECT, PeerKind::ZooKeeper),
];

impl Peer {
    /// Those of a node, without what it can only be itself: the one at the localhost that it has for itself.
    pub(super) fn of(config: &EffectiveConfig, service: &Service) -> Vec<Self> {
        let has_roles = config.given(PROCESS_ROLES).value().is_some_and(|roles| !roles.trim().is_empty());
        let lists = LISTS.into_iter().filter(|(_, kind)| *kind != PeerKind::ZooKeeper || !has_roles);
        let peers = lists.flat_map(|(property, kind)| {
            // The default of an image describes a single node.
            let own = config.property(property).filter(|own| *own.origin != Origin::Image);
            Self::listed(own.and_then(|own| own.value.text()).unwrap_or_default(), kind, service)
        });
        let peers: Vec<Self> = peers.collect();
        // Whatever an image of an unknown version makes of them, nodes with the same voters are meant to be one cluster.
        let mut voters = service.variables().filter(|variable| unprefixed(variable.name()) == Some(VOTERS));
        match voters.find_map(|variable| variable.value()).filter(|_| peers.is_empty()) {
            Some(list) => Self::listed(list, PeerKind::Voter, service),
            None => peers,
        }
    }

    /// The entries of a list in a service.
    fn listed(list: &str, kind: PeerKind, service: &Service) -> Vec<Self> {
        let mut entries = entries(list);
        // Of several entries, one node cannot be all.
        let is_alone = matches!(service.attachment, Attachment::Networks(_));
        if is_alone && (entries.len() == 1 || kind == PeerKind::ZooKeeper) {
            entries.retain(|entry| !is_loopback(host(entry)));
        }
        entries.into_iter().map(|entry| Self { entry, kind }).collect()
    }

    /// The entry, the same however the case of its host is written.
    #[must_use]
    pub fn normalized(&self) -> String {
        let end = self.entry.find('/').unwrap_or(self.entry.len());
        self.entry[..end].to_ascii_lowercase() + &self.entry[end..]
    }

    /// Its host.
    #[must_use]
    pub fn host(&self) -> &str {
        host(&self.entry)
    }
}

/// The entries of a list. The path after the last ZooKeeper server belongs to all, so each entry gets it.
fn entries(list: &str) -> Vec<String> {
    let (servers, chroot) = match list.split_once('/') {
        Some((servers, chroot)) => (servers, format!("/{}", chroot.trim())),
        None => (list, String::new()),
    };
    let servers = servers.split(',').map(str::trim).filter(|server| !server.is_empty());
    servers.map(|server| format!("{server}{chroot}")).collect()
}

/// The host of an entry: `1@kafka:9093`, `zookeeper:2181/kafka`.
#[must_use]
pub fn host(entry: &str) -> &str {
    let address = entry.split_once('@').map_or(entry, |(_, address)| address);
    address.split([':', '/']).next().unwrap_or(address)
}
