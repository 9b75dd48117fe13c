//! `loopback-advertised-listener`

use crate::compose::{Service, Variable, Written, escape};
use crate::finding::{Applicability, Finding, Fix, Severity};
use crate::kafka::address::{BrokerAddress, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::{AdvertisedListener, SettingSource};
use crate::kafka::client::Client;
use crate::kafka::container_listener::{ContainerListener, NewSetting, container_listener};
use crate::kafka::listener::ListenerHost;
use crate::kafka::topology::{has_port, is_own_loopback};
use crate::repair::{Repair, replace_words, set_variables};
use crate::rules::Context;
use crate::rules::readdress::Readdress;

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

fn change_settings(context: &Context<'_>, broker: &Broker<'_>, settings: &[NewSetting]) -> Result<Repair, String> {
    let service = broker.service;
    let mut variables = Vec::new();
    let mut flags = Vec::new();
    for setting in settings {
        match &setting.source {
            SettingSource::Variable(name) => variables.push((name.clone(), written(service, name, setting))),
            SettingSource::Flag(flag) => flags.push((flag.as_str(), setting)),
            SettingSource::ImageDefault => {}
        }
    }
    // An override is written `--override property=value`.
    let is_behind = |flag: &str, before: &str| flag.split(' ').next_back() == Some(before);
    let instead = |before: &str, word: &str| {
        let of_word = |(flag, setting): &&(&str, &NewSetting)| {
            is_behind(flag, before) && setting.old.as_deref().map(str::trim) == Some(word)
        };
        flags.iter().find(of_word).map(|(_, setting)| setting.text())
    };
    let of_command = replace_words(context.project, service, instead).map_err(|refusal| refusal.to_string())?;
    let found = of_command.changes.len();
    if !flags.is_empty() && found == 0 {
        return Err(format!("the flags of `{}` are written in a form that this edit cannot change", service.name));
    }
    let of_environment =
        set_variables(context.project, service, &variables, |_| false).map_err(|refusal| refusal.to_string())?;
    Ok(of_environment.and(of_command))
}

/// What to write for a variable's new text: what is not edited stays as it is written, references included.
fn written(service: &Service, name: &str, setting: &NewSetting) -> String {
    let unresolved = || escape(&setting.text());
    let Some(Variable::Environment(Written { text: Some(text), value_start, .. })) = service.variable(name) else {
        return unresolved();
    };
    let mut raw = text.raw.clone();
    for (span, new) in setting.edits.iter().rev() {
        let is_end = span.is_empty() && span.start + value_start == text.as_str().trim_end().len();
        let place = match text.value.written_at(value_start + span.start..value_start + span.end) {
            Some(place) => place.range(),
            // Behind a reference.
            None if is_end => raw.trim_end().len()..raw.trim_end().len(),
            None => return unresolved(),
        };
        raw.replace_range(place, new);
    }
    if *value_start == 0 { raw } else { raw.split_once('=').map_or_else(unresolved, |(_, value)| value.to_owned()) }
}
