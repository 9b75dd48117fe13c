//! Makes a plan of a run's fixes, and applies one: see [`report::plan`](crate::report::plan).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::requests::canonical;
use crate::cli::write::{PlannedWrite, write_all};
use crate::fixer::Outcome;
use crate::report::plan::{Change, FileChange, Plan, PlannedFix};
use crate::source::{Border, Borders, Files, MAX_BYTES};
use crate::text::masked;

/// A plan in the making. Projects that share files are one change.
#[derive(Default)]
pub(super) struct Planner {
    /// Of each file the text before the first fix, and after the last.
    texts: BTreeMap<PathBuf, (Arc<str>, Arc<str>)>,
    groups: Vec<(BTreeSet<PathBuf>, Vec<PlannedFix>)>,
}

impl Planner {
    /// Adds the fixes of a project.
    pub(super) fn add(&mut self, outcome: &Outcome) {
        let mut paths = BTreeSet::new();
        for changed in &outcome.changed {
            let path = canonical(&changed.path);
            let texts = (Arc::clone(&changed.before), Arc::clone(&changed.after));
            self.texts.entry(path.clone()).or_insert(texts).1 = Arc::clone(&changed.after);
            paths.insert(path);
        }
        if paths.is_empty() {
            return;
        }
        let mut fixes: Vec<PlannedFix> = Vec::new();
        let (same, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.groups).into_iter().partition(|(own, _)| !own.is_disjoint(&paths));
        self.groups = others;
        for (own, earlier) in same {
            paths.extend(own);
            fixes.extend(earlier);
        }
        fixes.extend(outcome.applied.iter().map(|applied| PlannedFix {
            rule: applied.id.rule.to_owned(),
            service: applied.service.clone(),
            severity: applied.severity.as_str().to_owned(),
            title: masked(&applied.fix.title).into_owned(),
        }));
        self.groups.push((paths, fixes));
    }

    /// The plan, with paths from the working directory.
    pub(super) fn finish(mut self, errors: Vec<String>) -> Plan {
        let here = canonical(Path::new("."));
        self.groups.sort_by(|(one, _), (other, _)| one.cmp(other));
        let change = |(paths, fixes): (BTreeSet<PathBuf>, Vec<PlannedFix>)| {
            let files = paths.iter().filter_map(|path| {
                let (before, after) = self.texts.get(path)?;
                let shown = path.strip_prefix(&here).unwrap_or(path).display().to_string();
                Some(FileChange::between(shown.replace(std::path::MAIN_SEPARATOR, "/"), before, after))
            });
            Change { files: files.collect(), fixes }
        };
        let groups = std::mem::take(&mut self.groups);
        Plan::new(groups.into_iter().map(change).collect(), errors)
    }
}

/// What came of a plan.
#[derive(Default)]
pub(super) struct Applied {
    /// A line for each file that was changed, or was changed before.
    pub(super) lines: Vec<String>,
    /// How many files were changed.
    pub(super) changed: usize,
    /// Why changes were not made: messages for people.
    pub(super) refused: Vec<String>,
}

/// Reads a plan, from standard input if the path is `-`.
///
/// # Errors
/// A message for people.
pub(super) fn read(path: &Path) -> Result<Plan, String> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        let read = io::stdin().lock().take(MAX_BYTES).read_to_string(&mut text);
        read.map_err(|error| format!("standard input: {error}"))?;
        text
    } else {
        let mut files = Files::default();
        let file = files.read(path).map_err(|error| error.to_string())?;
        files.get(file).text().to_owned()
    };
    Plan::parse(&text).map_err(|message| format!("{}: {message}", path.display()))
}

/// Makes the changes of a plan whose files hold what they held when it was made; each change is made as a whole or not at all.
pub(super) fn apply(plan: &Plan) -> Applied {
    let here = canonical(Path::new("."));
    let border = Borders::default().around(&[PathBuf::new()], Some(Path::new("")), &[]);
    let mut applied = Applied::default();
    for change in &plan.changes {
        let done = writes_of(change, &here, &border).and_then(|(writes, lines)| {
            write_all(&writes, &border).map_err(|error| error.to_string())?;
            Ok((writes.len(), lines))
        });
        match done {
            Ok((changed, lines)) => {
                applied.changed += changed;
                applied.lines.extend(lines);
            }
            Err(message) => applied.refused.push(message),
        }
    }
    applied
}

/// What a change writes, and a line for each of its files.
fn writes_of(change: &Change, here: &Path, border: &Border) -> Result<(Vec<PlannedWrite>, Vec<String>), String> {
    let (mut writes, mut lines) = (Vec::new(), Vec::new());
    let mut files = Files::new(border.clone());
    for file in &change.files {
        let path = PathBuf::from(&file.path);
        // A plan is untrusted; it changes only files below the working directory.
        if path.canonicalize().is_ok_and(|path| !path.starts_with(here)) {
            return Err(format!("{}: not below the working directory; this change was not made", file.path));
        }
        let id = files.read(&path).map_err(|error| error.to_string())?;
        let before = files.get(id).shared_text();
        let after = file.apply(&before);
        let after = after.map_err(|stale| format!("{}: {stale}; this change was not made", file.path))?;
        match after {
            None => lines.push(format!("{}: already changed", file.path)),
            Some(after) => {
                lines.push(format!("{}: changed", file.path));
                writes.push(PlannedWrite { path, before, after });
            }
        }
    }
    if !writes.is_empty() {
        lines.extend(change.fixes.iter().map(|fix| format!("  {}: {} [{}]", fix.service, fix.title, fix.rule)));
    }
    Ok((writes, lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schema_is_that_of_a_plan() {
        crate::cli::schema_test::compare("plan.schema.json", &schemars::schema_for!(Plan));
    }
}
