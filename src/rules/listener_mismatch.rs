//! `listener-mismatch`

use crate::compose::Service;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::mismatch::{Mismatch, mismatches};
use crate::rules::Context;
use crate::rules::settings::change_settings;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let of_broker = |broker| mismatches(broker).into_iter().map(move |mismatch| finding(context, broker, mismatch));
    context.topology.brokers.iter().flat_map(of_broker).collect()
}

fn finding(context: &Context<'_>, broker: &Broker<'_>, mismatch: Mismatch) -> Finding {
    let name = &broker.service.name;
    let fix = mismatch.completion.and_then(|setting| {
        let lacks_it_too = |other: &Service| {
            let other = context.topology.broker(&other.name);
            other.is_some_and(|other| mismatches(other).iter().any(|theirs| theirs.completion.as_ref() == Ok(&setting)))
        };
        let repair = change_settings(context, broker, std::slice::from_ref(&setting), lacks_it_too)?;
        Ok(context.fix(format!("complete the setting: {}", setting.text()), Applicability::Safe, repair))
    });
    Finding {
        rule: "listener-mismatch",
        severity: Severity::Error,
        service: name.clone(),
        message: format!("`{name}` {}", mismatch.message),
        primary: context.broker_label(broker, ""),
        related: Vec::new(),
        help: None,
        fix,
    }
}
