//! From arguments to what is asked for, project by project.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::cli::args::ProjectArgs;
use crate::compose::{Selection, ShellVariables};
use crate::discover::{DEFAULT_NAMES, Tree, is_compose_name};
use crate::source::Files;

/// A project that is asked for, before anything of it is read.
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

/// What the arguments ask for, each project once.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) list: Vec<Request>,
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
            let mut files = Files::default();
            let from = args.project_directory.as_deref();
            let shell = ShellVariables::of(|name| std::env::var(name).ok());
            let found = shell.select(&mut files, from.unwrap_or(Path::new("")), from.is_some());
            match found {
                Ok(Some(found)) => requests.add(Request::Project(found)),
                Ok(None) if from.is_none() && requests.add_tree(Path::new(".")) => {}
                Ok(None) => requests.add(Request::Nothing(nothing("no compose file here, above or below"))),
                Err(error) => requests.add(Request::Unreadable(error.describe(&files))),
            }
        }
        for path in &args.paths {
            if path == Path::new("-") {
                requests.add(Request::Stdin);
            } else if !path.is_dir() {
                requests.add(Request::File(path.clone()));
            } else if !requests.add_tree(path) {
                let message = nothing(&format!("{}: no compose file here or below", path.display()));
                requests.add(Request::Nothing(message));
            }
        }
        requests
    }

    fn add(&mut self, request: Request) {
        let paths = request.paths().iter().map(|path| canonical(path)).collect::<Vec<_>>();
        if matches!(request, Request::Unreadable(_) | Request::Nothing(_)) || self.seen.insert(paths) {
            self.list.push(request);
        }
    }

    /// Adds what is below a directory, sorted; false if there is nothing. Of each folder first what Compose takes there, then the other
    /// files, which may be variants of it or projects of their own.
    fn add_tree(&mut self, root: &Path) -> bool {
        let tree = Tree::walk(root);
        let is_there = !tree.folders.is_empty() || !tree.errors.is_empty();
        self.has_tree = true;
        for (folder, paths) in tree.folders {
            let mut files = Files::default();
            let taken = match Selection::in_directory(&mut files, &folder) {
                _ if !paths.iter().any(|path| is_compose_name(path)) => None,
                Ok(taken) => taken,
                Err(error) => {
                    self.add(Request::Unreadable(error.describe(&files)));
                    None
                }
            };
            let taken_paths = taken.as_ref().map(|taken| taken.files.clone()).unwrap_or_default();
            taken.into_iter().for_each(|taken| self.add(Request::Project(taken)));
            for path in paths.into_iter().filter(|path| !taken_paths.contains(path)) {
                let is_named = is_compose_name(&path);
                self.add(if is_named { Request::File(path) } else { Request::MaybeCompose(path) });
            }
        }
        tree.errors.into_iter().for_each(|error| self.add(Request::Unreadable(error)));
        is_there
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
