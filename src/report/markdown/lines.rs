//! Which lines of the fixed files are new, and where the others were.

use std::collections::BTreeMap;
use std::path::Path;

use crate::fixer::Outcome;
use crate::text::old_lines;

/// The lines of the files that fixes changed. Lines count from 1.
pub(super) struct Lines<'o>(BTreeMap<&'o Path, Vec<Option<usize>>>);

impl<'o> Lines<'o> {
    pub(super) fn of(outcome: &'o Outcome) -> Self {
        let changed = outcome.changed.iter();
        Self(changed.map(|file| (file.path.as_path(), old_lines(&file.before, &file.after))).collect())
    }

    /// The number that a line had before the fixes; `None` for one that a fix wrote.
    pub(super) fn before(&self, path: &Path, line: usize) -> Option<usize> {
        match self.0.get(path) {
            Some(lines) => lines.get(line.checked_sub(1)?).copied().flatten(),
            None => Some(line),
        }
    }

    /// Whether a fix wrote this line.
    pub(super) fn is_new(&self, path: &Path, line: usize) -> bool {
        self.before(path, line).is_none()
    }
}
