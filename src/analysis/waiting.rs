//! Which services wait for which, as far as brokers are concerned: a broker must not be made to wait for itself.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, OnceLock};

use crate::compose::{Condition, Dependency, Service, ServiceId};
use crate::kafka::broker::Broker;
use crate::kafka::topology::Topology;

/// How a service waits for a broker through another service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indirect {
    /// The service that it waits for itself.
    pub through: ServiceId,
    /// Whether the broker is healthy by then, and has not only started.
    pub is_healthy: bool,
}

/// What is known of each broker.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    brokers: HashMap<ServiceId, Arc<Around>>,
    /// The first service of the file that waits for a broker's health.
    for_health: HashMap<ServiceId, ServiceId>,
}

/// The services around one broker, once they were asked for.
#[derive(Debug, Default)]
struct Around {
    /// Those that it waits for, directly or not, each with the one that waits for it.
    reached: OnceLock<HashMap<ServiceId, ServiceId>>,
    /// Those that wait for it through others.
    indirect: OnceLock<HashMap<ServiceId, Indirect>>,
}

impl Waiting {
    pub(super) fn of(topology: &Topology) -> Self {
        let brokers = topology.brokers.iter().map(|broker| (broker.service.id, Arc::default())).collect();
        let mut for_health = HashMap::new();
        for service in &topology.project.services {
            let dependencies = service.depends_on.dependencies.iter();
            for on in dependencies.filter(|on| on.condition() == Condition::Healthy) {
                if let Some(id) = topology.project.service_id(&on.service) {
                    for_health.entry(id).or_insert(service.id);
                }
            }
        }
        Self { brokers, for_health }
    }

    pub(super) fn for_health(&self, broker: &Broker) -> Option<ServiceId> {
        self.for_health.get(&broker.service.id).copied()
    }

    /// How a service waits for a broker through another one. A job that `is_job_of` the broker has completed only if the broker has answered.
    pub(super) fn indirect(
        &self,
        topology: &Topology,
        (broker, service): (&Broker, ServiceId),
        is_job_of: impl Fn(ServiceId) -> bool,
    ) -> Option<Indirect> {
        let around = self.brokers.get(&broker.service.id)?;
        around.indirect.get_or_init(|| indirect(topology, broker, is_job_of)).get(&service).copied()
    }

    /// The services from a broker to one that it waits for.
    pub(super) fn way<'t>(&self, topology: &'t Topology, broker: &Broker, to: ServiceId) -> Option<Vec<&'t Service>> {
        let from = broker.service.id;
        let reached = self.brokers.get(&from)?.reached.get_or_init(|| reached_from(topology, from));
        let mut way = vec![to];
        while way[way.len() - 1] != from {
            way.push(*reached.get(&way[way.len() - 1])?);
        }
        Some(way.into_iter().rev().map(|id| &topology.project[id]).collect())
    }
}

/// Whether a service waits for another, directly or not.
pub(super) fn waits(topology: &Topology, from: ServiceId, to: ServiceId) -> bool {
    reached_from(topology, from).contains_key(&to)
}

fn indirect(
    topology: &Topology,
    broker: &Broker,
    is_job_of: impl Fn(ServiceId) -> bool,
) -> HashMap<ServiceId, Indirect> {
    let project = &topology.project;
    let mut dependents: HashMap<ServiceId, Vec<ServiceId>> = HashMap::new();
    let (mut healthy, mut started) = (VecDeque::new(), VecDeque::new());
    let mut found = HashMap::new();
    for service in &project.services {
        let explicit = service.depends_on.dependencies.iter().filter(|on| on.required());
        let explicit = explicit.filter_map(|on| Some((project.service_id(&on.service)?, Some(on))));
        let implied = service.implied_dependencies.iter();
        let implied = implied.filter_map(|on| Some((project.service_id(&on.service)?, None)));
        for (on, dependency) in explicit.chain(implied) {
            let condition = dependency.map_or(Condition::Started, Dependency::condition);
            match (on == broker.service.id, condition) {
                (true, Condition::Healthy) => healthy.push_back(service.id),
                (true, Condition::Started) => started.push_back(service.id),
                (true, Condition::Completed) => {}
                (false, Condition::Completed) if is_job_of(on) => {
                    found.insert(service.id, Indirect { through: on, is_healthy: true });
                    healthy.push_back(service.id);
                }
                (false, _) => dependents.entry(on).or_default().push(service.id),
            }
        }
    }
    for (mut open, is_healthy) in [(healthy, true), (started, false)] {
        while let Some(through) = open.pop_front() {
            for &service in dependents.get(&through).into_iter().flatten() {
                found.entry(service).or_insert_with(|| {
                    open.push_back(service);
                    Indirect { through, is_healthy }
                });
            }
        }
    }
    found
}

fn reached_from(topology: &Topology, from: ServiceId) -> HashMap<ServiceId, ServiceId> {
    let project = &topology.project;
    let mut reached = HashMap::from([(from, from)]);
    let mut open = VecDeque::from([from]);
    while let Some(waiting) = open.pop_front() {
        let service = &project[waiting];
        let explicit = service.depends_on.dependencies.iter().map(|dependency| &dependency.service);
        let implied = service.implied_dependencies.iter().map(|implied| &implied.service);
        for next in explicit.chain(implied).filter_map(|name| project.service_id(name)) {
            reached.entry(next).or_insert_with(|| {
                open.push_back(next);
                waiting
            });
        }
    }
    reached
}
