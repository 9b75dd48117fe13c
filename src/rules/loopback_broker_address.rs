//! `loopback-broker-address`

use crate::compose::Service;
use crate::finding::{Applicability, Finding, Fix, Severity};
use crate::kafka::address::{AddressList, HostPort};
use crate::kafka::client::{AddressVariable, Client};
use crate::kafka::topology::is_own_loopback;
use crate::rules::readdress::Readdress;
use crate::rules::{Context, advice};

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let variables = context.users().flat_map(|client| client.addresses.iter().map(move |variable| (client, variable)));
    variables.filter_map(|(client, variable)| check_variable(context, client, variable)).collect()
}

fn check_variable(context: &Context<'_>, client: &Client<'_>, variable: &AddressVariable<'_>) -> Option<Finding> {
    let service = client.service;
    let list = variable.list()?;
    let is_wrong = |host: &str| is_own_loopback(&context.topology, service, host);
    if context.topology.brokers.is_empty() || !list.addresses().iter().any(|address| is_wrong(address.host)) {
        return None;
    }
    let (name, value) = (variable.variable.name(), variable.value);
    let ports: Vec<u16> =
        list.addresses().iter().filter(|address| is_wrong(address.host)).filter_map(|a| a.port).collect();
    let target = context.topology.target(service, &ports);
    let (primary, mut related) = context.labels_of(&variable.origin(context.project), "this is the container itself");
    let fix = match &target {
        Ok(target) => {
            let shown = target.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            related.extend(target.brokers.first().map(|broker| {
                context.broker_label(
                    broker,
                    format!("`{}` is the broker: containers reach it at {shown}", broker.service.name),
                )
            }));
            repair(context, client, variable, &list, &target.addresses)
        }
        Err(reason) => {
            related.extend(context.topology.brokers.first().map(|broker| context.broker_label(broker, "the broker")));
            Err(reason.to_string())
        }
    };
    let help = target.as_ref().err().and_then(|reason| advice::way_out(context, service, reason));
    Some(Finding {
        rule: "loopback-broker-address",
        severity: Severity::Error,
        service: service.name.clone(),
        message: format!(
            "`{name}` of `{}` is `{value}`: inside its container that is the container itself, not the broker",
            service.name
        ),
        primary,
        related,
        help,
        fix,
    })
}

fn repair(
    context: &Context<'_>,
    client: &Client<'_>,
    variable: &AddressVariable<'_>,
    list: &AddressList<'_>,
    addresses: &[HostPort],
) -> Result<Fix, String> {
    let also_right_for = |sharer: &Service| {
        let ports: Vec<u16> = list.addresses().iter().filter_map(|address| address.port).collect();
        let target = context.topology.target(sharer, &ports);
        context.is_user(sharer)
            && !context.topology.shares_localhost(sharer)
            && target.is_ok_and(|target| target.addresses == addresses)
    };
    let readdress = Readdress {
        instead: &|address| {
            is_own_loopback(&context.topology, client.service, address.host).then(|| addresses.to_vec())
        },
        also_right_for: &also_right_for,
    };
    let (repair, value) = readdress.variable(context, client, variable, list)?;
    Ok(context.fix(format!("set {} to {value}", variable.variable.name()), Applicability::Safe, repair))
}
