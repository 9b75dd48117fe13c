//! What an edit inside an anchor reaches besides the service that it is meant for.

use crate::compose::{Change, Model, Project, Service};
use crate::repair::{Refusal, Repair};
use crate::text::EditSet;
use crate::yaml::{Document, NodeId};

/// A repair that edits the file at one node, with what it changes in other services declared too: they may get it by an anchor.
///
/// # Errors
/// [`Refusal`] if a service gets it for which `shared` says no, or if it reaches another part of the file.
pub(super) fn declared(
    project: &Project,
    service: &Service,
    node: NodeId,
    mut repair: Repair,
    shared: impl Fn(&Service) -> bool,
    changes_of: impl Fn(&Service) -> Vec<Change>,
) -> Result<Repair, Refusal> {
    let document = &project.document;
    if !is_anchored(document, node) {
        return Ok(repair);
    }
    let elsewhere = || Refusal("an anchor would take the change to other places of the file".to_owned());
    let mut edits = EditSet::default();
    edits.add_all(&repair.edits).map_err(|_| elsewhere())?;
    let after = Document::parse(edits.apply(document.text())).map_err(|_| elsewhere())?;
    let (mut wanted, after) = (Model::of(document), Model::of(&after));
    repair.changes.extend(extension_of(document, node));
    for other in wanted.differences(&after, &repair.changes).into_iter().flatten() {
        if other == service.name {
            continue;
        }
        match project.service(&other) {
            Some(other) if shared(other) => repair.changes.extend(changes_of(other)),
            _ => return Err(Refusal(format!("an anchor would take the change to the service `{other}` too"))),
        }
    }
    repair.changes.iter().for_each(|change| wanted.apply(change));
    if wanted.differences(&after, &repair.changes).is_empty() { Ok(repair) } else { Err(elsewhere()) }
}

/// Whether a node or one around it has an anchor.
fn is_anchored(document: &Document, node: NodeId) -> bool {
    std::iter::successors(Some(node), |&node| document.node(node).parent)
        .any(|node| document.anchor_name(node).is_some())
}

/// The top-level `x-` field that a node stands in.
fn extension_of(document: &Document, node: NodeId) -> Option<Change> {
    let root = *document.roots().first()?;
    let path = std::iter::successors(Some(node), |&node| document.node(node).parent);
    let top = path.take_while(|&node| node != root).last()?;
    let entry = document.written_entries(root).iter().find(|entry| entry.value == top)?;
    let key = document.scalar(entry.key)?;
    key.starts_with("x-").then(|| Change::Extension(key.to_owned()))
}
