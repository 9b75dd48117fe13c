//! When a dependency must not be added, though it is missing.

use std::collections::HashSet;

use crate::compose::{Project, Service};
use crate::kafka::broker::Broker;
use crate::rules::Context;

/// Whether a service may be made to wait for a broker.
///
/// # Errors
/// The reason why not, as a sentence without a full stop.
pub(super) fn may_depend_on(context: &Context<'_>, service: &Service, broker: &Broker<'_>) -> Result<(), String> {
    let broker = broker.service;
    if let Some(path) = path_between(context.project, &broker.name, &service.name) {
        return Err(format!("it would close a cycle: {} -> {}", service.name, path.join(" -> ")));
    }
    Ok(())
}

/// The dependencies that lead from one service to another, both included.
fn path_between(project: &Project, from: &str, to: &str) -> Option<Vec<String>> {
    let mut seen = HashSet::from([from.to_owned()]);
    let mut paths = vec![vec![from.to_owned()]];
    while let Some(path) = paths.pop() {
        let last = path.last()?;
        if last == to {
            return Some(path);
        }
        let Some(service) = project.service(last) else { continue };
        let explicit = service.depends_on.dependencies.iter().map(|dependency| &dependency.service);
        let implied = service.implied_dependencies.iter().map(|implied| &implied.service);
        for next in explicit.chain(implied) {
            if seen.insert(next.clone()) {
                paths.push([path.as_slice(), std::slice::from_ref(next)].concat());
            }
        }
    }
    None
}
