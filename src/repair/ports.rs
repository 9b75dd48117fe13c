//! Lets a port of the host lead to another port of the container.

use crate::compose::{Change, Project, PublishedPorts, Service, WrittenPorts};
use crate::repair::reach;
use crate::repair::{Refusal, Repair};
use crate::yaml::edit;

/// Replaces the port of the container in an entry of a service's `ports`. Other services may get the change through an anchor; `shared`
/// decides whether that is right.
///
/// # Errors
/// [`Refusal`] if the entry is not written in the service itself, if the port is in a variable, or if the change would reach a wrong service
/// through an anchor.
pub fn set_target(
    project: &Project,
    service: &Service,
    ports: &PublishedPorts,
    target: u16,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let written = project.written_ports(service).into_iter().filter(|written| written.ports == *ports);
    let all: Vec<WrittenPorts> = written.collect();
    let Some((written, text)) = all.iter().find_map(|written| Some((written, written.text.as_ref()?))) else {
        return Err(Refusal(format!("the port of `{}` is not written in it", service.name)));
    };
    let end = text.as_str().find('/').unwrap_or(text.as_str().len());
    let start = text.as_str()[..end].rfind(':').map_or(0, |colon| colon + 1);
    let Some(new) = text.with_part(start..end, &target.to_string()) else {
        return Err(Refusal("the port comes from a variable".to_owned()));
    };
    let document = project.document(text.node);
    // Only the long form has numbers, and none if a variable has a default.
    let edits = match new.parse() {
        Ok(number) if written.published.is_some() => edit::replace_number(document, text.node, number)?,
        _ => edit::replace_value(document, text.node, &new)?,
    };
    let changes_of = |service: &Service| {
        let (from, to) = (written.short(), written.short_with(&new));
        vec![Change::Port { service: service.name.clone(), from, to }]
    };
    reach::declared(project, service, text.node, edits, shared, changes_of)
}
