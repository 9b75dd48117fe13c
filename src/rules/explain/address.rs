//! The address in a line of a log, and its source.

use std::fmt;
use std::net::IpAddr;

use serde::Deserialize;

use crate::kafka::address::{HostPort, is_loopback};

/// An address that a client dials.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The name, or the IP address where the line has no name; without brackets.
    pub host: String,
    /// The IP address, if the line has it next to the name.
    pub ip: Option<String>,
    /// The port.
    pub port: Option<u16>,
}

/// What a host is, seen from inside a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostKind {
    /// The container itself: `localhost`, `127.0.0.1`, `::1`, `0.0.0.0`.
    Itself,
    /// A name that only Docker Desktop defines: `host.docker.internal`.
    DockerDesktop,
    /// The ID of a container: 12 hexadecimal digits.
    ContainerId,
    /// Another IP address.
    Ip,
    /// A usual name of ZooKeeper.
    ZooKeeper,
    /// Another name.
    Name,
}

/// Who gave the client the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Giver {
    /// The client's own setting: a bootstrap server.
    Client,
    /// The broker sent it: a node with a number from the metadata, where the line has that.
    Broker(Option<i64>),
    /// The line leaves it open.
    Unknown,
}

/// The longest name in the DNS (RFC 1035).
const LONGEST_NAME: usize = 253;

/// Java numbers group coordinators downwards from here (`AbstractCoordinator` in apache/kafka).
const COORDINATORS: i64 = i32::MAX as i64;

impl Giver {
    /// Reads the number or the name that a client gives to a node: clients call their bootstrap servers `-1`, `-2`, `bootstrap`,
    /// `bootstrap-0`, `seed_0`.
    pub(super) fn of_node(node: &str) -> Self {
        match node.parse::<i64>() {
            Ok(number) if number < 0 => Self::Client,
            Ok(number) if number > COORDINATORS / 2 => Self::Broker(Some(COORDINATORS - number)),
            Ok(number) => Self::Broker(Some(number)),
            Err(_) => Self::Client,
        }
    }
}

impl Address {
    /// What the host is. A name that resolved to the loopback address is the container itself.
    #[must_use]
    pub fn kind(&self) -> HostKind {
        let host = self.host.to_ascii_lowercase();
        let resolved_to_itself = self.ip.as_deref().is_some_and(is_loopback);
        let is_id = [12, 64].contains(&host.len()) && host.bytes().all(|byte| byte.is_ascii_hexdigit());
        match host.as_str() {
            host if resolved_to_itself || is_loopback(host) => HostKind::Itself,
            "host.docker.internal"
            | "gateway.docker.internal"
            | "docker.for.mac.localhost"
            | "docker.for.win.localhost" => HostKind::DockerDesktop,
            _ if is_id => HostKind::ContainerId,
            host if host.parse::<IpAddr>().is_ok() => HostKind::Ip,
            host if host.starts_with("zoo") || host.starts_with("zk") => HostKind::ZooKeeper,
            _ => HostKind::Name,
        }
    }

    /// Whether both can be the same host and port: all names of the container itself are one, and a line may leave out the port.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let both_itself = [self, other].iter().all(|address| address.kind() == HostKind::Itself);
        let has_same_port = self.port == other.port || self.port.is_none() || other.port.is_none();
        has_same_port && (both_itself || self.host.eq_ignore_ascii_case(&other.host))
    }

    /// The address of the parts that a form found: the name, or else the IP address, both perhaps in brackets.
    pub(super) fn of(host: Option<&str>, ip: Option<&str>, port: Option<&str>) -> Option<Self> {
        let ip = ip.filter(|ip| ip.parse::<IpAddr>().is_ok());
        let is_host = |host: &&str| (1..=LONGEST_NAME).contains(&host.len());
        let host = host.map(|host| host.trim_matches(['[', ']'])).filter(is_host).or(ip)?;
        let port = port.and_then(|digits| digits.parse().ok());
        Some(Self { host: host.to_owned(), ip: ip.filter(|ip| *ip != host).map(str::to_owned), port })
    }
}

/// `host:port` or `host`, an IPv6 address in brackets.
impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        HostPort::new(self.host.as_str(), self.port).fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_of_a_kind() {
        for (host, kind) in [
            ("localhost", HostKind::Itself),
            ("::1", HostKind::Itself),
            ("0.0.0.0", HostKind::Itself),
            ("host.docker.internal", HostKind::DockerDesktop),
            ("3f2c9a1b7d4e", HostKind::ContainerId),
            ("172.18.0.3", HostKind::Ip),
            ("zookeeper", HostKind::ZooKeeper),
            ("kafka", HostKind::Name),
        ] {
            assert_eq!(Address { host: host.to_owned(), ip: None, port: None }.kind(), kind, "{host}");
        }
        let own_name = Address { host: "orders".to_owned(), ip: Some("127.0.1.1".to_owned()), port: None };
        assert_eq!(own_name.kind(), HostKind::Itself);
    }

    #[test]
    fn nodes_are_of_the_client_or_of_the_broker() {
        for (node, giver) in [
            ("-1", Giver::Client),
            ("bootstrap", Giver::Client),
            ("seed_0", Giver::Client),
            ("0", Giver::Broker(Some(0))),
            ("1001", Giver::Broker(Some(1001))),
            ("2147483646", Giver::Broker(Some(1))),
        ] {
            assert_eq!(Giver::of_node(node), giver, "{node}");
        }
    }
}
