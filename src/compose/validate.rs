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

/// Keys without a value, including from an earlier definition. Compose checks this for services with profiles too.
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
        "`{}` depends on `{name}`, which is not a service of this project; if another compose file has it, pass that file too",
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
        "`{}` is on the network `{unknown}`, which this project does not declare; if another compose file does, pass that file too",
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
    let names: HashMap<&str, usize> = services.iter().map(|service| service.name.as_str()).zip(0..).collect();
    let waits_for =
        |number: usize| dependencies(services[number]).filter_map(|(name, node)| Some((*names.get(name)?, node)));
    // Services that wait for none of the others are removed repeatedly; the remaining ones form a cycle.
    let mut waiting: Vec<usize> = (0..services.len()).map(|number| waits_for(number).count()).collect();
    let mut awaited_by: Vec<Vec<usize>> = vec![Vec::new(); services.len()];
    for number in 0..services.len() {
        waits_for(number).for_each(|(on, _)| awaited_by[on].push(number));
    }
    let mut free: Vec<usize> = (0..services.len()).filter(|&number| waiting[number] == 0).collect();
    while let Some(number) = free.pop() {
        for &other in &awaited_by[number] {
            waiting[other] -= 1;
            if waiting[other] == 0 {
                free.push(other);
            }
        }
    }
    let mut next = (0..services.len()).find(|&number| waiting[number] > 0);
    let (mut way, mut place_in_way) = (Vec::new(), HashMap::new());
    while let Some(number) = next {
        place_in_way.insert(number, way.len());
        way.push(services[number].name.as_str());
        let Some((on, node)) = waits_for(number).find(|(on, _)| waiting[*on] > 0) else { break };
        if let Some(&start) = place_in_way.get(&on) {
            let circle = way[start..].join(" -> ");
            let message = format!("services depend on one another in a cycle: {circle} -> {}", services[on].name);
            return Err(Invalid::new(node, message));
        }
        next = Some(on);
    }
    Ok(())
}

/// The services that one waits for, with the place of each dependency.
fn dependencies(service: &Service) -> impl Iterator<Item = (&str, NodeId)> {
    let written =
        service.depends_on.dependencies.iter().map(|dependency| (dependency.service.as_str(), dependency.node));
    written.chain(service.implied_dependencies.iter().map(|on| (on.service.as_str(), service.key)))
}
