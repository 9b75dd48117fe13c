//! From arguments to the projects that are asked for: paths alone, nothing of them is kept.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;

use crate::cli::args::ProjectArgs;
use crate::compose::{DEFAULT_NAMES, Selection, ShellVariables, is_compose_name};
use crate::kafka::catalog::CATALOG;
use crate::source::Files;
use crate::source::tree::{Folder, Mark, Search};

/// A project that is asked for.
#[derive(Clone, Debug)]
pub(super) enum Request {
    /// Standard input.
    Stdin,
    /// These files.
    Project(Selection),
    /// A compose file, maybe a variant of the one beside it.
    File(PathBuf),
    /// A file of a tree that may be something else.
    MaybeCompose(PathBuf),
    /// A part of a tree that cannot be read: a message for people.
    Unreadable(String),
    /// A place without a compose file: a message for people.
    Nothing(String),
}

impl Request {
    /// The files that it names.
    pub(super) fn paths(&self) -> &[PathBuf] {
        match self {
            Self::Project(selection) => &selection.files,
            Self::File(path) | Self::MaybeCompose(path) => std::slice::from_ref(path),
            Self::Stdin | Self::Unreadable(_) | Self::Nothing(_) => &[],
        }
    }
}

/// A request, and how it came about.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) request: Request,
    /// Whether it may bring in another compose file.
    pub(super) may_link: bool,
    /// Whether a search met it and nobody named it, so that it may turn out to be something else.
    pub(super) is_found: bool,
}

/// What the arguments ask for, each project once, in the order of the arguments and, below a directory, of the paths.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) list: Vec<Asked>,
    /// Whether a tree was searched: then a project need not have the services that the user names.
    pub(super) has_tree: bool,
    seen: HashSet<Vec<PathBuf>>,
}

impl Requests {
    /// All `--file`s are one project, every file is one, and a directory stands for those below it. Without any, the project that Compose
    /// finds here or above, else those below.
    pub(super) fn of(args: &ProjectArgs) -> Self {
        let mut requests = Self::default();
        if !args.files.is_empty() {
            let directory = args.project_directory.clone();
            requests.add(Request::Project(Selection { directory, ..Selection::files(args.files.clone()) }));
        } else if args.paths.is_empty() {
            requests.add_found(args);
        }
        for path in &args.paths {
            if path == Path::new("-") {
                requests.add(Request::Stdin);
            } else if !path.is_dir() {
                requests.add(Request::File(path.clone()));
            } else if !requests.add_tree(path, args) {
                let message = nothing(&format!("{}: no compose file here or below", path.display()));
                requests.add(Request::Nothing(message));
            }
        }
        requests
    }

    /// Adds what Compose would take where the program runs, else what is below.
    fn add_found(&mut self, args: &ProjectArgs) {
        let mut files = Files::default();
        let from = args.project_directory.as_deref();
        let shell = match args.isolated {
            true => ShellVariables::default(),
            false => ShellVariables::of(|name| std::env::var(name).ok()),
        };
        match shell.select(&mut files, from.unwrap_or(Path::new("")), from.is_some()) {
            Ok(Some(found)) => self.add(Request::Project(found)),
            Ok(None) if from.is_none() && self.add_tree(Path::new("."), args) => {}
            Ok(None) => self.add(Request::Nothing(nothing("no compose file here, above or below"))),
            Err(error) => self.add(Request::Unreadable(error.describe(&files))),
        }
    }

    fn add(&mut self, request: Request) {
        self.add_asked(Asked { request, may_link: true, is_found: false });
    }

    fn add_asked(&mut self, asked: Asked) {
        let paths = asked.request.paths().iter().map(|path| canonical(path)).collect::<Vec<_>>();
        if matches!(asked.request, Request::Unreadable(_) | Request::Nothing(_)) || self.seen.insert(paths) {
            self.list.push(asked);
        }
    }

    /// Adds what is below a directory, sorted; false if there is nothing. Of each folder first what Compose takes there, then the other
    /// files, which may be variants of it or projects of their own. A folder in which nothing is about Kafka is passed over.
    fn add_tree(&mut self, root: &Path, args: &ProjectArgs) -> bool {
        let is_yaml = |path: &Path| path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
        let words = Words::new();
        let mark = |text: &[u8]| words.mark(text);
        let tree =
            Search { is_of_kind: &is_yaml, mark: &mark, excluded: &args.exclude, threads: args.jobs, depth: None }
                .below(root);
        let is_there = tree.has_any || !tree.errors.is_empty();
        self.has_tree = true;
        for folder in tree.folders {
            for (request, may_link) in requests_of(&folder) {
                let asked = Asked { request, may_link, is_found: true };
                if args.paths.len() < 2 {
                    // Below one directory no file is met twice.
                    self.list.push(asked);
                } else {
                    self.add_asked(asked);
                }
            }
        }
        tree.errors.into_iter().for_each(|error| self.add(Request::Unreadable(error)));
        is_there
    }

    /// The requests by number, in groups of those that may share files because they are in one folder.
    pub(super) fn by_folder(&self) -> Vec<Vec<usize>> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut folders: BTreeMap<&Path, usize> = BTreeMap::new();
        for (number, asked) in self.list.iter().enumerate() {
            let folder = asked.request.paths().first().and_then(|path| path.parent());
            let first = folder.map_or(number, |folder| *folders.entry(folder).or_insert(number));
            groups.entry(first).or_default().push(number);
        }
        groups.into_values().collect()
    }
}

/// The requests of a folder: what Compose takes there, and the other files; each with whether it may bring in another file.
fn requests_of(folder: &Folder) -> Vec<(Request, bool)> {
    let paths: Vec<PathBuf> = folder.files.iter().map(|(name, _)| folder.path.join(name)).collect();
    // What the search did not meet, version control leaves out; Compose takes it all the same.
    let mark_of = |path: &PathBuf| {
        let known = folder.files.iter().find(|(name, _)| path.file_name() == Some(name.as_os_str()));
        known.map_or(Mark::MAX, |(_, mark)| *mark)
    };
    let mut files = Files::default();
    let mut requests = Vec::new();
    let taken = match Selection::in_directory(&mut files, &folder.path) {
        _ if !paths.iter().any(|path| is_compose_name(path)) => None,
        Ok(taken) => taken,
        Err(error) => {
            requests.push((Request::Unreadable(error.describe(&files)), false));
            None
        }
    };
    let taken_paths = taken.as_ref().map(|taken| taken.files.clone()).unwrap_or_default();
    let mark = taken_paths.iter().map(mark_of).fold(0, |all, mark| all | mark);
    if mark != 0 {
        requests.extend(taken.map(|taken| (Request::Project(taken), mark & LINKS != 0)));
    }
    for path in paths.into_iter().filter(|path| !taken_paths.contains(path)) {
        let mark = mark_of(&path);
        let request = if is_compose_name(&path) { Request::File(path) } else { Request::MaybeCompose(path) };
        if mark != 0 {
            requests.push((request, mark & LINKS != 0));
        }
    }
    requests
}

/// The mark of a file with a word about Kafka, or about what may bring one in.
const RELEVANT: Mark = 1;
/// The mark of a file that may bring in another compose file.
const LINKS: Mark = 2;

/// The words of which one is in every compose file that composefix has something to say about: of brokers' images and variables, and what
/// brings in another file that may have them.
struct Words {
    relevant: AhoCorasick,
    links: AhoCorasick,
}

impl Words {
    fn new() -> Self {
        let automaton = |words: Vec<String>| {
            let built = AhoCorasick::builder().ascii_case_insensitive(true).build(words);
            built.expect("a few short words make an automaton")
        };
        let own = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let relevant = [CATALOG.words(), own(&["composefix", "env_file", "${"])].concat();
        Self { relevant: automaton(relevant), links: automaton(own(&["include:", "extends:"])) }
    }

    fn mark(&self, text: &[u8]) -> Mark {
        if self.links.is_match(text) {
            LINKS
        } else if self.relevant.is_match(text) {
            RELEVANT
        } else {
            0
        }
    }
}

/// Why there is nothing to do.
pub(super) fn nothing(what: &str) -> String {
    format!("{what} ({}); name one", DEFAULT_NAMES.join(", "))
}

/// A path by which a file is known, however it is written.
pub(super) fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
