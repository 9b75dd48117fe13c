//! Works on many projects: a few at a time, in parallel, in the order of the requests. What is needed of all of them is kept as paths.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::analysis::Analysis;
use crate::cli::args::ProjectArgs;
use crate::cli::fence::fenced;
use crate::cli::requests::{Asked, Request, Requests, canonical, nothing};
use crate::cli::targets::{Failure, Target};
use crate::cli::write::Leftovers;
use crate::fixer::{GroupError, Member, Outcome, fix_group};
use crate::rules::{self, Found, Options};
use crate::source::{Border, Borders, Files};

/// How many projects are worked on while the results of as many before them are shown.
const IN_FLIGHT: usize = 32;

/// What a verb asks of each project.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// What the rules find.
    Findings,
    /// The findings, and all evidence in code.
    Map,
    /// The fixes, proven.
    Fixes,
    /// The same, and they are written.
    Written,
}

/// A project, and what came of it.
pub(super) struct Work {
    pub(super) target: Target,
    pub(super) done: Done,
    /// Whether another project of the run may have a file in common with it.
    pub(super) may_share: bool,
}

/// What came of a project.
pub(super) enum Done {
    /// What the rules find in it.
    Found(Box<(Analysis, Found)>),
    /// What it is after its fixes.
    Fixed(Box<Outcome>),
    /// What it would be after its fixes, and why they are not to be applied: a message for people.
    Refused(Box<Outcome>, String),
}

impl Done {
    /// The project: after its fixes, if it was fixed.
    pub(super) fn analysis(&self) -> &Analysis {
        match self {
            Self::Found(found) => &found.0,
            Self::Fixed(outcome) | Self::Refused(outcome, _) => &outcome.analysis,
        }
    }
}

/// What comes of a request, by its number; none for a file that is something else, or a part of another project.
type Numbered<T> = (usize, Option<Result<T, Failure>>);

/// Works on all projects that are asked for.
pub(super) struct Pipeline<'a> {
    pub(super) args: &'a ProjectArgs,
    pub(super) options: &'a Options,
    pub(super) need: Need,
}

impl Pipeline<'_> {
    /// Hands what comes of each project to `job`, in the order of the requests.
    ///
    /// # Errors
    /// What keeps threads from being started.
    pub(super) fn run(&self, requests: &Requests, job: &mut dyn FnMut(Result<Work, Failure>)) -> anyhow::Result<()> {
        let shared = Sharing::of(requests, self);
        let mut tree =
            OfTree { has_tree: requests.has_tree, has_compose_file: requests.has_compose_file, ..OfTree::default() };
        let groups = shared.groups(requests);
        let is_single = groups.len() <= 1 || self.args.jobs.is_some_and(|jobs| jobs.get() == 1);
        let pool = match is_single {
            true => None,
            false => Some(self.pool()?),
        };
        // Results of groups whose members are apart in the order wait for their turn.
        let mut waiting: BTreeMap<usize, Option<Result<Work, Failure>>> = BTreeMap::new();
        let mut next = 0;
        let mut pass_on = |results: Vec<Vec<Numbered<Work>>>| {
            waiting.extend(results.into_iter().flatten());
            while let Some(result) = waiting.remove(&next) {
                next += 1;
                if let Some(result) = result.and_then(|result| tree.pass(result)) {
                    job(result);
                }
            }
        };
        let work = |group: &Vec<usize>| self.group(group, requests, &shared);
        let work_on = |chunk: &[Vec<usize>]| match &pool {
            Some(pool) => pool.install(|| chunk.par_iter().map(work).collect()),
            None => chunk.iter().map(work).collect(),
        };
        let mut done = Vec::new();
        for chunk in groups.chunks(IN_FLIGHT) {
            let before = std::mem::take(&mut done);
            match &pool {
                Some(pool) if self.need != Need::Written => pool.in_place_scope(|scope| {
                    scope.spawn(|_| done = work_on(chunk));
                    pass_on(before);
                }),
                // What is written for one project must not depend on whether another was written first.
                _ => {
                    pass_on(before);
                    done = work_on(chunk);
                }
            }
        }
        pass_on(done);
        if let Some(failure) = tree.end() {
            job(Err(failure));
        }
        Ok(())
    }

    fn pool(&self) -> anyhow::Result<rayon::ThreadPool> {
        let threads = self.args.jobs.map_or(0, NonZeroUsize::get);
        Ok(rayon::ThreadPoolBuilder::new().num_threads(threads).build()?)
    }

    /// What comes of the projects of a group, each with its number; none for a file that is something else, or a part of another project.
    fn group(&self, group: &[usize], requests: &Requests, sharing: &Sharing) -> Vec<Numbered<Work>> {
        let name = group.first().map(|&number| name_of(&requests.list[number].request)).unwrap_or_default();
        let results = fenced(&name, || {
            let loaded =
                group.iter().map(|&number| (number, self.load(&requests.list[number], &requests.borders, sharing)));
            self.work(loaded.collect(), group.len() > 1 || sharing.has_named_twice)
        });
        match results {
            Ok(results) => results,
            Err(message) => {
                let failed = |(place, &number): (usize, &usize)| {
                    (number, (place == 0).then(|| Err(Failure::Project(message.clone()))))
                };
                group.iter().enumerate().map(failed).collect()
            }
        }
    }

    fn load(&self, asked: &Asked, borders: &Borders, sharing: &Sharing) -> Option<Result<(Target, Analysis), Failure>> {
        let request = &asked.request;
        let border = asked.border(self.args, borders);
        let writes = self.need == Need::Written && !matches!(request, Request::Stdin);
        let mut leftovers = Leftovers::default();
        if writes {
            leftovers.remove_beside(request.paths(), &border);
        }
        let mut loaded = self.load_within(request, &border)?;
        if writes && let Ok((_, analysis)) = &loaded {
            let sources: Vec<PathBuf> = analysis.project.sources.iter().map(|source| source.path.clone()).collect();
            if leftovers.remove_beside(&sources, &border) {
                loaded = self.load_within(request, &border)?;
            }
        }
        if let Ok((target, _)) = &mut loaded {
            target.leftovers = leftovers;
        }
        let parts = match &loaded {
            Ok(_) => &sharing.included,
            Err(Failure::Foreign(_)) if matches!(request, Request::MaybeCompose(_)) => return None,
            Err(Failure::Foreign(_) | Failure::Project(_)) => &sharing.parts,
            Err(_) => return Some(loaded),
        };
        (!sharing.is_part(request, parts)).then(|| self.of_whole(loaded, asked.is_found))
    }

    /// A project, unless it is only a part of one. What a search met is left out then; what was named is an error, or is looked at and not fixed.
    fn of_whole(
        &self,
        loaded: Result<(Target, Analysis), Failure>,
        is_found: bool,
    ) -> Result<(Target, Analysis), Failure> {
        let (target, analysis) = match loaded {
            Err(Failure::Foreign(message)) if is_found => return Err(Failure::LeftOut(message)),
            loaded => loaded?,
        };
        match target.lacks(&analysis) {
            Some(lack) if is_found => Err(Failure::LeftOut(format!("{lack}; skipped"))),
            Some(lack) if matches!(self.need, Need::Fixes | Need::Written) => {
                Err(Failure::Project(format!("{lack}; nothing was changed; pass its base file too, with -f")))
            }
            _ => Ok((target, analysis)),
        }
    }

    fn load_within(&self, request: &Request, border: &Border) -> Option<Result<(Target, Analysis), Failure>> {
        let mut files = Files::new(border.clone());
        let mut inputs = self.options.inputs();
        inputs.reads_all_code = self.need == Need::Map;
        Target::load(&mut files, request, self.args, &inputs, border).transpose()
    }

    fn work(&self, loaded: Vec<Numbered<(Target, Analysis)>>, may_share: bool) -> Vec<Numbered<Work>> {
        let mut results = Vec::new();
        let (mut members, mut targets) = (Vec::new(), Vec::new());
        for (number, loaded) in loaded {
            match loaded {
                None => results.push((number, None)),
                Some(Err(failure)) => results.push((number, Some(Err(failure)))),
                Some(Ok((target, analysis))) if matches!(self.need, Need::Fixes | Need::Written) => {
                    let paths = if target.stdin.is_some() || !may_share { Vec::new() } else { paths_of(&analysis) };
                    members.push(Member { analysis, paths });
                    targets.push((number, target));
                }
                Some(Ok((target, analysis))) => {
                    let found = rules::find(&analysis, self.options);
                    let done = Done::Found(Box::new((analysis, found)));
                    results.push((number, Some(Ok(Work { target, done, may_share }))));
                }
            }
        }
        let names: Vec<String> = targets.iter().map(|(_, target)| target.name()).collect();
        for (result, (number, target)) in fix_group(members, self.options).into_iter().zip(targets) {
            let done = match result {
                Ok(outcome) => Ok(Done::Fixed(Box::new(outcome))),
                Err(GroupError::Project(broken)) => Err(Failure::of(&broken.error, &broken.files)),
                Err(GroupError::WouldBreak { other, outcome }) => {
                    let (own, other) = (target.name(), &names[other]);
                    let message = format!(
                        "{own}: its fixes would break {other} when that is used alone; if they are only used together, pass both with -f"
                    );
                    Ok(Done::Refused(outcome, message))
                }
            };
            results.push((number, Some(done.map(|done| Work { target, done, may_share }))));
        }
        results
    }
}

fn name_of(request: &Request) -> String {
    request.paths().last().map_or_else(|| "standard input".to_owned(), |path| path.display().to_string())
}

/// The paths of all compose files of a project, by which they are known.
fn paths_of(analysis: &Analysis) -> Vec<PathBuf> {
    analysis.project.sources.iter().map(|source| canonical(&source.path)).collect()
}

/// Which projects of a run have files in common, by `include` and `extends` and because they are in one folder.
#[derive(Default)]
struct Sharing {
    /// The files that another project includes: they are judged there.
    included: HashSet<PathBuf>,
    /// The files that another project includes or extends: they need not be projects.
    parts: HashSet<PathBuf>,
    /// The requests that share a file, first and other, by number.
    links: Vec<(usize, usize)>,
    /// Whether the arguments may name a file twice.
    has_named_twice: bool,
}

impl Sharing {
    fn of(requests: &Requests, pipeline: &Pipeline<'_>) -> Self {
        let mut sharing = Self { has_named_twice: !requests.has_tree && requests.list.len() > 1, ..Self::default() };
        if requests.list.len() < 2 {
            return sharing;
        }
        let mut owner: HashMap<PathBuf, usize> = HashMap::new();
        let may_link = |number: &usize| requests.list[*number].may_link;
        for number in (0..requests.list.len()).filter(may_link) {
            let request = &requests.list[number].request;
            let mut files = Files::new(requests.list[number].border(pipeline.args, &requests.borders));
            let project = fenced(&name_of(request), || Target::project(&mut files, request, pipeline.args));
            let Ok(Some(project)) = project else { continue };
            for source in &project.sources {
                let path = canonical(&source.path);
                if !source.is_named {
                    sharing.parts.insert(path.clone());
                    sharing.included.extend(source.is_included.then(|| path.clone()));
                }
                match owner.get(&path) {
                    Some(&first) => sharing.links.push((first, number)),
                    None => {
                        owner.insert(path, number);
                    }
                }
            }
        }
        if !owner.is_empty() {
            for (number, asked) in requests.list.iter().enumerate() {
                let firsts = asked.request.paths().iter().filter_map(|path| owner.get(&canonical(path)));
                sharing.links.extend(firsts.filter(|&&first| first != number).map(|&first| (first, number)));
            }
        }
        sharing
    }

    /// Whether all files that a request names are among `parts` of other projects.
    fn is_part(&self, request: &Request, parts: &HashSet<PathBuf>) -> bool {
        let mut named = request.paths().iter().map(|path| canonical(path)).peekable();
        !parts.is_empty() && named.peek().is_some() && named.all(|path| parts.contains(&path))
    }

    /// The requests by number: those that may share a file in one group, the groups in the order of their first.
    fn groups(&self, requests: &Requests) -> Vec<Vec<usize>> {
        let folders = requests.by_folder();
        if self.links.is_empty() {
            return folders;
        }
        let mut leader: Vec<usize> = (0..requests.list.len()).collect();
        let of_folders = folders.iter().flat_map(|group| group.iter().map(|&number| (group[0], number)));
        for (one, other) in of_folders.chain(self.links.iter().copied()) {
            let (one, other) = (leader_of(&mut leader, one), leader_of(&mut leader, other));
            leader[one.max(other)] = one.min(other);
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in 0..requests.list.len() {
            groups.entry(leader_of(&mut leader, number)).or_default().push(number);
        }
        groups.into_values().collect()
    }
}

/// The first request of the group that one is in, so far.
fn leader_of(leader: &mut [usize], number: usize) -> usize {
    let mut first = number;
    while leader[first] != first {
        leader[first] = leader[leader[first]];
        first = leader[first];
    }
    first
}

/// In a tree not every project has the services that are named; but one must, and there must be one.
#[derive(Default)]
struct OfTree {
    has_tree: bool,
    /// Whether there was a compose file, with a word about Kafka or without.
    has_compose_file: bool,
    /// Whether a project was passed on.
    has_passed: bool,
    /// The first project that lacks a service that is named.
    lacking: Option<Failure>,
}

impl OfTree {
    fn pass(&mut self, result: Result<Work, Failure>) -> Option<Result<Work, Failure>> {
        match result {
            Err(failure @ Failure::NoService(_)) if self.has_tree => {
                self.lacking.get_or_insert(failure);
                None
            }
            result => {
                self.has_passed = true;
                Some(result)
            }
        }
    }

    fn end(self) -> Option<Failure> {
        let nothing = || Failure::Argument(nothing("no compose file in this directory or below"));
        let lacking = self.lacking.or_else(|| (!self.has_compose_file).then(nothing));
        lacking.filter(|_| self.has_tree && !self.has_passed)
    }
}
