//! Projects that share files are fixed one after the other: each finds the files as those before it leave them, and must leave them so that
//! the others still load and have no more errors.

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

/// Fixes the projects of a group. One that is a part of another comes before it: what is right in a base need not be written again by those
/// that extend it. The others keep their order.
#[must_use]
pub fn fix_group(members: Vec<Member>, options: &Options) -> Vec<Result<Outcome, GroupError>> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|&at| members[at].paths.len());
    let mut texts = Texts::new();
    let mut all: Vec<(State, Vec<PathBuf>)> =
        members.into_iter().map(|member| (State::Open(Box::new(member.analysis)), member.paths)).collect();
    for at in order {
        let (state, paths) = (std::mem::replace(&mut all[at].0, State::Taken), all[at].1.clone());
        let State::Open(analysis) = state else { continue };
        let current = match with_texts(&analysis, &paths, &texts) {
            None => Ok(*analysis),
            Some(Ok(current)) => Ok(current),
            Some(Err(broken)) => Err(GroupError::Project(broken)),
        };
        let result = current.and_then(|analysis| {
            let outcome = fix(analysis, options);
            let changed: Texts = changed_texts(&outcome, &paths).collect();
            let mut after = texts.clone();
            after.extend(changed.clone());
            let is_broken = |(other, their_paths): &(State, Vec<PathBuf>)| {
                their_paths.iter().any(|path| changed.contains_key(path))
                    && other.breaks(their_paths, (&texts, &after), options)
            };
            match all.iter().position(is_broken) {
                Some(other) => Err(GroupError::WouldBreak { other, outcome: Box::new(outcome) }),
                None => {
                    texts = after;
                    Ok(outcome)
                }
            }
        });
        all[at].0 = State::Done(Box::new(result));
    }
    let result = |(state, _)| if let State::Done(result) = state { Some(*result) } else { None };
    all.into_iter().filter_map(result).collect()
}

/// The texts of files that were changed, by their paths in the group.
type Texts = HashMap<PathBuf, Arc<str>>;

/// A project of a group, before and after it is fixed.
enum State {
    Open(Box<Analysis>),
    /// It is being fixed.
    Taken,
    Done(Box<Result<Outcome, GroupError>>),
}

impl State {
    /// Whether this project can no longer be loaded, or has more errors, with the texts after the fixes of another.
    fn breaks(&self, paths: &[PathBuf], (before, after): (&Texts, &Texts), options: &Options) -> bool {
        let is_error = |finding: &&Finding| finding.severity == Severity::Error;
        let count = |findings: &[Finding]| findings.iter().filter(is_error).count();
        let errors = |analysis: &Analysis| count(&rules::find(analysis, options).findings);
        let (analysis, errors_before) = match self {
            Self::Open(analysis) => match with_texts(analysis, paths, before) {
                None => (&**analysis, errors(analysis)),
                Some(Ok(current)) => (&**analysis, errors(&current)),
                Some(Err(_)) => return false,
            },
            Self::Done(result) => match &**result {
                Ok(outcome) => (&outcome.analysis, count(&outcome.left.findings)),
                Err(_) => return false,
            },
            Self::Taken => return false,
        };
        match with_texts(analysis, paths, after) {
            None => false,
            Some(Err(_)) => true,
            Some(Ok(current)) => errors(&current) > errors_before,
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
fn with_texts(analysis: &Analysis, paths: &[PathBuf], texts: &Texts) -> Option<Result<Analysis, Box<Broken>>> {
    let sources = analysis.project.sources.iter().zip(paths);
    let changed = sources.filter_map(|(source, path)| {
        let text = texts.get(path)?;
        (**text != *analysis.files.get(source.file).text()).then(|| (source.file, text.to_string()))
    });
    let changed: Vec<(FileId, String)> = changed.collect();
    (!changed.is_empty()).then(|| analysis.after(changed))
}
