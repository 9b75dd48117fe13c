//! Takes a variable away from a service.

use crate::compose::{Change, Project, Service, Written};
use crate::repair::reach;
use crate::repair::{Refusal, Repair};
use crate::yaml::{Document, NodeId, edit};

/// Removes an entry of a service's `environment`, with the comments that belong to it. Another service may get the change through an
/// anchor; `shared` decides whether that is right.
///
/// # Errors
/// [`Refusal`] if the entry is written in a service that this one extends or is the only one, or the change would reach a wrong service
/// through an anchor.
pub fn remove_variable(
    project: &Project,
    service: &Service,
    written: &Written,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    if !service.writes(written) {
        return Err(Refusal("it is written in the service that this one extends".to_owned()));
    }
    let document = project.document(written.node);
    let (section, index) =
        place(document, written).ok_or_else(|| Refusal("its name and its value are in different places".to_owned()))?;
    let edits = edit::remove_child(document, section, index)?;
    let changes_of =
        |service: &Service| vec![Change::Removed { service: service.name.clone(), name: written.name.clone() }];
    reach::declared(project, service, section, edits, shared, changes_of)
}

/// The collection that holds an entry, and its number there.
fn place(document: &Document, written: &Written) -> Option<(NodeId, usize)> {
    let section = document.node(written.node).parent?;
    let index = match document.items(section) {
        Some(items) => items.iter().position(|item| item.node == written.node),
        None => document.written_entries(section).iter().position(|entry| {
            (entry.value == written.node || entry.key == written.node)
                && document.scalar(entry.key) == Some(&written.name)
        }),
    };
    Some((section, index?))
}
