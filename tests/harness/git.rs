//! Git takes every diff for a patch.

use std::path::Path;
use std::process::Command;

use super::case::{Case, Run};

/// Whether Git is here.
pub fn is_installed() -> bool {
    Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Applies the diff of a case in a new folder.
///
/// # Errors
/// Git's message, or that the result is another text.
pub fn applies(case: &Case, run: &Run) -> Result<(), String> {
    if !run.is_changed() {
        return Ok(());
    }
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join(&case.compose_file);
    std::fs::write(&file, &run.before).map_err(|error| error.to_string())?;
    std::fs::write(folder.path().join("input.patch"), run.diff(case)).map_err(|error| error.to_string())?;
    let output = Command::new("git")
        .args(["apply", "input.patch"])
        .current_dir(folder.path())
        // The user's own settings, and a repository above the folder, are not what is tested.
        .env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap_or(Path::new("/")))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let applied = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
    if applied == run.after { Ok(()) } else { Err(format!("git apply gives another text:\n{applied}")) }
}
