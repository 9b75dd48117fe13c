//! Structural edits, as text edits: only the bytes of the edits change.
//!
//! New lines use the line break, the indentation step, the quotes and the style (block or flow) of their neighbors. A comment below an
//! entry that is indented deeper belongs to the entry, so new lines come after it, and after what is commented out of the entry.

use crate::text::{Span, TextEdit};
use crate::yaml::block_scalar;
use crate::yaml::document::{Document, MERGE_KEY};
use crate::yaml::layout::{
    Indent, before_on_line, begins_its_line, children, column, comma_behind, end_with_comments, end_with_disabled,
    ends_in_open_block_scalar, ends_its_line, entry_bounds, in_flow, is_flow, item_bounds, line_end, newline_at,
    on_one_line, owning_entry, step_in,
};
use crate::yaml::node::{Entry, Node, NodeId, NodeKind, ScalarStyle};
use crate::yaml::render::{Style, Tight, block_entries, flow_entries, flow_map, flow_value};
use crate::yaml::scalar::core_tag;
use crate::yaml::spelling::{Quotes, spell_like};

pub use crate::yaml::list_to_map::list_to_map;
pub use crate::yaml::render::Content;

/// Why an edit cannot be written faithfully.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The node is not of the kind that the edit needs.
    #[error("composefix cannot edit the setting in the form in which it is written")]
    WrongKind,
    /// The node has an anchor or a tag, so a change reaches further than the node.
    #[error("the setting has an anchor or a tag")]
    Marked,
    /// Removing the only entry would leave null.
    #[error("it is the only entry")]
    OnlyEntry,
}

/// The result of an edit.
pub type Edits = Result<Vec<TextEdit>, EditError>;

/// Replaces a number by another one, in the same quotes, if it has any.
///
/// # Errors
/// Those of [`replace_value`].
pub fn replace_number(document: &Document, node: NodeId, number: u16) -> Edits {
    let old = document.node(node);
    match old.kind {
        NodeKind::Scalar { style: ScalarStyle::Plain, .. } if !old.span.is_empty() => {
            Ok(vec![TextEdit::replace(old.span, number.to_string())])
        }
        _ => replace_value(document, node, &number.to_string()),
    }
}

/// Replaces the text of a value: a scalar keeps its quotes; an alias or a null gets those of its neighbors. A block scalar becomes a scalar
/// on its key's line, with the comment of its header; a tag of a type other than string is removed.
///
/// # Errors
/// [`EditError::WrongKind`] for a collection, or a null that is not the value of an entry; [`EditError::Marked`] for a null or a missing
/// value with an anchor or a tag.
pub fn replace_value(document: &Document, node: NodeId, text: &str) -> Edits {
    let old = document.node(node);
    let flow = in_flow(document, node);
    match old.kind {
        NodeKind::Alias { .. } => {
            let quotes = owning_entry(document, node)
                .map_or(Quotes::PLAIN, |(owner, _)| Style::of_entries(document, owner, flow).value);
            Ok(vec![TextEdit::replace(old.span, quotes.spell(text, flow))])
        }
        NodeKind::Scalar { .. } if document.is_null(node) || old.span.is_empty() => {
            let (owner, entry) = null_place(document, node)?;
            let style = Style::of_entries(document, owner, flow);
            let spelt = style.value.spell(text, flow);
            Ok(vec![match entry.colon {
                Some(colon) if old.span.is_empty() => {
                    TextEdit::replace(Span::new(colon + 1, old.span.end), format!(" {spelt}"))
                }
                _ => TextEdit::replace(old.span, spelt),
            }])
        }
        NodeKind::Scalar { style: ScalarStyle::Literal, .. } if in_line_of_block(document, node, text).is_some() => {
            Ok(in_line_of_block(document, node, text).into_iter().collect())
        }
        NodeKind::Scalar { style, .. } => {
            let spelt = TextEdit::replace(old.span, spell_like(style, text, flow));
            let edits = match comment_of_header(document, old) {
                Some(comment) => {
                    let header = document.slice(Span::new(old.span.start, comment.start)).trim_end().len();
                    let header = Span::new(old.span.start, old.span.start + header);
                    vec![TextEdit { span: header, ..spelt }, TextEdit::delete(Span::new(comment.end, old.span.end))]
                }
                None => vec![spelt],
            };
            Ok(edits.into_iter().chain(without_tag(document, node, "str")).collect())
        }
        NodeKind::Sequence { .. } | NodeKind::Mapping { .. } => Err(EditError::WrongKind),
    }
}

/// The edit of one line of a literal block scalar, if its new text differs in no other.
fn in_line_of_block(document: &Document, node: NodeId, text: &str) -> Option<TextEdit> {
    let span = document.node(node).span;
    let (place, new) = block_scalar::change_in_line(document.slice(span), document.scalar(node)?, text)?;
    Some(TextEdit::replace(place.shifted_by(span.start), new.to_owned()))
}

/// The comment after the `|` or `>` of a block scalar.
fn comment_of_header(document: &Document, scalar: &Node) -> Option<Span> {
    document.comments().iter().copied().find(|comment| scalar.span.contains(*comment))
}

/// Removes a tag of a YAML core type other than `type_name`, with the spaces before it, because the node becomes a value of that type.
pub(super) fn without_tag(document: &Document, node: NodeId, type_name: &str) -> Option<TextEdit> {
    let tag = document.node(node).tag?;
    let (written, name) = (document.slice(tag), core_tag(document.slice(tag)));
    let start = document.text()[..tag.start].trim_end_matches(' ').len();
    (name != written && name != type_name).then(|| TextEdit::delete(Span::new(start, tag.end)))
}

/// Replaces any value of an entry with a list of texts on one line.
///
/// # Errors
/// [`EditError::WrongKind`] if the node is not the value of an entry or contains a comment, [`EditError::Marked`] if it has an anchor or a
/// tag.
pub fn replace_with_list(document: &Document, node: NodeId, items: &[String]) -> Edits {
    let old = document.node(node);
    if old.anchor.is_some() || old.tag.is_some() {
        return Err(EditError::Marked);
    }
    let (owner, entry) = owning_entry(document, node).ok_or(EditError::WrongKind)?;
    let colon = entry.colon.ok_or(EditError::WrongKind)?;
    let end = colon + 1 + document.text()[colon + 1..old.span.end].trim_end().len();
    let place = Span::new(colon + 1, end.max(colon + 1));
    if document.comments().iter().any(|comment| place.start <= comment.start && comment.start < place.end) {
        return Err(EditError::WrongKind);
    }
    let style = Style::of_entries(document, owner, in_flow(document, node));
    Ok(vec![TextEdit::replace(place, format!(" {}", flow_value(&Content::List(items.to_vec()), style)))])
}

/// Puts a text in the place of an item of a sequence that is a mapping, in the quotes of its neighbors.
///
/// # Errors
/// [`EditError::WrongKind`] for another node, or one on several lines; [`EditError::Marked`] if an anchor, an alias or a tag is inside.
pub fn replace_item(document: &Document, item: NodeId, text: &str) -> Edits {
    let span = document.node(item).outer_span();
    let parent = document.node(item).parent.filter(|&parent| document.items(parent).is_some());
    let is_mapping = matches!(document.node(item).kind, NodeKind::Mapping { .. });
    let Some(sequence) = parent.filter(|_| is_mapping && on_one_line(document, span.start, span.end)) else {
        return Err(EditError::WrongKind);
    };
    let is_marked =
        |node: &Node| node.anchor.is_some() || node.tag.is_some() || matches!(node.kind, NodeKind::Alias { .. });
    if document.nodes().any(|(_, node)| span.contains(node.span) && is_marked(node)) {
        return Err(EditError::Marked);
    }
    let flow = is_flow(document, sequence);
    Ok(vec![TextEdit::replace(span, Style::of_items(document, sequence, flow).spell(text, flow))])
}

/// Adds entries to a mapping: after its entry number `after`, or after the last. An empty `{}` and a null get their first entry in block
/// style, unless they are in a flow collection.
///
/// # Errors
/// [`EditError::WrongKind`] for a node that is neither mapping nor null, [`EditError::Marked`] for a null with an anchor or a tag.
pub fn add_entries(document: &Document, mapping: NodeId, after: Option<usize>, new: &[(String, Content)]) -> Edits {
    match &document.node(mapping).kind {
        _ if new.is_empty() => Ok(Vec::new()),
        NodeKind::Mapping { entries, .. } if entries.is_empty() => {
            Ok(fill_empty(document, mapping, |indent| match indent {
                Some(indent) => block_entries(new, Style::of_entries(document, mapping, false), indent),
                None => vec![flow_entries(new, Style::of_entries(document, mapping, true))],
            }))
        }
        NodeKind::Mapping { entries, .. } => {
            let flow = is_flow(document, mapping);
            let style = Style::of_entries(document, mapping, flow);
            let spans: Vec<Span> = entries.iter().map(|entry| entry_bounds(document, entry)).collect();
            let last = after.unwrap_or(spans.len() - 1);
            if flow {
                return add_to_flow(document, spans[last], &flow_entries(new, style), style.tight);
            }
            let indent = Indent { columns: column(document, spans[0].start), step: step_in(document, mapping) };
            Ok(vec![insert_lines(document, &spans[..=last], &block_entries(new, style, indent))])
        }
        NodeKind::Scalar { .. } if document.is_null(mapping) => {
            let (owner, entry) = null_place(document, mapping)?;
            let style = Style::of_entries(document, owner, in_flow(document, mapping)).nested();
            Ok(put_map(document, owner, &entry, new, style))
        }
        _ => Err(EditError::WrongKind),
    }
}

/// Adds texts to the end of a sequence. An empty `[]` gets them in block style unless it is in a flow collection.
///
/// # Errors
/// [`EditError::WrongKind`] for another kind of node.
pub fn append_items(document: &Document, sequence: NodeId, texts: &[String]) -> Edits {
    let NodeKind::Sequence { items, .. } = &document.node(sequence).kind else { return Err(EditError::WrongKind) };
    let flow = is_flow(document, sequence);
    let quotes = Style::of_items(document, sequence, flow);
    let spelt = |flow: bool| texts.iter().map(move |text| quotes.spell(text, flow));
    let Some(last) = items.last() else {
        return Ok(fill_empty(document, sequence, |indent| match indent {
            Some(indent) => spelt(false).map(|text| format!("{}- {text}", " ".repeat(indent.columns))).collect(),
            None => spelt(true).collect(),
        }));
    };
    let spans: Vec<Span> = items.iter().map(|item| item_bounds(document, item)).collect();
    let bounds = spans[spans.len() - 1];
    if flow {
        let tight = Tight::of(document, sequence, true);
        return add_to_flow(document, bounds, &spelt(true).collect::<Vec<_>>().join(tight.comma()), tight);
    }
    // As far from the dash as the neighbor's; an empty one has no distance.
    let value = document.node(last.node).outer_span();
    let gap = if on_one_line(document, bounds.start, value.start) { (value.start - bounds.start).max(2) } else { 2 };
    let indent = " ".repeat(column(document, bounds.start));
    let lines: Vec<String> = spelt(false).map(|text| format!("{indent}{:<gap$}{text}", "-")).collect();
    Ok(vec![insert_lines(document, &spans, &lines)])
}

/// Replaces an alias that is the value of an entry with a mapping. With `<<` and the alias as its first entry, the mapping contains
/// everything that the anchor does.
///
/// # Errors
/// [`EditError::WrongKind`] if the node is not an alias, or not the value of an entry.
pub fn replace_alias(document: &Document, alias: NodeId, entries: &[(String, Content)]) -> Edits {
    match owning_entry(document, alias) {
        Some((owner, entry)) if document.is_alias(alias) => {
            let style = Style::of_entries(document, document.follow(alias), in_flow(document, alias));
            Ok(put_map(document, owner, &entry, entries, style))
        }
        _ => Err(EditError::WrongKind),
    }
}

/// Replaces an alias of a sequence, as the value of an entry, with a sequence of texts.
///
/// # Errors
/// [`EditError::WrongKind`] if the node is not an alias, or not the value of an entry.
pub fn replace_alias_with_items(document: &Document, alias: NodeId, texts: &[String]) -> Edits {
    let Some((owner, entry)) = owning_entry(document, alias).filter(|_| document.is_alias(alias)) else {
        return Err(EditError::WrongKind);
    };
    let flow = in_flow(document, alias);
    let quotes = Style::of_items(document, document.follow(alias), flow);
    let spelt = texts.iter().map(|text| quotes.spell(text, flow));
    if flow {
        let list = format!("[{}]", spelt.collect::<Vec<_>>().join(", "));
        return Ok(vec![TextEdit::replace(document.node(alias).span, list)]);
    }
    let lines = |indent: Indent| spelt.map(|text| format!("{}- {text}", " ".repeat(indent.columns))).collect();
    Ok(put_lines(document, &entry, Indent::below(document, owner, &entry), lines))
}

/// The entry `<<: *name`.
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
    let (_, entry) = owning_entry(document, node).ok_or(EditError::WrongKind)?;
    match (document.is_alias(node), entry.colon) {
        (false, Some(colon)) => Ok(vec![TextEdit::insert(colon + 1, format!(" &{name}"))]),
        _ => Err(EditError::WrongKind),
    }
}

/// Removes an entry of a mapping or an item of a sequence, by its number from 0, with its comments: the one at the end of its line, and
/// those below that are indented deeper.
///
/// # Errors
/// [`EditError::OnlyEntry`] if nothing would be left, [`EditError::WrongKind`] if there is no such entry.
pub fn remove_child(document: &Document, collection: NodeId, index: usize) -> Edits {
    let spans = children(document, collection).ok_or(EditError::WrongKind)?;
    let &Span { start, end } = spans.get(index).ok_or(EditError::WrongKind)?;
    if spans.len() == 1 {
        return Err(EditError::OnlyEntry);
    }
    let text = document.text();
    let after_blanks = text[..start].trim_end_matches([' ', '\t']).len();
    let span = match spans.get(index + 1) {
        _ if begins_its_line(document, start) && ends_its_line(document, end) => {
            let last = document.lines().line(end_with_comments(document, end, column(document, start)));
            Span::new(after_blanks, document.lines().line_start(last + 1))
        }
        Some(next) if on_one_line(document, end, next.start) => Span::new(start, next.start),
        // The first of the lines below moves up, after a dash or a bracket.
        Some(_) => Span::new(start, text.len() - text[line_end(text, end)..].trim_ascii_start().len()),
        None => Span::new(after_blanks, end),
    };
    let before = index.checked_sub(1).map(|before| spans[before]);
    let comma = comma_behind(text, end).or_else(|| comma_behind(text, before?.end));
    let outside = comma.filter(|comma| is_flow(document, collection) && !span.range().contains(comma));
    let edits = outside.map(|comma| Span::new(comma, comma + 1)).into_iter().chain([span]);
    Ok(edits.map(TextEdit::delete).collect())
}

/// The mapping and the entry that a null is the value of.
fn null_place(document: &Document, null: NodeId) -> Result<(NodeId, Entry), EditError> {
    let node = document.node(null);
    if node.anchor.is_some() || node.tag.is_some() {
        return Err(EditError::Marked);
    }
    owning_entry(document, null).filter(|(_, entry)| entry.colon.is_some()).ok_or(EditError::WrongKind)
}

/// Puts a map in the place of an entry's value.
fn put_map(
    document: &Document,
    owner: NodeId,
    entry: &Entry,
    entries: &[(String, Content)],
    style: Style,
) -> Vec<TextEdit> {
    let value = value_place(document, entry);
    if style.flow {
        let follows_colon = value.start == entry.colon.map_or(0, |colon| colon + 1);
        let key = document.slice(document.node(entry.key).span);
        let blank = if follows_colon { style.tight.colon(key).trim_start_matches(':') } else { "" };
        return vec![TextEdit::replace(value, format!("{blank}{}", flow_map(entries, style)))];
    }
    put_lines(document, entry, Indent::below(document, owner, entry), |indent| block_entries(entries, style, indent))
}

/// Fills an empty flow collection: inside it if it is in another collection, has no key or has a comment, else with lines below its key.
pub(super) fn fill_empty(
    document: &Document,
    collection: NodeId,
    content: impl FnOnce(Option<Indent>) -> Vec<String>,
) -> Vec<TextEdit> {
    let span = document.node(collection).span;
    let owner = owning_entry(document, collection).filter(|(_, entry)| entry.colon.is_some());
    let comments = document.comments();
    let last_comment = comments[..comments.partition_point(|comment| comment.start < span.end)].last();
    match (owner, last_comment.filter(|comment| span.contains(**comment))) {
        (_, Some(comment)) => {
            // Below the comments, which may be on their own lines.
            let indentation = match owner {
                _ if begins_its_line(document, comment.start) => before_on_line(document, comment.start).to_owned(),
                Some((owner, entry)) => " ".repeat(Indent::below(document, owner, &entry).columns),
                None => " ".repeat(column(document, span.start) + 1),
            };
            let lines = content(None).into_iter().map(|line| format!("{indentation}{line}"));
            vec![lines_at(document, comment.end, &[lines.collect::<Vec<_>>().join(", ")])]
        }
        (Some((owner, entry)), None) if !in_flow(document, collection) => {
            let indent = Indent::below(document, owner, &entry);
            put_lines(document, &entry, indent, |indent| content(Some(indent)))
        }
        _ => vec![TextEdit::insert(span.start + 1, content(None).join(", "))],
    }
}

/// Replaces an entry's value, which is missing, an alias or an empty collection, with lines: below its key, or at its own place if it has
/// its own line. Comments stay.
fn put_lines(
    document: &Document,
    entry: &Entry,
    indent: Indent,
    lines: impl FnOnce(Indent) -> Vec<String>,
) -> Vec<TextEdit> {
    let value = document.node(entry.value).span;
    let key_column = column(document, entry_bounds(document, entry).start);
    let behind = |at: usize| end_with_comments(document, at, key_column);
    if !value.is_empty() && begins_its_line(document, value.start) {
        let lines = lines(Indent { columns: column(document, value.start), ..indent });
        let (first, rest) = lines.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        return vec![TextEdit::replace(value, first.trim_start()), lines_at(document, behind(value.end), rest)];
    }
    let place = value_place(document, entry);
    let removal = (!place.is_empty()).then(|| TextEdit::delete(place));
    let insertion = lines_at(document, behind(place.end), &lines(indent));
    removal.into_iter().chain([insertion]).collect()
}

/// An entry's value with the spaces before it, from the colon or the value's anchor or tag.
fn value_place(document: &Document, entry: &Entry) -> Span {
    let node = document.node(entry.value);
    let marks = [node.anchor, node.tag].into_iter().flatten().map(|mark| mark.end);
    let start = marks.chain(entry.colon.map(|colon| colon + 1)).max().unwrap_or(node.span.start);
    Span::new(start, node.span.end.max(start))
}

/// Adds an entry after another in a flow collection, on its own line if the other one is.
///
/// # Errors
/// [`EditError::WrongKind`] if the other one ends with a lone dash: the parser does not accept a comma after it.
pub(super) fn add_to_flow(document: &Document, Span { start, end }: Span, entry: &str, tight: Tight) -> Edits {
    let text = document.text();
    if text[..end].strip_suffix('-').is_some_and(|before| before.ends_with(char::is_whitespace)) {
        return Err(EditError::WrongKind);
    }
    let behind = line_end(text, end);
    let rest = text[end..behind].trim_start();
    let after_comma = rest.strip_prefix(',').map(str::trim_start);
    let is_over = |rest: &str| rest.is_empty() || rest.starts_with('#');
    if !begins_its_line(document, start) || after_comma.is_some_and(|rest| !is_over(rest)) {
        return Ok(vec![TextEdit::insert(end, format!("{}{entry}", tight.comma()))]);
    }
    let line = format!("{}{}{entry}", newline_at(document, end), before_on_line(document, start));
    Ok(if after_comma.is_some() {
        // Before whatever follows, or after a trailing comma, which is then repeated.
        vec![TextEdit::insert(behind, format!("{line},"))]
    } else if rest.starts_with('#') {
        vec![TextEdit::insert(end, ","), TextEdit::insert(behind, line)]
    } else {
        vec![TextEdit::insert(end, format!(",{line}"))]
    })
}

/// Puts lines after the last of the entries of a block collection.
fn insert_lines(document: &Document, entries: &[Span], lines: &[String]) -> TextEdit {
    let last = entries[entries.len() - 1];
    if !ends_in_open_block_scalar(document, last.end) {
        let at = end_with_disabled(document, last.end, column(document, last.start));
        return lines_at(document, at, lines);
    }
    if let [.., before, _] = entries {
        let at = end_with_disabled(document, before.end, column(document, before.start));
        return lines_at(document, at, lines);
    }
    let block: String = lines.iter().map(|line| format!("{line}{}", newline_at(document, last.start))).collect();
    TextEdit::insert(last.start, format!("{}{}", block.trim_start(), " ".repeat(column(document, last.start))))
}

/// An insertion of lines after the text that ends at an offset.
pub(super) fn lines_at(document: &Document, offset: usize, lines: &[String]) -> TextEdit {
    let newline = newline_at(document, offset);
    TextEdit::insert(offset, lines.iter().map(|line| format!("{newline}{line}")).collect::<String>())
}
