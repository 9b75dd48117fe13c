//! Docker Compose, as the judge of the changes of fixes. `config` needs no daemon.

use std::path::Path;

use composefix::compose::Change;
use composefix::yaml::Document;
use serde_json::Value;

use super::case::{Case, Run};
use crate::support::DockerCompose;

/// Loads a case before and after its fix: both models are the same except for the services that the fix declares. A project that
/// Compose rejects before must be accepted afterwards, unless that problem has no fix.
///
/// # Errors
/// Compose's message, or the difference.
pub fn agrees(compose: &DockerCompose, case: &Case, run: &Run) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    case.write_to(folder.path()).map_err(|error| error.to_string())?;
    let before = model(compose, folder.path(), case);
    if !run.is_changed() {
        let is_rejected = run.findings.iter().any(|finding| finding.message.starts_with("Compose rejects"));
        return match before {
            Ok(_) if is_rejected => Err("Docker Compose does not reject it".to_owned()),
            Err(said) if !is_rejected => Err(said),
            _ => Ok(()),
        };
    }
    std::fs::write(folder.path().join(&case.compose_file), &run.after).map_err(|error| error.to_string())?;
    let after = model(compose, folder.path(), case)?;
    before.map_or(Ok(()), |before| only_declared(&before, &after, &declared_services(run)?, &run.changes))
}

/// The model of a case that was written to a folder.
///
/// # Errors
/// Compose's message.
pub fn model(compose: &DockerCompose, folder: &Path, case: &Case) -> Result<Value, String> {
    let file = case.compose_file.to_string_lossy();
    compose.resolve(folder, &["-p", "fixture", "-f", &file])
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
