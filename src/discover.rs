//! From paths to compose files.

use std::path::{Path, PathBuf};

use crate::source::Files;

/// The names that Compose looks for, the one it prefers first (Docker Compose 2.40.3: for the old name `.yml` comes first, for the new
/// one `.yaml`).
pub const DEFAULT_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The compose file of a directory, as Compose would choose it; `None` if it has none.
#[must_use]
pub fn compose_file_in(files: &Files, directory: &Path) -> Option<PathBuf> {
    DEFAULT_NAMES.iter().map(|name| directory.join(name)).find(|path| files.is_file(path))
}

/// The directory that holds the repository a path is in: the nearest one upward with a `.git`.
#[must_use]
pub fn repository_root(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    path.ancestors().skip(1).find(|directory| directory.join(".git").exists()).map(Path::to_owned)
}
