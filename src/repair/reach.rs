//! The other services that an edit inside an anchor changes.

use crate::compose::{Change, Model, Project, Service};
use crate::repair::{Refusal, Repair};
use crate::text::{EditSet, TextEdit};
use crate::yaml::{Document, NodeId};

/// A repair that edits a file at one node and also declares the changes of other services that get it through an anchor.
///
/// # Errors
/// [`Refusal`] if it changes a service that `shared` excludes, or another part of the file.
pub(super) fn declared(
    project: &Project,
    service: &Service,
    node: NodeId,
    edits: Vec<TextEdit>,
    shared: impl Fn(&Service) -> bool,
    changes_of: impl Fn(&Service) -> Vec<Change>,
) -> Result<Repair, Refusal> {
    if let Some(path) = project.foreign_path(node) {
        return Err(Refusal(format!("it is written in {}, outside this project", path.display())));
    }
    let document = project.document(node);
    let file = project.file(node);
    let mut changes = changes_of(service);
    let repair = |edits, changes: Vec<Change>| Repair {
        edits: [(file, edits)].into(),
        changes: changes.into_iter().map(|change| (file, change)).collect(),
    };
    if !is_anchored(document, node) {
        return Ok(repair(edits, changes));
    }
    let elsewhere = || Refusal("the edit would change other places of the file through an anchor".to_owned());
    let mut set = EditSet::default();
    set.add_all(&edits).map_err(|_| elsewhere())?;
    let after = Document::parse(set.apply(document.text())).map_err(|_| elsewhere())?;
    let (mut wanted, after) = (Model::of(document), Model::of(&after));
    changes.extend(wanted.changed_extensions(&after));
    for other in wanted.differences(&after, &changes).into_iter().flatten() {
        if other == service.name {
            continue;
        }
        match project.service(&other) {
            Some(other) if shared(other) => changes.extend(changes_of(other)),
            _ => return Err(Refusal(format!("the edit would also change `{other}`, through an anchor"))),
        }
    }
    changes.iter().for_each(|change| wanted.apply(change));
    if wanted.differences(&after, &changes).is_empty() { Ok(repair(edits, changes)) } else { Err(elsewhere()) }
}

/// Whether a node or one around it has an anchor.
fn is_anchored(document: &Document, node: NodeId) -> bool {
    std::iter::successors(Some(node), |&node| document.node(node).parent)
        .any(|node| document.anchor_name(node).is_some())
}
