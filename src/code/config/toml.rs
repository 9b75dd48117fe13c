//! TOML.

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::{MAX_DEPTH, MAX_SETTINGS, join, setting};
use crate::code::Setting;
use crate::text::LineIndex;

/// The entries of a text; none if it cannot be parsed.
pub(super) fn settings(text: &str) -> Vec<Setting> {
    let Ok(table) = DeTable::parse(text) else { return Vec::new() };
    let mut settings = Vec::new();
    collect_table(table.get_ref(), "", MAX_DEPTH, &LineIndex::new(text), &mut settings);
    settings.sort_by_key(|setting| setting.line);
    settings
}

fn collect_table(table: &DeTable, key: &str, depth: usize, lines: &LineIndex, settings: &mut Vec<Setting>) {
    for (name, value) in table.iter() {
        if let Some(key) = join(key, name.get_ref()) {
            collect(value, &key, depth - 1, lines, settings);
        }
    }
}

fn collect(value: &Spanned<DeValue>, key: &str, depth: usize, lines: &LineIndex, settings: &mut Vec<Setting>) {
    if depth == 0 || settings.len() >= MAX_SETTINGS {
        return;
    }
    let text = match value.get_ref() {
        DeValue::Table(table) => return collect_table(table, key, depth, lines, settings),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if let Some(key) = join(key, &index.to_string()) {
                    collect(item, &key, depth - 1, lines, settings);
                }
            }
            return;
        }
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(time) => time.to_string(),
    };
    settings.push(setting(key, text, lines.line(value.span().start)));
}
