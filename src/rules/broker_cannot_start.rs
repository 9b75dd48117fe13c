//! `broker-cannot-start`

use std::sync::Arc;

use crate::analysis::Analysis;
use crate::compose::Service;
use crate::finding::{Applicability, Finding, Fix, Reason, Remedy, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::obstacle::Obstacle;
use crate::kafka::startup::wanted;
use crate::repair::set_image;
use crate::rules::Rule;
use crate::rules::support::fix;
use crate::rules::support::startup::{Fault, findings, is_about_listeners, nodes};

pub(super) const RULE: Rule = Rule {
    name: "broker-cannot-start",
    summary: "a broker does not start, or never becomes ready, with its settings",
    severity: Severity::Error,
    page: include_str!("broker_cannot_start.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    let is_own = |fault: &Fault<'_>| match fault {
        Fault::Kafka(objection, _) => !is_about_listeners(objection.check),
        Fault::Script(_) => true,
    };
    let of_node = |broker| {
        let mut found = findings(analysis, &RULE, broker, is_own);
        if needs_zookeeper(analysis, broker) && !found.is_empty() {
            let fix = with_zookeeper(analysis, broker).map(Arc::new);
            for finding in &mut found {
                finding.remedy = match &fix {
                    Ok(fix) => Remedy::Fix(Arc::clone(fix)),
                    Err(reason) => Remedy::None(reason.clone()),
                };
            }
        }
        found
    };
    nodes(analysis).flat_map(of_node).collect()
}

/// Whether a broker uses ZooKeeper although its version of Kafka no longer supports it.
fn needs_zookeeper(analysis: &Analysis, broker: &Broker) -> bool {
    let judgement = analysis.judgement(broker.service.id);
    let mut left = judgement.into_iter().flat_map(|judgement| &judgement.wanted.left);
    left.any(|refusal| refusal.reason == wanted::Reason::NoZooKeeper)
}

/// Takes the last version with ZooKeeper.
fn with_zookeeper(analysis: &Analysis, broker: &Broker) -> Result<Fix, Reason> {
    let last = broker.config.family().last_with_zookeeper.as_deref();
    let own_image = broker.image.as_ref().filter(|_| broker.service.build.is_none());
    let (Some(image), Some(last)) = (own_image, last) else {
        return Err(Obstacle::KraftSettings("KAFKA_PROCESS_ROLES".to_owned()).into());
    };
    let repository = &image.repository;
    let from = match &image.tag {
        Some(tag) => format!("{repository}:{tag}"),
        None => repository.clone(),
    };
    let needs_it_too =
        |other: &Service| analysis.topology.broker(other.id).is_some_and(|other| needs_zookeeper(analysis, other));
    let repair = set_image(&analysis.project, &broker.service, &from, &format!("{repository}:{last}"), needs_it_too)
        .map_err(Reason::from)?;
    Ok(fix(format!("use {last}, the last version with ZooKeeper"), Applicability::Unsafe, repair))
}
