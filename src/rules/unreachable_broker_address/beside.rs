//! Programs that the image of a broker starts in the same container.

use crate::analysis::Analysis;
use crate::compose::Service;
use crate::finding::{Applicability, Finding, Reason};
use crate::kafka::address::{AddressList, HostPort};
use crate::kafka::broker::Broker;
use crate::kafka::client::origin_of;
use crate::kafka::effective::Origin;
use crate::repair::set_variables;
use crate::rules::support::fix;
use crate::rules::support::readiness::{is_refused, probed_address};

use super::RULE;

pub(super) fn check(analysis: &Analysis) -> Vec<Finding> {
    let brokers = analysis.topology.brokers.iter().filter(|broker| broker.config.is_started_by_script());
    let programs = brokers.flat_map(|broker| broker.config.family().beside.iter().map(move |own| (broker, own)));
    programs.filter_map(|(broker, (variable, program))| check_program(analysis, broker, variable, program)).collect()
}

/// A program that is sent to an address at which its own container does not listen.
fn check_program(analysis: &Analysis, broker: &Broker, variable: &str, program: &str) -> Option<Finding> {
    let service = &broker.service;
    let (value, origin) = broker.config.variable(variable)?;
    let list = AddressList::parse(value.text()?)?;
    let refused = list.addresses().iter().find(|own| {
        let port = own.port.filter(|port| is_refused(broker, own.host, *port));
        port.is_some()
    })?;
    let (host, port, is_secured) = probed_address(broker);
    // Credentials are its own affair.
    if is_secured {
        return None;
    }
    let address = HostPort::new(&host, Some(port)).to_string();
    let because = if *origin == Origin::Image { ", the default of its image" } else { "" };
    let message = format!(
        "{program} in `{}` connects to `{}` (`{variable}`{because}), but the broker does not listen there",
        service.name,
        refused.host_port()
    );
    let place = service.variable(variable).map(|own| origin_of(&analysis.project, own));
    let place = place.unwrap_or_else(|| analysis.broker_origin(broker));
    let shares_problem = |other: &Service| {
        let other = analysis.topology.broker(other.id);
        other.is_some_and(|other| check_is_same(broker, other))
    };
    let values = [(variable.to_owned(), address.clone())];
    let fix = set_variables(&analysis.project, service, &values, shares_problem)
        .map(|repair| fix(format!("set {variable} to {address}"), Applicability::Safe, repair))
        .map_err(Reason::from);
    Some(RULE.finds(analysis, service, &place, message).aspect(variable).remedy(fix))
}

/// Whether what is right for one broker is so for another.
fn check_is_same(broker: &Broker, other: &Broker) -> bool {
    broker.config.family().name == other.config.family().name && probed_address(broker) == probed_address(other)
}
