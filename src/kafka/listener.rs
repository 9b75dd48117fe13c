//! The text of Kafka's listener settings: `listeners`, `advertised.listeners` and `listener.security.protocol.map`.
//!
//! What the settings mean: <https://kafka.apache.org/documentation/#brokerconfigs_listeners>.

use std::fmt;
use std::net::Ipv6Addr;

use crate::kafka::address::{HostPort, port};
use crate::text::Span;

/// The default port of Kafka and Redpanda.
pub const DEFAULT_PORT: u16 = 9092;

/// The host of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenerHost {
    /// None is written: a broker binds every interface.
    Unspecified,
    /// The container's own hostname or address, which other containers of its networks can use.
    Container,
    /// A name or an IP address as written, an IPv6 address without its brackets.
    Named(String),
}

/// One entry of a listener list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The name before `://`; empty only for a Redpanda listener that has none.
    pub name: String,
    /// The bound or the advertised host.
    pub host: ListenerHost,
    /// The port, never 0.
    pub port: u16,
}

impl Listener {
    /// The listener with another host.
    #[must_use]
    pub fn at(&self, host: &str) -> Self {
        Self { host: ListenerHost::Named(host.to_owned()), ..self.clone() }
    }
}

/// As a broker's `listeners` has it; one that binds the container's own address, on every interface.
impl fmt::Display for Listener {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.name.is_empty() {
            write!(formatter, "{}://", self.name)?;
        }
        match &self.host {
            ListenerHost::Named(host) => write!(formatter, "{}", HostPort::new(host, None))?,
            ListenerHost::Unspecified => {}
            ListenerHost::Container => formatter.write_str("0.0.0.0")?,
        }
        write!(formatter, ":{}", self.port)
    }
}

/// Where the parts of an entry are, in bytes of the very text that was given to [`entry`]: a listener does not keep them, since the same
/// listener may be written in one text and computed from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The trimmed entry.
    pub span: Span,
    /// Its host; empty if it has none.
    pub host: Span,
    /// Its port, if it has one.
    pub port: Option<Span>,
}

/// The first entry of a listener list with this name, in any case.
#[must_use]
pub fn entry(text: &str, name: &str) -> Option<Entry> {
    entries(text).find_map(|span| {
        let entry = &text[span.range()];
        let (own, address) = entry.split_once("://").unwrap_or(("", entry));
        let start = span.end - address.len();
        let colon = address.rfind(':').filter(|_| !address.ends_with(']')).map(|colon| start + colon);
        own.eq_ignore_ascii_case(name).then_some(Entry {
            span,
            host: Span::new(start, colon.unwrap_or(span.end)),
            port: colon.map(|colon| Span::new(colon + 1, span.end)),
        })
    })
}

/// An entry that is not `NAME://host:port`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{entry}` is not a listener of the form NAME://host:port")]
pub struct ListenerError {
    /// The entry as written.
    pub entry: String,
    /// Its span, in bytes of the setting's text.
    pub span: Span,
}

/// How clients of a listener have to speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityProtocol {
    /// Neither encrypted nor authenticated.
    Plaintext,
    /// TLS.
    Ssl,
    /// Authenticated, not encrypted.
    SaslPlaintext,
    /// Authenticated over TLS.
    SaslSsl,
}

impl SecurityProtocol {
    /// The protocol that Kafka calls `name`, in any case (`SecurityProtocol.forName` in apache/kafka).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "PLAINTEXT" => Some(Self::Plaintext),
            "SSL" => Some(Self::Ssl),
            "SASL_PLAINTEXT" => Some(Self::SaslPlaintext),
            "SASL_SSL" => Some(Self::SaslSsl),
            _ => None,
        }
    }
}

impl fmt::Display for SecurityProtocol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Plaintext => "PLAINTEXT",
            Self::Ssl => "SSL",
            Self::SaslPlaintext => "SASL_PLAINTEXT",
            Self::SaslSsl => "SASL_SSL",
        })
    }
}

/// Reads a list of Kafka listeners: `NAME://host:port`, separated by commas and spaces.
///
/// Empty entries are ignored, as in Kafka (`Csv.parseCsvList`).
///
/// # Errors
/// The first entry without a name or a port from 1 to 65535.
pub fn kafka_listeners(text: &str) -> Result<Vec<Listener>, ListenerError> {
    listeners(text, |entry| {
        let (name, address) = entry.split_once("://")?;
        let (host, digits) = address.rsplit_once(':')?;
        (!name.is_empty()).then_some(())?;
        Some((name, host, port(digits)?))
    })
}

/// Reads a list of Redpanda's addresses, in which the name and the port may be left out (rpk `start.go`).
///
/// # Errors
/// The first entry whose port is not from 1 to 65535, or whose host is none.
pub fn redpanda_listeners(text: &str) -> Result<Vec<Listener>, ListenerError> {
    listeners(text, |entry| {
        let (name, address) = entry.split_once("://").unwrap_or(("", entry));
        let (host, port) = match address.rsplit_once(':') {
            Some((host, digits)) if !digits.ends_with(']') => (host, port(digits)?),
            _ => (address, DEFAULT_PORT),
        };
        Some((name, host, port))
    })
}

fn listeners(text: &str, parts: impl Fn(&str) -> Option<(&str, &str, u16)>) -> Result<Vec<Listener>, ListenerError> {
    let listener = |span: Span| {
        let entry = &text[span.range()];
        let listener = parts(entry).and_then(|(name, host, port)| {
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
            Some(Listener { name: is_name.then(|| name.to_owned())?, host: listener_host(host)?, port })
        });
        listener.ok_or_else(|| ListenerError { entry: entry.to_owned(), span })
    };
    entries(text).map(listener).collect()
}

/// The trimmed entries of a comma-separated list, without empty ones.
fn entries(text: &str) -> impl Iterator<Item = Span> {
    let mut start = 0;
    let spans = text.split(',').map(move |piece| {
        let entry_start = start + (piece.len() - piece.trim_start().len());
        start += piece.len() + 1;
        Span::new(entry_start, entry_start + piece.trim().len())
    });
    spans.filter(|span| !span.is_empty())
}

fn listener_host(host: &str) -> Option<ListenerHost> {
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let is_ipv6 = host.parse::<Ipv6Addr>().is_ok();
    if host.contains(|character: char| {
        character.is_whitespace() || "/\"'[]".contains(character) || (character == ':' && !is_ipv6)
    }) {
        return None;
    }
    Some(if host.is_empty() { ListenerHost::Unspecified } else { ListenerHost::Named(host.to_owned()) })
}

/// Reads a protocol map, `NAME:PROTOCOL` with commas between; `None` if an entry is neither.
#[must_use]
pub fn protocol_map(text: &str) -> Option<Vec<(String, SecurityProtocol)>> {
    text.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(|entry| {
            let (name, protocol) = entry.split_once(':')?;
            Some((name.trim().to_owned(), SecurityProtocol::from_name(protocol.trim())?))
        })
        .collect()
}

/// Whether a listener's name says that it is for programs outside of the containers, as in the samples of the images: `EXTERNAL`,
/// `PLAINTEXT_HOST`, `OUTSIDE`.
#[must_use]
pub fn is_called_for_host(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["HOST", "EXTERN", "OUTSIDE", "PUBLIC"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, listeners: Result<Vec<Listener>, ListenerError>) -> String {
        let listeners = match listeners {
            Ok(listeners) => listeners,
            Err(error) => return format!("error: {}", &text[error.span.range()]),
        };
        let entries = listeners.iter().map(|listener| match &listener.host {
            ListenerHost::Named(host) => format!("{} {host} {}", listener.name, listener.port),
            other => format!("{} {other:?} {}", listener.name, listener.port),
        });
        entries.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn kafka_listeners_have_a_name_a_host_and_a_port() {
        for (text, expected) in [
            ("PLAINTEXT://kafka:9092", "PLAINTEXT kafka 9092"),
            ("A://:9092,B://0.0.0.0:9093", "A Unspecified 9092|B 0.0.0.0 9093"),
            (" A://a:1,\n  B://b:2 ,", "A a 1|B b 2"),
            ("SSL-INTERNAL://[::1]:9092", "SSL-INTERNAL ::1 9092"),
            ("OUTSIDE://_{HOSTNAME_COMMAND}:9094", "OUTSIDE _{HOSTNAME_COMMAND} 9094"),
            ("", ""),
            ("kafka:9092", "error: kafka:9092"),
            ("A://a:1, ://b:2", "error: ://b:2"),
            ("A://a", "error: A://a"),
            ("A://a:0", "error: A://a:0"),
            ("A://a:_{PORT_COMMAND}", "error: A://a:_{PORT_COMMAND}"),
            ("\"A://a:1", "error: \"A://a:1"),
            ("A://a:1 B://b:2", "error: A://a:1 B://b:2"),
        ] {
            assert_eq!(written(text, kafka_listeners(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn redpanda_listeners_may_lack_name_and_port() {
        for (text, expected) in [
            ("internal://redpanda:9092,external://localhost:19092", "internal redpanda 9092|external localhost 19092"),
            ("0.0.0.0:9092", " 0.0.0.0 9092"),
            ("redpanda", " redpanda 9092"),
            ("[::1]", " ::1 9092"),
            ("a:b:9092", "error: a:b:9092"),
        ] {
            assert_eq!(written(text, redpanda_listeners(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn an_entry_is_found_by_its_name_in_the_text_that_holds_it() {
        let text = "A://a:1,\n B://[::1]:2 ,c";
        let parts = |name: &str| {
            entry(text, name).map(|entry| {
                (&text[entry.span.range()], &text[entry.host.range()], entry.port.map(|port| &text[port.range()]))
            })
        };
        assert_eq!(parts("A"), Some(("A://a:1", "a", Some("1"))));
        assert_eq!(parts("b"), Some(("B://[::1]:2", "[::1]", Some("2"))));
        assert_eq!(parts(""), Some(("c", "c", None)));
        assert_eq!(parts("D"), None);
    }

    #[test]
    fn protocol_maps_are_read_in_any_case() {
        use SecurityProtocol::{Plaintext, SaslSsl};
        assert_eq!(
            protocol_map("CONTROLLER:PLAINTEXT, EXT:sasl_ssl,"),
            Some(vec![("CONTROLLER".to_owned(), Plaintext), ("EXT".to_owned(), SaslSsl)])
        );
        assert_eq!(protocol_map("A:TLS"), None);
        assert_eq!(protocol_map("PLAINTEXT"), None);
    }
}
