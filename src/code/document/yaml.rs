//! YAML.

use super::{Entry, MAX_DEPTH, MAX_ENTRIES, join};
use crate::text::Span;
use crate::yaml::{Document, NodeId, NodeKind, ScalarStyle};

/// The entries of each document of a text; `None` if it cannot be parsed.
pub(super) fn documents(text: &str) -> Option<Vec<Vec<Entry>>> {
    let document = Document::parse(text).ok()?;
    let of_root = |&root: &NodeId| {
        let mut entries = Vec::new();
        collect(&document, root, "", MAX_DEPTH, &mut entries);
        entries
    };
    Some(document.roots().iter().map(of_root).collect())
}

fn collect(document: &Document, id: NodeId, key: &str, depth: usize, entries: &mut Vec<Entry>) {
    if depth == 0 || entries.len() >= MAX_ENTRIES {
        return;
    }
    let mut below = |part: &str, child: NodeId| {
        if let Some(key) = join(key, part) {
            collect(document, child, &key, depth - 1, entries);
        }
    };
    if let Some(children) = document.entries(id) {
        children.into_iter().for_each(|entry| below(entry.key, entry.value));
    } else if let Some(items) = document.items(id) {
        items.iter().enumerate().for_each(|(index, item)| below(&index.to_string(), item.node));
    } else if let Some(value) = document.scalar(id) {
        let value = if document.is_null(id) { "" } else { value };
        entries.push(Entry { key: key.to_owned(), value: value.to_owned(), span: content(document, id) });
    }
}

/// Where a scalar's text is, without its quotes.
fn content(document: &Document, id: NodeId) -> Span {
    let node = document.node(document.follow(id));
    match node.kind {
        NodeKind::Scalar { style: ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, .. } => {
            Span::new(node.span.start + 1, node.span.end.saturating_sub(1).max(node.span.start + 1))
        }
        _ => node.span,
    }
}
