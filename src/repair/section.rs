//! How to change a section of a service without changing another service, and where to add a new one.

use crate::compose::{Definition, Section};
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
    /// The value of the service's own key is an alias: replace it with a collection.
    Alias {
        /// The alias.
        alias: NodeId,
        /// The node of the alias.
        target: NodeId,
    },
    /// It comes from a merge key of the service, or the service is an alias. A new key overrides it, so it must repeat the content.
    Merged {
        /// What it holds.
        target: NodeId,
    },
}

impl Access {
    pub(super) fn of(document: &Document, definition: &Definition, section: Option<&Section>) -> Self {
        let Some(section) = section else { return Self::Absent };
        let target = document.follow(section.value);
        let is_own = section.is_own() && !document.is_alias(definition.node);
        match (is_own, document.is_alias(section.value)) {
            (true, false) => Self::Own(target),
            (true, true) => Self::Alias { alias: section.value, target },
            (false, _) => Self::Merged { target },
        }
    }
}

/// Keys after which a new section is written: the last one in the file counts.
pub(super) const BEFORE_ENVIRONMENT: &[&str] =
    &["<<", "extends", "image", "build", "platform", "pull_policy", "container_name", "hostname", "env_file"];

/// Adds a key with a map to a service's own mapping, after the last of `after` that it has.
pub(super) fn add_to_service(
    document: &Document,
    definition: &Definition,
    after: &[&str],
    key: &str,
    content: &Content,
) -> Result<Vec<TextEdit>, Refusal> {
    let node = definition.node;
    if document.is_alias(node) {
        let merge = merge_of_alias(document, node, document.follow(node))?;
        let entries: Vec<_> = merge.into_iter().chain([(key.to_owned(), content.clone())]).collect();
        return Ok(edit::replace_alias(document, node, &entries)?);
    }
    let entries = document.written_entries(node);
    if let Some(there) = entries.iter().find(|entry| document.scalar(entry.key) == Some(key)) {
        if document.tag(document.follow(there.value)) == Some("!reset") {
            return Err(Refusal(format!("its `{key}` has the tag `!reset`, so Compose drops its content")));
        }
        let Content::Map(content) = content else { return Err(Refusal(format!("it already has `{key}`"))) };
        return Ok(edit::add_entries(document, there.value, None, content)?);
    }
    let is_one_of =
        |names: &[&str], index: usize| document.scalar(entries[index].key).is_some_and(|key| names.contains(&key));
    let position = (0..entries.len()).rev().find(|&index| is_one_of(after, index));
    Ok(edit::add_entries(document, node, position, &[(key.to_owned(), content.clone())])?)
}

/// A merge key and its alias, if there is something to merge.
pub(super) type Merge = Option<(String, Content)>;

/// `<<: *name` for an alias of a map; nothing for one of null.
pub(super) fn merge_of_alias(document: &Document, alias: NodeId, target: NodeId) -> Result<Merge, Refusal> {
    let name = document.slice(document.node(alias).span).trim_start_matches('*');
    match document.node(target).kind {
        NodeKind::Mapping { .. } => Ok(Some(edit::merge_entry(name))),
        _ if document.is_null(target) => Ok(None),
        _ => Err(Refusal(format!("`*{name}` is not a map, so YAML cannot merge it"))),
    }
}

/// `<<: *name` for a map that a merge key brings to a service; where the map has no anchor, it is given one. Nothing for null.
pub(super) fn merge_of_inherited(
    document: &Document,
    definition: &Definition,
    target: NodeId,
    section: &str,
) -> Result<(Merge, Vec<TextEdit>), Refusal> {
    if document.is_null(target) {
        return Ok((None, Vec::new()));
    }
    let at = document.node(definition.node).span.start;
    if let Some(name) = document.anchor_name(target) {
        if !names_node_at(document, name, target, at) {
            let message = format!("the anchor `&{name}` of its `{section}` is redefined before the service");
            return Err(Refusal(message));
        }
        return Ok((Some(edit::merge_entry(name)), Vec::new()));
    }
    let service = document.scalar(definition.key).unwrap_or_default();
    let owner = document.node(target).parent.and_then(|parent| document.anchor_name(parent)).unwrap_or(service);
    let name = fresh_anchor(document, &format!("{owner}-{section}"));
    Ok((Some(edit::merge_entry(&name)), edit::add_anchor(document, target, &name)?))
}

/// Whether an alias `*name` at an offset would refer to a node: it refers to the last such anchor before it.
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
