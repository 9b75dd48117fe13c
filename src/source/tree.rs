//! The search of a tree for files of some kind: each is read once, and only paths are kept.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::source::MAX_BYTES;

/// The directory that holds the repository a path is in: the nearest one upward with a `.git`.
#[must_use]
pub fn repository_root(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    path.ancestors().skip(1).find(|directory| directory.join(".git").exists()).map(Path::to_owned)
}

/// Folders of code that others wrote, or that a program made: what is in them is not the user's to fix.
const FOREIGN_FOLDERS: [&str; 7] =
    ["__pycache__", "bower_components", "node_modules", "site-packages", "third_party", "vendor", "venv"];

/// Paths that a search leaves out, by a pattern with `*`, `?`, `**`, `[…]` and `{…}`. One without a slash is the name of a file or a folder
/// anywhere; any other is a path from where the search begins, or from the working directory.
#[derive(Clone, Debug)]
pub struct ExcludedPath {
    text: String,
    glob: GlobSet,
}

impl ExcludedPath {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, globset::Error> {
        let path = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
        let anywhere = if path.contains('/') { "" } else { "**/" };
        // A folder is left out with all that is in it, so `folder/**` means the folder.
        let path = path.strip_suffix("/**").unwrap_or(path);
        let glob = GlobBuilder::new(&format!("{anywhere}{path}")).literal_separator(true).build()?;
        Ok(Self { text: text.to_owned(), glob: GlobSetBuilder::new().add(glob).build()? })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn matches(&self, path: &Path) -> bool {
        self.glob.is_match(path)
    }
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The folders with a file that is relevant; sorted by path.
    pub folders: Vec<Folder>,
    /// Whether there was any file of the kind, relevant or not.
    pub has_any: bool,
    /// What could not be read, and why; sorted.
    pub errors: Vec<String>,
}

/// A folder with a file that is relevant.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Its path, as the root was given.
    pub path: PathBuf,
    /// All of its files of the kind, sorted by name, each with its mark.
    pub files: Vec<(OsString, Mark)>,
}

/// A classification of a file's bytes, defined by the caller; 0 means that the file is not relevant.
pub type Mark = u8;

/// The criteria of a search.
pub struct Search<'s> {
    /// Whether a file is of the kind, by its path.
    pub is_of_kind: &'s (dyn Fn(&Path) -> bool + Sync),
    /// Classifies the bytes of a file.
    pub mark: &'s (dyn Fn(&[u8]) -> Mark + Sync),
    /// What is left out.
    pub excluded: &'s [ExcludedPath],
    /// How many folders deep it searches; `None` for all.
    pub depth: Option<usize>,
    /// How many threads search; `None` for as many as there are processors.
    pub threads: Option<NonZeroUsize>,
}

impl Search<'_> {
    /// Searches a directory. What `.gitignore` excludes is left out, hidden folders and those of foreign code are, and no symbolic link is
    /// followed.
    #[must_use]
    pub fn below(&self, root: &Path) -> Tree {
        let is_own = |name: &OsStr| !FOREIGN_FOLDERS.iter().any(|folder| name == *folder);
        let excluded = self.excluded.to_vec();
        let from = root.to_owned();
        let is_wanted = move |path: &Path| {
            let below = path.strip_prefix(&from).unwrap_or(path);
            let as_named = path.strip_prefix(".").unwrap_or(path);
            !excluded.iter().any(|excluded| excluded.matches(below) || excluded.matches(as_named))
        };
        let walk = WalkBuilder::new(root)
            .require_git(false)
            .git_global(false)
            .max_depth(self.depth)
            .threads(self.threads.map_or(0, NonZeroUsize::get))
            .filter_entry(move |entry| entry.depth() == 0 || is_own(entry.file_name()) && is_wanted(entry.path()))
            .build_parallel();
        let found = Mutex::new(Found::default());
        walk.run(|| {
            let mut visitor = Visitor { search: self, found: &found, own: Found::default(), buffer: Vec::new() };
            Box::new(move |entry| visitor.visit(entry))
        });
        found.into_inner().unwrap_or_else(PoisonError::into_inner).into_tree()
    }
}

/// What one thread found, or all of them.
#[derive(Default)]
struct Found {
    files: Vec<(PathBuf, Mark)>,
    errors: Vec<String>,
}

struct Visitor<'v> {
    search: &'v Search<'v>,
    found: &'v Mutex<Found>,
    own: Found,
    buffer: Vec<u8>,
}

impl Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                if (self.search.is_of_kind)(entry.path()) {
                    let mark = self.mark(entry.path());
                    self.own.files.push((entry.into_path(), mark));
                }
            }
            Ok(_) => {}
            Err(error) => self.own.errors.push(error.to_string()),
        }
        WalkState::Continue
    }

    /// The later reader reports a file that cannot be read.
    fn mark(&mut self, path: &Path) -> Mark {
        self.buffer.clear();
        match File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut self.buffer)) {
            Ok(_) => (self.search.mark)(&self.buffer),
            Err(_) => Mark::MAX,
        }
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.files.append(&mut self.own.files);
        found.errors.append(&mut self.own.errors);
    }
}

impl Found {
    fn into_tree(mut self) -> Tree {
        self.errors.sort();
        self.files
            .sort_by(|(one, _), (other, _)| (one.parent(), one.file_name()).cmp(&(other.parent(), other.file_name())));
        let folder = |files: &[(PathBuf, Mark)]| {
            let is_relevant = files.iter().any(|(_, mark)| *mark != 0);
            let path = files.first().filter(|_| is_relevant)?.0.parent()?;
            let names = files.iter().filter_map(|(path, mark)| Some((path.file_name()?.to_owned(), *mark)));
            // The working directory is not shown.
            Some(Folder { path: path.strip_prefix(".").unwrap_or(path).to_owned(), files: names.collect() })
        };
        let folders = self.files.chunk_by(|(one, _), (other, _)| one.parent() == other.parent());
        Tree { folders: folders.filter_map(folder).collect(), has_any: !self.files.is_empty(), errors: self.errors }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_leaves_out_names_anywhere_and_paths_from_the_start() {
        for (pattern, path, expected) in [
            ("tests", "tests", true),
            ("tests", "shop/tests", true),
            ("tests", "shop/latest", false),
            ("*.dev.yaml", "shop/compose.dev.yaml", true),
            ("shop/tests/", "shop/tests", true),
            ("shop/tests", "a/shop/tests", false),
            ("shop/*", "shop/a", true),
            ("shop/*", "shop/a/b", false),
            ("tests/**", "tests", true),
            ("**/tests/**", "a/b/tests", true),
            ("./a", "a", true),
            ("{a,b}/c", "b/c", true),
        ] {
            let excluded = ExcludedPath::parse(pattern).expect(pattern);
            assert_eq!(excluded.matches(Path::new(path)), expected, "{pattern} {path}");
        }
        assert!(ExcludedPath::parse("a[").is_err());
    }
}
