//! Hosts and ports.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Names that every machine has for itself, in addition to the loopback and the unspecified IP addresses.
const LOOPBACK_NAMES: [&str; 4] = ["localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"];

/// A host and, if it is to be written, a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// A name or an IP address; an IPv6 address without its brackets.
    pub host: String,
    /// The port; `None` for a host without a port.
    pub port: Option<u16>,
}

impl HostPort {
    /// The address of `host` at `port`.
    #[must_use]
    pub fn new(host: impl Into<String>, port: Option<u16>) -> Self {
        Self { host: host.into(), port }
    }

    /// Whether both are one address; names have no case.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.port == other.port && self.host.eq_ignore_ascii_case(&other.host)
    }
}

/// `host:port` or `host`, an IPv6 address in brackets.
impl fmt::Display for HostPort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(formatter, "[{}]", self.host)?,
            false => write!(formatter, "{}", self.host)?,
        }
        self.port.map_or(Ok(()), |port| write!(formatter, ":{port}"))
    }
}

/// Whether `host` is the machine that uses it: `localhost`, `127.0.0.0/8`, `::1`, and the unspecified `0.0.0.0` and `::`, to
/// which a connection goes to the machine itself on Linux. Case and IPv6 brackets do not matter.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let host = host.strip_suffix('.').unwrap_or(host);
    match host.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(address) => address.is_loopback() || address.is_unspecified(),
        Err(_) => LOOPBACK_NAMES.iter().any(|name| name.eq_ignore_ascii_case(host)),
    }
}

/// The bytes that the host takes with its brackets, the host without them, and the port.
pub(super) fn split_host_port(text: &str) -> Option<(usize, &str, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        let port = if after.is_empty() { None } else { Some(port(after.strip_prefix(':')?)?) };
        return Some((host.len() + 2, host, port));
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Some((text.len(), text, None));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, digits)) => (host, Some(port(digits)?)),
        None => (text, None),
    };
    is_host(host).then_some((host.len(), host, port))
}

/// A TCP port in decimal digits, 1 to 65535.
pub(in crate::kafka) fn port(digits: &str) -> Option<u16> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|port| *port != 0)
}

/// Whether `text` can be the name of a host or an IPv4 address. Compose names may hold underscores; a name whose last label
/// is a number is an address or nothing (WHATWG URL standard, "ends in a number").
fn is_host(text: &str) -> bool {
    let labels_hold = text.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    });
    let last = text.rsplit('.').next().unwrap_or_default();
    let ends_in_number = last.bytes().all(|byte| byte.is_ascii_digit());
    labels_hold && text.len() <= 253 && (!ends_in_number || text.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_known_by_name_and_by_number() {
        for host in [
            "localhost",
            "LocalHost",
            "localhost.",
            "127.0.0.1",
            "127.8.9.1",
            "::1",
            "[::1]",
            "0.0.0.0",
            "::",
            "ip6-localhost",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["kafka", "localhost.kafka", "10.0.0.1", "host.docker.internal", "", "1270.0.0.1", "[::2]"] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn an_ipv6_address_is_written_in_brackets() {
        assert_eq!(HostPort::new("::1", Some(9092)).to_string(), "[::1]:9092");
        assert_eq!(HostPort::new("::1", None).to_string(), "[::1]");
        assert_eq!(HostPort::new("kafka", Some(9092)).to_string(), "kafka:9092");
    }
}
