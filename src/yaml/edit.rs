//! Structural edits, as text edits: each says which bytes change, and nothing else does.
//!
//! New lines take the newline, the indentation step, the quotes and the style (block or flow) of what stands beside them.

use crate::text::{Span, TextEdit};
use crate::yaml::document::{Document, MERGE_KEY};
use crate::yaml::node::{CollectionStyle, Entry, Item, NodeId, NodeKind, ScalarStyle};
use crate::yaml::spelling::{Quotes, spell_like};

/// What a new node holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A string.
    Text(String),
    /// `*name`
    Alias(String),
    /// A whole number, never quoted.
    Number(u32),
    /// A list, always written in brackets.
    List(Vec<String>),
    /// A map; a key `<<` whose value is an alias is a merge key.
    Map(Vec<(String, Content)>),
}

impl Content {
    /// A string.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A map.
    #[must_use]
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}

/// Why an edit cannot be written faithfully.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The node is not of the kind that the edit needs.
    #[error("the node is not written in a form that this edit can change")]
    WrongKind,
    /// The node has an anchor or a tag, so a change reaches further than the node.
    #[error("the node carries an anchor or a tag")]
    Marked,
    /// Removing the only entry would leave null behind.
    #[error("it is the only entry")]
    OnlyEntry,
}

/// The result of an edit.
pub type Edits = Result<Vec<TextEdit>, EditError>;

/// How deep a block collection's entries stand, and what the next level adds, in blanks.
#[derive(Clone, Copy)]
struct Indent {
    columns: usize,
    step: usize,
}

/// How the texts of a new entry are spelt.
#[derive(Clone, Copy)]
struct Style {
    key: Quotes,
    value: Quotes,
    flow: bool,
}

/// Gives a value another text: a scalar in the quotes it has, an alias or a null in those of its neighbours. A block scalar becomes a
/// scalar on its key's line.
///
/// # Errors
/// [`EditError::WrongKind`] for a collection, or a null that is not the value of an entry; [`EditError::Marked`] for a null with an anchor
/// or a tag.
pub fn replace_value(document: &Document, node: NodeId, text: &str) -> Edits {
    let old = document.node(node);
    let flow = in_flow(document, node);
    match old.kind {
        NodeKind::Scalar { .. } if document.is_null(node) => fill_null(document, node, text),
        NodeKind::Scalar { style, .. } => Ok(vec![TextEdit::replace(old.span, spell_like(style, text, flow))]),
        NodeKind::Alias { .. } => Ok(vec![TextEdit::replace(old.span, Quotes::PLAIN.spell(text, flow))]),
        NodeKind::Sequence { .. } | NodeKind::Mapping { .. } => Err(EditError::WrongKind),
    }
}

/// Adds entries to a mapping: after its entry number `after`, or after the last. An empty `{}` and a null get their first.
///
/// # Errors
/// [`EditError::WrongKind`] for a node that is neither mapping nor null, [`EditError::Marked`] for a null with an anchor or a tag.
pub fn add_entries(document: &Document, mapping: NodeId, after: Option<usize>, new: &[(String, Content)]) -> Edits {
    match &document.node(mapping).kind {
        _ if new.is_empty() => Ok(Vec::new()),
        NodeKind::Mapping { entries, style } => {
            let flow = *style == CollectionStyle::Flow;
            let style = style_of_entries(document, mapping, entries, flow);
            let Some(last) = after.or_else(|| entries.len().checked_sub(1)) else {
                let inside = document.node(mapping).span.start + 1;
                return Ok(vec![TextEdit::insert(inside, flow_entries(new, style))]);
            };
            let at_end = last + 1 == entries.len();
            let (start, end) = (entry_start(document, &entries[last]), entry_end(document, &entries[last]));
            if flow {
                return Ok(add_to_flow(document, start, end, at_end, &flow_entries(new, style)));
            }
            let columns = column(document, entry_start(document, &entries[0]));
            let indent = Indent { columns, step: step_in(document, mapping) };
            Ok(vec![insert_lines(document, start, end, &block_entries(new, style, indent))])
        }
        NodeKind::Scalar { .. } if document.is_null(mapping) => fill_null_with_entries(document, mapping, new),
        _ => Err(EditError::WrongKind),
    }
}

/// Adds a text to the end of a sequence.
///
/// # Errors
/// [`EditError::WrongKind`] for another kind of node.
pub fn append_item(document: &Document, sequence: NodeId, text: &str) -> Edits {
    let NodeKind::Sequence { items, style } = &document.node(sequence).kind else { return Err(EditError::WrongKind) };
    let flow = *style == CollectionStyle::Flow;
    let quotes = if items.is_empty() && owner_is_double_quoted(document, sequence) {
        Quotes::Always('"')
    } else {
        Quotes::of(document, items.iter().map(|item| item.node), flow)
    };
    let text = quotes.spell(text, flow);
    let Some(last) = items.last() else {
        return Ok(vec![TextEdit::insert(document.node(sequence).span.start + 1, text)]);
    };
    let value = document.node(last.node).outer_span();
    let (start, end) = (last.dash.unwrap_or(value.start), value.end.max(last.dash.map_or(0, |dash| dash + 1)));
    if flow {
        return Ok(add_to_flow(document, start, end, true, &text));
    }
    // As far from the dash as the neighbour's.
    let gap = match last.dash {
        Some(dash) if document.lines().line(dash) == document.lines().line(value.start) && value.start > dash + 1 => {
            value.start - dash - 1
        }
        _ => 1,
    };
    let line = format!("{}-{}{text}", " ".repeat(column(document, start)), " ".repeat(gap));
    Ok(vec![insert_lines(document, start, end, &[line])])
}

/// Turns a sequence of texts into a mapping: each item becomes the key of what `content` gives for it, in place and with its comment;
/// `added` follows the last.
///
/// # Errors
/// [`EditError::WrongKind`] if the node is no sequence of texts, [`EditError::Marked`] if an item has an anchor or a tag.
pub fn list_to_map(
    document: &Document,
    sequence: NodeId,
    content: impl Fn(&str) -> Content,
    added: &[(String, Content)],
) -> Edits {
    let NodeKind::Sequence { items, style } = &document.node(sequence).kind else { return Err(EditError::WrongKind) };
    let flow = *style == CollectionStyle::Flow;
    let double_quoted = flow && Quotes::of(document, items.iter().map(|item| item.node), flow) == Quotes::Always('"')
        || owner_is_double_quoted(document, sequence);
    let quotes = if double_quoted { Quotes::Always('"') } else { Quotes::PLAIN };
    let style = Style { key: quotes, value: quotes, flow };
    let keys = items
        .iter()
        .map(|item| item_as_key(document, item, style).map(|(name, spelt)| (item, spelt, content(name))))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(if flow {
        flow_list_to_map(document, sequence, &keys, added, style)
    } else {
        block_list_to_map(document, sequence, &keys, added, style)
    })
}

/// Puts a mapping where an alias stands as the value of an entry. With `<<` and the alias itself as its first entry it has all that
/// the anchor has.
///
/// # Errors
/// [`EditError::WrongKind`] if the node is no alias, or not the value of an entry.
pub fn replace_alias(document: &Document, alias: NodeId, entries: &[(String, Content)]) -> Edits {
    let node = document.node(alias);
    let (Some(owner), Some(entry)) = (node.parent, owning_entry(document, alias)) else {
        return Err(EditError::WrongKind);
    };
    if !document.is_alias(alias) {
        return Err(EditError::WrongKind);
    }
    let target = document.follow(alias);
    let style = style_of_entries(document, target, document.written_entries(target), in_flow(document, alias));
    if style.flow {
        return Ok(vec![TextEdit::replace(node.span, flow_map(entries, style))]);
    }
    let step = step_in(document, owner);
    let indent = Indent { columns: column(document, entry_start(document, &entry)) + step, step };
    let lines = block_entries(entries, style, indent);
    let value = Span::new(entry.colon.map_or(node.span.start, |colon| colon + 1), node.span.end);
    Ok(replace_value_by_lines(document, value, &lines))
}

/// The entry that merges what an alias of this name stands for.
#[must_use]
pub fn merge_entry(anchor: &str) -> (String, Content) {
    (MERGE_KEY.to_owned(), Content::Alias(anchor.to_owned()))
}

/// Gives a node an anchor.
///
/// # Errors
/// [`EditError::Marked`] if it has one, [`EditError::WrongKind`] for an alias or a node whose place cannot carry one.
pub fn add_anchor(document: &Document, node: NodeId, name: &str) -> Edits {
    if document.node(node).anchor.is_some() {
        return Err(EditError::Marked);
    }
    let entry = owning_entry(document, node).ok_or(EditError::WrongKind)?;
    match (document.is_alias(node), entry.colon) {
        (false, Some(colon)) => Ok(vec![TextEdit::insert(colon + 1, format!(" &{name}"))]),
        _ => Err(EditError::WrongKind),
    }
}

/// Removes an entry of a mapping or an item of a sequence, by its number from 0, with the comment at the end of its line.
///
/// # Errors
/// [`EditError::OnlyEntry`] if nothing would be left, [`EditError::WrongKind`] if there is no such entry.
pub fn remove_child(document: &Document, collection: NodeId, index: usize) -> Edits {
    let spans: Vec<(usize, usize)> = match &document.node(collection).kind {
        NodeKind::Mapping { entries, .. } => {
            entries.iter().map(|entry| (entry_start(document, entry), entry_end(document, entry))).collect()
        }
        NodeKind::Sequence { items, .. } => items.iter().map(|item| item_bounds(document, item)).collect(),
        _ => return Err(EditError::WrongKind),
    };
    let &(start, end) = spans.get(index).ok_or(EditError::WrongKind)?;
    if spans.len() == 1 {
        return Err(EditError::OnlyEntry);
    }
    let next = spans.get(index + 1);
    let span = if is_flow(document, collection) {
        match next {
            Some(&(next, _)) => Span::new(start, next),
            None => Span::new(spans[index - 1].1, end),
        }
    } else if let (Some(&(next, _)), false) = (next, begins_its_line(document, start)) {
        Span::new(start, next)
    } else {
        let (first, last) = (document.lines().line(start), document.lines().line(end.max(start + 1) - 1));
        let (line_start, line_end) = (document.lines().line_start(first), document.lines().line_start(last + 1));
        if last == document.lines().line_count() {
            // No line break behind it: the one before it goes, so that the file still ends without one.
            Span::new(line_end_before(document.text(), line_start), line_end)
        } else {
            Span::new(line_start, line_end)
        }
    };
    Ok(vec![TextEdit::delete(span)])
}

fn fill_null(document: &Document, null: NodeId, text: &str) -> Edits {
    let (owner, colon) = null_place(document, null)?;
    let style = style_of_entries(document, owner, document.written_entries(owner), in_flow(document, null));
    let value = Span::new(colon + 1, document.node(null).span.end);
    Ok(vec![TextEdit::replace(value, format!(" {}", style.value.spell(text, style.flow)))])
}

fn fill_null_with_entries(document: &Document, null: NodeId, entries: &[(String, Content)]) -> Edits {
    let (owner, colon) = null_place(document, null)?;
    let entry = owning_entry(document, null).ok_or(EditError::WrongKind)?;
    let style = style_of_entries(document, owner, document.written_entries(owner), in_flow(document, null));
    let value = Span::new(colon + 1, document.node(null).span.end);
    if style.flow {
        return Ok(vec![TextEdit::replace(value, format!(" {}", flow_map(entries, style)))]);
    }
    let step = step_in(document, owner);
    let indent = Indent { columns: column(document, entry_start(document, &entry)) + step, step };
    Ok(replace_value_by_lines(document, value, &block_entries(entries, style, indent)))
}

/// The mapping and the colon that a null belongs to.
fn null_place(document: &Document, null: NodeId) -> Result<(NodeId, usize), EditError> {
    let node = document.node(null);
    if node.anchor.is_some() || node.tag.is_some() {
        return Err(EditError::Marked);
    }
    let colon = owning_entry(document, null).and_then(|entry| entry.colon);
    match (node.parent, colon) {
        (Some(owner), Some(colon)) if document.is_null(null) && !document.is_alias(null) => Ok((owner, colon)),
        _ => Err(EditError::WrongKind),
    }
}

/// Removes a value that ends on its key's line and puts lines below that line; a comment at its end stays.
fn replace_value_by_lines(document: &Document, value: Span, lines: &[String]) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    if !value.is_empty() {
        edits.push(TextEdit::delete(value));
    }
    edits.push(TextEdit::insert(line_end(document.text(), value.end), joined(document, lines)));
    edits
}

fn block_list_to_map(
    document: &Document,
    sequence: NodeId,
    keys: &[(&Item, String, Content)],
    added: &[(String, Content)],
    style: Style,
) -> Vec<TextEdit> {
    let owner = document.node(sequence).parent;
    let step = owner.map_or(DEFAULT_STEP, |owner| step_in(document, owner));
    let dash = keys.first().and_then(|(item, ..)| item.dash).unwrap_or_default();
    let dash_column = column(document, dash);
    // A list may stand at its key's own column, a map may not.
    let owner_column = owning_entry(document, sequence).map(|entry| column(document, entry_start(document, &entry)));
    let shift = if owner_column.is_some_and(|owner| dash_column <= owner) { step } else { 0 };
    let indent = Indent { columns: dash_column + shift, step };
    let mut edits = Vec::new();
    for (index, (item, key, content)) in keys.iter().enumerate() {
        let (start, end) = item_bounds(document, item);
        edits.push(TextEdit::replace(Span::new(start, end), format!("{}{key}:", " ".repeat(shift))));
        let deeper = Indent { columns: indent.columns + step, step };
        let mut lines = block_value(content, style, deeper);
        if index + 1 == keys.len() {
            lines.extend(block_entries(added, style, indent));
        }
        edits.push(TextEdit::insert(line_end(document.text(), end), joined(document, &lines)));
    }
    edits
}

fn flow_list_to_map(
    document: &Document,
    sequence: NodeId,
    keys: &[(&Item, String, Content)],
    added: &[(String, Content)],
    style: Style,
) -> Vec<TextEdit> {
    let span = document.node(sequence).span;
    let mut edits = vec![TextEdit::replace(Span::new(span.start, span.start + 1), "{")];
    for (index, (item, key, content)) in keys.iter().enumerate() {
        let (start, end) = item_bounds(document, item);
        let entry = format!("{key}: {}", flow_value(content, style));
        edits.push(TextEdit::replace(Span::new(start, end), entry));
        if index + 1 == keys.len() && !added.is_empty() {
            edits.extend(add_to_flow(document, start, end, true, &flow_entries(added, style)));
        }
    }
    if keys.is_empty() {
        edits.push(TextEdit::insert(span.start + 1, flow_entries(added, style)));
    }
    edits.push(TextEdit::replace(Span::new(span.end - 1, span.end), "}"));
    edits
}

/// The name that an item holds, and its spelling as a key.
fn item_as_key<'d>(document: &'d Document, item: &Item, style: Style) -> Result<(&'d str, String), EditError> {
    let node = document.node(item.node);
    let name = document.scalar(item.node).ok_or(EditError::WrongKind)?;
    if node.anchor.is_some() || node.tag.is_some() {
        return Err(EditError::Marked);
    }
    let spelt = match node.kind {
        NodeKind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } | NodeKind::Alias { .. } => {
            style.key.spell(name, style.flow)
        }
        _ => document.slice(node.span).to_owned(),
    };
    Ok((name, spelt))
}

/// Adds an entry behind the one at `start..end` of a flow collection: on a line of its own if that one has it too.
fn add_to_flow(document: &Document, start: usize, end: usize, at_end: bool, entry: &str) -> Vec<TextEdit> {
    let text = document.text();
    if !begins_its_line(document, start) {
        return vec![TextEdit::insert(end, format!(", {entry}"))];
    }
    let indent = " ".repeat(column(document, start));
    let rest_of_line = &text[end..line_end(text, end)];
    let comma = rest_of_line.trim_start().starts_with(',');
    let behind = line_end(text, end);
    let newline = document.newline().as_str();
    if comma {
        // Before whatever follows, or after a trailing comma, which is then repeated.
        return vec![TextEdit::insert(behind, format!("{newline}{indent}{entry},"))];
    }
    if at_end && !rest_of_line.trim_start().is_empty() && !rest_of_line.trim_start().starts_with('#') {
        return vec![TextEdit::insert(end, format!(",{newline}{indent}{entry}"))];
    }
    if behind == end {
        return vec![TextEdit::insert(end, format!(",{newline}{indent}{entry}"))];
    }
    vec![TextEdit::insert(end, ","), TextEdit::insert(behind, format!("{newline}{indent}{entry}"))]
}

/// Puts lines behind the entry at `start..end` of a block collection.
fn insert_lines(document: &Document, start: usize, end: usize, lines: &[String]) -> TextEdit {
    let text = document.text();
    let at = line_end(text, end);
    // A block scalar that ends with the text, without a line break, would grow by one: its line goes last.
    if at == text.len() && ends_in_block_scalar(document, end) {
        let block: String = lines.iter().map(|line| format!("{line}{}", document.newline().as_str())).collect();
        return if begins_its_line(document, start) {
            TextEdit::insert(document.lines().line_start(document.lines().line(start)), block)
        } else {
            TextEdit::insert(start, format!("{}{}", block.trim_start(), " ".repeat(column(document, start))))
        };
    }
    TextEdit::insert(at, joined(document, lines))
}

fn ends_in_block_scalar(document: &Document, end: usize) -> bool {
    document.nodes().any(|(_, node)| {
        let block = matches!(node.kind, NodeKind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. });
        block && node.span.end == end
    })
}

fn joined(document: &Document, lines: &[String]) -> String {
    lines.iter().map(|line| format!("{}{line}", document.newline().as_str())).collect()
}

fn block_entries(entries: &[(String, Content)], style: Style, indent: Indent) -> Vec<String> {
    let blanks = " ".repeat(indent.columns);
    let mut lines = Vec::new();
    for (key, content) in entries {
        let key = spell_key(key, content, style);
        match content {
            Content::Map(entries) if !entries.is_empty() => {
                lines.push(format!("{blanks}{key}:"));
                lines.extend(block_value(content, style, Indent { columns: indent.columns + indent.step, ..indent }));
            }
            _ => lines.push(format!("{blanks}{key}: {}", flow_value(content, style))),
        }
    }
    lines
}

/// The lines of a map that is a new value: its texts follow no neighbour.
fn block_value(content: &Content, style: Style, indent: Indent) -> Vec<String> {
    let Content::Map(entries) = content else { return Vec::new() };
    block_entries(entries, Style { value: Quotes::PLAIN, ..style }, indent)
}

fn flow_entries(entries: &[(String, Content)], style: Style) -> String {
    let entry = |(key, content): &(String, Content)| {
        format!("{}: {}", spell_key(key, content, style), flow_value(content, style))
    };
    entries.iter().map(entry).collect::<Vec<_>>().join(", ")
}

fn flow_map(entries: &[(String, Content)], style: Style) -> String {
    format!("{{{}}}", flow_entries(entries, style))
}

fn flow_value(content: &Content, style: Style) -> String {
    match content {
        Content::Text(text) => style.value.spell(text, style.flow),
        Content::Alias(name) => format!("*{name}"),
        Content::Number(number) => number.to_string(),
        Content::List(items) => {
            let items: Vec<String> = items.iter().map(|item| Quotes::Always('"').spell(item, true)).collect();
            format!("[{}]", items.join(", "))
        }
        Content::Map(entries) => flow_map(entries, style),
    }
}

fn spell_key(key: &str, content: &Content, style: Style) -> String {
    if key == MERGE_KEY && matches!(content, Content::Alias(_)) {
        key.to_owned()
    } else {
        style.key.spell(key, style.flow)
    }
}

fn style_of_entries(document: &Document, mapping: NodeId, entries: &[Entry], flow: bool) -> Style {
    if entries.is_empty() && owner_is_double_quoted(document, mapping) {
        return Style { key: Quotes::Always('"'), value: Quotes::Always('"'), flow };
    }
    let key = Quotes::of(document, entries.iter().map(|entry| entry.key), flow);
    let value = match key {
        // JSON: a number may stand bare, a string may not.
        Quotes::Always('"') if flow => key,
        _ => Quotes::of(document, entries.iter().map(|entry| entry.value), flow),
    };
    Style { key, value, flow }
}

/// Whether a flow collection's key is in double quotes, as everything is in JSON.
fn owner_is_double_quoted(document: &Document, collection: NodeId) -> bool {
    in_flow(document, collection)
        && owning_entry(document, collection).is_some_and(|entry| {
            matches!(document.node(entry.key).kind, NodeKind::Scalar { style: ScalarStyle::DoubleQuoted, .. })
        })
}

/// The entry whose value a node is.
fn owning_entry(document: &Document, node: NodeId) -> Option<Entry> {
    let parent = document.node(node).parent?;
    document.written_entries(parent).iter().find(|entry| entry.value == node).copied()
}

fn is_flow(document: &Document, collection: NodeId) -> bool {
    matches!(
        document.node(collection).kind,
        NodeKind::Mapping { style: CollectionStyle::Flow, .. }
            | NodeKind::Sequence { style: CollectionStyle::Flow, .. }
    )
}

/// Whether a node stands inside brackets or braces.
fn in_flow(document: &Document, node: NodeId) -> bool {
    document.node(node).parent.is_some_and(|parent| is_flow(document, parent))
}

const DEFAULT_STEP: usize = 2;

/// What one level adds to the indentation around a block mapping: what its own entries add, else what it adds to its parent.
fn step_in(document: &Document, mapping: NodeId) -> usize {
    let first_column = |node: NodeId| {
        let block = !is_flow(document, node);
        document
            .written_entries(node)
            .first()
            .filter(|_| block)
            .map(|entry| column(document, entry_start(document, entry)))
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

fn entry_start(document: &Document, entry: &Entry) -> usize {
    entry.question.unwrap_or_else(|| document.node(entry.key).outer_span().start)
}

fn entry_end(document: &Document, entry: &Entry) -> usize {
    let key = document.node(entry.key).outer_span().end;
    key.max(entry.colon.map_or(0, |colon| colon + 1)).max(document.node(entry.value).outer_span().end)
}

fn item_bounds(document: &Document, item: &Item) -> (usize, usize) {
    let value = document.node(item.node).outer_span();
    (item.dash.unwrap_or(value.start), value.end.max(item.dash.map_or(0, |dash| dash + 1)))
}

/// The 0-based column, in characters, of a byte offset.
fn column(document: &Document, offset: usize) -> usize {
    document.lines().line_column(document.text(), offset).column - 1
}

/// Whether only blanks stand before an offset on its line.
fn begins_its_line(document: &Document, offset: usize) -> bool {
    let start = document.lines().line_start(document.lines().line(offset));
    document.text()[start..offset].trim_start_matches('\u{feff}').bytes().all(|byte| byte == b' ')
}

/// The offset of the line break that ends the line of `at`, or the end of the text.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |i| at + i)
}

/// The offset of the line break before a line.
fn line_end_before(text: &str, line_start: usize) -> usize {
    text[..line_start].strip_suffix('\n').map_or(line_start, |before| before.strip_suffix('\r').unwrap_or(before).len())
}
