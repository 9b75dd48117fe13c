//! `missing-broker-address`

use crate::compose::Service;
use crate::finding::{Applicability, Finding, Fix, Severity};
use crate::kafka::address::{AddressList, HostPort};
use crate::kafka::catalog::{Shape, VariableRole};
use crate::kafka::client::Client;
use crate::kafka::topology::{Target, is_own_loopback};
use crate::repair::set_variable;
use crate::rules::lacking::{Lacking, lacking};
use crate::rules::{Context, advice};

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.users().filter_map(|client| check_client(context, client)).collect()
}

fn check_client(context: &Context<'_>, client: &Client<'_>) -> Option<Finding> {
    let service = client.service;
    let lacking =
        lacking(context, client).filter(|lacking| lacking.way.is_none() || !context.topology.brokers.is_empty())?;
    let variable = &lacking.variable;
    let target = context.topology.target(service, &context.usual_ports(client));
    let mut related = Vec::new();
    let fix = match &target {
        Ok(target) => {
            related.extend(target.brokers.first().map(|broker| context.broker_label(broker, "the broker")));
            repair(context, client, &lacking, target)
        }
        Err(reason) => Err(reason.to_string()),
    };
    let way_out = target.as_ref().err().and_then(|reason| advice::way_out(context, service, reason));
    Some(Finding {
        rule: "missing-broker-address",
        severity: Severity::Error,
        service: service.name.clone(),
        message: match lacking.way.and_then(|way| way.default.as_ref()) {
            Some(default) => format!(
                "`{}` uses Kafka, but `{variable}` is not set: its default `{default}` {}",
                service.name,
                what_it_is(context, service, default)
            ),
            None => format!(
                "`{}` uses Kafka, but `{variable}` is not set: nothing tells it where the broker is",
                service.name
            ),
        },
        primary: context.label(service.key, "this service"),
        related,
        help: way_out.or_else(|| {
            let way = lacking.way?;
            Some(format!("its code reads it in {}", context.place(&way.path, way.line)))
        }),
        fix,
    })
}

/// Why a default leads a container to no broker.
fn what_it_is(context: &Context<'_>, service: &Service, default: &str) -> &'static str {
    let hosts = AddressList::parse(default);
    let is_own = |list: AddressList<'_>| {
        list.addresses().iter().all(|address| is_own_loopback(&context.topology, service, address.host))
    };
    if hosts.is_none_or(is_own) {
        "is the container itself, not the broker"
    } else {
        "is no address for containers: the broker does not serve them there"
    }
}

fn repair(
    context: &Context<'_>,
    client: &Client<'_>,
    lacking: &Lacking<'_>,
    target: &Target<'_, '_>,
) -> Result<Fix, String> {
    let value = value(lacking, &target.addresses);
    let variable = &lacking.variable;
    let repair = set_variable(context.project, client.service, variable, &value, |_| false)
        .map_err(|refusal| refusal.to_string())?;
    Ok(context.fix(format!("set {variable} to {value}"), Applicability::Safe, repair))
}

/// The addresses in the form that the client's code expects.
fn value(lacking: &Lacking<'_>, addresses: &[HostPort]) -> String {
    let list = || addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let Some(way) = lacking.way else { return list() };
    let first = addresses.first();
    match way.role {
        VariableRole::BrokerHost if way.default.as_deref().is_none_or(|default| !default.contains(':')) => {
            first.map(|address| address.host.clone()).unwrap_or_default()
        }
        VariableRole::BrokerPort => {
            first.and_then(|address| address.port).map(|port| port.to_string()).unwrap_or_default()
        }
        role => match way.default.as_deref().and_then(AddressList::parse) {
            // The default shows the form: a scheme, quotes.
            Some(shape) => shape.replace(|_| Some(addresses.to_vec())),
            None if role == VariableRole::BrokerAddress(Shape::Url) => format!("kafka://{}", list()),
            None => list(),
        },
    }
}
