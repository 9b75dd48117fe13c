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
    /// The security protocol that the same document sets for them.
    pub protocol: Option<SecurityProtocol>,
}

/// The broker addresses in a document, in order: the values of keys with a known name, and of keys that match one of `keys`, in which `*`
/// matches any characters. The index of a list item at the end of a key is ignored.
#[must_use]
pub fn addresses(text: &str, syntax: Syntax, keys: &[String]) -> Vec<DocumentAddress> {
    let documents = document::documents(text, syntax).into_iter();
    documents.flat_map(|entries| of_document(text, &entries, keys)).collect()
}

fn of_document(text: &str, entries: &[Entry], keys: &[String]) -> Vec<DocumentAddress> {
    let ports: HashMap<String, &Entry> =
        entries.iter().filter_map(|entry| Some((port_stem(&entry.key)?, entry))).collect();
    let settings = entries.iter().map(|entry| (entry.key.as_str(), entry.value.as_str(), entry.span.start));
    let protocols = Protocols::of(settings);
    let address = |entry: &Entry| {
        let port = match role(&entry.key, keys) {
            VariableRole::BrokerAddress(_) => None,
            VariableRole::BrokerHost => ports.get(&host_stem(&entry.key)?),
            _ => return None,
        };
        if !may_be_address(&entry.value) {
            return None;
        }
        Some(DocumentAddress {
            key: entry.key.clone(),
            value: entry.value.clone(),
            span: entry.span,
            is_verbatim: entry.is_verbatim(text),
            port: port.map(|port| (port.value.clone(), port.span)),
            protocol: protocols.beside(&entry.key, entry.span.start),
        })
    };
    entries.iter().filter_map(address).collect()
}

/// What the value of a key is; `keys` are more of those that hold addresses.
pub(super) fn role(key: &str, keys: &[String]) -> VariableRole {
    let is_index = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let without_index = key.rsplit_once('.').filter(|(_, last)| is_index(last)).map_or(key, |(list, _)| list);
    let is_listed = keys.iter().any(|own| is_glob(own, key) || is_glob(own, without_index));
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
