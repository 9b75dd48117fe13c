//! `loopback-advertised-listener`

use crate::compose::Service;
use crate::finding::{Applicability, Finding, Fix, Severity};
use crate::kafka::address::{BrokerAddress, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::{AdvertisedListener, SettingSource};
use crate::kafka::client::Client;
use crate::kafka::container_listener::{ContainerListener, container_listener};
use crate::kafka::listener::ListenerHost;
use crate::kafka::topology::{has_port, is_own_loopback};
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
    let advertised = &broker.listeners.advertised;
    let first = advertised.first().filter(|_| advertised.iter().all(is_local) && !broker.is_configured_by_file())?;
    let clients = clients_of(context, broker);
    let client = clients.first()?;
    let name = &broker.service.name;
    let told = match &first.listener.host {
        ListenerHost::Named(host) => host.as_str(),
        ListenerHost::Unspecified | ListenerHost::Container => "localhost",
    };
    let fix = repair(context, broker, &clients);
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

fn is_local(told: &AdvertisedListener) -> bool {
    matches!(&told.listener.host, ListenerHost::Named(host) if is_loopback(host))
}

/// The services that connect to a broker from a container of their own.
fn clients_of<'c, 'p>(context: &'c Context<'p>, broker: &Broker<'_>) -> Vec<&'c Client<'p>> {
    let is_led_astray = |client: &&Client<'p>| {
        let service = client.service;
        let is_apart = !context.topology.shares_localhost(service);
        is_apart && context.topology.share_network(service, broker.service) && context.means(client, broker)
    };
    context.users().filter(is_led_astray).collect()
}

/// The broker's settings and the addresses of all its clients, in one repair; with it what it may cost.
fn repair(
    context: &Context<'_>,
    broker: &Broker<'_>,
    clients: &[&Client<'_>],
) -> Result<(Fix, Option<String>), String> {
    let name = &broker.service.name;
    let others = context.topology.brokers.iter().filter(|other| other.service.name != *name);
    if let Some(other) = others.into_iter().find(|other| other.is_in_cluster_with(broker)) {
        return Err(format!(
            "`{name}` and `{}` are one cluster, whose brokers and clients have to be moved together: give each a listener that \
             advertises its service's name, all under one listener name",
            other.service.name
        ));
    }
    let ContainerListener { address, settings, caveat } = container_listener(broker)?;
    let mut repair = change_settings(context, broker, &settings)?;
    let is_client = |service: &Service| clients.iter().any(|client| client.service.name == service.name);
    for client in clients {
        let instead = |own: &BrokerAddress<'_>| {
            let is_broker = context.topology.resolves(client.service, broker.service, own.host);
            let leads_astray = is_broker
                && own.port.is_some_and(|port| Some(port) != address.port && has_port(broker, port))
                || is_own_loopback(&context.topology, client.service, own.host);
            leads_astray.then(|| vec![address.clone()])
        };
        let readdress = Readdress { instead: &instead, also_right_for: &is_client };
        repair = repair.and(readdress.client(context, client)?);
    }
    if !repair.is_consistent() {
        return Err("services share what is written for them, so that one edit cannot change them all".to_owned());
    }
    let applicability = if caveat.is_none() { Applicability::Safe } else { Applicability::Unsafe };
    let title = format!("advertise `{address}` to containers, and let them use it");
    Ok((context.fix(title, applicability, repair), caveat))
}
