//! Listeners for the host that advertise no host.

use crate::analysis::Analysis;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::internal_listener::{InternalListener, internal_listener};
use crate::kafka::listener::ListenerHost;
use crate::kafka::new_setting::NewSetting;
use crate::kafka::property::ADVERTISED_LISTENERS;
use crate::rules::support::fix;
use crate::rules::support::settings::change_settings;

use super::finds;

/// A listener that advertises the port of the host behind which it is, and no host: Kafka puts the container's own name there, and nobody
/// finds that port at it, neither on the host nor beside it. Containers need another listener then, and they have one.
pub(super) fn without_host(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let (service, listeners) = (&broker.service, &broker.listeners);
    let setting = listeners.setting(ADVERTISED_LISTENERS)?;
    let resolves = |host: &str| service.is_known_as(host);
    let InternalListener::Address(inner) = internal_listener(listeners, &resolves) else { return None };
    let (advertised, host) = listeners.advertised.iter().find_map(|advertised| {
        let bound = listeners.bound_as(&advertised.listener.name)?;
        let is_published =
            service.ports.iter().any(|ports| ports.target_of(advertised.listener.port) == Some(bound.port));
        let is_bound = listeners.bound.iter().flatten().any(|bound| bound.port == advertised.listener.port);
        let entry = setting.entry(&advertised.listener).filter(|entry| entry.host.is_empty())?;
        let is_own = advertised.listener.host == ListenerHost::Container;
        let is_for_host = is_own && is_published && !is_bound && advertised != inner;
        (is_for_host && !advertised.listener.name.eq_ignore_ascii_case(listeners.inter_broker()))
            .then_some((&advertised.listener, entry.host))
    })?;
    let new = NewSetting::edited(setting, vec![(host, "localhost".to_owned())]);
    let title = format!("advertise `localhost:{}`", advertised.port);
    let fix =
        change_settings(analysis, broker, &[new], &|_| false).map(|repair| fix(title, Applicability::Safe, repair));
    let message = format!(
        "`{}` advertises port {} for its listener `{}` without a host, so programs on the host are sent to its container ID, \
         which does not resolve there",
        service.name, advertised.port, advertised.name
    );
    Some(finds(analysis, broker, message).aspect("without-host").severity(Severity::Warning).remedy(fix))
}
