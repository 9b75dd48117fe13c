//! `loopback-advertised-listener`

use crate::compose::Service;
use crate::finding::{Applicability, Finding, Fix, Severity};
use crate::kafka::address::{BrokerAddress, HostPort, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::{AdvertisedListener, SettingSource};
use crate::kafka::client::Client;
use crate::kafka::container_listener::container_listeners;
use crate::kafka::listener::ListenerHost;
use crate::kafka::topology::{has_port, is_own_loopback};
use crate::repair::Repair;
use crate::rules::Context;
use crate::rules::readdress::Readdress;
use crate::rules::settings::change_settings;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    // Who says at which address containers reach the broker knows what the file does not tell.
    if context.topology.hints.address.is_some() {
        return Vec::new();
    }
    context.topology.brokers.iter().filter_map(|broker| check_broker(context, broker)).collect()
}

fn check_broker(context: &Context<'_>, broker: &Broker<'_>) -> Option<Finding> {
    let first = broker.listeners.advertised.first().filter(|_| sends_to_localhost(broker))?;
    let cluster = context.topology.cluster_of(broker);
    let clients = clients_of(context, &cluster);
    let client = clients.first()?;
    let name = &broker.service.name;
    let told = match &first.listener.host {
        ListenerHost::Named(host) => host.as_str(),
        ListenerHost::Unspecified | ListenerHost::Container => "localhost",
    };
    let fix = repair(context, &cluster, &clients);
    let because = match first.source {
        SettingSource::ImageDefault => "the default of its image, ",
        SettingSource::Variable(_) | SettingSource::Flag(_) => "",
    };
    let help = match &fix {
        Ok((_, Some(caveat))) => Some(caveat.clone()),
        _ => None,
    };
    Some(Finding {
        rule: "loopback-advertised-listener",
        severity: Severity::Error,
        service: name.clone(),
        message: format!(
            "`{name}` sends the containers that connect to it to `{told}:{}`, {because}where each finds itself and no broker",
            first.listener.port
        ),
        primary: context.broker_label(broker, ""),
        related: vec![context.label(client.service.key, "it connects to the broker")],
        help,
        fix: fix.map(|(fix, _)| fix),
    })
}

/// Whether a broker advertises nothing but localhost, whatever a file may say.
fn sends_to_localhost(broker: &Broker<'_>) -> bool {
    let is_local =
        |told: &AdvertisedListener| matches!(&told.listener.host, ListenerHost::Named(host) if is_loopback(host));
    broker.listeners.advertised.iter().all(is_local) && !broker.is_configured_by_file()
}

/// The services that connect to a broker of a cluster from a container of their own.
fn clients_of<'c, 'p>(context: &'c Context<'p>, cluster: &[&Broker<'_>]) -> Vec<&'c Client<'p>> {
    let is_led_astray = |client: &&Client<'p>| {
        let service = client.service;
        let is_apart = !context.topology.shares_localhost(service);
        let is_of = |broker: &&Broker<'_>| {
            context.topology.share_network(service, broker.service) && context.means(client, broker)
        };
        is_apart && cluster.iter().any(is_of)
    };
    context.users().filter(is_led_astray).collect()
}

/// The settings of the brokers and the addresses of all their clients, in one repair; with it what it may cost.
fn repair(
    context: &Context<'_>,
    cluster: &[&Broker<'_>],
    clients: &[&Client<'_>],
) -> Result<(Fix, Option<String>), String> {
    if let Some(other) = cluster.iter().find(|broker| !sends_to_localhost(broker)) {
        return Err(format!(
            "`{}` is of the same cluster and advertises something else, and brokers reach each other at listeners of one name; give \
             each a listener that advertises its service's name, all under one listener name",
            other.service.name
        ));
    }
    let listeners = container_listeners(cluster)?;
    let mut repair = Repair::default();
    let is_broker = |service: &Service| cluster.iter().any(|broker| broker.service.name == service.name);
    for (broker, listener) in cluster.iter().zip(&listeners) {
        repair = repair.and(change_settings(context, broker, &listener.settings, is_broker)?);
    }
    let is_client = |service: &Service| clients.iter().any(|client| client.service.name == service.name);
    let addresses: Vec<HostPort> = listeners.iter().map(|listener| listener.address.clone()).collect();
    for client in clients {
        let instead = |own: &BrokerAddress<'_>| {
            let named = cluster
                .iter()
                .zip(&addresses)
                .find(|(broker, _)| context.topology.resolves(client.service, broker.service, own.host));
            match named {
                Some((broker, address)) => {
                    let leads_astray =
                        own.port.is_some_and(|port| Some(port) != address.port && has_port(broker, port));
                    leads_astray.then(|| vec![address.clone()])
                }
                None => is_own_loopback(&context.topology, client.service, own.host).then(|| addresses.clone()),
            }
        };
        let readdress = Readdress { instead: &instead, also_right_for: &is_client };
        repair = repair.and(readdress.client(context, client)?);
    }
    if !repair.is_consistent() {
        return Err("services share what is written for them, so that one edit cannot change them all".to_owned());
    }
    let caveat = listeners.into_iter().find_map(|listener| listener.caveat);
    let applicability = if caveat.is_none() { Applicability::Safe } else { Applicability::Unsafe };
    let shown = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let title = format!("advertise `{shown}` to containers, and let them use it");
    Ok((context.fix(title, applicability, repair), caveat))
}
