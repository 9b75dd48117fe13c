//! `loopback-broker-address`

use crate::analysis::Analysis;
use crate::compose::{OriginStep, Service};
use crate::finding::{Applicability, Finding, Fix, Reason, Severity};
use crate::kafka::address::{AddressList, BrokerAddress, HostPort};
use crate::kafka::client::{AddressVariable, Client, Evidence, EvidencePlace};
use crate::kafka::route::Form;
use crate::kafka::topology::is_own_loopback;
use crate::repair::{Repair, replace_words};
use crate::rules::Rule;
use crate::rules::support::readdress::Readdress;
use crate::rules::support::shared::SharedFixes;
use crate::rules::support::{advice, fix};

pub(super) const RULE: Rule = Rule {
    name: "loopback-broker-address",
    summary: "a client connects to its own container",
    severity: Severity::Error,
    page: include_str!("loopback_broker_address.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    let fixes = SharedFixes::default();
    let variables = analysis.users().flat_map(|client| client.addresses.iter().map(move |variable| (client, variable)));
    let of_variables = variables.filter_map(|(client, variable)| check_variable(analysis, client, variable, &fixes));
    of_variables.chain(analysis.users().flat_map(|client| check_command(analysis, client))).collect()
}

/// The addresses in the command of a client.
fn check_command(analysis: &Analysis, client: &Client) -> Vec<Finding> {
    let in_command = client.evidence.iter().filter(|evidence| evidence.kind.is_in_command());
    let check = |evidence: &Evidence| {
        let (service, topology) = (&client.service, &analysis.topology);
        let EvidencePlace::Project(origin) = &evidence.place else { return None };
        let list = AddressList::parse(&evidence.text)?;
        let is_wrong = |address: &BrokerAddress<'_>| is_own_loopback(topology, service, address.host);
        let ports: Vec<u16> =
            list.addresses().iter().filter(|it| is_wrong(it)).map(|it| it.port).collect::<Option<_>>()?;
        let first = list.addresses().iter().find(|address| is_wrong(address))?;
        if topology.brokers.is_empty() {
            return None;
        }
        let target = topology.target_by(service, &ports, client.protocol);
        let fix = target.as_ref().map_err(|reason| Reason::from(reason.clone())).and_then(|target| {
            let instead = |address: &BrokerAddress<'_>| is_wrong(address).then(|| target.addresses.clone());
            let value = list.replace(instead);
            let word = |_: &str, word: &str| (word == evidence.text).then(|| value.clone());
            let repair =
                replace_words(&analysis.project, service, word).and_then(Repair::required).map_err(Reason::from)?;
            Ok(fix(format!("use {value}"), Applicability::Safe, repair))
        });
        let help = target.as_ref().err().and_then(|reason| advice::way_out(analysis, service, reason));
        let message = format!(
            "the command of `{}` sets `{}`, but inside the container {} is the container itself",
            service.name, evidence.text, first.host
        );
        let found = RULE.finds(analysis, service, origin, message).aspect(evidence.text.as_str());
        Some(found.label("this is the container itself").help(help).remedy(fix))
    };
    in_command.filter_map(check).collect()
}

fn check_variable(
    analysis: &Analysis,
    client: &Client,
    variable: &AddressVariable,
    fixes: &SharedFixes,
) -> Option<Finding> {
    let (service, topology) = (&client.service, &analysis.topology);
    let list = variable.list()?;
    let is_wrong = |host: &str| is_own_loopback(topology, service, host);
    if topology.brokers.is_empty() || !list.addresses().iter().any(|address| is_wrong(address.host)) {
        return None;
    }
    let wrong = || list.addresses().iter().filter(|address| is_wrong(address.host));
    let ports: Vec<u16> = wrong().filter_map(|address| address.port).collect();
    let target = topology.target_by(service, &ports, client.protocol);
    let (fix, other_end) = match &target {
        Ok(target) => {
            let shown = target.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
            let label = target.brokers.first().map(|broker| {
                let message = format!("containers reach `{}` at {shown}", broker.service.name);
                analysis.broker_label(broker, message)
            });
            let place = variable.origin(&analysis.project).node.unwrap_or(service.key);
            let make = || repair(analysis, client, variable, &list, &target.addresses);
            (fixes.fix((place, &shown), service, make), label)
        }
        Err(reason) => {
            let label = topology.brokers.first().map(|broker| analysis.broker_label(broker, "the broker"));
            (Err(reason.clone().into()), label)
        }
    };
    let help = target.as_ref().err().and_then(|reason| advice::way_out(analysis, service, reason));
    let first = wrong().next()?;
    let message = format!(
        "`{}` connects to `{}` (`{}`), but inside the container {} is the container itself",
        service.name,
        first.host_port(),
        variable.name(),
        first.host
    );
    let origin = variable.origin(&analysis.project);
    let is_from_dot_env = origin.steps.iter().any(|step| matches!(step, OriginStep::DotEnv(_)));
    let label = match is_from_dot_env {
        true => format!("with the project's env file, this is {}", first.host_port()),
        false => "this is the container itself".to_owned(),
    };
    let found = RULE.finds(analysis, service, &origin, message);
    Some(found.label(label).related(other_end).help(help).remedy(fix))
}

fn repair(
    analysis: &Analysis,
    client: &Client,
    variable: &AddressVariable,
    list: &AddressList<'_>,
    addresses: &[HostPort],
) -> Result<Fix, Reason> {
    let topology = &analysis.topology;
    let also_right_for = |sharer: &Service| {
        let ports: Vec<u16> = list.addresses().iter().filter_map(|address| address.port).collect();
        let target = topology.target(sharer, &ports);
        analysis.is_user(sharer)
            && !topology.shares_localhost(sharer)
            && target.is_ok_and(|target| target.addresses == addresses)
    };
    let has_surplus =
        |address: &BrokerAddress<'_>| Form::of(address, client.form).is_some_and(|form| form.is_surplus());
    let readdress = Readdress {
        instead: &|address| is_own_loopback(topology, &client.service, address.host).then(|| addresses.to_vec()),
        also_right_for: &also_right_for,
        is_plain: client.form.is_some() && list.addresses().iter().any(has_surplus),
    };
    let (repair, value) = readdress.variable(analysis, client, variable, list)?;
    // Of a document, only the address changes.
    let title = match variable.part() {
        Some(_) => format!("use {value} in {}", variable.name()),
        None => format!("set {} to {value}", variable.name()),
    };
    Ok(fix(title, Applicability::Safe, repair))
}
