//! Puts a service on a network.

use crate::compose::{Attachment, Change, DEFAULT_NETWORK, Project, Service};
use crate::repair::reach;
use crate::repair::section::{self, Access, BEFORE_ENVIRONMENT};
use crate::repair::{Refusal, Repair};
use crate::yaml::edit::{self, Content};
use crate::yaml::{Entry, NodeKind};

/// Keys after which networks are written.
const BEFORE_NETWORKS: &[&str] =
    &["command", "entrypoint", "environment", "depends_on", "healthcheck", "ports", "expose", "volumes", "restart"];

/// Adds a service to a network, in addition to its own. A service without `networks` is on the default network, which the new `networks`
/// must list. A service that is already on the network stays unchanged. Another service may get the change through an anchor; `shared`
/// decides whether that is right.
///
/// # Errors
/// [`Refusal`] if the service has a `network_mode`, or the change would reach a wrong service through an anchor.
pub fn join_network(
    project: &Project,
    service: &Service,
    network: &str,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let Attachment::Networks(named) = &service.attachment else {
        return Err(Refusal(format!("the `network_mode` of `{}` allows no networks", service.name)));
    };
    if named.iter().any(|membership| membership.network == network) {
        return Ok(Repair::default());
    }
    let kept = named.is_empty().then_some(DEFAULT_NETWORK);
    let new: Vec<String> = kept.into_iter().chain([network]).map(str::to_owned).collect();
    let definition = service.definition_of_networks();
    let document = project.document(definition.node);
    let entries = |names: &[String]| names.iter().map(|name| (name.clone(), Content::Null)).collect::<Vec<_>>();
    // The content of a list that is not the service's own, for the map that replaces it.
    let inherited = || named.iter().map(|member| (member.network.clone(), Content::Null));
    let is_list = |node| matches!(document.node(node).kind, NodeKind::Sequence { .. });
    let add_section = |content: Content| {
        let after = [BEFORE_ENVIRONMENT, BEFORE_NETWORKS].concat();
        section::add_to_service(document, definition, &after, "networks", &content)
    };
    let (place, edits) = match Access::of(document, definition, definition.networks.as_ref()) {
        Access::Absent => (definition.node, add_section(Content::Items(new.clone()))?),
        Access::Own(own) if is_list(own) => (own, edit::append_items(document, own, &new)?),
        Access::Own(own) => (own, edit::add_entries(document, own, None, &entries(&new))?),
        Access::Alias { alias, target } => {
            let inherited: Vec<(String, Content)> = if is_list(target) {
                inherited().collect()
            } else {
                section::merge_of_alias(document, alias, target)?.into_iter().collect()
            };
            (alias, edit::replace_alias(document, alias, &[inherited, entries(&new)].concat())?)
        }
        Access::Merged { target } if is_list(target) => {
            (definition.node, add_section(Content::Map(inherited().chain(entries(&new)).collect()))?)
        }
        Access::Merged { target } => {
            let (merge, mut edits) = section::merge_of_inherited(document, definition, target, "networks")?;
            edits.extend(add_section(Content::Map(merge.into_iter().chain(entries(&new)).collect()))?);
            (definition.node, edits)
        }
    };
    let changes_of = |service: &Service| {
        let change = |network: &String| Change::Network { service: service.name.clone(), network: network.clone() };
        new.iter().map(change).collect::<Vec<_>>()
    };
    reach::declared(project, service, place, edits, shared, changes_of)
}

/// Replaces the `network_mode` of a service with a network of the project, because Compose rejects the two together. The network is listed
/// unless it is the default one. Another service may get the change through an anchor; `shared` decides whether that is right.
///
/// # Errors
/// [`Refusal`] if the mode is not in the service's own mapping, or the change would reach a wrong service through an anchor.
pub fn leave_network_mode(
    project: &Project,
    service: &Service,
    network: &str,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let [definition] = &service.definitions[..] else {
        return Err(Refusal(format!("`{}` is written in several places", service.name)));
    };
    let document = project.document(definition.node);
    let is_mode = |entry: &Entry| document.scalar(entry.key) == Some("network_mode");
    let index = document.written_entries(definition.node).iter().position(is_mode);
    let index = index.ok_or_else(|| Refusal("its `network_mode` comes from an anchor".to_owned()))?;
    let mut edits = edit::remove_child(document, definition.node, index)?;
    if network != DEFAULT_NETWORK {
        let after = [BEFORE_ENVIRONMENT, BEFORE_NETWORKS].concat();
        let networks = Content::Items(vec![network.to_owned()]);
        edits.extend(section::add_to_service(document, definition, &after, "networks", &networks)?);
    }
    let changes_of =
        |service: &Service| vec![Change::LeftMode { service: service.name.clone(), network: network.to_owned() }];
    reach::declared(project, service, definition.node, edits, shared, changes_of)
}
