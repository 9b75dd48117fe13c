//! `listener-mismatch`

use crate::compose::Service;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::{Broker, cluster_host};
use crate::kafka::client::origin_of;
use crate::kafka::mismatch::{Mismatch, mismatches};
use crate::rules::Context;
use crate::rules::settings::change_settings;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let of_broker = |broker| {
        let of_listeners = mismatches(broker).into_iter().map(move |mismatch| finding(context, broker, mismatch));
        of_listeners.chain(unknown_voter(context, broker))
    };
    context.topology.brokers.iter().flat_map(of_broker).collect()
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
