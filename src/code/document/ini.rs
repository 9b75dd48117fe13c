//! INI: sections of `name = value`, as `configparser` of Python reads them.

use super::{Entry, MAX_ENTRIES, join, unquoted, verbatim};

/// The entries of a text, each below the name of its section.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut section = "";
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.trim();
        } else if let Some((key, value)) = line.split_once(['=', ':'])
            && let Some(key) = join(section, key.trim())
            && entries.len() < MAX_ENTRIES
        {
            entries.push(verbatim(key, text, unquoted(without_comment(value.trim()))));
        }
    }
    entries
}

/// A value without the comment after it, which a space precedes.
fn without_comment(value: &str) -> &str {
    let ends = [" #", " ;", "\t#", "\t;"].iter().filter_map(|mark| value.find(mark));
    value[..ends.min().unwrap_or(value.len())].trim_end()
}
