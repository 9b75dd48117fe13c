//! Settings of a broker that its version of Kafka does not have, although another one does.

use crate::analysis::Analysis;
use crate::finding::{Finding, Reason, Remedy, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::obstacle::Obstacle;
use crate::kafka::property::{Given, ZOOKEEPER_CONNECT};
use crate::kafka::startup::objection::{Check, Objection};
use crate::rules::support::objection::shown;
use crate::rules::support::startup::place;

/// The settings of a node whose effect is lost: those that came later, and those that went and whose successor is not set.
pub(super) fn check(analysis: &Analysis, broker: &Broker) -> Vec<Finding> {
    let objections = analysis.judgement(broker.service.id).into_iter().flat_map(|judgement| &judgement.objections);
    objections.filter_map(|objection| check_property(analysis, broker, objection)).collect()
}

/// Whether a finding is of this kind: the entry itself is well-formed.
pub(in crate::rules) const fn is_of_version(finding: &Finding) -> bool {
    matches!(finding.remedy, Remedy::None(Reason::Broker(Obstacle::NotYet(_) | Obstacle::Gone(_))))
}

fn check_property(analysis: &Analysis, broker: &Broker, objection: &Objection) -> Option<Finding> {
    let property = objection.places.first()?.property.as_str();
    let name = shown(broker, property);
    broker.service.variable(&name)?;
    let service = &broker.service.name;
    let (message, obstacle) = match (objection.check, objection.subjects.as_slice()) {
        (Check::TooNew, [first]) => {
            let first = first.strip_suffix(".0").unwrap_or(first);
            (
                format!("`{service}` does not read `{name}`: only Kafka {first} and later have this setting"),
                Obstacle::NotYet(first.to_owned()),
            )
        }
        // What becomes of ZooKeeper is for the rules about the start of a broker.
        (Check::Removed, [last, successor])
            if property != ZOOKEEPER_CONNECT && broker.config.given(successor) == Given::Unset =>
        {
            let successor = shown(broker, successor);
            (
                format!("`{service}` does not read `{name}`: Kafka {last} was the last version with this setting"),
                Obstacle::Gone(successor),
            )
        }
        _ => return None,
    };
    let place = place(analysis, broker, [property].into_iter());
    let draft = super::RULE.finds(analysis, &broker.service, &place, message).aspect(property);
    Some(draft.severity(Severity::Warning).remedy(Remedy::None(obstacle.into())))
}
