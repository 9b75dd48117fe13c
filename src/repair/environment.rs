//! Gives a service a variable.

use crate::compose::{Change, Project, Service, Written};
use crate::repair::section::{self, Access, BEFORE_ENVIRONMENT};
use crate::repair::{Refusal, Repair};
use crate::text::TextEdit;
use crate::yaml::edit::{self, Content};
use crate::yaml::{NodeId, NodeKind};

/// Gives a variable of a service's `environment` a value, written as `value` (a `$` in it is a reference).
///
/// The value is replaced where it stands, or added in the form the section has. What an alias or a merge key brings is not
/// touched: the service's own map merges it and holds the variable beside. Only where `shared` says that the value is right for every
/// service that gets it from one place, it is changed at that place.
///
/// # Errors
/// [`Refusal`] if YAML cannot say it without changing another service.
pub fn set_variable(
    project: &Project,
    service: &Service,
    name: &str,
    value: &str,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let written = service.environment.get(name);
    if let Some(written) = written.filter(|written| written.text.is_some()) {
        let sharers = sharers(project, written);
        if sharers.len() > 1 && sharers.iter().all(|sharer| shared(sharer))
            || sharers.len() == 1 && written.hops.is_empty()
        {
            let edits = replace_written(project, written, name, value)?;
            let mut changes: Vec<Change> = sharers.iter().map(|sharer| change(sharer, name, value)).collect();
            changes.extend(extension_of(project, written.node));
            return Ok(Repair { edits, changes });
        }
    }
    let edits = set_own(project, service, written, name, value)?;
    Ok(Repair { edits, changes: vec![change(service, name, value)] })
}

fn change(service: &Service, name: &str, value: &str) -> Change {
    Change::Variable { service: service.name.clone(), name: name.to_owned(), value: value.to_owned() }
}

/// The services that get a variable from the same node.
fn sharers<'p>(project: &'p Project, written: &Written) -> Vec<&'p Service> {
    let has_it = |service: &&Service| {
        service.environment.variables.iter().any(|other| other.node == written.node && other.name == written.name)
    };
    project.services.iter().filter(has_it).collect()
}

/// The top-level `x-` field that a node stands in.
fn extension_of(project: &Project, node: NodeId) -> Option<Change> {
    let document = &project.document;
    let root = *document.roots().first()?;
    let mut top = node;
    while let Some(parent) = document.node(top).parent.filter(|&parent| parent != root) {
        top = parent;
    }
    let entry = document.written_entries(root).iter().find(|entry| entry.value == top)?;
    let key = document.scalar(entry.key)?;
    key.starts_with("x-").then(|| Change::Extension(key.to_owned()))
}

/// Replaces the value at the place where it is written.
fn replace_written(project: &Project, written: &Written, name: &str, value: &str) -> Result<Vec<TextEdit>, Refusal> {
    let text = if written.value_start > 0 { format!("{name}={value}") } else { value.to_owned() };
    Ok(edit::replace_value(&project.document, written.node, &text)?)
}

/// Sets the variable in the service's own `environment`.
fn set_own(
    project: &Project,
    service: &Service,
    written: Option<&Written>,
    name: &str,
    value: &str,
) -> Result<Vec<TextEdit>, Refusal> {
    let document = &project.document;
    let entry = || (name.to_owned(), Content::text(value));
    match Access::of(document, service.environment.section.as_ref()) {
        Access::Absent => {
            let content = Content::Map(vec![entry()]);
            section::add_to_service(document, service, BEFORE_ENVIRONMENT, "environment", &content)
        }
        Access::Own(own) => match &document.node(own).kind {
            NodeKind::Sequence { items, .. } => match written {
                // A bare name in a list.
                Some(written) if items.iter().any(|item| item.node == written.node) => {
                    replace_item(project, written, name, value)
                }
                Some(_) => Err(Refusal("an alias in its list brings the variable".to_owned())),
                None => Ok(edit::append_item(document, own, &format!("{name}={value}"))?),
            },
            _ => set_in_map(project, own, name, value),
        },
        Access::Alias { alias, .. } => {
            let entries = [section::own_merge_entry(document, alias)?, entry()];
            Ok(edit::replace_alias(document, alias, &entries)?)
        }
        Access::Merged { target } => {
            let (merge, anchor) = section::merge_of_inherited(project, service, target, "environment")?;
            let content = Content::Map(vec![merge, entry()]);
            let mut edits = anchor;
            edits.extend(section::add_to_service(document, service, BEFORE_ENVIRONMENT, "environment", &content)?);
            Ok(edits)
        }
    }
}

fn replace_item(project: &Project, written: &Written, name: &str, value: &str) -> Result<Vec<TextEdit>, Refusal> {
    Ok(edit::replace_value(&project.document, written.node, &format!("{name}={value}"))?)
}

/// Sets a variable in a map that is the service's own: the entry may be there as null or as an alias, or come from a merge key, which
/// an entry of the map's own hides.
fn set_in_map(project: &Project, map: NodeId, name: &str, value: &str) -> Result<Vec<TextEdit>, Refusal> {
    let document = &project.document;
    let own = document.written_entries(map).iter().find(|entry| document.scalar(entry.key) == Some(name));
    Ok(match own {
        Some(own) => edit::replace_value(document, own.value, value)?,
        None => edit::add_entries(document, map, None, &[(name.to_owned(), Content::text(value))])?,
    })
}
