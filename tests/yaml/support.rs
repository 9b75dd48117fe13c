//! Helpers of the YAML tests for documents.

use composefix::yaml::{Document, NodeId, NodeKind};

/// Parses what must be YAML.
pub(crate) fn parse(text: &str) -> Document {
    Document::parse(text).unwrap_or_else(|error| panic!("{text:?} is rejected: {error} at byte {}", error.offset))
}

/// Every scalar and alias that is written, in order: `line:column source`.
pub(crate) fn leaves(text: &str) -> Vec<String> {
    let document = parse(text);
    let written = document.nodes().filter(|(_, node)| {
        matches!(node.kind, NodeKind::Scalar { .. } | NodeKind::Alias { .. }) && !node.span.is_empty()
    });
    written.map(|(id, _)| place(&document, id)).collect()
}

/// Every collection, outer before inner: `line:column source`.
pub(crate) fn collections(text: &str) -> Vec<String> {
    let document = parse(text);
    let is_collection = |kind: &NodeKind| matches!(kind, NodeKind::Sequence { .. } | NodeKind::Mapping { .. });
    document.nodes().filter(|(_, node)| is_collection(&node.kind)).map(|(id, _)| place(&document, id)).collect()
}

/// `line:column source` of a node.
pub(crate) fn place(document: &Document, id: NodeId) -> String {
    let span = document.node(id).span;
    format!("{} {}", at(document.text(), span.start), document.slice(span))
}

/// The comments: `line:column source`.
pub(crate) fn comments(text: &str) -> Vec<String> {
    let document = parse(text);
    document.comments().iter().map(|&span| format!("{} {}", at(text, span.start), document.slice(span))).collect()
}

/// The data of a text in one line: scalars as decoded, `~` for null, aliases followed and merges resolved, documents split by `---`.
pub(crate) fn data(text: &str) -> String {
    let document = parse(text);
    document.roots().iter().map(|&root| value(&document, root)).collect::<Vec<_>>().join(" --- ")
}

fn value(document: &Document, id: NodeId) -> String {
    if document.is_null(id) {
        return "~".to_owned();
    }
    if let Some(scalar) = document.scalar(id) {
        return scalar.to_owned();
    }
    if let Some(items) = document.items(id) {
        let items: Vec<String> = items.iter().map(|item| value(document, item.node)).collect();
        return format!("[{}]", items.join(", "));
    }
    let entries = document.entries(id).unwrap_or_default();
    let entries: Vec<String> =
        entries.iter().map(|entry| format!("{}: {}", entry.key, value(document, entry.value))).collect();
    format!("{{{}}}", entries.join(", "))
}

/// Why a text is rejected: `line:column message`, and ` | line:column word` for another place.
pub(crate) fn rejection(text: &str) -> String {
    let Err(error) = Document::parse(text) else { panic!("{text:?} is accepted") };
    assert!(!error.lost_sync, "{text:?}: {error}");
    let other = error.other.map(|(offset, word)| format!(" | {} {word}", at(text, offset)));
    format!("{} {error}{}", at(text, error.offset), other.unwrap_or_default())
}

fn at(text: &str, offset: usize) -> String {
    let place = composefix::text::LineIndex::new(text).line_column(text, offset);
    format!("{}:{}", place.line, place.column)
}
