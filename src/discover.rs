//! From paths to compose files.

use std::path::{Path, PathBuf};

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
