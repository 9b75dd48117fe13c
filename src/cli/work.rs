//! Loads and repairs many projects, side by side; what comes of them keeps its order.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::cli::args::ProjectArgs;
use crate::cli::requests::{Request, Requests, canonical, nothing};
use crate::cli::targets::{Failure, Target};
use crate::compose::{Project, ProjectError};
use crate::finding::Severity;
use crate::fixer::{Options, Outcome, fix};
use crate::source::Files;

/// A project, and what a repair would make of it.
pub(super) struct Work {
    pub(super) files: Files,
    pub(super) target: Target,
    pub(super) outcome: Result<Outcome, Failure>,
}

/// What comes of each project that is asked for, in that order.
pub(super) fn work(requests: &Requests, args: &ProjectArgs, options: &Options) -> Vec<Result<Work, Failure>> {
    let load = |request: &Request| {
        let mut files = Files::default();
        let target = Target::load(&mut files, request, args, &options.hints).transpose()?;
        Some(target.map(|target| Loaded { paths: paths(&target.project), files, target }))
    };
    let mut loaded: Vec<Option<Result<Loaded, Failure>>> = requests.list.par_iter().map(load).collect();
    if requests.has_tree {
        leave_out_fragments(&requests.list, &mut loaded);
    }
    let (mut projects, mut works) = (Vec::new(), Vec::new());
    for (index, loaded) in loaded.into_iter().enumerate() {
        match loaded {
            Some(Ok(project)) => projects.push((index, project)),
            Some(Err(failure)) => works.push((index, Err(failure))),
            None => {}
        }
    }
    let groups = group(projects);
    let repaired: Vec<Vec<(usize, Work)>> = groups.into_par_iter().map(|group| repair(group, options)).collect();
    works.extend(repaired.into_iter().flatten().map(|(index, work)| (index, Ok(work))));
    works.sort_by_key(|(index, _)| *index);
    let works = works.into_iter().map(|(_, work)| work).collect();
    if requests.has_tree { of_tree(works) } else { works }
}

/// In a tree not every project has the services that are named; but one must, and there must be one.
fn of_tree(mut works: Vec<Result<Work, Failure>>) -> Vec<Result<Work, Failure>> {
    let lacks_service = |work: &Result<Work, Failure>| matches!(work, Err(Failure::NoService(_)));
    if works.is_empty() {
        works.push(Err(Failure::Argument(nothing("no compose file there or below"))));
    } else if works.iter().all(lacks_service) {
        works.truncate(1);
    } else {
        works.retain(|work| !lacks_service(work));
    }
    works
}

struct Loaded {
    /// The paths of all its compose files, canonical.
    paths: Vec<PathBuf>,
    files: Files,
    target: Target,
}

fn paths(project: &Project) -> Vec<PathBuf> {
    project.sources.iter().map(|source| canonical(&source.path)).collect()
}

/// What another project includes is judged there; what it extends need not be a project.
fn leave_out_fragments(requests: &[Request], loaded: &mut [Option<Result<Loaded, Failure>>]) {
    let (mut included, mut parts) = (HashSet::new(), HashSet::new());
    for project in loaded.iter().flatten().flatten() {
        for (source, path) in project.target.project.sources.iter().zip(&project.paths).filter(|(it, _)| !it.is_named) {
            parts.insert(path.clone());
            included.extend(source.is_included.then(|| path.clone()));
        }
    }
    for (request, loaded) in requests.iter().zip(loaded) {
        let fragments = match loaded {
            Some(Ok(_)) => &included,
            Some(Err(Failure::Project(_))) => &parts,
            _ => continue,
        };
        let mut named = request.paths().iter().map(|path| canonical(path)).peekable();
        if named.peek().is_some() && named.all(|path| fragments.contains(&path)) {
            *loaded = None;
        }
    }
}

/// The projects that share a file, each with its number; those of one group are repaired one after the other.
fn group(projects: Vec<(usize, Loaded)>) -> Vec<Vec<(usize, Loaded)>> {
    let mut groups: Vec<Vec<(usize, Loaded)>> = Vec::new();
    let mut group_of: HashMap<PathBuf, usize> = HashMap::new();
    for (index, project) in projects {
        let mut own = vec![(index, project)];
        let met: HashSet<usize> = own[0].1.paths.iter().filter_map(|path| group_of.get(path).copied()).collect();
        met.into_iter().for_each(|number| own.append(&mut groups[number]));
        own.sort_by_key(|(index, _)| *index);
        for (_, project) in &own {
            group_of.extend(project.paths.iter().map(|path| (path.clone(), groups.len())));
        }
        groups.push(own);
    }
    groups
}

/// Repairs projects that share files: each finds the files as those before it leave them.
fn repair(group: Vec<(usize, Loaded)>, options: &Options) -> Vec<(usize, Work)> {
    let mut texts: HashMap<PathBuf, Arc<str>> = HashMap::new();
    let mut done: Vec<(usize, Work)> = Vec::new();
    for (index, Loaded { files, target, .. }) in group {
        // Standard input cannot be read again, and is nobody else's.
        let mut repaired =
            if texts.is_empty() || target.is_stdin { files.clone() } else { with_texts(&target.project, &texts) };
        let outcome = fix(&mut repaired, &target.selection, options).map_err(|error| Failure::of(&error, &repaired));
        let outcome = outcome.and_then(|outcome| {
            let mut after = texts.clone();
            after.extend(outcome.changed.iter().map(|it| (canonical(&it.path), Arc::clone(&it.after))));
            let changed: Vec<PathBuf> = outcome.changed.iter().map(|it| canonical(&it.path)).collect();
            let broken = done.iter().find(|(_, work)| {
                let shares = paths(&work.target.project).iter().any(|path| changed.contains(path));
                shares && breaks(work, &after, options)
            });
            if let Some((_, work)) = broken {
                let (own, other) = (target.name(), work.target.name());
                let way_out = "if they are only used together, name both with -f";
                return Err(Failure::Project(format!(
                    "{own}: its repairs would break what {other} is by itself; {way_out}"
                )));
            }
            texts = after;
            Ok(outcome)
        });
        done.push((index, Work { files, target, outcome }));
    }
    done
}

/// The files of a project with texts in place of what the disk holds.
fn with_texts(project: &Project, texts: &HashMap<PathBuf, Arc<str>>) -> Files {
    let mut files = Files::default();
    for source in &project.sources {
        if let Some(text) = texts.get(&canonical(&source.path)) {
            files.insert(source.path.clone(), Arc::clone(text));
        }
    }
    files
}

/// Whether a project cannot be loaded any more with other texts, or has more errors.
fn breaks(work: &Work, texts: &HashMap<PathBuf, Arc<str>>, options: &Options) -> bool {
    let errors = |files: &Files, project: &Project| {
        options.find(files, project).findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    };
    let mut files = with_texts(&work.target.project, texts);
    let loaded: Result<Project, ProjectError> = Project::load(&mut files, &work.target.selection);
    !loaded.is_ok_and(|after| errors(&files, &after) <= errors(&work.files, &work.target.project))
}
