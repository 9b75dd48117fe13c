//! `hard-coded-broker-address`

use crate::analysis::Analysis;
use crate::finding::{Finding, Reason, Remedy, Severity};
use crate::kafka::address::AddressList;
use crate::kafka::client::{Client, EvidenceKind};
use crate::kafka::topology::is_own_loopback;
use crate::rules::Rule;

pub(super) const RULE: Rule = Rule {
    name: "hard-coded-broker-address",
    summary: "the broker's address in the code is the container itself, and no variable changes it",
    severity: Severity::Error,
    page: include_str!("hard_coded_broker_address.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    if analysis.topology.brokers.is_empty() {
        return Vec::new();
    }
    analysis.users().filter_map(|client| check_client(analysis, client)).collect()
}

fn check_client(analysis: &Analysis, client: &Client) -> Option<Finding> {
    let service = &client.service;
    let by_flag = client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Command);
    let usage = &client.usage;
    if !client.addresses.is_empty() || by_flag || !usage.ways.is_empty() {
        return None;
    }
    let is_wrong = |text: &str| {
        AddressList::parse(text).is_some_and(|list| {
            list.addresses().iter().all(|address| is_own_loopback(&analysis.topology, service, address.host))
        })
    };
    let sign = usage.fixed.first().filter(|_| usage.fixed.iter().all(|sign| is_wrong(&sign.text)))?;
    let place = analysis.place(&sign.path, sign.line);
    let target = analysis.topology.target(service, &[]).ok();
    let address = target.map(|target| target.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    let message = format!(
        "`{}` has the broker's address `{}` in its code: inside its container that is the container itself, not the broker",
        service.name, sign.text
    );
    let help = match address {
        Some(address) => format!("in {place}, write `{address}`, or read the address from a variable"),
        None => format!("in {place}, read the address from a variable"),
    };
    let found = RULE.finds(analysis, service, &analysis.origin(service.key), message).label("this service");
    Some(found.help(Some(help)).remedy(Remedy::None(Reason::InCode(analysis.shown(&sign.path), sign.line))))
}
