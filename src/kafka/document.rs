//! The broker addresses in a document: a mounted file, or the value of a variable.

use std::collections::HashMap;

use crate::code::document::{self, Entry, Syntax};
use crate::kafka::catalog::{CATALOG, Shape, VariableRole, is_glob};
use crate::kafka::keys::{host_stem, port_stem};
use crate::kafka::listener::SecurityProtocol;
use crate::kafka::protocols::Protocols;
use crate::text::Span;

/// A value in a document that holds broker addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentAddress {
    /// The key of the value, as in [`Entry`].
    pub key: String,
    /// One or several addresses, or a placeholder for them; only the host if the port is another value.
    pub value: String,
    /// Where the value is in the text, without quotes.
    pub span: Span,
    /// Whether the text holds it literally, so that an address in it can be replaced in place.
    pub is_verbatim: bool,
    /// The port for the host, and its place.
    pub port: Option<(String, Span)>,
    /// Their security protocol: the one that the same document sets, else the default.
    pub protocol: Option<SecurityProtocol>,
}

/// The broker addresses in a document, in order: the values of keys with a known name, and of keys that match one of `keys`, in which `*`
/// matches any characters. The index of a list item at the end of a key is ignored. `default` is their security protocol if the document
/// sets nothing about security.
#[must_use]
pub fn addresses(
    text: &str,
    syntax: Syntax,
    keys: &[String],
    default: Option<SecurityProtocol>,
) -> Vec<DocumentAddress> {
    let documents = document::documents(text, syntax).into_iter();
    documents.flat_map(|entries| of_document(text, &entries, keys, default)).collect()
}

fn of_document(
    text: &str,
    entries: &[Entry],
    keys: &[String],
    default: Option<SecurityProtocol>,
) -> Vec<DocumentAddress> {
    let plain: Vec<Plain<'_>> =
        entries.iter().map(|entry| (entry.key.as_str(), entry.value.as_str(), entry.span.start)).collect();
    let address = |found: Found| {
        let entry = &entries[found.at];
        let port = found.port.map(|port| (entries[port].value.clone(), entries[port].span));
        DocumentAddress {
            key: entry.key.clone(),
            value: entry.value.clone(),
            span: entry.span,
            is_verbatim: entry.is_verbatim(text),
            port,
            protocol: found.protocol,
        }
    };
    find(&plain, keys, default).into_iter().map(address).collect()
}

/// An entry: its key, its value, and its place among the others.
pub(super) type Plain<'e> = (&'e str, &'e str, usize);

/// What keys have in them that are about security.
const SECURITY_WORDS: [&str; 6] = ["sasl", "ssl", "tls", "security", "auth", "jaas"];

/// An entry that holds broker addresses.
pub(super) struct Found {
    /// Its number among the entries.
    pub(super) at: usize,
    /// That of the entry with its port.
    pub(super) port: Option<usize>,
    /// Its security protocol.
    pub(super) protocol: Option<SecurityProtocol>,
}

/// The entries of one document that hold broker addresses; see [`addresses`].
pub(super) fn find(entries: &[Plain<'_>], keys: &[String], default: Option<SecurityProtocol>) -> Vec<Found> {
    let stems = entries.iter().enumerate().filter_map(|(at, (key, ..))| Some((port_stem(key)?, at)));
    let ports: HashMap<String, usize> = stems.collect();
    let protocols = Protocols::of(entries.iter().copied());
    let values: HashMap<&str, &str> = entries.iter().map(|&(key, value, _)| (key, value)).collect();
    let speaks = |key: &str| SECURITY_WORDS.iter().any(|word| key.to_ascii_lowercase().contains(word));
    let default = default.filter(|_| !entries.iter().any(|(key, ..)| speaks(key)));
    let found = |(at, &(key, value, place)): (usize, &Plain<'_>)| {
        let port = match role(key, &values, keys) {
            VariableRole::BrokerAddress(_) => None,
            VariableRole::BrokerHost => ports.get(&host_stem(key)?).copied(),
            _ => return None,
        };
        may_be_address(value).then(|| Found { at, port, protocol: protocols.beside(key, place).or(default) })
    };
    entries.iter().enumerate().filter_map(found).collect()
}

/// What the value of a key is; `keys` are more of those that hold addresses: `output.kafka.hosts`, or with a condition on an entry of the same
/// level, `*.hosts where module=kafka`.
fn role(key: &str, values: &HashMap<&str, &str>, keys: &[String]) -> VariableRole {
    let is_index = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let without_index = key.rsplit_once('.').filter(|(_, last)| is_index(last)).map_or(key, |(list, _)| list);
    let is_beside = |condition: &str| {
        let Some((name, wanted)) = condition.split_once('=') else { return false };
        let beside = without_index.rsplit_once('.').map(|(level, _)| format!("{level}.{name}"));
        values.get(beside.as_deref().unwrap_or(name)) == Some(&wanted)
    };
    let is_listed = keys.iter().any(|own| {
        let (pattern, condition) =
            own.split_once(" where ").map_or((own.as_str(), None), |(own, rest)| (own, Some(rest)));
        (is_glob(pattern, key) || is_glob(pattern, without_index)) && condition.is_none_or(is_beside)
    });
    if is_listed { VariableRole::BrokerAddress(Shape::List) } else { CATALOG.key_role(key) }
}

/// Whether a value may be an address: not a number, and not a boolean.
fn may_be_address(value: &str) -> bool {
    let value = value.trim();
    let is_switch = ["true", "false", "null", "none", "yes", "no"].iter().any(|word| value.eq_ignore_ascii_case(word));
    value.contains(|character: char| character.is_alphabetic() || "${:".contains(character)) && !is_switch
}

#[cfg(test)]
mod tests;
