//! `loopback-advertised-listener`

use std::collections::HashSet;

use crate::analysis::Analysis;
use crate::compose::{Origin, Service, ServiceId};
use crate::finding::{Applicability, Finding, Fix, Reason, Severity};
use crate::kafka::address::{AddressList, BrokerAddress, HostPort};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::{AdvertisedListener, SettingSource};
use crate::kafka::client::{Client, EvidencePlace};
use crate::kafka::listener::ListenerHost;
use crate::kafka::obstacle::Obstacle;
use crate::kafka::property::ADVERTISED_LISTENERS;
use crate::kafka::startup::objection::{Check, Objection};
use crate::kafka::topology::{has_port, is_own_loopback};
use crate::repair::Repair;
use crate::rules::Rule;
use crate::rules::support::fix;
use crate::rules::support::new_listener::container_listeners;
use crate::rules::support::readdress::Readdress;
use crate::rules::support::settings::{change_settings, label_of_file};

pub(super) const RULE: Rule = Rule {
    name: "loopback-advertised-listener",
    summary: "a broker advertises only localhost, so containers are redirected to themselves",
    severity: Severity::Error,
    page: include_str!("page.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    analysis.topology.brokers.iter().filter_map(|broker| check_broker(analysis, broker)).collect()
}

fn check_broker(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    // The user states that containers reach the broker at another name.
    let is_elsewhere = |address: &HostPort| !broker.service.is_known_as(&address.host);
    if analysis.topology.hints.address.as_ref().is_some_and(is_elsewhere) {
        return None;
    }
    let first = broker.listeners.advertised.first().filter(|_| sends_to_localhost(broker))?;
    // Kafka does not even start with 0.0.0.0, or with an entry that nobody can read: that is another rule's.
    let is_other =
        |objection: &Objection| matches!(objection.check, Check::AdvertisesAnyAddress | Check::ListenerMalformed);
    if analysis.judgement(broker.service.id).is_some_and(|judgement| judgement.objections.iter().any(is_other)) {
        return None;
    }
    let cluster = analysis.topology.cluster_of(broker);
    let clients = clients_of(analysis, &cluster);
    let (astray, who) = match clients.first() {
        Some(client) => (&client.service, "containers that connect"),
        None => (&peer_of(analysis, broker, &cluster)?.service, "the other brokers of its cluster"),
    };
    let name = &broker.service.name;
    let host = match &first.listener.host {
        ListenerHost::Named(host) => host.as_str(),
        ListenerHost::Unspecified | ListenerHost::Container => "localhost",
    };
    let fix = match &analysis.topology.hints.address {
        // To move the clients would contradict it.
        Some(address) => Err(Obstacle::AddressGiven(address.to_string()).into()),
        None => repair(analysis, &cluster, &clients),
    };
    let because = match first.source {
        SettingSource::ImageDefault => " (the default of its image)",
        SettingSource::Variable(_) | SettingSource::Flag(_) | SettingSource::File(..) => "",
    };
    let help = match &fix {
        Ok((_, Some(caveat))) => Some(caveat.clone()),
        _ => None,
    };
    let message =
        format!("`{name}` advertises `{host}:{}`{because}, so {who} are redirected to themselves", first.listener.port);
    let found = RULE.finds(analysis, &broker.service, &place(analysis, broker), message);
    let label = analysis.label(astray.key, format!("`{}` connects to `{name}`", astray.name));
    let found = found.label(label_of_file(analysis, broker, ADVERTISED_LISTENERS));
    Some(found.related([label]).help(help).remedy(fix.map(|(fix, _)| fix)))
}

/// Where the advertised listeners are set, without the steps to that place.
fn place(analysis: &Analysis, broker: &Broker) -> Origin {
    Origin { steps: Vec::new(), ..analysis.broker_origin(broker) }
}

/// Whether a broker advertises only localhost, and no file may override that.
fn sends_to_localhost(broker: &Broker) -> bool {
    let is_local = |advertised: &AdvertisedListener| advertised.listener.names_loopback();
    let listeners = &broker.listeners;
    listeners.advertised.iter().all(is_local) && listeners.unknown.is_empty() && !broker.is_configured_by_file()
}

/// The services that connect to a broker of a cluster from their own container.
fn clients_of<'a>(analysis: &'a Analysis, cluster: &[&Broker]) -> Vec<&'a Client> {
    let is_led_astray = |client: &&Client| {
        let service = &client.service;
        let is_apart = !analysis.topology.shares_localhost(service);
        let shares_network = |broker: &&Broker| analysis.topology.share_network(service, &broker.service);
        is_apart && cluster.iter().any(shares_network)
    };
    analysis.users_of(cluster).into_iter().filter(is_led_astray).collect()
}

/// Another broker of a cluster whose localhost is not that of this one, although they are on one network.
fn peer_of<'a>(analysis: &Analysis, broker: &Broker, cluster: &[&'a Broker]) -> Option<&'a Broker> {
    let topology = &analysis.topology;
    let is_alone = |broker: &Broker| {
        topology.broker_beside(&broker.service).is_some_and(|first| first.service.id == broker.service.id)
    };
    let is_led_astray = |other: &&Broker| {
        other.service.id != broker.service.id
            && is_alone(other)
            && topology.share_network(&broker.service, &other.service)
    };
    if is_alone(broker) { cluster.iter().copied().find(is_led_astray) } else { None }
}

/// One repair for the settings of the brokers and the addresses of all their clients, with its caveat.
fn repair(analysis: &Analysis, cluster: &[&Broker], clients: &[&Client]) -> Result<(Fix, Option<String>), Reason> {
    if let Some(other) = cluster.iter().find(|broker| !sends_to_localhost(broker)) {
        return Err(Obstacle::MixedCluster(other.service.name.clone()).into());
    }
    let listeners = container_listeners(cluster, &wanted_ports(analysis, cluster, clients))?;
    let mut repair = Repair::default();
    let is_broker = |service: &Service| cluster.iter().any(|broker| broker.service.id == service.id);
    for (broker, listener) in cluster.iter().zip(&listeners) {
        repair = repair.and(change_settings(analysis, broker, &listener.settings, &is_broker)?);
    }
    let clients_by_id: HashSet<ServiceId> = clients.iter().map(|client| client.service.id).collect();
    let is_client = |service: &Service| clients_by_id.contains(&service.id);
    let addresses: Vec<HostPort> = listeners.iter().map(|listener| listener.address.clone()).collect();
    for client in clients {
        let instead = |own: &BrokerAddress<'_>| {
            let named = cluster
                .iter()
                .zip(&addresses)
                .find(|(broker, _)| analysis.topology.resolves(&client.service, &broker.service, own.host));
            match named {
                Some((broker, address)) => {
                    let leads_astray =
                        own.port.is_some_and(|port| Some(port) != address.port && has_port(broker, port));
                    leads_astray.then(|| vec![address.clone()])
                }
                None => is_own_loopback(&analysis.topology, &client.service, own.host).then(|| addresses.clone()),
            }
        };
        let readdress = Readdress { instead: &instead, also_right_for: &is_client, is_plain: false };
        repair = repair.and(readdress.client(analysis, client)?);
    }
    if !repair.is_consistent() {
        return Err(Reason::Shared);
    }
    let caveat = listeners.into_iter().find_map(|listener| listener.caveat);
    let applicability = if caveat.is_none() { Applicability::Safe } else { Applicability::Unsafe };
    let title = match addresses.as_slice() {
        _ if clients.is_empty() => "make each broker advertise its service name to the others".to_owned(),
        [address] => format!("advertise `{address}` to containers and connect them to it"),
        several => {
            let shown = several.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            format!("make each broker advertise its service name to containers, and connect the clients to `{shown}`")
        }
    };
    Ok((fix(title, applicability, repair), caveat))
}

/// The ports at which clients look for a listener for containers in code and in files, where no fix changes them.
fn wanted_ports(analysis: &Analysis, cluster: &[&Broker], clients: &[&Client]) -> Vec<u16> {
    let mut wanted = Vec::new();
    for client in clients {
        let is_named = |host: &str| {
            cluster.iter().any(|broker| analysis.topology.resolves(&client.service, &broker.service, host))
        };
        let servers = analysis.bootstrap_servers(client).into_iter();
        for fixed in servers.filter(|servers| matches!(servers.place, EvidencePlace::Code { .. })) {
            let list = AddressList::parse(&fixed.text);
            let named = list.iter().flat_map(|list| list.addresses()).filter(|address| is_named(address.host));
            wanted.extend(named.filter_map(|address| address.port).filter(|port| !OTHER_PORTS.contains(port)));
        }
    }
    wanted
}

/// The ports of Redpanda's other servers (docs.redpanda.com, "Configure Listeners").
const OTHER_PORTS: [u16; 4] = [8081, 8082, 9644, 33145];
