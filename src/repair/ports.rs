//! Lets a port of the host lead to another port of the container.

use crate::compose::{Change, Project, PublishedPorts, Service};
use crate::repair::reach;
use crate::repair::{Refusal, Repair};
use crate::yaml::edit;

/// Replaces the port of the container in an entry of a service's `ports`. Other services may get the change through an anchor; `shared`
/// decides whether that is right.
///
/// # Errors
/// [`Refusal`] if the entry is not written in the short form in the service itself, if the port is in a variable, or if the change would
/// reach a wrong service through an anchor.
pub fn set_target(
    project: &Project,
    service: &Service,
    ports: &PublishedPorts,
    target: u16,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let written = project.written_ports(service);
    let Some((_, text)) = written.iter().find(|(own, _)| own == ports) else {
        return Err(Refusal(format!("the port of `{}` is not written as HOST:CONTAINER in it", service.name)));
    };
    let end = text.as_str().find('/').unwrap_or(text.as_str().len());
    let start = text.as_str()[..end].rfind(':').map_or(0, |colon| colon + 1);
    let Some(to) = text.with_part(start..end, &target.to_string()) else {
        return Err(Refusal("the port comes from a variable".to_owned()));
    };
    let edits = edit::replace_value(project.document(text.node), text.node, &to)?;
    let changes_of = |service: &Service| {
        vec![Change::Port { service: service.name.clone(), from: text.raw.clone(), to: to.clone() }]
    };
    reach::declared(project, service, text.node, edits, shared, changes_of)
}
