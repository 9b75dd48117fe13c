//! Turns a list into a map, in place.

use crate::text::{Span, TextEdit};
use crate::yaml::document::Document;
use crate::yaml::edit::{Content, EditError, Edits, add_to_flow, fill_empty, lines_at, without_tag};
use crate::yaml::layout::{
    Indent, begins_its_line, column, end_with_comments, entry_bounds, in_flow, is_flow, item_bounds, on_one_line,
    owning_entry, step_in,
};
use crate::yaml::node::{Entry, Item, NodeId, NodeKind, ScalarStyle};
use crate::yaml::render::{Style, block_entries, block_value, flow_entries, flow_value};
use crate::yaml::spelling::Quotes;

/// Turns a sequence into a mapping: each text becomes the entry that `entry` returns, in place, with its quotes and comment. An item that
/// is a mapping with one entry becomes that entry, completed by the one that `entry` returns for its key. `added` follows the last. An
/// empty `[]` becomes a mapping in block style unless it is in a flow collection.
///
/// # Errors
/// [`EditError::WrongKind`] if the node is not a sequence of such items, each beginning on the line of its dash; [`EditError::Marked`] if
/// an item has an anchor or a tag.
pub fn list_to_map(
    document: &Document,
    sequence: NodeId,
    entry: impl Fn(&str) -> (String, Content),
    added: &[(String, Content)],
) -> Edits {
    let NodeKind::Sequence { items, .. } = &document.node(sequence).kind else { return Err(EditError::WrongKind) };
    let flow = is_flow(document, sequence);
    let style = Style::of_items_as_keys(document, sequence, flow);
    let tag = without_tag(document, sequence, "map");
    if items.is_empty() && !in_flow(document, sequence) {
        let edits = fill_empty(document, sequence, |indent| match indent {
            Some(indent) => block_entries(added, Style { flow: false, ..style }, indent),
            None => vec![flow_entries(added, style)],
        });
        let span = document.node(sequence).span;
        let is_filled = edits.iter().any(|edit| span.start < edit.span.start && edit.span.end < span.end);
        let braces = is_filled.then(|| in_braces(span)).into_iter().flatten();
        return Ok(edits.into_iter().chain(braces).chain(tag).collect());
    }
    let entries = items.iter().map(|item| Ok((item, NewEntry::of(document, item, style, &entry)?)));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let mut edits = if flow {
        in_flow_style(document, sequence, &entries, added, style)?
    } else {
        in_block_style(document, sequence, &entries, added, style)?
    };
    edits.extend(tag);
    Ok(edits)
}

/// Puts braces in the place of the brackets around a span.
fn in_braces(span: Span) -> [TextEdit; 2] {
    [
        TextEdit::replace(Span::new(span.start, span.start + 1), "{"),
        TextEdit::replace(Span::new(span.end - 1, span.end), "}"),
    ]
}

/// What becomes of an item.
enum NewEntry {
    /// A key as it is spelt, with new content, and the quotes of that if it is a text.
    New { key: String, content: Content, quotes: Quotes },
    /// The entry that it holds, with more for the mapping that is its value.
    Kept(Entry, Vec<(String, Content)>),
}

impl NewEntry {
    fn of(
        document: &Document,
        item: &Item,
        style: Style,
        entry_of: impl Fn(&str) -> (String, Content),
    ) -> Result<Self, EditError> {
        let node = document.node(item.node);
        if node.anchor.is_some() || node.tag.is_some() {
            return Err(EditError::Marked);
        }
        let begins_well = |end| item.dash.is_none_or(|dash| on_one_line(document, dash, end));
        match &node.kind {
            NodeKind::Mapping { entries, .. } => {
                let [entry] = &entries[..] else { return Err(EditError::WrongKind) };
                let name = document.scalar(entry.key).ok_or(EditError::WrongKind)?;
                let key = document.node(entry.key);
                let is_empty = is_empty(document, entry.value)?;
                if is_empty && begins_well(node.span.end) {
                    let spelt = document.slice(key.outer_span()).to_owned();
                    return Ok(Self::New { key: spelt, content: entry_of(name).1, quotes: style.value });
                }
                let (_, Content::Map(mut missing)) = entry_of(name) else { return Err(EditError::WrongKind) };
                let settings = document.entries(entry.value).ok_or(EditError::WrongKind)?;
                missing.retain(|(key, _)| !settings.iter().any(|own| own.key == key));
                let is_movable = begins_well(key.span.end) && loses_braces_well(document, item, entry);
                if is_empty || !is_movable || document.is_alias(entry.value) && !missing.is_empty() {
                    return Err(EditError::WrongKind);
                }
                Ok(Self::Kept(*entry, missing))
            }
            // A key must be on one line.
            NodeKind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => Err(EditError::WrongKind),
            _ if !on_one_line(document, item.dash.unwrap_or(node.span.start), node.span.end) => {
                Err(EditError::WrongKind)
            }
            kind => {
                let name = document.scalar(item.node).ok_or(EditError::WrongKind)?;
                let (key, content) = entry_of(name);
                let is_as_written = key == name && !matches!(kind, NodeKind::Alias { .. });
                let key = if is_as_written {
                    document.slice(node.span).to_owned()
                } else {
                    style.key.spell(&key, style.flow)
                };
                let quotes = match kind {
                    NodeKind::Scalar { style: ScalarStyle::SingleQuoted, .. } => Quotes::Always('\''),
                    NodeKind::Scalar { style: ScalarStyle::DoubleQuoted, .. } => Quotes::Always('"'),
                    _ => style.value,
                };
                Ok(Self::New { key, content, quotes })
            }
        }
    }
}

/// Whether a value is nothing, or an empty mapping.
fn is_empty(document: &Document, value: NodeId) -> Result<bool, EditError> {
    let node = document.node(value);
    let is_empty = document.is_null(value) || document.entries(value).is_some_and(|entries| entries.is_empty());
    if is_empty && (node.anchor.is_some() || node.tag.is_some() || document.is_alias(value)) {
        return Err(EditError::Marked);
    }
    Ok(is_empty)
}

/// Whether an entry can lose the braces around it and its question mark.
fn loses_braces_well(document: &Document, item: &Item, entry: &Entry) -> bool {
    let (inner, outer) = (entry_bounds(document, entry), document.node(item.node).span);
    let behind_colon = entry.colon.and_then(|colon| document.text()[colon + 1..].chars().next());
    let is_bare = inner == outer || document.text()[inner.end..outer.end].trim_start_matches(' ') == "}";
    entry.question.is_none() && is_bare && behind_colon.is_some_and(char::is_whitespace)
}

fn in_block_style(
    document: &Document,
    sequence: NodeId,
    entries: &[(&Item, NewEntry)],
    added: &[(String, Content)],
    style: Style,
) -> Edits {
    let owner = owning_entry(document, sequence);
    let step = owner.map_or(2, |(owner, _)| step_in(document, owner));
    let dash_column = entries.first().map_or(0, |(item, _)| column(document, item_bounds(document, item).start));
    // A list may be in the column of its key, a map may not.
    let owner_column = owner.map(|(_, entry)| column(document, entry_bounds(document, &entry).start));
    let shift = if owner_column.is_some_and(|owner| dash_column <= owner) { step } else { 0 };
    let indent = Indent { columns: dash_column + shift, step };
    let mut edits = Vec::new();
    let mut above = document.node(sequence).outer_span().start;
    for (index, (item, entry)) in entries.iter().enumerate() {
        let bounds = item_bounds(document, item);
        edits.extend(moved_comments(document, Span::new(above, bounds.start), shift));
        let behind = end_with_comments(document, bounds.end, indent.columns);
        let mut lines = match entry {
            NewEntry::New { key, content, quotes } => {
                let value = match content {
                    Content::Map(_) | Content::Null => String::new(),
                    _ => format!(" {}", flow_value(content, Style { value: *quotes, ..style })),
                };
                edits.push(TextEdit::replace(bounds, format!("{}{key}:{value}", " ".repeat(shift))));
                block_value(content, style, indent.deeper())
            }
            NewEntry::Kept(entry, missing) => {
                let key = entry_bounds(document, entry);
                edits.push(TextEdit::replace(Span::new(bounds.start, key.start), " ".repeat(shift)));
                edits.extend(without_brace(key, bounds));
                let old = column(document, key.start);
                edits.extend(moved_lines(document, Span::new(key.start, behind), old, indent.columns));
                if is_flow(document, entry.value) {
                    edits.extend(add_to_settings(document, entry, missing, style)?);
                    Vec::new()
                } else {
                    let settings = document.written_entries(entry.value).first();
                    let deeper = settings
                        .map_or(step, |own| column(document, entry_bounds(document, own).start).saturating_sub(old));
                    block_entries(missing, style.nested(), Indent { columns: indent.columns + deeper, step })
                }
            }
        };
        if index + 1 == entries.len() {
            lines.extend(block_entries(added, style, indent));
        }
        edits.push(lines_at(document, behind, &lines));
        above = behind;
    }
    Ok(edits)
}

fn in_flow_style(
    document: &Document,
    sequence: NodeId,
    entries: &[(&Item, NewEntry)],
    added: &[(String, Content)],
    style: Style,
) -> Edits {
    let span = document.node(sequence).span;
    let mut edits = in_braces(span).to_vec();
    for (item, entry) in entries {
        let bounds = item_bounds(document, item);
        match entry {
            NewEntry::New { key, content, quotes } => {
                let value = flow_value(content, Style { value: *quotes, ..style });
                edits.push(TextEdit::replace(bounds, format!("{key}{}{value}", style.tight.colon(key))));
            }
            NewEntry::Kept(entry, missing) => {
                let key = entry_bounds(document, entry);
                edits.extend((bounds.start < key.start).then(|| TextEdit::delete(Span::new(bounds.start, key.start))));
                edits.extend(without_brace(key, bounds));
                edits.extend(add_to_settings(document, entry, missing, style)?);
            }
        }
    }
    let added_text = flow_entries(added, style);
    match entries.last() {
        None => edits.push(TextEdit::insert(span.start + 1, added_text)),
        Some(_) if added.is_empty() => {}
        Some((last, _)) => edits.extend(add_to_flow(document, item_bounds(document, last), &added_text, style.tight)?),
    }
    Ok(edits)
}

/// Removes the brace after an entry, if there is one.
fn without_brace(entry: Span, item: Span) -> Option<TextEdit> {
    (entry.end < item.end).then(|| TextEdit::delete(Span::new(entry.end, item.end)))
}

/// Adds to the mapping in braces that is an entry's value.
fn add_to_settings(document: &Document, entry: &Entry, missing: &[(String, Content)], style: Style) -> Edits {
    match document.written_entries(entry.value).last() {
        Some(last) if !missing.is_empty() => {
            let style = Style { flow: true, spread: None, ..style.nested() };
            add_to_flow(document, entry_bounds(document, last), &flow_entries(missing, style), style.tight)
        }
        _ => Ok(Vec::new()),
    }
}

/// Moves the comments of a span that have a line of their own.
fn moved_comments(document: &Document, span: Span, shift: usize) -> impl Iterator<Item = TextEdit> {
    let comments = document.comments();
    let from = comments.partition_point(|comment| comment.start < span.start);
    let inside = comments[from..].iter().take_while(move |comment| comment.end <= span.end);
    let alone = inside.filter(move |comment| shift > 0 && begins_its_line(document, comment.start));
    alone.map(move |comment| TextEdit::insert(comment.start, " ".repeat(shift)))
}

/// Moves the lines of a span except the first, for a move from one column to another.
fn moved_lines(document: &Document, span: Span, from: usize, to: usize) -> Vec<TextEdit> {
    let (lines, text) = (document.lines(), document.text());
    let starts = (lines.line(span.start) + 1..=lines.line(span.end)).map(|line| lines.line_start(line));
    let filled = starts.filter(|&start| !text[start..].trim_start_matches(' ').starts_with(['\n', '\r']));
    let moved = filled.map(|start| {
        let blanks = text[start..].len() - text[start..].trim_start_matches(' ').len();
        match from.checked_sub(to) {
            Some(less) => TextEdit::delete(Span::new(start, start + less.min(blanks))),
            None => TextEdit::insert(start, " ".repeat(to - from)),
        }
    });
    moved.filter(|edit| from != to && (!edit.span.is_empty() || !edit.replacement.is_empty())).collect()
}
