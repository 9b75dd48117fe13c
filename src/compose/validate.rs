//! What Compose refuses only once all files of a project are merged (compose-spec/compose-go v2.9.1, loader/validate.go and graph/cycle.go).
//!
//! A service with profiles is left out, as Compose leaves it out while none of them is active.

use std::collections::{HashMap, HashSet};

use crate::compose::error::{Invalid, ProjectError};
use crate::compose::project::Project;
use crate::compose::service::Service;
use crate::yaml::NodeId;

/// Checks the services of a project together.
pub(super) fn validate(project: &Project) -> Result<(), ProjectError> {
    let enabled: Vec<&Service> = project.services.iter().filter(|service| service.profiles.is_empty()).collect();
    let complete = project.services.iter().try_for_each(nothing_missing);
    let checked = complete.and_then(|()| {
        enabled.iter().try_for_each(|service| {
            known_dependencies(project, service)?;
            known_networks(project, service, &project.networks)
        })
    });
    checked.and_then(|()| no_cycle(&enabled)).map_err(|Invalid { node, message, .. }| {
        ProjectError::at(project.file(node), project.span(node).start, message)
    })
}

/// What has no value, and none from an earlier definition. This Compose asks of services with profiles, too.
fn nothing_missing(service: &Service) -> Result<(), Invalid> {
    match service.parts.first_empty() {
        Some((key, node)) => Err(Invalid::new(node, format!("`{key}` is empty; give it a value, or remove it"))),
        None => Ok(()),
    }
}

fn known_dependencies(project: &Project, service: &Service) -> Result<(), Invalid> {
    let unknown = dependencies(service).find(|(name, _)| project.service(name).is_none());
    let Some((name, node)) = unknown else { return Ok(()) };
    let message = format!(
        "`{}` depends on `{name}`, which is no service of this project; if another compose file has it, name that file as well",
        service.name
    );
    Err(Invalid::new(node, message))
}

fn known_networks(project: &Project, service: &Service, networks: &HashSet<String>) -> Result<(), Invalid> {
    if service.has_mode_and_networks {
        let message =
            format!("`{}` has both `network_mode` and `networks`; Compose allows only one of them", service.name);
        return Err(Invalid::new(service.key, message));
    }
    let mut memberships = service.attachment.memberships().iter().map(|membership| membership.network.as_str());
    let Some(unknown) = memberships.find(|name| *name != "default" && !networks.contains(*name)) else { return Ok(()) };
    let message = format!(
        "`{}` is on the network `{unknown}`, which this project does not declare; if another compose file does, name that file as well",
        service.name
    );
    Err(Invalid::new(place_of_network(project, service, unknown).unwrap_or(service.key), message))
}

/// Where a service names a network; `None` if the one that it extends does.
fn place_of_network(project: &Project, service: &Service, network: &str) -> Option<NodeId> {
    service.definitions.iter().rev().find_map(|definition| {
        let document = project.document(definition.node);
        let value = document.entry(definition.node, "networks")?.value;
        let entries = document.entries(value).unwrap_or_default();
        let key = entries.iter().find(|entry| entry.key == network).map(|entry| entry.key_node);
        key.or_else(|| {
            document.items(value)?.iter().map(|item| item.node).find(|&item| document.scalar(item) == Some(network))
        })
    })
}

fn no_cycle(services: &[&Service]) -> Result<(), Invalid> {
    // Who waits for nobody is taken away until nobody is; all who are left wait for another who is left.
    let mut left: HashMap<&str, &Service> = services.iter().map(|service| (service.name.as_str(), *service)).collect();
    loop {
        let waits = |service: &Service| dependencies(service).any(|(name, _)| left.contains_key(name));
        let free: HashSet<&str> = left.iter().filter(|(_, service)| !waits(service)).map(|(name, _)| *name).collect();
        if free.is_empty() {
            break;
        }
        left.retain(|name, _| !free.contains(*name));
    }
    let mut next = services.iter().find(|service| left.contains_key(service.name.as_str())).copied();
    let mut way: Vec<&Service> = Vec::new();
    while let Some(service) = next {
        way.push(service);
        let Some((name, node)) = dependencies(service).find(|(name, _)| left.contains_key(name)) else { break };
        if let Some(start) = way.iter().position(|service| service.name == name) {
            let names: Vec<&str> = way[start..].iter().map(|service| service.name.as_str()).collect();
            return Err(Invalid::new(node, format!("services wait for one another: {} -> {name}", names.join(" -> "))));
        }
        next = left.get(name).copied();
    }
    Ok(())
}

/// The services that one waits for, each with the place that says so.
fn dependencies(service: &Service) -> impl Iterator<Item = (&str, NodeId)> {
    let written =
        service.depends_on.dependencies.iter().map(|dependency| (dependency.service.as_str(), dependency.node));
    written.chain(service.implied_dependencies.iter().map(|on| (on.service.as_str(), service.key)))
}
