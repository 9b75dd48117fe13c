//! The layout of a text: columns, indentation steps, the ends of lines and entries.

use crate::text::Span;
use crate::yaml::document::Document;
use crate::yaml::node::{CollectionStyle, Entry, Item, NodeId, NodeKind, ScalarStyle};

/// The indentation of a block collection's entries, and the step to the next level, in spaces.
#[derive(Clone, Copy)]
pub(super) struct Indent {
    pub(super) columns: usize,
    pub(super) step: usize,
}

impl Indent {
    /// The indentation below the key of an entry.
    pub(super) fn below(document: &Document, owner: NodeId, entry: &Entry) -> Self {
        let step = step_in(document, owner);
        Self { columns: column(document, entry_bounds(document, entry).start) + step, step }
    }

    pub(super) fn deeper(self) -> Self {
        Self { columns: self.columns + self.step, ..self }
    }
}

const DEFAULT_STEP: usize = 2;

/// The indentation step around a block mapping: that of its entries, else that of the mapping in its parent.
pub(super) fn step_in(document: &Document, mapping: NodeId) -> usize {
    let first_column = |node: NodeId| {
        let first = document.written_entries(node).first().filter(|_| !is_flow(document, node))?;
        Some(column(document, entry_bounds(document, first).start))
    };
    let Some(own) = first_column(mapping) else { return DEFAULT_STEP };
    let deeper =
        document.written_entries(mapping).iter().filter_map(|entry| first_column(entry.value)?.checked_sub(own));
    let outer = || {
        let parent = document.node(mapping).parent?;
        own.checked_sub(first_column(parent)?)
    };
    deeper.filter(|&step| step > 0).min().or_else(|| outer().filter(|&step| step > 0)).unwrap_or(DEFAULT_STEP)
}

/// From an entry's `?` or key to the end of its value.
pub(super) fn entry_bounds(document: &Document, entry: &Entry) -> Span {
    let key = document.node(entry.key).outer_span();
    let end = key.end.max(entry.colon.map_or(0, |colon| colon + 1)).max(document.node(entry.value).outer_span().end);
    Span::new(entry.question.unwrap_or(key.start), end)
}

/// From an item's dash to the end of its value.
pub(super) fn item_bounds(document: &Document, item: &Item) -> Span {
    let value = document.node(item.node).outer_span();
    Span::new(item.dash.unwrap_or(value.start), value.end.max(item.dash.map_or(0, |dash| dash + 1)))
}

/// The entries or items of a collection as written; `None` for another kind of node.
pub(super) fn children(document: &Document, collection: NodeId) -> Option<Vec<Span>> {
    match &document.node(collection).kind {
        NodeKind::Mapping { entries, .. } => Some(entries.iter().map(|entry| entry_bounds(document, entry)).collect()),
        NodeKind::Sequence { items, .. } => Some(items.iter().map(|item| item_bounds(document, item)).collect()),
        _ => None,
    }
}

/// The mapping whose value a node is, and the entry.
pub(super) fn owning_entry(document: &Document, node: NodeId) -> Option<(NodeId, Entry)> {
    let parent = document.node(node).parent?;
    let entry = document.written_entries(parent).iter().find(|entry| entry.value == node)?;
    Some((parent, *entry))
}

pub(super) fn is_flow(document: &Document, collection: NodeId) -> bool {
    matches!(
        document.node(collection).kind,
        NodeKind::Mapping { style: CollectionStyle::Flow, .. }
            | NodeKind::Sequence { style: CollectionStyle::Flow, .. }
    )
}

/// Whether a node is inside brackets or braces.
pub(super) fn in_flow(document: &Document, node: NodeId) -> bool {
    document.node(node).parent.is_some_and(|parent| is_flow(document, parent))
}

/// The 0-based column, in characters, of a byte offset.
pub(super) fn column(document: &Document, offset: usize) -> usize {
    document.lines().line_column(document.text(), offset).column - 1
}

/// Whether only spaces precede an offset on its line.
pub(super) fn begins_its_line(document: &Document, offset: usize) -> bool {
    before_on_line(document, offset).bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

/// The text before an offset on its line.
pub(super) fn before_on_line(document: &Document, offset: usize) -> &str {
    let start = document.lines().line_start(document.lines().line(offset));
    document.text()[start..offset].trim_start_matches('\u{feff}')
}

/// The line break for a new line at an offset: the one that ends the line there, else the one above, else the one the text uses most.
pub(super) fn newline_at(document: &Document, offset: usize) -> &'static str {
    let text = document.text();
    let break_at = |at: usize| ["\r\n", "\n", "\r"].into_iter().find(|newline| text[at..].starts_with(newline));
    let above = || {
        let before = &text[..document.lines().line_start(document.lines().line(offset))];
        ["\r\n", "\n", "\r"].into_iter().find(|newline| before.ends_with(newline))
    };
    break_at(line_end(text, offset)).or_else(above).unwrap_or(document.newline().as_str())
}

/// Whether nothing but the value follows the colons of a flow collection, or of the mapping that holds it, as in `{"a":1,"b":2}`.
pub(super) fn is_tight(document: &Document, collection: NodeId) -> bool {
    let follows_colon = |entry: &Entry| {
        let behind = document.text()[entry.colon? + 1..].chars().next()?;
        Some(!behind.is_whitespace())
    };
    let own = document.written_entries(collection).iter().rev().find_map(follows_colon);
    let owner = || owning_entry(document, collection).and_then(|(_, entry)| follows_colon(&entry));
    own.or_else(owner).unwrap_or(false)
}

/// Whether no space follows the commas of a flow collection.
pub(super) fn has_tight_commas(document: &Document, collection: NodeId) -> bool {
    let first = children(document, collection).and_then(|children| children.first().copied());
    let comma = first.and_then(|first| comma_behind(document.text(), first.end));
    let behind = comma.and_then(|comma| document.text()[comma + 1..].chars().next());
    behind.map_or_else(
        || is_tight(document, collection),
        |behind| !behind.is_whitespace() && !matches!(behind, ']' | '}'),
    )
}

pub(super) fn on_one_line(document: &Document, a: usize, b: usize) -> bool {
    document.lines().line(a) == document.lines().line(b)
}

/// The offset of the line break that ends the line of `at`, or the end of the text.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |i| at + i)
}

/// Whether only a comma and a comment follow an offset on its line.
pub(super) fn ends_its_line(document: &Document, offset: usize) -> bool {
    let text = document.text();
    let rest = text[offset..line_end(text, offset)].trim_start();
    let rest = rest.strip_prefix(',').map_or(rest, str::trim_start);
    rest.is_empty() || rest.starts_with('#')
}

/// The offset of the comma after an entry of a flow collection that ends at `at`; the last may have none.
pub(super) fn comma_behind(text: &str, mut at: usize) -> Option<usize> {
    loop {
        at = text.len() - text[at..].trim_ascii_start().len();
        match text.as_bytes().get(at) {
            Some(b',') => return Some(at),
            Some(b'#') => at = line_end(text, at),
            _ => return None,
        }
    }
}

/// The end of the last line of what ends at `end` and begins at `column`: its own, or that of the comments below that are indented deeper.
pub(super) fn end_with_comments(document: &Document, end: usize, column: usize) -> usize {
    end_below(document, end, |indent, _| indent > column)
}

/// The same with the entries and items below that are commented out at the beginning of the line: a line that is added comes after them, if
/// one at its own column follows. Otherwise they would become comments of the new line.
pub(super) fn end_with_disabled(document: &Document, end: usize, column: usize) -> usize {
    let at = end_below(document, end, |indent, comment| {
        indent > column || indent < column && is_disabled(comment, column - indent)
    });
    let rest = &document.text()[at..];
    let content = rest.trim_start_matches(['\n', '\r', ' ']);
    let is_followed = !content.is_empty() && self::column(document, at + rest.len() - content.len()) == column;
    if is_followed { at } else { end_with_comments(document, end, column) }
}

/// Whether a comment is an entry or an item that would be deeper than `columns` after its `#`, without what a person may have added.
fn is_disabled(comment: &str, columns: usize) -> bool {
    let content = comment.trim_start_matches(['#', ' ']);
    let is_item = content.starts_with("- ");
    let is_entry = content.split_once(':').is_some_and(|(key, value)| {
        !key.is_empty() && !key.contains(' ') && (value.is_empty() || value.starts_with(' '))
    });
    let depth = comment.len() - content.len();
    is_item && depth > columns || is_entry && depth > columns + 2
}

/// The end of the last of the comments directly below `end` that belong there, by their columns and their texts; else that of its own line.
fn end_below(document: &Document, end: usize, belongs: impl Fn(usize, &str) -> bool) -> usize {
    let text = document.text();
    let mut at = line_end(text, end);
    while at < text.len() {
        let start = document.lines().line_start(document.lines().line(at) + 1);
        let stop = line_end(text, start);
        let comment = text[start..stop].trim_start_matches(' ');
        if !comment.starts_with('#') || !belongs(stop - start - comment.len(), comment) {
            break;
        }
        at = stop;
    }
    at
}

/// Whether a block scalar ends at `end` and with the text, without a line break: a line below would add one to it.
pub(super) fn ends_in_open_block_scalar(document: &Document, end: usize) -> bool {
    let is_block =
        |kind: &NodeKind| matches!(kind, NodeKind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. });
    end == document.text().len() && document.nodes().any(|(_, node)| node.span.end == end && is_block(&node.kind))
}
