//! `listener-mismatch`

mod contradiction;

use crate::analysis::Analysis;
use crate::compose::{Origin, Service};
use crate::finding::{Applicability, Finding, Reason, Remedy, Severity};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::{Broker, cluster_host};
use crate::kafka::client::origin_of;
use crate::kafka::listener::ListenerHost;
use crate::kafka::new_setting::NewSetting;
use crate::kafka::obstacle::Obstacle;
use crate::rules::Rule;
use crate::rules::draft::Draft;
use crate::rules::support::fix;
use crate::rules::support::settings::change_settings;
use contradiction::{Mismatch, mismatches};

pub(super) const RULE: Rule = Rule {
    name: "listener-mismatch",
    summary: "the listener settings of a broker contradict each other",
    severity: Severity::Error,
    page: include_str!("page.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    let of_broker = |broker| {
        let of_listeners = mismatches(broker).into_iter().map(move |mismatch| finding(analysis, broker, mismatch));
        of_listeners.chain(unknown_voter(analysis, broker)).chain(host_port(analysis, broker))
    };
    analysis.topology.brokers.iter().flat_map(of_broker).collect()
}

/// A listener for the host that is published at another port than it advertises. A test that comes in there, inside the container, would be
/// sent to the new port too, so it is a person's choice.
fn host_port(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let service = &broker.service;
    let setting = broker.listeners.setting("advertised.listeners").filter(|_| !broker.is_configured_by_file())?;
    let published_at = |target: u16| {
        let mut ports = service.ports.iter().filter(|ports| ports.target == (target..=target));
        match (ports.next()?.published.clone()?, ports.next()) {
            (range, None) if range.start() == range.end() => Some(*range.start()),
            _ => None,
        }
    };
    let is_open = |port: u16| analysis.topology.publishes(port);
    let (told, published) = broker.listeners.advertised.iter().find_map(|told| {
        let port = told.listener.port;
        let is_local = matches!(&told.listener.host, ListenerHost::Named(host) if is_loopback(host));
        let target = broker.listeners.bound_as(&told.listener.name).map_or(port, |bound| bound.port);
        let published = published_at(target).filter(|_| is_local && !is_open(port))?;
        Some((&told.listener, published))
    })?;
    let digits = setting.entry(told)?.port?;
    let new = NewSetting::edited(setting, vec![(digits, published.to_string())]);
    let title = format!("advertise localhost:{published}");
    let fix =
        change_settings(analysis, broker, &[new], |_| false).map(|repair| fix(title, Applicability::Unsafe, repair));
    let message = format!(
        "`{}` sends programs on the host to localhost:{}, and that port is published as {published}",
        service.name, told.port
    );
    Some(finds(analysis, broker, message).aspect("host-port").severity(Severity::Warning).remedy(fix))
}

/// What this rule finds in what a broker advertises; how that came there is of no use here.
fn finds(analysis: &Analysis, broker: &Broker, message: String) -> Draft {
    let origin = Origin { hops: Vec::new(), ..analysis.broker_origin(broker) };
    RULE.finds(analysis, &broker.service, &origin, message)
}

/// A voter of the quorum whose name nothing in the project has.
fn unknown_voter(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let service = &broker.service;
    let (name, variable) = broker.setting("controller.quorum.voters")?;
    let variable = variable?;
    let networks = service.attachment.memberships();
    let may_be_elsewhere = broker.is_configured_by_file()
        || networks.is_empty()
        || networks.iter().any(|own| analysis.project.external_networks.contains(&own.network))
        || !service.extra_hosts.is_empty();
    let is_unknown = |host: &&str| {
        let is_name = !host.is_empty() && !host.contains('.') && !is_loopback(host);
        is_name && analysis.topology.services_known_as(host).next().is_none()
    };
    let unknown = variable.value()?.split(',').map(|entry| cluster_host(entry.trim())).find(is_unknown)?;
    let message = format!(
        "`{}` looks for the voter `{unknown}`, and nothing in the project has that name: its cluster has no controller",
        service.name
    );
    let found = RULE.finds(analysis, service, &origin_of(&analysis.project, variable), message).aspect("voter");
    (!may_be_elsewhere).then(|| found.remedy(Remedy::None(Obstacle::Voters(name).into())))
}

fn finding(analysis: &Analysis, broker: &Broker, mismatch: Mismatch) -> Finding {
    let name = &broker.service.name;
    let fix = mismatch.completion.map_err(Reason::from).and_then(|setting| {
        let lacks_it_too = |other: &Service| {
            let other = analysis.topology.broker(other.id);
            other.is_some_and(|other| mismatches(other).iter().any(|theirs| theirs.completion.as_ref() == Ok(&setting)))
        };
        let repair = change_settings(analysis, broker, std::slice::from_ref(&setting), lacks_it_too)?;
        Ok(fix(format!("complete the setting: {}", setting.text()), Applicability::Safe, repair))
    });
    finds(analysis, broker, format!("`{name}` {}", mismatch.message)).aspect(mismatch.aspect).remedy(fix)
}
