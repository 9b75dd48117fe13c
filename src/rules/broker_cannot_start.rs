//! `broker-cannot-start`

use std::sync::Arc;

use crate::analysis::Analysis;
use crate::compose::{Service, ServiceId};
use crate::finding::{Applicability, Finding, Fix, Reason, Remedy, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::catalog::{CATALOG, Image};
use crate::kafka::judgement::Judgement;
use crate::kafka::obstacle::Obstacle;
use crate::repair::set_image;
use crate::rules::Rule;
use crate::rules::support::fix;
use crate::rules::support::startup::{Fault, findings, nodes};

pub(super) const RULE: Rule = Rule {
    name: "broker-cannot-start",
    summary: "a broker does not start, or never becomes ready, with its settings",
    severity: Severity::Error,
    page: include_str!("broker_cannot_start.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    let is_own = |fault: &Fault<'_>| match fault {
        Fault::Kafka(objection, _) => !objection.check.is_about_listeners(),
        Fault::Script(_) => true,
    };
    let of_node = |broker| {
        let mut found = findings(analysis, &RULE, broker, is_own);
        if lacks_zookeeper(analysis, broker.service.id) && !found.is_empty() {
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

/// Whether a service is a broker that uses ZooKeeper although its version of Kafka no longer supports it.
pub(super) fn lacks_zookeeper(analysis: &Analysis, service: ServiceId) -> bool {
    analysis.judgement(service).is_some_and(Judgement::lacks_zookeeper)
}

/// Takes the last version with ZooKeeper.
fn with_zookeeper(analysis: &Analysis, broker: &Broker) -> Result<Fix, Reason> {
    let last = broker.config.family().last_with_zookeeper.as_ref();
    let own_image = broker.image.as_ref().filter(|_| broker.service.build.is_none());
    let (Some(image), Some(last)) = (own_image, last) else {
        return Err(Obstacle::KraftSettings("KAFKA_PROCESS_ROLES".to_owned()).into());
    };
    let repository = &image.repository;
    let from = match &image.tag {
        Some(tag) => format!("{repository}:{tag}"),
        None => repository.clone(),
    };
    let needs_it_too = |other: &Service| lacks_zookeeper(analysis, other.id);
    let wanted = Image { tag: Some(last.to_string()), ..image.clone() };
    let (to, shown) = match CATALOG.retired(&wanted) {
        Some(retired) => (format!("{}:{last}", retired.moved_to), format!("{}:{last}", retired.moved_to)),
        None => (format!("{repository}:{last}"), format!("version {last} of the image")),
    };
    let repair = set_image(&analysis.project, &broker.service, &from, &to, needs_it_too).map_err(Reason::from)?;
    Ok(fix(format!("use {shown}, the last that supports ZooKeeper"), Applicability::Unsafe, repair))
}
