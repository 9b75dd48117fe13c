//! The text of listeners, of the protocol map, of voters and of addresses, as Kafka takes them apart.

use crate::kafka::listener::SecurityProtocol;
use crate::kafka::property::KafkaVersion;
use crate::kafka::startup::value::Entry;
use crate::text::Span;

/// A listener that is bound or advertised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint<'c> {
    /// Its name in upper case, as Kafka compares it.
    pub name: String,
    /// Its host, an IPv6 address without brackets; empty for every interface.
    pub host: &'c str,
    /// Its port. Kafka accepts an invalid one, and fails when it binds it.
    pub port: i32,
    /// How it speaks.
    pub protocol: SecurityProtocol,
    /// The entry, in bytes of the property's value.
    pub span: Span,
}

/// The parts of a listener's entry: its name as written, host and port; `None` if it is not a listener.
#[must_use]
pub fn listener(entry: &str) -> Option<(&str, &str, i32)> {
    let (name, address) = entry.rsplit_once("://")?;
    let (host, port) = address.rsplit_once(':')?;
    let host = host.strip_prefix('[').unwrap_or(host);
    let host = host.strip_suffix(']').unwrap_or(host);
    let digits = port.strip_prefix('-').unwrap_or(port);
    let is_port = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_port && is_host(host) && !name.contains(['\n', '\r'])).then_some((name, host, port.parse().ok()?))
}

/// The name of a listener as Kafka compares it.
#[must_use]
pub fn normal(name: &str) -> String {
    name.to_uppercase()
}

/// A voter of the controllers' quorum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voter<'c> {
    /// Its node's id.
    pub id: i64,
    /// Where it listens for controllers.
    pub host: &'c str,
    /// At which port.
    pub port: u16,
    /// The entry, in bytes of the property's value.
    pub span: Span,
}

/// Reads a voter, `ID@HOST:PORT`.
#[must_use]
pub fn voter<'c>(entry: Entry<'c>, version: KafkaVersion) -> Option<Voter<'c>> {
    // Java's `split` drops what is empty at the end.
    let (id, at) = entry.text.trim_end_matches('@').split_once('@').filter(|(_, at)| !at.contains('@'))?;
    let id: i32 = id.parse().ok()?;
    let (host, port) = address(at, version)?;
    Some(Voter { id: i64::from(id), host, port, span: entry.span })
}

/// Reads an address, `HOST:PORT` (`Utils.getHost`, `Utils.getPort`). Some versions take a protocol before it, the others any text.
#[must_use]
pub fn address(text: &str, version: KafkaVersion) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let port = port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse().ok())??;
    let host = host.strip_suffix(']').unwrap_or(host);
    let is_strict =
        (KafkaVersion::new(3, 8, 0)..=KafkaVersion::new(3, 9, 0)).contains(&version) || version.is_from(4, 0);
    if is_strict {
        let (protocol, host) = host.split_once("://").unwrap_or(("", host));
        let host = host.strip_prefix('[').unwrap_or(host);
        return (is_host(protocol) && !protocol.contains(':') && is_host(host)).then_some((host, port));
    }
    let before = host.char_indices().rfind(|(_, character)| !is_of_host(*character));
    let start = before.map_or(0, |(at, character)| at + character.len_utf8());
    (!text.contains(['\n', '\r'])).then_some((&host[start..], port))
}

fn is_host(host: &str) -> bool {
    host.chars().all(is_of_host)
}

fn is_of_host(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-%._:".contains(character)
}
