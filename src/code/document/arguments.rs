//! The arguments of a program in one line, as `JAVA_OPTS` and its kin hold them: `-Xmx1g -Dkafka.bootstrap.servers=a:1 --broker=b:2`.

use super::{Entry, MAX_ENTRIES, unquoted, verbatim};

/// The arguments that give a property or an option a value.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let words = text.split_ascii_whitespace().map(unquoted).take(MAX_ENTRIES);
    let entry = |word: &str| {
        let name = word.strip_prefix("--").or_else(|| word.strip_prefix("-D")).or_else(|| word.strip_prefix('-'))?;
        let at = name.find('=')?;
        Some(verbatim(&name[..at], text, unquoted(&name[at + 1..])))
    };
    words.filter_map(entry).collect()
}
