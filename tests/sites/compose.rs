//! Docker Compose, asked what a file means. `config` needs no daemon.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

const VERSION: &str = composefix::compose::REFERENCE_VERSION;

fn binary() -> OsString {
    let built = || format!("{}/target/compose-{VERSION}", env!("CARGO_MANIFEST_DIR")).into();
    std::env::var_os("COMPOSE_5_BIN").unwrap_or_else(built)
}

/// Why Docker Compose cannot be asked; `None` if it can.
pub(crate) fn missing() -> Option<String> {
    match Command::new(binary()).args(["version", "--short"]).output() {
        Ok(output) => {
            let version = String::from_utf8_lossy(&output.stdout).trim().trim_start_matches('v').to_owned();
            (version != VERSION).then(|| format!("this is Docker Compose `{version}`, not {VERSION}"))
        }
        Err(error) => Some(format!("Docker Compose {VERSION} is not installed: {error}")),
    }
}

/// The model of a text that represents the file at `path`: relative paths are resolved as for that file.
///
/// # Errors
/// What Compose prints if it rejects the text.
pub(crate) fn config(path: &Path, text: &str) -> Result<Value, String> {
    let mut child = Command::new(binary())
        .arg("--project-directory")
        .arg(path.parent().unwrap_or(path))
        .args(["-f", "-", "--profile", "*", "config", "--no-interpolate", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    }
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    // Not the exit code: the wrapper that PyPI's package installs always exits with 0.
    serde_json::from_slice(&output.stdout).map_err(|_| String::from_utf8_lossy(&output.stderr).trim().to_owned())
}
