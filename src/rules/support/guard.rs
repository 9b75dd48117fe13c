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
    Ok(())
}
