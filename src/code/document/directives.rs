//! Lines of a name and a value, with blanks between, below the heads of sections: Fluentd's `<match **>` … `</match>`, and Fluent Bit's
//! `[OUTPUT]`.

use super::{Entry, MAX_DEPTH, MAX_ENTRIES, join, unquoted, verbatim};

/// The entries of a text, each below the names of the sections around it.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut sections: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with("</") {
            sections.pop();
        } else if let Some(head) = inside(line, '<', '>') {
            if sections.len() >= MAX_DEPTH {
                break;
            }
            // What follows the name says which events the section is for.
            sections.push(head.split_whitespace().next().unwrap_or_default());
        } else if let Some(head) = inside(line, '[', ']') {
            sections = vec![head.trim()];
        } else if let Some((name, value)) = line.split_once(char::is_whitespace)
            && let Some(key) = sections.iter().try_fold(String::new(), |key, section| join(&key, section))
            && let Some(key) = join(&key, name)
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
