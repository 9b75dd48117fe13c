//! Which variables decide whether a broker starts.

use super::{known_names, meant};
use crate::analysis::Analysis;
use crate::compose::Written;
use crate::finding::Finding;
use crate::kafka::broker::Broker;
use crate::kafka::property::{
    ADVERTISED_HOST_NAME, ADVERTISED_LISTENERS, ADVERTISED_PORT, BROKER_ID, CONTROLLER_NAMES, INTER_BROKER_LISTENER,
    LISTENERS, NODE_ID, OFFSETS_REPLICATION, PROCESS_ROLES, PROTOCOL_MAP, QUORUM_VOTERS, ZOOKEEPER_CONNECT,
};
use crate::kafka::startup::objection::Objection;

/// The properties that decide who reaches a broker, and the ones that stand beside them most (Apache Kafka's documentation, "Broker
/// Configs").
pub(super) const BROKER_PROPERTIES: [&str; 13] = [
    LISTENERS,
    ADVERTISED_LISTENERS,
    ADVERTISED_HOST_NAME,
    ADVERTISED_PORT,
    PROTOCOL_MAP,
    INTER_BROKER_LISTENER,
    CONTROLLER_NAMES,
    QUORUM_VOTERS,
    PROCESS_ROLES,
    NODE_ID,
    BROKER_ID,
    ZOOKEEPER_CONNECT,
    OFFSETS_REPLICATION,
];

/// Whether Kafka does not start because of the property that a variable would set.
pub(super) fn is_objected_to(analysis: &Analysis, broker: &Broker, variable: &str) -> bool {
    let Some(property) = start_property(broker, variable) else { return false };
    let objections = analysis.judgement(broker.service.id).into_iter().flat_map(|judgement| &judgement.objections);
    // What is not advertised is taken from where it is bound.
    let is_taken = |objection: &Objection| property == ADVERTISED_LISTENERS && objection.is_about(LISTENERS);
    objections.into_iter().any(|objection| objection.is_about(property) || is_taken(objection))
}

/// The property of a broker's start that a variable sets; `None` for any other.
fn start_property(broker: &Broker, variable: &str) -> Option<&'static str> {
    let sets = |property: &&&str| broker.config.variables_for_any(&[**property]).iter().any(|own| own == variable);
    BROKER_PROPERTIES.iter().filter(|property| **property != OFFSETS_REPLICATION).find(sets).copied()
}

/// Whether a finding is about a variable of a broker that has nothing to do with its start.
pub(in crate::rules) fn is_aside(analysis: &Analysis, finding: &Finding) -> bool {
    meant_property(analysis, finding).is_some_and(|property| property.is_none())
}

/// Whether a finding is about a variable that decides whether a broker uses ZooKeeper; also if it is not known which one is meant.
pub(in crate::rules) fn is_of_role(analysis: &Analysis, finding: &Finding) -> bool {
    let property = meant_property(analysis, finding);
    property.is_none_or(|property| property.is_none_or(|own| [PROCESS_ROLES, ZOOKEEPER_CONNECT].contains(&own)))
}

/// The property of a broker's start that the variable of a finding is meant to set: none for any other variable, `None` if there is no such
/// variable.
fn meant_property(analysis: &Analysis, finding: &Finding) -> Option<Option<&'static str>> {
    let service = &analysis.project[finding.id.service];
    let broker = analysis.topology.node(service.id)?;
    let known = known_names(analysis, service);
    let is_there = |written: &&Written| analysis.site_of(&analysis.origin(written.node)) == finding.id.site;
    let written = service.environment.variables.iter().find(is_there)?;
    let (entry, _) = meant(analysis, service, written, &known)?;
    Some(start_property(broker, &entry.name))
}
