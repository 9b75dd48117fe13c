//! Which of the programs in a build context a service runs: what its command, its Dockerfile or the place of its Dockerfile shows.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::code::context::CodeContext;
use crate::code::dockerfile::{BuiltImage, Named};
use crate::code::entry::{Index, is_main};
use crate::code::file::{FileFacts, marks_program};
use crate::code::language::Language;
use crate::compose::normalized;

/// A program of several in a build context.
#[derive(Clone, Debug)]
pub(in crate::code) struct Member {
    /// Its own folders, or the file of its binary.
    pub(in crate::code) own: BTreeSet<PathBuf>,
    /// The files of the context that may be part of it: its own, those of what it takes in, and those of no program.
    pub(in crate::code) files: HashSet<PathBuf>,
    /// Whether only files that it may not take in are about Kafka.
    pub(in crate::code) is_open: bool,
}

impl Member {
    /// The program that a container with the command `words` runs; `None` if nothing shows which one.
    pub(in crate::code) fn of(words: &[String], context: &CodeContext, workspace: &Workspace<'_>) -> Option<Self> {
        let own = workspace.own(words, context)?;
        let go = workspace.go_files(&own);
        let mut homes = workspace.taken_in(&own);
        homes.extend(go.iter().flatten().filter_map(|path| Some(workspace.home_of(&normalized(path))?.to_owned())));
        let is_part = |facts: &FileFacts| match &go {
            Some(go) if facts.language == Some(Language::Go) => go.contains(&facts.path),
            _ => true,
        };
        // What is mounted, next to the Dockerfile, or copied by its name is the service's.
        let is_given = |path: &Path, facts: &FileFacts| {
            let mut mounts = context.mounts.iter().filter(|root| !context.folder.starts_with(root));
            mounts.any(|root| path.starts_with(normalized(root)))
                || facts.language.is_none() && path.parent() == context.beside.as_deref()
                || !facts.is_manifest && context.roots.contains(&facts.path)
        };
        let is_kept = |path: &Path, facts: &FileFacts| {
            is_given(path, facts) || is_part(facts) && workspace.keeps(path, &own, &homes)
        };
        let kept: Vec<_> = workspace.files.iter().filter(|(path, facts)| is_kept(path, facts)).collect();
        let is_open = workspace.is_open(&own, &homes, &kept);
        Some(Self { files: kept.into_iter().map(|(_, facts)| facts.path.clone()).collect(), own, is_open })
    }
}

/// The programs and packages below a build context, by their folders.
pub(in crate::code) struct Workspace<'f> {
    context: PathBuf,
    all: &'f [Arc<FileFacts>],
    /// Those in a language, once they are asked for.
    index: OnceCell<Index<'f>>,
    /// The files by their normal paths.
    files: Vec<(PathBuf, &'f FileFacts)>,
    /// The folders below the context with a manifest, a Dockerfile or a main file, each with its files.
    homes: HashMap<PathBuf, Vec<&'f FileFacts>>,
    /// The folders by the names of their programs.
    names: HashMap<&'f str, Vec<PathBuf>>,
}

impl<'f> Workspace<'f> {
    /// `all` are the files of a build context.
    pub(in crate::code) fn of(context: &Path, all: &'f [Arc<FileFacts>]) -> Self {
        let files = all.iter().map(|facts| (normalized(&facts.path), facts.as_ref())).collect();
        let (homes, names) = (HashMap::new(), HashMap::new());
        let mut workspace = Self { context: normalized(context), all, index: OnceCell::new(), files, homes, names };
        for (path, facts) in &workspace.files {
            let Some(folder) = path.parent() else { continue };
            for name in &facts.names {
                workspace.names.entry(name.as_str()).or_default().push(folder.to_owned());
            }
            let is_marked = marks_program(path);
            let home = if is_marked { folder } else { above_source(folder) };
            if (is_marked || facts.language.is_some() && is_main(path)) && home.starts_with(&workspace.context) {
                workspace.homes.insert(home.to_owned(), Vec::new());
            }
        }
        workspace.homes.remove(&workspace.context);
        for of_folder in workspace.files.chunk_by(|(path, _), (next, _)| path.parent() == next.parent()) {
            let mut above = of_folder[0].0.ancestors().skip(1);
            let home = above.find(|folder| workspace.homes.contains_key(*folder));
            let files = home.and_then(|home| workspace.homes.get_mut(home));
            files.into_iter().for_each(|files| files.extend(of_folder.iter().map(|(_, facts)| *facts)));
        }
        workspace
    }

    /// The nearest folder above a path, or that path, that is one of a program or a package.
    fn home_of<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        path.ancestors().find(|folder| self.homes.contains_key(*folder))
    }

    /// The folders and files that the surest of the signs show: an assembly that is started, what the Dockerfile builds, a jar that is
    /// started, what the command names, the working directory, the place of the Dockerfile.
    fn own(&self, words: &[String], context: &CodeContext) -> Option<BTreeSet<PathBuf>> {
        let started = |extension: &str| -> BTreeSet<PathBuf> {
            let files = words.iter().filter_map(|word| Path::new(word).file_name()?.to_str());
            let names = files.filter_map(|file| file.strip_suffix(extension));
            let names = names.map(|name| if extension == ".jar" { without_version(name) } else { name });
            names.filter_map(|name| self.named(name)).collect()
        };
        let built = || -> BTreeSet<PathBuf> {
            let found = |programs: &[Named]| programs.iter().filter_map(|named| self.find(named)).collect::<Vec<_>>();
            let made = context.image.iter().flat_map(|image| image.made_for(words));
            let made = made.map(|made| (found(&made.programs), made));
            made.flat_map(|(own, made)| if own.is_empty() { found(&made.of_stage) } else { own }).collect()
        };
        // Another program may be mounted over the one that the image has.
        let image = context.image.as_ref().filter(|_| context.mounts.is_empty());
        let named =
            || image.iter().flat_map(|image| image.named_by(words)).filter_map(|named| self.find(&named)).collect();
        let workdir = || image.and_then(BuiltImage::folder).and_then(|folder| self.find(&Named::folder(folder)));
        let home = || context.home.as_deref().filter(|_| image.is_some()).map(normalized);
        let signs: [&dyn Fn() -> BTreeSet<PathBuf>; 6] =
            [&|| started(".dll"), &built, &|| started(".jar"), &named, &|| workdir().into_iter().collect(), &|| {
                home().into_iter().collect()
            }];
        signs.iter().map(|sign| sign()).find(|own| !own.is_empty())
    }

    /// The folder, or the file of a binary, that the words of a Dockerfile mean.
    fn find(&self, Named { folder, word }: &Named) -> Option<PathBuf> {
        let binaries = [format!("src/bin/{word}.rs"), format!("src/bin/{word}/main.rs")];
        let is_binary = |path: &Path| binaries.iter().any(|binary| path.ends_with(binary));
        if let Some((path, _)) = self.files.iter().find(|(path, _)| is_binary(path)) {
            return Some(path.clone());
        }
        let paths = [self.context.join(folder).join(word), self.context.join(word)].map(|path| normalized(&path));
        let found = paths.into_iter().find(|path| self.files.iter().any(|(file, _)| file.starts_with(path)));
        let is_file = |found: &Path| self.files.iter().any(|(file, _)| file == found);
        let found = found.and_then(|path| if is_file(&path) { Some(path.parent()?.to_owned()) } else { Some(path) });
        let found = found.filter(|path| *path != self.context);
        let is_go = |path: &Path| self.go_in(path).next().is_some();
        let home =
            found.and_then(|path| if is_go(&path) { Some(path) } else { self.home_of(&path).map(Path::to_owned) });
        home.or_else(|| self.named(word))
    }

    /// The folder of the one program with a name.
    fn named(&self, name: &str) -> Option<PathBuf> {
        if let Some([folder]) = self.names.get(name).map(Vec::as_slice) {
            return Some(folder.clone()).filter(|folder| *folder != self.context);
        }
        let mut called = self.homes.keys().filter(|home| home.file_name().is_some_and(|own| own == name));
        called.next().filter(|_| called.next().is_none()).cloned()
    }

    /// The folders of the packages that a program takes in, itself included, as manifests and relative paths say.
    fn taken_in(&self, own: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
        let mut open: Vec<PathBuf> = own.iter().filter_map(|own| self.home_of(own)).map(Path::to_owned).collect();
        let mut known: BTreeSet<PathBuf> = open.iter().cloned().collect();
        // Maven's modules inherit what the root of the build takes in.
        let is_root = |path: &Path| *path == self.context.join("pom.xml");
        let roots = self.files.iter().filter(|(path, _)| is_root(path)).flat_map(|(_, facts)| self.taken_in_by(facts));
        open.extend(roots.filter(|root| known.insert(root.clone())));
        while let Some(home) = open.pop() {
            let taken = self.homes.get(&home).into_iter().flatten().flat_map(|facts| self.taken_in_by(facts));
            open.extend(taken.filter(|other| known.insert(other.clone())));
        }
        known
    }

    /// The folders of the packages that a file names.
    fn taken_in_by(&self, facts: &FileFacts) -> impl Iterator<Item = PathBuf> {
        let beside = facts.path.parent().unwrap_or(Path::new(""));
        let is_followed = facts.is_manifest || facts.language == Some(Language::JavaScript);
        facts.modules.iter().filter(move |_| is_followed).filter_map(move |module| {
            let by_name = || {
                // An import may go on with a path in the package: `@shop/bus/client`.
                let ends = module.match_indices('/').map(|(end, _)| end).chain([module.len()]);
                let mut names = ends.filter_map(|end| self.names.get_key_value(&module[..end]));
                names.find_map(|(name, _)| self.named(name))
            };
            let by_path = || {
                let path = normalized(&beside.join(module));
                self.home_of(&path).filter(|_| module.contains('/')).map(Path::to_owned)
            };
            by_name().or_else(|| self.of_build(module)).or_else(by_path)
        })
    }

    /// The folder of a project of a Gradle build, by its path from the root of the build, such as `:shop:bus`.
    fn of_build(&self, path: &str) -> Option<PathBuf> {
        let path = path.strip_prefix(':')?.replace(':', "/");
        let mut homes = self.homes.keys().filter(|home| home.ends_with(&path));
        homes.next().filter(|_| homes.next().is_none()).cloned()
    }

    /// The Go files that programs take in; `None` if none of them is written in Go.
    fn go_files(&self, own: &BTreeSet<PathBuf>) -> Option<BTreeSet<PathBuf>> {
        let is_own = |path: &Path| own.iter().any(|own| path.starts_with(own));
        let direct: BTreeSet<usize> = own.iter().flat_map(|own| self.go_in(own)).collect();
        let is_go = |number: &usize| {
            let (path, facts) = &self.files[*number];
            facts.language == Some(Language::Go) && is_own(path)
        };
        let starts = if direct.is_empty() { (0..self.files.len()).filter(is_go).collect() } else { direct };
        (!starts.is_empty()).then(|| self.index.get_or_init(|| Index::of(self.all)).reachable(starts))
    }

    /// The numbers of the Go files in a folder itself.
    fn go_in<'a>(&'a self, folder: &'a Path) -> impl Iterator<Item = usize> + 'a {
        let files = self.files.iter().enumerate();
        files
            .filter(move |(_, (path, facts))| facts.language == Some(Language::Go) && path.parent() == Some(folder))
            .map(|(n, _)| n)
    }

    /// Whether only modules that a program may take in are about Kafka: on the JVM, what a module takes in may be declared anywhere.
    fn is_open(&self, own: &BTreeSet<PathBuf>, homes: &BTreeSet<PathBuf>, kept: &[&(PathBuf, &FileFacts)]) -> bool {
        let starts = |own: &&PathBuf| {
            self.home_of(own)
                .and_then(|home| self.homes.get(home))
                .into_iter()
                .flatten()
                .any(|facts| starts_program(facts))
        };
        let programs: Vec<&PathBuf> = own.iter().filter(starts).collect();
        let is_own = |path: &Path| programs.iter().any(|own| path.starts_with(own));
        // A library that a manifest lists may be for the code of another module.
        let is_about_kafka =
            |facts: &FileFacts| !facts.is_manifest && (facts.speaks_of_kafka || !facts.uses.is_empty());
        let is_jvm = |path: &Path, facts: &FileFacts| facts.language == Some(Language::Jvm) || is_build_of_jvm(path);
        let is_taken_in = |path: &Path| self.home_of(path).is_some_and(|home| homes.contains(home));
        kept.iter().any(|(path, facts)| is_own(path) && is_jvm(path, facts))
            && !kept.iter().any(|(path, facts)| !is_own(path) && is_taken_in(path) && is_about_kafka(facts))
            && kept.iter().all(|(path, facts)| !is_own(path) || !is_about_kafka(facts))
            && kept.iter().any(|(path, facts)| self.home_of(path).is_some() && is_about_kafka(facts))
    }

    /// Whether a file may be part of programs that take in the packages in `homes`.
    fn keeps(&self, path: &Path, own: &BTreeSet<PathBuf>, homes: &BTreeSet<PathBuf>) -> bool {
        if own.iter().any(|own| is_other_binary(own, path)) {
            return false;
        }
        let Some(home) = path.parent().and_then(|folder| self.home_of(folder)) else { return true };
        let is_near = |other: &PathBuf| other.starts_with(home) || home.starts_with(other);
        if own.iter().any(is_near) || homes.iter().any(|other| home.starts_with(other)) {
            return true;
        }
        let files = self.homes.get(home).map(Vec::as_slice).unwrap_or_default();
        // A manifest of such a package would be named by the program's.
        let kinds: Vec<&str> =
            homes.iter().filter_map(|home| self.homes.get(home)).flatten().filter_map(|facts| kind(facts)).collect();
        !files.iter().any(|facts| starts_program(facts) || kind(facts).is_some_and(|kind| kinds.contains(&kind)))
    }
}

/// The kind of a manifest that names the other packages which it takes in.
fn kind(facts: &FileFacts) -> Option<&'static str> {
    let name = facts.path.file_name()?.to_str()?;
    ["Cargo.toml", "package.json", "pom.xml", "proj"].into_iter().find(|kind| name.ends_with(kind) && facts.is_manifest)
}

/// Whether a file belongs to another binary of the package that has `own` as a binary (doc.rust-lang.org/cargo, "Package Layout").
fn is_other_binary(own: &Path, path: &Path) -> bool {
    let Some(folder) = own.ancestors().find(|folder| folder.ends_with("src/bin")).filter(|folder| *folder != own)
    else {
        return false;
    };
    let is_own = path == own || own.file_name().is_some_and(|name| name == "main.rs") && path.parent() == own.parent();
    !is_own && (path.starts_with(folder) || path.parent() == folder.parent() && path.ends_with("main.rs"))
}

/// Whether a file is what a program starts with: its Dockerfile, its main file, or on the JVM its configuration, or its main class as people
/// name it.
fn starts_program(facts: &FileFacts) -> bool {
    let stem = facts.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let is_dockerfile = !facts.is_manifest && marks_program(&facts.path);
    let is_main = ["main", "__main__", "Program", "Main"].contains(&stem) && facts.language.is_some();
    is_dockerfile || is_main || stem == "application" || stem.ends_with("Application")
}

/// Whether a file describes a build of Gradle or Maven.
fn is_build_of_jvm(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    ["pom.xml", "build.gradle", "build.gradle.kts"].contains(&name)
}

/// The folder of a program whose main file is in a folder of sources.
fn above_source(folder: &Path) -> &Path {
    if folder.ends_with("src") { folder.parent().unwrap_or(folder) } else { folder }
}

/// `orders-1.2.0-SNAPSHOT` is `orders`.
fn without_version(jar: &str) -> &str {
    let version = jar.match_indices('-').find(|(at, _)| jar[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    version.map_or(jar, |(at, _)| &jar[..at])
}
