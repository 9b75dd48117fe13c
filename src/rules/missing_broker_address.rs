//! `missing-broker-address`

use crate::analysis::Analysis;
use crate::compose::Service;
use crate::finding::{Applicability, Finding, Fix, Reason, Severity};
use crate::kafka::address::{AddressList, HostPort};
use crate::kafka::catalog::{Shape, VariableRole};
use crate::kafka::client::{AddressVariable, Client};
use crate::kafka::topology::{Target, is_own_loopback};
use crate::repair::set_variable;
use crate::rules::Rule;
use crate::rules::support::lacking::{Lacking, lacking};
use crate::rules::support::{advice, fix, listed};
use crate::text::excerpt;

pub(super) const RULE: Rule = Rule {
    name: "missing-broker-address",
    summary: "a client has no broker address",
    severity: Severity::Error,
    page: include_str!("missing_broker_address.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    let has_broker = !analysis.topology.brokers.is_empty();
    let is_known = |lacking: &Lacking<'_>| lacking.way.is_none() || has_broker;
    let of_client = |client| lacking(analysis, client).into_iter().filter(is_known).map(move |it| (client, it));
    analysis.users().flat_map(of_client).map(|(client, lacking)| finding(analysis, client, &lacking)).collect()
}

fn finding(analysis: &Analysis, client: &Client, lacking: &Lacking<'_>) -> Finding {
    let (service, topology) = (&client.service, &analysis.topology);
    let variable = &lacking.variable;
    let target = topology.target_by(service, &ports(analysis, client), client.protocol);
    let fix = match &target {
        Ok(target) => repair(analysis, client, lacking, target),
        Err(reason) => Err(reason.clone().into()),
    };
    let broker = target.as_ref().ok().and_then(|target| target.brokers.first());
    let way_out = target.as_ref().err().and_then(|reason| advice::way_out(analysis, service, reason));
    let message = match lacking.way.and_then(|way| way.default.as_ref()) {
        Some(default) => format!(
            "`{}` uses Kafka, but `{variable}` is not set, and its default `{}` {}",
            service.name,
            excerpt(default, 40),
            what_it_is(analysis, service, default)
        ),
        None => {
            format!("`{}` uses Kafka, but `{variable}` is not set, so it has no broker address", service.name)
        }
    };
    let read_in = || {
        let way = lacking.way?;
        let place = analysis.place(&way.path, way.line);
        Some(match way.is_spelled {
            true => format!("its code reads `{variable}` in {place}"),
            false => format!("`{variable}` overrides the setting in {place}"),
        })
    };
    let unread = || {
        let names = listed(client.unread.iter().map(AddressVariable::name));
        (!names.is_empty()).then(|| format!("`{names}` is set, but the program does not read it"))
    };
    let found = RULE.finds(analysis, service, &analysis.origin(service.key), message).label("this service");
    // A host and its port are missed one after the other.
    let found = found.aspect(variable.as_str());
    let found = found.related(broker.map(|broker| analysis.broker_label(broker, "the broker")));
    found.help(way_out.or_else(read_in).or_else(unread)).remedy(fix)
}

/// The ports that show which broker and which listener are meant: those of addresses that the program does not read, else those of the
/// project's other clients.
fn ports(analysis: &Analysis, client: &Client) -> Vec<u16> {
    let lists = client.unread.iter().filter_map(AddressVariable::list);
    let unread: Vec<u16> =
        lists.flat_map(|list| list.addresses().iter().filter_map(|it| it.port).collect::<Vec<_>>()).collect();
    if unread.is_empty() { analysis.usual_ports(client) } else { unread }
}

/// Why a default leads a container to no broker.
fn what_it_is(analysis: &Analysis, service: &Service, default: &str) -> &'static str {
    let hosts = AddressList::parse(default);
    let is_own = |list: AddressList<'_>| {
        list.addresses().iter().all(|address| is_own_loopback(&analysis.topology, service, address.host))
    };
    if hosts.is_none_or(is_own) { "is the container itself" } else { "does not lead to a listener for containers" }
}

fn repair(analysis: &Analysis, client: &Client, lacking: &Lacking<'_>, target: &Target<'_>) -> Result<Fix, Reason> {
    let value = value(lacking, &target.addresses);
    let variable = &lacking.variable;
    let repair = set_variable(&analysis.project, &client.service, variable, &value, |_| false).map_err(Reason::from)?;
    Ok(fix(format!("set {variable} to {value}"), Applicability::Safe, repair))
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
