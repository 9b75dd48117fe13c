//! How new content is written, in block and in flow style.

use crate::yaml::document::{Document, MERGE_KEY};
use crate::yaml::layout::{
    Indent, before_on_line, begins_its_line, children, entry_bounds, has_tight_commas, in_flow, is_flow, is_tight,
    newline_at, owning_entry,
};
use crate::yaml::node::{Entry, NodeId, NodeKind, ScalarStyle};
use crate::yaml::spelling::Quotes;

/// What a new node holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A string.
    Text(String),
    /// `*name`
    Alias(String),
    /// A whole number, never quoted.
    Number(u32),
    /// `true` or `false`, never quoted.
    Boolean(bool),
    /// A list, always written in brackets.
    List(Vec<String>),
    /// A list, written with an item a line in block style.
    Items(Vec<String>),
    /// Nothing: the key alone in block style.
    Null,
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

/// How the texts of a new entry are spelt.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) key: Quotes,
    pub(super) value: Quotes,
    /// Of the keys and values of a map that is the new entry's value: they have no neighbors.
    pub(super) inner: Quotes,
    pub(super) flow: bool,
    /// Whether braces are padded with spaces.
    pub(super) padded: bool,
    /// Whether no space follows a colon, or a comma, in flow style.
    pub(super) tight: Tight,
    /// The lines of the maps in a new entry, in flow style; `None` if they are written on the line of their key.
    pub(super) spread: Option<Spread>,
}

/// Entries of flow collections on lines of their own, as in indented JSON.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    newline: &'static str,
    /// What lines are indented with: spaces or tabs.
    blank: char,
    /// The indentation of the new entry, in blanks.
    blanks: usize,
    /// How much deeper what is in it is, in blanks.
    step: usize,
}

impl Spread {
    /// As the values of a collection's entries are written; in JSON without such values, as the collection itself is.
    fn of(document: &Document, collection: NodeId, is_json: bool) -> Option<Self> {
        let entries = document.written_entries(collection);
        let inner = |entry: &Entry| {
            let first = *children(document, entry.value).filter(|_| is_flow(document, entry.value))?.first()?;
            Some((entry_bounds(document, entry), first))
        };
        if let Some((outer, inner)) = entries.iter().rev().find_map(inner) {
            return Self::between(document, outer.start, inner.start, outer.start);
        }
        let (_, owner) = owning_entry(document, collection).filter(|_| is_json)?;
        let first = children(document, collection)?.first()?.start;
        Self::between(document, entry_bounds(document, &owner).start, first, first)
    }

    /// The step from a line to the one of what is in it, for an entry at `new`; `None` if both are on one line or are indented differently.
    fn between(document: &Document, outer: usize, inner: usize, new: usize) -> Option<Self> {
        let begin_lines = [outer, inner, new].iter().all(|&at| begins_its_line(document, at));
        let indentation = |at: usize| before_on_line(document, at);
        let step = indentation(inner).strip_prefix(indentation(outer)).filter(|_| begin_lines)?;
        let blank = step.chars().next()?;
        let is_plain = indentation(inner).chars().chain(indentation(new).chars()).all(|own| own == blank);
        is_plain.then(|| Self {
            newline: newline_at(document, new),
            blank,
            blanks: indentation(new).len(),
            step: step.len(),
        })
    }

    fn deeper(self) -> Self {
        Self { blanks: self.blanks + self.step, ..self }
    }

    /// The break before a line.
    fn line(self) -> String {
        format!("{}{}", self.newline, self.blank.to_string().repeat(self.blanks))
    }
}

/// Where a flow collection has no spaces.
#[derive(Clone, Copy)]
pub(super) struct Tight {
    colons: bool,
    commas: bool,
}

impl Tight {
    pub(super) fn of(document: &Document, collection: NodeId, flow: bool) -> Self {
        let is_flow = flow && (is_flow(document, collection) || in_flow(document, collection));
        Self {
            colons: is_flow && is_tight(document, collection),
            commas: is_flow && has_tight_commas(document, collection),
        }
    }

    /// The separator of two entries on a line.
    pub(super) fn comma(self) -> &'static str {
        if self.commas { "," } else { ", " }
    }

    /// The separator of a key and its value.
    pub(super) fn colon(self, key: &str) -> &'static str {
        // Only after quotes, a colon needs no space.
        if self.colons && key.ends_with(['"', '\'']) { ":" } else { ": " }
    }
}

impl Style {
    /// The style of a mapping's entries, for new ones in flow or block style.
    pub(super) fn of_entries(document: &Document, mapping: NodeId, flow: bool) -> Self {
        let entries = document.written_entries(mapping);
        let padded = is_padded(document, mapping);
        let tight = Tight::of(document, mapping, flow);
        let all = |quotes| Self { key: quotes, value: quotes, inner: quotes, flow, padded, tight, spread: None };
        if entries.is_empty() && is_json(document, mapping) {
            return all(Quotes::Always('"'));
        }
        let quotes = Quotes::of(document, entries.iter().map(|entry| entry.key), flow);
        let spread = flow.then(|| Spread::of(document, mapping, quotes == Quotes::Always('"'))).flatten();
        let all = |quotes| Self { spread, ..all(quotes) };
        match quotes {
            // JSON: a number needs no quotes, a string does.
            key @ Quotes::Always('"') if flow => all(key),
            key => Self { value: Quotes::of(document, entries.iter().map(|entry| entry.value), flow), ..all(key) },
        }
    }

    /// The style of the mapping that a sequence's items become the keys of.
    pub(super) fn of_items_as_keys(document: &Document, sequence: NodeId, flow: bool) -> Self {
        let key = Self::of_items(document, sequence, flow);
        let json = flow && key == Quotes::Always('"');
        let inner = if json { key } else { Quotes::PLAIN };
        let (padded, tight) = (is_padded(document, sequence), Tight::of(document, sequence, flow));
        let spread = json.then(|| Spread::of(document, sequence, true)).flatten();
        Self { key, value: inner, inner, flow, padded, tight, spread }
    }

    /// What stands between two entries in flow style.
    fn separator(self) -> String {
        self.spread.map_or_else(|| self.tight.comma().to_owned(), |spread| format!(",{}", spread.line()))
    }

    /// The quotes of a sequence's items.
    pub(super) fn of_items(document: &Document, sequence: NodeId, flow: bool) -> Quotes {
        match document.items(sequence) {
            Some(items) if !items.is_empty() => Quotes::of(document, items.iter().map(|item| item.node), flow),
            _ if is_json(document, sequence) => Quotes::Always('"'),
            _ => Quotes::PLAIN,
        }
    }

    /// The style of the entries of a map that is a new value.
    pub(super) fn nested(self) -> Self {
        Self { key: self.inner, value: self.inner, spread: self.spread.map(Spread::deeper), ..self }
    }
}

/// Whether a collection is in flow style under a key in double quotes, as in JSON.
fn is_json(document: &Document, collection: NodeId) -> bool {
    in_flow(document, collection)
        && owning_entry(document, collection).is_some_and(|(_, entry)| {
            matches!(document.node(entry.key).kind, NodeKind::Scalar { style: ScalarStyle::DoubleQuoted, .. })
        })
}

fn is_padded(document: &Document, collection: NodeId) -> bool {
    let inside = |text: &str| text[1..].starts_with(' ') && !text[1..].trim_start_matches(' ').starts_with('#');
    is_flow(document, collection) && inside(document.slice(document.node(collection).span))
}

/// The lines of entries.
pub(super) fn block_entries(entries: &[(String, Content)], style: Style, indent: Indent) -> Vec<String> {
    let blanks = " ".repeat(indent.columns);
    let mut lines = Vec::new();
    for (key, content) in entries {
        let key = spell_key(key, content, style);
        match content {
            Content::Map(entries) if !entries.is_empty() => {
                lines.push(format!("{blanks}{key}:"));
                lines.extend(block_value(content, style, indent.deeper()));
            }
            Content::Items(items) if !items.is_empty() => {
                lines.push(format!("{blanks}{key}:"));
                let item = |item: &String| {
                    format!("{}- {}", " ".repeat(indent.deeper().columns), style.inner.spell(item, false))
                };
                lines.extend(items.iter().map(item));
            }
            Content::Null => lines.push(format!("{blanks}{key}:")),
            _ => lines.push(format!("{blanks}{key}: {}", flow_value(content, style))),
        }
    }
    lines
}

/// The lines of a map that is a new value.
pub(super) fn block_value(content: &Content, style: Style, indent: Indent) -> Vec<String> {
    match content {
        Content::Map(entries) => block_entries(entries, style.nested(), indent),
        _ => Vec::new(),
    }
}

/// Entries, with commas between.
pub(super) fn flow_entries(entries: &[(String, Content)], style: Style) -> String {
    let entry = |(key, content): &(String, Content)| {
        let key = spell_key(key, content, style);
        format!("{key}{}{}", style.tight.colon(&key), flow_value(content, style))
    };
    entries.iter().map(entry).collect::<Vec<_>>().join(&style.separator())
}

/// A map in braces. `style` is that of its entries.
pub(super) fn flow_map(entries: &[(String, Content)], style: Style) -> String {
    if let Some(spread) = style.spread {
        let outer = Spread { blanks: spread.blanks.saturating_sub(spread.step), ..spread };
        return format!("{{{}{}{}}}", spread.line(), flow_entries(entries, style), outer.line());
    }
    let blank = if style.padded { " " } else { "" };
    format!("{{{blank}{}{blank}}}", flow_entries(entries, style))
}

/// A value on one line.
pub(super) fn flow_value(content: &Content, style: Style) -> String {
    match content {
        Content::Text(text) => style.value.spell(text, style.flow),
        Content::Alias(name) => format!("*{name}"),
        Content::Number(number) => number.to_string(),
        Content::Boolean(value) => value.to_string(),
        Content::List(items) => {
            let items: Vec<String> = items.iter().map(|item| Quotes::Always('"').spell(item, true)).collect();
            format!("[{}]", items.join(style.tight.comma()))
        }
        Content::Items(items) => {
            let items: Vec<String> = items.iter().map(|item| style.inner.spell(item, true)).collect();
            format!("[{}]", items.join(style.tight.comma()))
        }
        Content::Null => "null".to_owned(),
        Content::Map(entries) => flow_map(entries, style.nested()),
    }
}

fn spell_key(key: &str, content: &Content, style: Style) -> String {
    if key == MERGE_KEY && matches!(content, Content::Alias(_)) {
        key.to_owned()
    } else {
        style.key.spell(key, style.flow)
    }
}
