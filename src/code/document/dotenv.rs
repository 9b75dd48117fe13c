//! Dotenv, as Compose reads it.

use super::{Entry, MAX_ENTRIES, unquoted, verbatim};
use crate::compose::{EnvFileFormat, EnvFileScope, parse_env_file};

/// The entries of a text, each value as written; none if it cannot be parsed.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let nothing = |_: &str| None;
    let scope = EnvFileScope { outer: &nothing, earlier: &nothing };
    let Ok(variables) = parse_env_file(text, EnvFileFormat::Dotenv, scope) else { return Vec::new() };
    let named = variables.into_iter().filter(|variable| !variable.name.is_empty() && variable.value.is_some());
    let entries = named.map(|variable| verbatim(variable.name, text, unquoted(&text[variable.value_span.range()])));
    entries.take(MAX_ENTRIES).collect()
}
