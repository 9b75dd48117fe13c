//! From paths to compose files.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// The names that Compose looks for, the one it prefers first (Docker Compose 2.40.3: for the old name `.yml` comes first, for the new
/// one `.yaml`).
pub const DEFAULT_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The names of override files that Compose looks for (for each of them `.yml` comes first).
pub const OVERRIDE_NAMES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// The directory that holds the repository a path is in: the nearest one upward with a `.git`.
#[must_use]
pub fn repository_root(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    path.ancestors().skip(1).find(|directory| directory.join(".git").exists()).map(Path::to_owned)
}

/// Folders of code that others wrote, or that a program made: their compose files are not the user's to repair.
const FOREIGN_FOLDERS: [&str; 7] =
    ["__pycache__", "bower_components", "node_modules", "site-packages", "third_party", "vendor", "venv"];

/// The YAML files below a directory.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Each folder that has some, with their paths; both sorted.
    pub folders: BTreeMap<PathBuf, Vec<PathBuf>>,
    /// What could not be read, and why.
    pub errors: Vec<String>,
}

impl Tree {
    /// Walks a directory. What `.gitignore` excludes is left out, hidden folders and those of foreign code are, and no symbolic link is
    /// followed.
    #[must_use]
    pub fn walk(root: &Path) -> Self {
        let mut tree = Self::default();
        let is_own = |name: &OsStr| !FOREIGN_FOLDERS.iter().any(|folder| name == *folder);
        let walk = WalkBuilder::new(root)
            .require_git(false)
            .git_global(false)
            .filter_entry(move |entry| entry.depth() == 0 || is_own(entry.file_name()))
            .build();
        for entry in walk {
            let path = match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => entry.into_path(),
                Ok(_) => continue,
                Err(error) => {
                    tree.errors.push(error.to_string());
                    continue;
                }
            };
            // The working directory is not shown.
            let path = path.strip_prefix(".").map_or(path.clone(), Path::to_owned);
            if path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml") {
                let folder = path.parent().map(Path::to_owned).unwrap_or_default();
                tree.folders.entry(folder).or_default().push(path);
            }
        }
        tree.folders.values_mut().for_each(|files| files.sort());
        tree.errors.sort();
        tree
    }
}

/// Whether people name compose files like that: `docker-compose.prod.yml`, `compose-kafka.yaml`, `dev.compose.yml`.
#[must_use]
pub fn is_compose_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name.split(['.', '-', '_']).any(|word| word == "compose")
}

/// Whether a text may be a compose file, whatever its name: its top level has services, and there are images or builds.
#[must_use]
pub fn may_be_compose(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("services:"))
        && text.lines().any(|line| ["image:", "build:"].iter().any(|key| line.trim_start().starts_with(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_name_compose_files_in_many_ways() {
        for name in ["compose.yaml", "a/docker-compose.prod.yml", "docker-compose-kafka.yml", "dev.compose.yml"] {
            assert!(is_compose_name(Path::new(name)), "{name}");
        }
        for name in ["composer.yml", "compose/values.yaml", "services.yaml"] {
            assert!(!is_compose_name(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn services_without_an_image_are_those_of_another_program() {
        assert!(may_be_compose("services:\n  kafka:\n    image: apache/kafka\n"));
        assert!(!may_be_compose("services:\n  _defaults:\n    autowire: true\n"));
        assert!(!may_be_compose("job:\n  services:\n    kafka:\n      image: apache/kafka\n"));
    }
}
