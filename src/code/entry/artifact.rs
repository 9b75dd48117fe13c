//! Programs that are started by what a build makes of a project: a .NET assembly, a jar.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::code::file::FileFacts;
use crate::compose::normalized;

/// The files of the project that makes the artifact in a command, and of those that it may take in. `None` if no word of the command is an
/// artifact, or no project is called like it.
pub(super) fn artifact_of(words: &[String], files: &[Arc<FileFacts>]) -> Option<BTreeSet<PathBuf>> {
    let mut names = words.iter().filter_map(|word| Path::new(word).file_name()?.to_str());
    names.find_map(|name| match name.rsplit_once('.')? {
        (assembly, "dll") => assembly_of(assembly, files),
        (jar, "jar") => module_of(without_version(jar), files),
        _ => None,
    })
}

/// The files of a .NET project, and of those that it names.
fn assembly_of(assembly: &str, files: &[Arc<FileFacts>]) -> Option<BTreeSet<PathBuf>> {
    let own = format!("{assembly}.csproj");
    let mut projects =
        vec![files.iter().find(|facts| facts.path.file_name().is_some_and(|name| name == own.as_str()))?];
    let mut next = 0;
    while let Some(project) = projects.get(next) {
        let home = project.path.parent().unwrap_or(Path::new(""));
        for other in project.modules.iter().map(|other| normalized(&home.join(other))) {
            let named = files.iter().find(|facts| normalized(&facts.path) == other);
            projects.extend(named.filter(|named| !projects.iter().any(|known| known.path == named.path)));
        }
        next += 1;
    }
    let homes: Vec<&Path> = projects.iter().filter_map(|project| project.path.parent()).collect();
    Some(paths(files, |path| homes.iter().any(|home| path.starts_with(home))))
}

/// The files of a module of a Gradle or Maven build, and of all modules that are not programs themselves, because its dependencies may be
/// declared anywhere.
fn module_of(name: &str, files: &[Arc<FileFacts>]) -> Option<BTreeSet<PathBuf>> {
    let is_build = |path: &Path| {
        path.file_name().is_some_and(|name| name == "pom.xml" || name == "build.gradle" || name == "build.gradle.kts")
    };
    let homes = || files.iter().filter(|facts| is_build(&facts.path)).filter_map(|facts| facts.path.parent());
    let own = homes().find(|home| home.ends_with(name))?;
    let is_program =
        |home: &Path| files.iter().any(|facts| facts.path.starts_with(home) && starts_program(&facts.path));
    let others: Vec<&Path> = homes().filter(|home| !own.starts_with(home) && is_program(home)).collect();
    Some(paths(files, |path| !others.iter().any(|other| path.starts_with(other))))
}

/// Whether a file is what a program on the JVM starts with: its configuration, or its main class as people name it.
fn starts_program(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    stem == "application" || stem == "Main" || stem.ends_with("Application")
}

/// `orders-1.2.0-SNAPSHOT` is `orders`.
fn without_version(jar: &str) -> &str {
    let version = jar.match_indices('-').find(|(at, _)| jar[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
    version.map_or(jar, |(at, _)| &jar[..at])
}

fn paths(files: &[Arc<FileFacts>], is_taken_in: impl Fn(&Path) -> bool) -> BTreeSet<PathBuf> {
    files.iter().filter(|facts| is_taken_in(&facts.path)).map(|facts| facts.path.clone()).collect()
}
