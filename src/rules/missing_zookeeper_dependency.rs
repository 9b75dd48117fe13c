//! `missing-zookeeper-dependency`

use crate::analysis::Analysis;
use crate::compose::{Condition, HealthcheckTest, Service, ServiceId};
use crate::finding::{Applicability, Finding, Reason, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::zookeeper::{Ensemble, ZooKeeperRoute, route};
use crate::repair::{first_base, require};
use crate::rules::Rule;
use crate::rules::support::shared::SharedFixes;
use crate::rules::support::{added, fix, listed};

pub(super) const RULE: Rule = Rule {
    name: "missing-zookeeper-dependency",
    summary: "a broker does not depend on its ZooKeeper",
    severity: Severity::Warning,
    page: include_str!("missing_zookeeper_dependency.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    // `docker stack` starts everything at once.
    if analysis.project.is_for_swarm() {
        return Vec::new();
    }
    let fixes = SharedFixes::default();
    analysis.topology.brokers.iter().filter_map(|broker| check_broker(analysis, broker, &fixes)).collect()
}

fn check_broker(analysis: &Analysis, broker: &Broker, fixes: &SharedFixes) -> Option<Finding> {
    let service = &broker.service;
    let missing = not_waited_for(analysis, broker);
    let first = missing.first().filter(|_| is_needed(analysis, broker))?;
    let names = listed(missing.iter().map(|other| other.name.as_str()));
    let wanted: Vec<(String, Condition)> = missing.iter().map(|other| (other.name.clone(), condition(other))).collect();
    let make = || {
        let lacks_them_too = |other: &Service| {
            let other = analysis.topology.broker(other.id).map(|other| not_waited_for(analysis, other));
            other.is_some_and(|theirs| theirs.iter().map(|own| own.id).eq(missing.iter().map(|own| own.id)))
        };
        let repair = require(&analysis.project, service, &wanted, lacks_them_too).map_err(Reason::from)?;
        Ok(fix(added(service, &wanted), Applicability::Safe, repair))
    };
    let fix = fixes.fix((first_base(&analysis.project, service).key, &names), service, make);
    let (zookeeper, ready) =
        if missing.len() == 1 { ("ZooKeeper", "it is ready") } else { ("ZooKeeper servers", "they are ready") };
    let message =
        format!("`{}` does not depend on its {zookeeper} `{names}` and may start before {ready}", service.name);
    let found = RULE.finds(analysis, service, &analysis.origin(service.key), message).label("this broker");
    Some(found.related([analysis.label(first.key, "ZooKeeper")]).remedy(fix))
}

/// Whether a service of the project fails if the broker does not start.
fn is_needed(analysis: &Analysis, broker: &Broker) -> bool {
    let depends = |service: &Service| service.depends_on.on(&broker.service.name).is_some();
    !analysis.users_of(&[broker]).is_empty() || analysis.project.services.iter().any(depends)
}

/// The ZooKeepers that a broker connects to and does not wait for, in the order of its list. None if it waits for one of them: that one
/// answers for the ensemble.
fn not_waited_for<'a>(analysis: &'a Analysis, broker: &Broker) -> Vec<&'a Service> {
    let topology = &analysis.topology;
    let servers = Ensemble::of(broker).map(|ensemble| ensemble.servers).unwrap_or_default();
    let mut reached: Vec<ServiceId> = Vec::new();
    for server in &servers {
        if let ZooKeeperRoute::Reaches(id) = route(topology, broker, server)
            && !reached.contains(&id)
        {
            reached.push(id);
        }
    }
    let waits = |id: &ServiceId| analysis.waits(broker.service.id, *id);
    let closes_circle = |id: &ServiceId| analysis.waits(*id, broker.service.id);
    if reached.iter().any(|id| waits(id) || closes_circle(id)) {
        return Vec::new();
    }
    reached.into_iter().map(|id| &analysis.project[id]).collect()
}

/// What can be waited for: its health, if the file has a check for it.
fn condition(zookeeper: &Service) -> Condition {
    match zookeeper.healthcheck.as_ref().map(|check| &check.test) {
        Some(HealthcheckTest::Shell(_) | HealthcheckTest::Command(_)) => Condition::Healthy,
        Some(HealthcheckTest::Disabled | HealthcheckTest::Inherited) | None => Condition::Started,
    }
}
