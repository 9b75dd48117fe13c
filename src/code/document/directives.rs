//! Lines with a name and a value, separated by spaces, in sections: Fluentd's `<match **>` … `</match>`, and Fluent Bit's `[OUTPUT]`.

use super::{Entry, MAX_DEPTH, MAX_ENTRIES, Repeated, join, unquoted, verbatim};

/// The entries of a text, each below the names of the sections around it.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    // The keys of the sections that are open; none for one whose key is longer than is kept.
    let mut sections: Vec<Option<String>> = vec![Some(String::new())];
    let mut repeated = Repeated::default();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let level = sections.last().and_then(Option::as_deref);
        if line.starts_with("</") {
            sections.truncate(sections.len().saturating_sub(1).max(1));
        } else if let Some(head) = inside(line, '<', '>') {
            if sections.len() > MAX_DEPTH {
                break;
            }
            // The rest selects the events of the section.
            let name = head.split_whitespace().next().unwrap_or_default();
            let key = level.and_then(|level| repeated.key(&join(level, name)?));
            sections.push(key);
        } else if let Some(head) = inside(line, '[', ']') {
            sections = vec![repeated.key(head.trim())];
        } else if let Some((name, value)) = line.split_once(char::is_whitespace)
            && let Some(key) = level.and_then(|level| join(level, name))
            && entries.len() < MAX_ENTRIES
        {
            entries.push(verbatim(key, text, unquoted(value.trim())));
        }
    }
    entries
}

fn inside(line: &str, open: char, close: char) -> Option<&str> {
    line.strip_prefix(open)?.strip_suffix(close)
}
