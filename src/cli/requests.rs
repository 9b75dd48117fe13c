//! From arguments to the projects that are asked for: paths alone, nothing of them is kept.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::args::ProjectArgs;
use crate::compose::{DEFAULT_NAMES, Selection, ShellVariables, is_compose_name};
use crate::kafka::catalog::CATALOG;
use crate::source::tree::{Folder, Mark, Search};
use crate::source::{Border, Borders, Files};
use crate::text::WordFinder;

/// A project that is asked for.
#[derive(Clone, Debug)]
pub(super) enum Request {
    /// Standard input.
    Stdin,
    /// These files.
    Project(Selection),
    /// A compose file, maybe a variant of the one next to it.
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
    /// Whether a search found it and the user did not name it, so it may not be a compose file.
    pub(super) is_found: bool,
    /// Where it was named or found.
    place: Place,
}

impl Asked {
    /// What its project may read and write.
    pub(super) fn border(&self, args: &ProjectArgs, borders: &Borders) -> Border {
        self.place.border(self.request.paths(), args, borders)
    }
}

/// Where a project was named or found. This alone, not the content of its files, determines what it may read and write.
#[derive(Clone, Debug, Default)]
struct Place {
    /// The folders; none for that of the project's first file.
    homes: Vec<PathBuf>,
    /// The folder that was searched, if it was found there.
    searched: Option<Arc<Path>>,
    /// Single files that the user named and that may be anywhere.
    files: Vec<PathBuf>,
}

impl Place {
    /// What a project of these files may read and write.
    fn border(&self, paths: &[PathBuf], args: &ProjectArgs, borders: &Borders) -> Border {
        let of_first = Self::of_files(&paths[..paths.len().min(1)]).homes;
        let homes = if self.homes.is_empty() { &of_first } else { &self.homes };
        borders.around(homes, self.searched.as_deref(), &[&self.files[..], &args.env_files].concat())
    }

    /// The folders of files that the user names.
    fn of_files(paths: &[PathBuf]) -> Self {
        let folder = |path: &PathBuf| path.parent().map(Path::to_owned).unwrap_or_default();
        Self { homes: paths.iter().map(folder).collect(), ..Self::default() }
    }

    fn of_folder(folder: PathBuf) -> Self {
        Self { homes: vec![folder], ..Self::default() }
    }
}

/// What the arguments ask for, each project once, in the order of the arguments and, below a directory, of the paths.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) list: Vec<Asked>,
    /// Whether a tree was searched: then a project need not have the services that the user names.
    pub(super) has_tree: bool,
    /// Whether a search met a compose file, relevant or not.
    pub(super) has_compose_file: bool,
    /// The borders of the projects.
    pub(super) borders: Borders,
    seen: HashSet<Vec<PathBuf>>,
}

impl Requests {
    /// All `--file`s form one project, each path of a file is one or represents the one it is a part of, and a directory represents all projects
    /// below it. Without any, it is the project that Compose finds here or above, else those below.
    pub(super) fn of(args: &ProjectArgs) -> Self {
        let mut requests = Self::default();
        if !args.files.is_empty() {
            let directory = args.project_directory.clone();
            let mut place = Place::of_files(&args.files);
            place.homes.extend(directory.clone());
            requests.add(Request::Project(Selection { directory, ..Selection::files(args.files.clone()) }), place);
        } else if args.paths.is_empty() {
            requests.add_found(args);
        }
        for path in &args.paths {
            if path == Path::new("-") {
                requests.add(Request::Stdin, Place::of_files(std::slice::from_ref(&args.stdin_filename)));
            } else if !path.is_dir() {
                requests.add_file(path, args);
            } else if !requests.add_tree(path, args) {
                let message = nothing(&format!("{}: no compose file in this directory or below", path.display()));
                requests.add(Request::Nothing(message), Place::default());
            }
        }
        requests
    }

    /// Adds a file, or what Compose reads in its folder if that file is a part of it: whoever names it, as a hook does, means the project.
    fn add_file(&mut self, path: &Path, args: &ProjectArgs) {
        let is_name = path.extension().is_none() && path.components().count() == 1;
        if is_name && !path.exists() {
            let name = path.display();
            let message = format!("{name}: no such file; to select a service, use --only {name}");
            return self.add(Request::Nothing(message), Place::default());
        }
        let place = Place::of_files(&[path.to_owned()]);
        let request = match Selection::around(&mut Files::new(place.border(&[], args, &self.borders)), path) {
            Some(found) => Request::Project(found),
            None => Request::File(path.to_owned()),
        };
        self.add(request, place);
    }

    /// The project that Compose would read here or above, if there is one.
    pub(super) fn here(args: &ProjectArgs) -> Option<Asked> {
        let mut requests = Self::default();
        requests.add_here(args).ok()?;
        requests.list.pop()
    }

    /// Adds the project that Compose would read here or above, else those below.
    fn add_found(&mut self, args: &ProjectArgs) {
        match self.add_here(args) {
            Ok(true) => {}
            Ok(false) if args.project_directory.is_none() && self.add_tree(Path::new("."), args) => {}
            Ok(false) => {
                let message = nothing("no compose file in this directory, above or below");
                self.add(Request::Nothing(message), Place::default());
            }
            Err(message) => self.add(Request::Unreadable(message), Place::default()),
        }
    }

    /// Adds the project that Compose would read here or above; returns false if there is none.
    fn add_here(&mut self, args: &ProjectArgs) -> Result<bool, String> {
        let from = args.project_directory.as_deref();
        let here = from.unwrap_or(Path::new(""));
        let shell = match args.isolated {
            true => ShellVariables::default(),
            false => ShellVariables::of(|name| std::env::var(name).ok()),
        };
        let mut files = Files::new(Place::of_folder(here.to_owned()).border(&[], args, &self.borders));
        let found = shell.select(&mut files, here, from.is_some()).map_err(|error| error.describe(&files))?;
        let Some(found) = found else { return Ok(false) };
        let place = place_of_found(&found, &shell, &mut files, here);
        self.add(Request::Project(found), place);
        Ok(true)
    }

    fn add(&mut self, request: Request, place: Place) {
        self.add_asked(Asked { request, may_link: true, is_found: false, place });
    }

    fn add_asked(&mut self, asked: Asked) {
        let paths = asked.request.paths().iter().map(|path| canonical(path)).collect::<Vec<_>>();
        if matches!(asked.request, Request::Unreadable(_) | Request::Nothing(_)) || self.seen.insert(paths) {
            self.list.push(asked);
        }
    }

    /// Adds the projects below a directory, sorted; returns false if there are none. For each folder, the project that Compose reads comes
    /// first, then the other files, which may be variants or separate projects. A folder without a word about Kafka is skipped.
    fn add_tree(&mut self, root: &Path, args: &ProjectArgs) -> bool {
        let has_compose = AtomicBool::new(false);
        let is_yaml = |path: &Path| {
            has_compose.fetch_or(is_compose_name(path), Ordering::Relaxed);
            path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml")
        };
        let words = Words::new();
        let mark = |text: &[u8]| words.mark(text);
        let tree =
            Search { is_of_kind: &is_yaml, mark: &mark, excluded: &args.exclude, threads: args.jobs, depth: None }
                .below(root);
        let is_there = tree.has_any || !tree.errors.is_empty();
        self.has_tree = true;
        self.has_compose_file |= has_compose.into_inner();
        let below = Place { searched: Some(root.into()), ..Place::default() };
        for folder in tree.folders {
            let place = Place { homes: vec![folder.path.clone()], ..below.clone() };
            let mut files = Files::new(place.border(&[], args, &self.borders));
            for (request, may_link) in requests_of(&folder, &mut files) {
                // Nearly all are in their folder; its path is not kept twice.
                let is_here = request.paths().first().is_some_and(|path| path.parent() == Some(&folder.path));
                let place = if is_here { &below } else { &place }.clone();
                let asked = Asked { request, may_link, is_found: true, place };
                if args.paths.len() < 2 {
                    // Below one directory no file is met twice.
                    self.list.push(asked);
                } else {
                    self.add_asked(asked);
                }
            }
        }
        tree.errors.into_iter().for_each(|error| self.add(Request::Unreadable(error), Place::default()));
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

/// Where the project is that Compose takes in a folder or found above it: files that the shell names are the user's choice, those that a
/// `.env` names are not.
fn place_of_found(found: &Selection, shell: &ShellVariables, files: &mut Files, here: &Path) -> Place {
    let mut place = match (&shell.file, Selection::is_named_in_dot_env(files, here)) {
        (Some(_), _) => Place::of_files(&found.files),
        (None, true) => Place::of_folder(here.to_owned()),
        (None, false) => Place::of_files(&found.files[..1]),
    };
    place.homes.push(here.to_owned());
    if shell.env_files.is_some() {
        place.files.clone_from(&found.env_files);
    }
    place
}

/// The requests of a folder: what Compose takes there, and the other files; each with whether it may bring in another file.
fn requests_of(folder: &Folder, files: &mut Files) -> Vec<(Request, bool)> {
    let paths: Vec<PathBuf> = folder.files.iter().map(|(name, _)| folder.path.join(name)).collect();
    // What the search did not meet, version control leaves out; Compose takes it all the same.
    let mark_of = |path: &PathBuf| {
        let known = folder.files.iter().find(|(name, _)| path.file_name() == Some(name.as_os_str()));
        known.map_or(Mark::MAX, |(_, mark)| *mark)
    };
    let mut requests = Vec::new();
    let taken = match Selection::in_directory(files, &folder.path) {
        _ if !paths.iter().any(|path| is_compose_name(path)) => None,
        Ok(taken) => taken,
        Err(error) => {
            requests.push((Request::Unreadable(error.describe(files)), false));
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

/// The words of which one is in every relevant compose file: those of broker images and variables, and keys that include another file.
struct Words(WordFinder);

/// Of those words the ones that bring in another compose file.
const LINK_WORDS: [&str; 2] = ["include:", "extends:"];

impl Words {
    fn new() -> Self {
        let others = ["composefix", "env_file", "${"].map(str::to_owned);
        Self(WordFinder::new(
            LINK_WORDS.map(str::to_owned).into_iter().chain(others).chain(CATALOG.words().iter().cloned()),
        ))
    }

    fn mark(&self, text: &[u8]) -> Mark {
        match self.0.find_iter(text).min() {
            Some(first) if first < LINK_WORDS.len() => LINKS,
            Some(_) => RELEVANT,
            None => 0,
        }
    }
}

/// Why there is nothing to do.
pub(super) fn nothing(what: &str) -> String {
    format!("{what} ({}); pass the path of one", DEFAULT_NAMES.join(", "))
}

/// A path by which a file is known, however it is written.
pub(super) fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
