//! The lines that a fix may change.

use std::ops::Range;

use composefix::compose::Change;
use composefix::text::LineIndex;
use composefix::yaml::{Document, Resolved};
use similar::{DiffOp, TextDiff};

use super::case::Run;

/// Every line that differs is in a service, or in a top-level field, that the fix declares; elsewhere only an anchor may be added to a
/// line.
///
/// # Errors
/// The lines that differ.
pub fn all_declared(run: &Run) -> Result<(), String> {
    let (old, new) = (declared_lines(&run.before, &run.changes)?, declared_lines(&run.after, &run.changes)?);
    let diff = TextDiff::from_lines(&run.before, &run.after);
    for op in diff.ops() {
        if matches!(op, DiffOp::Equal { .. }) || are_in(op.old_range(), &old) && are_in(op.new_range(), &new) {
            continue;
        }
        let was: String = op.old_range().filter_map(|line| diff.old_slice(line)).collect();
        let is: String = op.new_range().filter_map(|line| diff.new_slice(line)).collect();
        if without_anchors(&is) != was {
            return Err(format!("lines change that no repair declares:\n--- before\n{was}--- after\n{is}"));
        }
    }
    Ok(())
}

fn are_in(mut lines: Range<usize>, ranges: &[Range<usize>]) -> bool {
    lines.all(|line| ranges.iter().any(|range| range.contains(&line)))
}

/// The lines, counted from 0, from the keys of the declared services and fields to the end of their values.
fn declared_lines(text: &str, changes: &[Change]) -> Result<Vec<Range<usize>>, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let &root = document.roots().first().ok_or("the file is empty")?;
    let services = document.entry(root, "services").map(|entry| entry.value);
    let index = LineIndex::new(text);
    let line = |offset: usize| index.line_column(text, offset).line - 1;
    let declared = changes.iter().filter_map(|change| match (change.service(), change, services) {
        (Some(service), _, Some(services)) => document.entry(services, service),
        (_, Change::Extension(name), _) => document.entry(root, name),
        _ => None,
    });
    let lines = |entry: Resolved<'_>| {
        line(document.node(entry.key_node).span.start)..line(document.node(entry.value).span.end.saturating_sub(1)) + 1
    };
    Ok(declared.map(lines).collect())
}

/// The text without ` &name`.
fn without_anchors(text: &str) -> String {
    let mut parts = text.split(" &");
    let first = parts.next().unwrap_or_default().to_owned();
    let after_name = |part: &str| {
        let end = part.find(char::is_whitespace).unwrap_or(part.len());
        part[end..].to_owned()
    };
    parts.fold(first, |text, part| text + &after_name(part))
}
