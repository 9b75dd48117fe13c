//! Dotenv, as Compose reads it.

use super::{MAX_SETTINGS, setting, unquoted};
use crate::code::Setting;
use crate::compose::{EnvFileFormat, EnvFileScope, parse_env_file};
use crate::text::LineIndex;

/// The entries of a text, each value as written; none if it cannot be parsed.
pub(super) fn settings(text: &str) -> Vec<Setting> {
    let nothing = |_: &str| None;
    let scope = EnvFileScope { outer: &nothing, earlier: &nothing };
    let Ok(entries) = parse_env_file(text, EnvFileFormat::Dotenv, scope) else { return Vec::new() };
    let lines = LineIndex::new(text);
    let named = entries.into_iter().filter(|entry| !entry.name.is_empty() && entry.value.is_some());
    let settings = named
        .map(|entry| setting(entry.name, unquoted(&text[entry.value_span.range()]), lines.line(entry.name_span.start)));
    settings.take(MAX_SETTINGS).collect()
}
