//! XML: the texts of elements and the values of attributes. The parser is roxmltree, which reports places.

use roxmltree::{Document, Node};

use super::{Entry, MAX_DEPTH, MAX_ENTRIES, Repeated, join};
use crate::text::Span;

/// The longest tag that is read, in bytes: the parser compares each attribute of a tag with all others.
const MAX_TAG_BYTES: usize = 8 * 1024;

/// The entries of a text, each below the names of the elements around it; none if it cannot be parsed.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    if text.split('<').any(|tag| tag.find('>').unwrap_or(tag.len()) > MAX_TAG_BYTES) {
        return Vec::new();
    }
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let mut entries = Vec::new();
    let mut repeated = Repeated::default();
    let mut open: Vec<(Node<'_, '_>, String, usize)> = vec![(document.root_element(), String::new(), 0)];
    while let Some((node, parent, depth)) = open.pop() {
        let key = join(&parent, node.tag_name().name()).and_then(|key| repeated.key(&key));
        let Some(key) = key else { continue };
        if depth >= MAX_DEPTH || entries.len() >= MAX_ENTRIES {
            break;
        }
        for attribute in node.attributes() {
            let span = attribute.range_value();
            let value = attribute.value().to_owned();
            let entry = |key| Entry { key, value, span: Span::new(span.start, span.end) };
            entries.extend(join(&key, attribute.name()).map(entry));
        }
        let elements = node.children().filter(Node::is_element);
        if elements.clone().next().is_none() {
            entries.extend(node.children().filter(Node::is_text).find_map(|child| entry(text, &key, child)));
        }
        open.extend(elements.rev().map(|element| (element, key.clone(), depth + 1)));
    }
    entries
}

/// The entry of an element's trimmed text.
fn entry(text: &str, key: &str, node: Node<'_, '_>) -> Option<Entry> {
    let value = node.text().map(str::trim).filter(|value| !value.is_empty())?;
    let range = node.range();
    let written = text.get(range.clone())?;
    let start = range.start + (written.len() - written.trim_start().len());
    Some(Entry { key: key.to_owned(), value: value.to_owned(), span: Span::new(start, start + written.trim().len()) })
}
