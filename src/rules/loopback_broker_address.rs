//! `loopback-broker-address`

use crate::compose::{Service, Variable, Written};
use crate::finding::{Applicability, Finding, Fix, Severity};
use crate::kafka::address::{AddressList, HostPort};
use crate::kafka::catalog::VariableRole;
use crate::kafka::client::{AddressVariable, Client};
use crate::kafka::topology::is_own_loopback;
use crate::repair::{Repair, set_variable};
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
    let service = client.service;
    let name = variable.variable.name();
    let is_wrong = |host: &str| is_own_loopback(&context.topology, service, host);
    let host_alone = variable.role == VariableRole::BrokerHost;
    let instead = |port: Option<u16>| -> Vec<HostPort> {
        match port {
            // A host without its port: the port stands elsewhere.
            None if host_alone => addresses.iter().take(1).map(|address| HostPort::new(&address.host, None)).collect(),
            _ => addresses.to_vec(),
        }
    };
    let value = list.replace(|address| is_wrong(address.host).then(|| instead(address.port)));
    let written = written_value(variable.variable, &value).unwrap_or_else(|| crate::compose::escape(&value));
    let also_right_for = |sharer: &Service| {
        let ports: Vec<u16> = list.addresses().iter().filter_map(|address| address.port).collect();
        let target = context.topology.target(sharer, &ports);
        context.is_user(sharer)
            && !context.topology.shares_localhost(sharer)
            && target.is_ok_and(|target| target.addresses == addresses)
    };
    let set = |name: &str, value: &str| {
        set_variable(context.project, service, name, value, also_right_for).map_err(|refusal| refusal.to_string())
    };
    let mut repair = set(name, &written)?;
    if host_alone && list.addresses().iter().all(|address| address.port.is_none()) {
        repair = repair.and(port_repair(client, name, addresses, &set)?);
    }
    Ok(context.fix(format!("set {name} to {value}"), Applicability::Safe, repair))
}

/// The port beside a host alone, where it is another one now.
fn port_repair(
    client: &Client<'_>,
    host_variable: &str,
    addresses: &[HostPort],
    set: &dyn Fn(&str, &str) -> Result<Repair, String>,
) -> Result<Repair, String> {
    let port_variable = host_variable.replace("HOSTNAME", "PORT").replace("HOST", "PORT").replace("host", "port");
    let Some(port) = addresses.first().and_then(|address| address.port).filter(|_| port_variable != host_variable)
    else {
        return Ok(Repair::default());
    };
    match client.service.variable(&port_variable).and_then(|variable| variable.value()) {
        Some(current) if current.trim() != port.to_string() => set(&port_variable, &port.to_string()),
        _ => Ok(Repair::default()),
    }
}

/// The text to write so that the variable's value becomes `value`, keeping a reference whose default alone is wrong.
fn written_value(variable: Variable<'_>, value: &str) -> Option<String> {
    let Variable::Environment(Written { text: Some(text), value_start, name, .. }) = variable else { return None };
    let raw = text.with_part(*value_start..text.as_str().len(), value)?;
    if *value_start == 0 { Some(raw) } else { raw.strip_prefix(name.as_str())?.strip_prefix('=').map(str::to_owned) }
}
