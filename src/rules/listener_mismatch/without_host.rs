//! Listeners for the host that advertise no name that the host resolves.

use crate::analysis::Analysis;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::address::BrokerAddress;
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::AdvertisedListener;
use crate::kafka::client::Client;
use crate::kafka::judgement::Judgement;
use crate::kafka::listener::{ListenerHost, is_called_for_host};
use crate::kafka::new_setting::NewSetting;
use crate::rules::support::fix;
use crate::rules::support::settings::change_settings;

use super::finds;

/// A listener for the host that advertises no host, so that Kafka uses the container's own name, or a name of the service. Containers need
/// another listener then, and they have one.
pub(super) fn without_host(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let (service, listeners) = (&broker.service, &broker.listeners);
    let setting = listeners.setting("advertised.listeners").filter(|_| !broker.is_configured_by_file())?;
    if analysis.judgement(service.id).is_some_and(Judgement::is_refused) {
        return None;
    }
    let resolves = |host: &str| service.is_known_as(host);
    let is_bound_by_clients = |port: u16| listeners.bound.iter().flatten().any(|bound| bound.port == port);
    let (told, entry) = listeners.advertised.iter().find_map(|told| {
        let bound = listeners.bound_as(&told.listener.name)?;
        let is_published = service.ports.iter().any(|ports| ports.target_of(told.listener.port) == Some(bound.port));
        let has_inner = listeners.advertised.iter().any(|inner| inner != told && leads_inside(broker, inner));
        let is_for_host = match &told.listener.host {
            ListenerHost::Container => !is_bound_by_clients(told.listener.port),
            ListenerHost::Named(host) => {
                let is_called_so = is_called_for_host(&told.listener.name);
                is_called_so && resolves(host) && !is_used_inside(analysis, broker, bound.port)
            }
            ListenerHost::Unspecified => false,
        };
        let is_inter_broker = told.listener.name.eq_ignore_ascii_case(listeners.inter_broker());
        (is_published && has_inner && is_for_host && !is_inter_broker)
            .then_some((&told.listener, setting.entry(&told.listener)?))
    })?;
    let new = NewSetting::edited(setting, vec![(entry.host, "localhost".to_owned())]);
    let title = format!("advertise localhost:{}", told.port);
    let fix =
        change_settings(analysis, broker, &[new], |_| false).map(|repair| fix(title, Applicability::Safe, repair));
    let name = &service.name;
    let message = match &told.host {
        ListenerHost::Named(host) => format!(
            "`{name}` advertises `{host}:{}` for its listener `{}`, but programs on the host cannot resolve that name",
            told.port, told.name
        ),
        _ => format!(
            "`{name}` advertises port {} for its listener `{}` without a host, so programs on the host are sent to its container ID, \
             which does not resolve there",
            told.port, told.name
        ),
    };
    Some(finds(analysis, broker, message).aspect("without-host").severity(Severity::Warning).remedy(fix))
}

/// Whether containers can use a listener.
fn leads_inside(broker: &Broker, told: &AdvertisedListener) -> bool {
    let bound = broker.listeners.bound_as(&told.listener.name);
    let is_own = match &told.listener.host {
        ListenerHost::Named(host) => broker.service.is_known_as(host),
        ListenerHost::Container => true,
        ListenerHost::Unspecified => false,
    };
    is_own && bound.is_some_and(|bound| bound.port == told.listener.port) && !is_called_for_host(&told.listener.name)
}

/// Whether a client of the project connects to a port of a broker.
fn is_used_inside(analysis: &Analysis, broker: &Broker, port: u16) -> bool {
    let is_there = |client: &&Client| {
        let is_it = |own: &BrokerAddress<'_>| {
            own.port == Some(port) && analysis.topology.resolves(&client.service, &broker.service, own.host)
        };
        client.address_lists().any(|list| list.addresses().iter().any(is_it))
    };
    analysis.users_of(&[broker]).iter().any(is_there)
}
