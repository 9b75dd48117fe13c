//! `listener-mismatch`

use crate::compose::Service;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::{Broker, cluster_host};
use crate::kafka::client::origin_of;
use crate::kafka::listener::ListenerHost;
use crate::kafka::mismatch::{Mismatch, mismatches};
use crate::kafka::new_setting::NewSetting;
use crate::rules::Context;
use crate::rules::settings::change_settings;
use crate::text::Span;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let of_broker = |broker| {
        let of_listeners = mismatches(broker).into_iter().map(move |mismatch| finding(context, broker, mismatch));
        of_listeners.chain(unknown_voter(context, broker)).chain(host_port(context, broker))
    };
    context.topology.brokers.iter().flat_map(of_broker).collect()
}

/// A listener for the host that is published at another port than it advertises. A test that comes in there, inside the container, would be
/// sent to the new port too, so it is a person's choice.
fn host_port(context: &Context<'_>, broker: &Broker<'_>) -> Option<Finding> {
    let service = broker.service;
    let setting = broker.listeners.setting("advertised.listeners").filter(|_| !broker.is_configured_by_file())?;
    let published_at = |target: u16| {
        let mut ports = service.ports.iter().filter(|ports| ports.target == (target..=target));
        match (ports.next()?.published.clone()?, ports.next()) {
            (range, None) if range.start() == range.end() => Some(*range.start()),
            _ => None,
        }
    };
    let is_open = |port: u16| context.project.services.iter().any(|other| opens(other, port));
    let (told, published) = broker.listeners.advertised.iter().find_map(|told| {
        let port = told.listener.port;
        let is_local = matches!(&told.listener.host, ListenerHost::Named(host) if is_loopback(host));
        let target = broker.listeners.bound_as(&told.listener.name).map_or(port, |bound| bound.port);
        let published = published_at(target).filter(|_| is_local && !is_open(port))?;
        Some((&told.listener, published))
    })?;
    let entry = &setting.text[told.span.range()];
    let digits = entry.rfind(':').map(|colon| Span::new(told.span.start + colon + 1, told.span.end))?;
    let new = NewSetting::edited(setting, vec![(digits, published.to_string())]);
    let title = format!("advertise localhost:{published}");
    let fix = change_settings(context, broker, &[new], |_| false)
        .map(|repair| context.fix(title, Applicability::Unsafe, repair));
    Some(Finding {
        rule: "listener-mismatch",
        severity: Severity::Warning,
        service: service.name.clone(),
        message: format!(
            "`{}` sends programs on the host to localhost:{}, and that port is published as {published}",
            service.name, told.port
        ),
        primary: context.broker_label(broker, ""),
        related: Vec::new(),
        help: None,
        fix,
    })
}

fn opens(service: &Service, port: u16) -> bool {
    service.ports.iter().any(|ports| ports.published.as_ref().is_some_and(|range| range.contains(&port)))
}

/// A voter of the quorum whose name nothing in the project has.
fn unknown_voter(context: &Context<'_>, broker: &Broker<'_>) -> Option<Finding> {
    let service = broker.service;
    let (name, variable) = broker.setting("controller.quorum.voters")?;
    let variable = variable?;
    let networks = service.attachment.memberships();
    let may_be_elsewhere = broker.is_configured_by_file()
        || networks.is_empty()
        || networks.iter().any(|own| context.project.external_networks.contains(&own.network))
        || !service.extra_hosts.is_empty();
    let is_unknown = |host: &&str| {
        let is_name = !host.is_empty() && !host.contains('.') && !is_loopback(host);
        is_name && !context.project.services.iter().any(|other| other.is_known_as(host))
    };
    let unknown = variable.value()?.split(',').map(|entry| cluster_host(entry.trim())).find(is_unknown)?;
    let (primary, related) = context.labels_of(&origin_of(context.project, variable), "");
    (!may_be_elsewhere).then(|| Finding {
        rule: "listener-mismatch",
        severity: Severity::Error,
        service: service.name.clone(),
        message: format!(
            "`{}` looks for the voter `{unknown}`, and nothing in the project has that name: its cluster has no controller",
            service.name
        ),
        primary,
        related,
        help: None,
        fix: Err(format!("write the service of each voter into `{name}`; who votes is not for a tool to say")),
    })
}

fn finding(context: &Context<'_>, broker: &Broker<'_>, mismatch: Mismatch) -> Finding {
    let name = &broker.service.name;
    let fix = mismatch.completion.and_then(|setting| {
        let lacks_it_too = |other: &Service| {
            let other = context.topology.broker(&other.name);
            other.is_some_and(|other| mismatches(other).iter().any(|theirs| theirs.completion.as_ref() == Ok(&setting)))
        };
        let repair = change_settings(context, broker, std::slice::from_ref(&setting), lacks_it_too)?;
        Ok(context.fix(format!("complete the setting: {}", setting.text()), Applicability::Safe, repair))
    });
    Finding {
        rule: "listener-mismatch",
        severity: Severity::Error,
        service: name.clone(),
        message: format!("`{name}` {}", mismatch.message),
        primary: context.broker_label(broker, ""),
        related: Vec::new(),
        help: None,
        fix,
    }
}
