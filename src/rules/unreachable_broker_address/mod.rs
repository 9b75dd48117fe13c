//! `unreachable-broker-address`

mod beside;
mod checker;

use crate::analysis::Analysis;
use crate::compose::Attachment;
use crate::finding::{Finding, Severity};
use crate::kafka::address::AddressList;
use crate::kafka::catalog::VariableRole;
use crate::kafka::client::{Client, EvidencePlace};
use crate::kafka::listener::SecurityProtocol;
use crate::kafka::topology::has_credentials;
use crate::rules::Rule;
use crate::rules::support::shared::SharedFixes;
use checker::Checker;

pub(super) const RULE: Rule = Rule {
    name: "unreachable-broker-address",
    summary: "a client's address does not lead to a broker, or leads to a listener not meant for it",
    severity: Severity::Error,
    page: include_str!("page.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    // The user states the address.
    if analysis.topology.hints.address.is_some() || analysis.topology.brokers.is_empty() {
        return Vec::new();
    }
    let is_known = |client: &&Client| matches!(client.service.attachment, Attachment::Networks(_) | Attachment::Host);
    // A client with credentials uses a listener that the files do not show.
    let is_open = |client: &&Client| match client.protocol {
        Some(protocol) => is_spoken(analysis, protocol),
        None => !has_credentials(&client.service),
    };
    let clients = analysis.users().filter(is_known).filter(is_open);
    let fixes = SharedFixes::default();
    let of_clients = clients.flat_map(|client| check_client(analysis, client, &fixes));
    of_clients.chain(beside::check(analysis)).collect()
}

/// Whether a broker of the project has a listener for this security protocol.
fn is_spoken(analysis: &Analysis, protocol: SecurityProtocol) -> bool {
    let mut advertised = analysis.topology.brokers.iter().flat_map(|broker| &broker.listeners.advertised);
    advertised.any(|own| own.protocol == Some(protocol))
}

fn check_client(analysis: &Analysis, client: &Client, fixes: &SharedFixes) -> Vec<Finding> {
    let of_variables = client.addresses.iter().filter_map(|variable| {
        let is_kafka = variable.role != VariableRole::Unrelated;
        let checker = Checker { analysis, client, fixes, is_kafka, variable: Some(variable) };
        let list = variable.list()?;
        let origin = variable.origin(&analysis.project);
        checker.finding(&format!("`{}`", variable.name()), &origin, &list, |readdress| {
            readdress.variable(analysis, client, variable, &list).map(|(repair, _)| repair)
        })
    });
    let in_command = client.evidence.iter().filter(|evidence| evidence.kind.is_in_command());
    let of_command = in_command.filter_map(|evidence| {
        let list = AddressList::parse(&evidence.text)?;
        let EvidencePlace::Project(origin) = &evidence.place else { return None };
        let checker = Checker { analysis, client, fixes, is_kafka: false, variable: None };
        checker.finding("in its command", origin, &list, |readdress| readdress.command(analysis, &client.service))
    });
    of_variables.chain(of_command).collect()
}
