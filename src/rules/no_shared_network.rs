//! `no-shared-network`

use crate::analysis::Analysis;
use crate::compose::{Attachment, Service};
use crate::finding::{Applicability, Finding, Fix, Reason, Severity};
use crate::kafka::address::{AddressList, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::client::Client;
use crate::repair::{Repair, join_network, leave_network_mode};
use crate::rules::Rule;
use crate::rules::draft::Draft;
use crate::rules::support::advice::put_on_network;
use crate::rules::support::{fix, network_name, only_network};
use crate::yaml::NodeId;

pub(super) const RULE: Rule = Rule {
    name: "no-shared-network",
    summary: "a client shares no network with its broker",
    severity: Severity::Error,
    page: include_str!("no_shared_network.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    analysis.users().filter_map(|client| check_client(analysis, client)).collect()
}

fn check_client(analysis: &Analysis, client: &Client) -> Option<Finding> {
    let service = &client.service;
    let brokers = brokers_out_of_reach(analysis, client);
    let first = brokers.first()?;
    let name = &first.service.name;
    let fix = repair(analysis, service, &brokers).map(|(repair, network)| {
        fix(format!("add `{}` to {}", service.name, network_name(&network)), Applicability::Safe, repair)
    });
    if let Attachment::Other(mode) = &service.attachment {
        return Some(without_names(analysis, client, &brokers, first, mode));
    }
    if let Some(mode) = first.service.attachment.mode() {
        return Some(broker_on_no_network(analysis, service, first, mode).remedy(fix));
    }
    let networks = service.definition_of_networks().networks.as_ref();
    let message = format!("`{}` shares no network with `{name}`, so the name `{name}` does not resolve", service.name);
    let (place, label) = match networks {
        Some(networks) => (networks.key, format!("the networks of `{}`", service.name)),
        None => (service.key, "without `networks`, it is on the default network".to_owned()),
    };
    let theirs = first.service.definition_of_networks().networks.as_ref();
    let theirs = theirs.map_or(first.service.key, |networks| networks.key);
    let found = RULE.finds(analysis, service, &analysis.origin(place), message).label(label);
    Some(found.related([analysis.label(theirs, format!("the networks of `{name}`"))]).remedy(fix))
}

/// The brokers that a client names, or waits for if its addresses lead nowhere else, if it is on networks and reaches none of them.
fn brokers_out_of_reach<'a>(analysis: &'a Analysis, client: &Client) -> Vec<&'a Broker> {
    let service = &client.service;
    // Host names in the file may lead anywhere.
    let has_own_names = service.definitions.iter().any(|definition| {
        let document = analysis.project.document(definition.node);
        ["extra_hosts", "external_links"].iter().any(|key| document.entry(definition.node, key).is_some())
    });
    let has_no_names =
        matches!(&service.attachment, Attachment::Other(mode) if ["bridge", "none"].contains(&mode.as_str()));
    if has_own_names || !has_no_names && !matches!(service.attachment, Attachment::Networks(_)) {
        return Vec::new();
    }
    let of_list = |list: AddressList<'_>| list.addresses().iter().map(|it| it.host.to_owned()).collect::<Vec<_>>();
    let hosts: Vec<String> = client.address_lists().flat_map(of_list).collect();
    let mut meant: Vec<&Broker> = Vec::new();
    for broker in hosts.iter().filter_map(|host| analysis.topology.broker_at(service, host)) {
        if !meant.iter().any(|other| other.service.id == broker.service.id) {
            meant.push(broker);
        }
    }
    if meant.is_empty() && hosts.iter().all(|host| is_loopback(host)) {
        let awaited = service.depends_on.dependencies.iter();
        let brokers = awaited.filter_map(|on| analysis.topology.broker_named(&on.service));
        meant = brokers.filter(|broker| !networks_of(broker).is_empty()).collect();
    }
    // On the default bridge as well, old-fashioned links may lead there.
    meant.retain(|broker| !has_no_names || !networks_of(broker).is_empty());
    let is_reached = |broker: &&Broker| analysis.topology.share_network(service, &broker.service);
    if meant.iter().any(is_reached) { Vec::new() } else { meant }
}

/// A client of a broker whose `network_mode` takes it off all networks of the project.
fn broker_on_no_network(analysis: &Analysis, service: &Service, broker: &Broker, mode: &str) -> Draft {
    let (name, of) = (&service.name, &broker.service.name);
    let message = format!("`{of}` uses `network_mode: {mode}`, so its name does not resolve in `{name}`");
    let place = place_of_mode(analysis, &broker.service);
    let found = RULE.finds(analysis, service, &analysis.origin(service.key), message).label("this service");
    found.related([analysis.label(place, "the network mode of the broker")]).help(Some(put_on_network(broker, mode)))
}

/// Where the `network_mode` of a service is written.
fn place_of_mode(analysis: &Analysis, service: &Service) -> NodeId {
    let place = service.definitions.iter().rev().find_map(|definition| {
        let document = analysis.project.document(definition.node);
        document.entry(definition.node, "network_mode").map(|entry| entry.key_node)
    });
    place.unwrap_or(service.key)
}

/// A client whose `network_mode` excludes it from the project's networks: the default bridge has no name resolution, and `none` has no
/// network.
fn without_names(analysis: &Analysis, client: &Client, brokers: &[&Broker], broker: &Broker, mode: &str) -> Finding {
    let service = &client.service;
    let (name, of) = (&service.name, &broker.service.name);
    let why = if mode == "none" { "which disables networking" } else { "where service names do not resolve" };
    let message = format!("`{name}` uses `network_mode: {mode}`, {why}, so it cannot reach `{of}`");
    let found = RULE.finds(analysis, service, &analysis.origin(place_of_mode(analysis, service)), message);
    let found = found.related([analysis.label(broker.service.key, "the broker is on a network of the project")]);
    let fix = leave_mode(analysis, client, brokers, mode);
    let by_hand = || format!("remove `network_mode: {mode}` to add `{name}` to the default network");
    found.help(matches!(fix, Err(Reason::NetworkMode { .. })).then(by_hand)).remedy(fix)
}

/// Removes the mode if the client names the broker, because that name is meant to resolve. The fix is unsafe for `none`, and if another
/// service on the default bridge may be the reason for the mode.
fn leave_mode(analysis: &Analysis, client: &Client, brokers: &[&Broker], mode: &str) -> Result<Fix, Reason> {
    let service = &client.service;
    let names_it = client
        .address_lists()
        .any(|list| list.addresses().iter().any(|it| analysis.topology.broker_at(service, it.host).is_some()));
    if !names_it {
        return Err(Reason::NetworkMode { service: service.name.clone(), mode: mode.to_owned() });
    }
    let network = common_network(brokers)?;
    let is_alone = |other: &Service| other.id == service.id || other.attachment != service.attachment;
    let is_safe = mode == "bridge" && analysis.project.services.iter().all(is_alone);
    let applicability = if is_safe { Applicability::Safe } else { Applicability::Unsafe };
    let repair = leave_network_mode(&analysis.project, service, network, |_| false)?;
    Ok(fix(
        format!("replace `network_mode: {mode}` of `{}` with {}", service.name, network_name(network)),
        applicability,
        repair,
    ))
}

fn networks_of(broker: &Broker) -> Vec<&str> {
    broker.service.attachment.memberships().iter().map(|member| member.network.as_str()).collect()
}

/// The one network on which all of the brokers are.
fn common_network<'a>(brokers: &[&'a Broker]) -> Result<&'a str, Reason> {
    let mut common = brokers.first().map(|broker| networks_of(broker)).unwrap_or_default();
    common.retain(|network| brokers.iter().all(|broker| networks_of(broker).contains(network)));
    let names: Vec<&str> = brokers.iter().map(|broker| broker.service.name.as_str()).collect();
    only_network(&names, &common)
}

/// Puts the client on the one network on which all of the brokers are.
fn repair(analysis: &Analysis, service: &Service, brokers: &[&Broker]) -> Result<(Repair, String), Reason> {
    let network = common_network(brokers)?;
    let is_out_of_reach_too = |other: &Service| {
        let client = analysis.client(other.id).filter(|_| analysis.is_user(other));
        let theirs = client.map(|client| brokers_out_of_reach(analysis, client)).unwrap_or_default();
        !theirs.is_empty() && theirs.iter().all(|broker| networks_of(broker) == [network])
    };
    let repair = join_network(&analysis.project, service, network, is_out_of_reach_too);
    repair.map(|repair| (repair, network.to_owned())).map_err(Reason::from)
}
