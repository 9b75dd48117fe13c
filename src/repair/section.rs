//! How a section of a service can be changed without changing another's, and where a new one goes.

use crate::compose::{Project, Section, Service};
use crate::repair::Refusal;
use crate::text::TextEdit;
use crate::yaml::edit::{self, Content};
use crate::yaml::{Document, NodeId, NodeKind};

/// How to reach a service's section.
pub(super) enum Access {
    /// It has none.
    Absent,
    /// Its own collection: edit it.
    Own(NodeId),
    /// An alias stands as the value of the service's own key: put a collection in its place.
    Alias {
        /// The alias.
        alias: NodeId,
        /// What it stands for.
        target: NodeId,
    },
    /// A merge key of the service brings it: a key of its own hides it, so that must hold what it held.
    Merged {
        /// What it holds.
        target: NodeId,
    },
}

impl Access {
    pub(super) fn of(document: &Document, section: Option<&Section>) -> Self {
        let Some(section) = section else { return Self::Absent };
        let target = document.follow(section.value);
        match (section.is_own(), document.is_alias(section.value)) {
            (true, false) => Self::Own(target),
            (true, true) => Self::Alias { alias: section.value, target },
            (false, _) => Self::Merged { target },
        }
    }
}

/// Keys that a new section stands after, if the service has them: the last of the list that it has counts, in the order of the file.
pub(super) const BEFORE_ENVIRONMENT: &[&str] =
    &["<<", "extends", "image", "build", "platform", "pull_policy", "container_name", "hostname", "env_file"];

/// Adds a key with a map to a service's own mapping, after the last of `after` that it has.
pub(super) fn add_to_service(
    document: &Document,
    service: &Service,
    after: &[&str],
    key: &str,
    content: &Content,
) -> Result<Vec<TextEdit>, Refusal> {
    if document.is_alias(service.node) {
        let entries = [own_merge_entry(document, service.node)?, (key.to_owned(), content.clone())];
        return Ok(edit::replace_alias(document, service.node, &entries)?);
    }
    let entries = document.written_entries(service.node);
    let is_one_of =
        |names: &[&str], index: usize| document.scalar(entries[index].key).is_some_and(|key| names.contains(&key));
    let position = (0..entries.len()).rev().find(|&index| is_one_of(after, index));
    Ok(edit::add_entries(document, service.node, position, &[(key.to_owned(), content.clone())])?)
}

/// `<<: *name` for the alias at a node.
pub(super) fn own_merge_entry(document: &Document, alias: NodeId) -> Result<(String, Content), Refusal> {
    let name = document.slice(document.node(alias).span).trim_start_matches('*');
    match document.node(document.follow(alias)).kind {
        NodeKind::Mapping { .. } => Ok(edit::merge_entry(name)),
        _ => Err(Refusal("it comes from an anchor that holds a list, and YAML cannot add to a list".to_owned())),
    }
}

/// `<<: *name` for a map that a merge key brings to a service; where the map has no anchor, it is given one.
pub(super) fn merge_of_inherited(
    project: &Project,
    service: &Service,
    target: NodeId,
    section: &str,
) -> Result<((String, Content), Vec<TextEdit>), Refusal> {
    let document = &project.document;
    if !matches!(document.node(target).kind, NodeKind::Mapping { .. }) {
        let message = format!("its `{section}` is a list that a merge key brings, and YAML cannot add to a list");
        return Err(Refusal(message));
    }
    let at = document.node(service.node).span.start;
    if let Some(name) = document.anchor_name(target) {
        if !names_node_at(document, name, target, at) {
            let message = format!("the anchor `&{name}` of its `{section}` is defined again before the service");
            return Err(Refusal(message));
        }
        return Ok((edit::merge_entry(name), Vec::new()));
    }
    let owner = document.node(target).parent.and_then(|parent| document.anchor_name(parent)).unwrap_or(&service.name);
    let name = fresh_anchor(document, &format!("{owner}-{section}"));
    Ok((edit::merge_entry(&name), edit::add_anchor(document, target, &name)?))
}

/// Whether an alias `*name` at an offset would stand for a node: it names the last such anchor before it.
fn names_node_at(document: &Document, name: &str, node: NodeId, offset: usize) -> bool {
    let named = document.nodes().filter(|(id, _)| document.anchor_name(*id) == Some(name));
    let last = named.filter(|(_, node)| node.span.start < offset).last();
    last.is_some_and(|(id, _)| id == node)
}

fn fresh_anchor(document: &Document, wanted: &str) -> String {
    let wanted: String =
        wanted.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect();
    let taken = |name: &str| document.nodes().any(|(id, _)| document.anchor_name(id) == Some(name));
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(wanted)
}
