//! `listener-mismatch`

mod bound_to_localhost;
mod host_access;
mod other_broker;
mod published_port;
mod without_host;

use crate::analysis::Analysis;
use crate::compose::{Origin, PublishedPorts, Service};
use crate::finding::{Applicability, Finding, Reason, Remedy, Severity};
use crate::kafka::address::{BrokerAddress, HostPort, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::judgement::Judgement;
use crate::kafka::listener::ListenerHost;
use crate::kafka::new_setting::NewSetting;
use crate::kafka::obstacle::Obstacle;
use crate::kafka::property::ADVERTISED_LISTENERS;
use crate::repair::Repair;
use crate::rules::Rule;
use crate::rules::draft::Draft;
use crate::rules::support::fix;
use crate::rules::support::readdress::Readdress;
use crate::rules::support::settings::{change_settings, label_of_file};
use crate::rules::support::startup::{Fault, findings, nodes};
use bound_to_localhost::{BoundToLocalhost, bound_to_localhost};
use host_access::no_host_access;
use other_broker::as_another_broker;
use published_port::leads_elsewhere;
use without_host::without_host;

pub(super) const RULE: Rule = Rule {
    name: "listener-mismatch",
    summary: "the listener settings of a broker contradict each other",
    severity: Severity::Error,
    page: include_str!("page.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    let is_own =
        |fault: &Fault<'_>| matches!(fault, Fault::Kafka(objection, _) if objection.check.is_about_listeners());
    let of_node = |broker| {
        let own = bound_to_localhost(broker).map(|fault| finding(analysis, broker, fault));
        let own = own.or_else(|| other_port(analysis, broker)).or_else(|| as_another_broker(analysis, broker));
        let of_kafka = findings(analysis, &RULE, broker, is_own);
        let of_host = host_port(analysis, broker).or_else(|| to_the_host(analysis, broker));
        of_kafka.into_iter().chain(own).chain(of_host).chain(scaled(analysis, broker))
    };
    nodes(analysis).flat_map(of_node).collect()
}

/// A listener that sends other containers to a port at which it is not bound: between containers no port is mapped.
fn other_port(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let service = &broker.service;
    let setting = broker.listeners.setting(ADVERTISED_LISTENERS).filter(|_| !broker.is_configured_by_file())?;
    let is_mapped = |inside: u16, outside: u16| {
        let published = |ports: &PublishedPorts| ports.published.as_ref().is_some_and(|range| range.contains(&outside));
        service.ports.iter().any(|ports| ports.may_open(inside) && published(ports))
    };
    // A broker that does not start has no ports at all; an image with ZooKeeper would show them.
    if analysis.judgement(service.id).is_some_and(|own| own.is_refused() && !own.lacks_zookeeper()) {
        return None;
    }
    let (advertised, bound) = broker.listeners.advertised.iter().find_map(|advertised| {
        let ListenerHost::Named(host) = &advertised.listener.host else { return None };
        let bound = broker.listeners.bound_as(&advertised.listener.name)?;
        let is_elsewhere = bound.port != advertised.listener.port && !is_mapped(bound.port, advertised.listener.port);
        (is_elsewhere && service.is_known_as(host) && !is_loopback(host)).then_some((&advertised.listener, bound))
    })?;
    let digits = setting.entry(advertised)?.port?;
    let new = NewSetting::edited(setting, vec![(digits, bound.port.to_string())]);
    let has_it_too = |other: &Service| analysis.topology.is_of_cluster(other.id, broker);
    let title = format!("advertise port {}", bound.port);
    let moved = change_settings(analysis, broker, &[new], &has_it_too)
        .and_then(|repair| move_clients(analysis, broker, (advertised.port, bound.port), repair));
    let fix = moved.map(|repair| fix(title, Applicability::Safe, repair));
    let message = format!(
        "`{}` advertises port {} for the listener `{}`, but listens on port {}, so containers cannot connect",
        service.name, advertised.port, advertised.name, bound.port
    );
    Some(finds(analysis, broker, message).aspect("other-port").remedy(fix))
}

/// The repair with the clients that come to one port of a broker, which go to another with it.
fn move_clients(
    analysis: &Analysis,
    broker: &Broker,
    (from, to): (u16, u16),
    repair: Repair,
) -> Result<Repair, Reason> {
    let users = analysis.users_of(&[broker]);
    let is_user = |service: &Service| users.iter().any(|user| user.service.id == service.id);
    let mut repair = repair;
    for client in &users {
        let instead = |own: &BrokerAddress<'_>| {
            let is_there =
                own.port == Some(from) && analysis.topology.resolves(&client.service, &broker.service, own.host);
            is_there.then(|| vec![HostPort::new(own.host, Some(to))])
        };
        let readdress = Readdress { instead: &instead, also_right_for: &is_user, is_plain: false };
        repair = repair.and(readdress.client(analysis, client)?);
    }
    if repair.is_consistent() { Ok(repair) } else { Err(Reason::Shared) }
}

/// Several containers of one broker, which would all have the same port of the host, or the same address for clients.
fn scaled(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let service = &broker.service;
    let count = analysis.project.replicas(service)?;
    let name = &service.name;
    let advertised = broker.listeners.advertised.iter().find_map(|own| match &own.listener.host {
        ListenerHost::Named(host) if service.is_known_as(host) => Some(HostPort::new(host, Some(own.listener.port))),
        _ => None,
    });
    let message = match (service.ports.iter().find_map(PublishedPorts::published_port), advertised) {
        (Some(port), _) => {
            format!("`{name}` has {count} replicas that publish port {port} of the host, so only one of them can start")
        }
        (None, Some(address)) => {
            format!(
                "`{name}` has {count} replicas that all advertise `{address}`, so each connection may reach a different broker"
            )
        }
        (None, None) => return None,
    };
    let found = RULE.finds(analysis, service, &analysis.origin(service.key), message).aspect("replicas");
    Some(found.remedy(Remedy::None(Obstacle::Scaled(service.name.clone()).into())))
}

/// A listener for the host that is published at another port than it advertises. A test inside the container that uses this listener would
/// be redirected to the new port too, so the fix is unsafe.
fn host_port(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let service = &broker.service;
    let setting = broker.listeners.setting(ADVERTISED_LISTENERS).filter(|_| !broker.is_configured_by_file())?;
    let published_at = |target: u16| {
        let mut ports = service.ports.iter().filter(|ports| ports.target == Some(target..=target));
        ports.next()?.published_port().filter(|_| ports.next().is_none())
    };
    // What another broker publishes is its own listener.
    let is_open = |port: u16| {
        let publishes = |other: &Broker| other.service.ports.iter().any(|ports| ports.opens(port));
        let others = analysis.topology.brokers.iter().filter(|other| other.service.id != service.id);
        publishes(broker) || analysis.topology.publishes(port) && !others.into_iter().any(publishes)
    };
    let (advertised, published) = broker.listeners.advertised.iter().find_map(|advertised| {
        let port = advertised.listener.port;
        let is_local = advertised.listener.names_loopback();
        let target = broker.listeners.bound_as(&advertised.listener.name).map_or(port, |bound| bound.port);
        let published = published_at(target).filter(|_| is_local && !is_open(port))?;
        Some((&advertised.listener, published))
    })?;
    let digits = setting.entry(advertised)?.port?;
    let new = NewSetting::edited(setting, vec![(digits, published.to_string())]);
    let title = format!("advertise `localhost:{published}`");
    let fix =
        change_settings(analysis, broker, &[new], &|_| false).map(|repair| fix(title, Applicability::Unsafe, repair));
    let message = format!(
        "`{}` advertises `localhost:{}` to programs on the host, but publishes that port as {published}",
        service.name, advertised.port
    );
    Some(finds(analysis, broker, message).aspect("host-port").severity(Severity::Warning).remedy(fix))
}

/// What is wrong with what a broker offers to the host, if it starts and its settings are all in sight.
fn to_the_host(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let is_refused = analysis.judgement(broker.service.id).is_some_and(Judgement::is_refused);
    if is_refused || broker.is_configured_by_file() {
        return None;
    }
    let found = without_host(analysis, broker).or_else(|| leads_elsewhere(analysis, broker));
    found.or_else(|| no_host_access(analysis, broker))
}

/// What this rule finds in what a broker advertises; how that came there is of no use here.
fn finds(analysis: &Analysis, broker: &Broker, message: String) -> Draft {
    let origin = Origin { steps: Vec::new(), ..analysis.broker_origin(broker) };
    let found = RULE.finds(analysis, &broker.service, &origin, message);
    found.label(label_of_file(analysis, broker, ADVERTISED_LISTENERS))
}

fn finding(analysis: &Analysis, broker: &Broker, fault: BoundToLocalhost) -> Finding {
    let fix = fault.completion.map_err(Reason::from).and_then(|setting| {
        let has_it_too = |other: &Service| {
            let theirs = analysis.topology.broker(other.id).and_then(bound_to_localhost);
            theirs.is_some_and(|theirs| theirs.completion.as_ref() == Ok(&setting))
        };
        let repair = change_settings(analysis, broker, std::slice::from_ref(&setting), &has_it_too)?;
        Ok(fix(format!("listen on every interface: {}", setting.text()), Applicability::Safe, repair))
    });
    let message = format!("`{}` {}", broker.service.name, fault.message);
    finds(analysis, broker, message).aspect("bound-to-localhost").severity(fault.severity).remedy(fix)
}
