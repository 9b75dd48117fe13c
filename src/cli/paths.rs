//! How paths are shown.

use std::path::Path;

use crate::source::tree::repository_root;
use crate::source::without_dots;

/// A path from the root of its repository, with slashes; without a repository, as it was named.
pub(super) fn from_repository(path: &Path) -> String {
    let in_repository = || {
        let root = repository_root(path)?;
        Some(path.canonicalize().ok()?.strip_prefix(root).ok()?.to_owned())
    };
    let shown = in_repository().unwrap_or_else(|| without_dots(path));
    let shown = shown.strip_prefix(".").unwrap_or(&shown);
    shown.display().to_string().replace(std::path::MAIN_SEPARATOR, "/")
}
