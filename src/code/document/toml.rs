//! TOML.

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::{Entry, MAX_DEPTH, MAX_ENTRIES, join};
use crate::text::Span;

/// The entries of a text; none if it cannot be parsed.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let Ok(table) = DeTable::parse(text) else { return Vec::new() };
    let mut entries = Vec::new();
    collect_table(text, table.get_ref(), "", MAX_DEPTH, &mut entries);
    entries.sort_by_key(|entry| entry.span);
    entries
}

fn collect_table(text: &str, table: &DeTable, key: &str, depth: usize, entries: &mut Vec<Entry>) {
    for (name, value) in table.iter() {
        if let Some(key) = join(key, name.get_ref()) {
            collect(text, value, &key, depth - 1, entries);
        }
    }
}

fn collect(text: &str, value: &Spanned<DeValue>, key: &str, depth: usize, entries: &mut Vec<Entry>) {
    if depth == 0 || entries.len() >= MAX_ENTRIES {
        return;
    }
    let span = value.span();
    let mut span = Span::new(span.start, span.end);
    let value = match value.get_ref() {
        DeValue::Table(table) => return collect_table(text, table, key, depth, entries),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if let Some(key) = join(key, &index.to_string()) {
                    collect(text, item, &key, depth - 1, entries);
                }
            }
            return;
        }
        DeValue::String(value) => {
            span = inside(text, span);
            value.to_string()
        }
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(time) => time.to_string(),
    };
    entries.push(Entry { key: key.to_owned(), value, span });
}

/// The inside of a string's quotes, of which there may be three on a side.
fn inside(text: &str, span: Span) -> Span {
    let written = text.get(span.range()).unwrap_or_default();
    let has_three = written.len() >= 6 && (written.starts_with("\"\"\"") || written.starts_with("'''"));
    let quotes = if has_three { 3 } else { 1 };
    Span::new(span.start + quotes, span.end.saturating_sub(quotes).max(span.start + quotes))
}
