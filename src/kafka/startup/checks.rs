//! Kafka's checks of one node's configuration. Each function names the class and method of apache/kafka that it follows, and returns `None`
//! if a value that it needs is unknown.

mod controllers;
mod identity;
mod limits;
mod listeners;
mod quorum;
mod values;

pub(super) use identity::node_id;

use crate::kafka::property::{Given, KafkaVersion};
use crate::kafka::startup::configuration::Configuration;
use crate::kafka::startup::objection::Objection;
use crate::kafka::startup::reading::Reading;

/// A check: it adds what it finds.
type Run = fn(&Reading<'_>, &mut Vec<Objection>) -> Option<()>;

/// All checks, in the best order for fixes: the identity of a node before its listeners, and these before settings that refer to them.
const CHECKS: [&[Run]; 6] =
    [values::CHECKS, identity::CHECKS, listeners::CHECKS, controllers::CHECKS, quorum::CHECKS, limits::CHECKS];

/// Kafka's objections to the configuration of a node, except those that depend on an unknown value.
#[must_use]
pub fn objections(config: &dyn Configuration, version: KafkaVersion) -> Vec<Objection> {
    objections_to(&Reading::new(config, version))
}

/// The same for a configuration that was read.
pub(super) fn objections_to(reading: &Reading<'_>) -> Vec<Objection> {
    let mut found = Vec::new();
    for check in CHECKS.into_iter().flatten() {
        check(reading, &mut found);
    }
    // A default is in no file.
    for place in found.iter_mut().flat_map(|objection| &mut objection.places) {
        if !matches!(reading.given_itself(&place.property), Given::Set(_)) {
            place.entry = None;
        }
    }
    found
}
