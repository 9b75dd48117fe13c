//! When a dependency must not be added, though it is missing.

use crate::analysis::Analysis;
use crate::compose::Service;
use crate::finding::Reason;
use crate::kafka::broker::Broker;

/// Whether a service may be made to wait for a broker.
///
/// # Errors
/// [`Reason`] if it may not.
pub(in crate::rules) fn may_depend_on(analysis: &Analysis, service: &Service, broker: &Broker) -> Result<(), Reason> {
    if let Some(way) = analysis.waits_through(broker, service.id) {
        let circle = std::iter::once(service).chain(way);
        return Err(Reason::Cycle(circle.map(|service| service.name.clone()).collect()));
    }
    let broker = &broker.service;
    // Compose rejects a dependency on a service that no active profile enables (Docker Compose 2.40.3).
    let covers =
        service.profiles.iter().all(|profile| broker.profiles.contains(profile)) && !service.profiles.is_empty();
    if !broker.profiles.is_empty() && !covers {
        return Err(Reason::Profile { broker: broker.name.clone(), profiles: broker.profiles.clone() });
    }
    Ok(())
}
