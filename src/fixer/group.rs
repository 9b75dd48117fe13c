//! Projects that share files are fixed one after the other: each finds the files as those before it leave them, and must leave them so that
//! those before it still load and have no more errors.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::analysis::{Analysis, Broken};
use crate::finding::{Finding, Severity};
use crate::fixer::{Outcome, fix};
use crate::rules::{self, Options};
use crate::source::FileId;

/// A project of a group.
#[derive(Clone, Debug)]
pub struct Member {
    /// The project.
    pub analysis: Analysis,
    /// For each of its compose files, in the order of its sources, its path in the group. Files with the same path are the same file.
    pub paths: Vec<PathBuf>,
}

/// Why a project of a group was not fixed.
#[derive(Debug)]
pub enum GroupError {
    /// Its fixes would break another project.
    WouldBreak {
        /// The number of the other.
        other: usize,
        /// The result of its fixes.
        outcome: Box<Outcome>,
    },
    /// As the members before it leave the files, it cannot be loaded.
    Project(Box<Broken>),
}

/// Fixes the projects of a group in their order.
#[must_use]
pub fn fix_group(members: Vec<Member>, options: &Options) -> Vec<Result<Outcome, GroupError>> {
    let mut texts: HashMap<PathBuf, Arc<str>> = HashMap::new();
    let mut done: Vec<Done> = Vec::new();
    for Member { analysis, paths } in members {
        let current = match with_texts(&analysis, &paths, &texts) {
            None => Ok(analysis),
            Some(Ok(current)) => Ok(current),
            Some(Err(broken)) => Err(GroupError::Project(broken)),
        };
        let result = current.and_then(|analysis| {
            let outcome = fix(analysis, options);
            let mut after = texts.clone();
            after.extend(changed_texts(&outcome, &paths));
            let is_broken = |other: &Done| other.breaks(&outcome, &paths, &after, options);
            match done.iter().position(is_broken) {
                Some(other) => Err(GroupError::WouldBreak { other, outcome: Box::new(outcome) }),
                None => {
                    texts = after;
                    Ok(outcome)
                }
            }
        });
        done.push(Done { result, paths });
    }
    done.into_iter().map(|done| done.result).collect()
}

struct Done {
    result: Result<Outcome, GroupError>,
    paths: Vec<PathBuf>,
}

impl Done {
    /// Whether this project can no longer be loaded, or has more errors, after the fixes of another are applied.
    fn breaks(
        &self,
        other: &Outcome,
        their_paths: &[PathBuf],
        texts: &HashMap<PathBuf, Arc<str>>,
        options: &Options,
    ) -> bool {
        let Ok(outcome) = &self.result else { return false };
        if !changed_texts(other, their_paths).any(|(path, _)| self.paths.contains(&path)) {
            return false;
        }
        let is_error = |finding: &&Finding| finding.severity == Severity::Error;
        let errors = |findings: &[Finding]| findings.iter().filter(is_error).count();
        match with_texts(&outcome.analysis, &self.paths, texts) {
            None => false,
            Some(Err(_)) => true,
            Some(Ok(after)) => errors(&rules::find(&after, options).findings) > errors(&outcome.left.findings),
        }
    }
}

/// The texts that fixes change, by their paths in the group.
fn changed_texts<'o>(outcome: &'o Outcome, paths: &'o [PathBuf]) -> impl Iterator<Item = (PathBuf, Arc<str>)> + 'o {
    let sources = outcome.analysis.project.sources.iter().zip(paths);
    sources.filter_map(|(source, path)| {
        let before = outcome.files_before.get(source.file).shared_text();
        let after = outcome.analysis.files.get(source.file).shared_text();
        (before != after).then(|| (path.clone(), after))
    })
}

/// A project with other texts; `None` if they are what it has.
fn with_texts(
    analysis: &Analysis,
    paths: &[PathBuf],
    texts: &HashMap<PathBuf, Arc<str>>,
) -> Option<Result<Analysis, Box<Broken>>> {
    let sources = analysis.project.sources.iter().zip(paths);
    let changed = sources.filter_map(|(source, path)| {
        let text = texts.get(path)?;
        (**text != *analysis.files.get(source.file).text()).then(|| (source.file, text.to_string()))
    });
    let changed: Vec<(FileId, String)> = changed.collect();
    (!changed.is_empty()).then(|| analysis.after(changed))
}
