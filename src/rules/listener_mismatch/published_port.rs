//! A port of the host that does not lead to the listener that advertises it.

use crate::analysis::Analysis;
use crate::compose::Service;
use crate::finding::{Applicability, Finding, Reason, Severity};
use crate::kafka::broker::Broker;
use crate::repair::set_target;
use crate::rules::support::fix;

use super::finds;

/// A listener that advertises a published port of localhost to the host, where that port leads to another port of the container.
pub(super) fn leads_elsewhere(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let (service, listeners) = (&broker.service, &broker.listeners);
    if analysis.project.is_scaled(service) {
        return None;
    }
    let (advertised, bound, ports) = listeners.advertised.iter().find_map(|advertised| {
        let port = advertised.listener.port;
        let bound = listeners.bound_as(&advertised.listener.name).filter(|_| advertised.listener.names_loopback())?;
        let leads_there = service.ports.iter().any(|ports| ports.may_lead(port, bound.port));
        let ports = service.ports.iter().find(|ports| ports.published_port() == Some(port))?;
        (!leads_there).then_some((&advertised.listener, bound, ports))
    })?;
    let target = *ports.target.as_ref()?.start();
    let has_it_too = |other: &Service| {
        let theirs = analysis.topology.broker(other.id).and_then(|other| other.listeners.bound_as(&advertised.name));
        theirs.is_some_and(|theirs| theirs.port == bound.port)
    };
    let repair = set_target(&analysis.project, service, ports, bound.port, has_it_too).map_err(Reason::from);
    let title = format!("publish port {} of the container as {}", bound.port, advertised.port);
    let message = format!(
        "`{}` advertises `localhost:{}` to the host, but that port leads to {target} in the container, and `{}` listens on {}",
        service.name, advertised.port, advertised.name, bound.port
    );
    let fix = repair.map(|repair| fix(title, Applicability::Safe, repair));
    Some(finds(analysis, broker, message).aspect("published-port").severity(Severity::Warning).remedy(fix))
}
