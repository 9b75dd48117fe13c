//! Which services a run may fix, where the user names them: those, and the brokers that they use, without which they cannot be fixed.

use std::collections::HashSet;

use crate::analysis::Analysis;
use crate::compose::ServiceId;
use crate::finding::{Fix, Reason};
use crate::rules::Options;

/// The services that a run may fix.
pub struct Scope(Option<HashSet<ServiceId>>);

impl Scope {
    /// The scope of a run in a project.
    #[must_use]
    pub fn of(analysis: &Analysis, options: &Options) -> Self {
        if options.only.is_empty() {
            return Self(None);
        }
        let named = options.only.iter().filter_map(|name| analysis.project.service_id(name));
        let mut services: HashSet<ServiceId> = named.collect();
        let clients: Vec<_> = services.iter().filter_map(|&id| analysis.client(id)).collect();
        for broker in clients.into_iter().flat_map(|client| analysis.brokers_of(client)) {
            services.extend(analysis.topology.cluster_of(broker).iter().map(|member| member.service.id));
        }
        Self(Some(services))
    }

    /// Whether a service is in it.
    #[must_use]
    pub fn holds(&self, service: ServiceId) -> bool {
        self.0.as_ref().is_none_or(|services| services.contains(&service))
    }

    /// Why a fix must not be applied, if it changes a service outside.
    #[must_use]
    pub fn objection_to(&self, fix: &Fix, analysis: &Analysis) -> Option<Reason> {
        let changed = fix.changes.iter().filter_map(|(_, change)| change.service());
        let outside = |name: &&str| analysis.project.service_id(name).is_some_and(|id| !self.holds(id));
        changed.into_iter().find(outside).map(|name| Reason::OutOfScope(name.to_owned()))
    }
}
