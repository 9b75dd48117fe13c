//! `no-shared-network`

use crate::compose::{Attachment, Service};
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::Broker;
use crate::kafka::client::Client;
use crate::repair::{Repair, join_network};
use crate::rules::Context;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.users().filter_map(|client| check_client(context, client)).collect()
}

fn check_client(context: &Context<'_>, client: &Client<'_>) -> Option<Finding> {
    let service = client.service;
    let brokers = brokers_out_of_reach(context, client);
    let first = brokers.first()?;
    let name = &first.service.name;
    let fix = repair(context, service, &brokers).map(|(repair, network)| {
        context.fix(format!("put `{}` on the network `{network}`", service.name), Applicability::Safe, repair)
    });
    if let Attachment::Other(mode) = &service.attachment {
        return Some(without_names(context, service, first, mode));
    }
    let networks = service.definition_of_networks().networks.as_ref();
    Some(Finding {
        rule: "no-shared-network",
        severity: Severity::Error,
        service: service.name.clone(),
        message: format!(
            "`{}` is on no network of its broker `{name}`, so that name means nothing to it",
            service.name
        ),
        primary: match networks {
            Some(networks) => context.label(networks.key, "its networks"),
            None => context.label(service.key, "on the default network, as it names none"),
        },
        related: vec![context.label(
            first.service.definition_of_networks().networks.as_ref().map_or(first.service.key, |networks| networks.key),
            "the networks of the broker",
        )],
        help: None,
        fix,
    })
}

/// The brokers that a client names, or waits for if its addresses lead nowhere else, if it is on networks and reaches none of them.
fn brokers_out_of_reach<'c, 'p>(context: &'c Context<'p>, client: &Client<'_>) -> Vec<&'c Broker<'p>> {
    let service = client.service;
    // Names that the file gives by hand lead where they lead.
    let has_own_names = service.definitions.iter().any(|definition| {
        let document = context.project.document(definition.node);
        ["extra_hosts", "external_links"].iter().any(|key| document.entry(definition.node, key).is_some())
    });
    let has_no_names =
        matches!(&service.attachment, Attachment::Other(mode) if ["bridge", "none"].contains(&mode.as_str()));
    if has_own_names || !has_no_names && !matches!(service.attachment, Attachment::Networks(_)) {
        return Vec::new();
    }
    let hosts: Vec<String> = client
        .address_lists()
        .flat_map(|list| list.addresses().iter().map(|address| address.host.to_owned()).collect::<Vec<_>>())
        .collect();
    let is_named =
        |broker: &Broker<'_>| hosts.iter().any(|host| context.topology.resolves(service, broker.service, host));
    let mut meant: Vec<&Broker<'_>> = context.topology.brokers.iter().filter(|broker| is_named(broker)).collect();
    if meant.is_empty() && hosts.iter().all(|host| is_loopback(host)) {
        let waits = |broker: &&Broker<'_>| {
            service.depends_on.on(&broker.service.name).is_some() && !networks_of(broker).is_empty()
        };
        meant = context.topology.brokers.iter().filter(waits).collect();
    }
    let is_reached = |broker: &&Broker<'_>| context.topology.share_network(service, broker.service);
    // On the default bridge as well, old-fashioned links may lead there.
    meant.retain(|broker| !has_no_names || !networks_of(broker).is_empty());
    if meant.iter().any(is_reached) { Vec::new() } else { meant }
}

/// A client whose `network_mode` gives it none of the project's networks: the default bridge has no name resolution, and `none` has nothing.
fn without_names(context: &Context<'_>, service: &Service, broker: &Broker<'_>, mode: &str) -> Finding {
    let (name, of) = (&service.name, &broker.service.name);
    let place = service.definitions.iter().rev().find_map(|definition| {
        let document = context.project.document(definition.node);
        document.entry(definition.node, "network_mode").map(|entry| entry.key_node)
    });
    let has = if mode == "none" { "has no network at all" } else { "resolves no service names" };
    Finding {
        rule: "no-shared-network",
        severity: Severity::Error,
        service: name.clone(),
        message: format!("`{name}` has `network_mode: {mode}`, which {has}, so it cannot reach `{of}`"),
        primary: context.label(place.unwrap_or(service.key), "its network mode"),
        related: vec![context.label(broker.service.key, "the broker, on a network of the project")],
        help: Some(format!("remove `network_mode: {mode}` to put `{name}` on the network of the project")),
        fix: Err(format!("whether `{name}` needs its network mode for something else is not known")),
    }
}

fn networks_of<'p>(broker: &Broker<'p>) -> Vec<&'p str> {
    broker.service.attachment.memberships().iter().map(|member| member.network.as_str()).collect()
}

/// Puts the client on the one network on which all of the brokers are.
fn repair(context: &Context<'_>, service: &Service, brokers: &[&Broker<'_>]) -> Result<(Repair, String), String> {
    let mut common = brokers.first().map(|broker| networks_of(broker)).unwrap_or_default();
    common.retain(|network| brokers.iter().all(|broker| networks_of(broker).contains(network)));
    let network = match common.as_slice() {
        [network] => *network,
        [] => return Err("there is no network of the project on which its broker is".to_owned()),
        several => return Err(format!("its broker is on several networks: `{}`", several.join("`, `"))),
    };
    let is_out_of_reach_too = |other: &Service| {
        let client = context.users().find(|client| client.service.name == other.name);
        let theirs = client.map(|client| brokers_out_of_reach(context, client)).unwrap_or_default();
        !theirs.is_empty() && theirs.iter().all(|broker| networks_of(broker) == [network])
    };
    let repair = join_network(context.project, service, network, is_out_of_reach_too);
    repair.map(|repair| (repair, network.to_owned())).map_err(|refusal| refusal.to_string())
}
