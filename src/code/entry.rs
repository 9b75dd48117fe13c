//! Which of several programs in one folder a command starts, and which files that program takes in.

mod member;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::code::file::FileFacts;
use crate::code::language::Language;
pub(super) use member::{Member, Workspace};

/// The files, among `files`, of the program that `words` start: where it begins, and all it takes in. `None` if the words do not lead to
/// a file.
pub(super) fn program_of(words: &[String], files: &[Arc<FileFacts>]) -> Option<BTreeSet<PathBuf>> {
    let is_whole = words.iter().flat_map(|word| word.split(' ')).any(|word| WHOLE_PROGRAMS.contains(&word));
    if is_whole && !is_about_database(words, &[':', '_', ' ']) {
        return Some(files.iter().map(|facts| facts.path.clone()).collect());
    }
    let index = Index::of(files);
    let mut words = words.to_vec();
    if let Some(script) = script_of(&words, files) {
        words = script.split_whitespace().map(str::to_owned).collect();
    }
    let split = words.iter().flat_map(|word| word.split([' ', ';', '&', '\n', '"', '\'']));
    let split: Vec<&str> = split.collect();
    // `manage.py listen` runs `management/commands/listen.py` (docs.djangoproject.com, "How to create custom django-admin commands").
    let of_django = split.windows(2).filter(|pair| pair[0].ends_with("manage.py"));
    let of_django = of_django.filter_map(|pair| index.module(&["commands".to_owned(), pair[1].to_owned()], None));
    let starts = split.iter().filter_map(|word| index.start(word)).chain(of_django);
    // A script may start any program.
    let is_code = |&start: &usize| files[start].language != Some(Language::Shell);
    let mut starts: BTreeSet<usize> = starts.filter(is_code).collect();
    let is_main = |file: &&Arc<FileFacts>| file.language == Some(Language::Go) && file.path.ends_with("main.go");
    if starts.is_empty()
        && !is_about_database(&words, &['_', '-', '/', ' '])
        && files.iter().filter(is_main).count() == 1
    {
        // One Go program with several commands.
        starts.extend(files.iter().position(|file| is_main(&file)));
    }
    (!starts.is_empty()).then(|| index.reachable(starts))
}

/// The files, among `files`, that may be part of the Python program which `words` start: those that it imports, and all that are not Python.
/// `None` if its imports do not show all that it takes in.
pub(super) fn followed(words: &[String], files: &[Arc<FileFacts>]) -> Option<BTreeSet<PathBuf>> {
    let index = Index::of(files);
    let is_python = |facts: &FileFacts| facts.language == Some(Language::Python) && !facts.is_manifest;
    let words = words.iter().flat_map(|word| word.split_whitespace());
    let starts: BTreeSet<usize> = words.filter_map(|word| index.start(word)).collect();
    let is_shown = |files: &BTreeSet<PathBuf>, facts: &FileFacts| !files.contains(&facts.path) || facts.shows_modules;
    if starts.is_empty() || !starts.iter().all(|&start| is_python(&files[start])) {
        return None;
    }
    let taken = index.reachable(starts);
    let is_all = files.iter().filter(|facts| is_python(facts)).all(|facts| is_shown(&taken, facts));
    let kept = files.iter().filter(|facts| taken.contains(&facts.path) || !is_python(facts));
    is_all.then(|| kept.map(|facts| facts.path.clone()).collect())
}

/// The files, among `files`, of a container that runs scripts of a folder, which begin with those for which `is_started`: those that the
/// scripts mention, and all that are no code. `None` if there is other code, or the scripts do not show what they start.
pub(super) fn scripts_of(
    files: &[Arc<FileFacts>],
    is_started: impl Fn(&FileFacts) -> bool,
) -> Option<BTreeSet<PathBuf>> {
    let is_shown = |facts: &FileFacts| facts.language == Some(Language::Shell) && facts.shows_modules;
    let starts: BTreeSet<usize> = (0..files.len()).filter(|&file| is_started(&files[file])).collect();
    if starts.is_empty() || files.iter().any(|facts| facts.language.is_some() && !is_shown(facts)) {
        return None;
    }
    let taken = Index::of(files).reachable(starts);
    let kept = files.iter().filter(|facts| taken.contains(&facts.path) || facts.language.is_none());
    Some(kept.map(|facts| facts.path.clone()).collect())
}

/// Whether a command only prepares a database, by the parts of its words between `separators`.
fn is_about_database(words: &[String], separators: &[char]) -> bool {
    words.iter().flat_map(|word| word.split(separators)).any(|part| DATABASE_WORDS.contains(&part))
}

/// What a script of a `package.json` runs, where the words call one: `npm run worker`, `yarn start`.
fn script_of(words: &[String], files: &[Arc<FileFacts>]) -> Option<String> {
    let line = words.join(" ");
    let line: Vec<&str> = line.split_whitespace().collect();
    let manager = line.iter().position(|word| ["npm", "yarn", "pnpm", "bun"].contains(word))?;
    let name = line[manager + 1..].iter().find(|word| !word.starts_with('-') && **word != "run")?;
    let manifests = files.iter().filter(|facts| facts.path.file_name().is_some_and(|name| name == "package.json"));
    let scripts = manifests.filter_map(|facts| {
        let manifest: serde_json::Value = serde_json::from_str(facts.text.as_deref()?).ok()?;
        Some(manifest.get("scripts")?.get(name)?.as_str()?.to_owned())
    });
    // A monorepo has the same script in many packages: which one runs is not known then.
    let mut scripts: Vec<String> = scripts.collect();
    scripts.dedup();
    (scripts.len() == 1).then(|| scripts.remove(0))
}

/// The source files by their paths without extension.
struct Index<'f> {
    files: &'f [Arc<FileFacts>],
    by_stem: HashMap<String, Vec<usize>>,
    by_folder: HashMap<String, Vec<usize>>,
}

impl<'f> Index<'f> {
    fn of(files: &'f [Arc<FileFacts>]) -> Self {
        let mut index = Self { files, by_stem: HashMap::new(), by_folder: HashMap::new() };
        for (number, facts) in files.iter().enumerate().filter(|(_, facts)| facts.language.is_some()) {
            let stem = words_of(&facts.path.with_extension(""));
            index.by_stem.entry(last(&stem)).or_default().push(number);
            if let Some(folder) = facts.path.parent() {
                index.by_folder.entry(last(&words_of(folder))).or_default().push(number);
            }
        }
        index
    }

    /// The file that a word of a command starts: a path with or without its extension, a module (`app.worker`, `app.main:app`), a folder
    /// with a main file, a program named after its folder.
    fn start(&self, word: &str) -> Option<usize> {
        let (word, item) = word.split_once(':').map_or((word, None), |(word, item)| (word, Some(item)));
        // `uvicorn api:app`
        let is_of_module = item.is_some_and(|item| item.starts_with(|first: char| first.is_alphabetic()));
        if word.is_empty() || word.starts_with('-') || COMMON_WORDS.contains(&word) && !is_of_module {
            return None;
        }
        let path = Path::new(word);
        let is_file = Language::of(path).is_some();
        let is_module = !is_file && !word.contains('/') && (word.contains('.') || is_of_module);
        let parts: Vec<String> = if is_module {
            word.split('.').map(str::to_owned).collect()
        } else {
            let stem = if is_file { path.with_extension("") } else { path.to_owned() };
            words_of(&stem).into_iter().filter(|part| part != "dist" && part != "build").collect()
        };
        if !is_file && !is_module && parts.len() < 2 && !parts.iter().any(|name| self.has_main_folder(name)) {
            return None;
        }
        // `/app/worker/main.py` is the image's path: the part before the folder is dropped, and the longest match wins.
        (0..parts.len()).find_map(|skipped| {
            let parts = &parts[skipped..];
            self.module(parts, None).or_else(|| self.main_of(parts))
        })
    }

    fn has_main_folder(&self, name: &str) -> bool {
        self.by_folder.get(name).is_some_and(|files| files.iter().any(|&file| is_main(&self.files[file].path)))
    }

    /// The file whose path ends with `parts`, nearest to `beside` if several do, else the one with the shortest path.
    fn module(&self, parts: &[String], beside: Option<&Path>) -> Option<usize> {
        let candidates = self.by_stem.get(parts.last()?)?;
        let matching = candidates.iter().copied().filter(|&file| {
            let path = words_of(&self.files[file].path.with_extension(""));
            path.ends_with(parts)
        });
        let distance = |file: &usize| {
            let path = &self.files[*file].path;
            let common = beside
                .map_or(0, |beside| path.components().zip(beside.components()).take_while(|(a, b)| a == b).count());
            (std::cmp::Reverse(common), path.components().count())
        };
        matching.min_by_key(distance)
    }

    /// The main file in the folder whose path ends with `parts`.
    fn main_of(&self, parts: &[String]) -> Option<usize> {
        let candidates = self.by_folder.get(parts.last()?)?;
        candidates.iter().copied().find(|&file| {
            let facts = &self.files[file];
            let folder = facts.path.parent().map(words_of).unwrap_or_default();
            is_main(&facts.path) && folder.ends_with(parts)
        })
    }

    fn reachable(&self, starts: BTreeSet<usize>) -> BTreeSet<PathBuf> {
        let mut open: Vec<usize> = starts.into_iter().collect();
        let mut seen: BTreeSet<usize> = open.iter().copied().collect();
        while let Some(file) = open.pop() {
            for next in self.taken_in(file) {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen.into_iter().map(|file| self.files[file].path.clone()).collect()
    }

    /// The files that a file takes in.
    fn taken_in(&self, file: usize) -> Vec<usize> {
        let facts = &self.files[file];
        let beside = facts.path.parent();
        let mut taken = Vec::new();
        for module in &facts.modules {
            let is_path = module.contains('/') || facts.language != Some(Language::Python);
            let separators: &[char] = if is_path { &['/', '\\'] } else { &['.'] };
            let stem = Path::new(module);
            let module = if Language::of(stem).is_some() { stem.with_extension("") } else { stem.to_owned() };
            let text = module.to_string_lossy().into_owned();
            let parts: Vec<String> = text
                .split(separators)
                .filter(|part| !part.is_empty() && !part.chars().all(|char| ['.', '@', '~'].contains(&char)))
                .map(str::to_owned)
                .collect();
            if parts.is_empty() {
                continue;
            }
            if facts.language == Some(Language::Go) {
                let folder = |skipped: usize| self.folder(&parts[skipped..]);
                // The module's own name is not a folder; the path without it is.
                taken.extend(
                    (1..parts.len())
                        .find_map(|skipped| Some(folder(skipped)).filter(|f| !f.is_empty()))
                        .unwrap_or_default(),
                );
                continue;
            }
            if facts.language == Some(Language::Python) {
                // Of `app.kafka.producer`, Python runs `app/__init__.py` as well.
                let packages = (1..=parts.len()).map(|end| [&parts[..end], &["__init__".to_owned()]].concat());
                taken.extend(packages.filter_map(|package| self.module(&package, beside)));
            }
            let found = self
                .module(&parts, beside)
                .or_else(|| self.module(&[&parts[..], &["index".to_owned()]].concat(), beside))
                .or_else(|| self.module(&[&parts[..], &["__init__".to_owned()]].concat(), beside))
                // `from app.kafka import producer` may also name an item in a file.
                .or_else(|| parts.split_last().and_then(|(_, rest)| self.module(rest, beside)));
            taken.extend(found);
        }
        if facts.language == Some(Language::Go) {
            // A package is all Go files of its folder.
            let is_part = |other: &FileFacts| other.path.parent() == beside && other.language == facts.language;
            taken.extend(self.files.iter().enumerate().filter(|(_, other)| is_part(other)).map(|(number, _)| number));
        }
        taken
    }

    fn folder(&self, parts: &[String]) -> Vec<usize> {
        let Some(candidates) = parts.last().and_then(|name| self.by_folder.get(name)) else { return Vec::new() };
        let is_it =
            |&file: &usize| self.files[file].path.parent().is_some_and(|folder| words_of(folder).ends_with(parts));
        candidates.iter().copied().filter(is_it).collect()
    }
}

/// Words of commands that only prepare a database.
const DATABASE_WORDS: [&str; 6] = ["database", "db", "migrate", "migration", "migrations", "seed"];

/// Programs that load every file of theirs: guides.rubyonrails.org, "Autoloading and Reloading Constants"; karafka.io, "Getting Started";
/// bensheldon/good_job README.md.
const WHOLE_PROGRAMS: [&str; 3] = ["rails", "karafka", "good_job"];

/// Words of commands that do not name the program's own files.
const COMMON_WORDS: [&str; 14] =
    ["python", "python3", "node", "npm", "yarn", "sh", "bash", "go", "run", "java", "start", "app", "server", "api"];

fn is_main(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    ["main", "index", "__main__", "app", "Program"].contains(&stem)
}

fn words_of(path: &Path) -> Vec<String> {
    let normal = path.components().filter_map(|part| match part {
        std::path::Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
        _ => None,
    });
    normal.collect()
}

fn last(parts: &[String]) -> String {
    parts.last().cloned().unwrap_or_default()
}
