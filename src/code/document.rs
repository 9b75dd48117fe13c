//! Texts in configuration languages: their entries, each with its place.
//!
//! The readers are tolerant: they skip what they cannot parse. They never panic, and their cost grows with the length of the text alone.

mod arguments;
mod blocks;
mod directives;
mod dotenv;
mod here;
mod hocon;
mod ini;
mod properties;
mod sql;
mod syntax;
mod template;
mod toml;
mod xml;
mod yaml;

use std::collections::HashMap;

use crate::text::Span;

pub use here::here_documents;
pub use syntax::Syntax;
pub use template::reads as template_reads;

/// The longest text that is read, in bytes; anything longer is data.
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;

/// The longest key in bytes, the most entries of a text, and how deep they may nest: bounds on what a hostile text can cost.
const MAX_KEY_BYTES: usize = 512;
const MAX_ENTRIES: usize = 20_000;
const MAX_DEPTH: usize = 128;

/// A scalar value in a text, with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The names of its levels, joined by dots: `spring.kafka.bootstrap-servers`. A list item has its index: `kafka.brokers.0`.
    pub key: String,
    /// The value, decoded: without quotes, escapes and continuations. Placeholders such as `${X:default}` are still in it.
    pub value: String,
    /// Where the value is in the text, without quotes.
    pub span: Span,
}

impl Entry {
    /// Whether `text` holds the value literally, so that a part of it can be replaced in place.
    #[must_use]
    pub fn is_verbatim(&self, text: &str) -> bool {
        text.get(self.span.range()) == Some(self.value.as_str())
    }
}

/// The entries of a text, in order.
#[must_use]
pub fn entries(text: &str, syntax: Syntax) -> Vec<Entry> {
    documents(text, syntax).into_iter().flatten().collect()
}

/// The entries of each document of a text: YAML and the properties files of Spring Boot may hold several, and SQL has statements. None if the
/// text is longer than [`MAX_DOCUMENT_BYTES`] or cannot be parsed.
#[must_use]
pub fn documents(text: &str, syntax: Syntax) -> Vec<Vec<Entry>> {
    if text.len() > MAX_DOCUMENT_BYTES {
        return Vec::new();
    }
    let documents = match syntax {
        Syntax::Yaml => yaml::documents(text).unwrap_or_else(|| vec![template::entries(text)]),
        Syntax::Properties => properties::documents(text),
        Syntax::Hocon => vec![hocon::entries(text)],
        Syntax::Toml => vec![toml::entries(text)],
        Syntax::Ini => vec![ini::entries(text)],
        Syntax::Dotenv => vec![dotenv::entries(text)],
        Syntax::Xml => vec![xml::entries(text)],
        Syntax::Sql => sql::statements(text),
        Syntax::Blocks => vec![blocks::entries(text)],
        Syntax::Arguments => vec![arguments::entries(text)],
        Syntax::Directives => vec![directives::entries(text)],
    };
    documents.into_iter().map(with_named_values).collect()
}

/// Uses a name next to a value as its key: `{ name: brokers, value: a:1 }` (Dapr, Sentry's Relay, XML of Spring) is `brokers`.
fn with_named_values(mut entries: Vec<Entry>) -> Vec<Entry> {
    for index in 1..entries.len() {
        for (name, value) in [(index - 1, index), (index, index - 1)] {
            let level = entries[name].key.strip_suffix("name");
            if let Some(level) = level.filter(|level| entries[value].key.strip_suffix("value") == Some(level)) {
                entries[value].key = format!("{level}{}", entries[name].value);
                break;
            }
        }
    }
    entries
}

/// An entry whose value is `part`, a slice of `text`.
fn verbatim(key: impl Into<String>, text: &str, part: &str) -> Entry {
    Entry { key: key.into(), value: part.to_owned(), span: span_of(text, part) }
}

/// Where `part`, a slice of `text`, is in it.
fn span_of(text: &str, part: &str) -> Span {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
    Span::new(start, (start + part.len()).min(text.len()))
}

/// A key below another; `None` if it is longer than is kept.
fn join(parent: &str, key: &str) -> Option<String> {
    let joined = match (parent, key) {
        ("", key) => key.to_owned(),
        (parent, "") => parent.to_owned(),
        (parent, key) if parent.len() + key.len() < MAX_KEY_BYTES => format!("{parent}.{key}"),
        _ => return None,
    };
    (joined.len() <= MAX_KEY_BYTES).then_some(joined)
}

/// Tells blocks of the same name on the same level apart: from the second on, the key has an index, like that of a list item.
#[derive(Default)]
struct Repeated(HashMap<String, usize>);

impl Repeated {
    /// The key of the next block with this name.
    fn key(&mut self, key: &str) -> Option<String> {
        let count = self.0.entry(key.to_owned()).or_default();
        *count += 1;
        if *count == 1 { Some(key.to_owned()) } else { join(key, &(*count - 1).to_string()) }
    }
}

/// A text without the quotes around it.
fn unquoted(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests;
