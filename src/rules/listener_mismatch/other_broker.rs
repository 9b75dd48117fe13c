//! A broker that advertises the address of another broker of its cluster.

use crate::analysis::Analysis;
use crate::finding::{Applicability, Finding};
use crate::kafka::broker::Broker;
use crate::kafka::listener::ListenerHost;
use crate::kafka::new_setting::NewSetting;
use crate::kafka::property::ADVERTISED_LISTENERS;
use crate::rules::support::fix;
use crate::rules::support::settings::change_settings;

use super::finds;

/// A listener that sends clients to another broker, which advertises the same address.
pub(super) fn as_another_broker(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let service = &broker.service;
    let setting = broker.listeners.setting(ADVERTISED_LISTENERS).filter(|_| !broker.is_configured_by_file())?;
    let others = analysis.topology.cluster_of(broker).into_iter().filter(|other| other.service.id != service.id);
    let others: Vec<&Broker> = others.collect();
    let (advertised, host, other) = broker.listeners.advertised.iter().find_map(|advertised| {
        let ListenerHost::Named(host) = &advertised.listener.host else { return None };
        let advertises_it = |other: &&&Broker| {
            let mut theirs =
                other.listeners.advertised.iter().map(|theirs| (&theirs.listener.host, theirs.listener.port));
            other.service.is_known_as(host)
                && theirs.any(|own| own == (&advertised.listener.host, advertised.listener.port))
        };
        let other = others.iter().find(advertises_it).filter(|_| !service.is_known_as(host))?;
        Some((&advertised.listener, host, other))
    })?;
    let entry = setting.entry(advertised)?;
    let new = NewSetting::edited(setting, vec![(entry.host, service.name.clone())]);
    let title = format!("advertise `{}:{}`", service.name, advertised.port);
    let fix =
        change_settings(analysis, broker, &[new], &|_| false).map(|repair| fix(title, Applicability::Safe, repair));
    let message = format!(
        "`{}` advertises `{host}:{}`, which is the address of `{}`, so clients never reach it",
        service.name, advertised.port, other.service.name
    );
    Some(finds(analysis, broker, message).aspect("other-broker").remedy(fix))
}
