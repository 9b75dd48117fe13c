//! `hard-coded-broker-address`

use crate::finding::{Finding, Severity};
use crate::kafka::address::AddressList;
use crate::kafka::client::{Client, EvidenceKind};
use crate::kafka::topology::is_own_loopback;
use crate::rules::Context;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    if context.topology.brokers.is_empty() {
        return Vec::new();
    }
    context.users().filter_map(|client| check_client(context, client)).collect()
}

fn check_client(context: &Context<'_>, client: &Client<'_>) -> Option<Finding> {
    let service = client.service;
    let by_flag = client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Command);
    let usage = &client.usage;
    if !client.addresses.is_empty() || by_flag || !usage.ways.is_empty() {
        return None;
    }
    let is_wrong = |text: &str| {
        AddressList::parse(text).is_some_and(|list| {
            list.addresses().iter().all(|address| is_own_loopback(&context.topology, service, address.host))
        })
    };
    let sign = usage.fixed.first().filter(|_| usage.fixed.iter().all(|sign| is_wrong(&sign.text)))?;
    let place = context.place(&sign.path, sign.line);
    let target = context.topology.target(service, &[]).ok();
    let address = target.map(|target| target.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    Some(Finding {
        rule: "hard-coded-broker-address",
        severity: Severity::Error,
        service: service.name.clone(),
        message: format!(
            "`{}` has the broker's address `{}` in its code: inside its container that is the container itself, not the broker",
            service.name, sign.text
        ),
        primary: context.label(service.key, "this service"),
        related: Vec::new(),
        help: Some(match address {
            Some(address) => format!("in {place}, write `{address}`, or read the address from a variable"),
            None => format!("in {place}, read the address from a variable"),
        }),
        fix: Err(format!("no variable changes what is written in {place}")),
    })
}
