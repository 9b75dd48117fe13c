//! The files of a folder, each read once.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use crate::code::config;
use crate::code::file::FileFacts;
use crate::code::image_name::{MadeImages, Recipe, may_name_images};
use crate::source::Files;

/// What was read of the sources. Clones share it, so that no file is read twice in a run.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    paths: Cache<Paths>,
    folders: Cache<Arc<Folder>>,
    images: Cache<Option<Arc<MadeImages>>>,
    files: Cache<Arc<OnceLock<Option<Arc<FileFacts>>>>>,
}

/// What is known of paths, for all threads.
#[derive(Clone, Debug)]
struct Cache<T>(Arc<Mutex<HashMap<PathBuf, T>>>);

/// How many paths a cache knows: a tree of projects that share nothing must not fill the memory.
const MAX_KNOWN: usize = 4096;

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone> Cache<T> {
    fn get(&self, path: &Path) -> Option<T> {
        self.lock().get(path).cloned()
    }

    /// What is known of a path; if nothing is, `value` is from now on. A full cache forgets all else.
    fn get_or_insert(&self, path: &Path, value: T) -> T {
        let mut known = self.lock();
        if known.len() >= MAX_KNOWN && !known.contains_key(path) {
            known.clear();
        }
        known.entry(path.to_owned()).or_insert(value).clone()
    }

    fn retain(&self, is_kept: impl Fn(&Path) -> bool) {
        self.lock().retain(|path, _| is_kept(path));
    }

    /// A lock whose holder panicked still guards whole entries: they are inserted in one step.
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The paths of the files below a folder, sorted.
#[derive(Clone, Debug)]
struct Paths {
    /// Those that may be part of a program.
    program: Arc<[PathBuf]>,
    /// Those in a language that only ready-made programs read.
    documents: Arc<[PathBuf]>,
}

/// A folder with all that is below it.
#[derive(Debug, Default)]
pub struct Folder {
    /// Its files, sorted by path.
    pub files: Vec<Arc<FileFacts>>,
}

impl Sources {
    /// The files below a folder. Links are not followed. Files that version control ignores, installed packages and tests are skipped.
    pub(super) fn below(&self, files: &Files, folder: &Path) -> Arc<Folder> {
        if let Some(known) = self.folders.get(folder) {
            return known;
        }
        let facts: Vec<_> = self.paths(files, folder).par_iter().map(|path| self.read(files, path)).collect();
        self.folders.get_or_insert(folder, Arc::new(Folder { files: facts.into_iter().flatten().collect() }))
    }

    /// The paths of the files below a folder that may be part of a program, sorted; none of them is opened.
    pub(super) fn paths(&self, files: &Files, folder: &Path) -> Arc<[PathBuf]> {
        self.walk(files, folder).program
    }

    /// The paths of the documents below a folder, sorted: files in a language that only ready-made programs read. None of them is opened.
    pub(super) fn documents(&self, files: &Files, folder: &Path) -> Arc<[PathBuf]> {
        self.walk(files, folder).documents
    }

    fn walk(&self, files: &Files, folder: &Path) -> Paths {
        let walked = || {
            let found = files.below(folder, is_of_interest).into_iter();
            let (program, documents): (Vec<_>, Vec<_>) = found.partition(|path| FileFacts::is_readable(path));
            self.paths.get_or_insert(folder, Paths { program: program.into(), documents: documents.into() })
        };
        self.paths.get(folder).unwrap_or_else(walked)
    }

    /// The images that files say how to make, anywhere in the repository of a folder that may be read; `None` outside of the border. The files
    /// are not kept: most of them belong to no program that is looked for.
    pub(super) fn images_around(&self, files: &Files, folder: &Path) -> Option<Arc<MadeImages>> {
        if let Some(known) = self.images.get(folder) {
            return known;
        }
        let found = repository_of(files, folder).map(|root| self.images_below(files, &root));
        self.images.get_or_insert(folder, found)
    }

    fn images_below(&self, files: &Files, root: &Path) -> Arc<MadeImages> {
        if let Some(Some(known)) = self.images.get(root) {
            return known;
        }
        let paths = self.paths(files, root);
        let recipes = paths.par_iter().filter(|path| may_name_images(path));
        let recipes = recipes.filter_map(|path| Some(Recipe::of(path, &files.peek(path, MAX_BYTES)?)));
        let mut found = MadeImages::of(recipes.collect());
        if is_repository(files, root) {
            found.add_dockerfiles(&paths);
        }
        let found = Arc::new(found);
        self.images.get_or_insert(root, Some(Arc::clone(&found)));
        found
    }

    /// Forgets a file or a folder that has changed, with all that was learnt of what is below and of the folders above, so that a program
    /// that runs for long reads it again.
    pub fn forget(&self, changed: &Path) {
        // Below the working directory a path is known with a dot before it and without.
        let plain = |path: &Path| path.strip_prefix(".").unwrap_or(path).to_owned();
        let changed = plain(changed);
        let is_other = |known: &Path| {
            let known = plain(known);
            !known.starts_with(&changed) && !changed.starts_with(known)
        };
        self.paths.retain(is_other);
        self.folders.retain(is_other);
        self.images.retain(is_other);
        self.files.retain(is_other);
    }

    /// A file; `None` if it cannot be read, is too large or no text.
    pub(super) fn read(&self, files: &Files, path: &Path) -> Option<Arc<FileFacts>> {
        // Paths below the working directory begin with a dot, other paths do not.
        let place = path.strip_prefix(".").unwrap_or(path);
        let known = self.files.get_or_insert(place, Arc::default());
        // Projects in parallel may read the same file: the second waits for the first.
        let read = || Some(Arc::new(FileFacts::of(path, files.peek(path, MAX_BYTES)?)));
        let facts = known.get_or_init(read).as_ref()?;
        Some(match facts.path == path {
            true => Arc::clone(facts),
            false => Arc::new(FileFacts { path: path.to_owned(), ..FileFacts::clone(facts) }),
        })
    }
}

/// How many folders above a project belong to it where no repository says so: `deploy/compose/compose.yaml`.
const FOLDERS_ABOVE: usize = 2;

/// The folder of the repository that a folder is in, as far as the border lets it be read; `None` for a folder outside.
fn repository_of(files: &Files, folder: &Path) -> Option<PathBuf> {
    let around: Vec<PathBuf> = with_parents(folder).take(files.inside(folder)).collect();
    // Without a border, all above the project may be somebody else's.
    let above = if files.is_inside(Path::new("/")) { 0 } else { FOLDERS_ABOVE };
    around.iter().find(|folder| is_repository(files, folder)).or(around.iter().take(above + 1).next_back()).cloned()
}

fn is_repository(files: &Files, folder: &Path) -> bool {
    files.exists(&folder.join(".git"))
}

/// A folder and those above it; those above the working directory are `..`, `../..` and so on.
fn with_parents(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    let ups = folder.components().take_while(|part| *part == Component::ParentDir).count();
    let own = folder.ancestors().take_while(move |above| above.components().count() > ups).map(Path::to_owned);
    let above = (ups..ups + MAX_FOLDERS).map(|count| or_here(std::iter::repeat_n("..", count).collect()));
    own.chain(above.filter(|_| folder.is_relative()).collect::<Vec<_>>())
}

/// The limit for the folders above the working directory.
const MAX_FOLDERS: usize = 16;

/// A path; the working directory where it is empty.
pub(super) fn or_here(path: PathBuf) -> PathBuf {
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}

/// Sources that people write are smaller; what is larger is generated, or data.
pub(super) const MAX_BYTES: u64 = 512 * 1024;

/// Folders with third-party code, build output or tests.
const OTHER_FOLDERS: [&str; 26] = [
    ".git",
    ".github",
    ".gradle",
    ".idea",
    ".mvn",
    ".next",
    ".tox",
    ".venv",
    "__pycache__",
    "__tests__",
    "bower_components",
    "coverage",
    "dist",
    "e2e",
    "helm",
    "k8s",
    "kubernetes",
    "node_modules",
    "obj",
    "site-packages",
    "spec",
    "target",
    "test",
    "testdata",
    "tests",
    "venv",
];

/// Whether a folder or a file below a root may be part of the program.
fn is_of_interest(path: &Path, is_folder: bool) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    if is_folder {
        return !OTHER_FOLDERS.contains(&name);
    }
    let mut parts = name.split('.');
    let stem = parts.next().unwrap_or(name);
    let _extension = parts.next_back();
    let is_test = parts.any(|part| part == "test" || part == "spec")
        || stem.ends_with("_test")
        || stem.ends_with("Test")
        || stem.ends_with("Tests")
        || stem.starts_with("test_")
        || stem == "conftest";
    !is_test && (FileFacts::is_readable(path) || config::is_document(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Memory, ReadError, Reader, Walk, Wanted};

    /// Files in memory that note which of them are read.
    #[derive(Clone, Debug, Default)]
    struct Noted(Memory, Arc<Mutex<Vec<PathBuf>>>);

    impl Reader for Noted {
        fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
            self.1.lock().expect("no thread panics").push(path.to_owned());
            self.0.read(path, limit)
        }

        fn is_file(&self, path: &Path) -> bool {
            self.0.is_file(path)
        }

        fn is_folder(&self, path: &Path) -> bool {
            self.0.is_folder(path)
        }

        fn below(&self, folder: &Path, wanted: Wanted) -> Walk {
            self.0.below(folder, wanted)
        }
    }

    #[test]
    fn a_file_is_read_once_however_many_roots_and_spellings_lead_to_it() {
        let texts = [("app/index.js", "start()"), ("app/src/a.js", "send()"), ("app/src/blob.js", "no text")];
        let mut memory = Memory(texts.map(|(path, text)| (path.into(), text.into())).into());
        memory.0.insert("app/src/blob.js".into(), vec![0xff]);
        let reader = Noted(memory, Arc::default());
        let (files, sources) = (Files::new(reader.clone()), Sources::default());
        let paths = |folder: &str| -> Vec<PathBuf> {
            sources.below(&files, Path::new(folder)).files.iter().map(|file| file.path.clone()).collect()
        };
        assert_eq!(paths("app"), [Path::new("app/index.js"), Path::new("app/src/a.js")]);
        assert_eq!(paths("app/src"), [Path::new("app/src/a.js")]);
        let dotted = sources.read(&files, Path::new("./app/src/a.js")).expect("it was read before");
        assert_eq!(dotted.path, Path::new("./app/src/a.js"));
        let mut read = reader.1.lock().expect("no thread panics").clone();
        read.sort();
        assert_eq!(read, texts.map(|(path, _)| PathBuf::from(path)));
    }

    #[test]
    fn folders_above_the_working_directory_are_known_too() {
        let above = |path: &str| -> Vec<String> {
            with_parents(Path::new(path)).take(4).map(|folder| folder.display().to_string()).collect()
        };
        assert_eq!(above("a/b"), ["a/b", "a", ".", ".."]);
        assert_eq!(above("."), [".", "..", "../..", "../../.."]);
        assert_eq!(above("../a"), ["../a", "..", "../..", "../../.."]);
        assert_eq!(above("/a/b"), ["/a/b", "/a", "/"]);
    }

    #[test]
    fn what_has_changed_is_read_again_and_nothing_else() {
        let texts = [("app/a.py", "import os"), ("app/lib/b.py", "import os"), ("web/c.py", "import os")];
        let reader = Noted(Memory(texts.map(|(path, text)| (path.into(), text.into())).into()), Arc::default());
        let (files, sources) = (Files::new(reader.clone()), Sources::default());
        for (changed, expected) in [
            ("app/lib/b.py", &["app/lib/b.py"][..]),
            ("./app", &["app/a.py", "app/lib/b.py"]),
            (".", &["app/a.py", "app/lib/b.py", "web/c.py"]),
            ("app/li", &[]),
        ] {
            let look = || ["app", "app/lib", "web"].map(|folder| sources.below(&files, Path::new(folder)));
            look();
            reader.1.lock().expect("no thread panics").clear();
            sources.forget(Path::new(changed));
            look();
            let mut read = reader.1.lock().expect("no thread panics").clone();
            read.sort();
            assert_eq!(read, expected.iter().map(PathBuf::from).collect::<Vec<_>>(), "{changed}");
        }
    }

    #[test]
    fn a_file_that_was_added_is_found_once_its_folder_is_forgotten() {
        let memory =
            |names: &[&str]| Files::new(Memory(names.iter().map(|name| ((*name).into(), b"x".to_vec())).collect()));
        let (before, after) = (memory(&["app/a.py"]), memory(&["app/a.py", "app/b.py"]));
        let sources = Sources::default();
        let count = |files: &Files| sources.below(files, Path::new("app")).files.len();
        assert_eq!((count(&before), count(&after)), (1, 1));
        sources.forget(Path::new("app/b.py"));
        assert_eq!(count(&after), 2);
    }
}
