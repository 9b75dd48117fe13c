//! The difference between two configurations.

use similar::{DiffOp, TextDiff};

use super::draft::Changes;
use crate::kafka::property::CLUSTER_ID;
use crate::kafka::startup::cluster::Node;
use crate::kafka::startup::value::{Entry, list};
use crate::text::Span;

/// A property that is to become another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyChange {
    /// Its name.
    pub property: String,
    /// What it is now; `None` if it is not set.
    pub old: Option<String>,
    /// What it is to be; `None` if it is not to be set.
    pub new: Option<String>,
    /// The parts of the old value to replace, from left to right, in bytes; none if there is no old or no new value.
    pub edits: Vec<(Span, String)>,
}

impl PropertyChange {
    /// The changes of a node's configuration, one for each property.
    pub(super) fn all(node: &Node<'_>, changes: Changes) -> Vec<Self> {
        let change = |(property, new): (String, Option<String>)| {
            let given = if property == CLUSTER_ID { node.cluster_id } else { node.config.given(&property) };
            let old = given.value().map(str::to_owned);
            let edits = old.as_deref().zip(new.as_deref()).map(|(old, new)| edits(old, new)).unwrap_or_default();
            Self { property, old, new, edits }
        };
        changes.into_iter().map(change).collect()
    }
}

/// What to replace in a list so that entries which stay are not touched.
fn edits(old: &str, new: &str) -> Vec<(Span, String)> {
    let (old_entries, new_entries) = (list(old), list(new));
    let (old_texts, new_texts) = (texts(&old_entries), texts(&new_entries));
    let mut edits = Vec::new();
    for operation in TextDiff::configure().diff_slices(&old_texts, &new_texts).ops() {
        match *operation {
            DiffOp::Equal { .. } => {}
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let span = Span::new(old_entries[old_index].span.start, old_entries[old_index + old_len - 1].span.end);
                edits.push((span, new_texts[new_index..new_index + new_len].join(",")));
            }
            DiffOp::Insert { old_index, new_index, new_len } => {
                let text = new_texts[new_index..new_index + new_len].join(",");
                edits.push(match old_entries.get(old_index) {
                    Some(next) => (Span::empty(next.span.start), format!("{text},")),
                    None => {
                        (Span::empty(old_entries.last().map_or(old.len(), |last| last.span.end)), format!(",{text}"))
                    }
                });
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                let span = match (old_entries.get(old_index + old_len), old_index.checked_sub(1)) {
                    (Some(next), _) => Span::new(old_entries[old_index].span.start, next.span.start),
                    (None, Some(before)) => {
                        Span::new(old_entries[before].span.end, old_entries[old_index + old_len - 1].span.end)
                    }
                    (None, None) => Span::new(0, old.len()),
                };
                edits.push((span, String::new()));
            }
        }
    }
    if old_entries.is_empty() { vec![(Span::new(0, old.len()), new.to_owned())] } else { edits }
}

fn texts<'t>(entries: &[Entry<'t>]) -> Vec<&'t str> {
    entries.iter().map(|entry| entry.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(old: &str, new: &str) -> (String, Vec<String>) {
        let edits = edits(old, new);
        let mut text = old.to_owned();
        for (span, new) in edits.iter().rev() {
            text.replace_range(span.range(), new);
        }
        (text, edits.iter().map(|(span, new)| format!("{}>{new}", &old[span.range()])).collect())
    }

    #[test]
    fn entries_that_stay_are_not_touched() {
        for (old, new, expected) in [
            ("A://:1,B://:2", "A://:1,B://:3", &["B://:2>B://:3"][..]),
            ("A://:1, B://:2", "A://:1,B://:2,C://:3", &[">,C://:3"]),
            ("A://:1,B://:2", "C://:3,A://:1,B://:2", &[">C://:3,"]),
            ("A://:1,B://:2,C://:3", "A://:1,C://:3", &["B://:2,>"]),
            ("A://:1,B://:2", "A://:1", &[",B://:2>"]),
            ("1", "2", &["1>2"]),
            ("", "2", &[">2"]),
        ] {
            let (text, edits) = applied(old, new);
            let blank = |text: &str| text.replace(' ', "");
            assert_eq!(blank(&text), new, "{old} to {new}");
            assert_eq!(edits, expected, "{old} to {new}");
        }
    }
}
