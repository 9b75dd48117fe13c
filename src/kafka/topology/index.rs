//! What is asked of the brokers of a project again and again, found once: each question then costs no more than its answer.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::compose::{Attachment, Project, Service, ServiceId};
use crate::kafka::address::is_web_scheme;
use crate::kafka::broker::Broker;
use crate::kafka::topology::clusters::clusters;

/// Brokers by their index in the project, and services by their names on networks.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// The number of a service's broker.
    brokers: HashMap<ServiceId, usize>,
    /// The number of a service's controller.
    controllers: HashMap<ServiceId, usize>,
    /// The service whose network namespace each service is in, by service.
    namespaces: Vec<ServiceId>,
    /// The namespaces with a broker in them.
    with_broker: HashSet<ServiceId>,
    known_as: HashMap<String, Vec<ServiceId>>,
    /// The cluster of each broker, by broker.
    cluster_of: Vec<usize>,
    /// The nodes of each cluster: the brokers, then the controllers, whose numbers follow those of the brokers.
    clusters: Vec<Vec<usize>>,
    by_port: HashMap<u16, Choice>,
    by_network: HashMap<String, Choice>,
    all: Choice,
    /// The ports of the host that services open: ranges, both ends included, in order and apart.
    published: Vec<(u16, u16)>,
}

/// Brokers that something leads to.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    numbers: BTreeSet<usize>,
    /// The cluster of all of them; `None` for none, and for several.
    cluster: Option<usize>,
    is_several: bool,
}

impl Choice {
    fn add(&mut self, number: usize, cluster: usize) {
        self.is_several |= self.cluster.is_some_and(|own| own != cluster);
        self.cluster = Some(cluster);
        self.numbers.insert(number);
    }

    fn add_all(&mut self, other: &Self) {
        self.is_several |= other.is_several || self.cluster.zip(other.cluster).is_some_and(|(own, other)| own != other);
        self.cluster = self.cluster.or(other.cluster);
        // Of several clusters no broker is asked for.
        if !self.is_several {
            self.numbers.extend(&other.numbers);
        }
    }

    /// The brokers, if there are some and they are one cluster.
    pub(super) fn one_cluster(self) -> Option<BTreeSet<usize>> {
        (!self.is_several && !self.numbers.is_empty()).then_some(self.numbers)
    }
}

impl Index {
    pub(super) fn new(project: &Project, brokers: &[Broker], controllers: &[Broker]) -> Self {
        let mut index = Self { namespaces: namespaces(project), published: published(project), ..Self::default() };
        let numbered = controllers.iter().enumerate();
        index.controllers.extend(numbered.map(|(number, controller)| (controller.service.id, number)));
        for service in &project.services {
            let names = std::iter::once(service.name.as_str()).chain(service.other_names());
            for name in names.collect::<BTreeSet<_>>() {
                index.known_as.entry(name.to_owned()).or_default().push(service.id);
            }
        }
        let nodes: Vec<&Broker> = brokers.iter().chain(controllers).collect();
        index.clusters = clusters(&nodes, &index.known_as);
        let mut cluster_of = vec![0; nodes.len()];
        for (cluster, members) in index.clusters.iter().enumerate() {
            members.iter().for_each(|&member| cluster_of[member] = cluster);
        }
        for (number, broker) in brokers.iter().enumerate() {
            index.add_broker(project, broker, number, cluster_of[number]);
        }
        index
    }

    fn add_broker(&mut self, project: &Project, broker: &Broker, number: usize, cluster: usize) {
        let service = &broker.service;
        let namespace = self.namespace_of(service.id);
        self.brokers.insert(service.id, number);
        self.with_broker.insert(namespace);
        self.cluster_of.push(cluster);
        self.all.add(number, cluster);
        for port in broker.ports() {
            self.by_port.entry(port).or_default().add(number, cluster);
        }
        for member in project[namespace].attachment.memberships() {
            self.by_network.entry(member.network.clone()).or_default().add(number, cluster);
        }
    }

    pub(super) fn broker_of(&self, service: ServiceId) -> Option<usize> {
        self.brokers.get(&service).copied()
    }

    pub(super) fn controller_of(&self, service: ServiceId) -> Option<usize> {
        self.controllers.get(&service).copied()
    }

    pub(super) fn namespace_of(&self, service: ServiceId) -> ServiceId {
        self.namespaces.get(service.index()).copied().unwrap_or(service)
    }

    pub(super) fn has_broker(&self, namespace: ServiceId) -> bool {
        self.with_broker.contains(&namespace)
    }

    pub(super) fn known_as(&self, name: &str) -> &[ServiceId] {
        self.known_as.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn publishes(&self, port: u16) -> bool {
        let behind = self.published.partition_point(|&(start, _)| start <= port);
        behind > 0 && port <= self.published[behind - 1].1
    }

    /// The nodes of each cluster: see the field.
    pub(super) fn clusters(&self) -> &[Vec<usize>] {
        &self.clusters
    }

    /// The brokers of the cluster of a service's broker, itself included.
    pub(super) fn cluster_of(&self, service: ServiceId) -> impl Iterator<Item = usize> {
        let cluster = self.broker_of(service).map(|number| &self.clusters[self.cluster_of[number]]);
        cluster.into_iter().flatten().copied().filter(|number| *number < self.cluster_of.len())
    }

    /// Whether two services are brokers of one cluster.
    pub(super) fn are_one_cluster(&self, one: ServiceId, other: ServiceId) -> bool {
        let cluster = |service| self.broker_of(service).map(|number| self.cluster_of[number]);
        cluster(one).is_some() && cluster(one) == cluster(other)
    }

    /// The brokers that a service depends on.
    pub(super) fn depended_on(&self, project: &Project, client: &Service) -> Choice {
        let dependencies = client.depends_on.dependencies.iter();
        let numbers = dependencies.filter_map(|on| self.broker_of(project.service_id(&on.service)?));
        let mut choice = Choice::default();
        numbers.for_each(|number| choice.add(number, self.cluster_of[number]));
        choice
    }

    /// The brokers that serve a client over HTTP too, as Redpanda's do with their registry: the hosts of the URLs in its variables.
    pub(super) fn serving(&self, client: &Service) -> Choice {
        let mut choice = Choice::default();
        for url in client.variables().filter_map(|variable| variable.value()).flat_map(|value| value.split(',')) {
            let Some((_, address)) = url.trim().split_once("://").filter(|(scheme, _)| is_web_scheme(scheme)) else {
                continue;
            };
            let host = address.split([':', '/']).next().unwrap_or_default();
            let numbers = self.known_as(host).iter().filter_map(|&service| self.broker_of(service));
            numbers.for_each(|number| choice.add(number, self.cluster_of[number]));
        }
        choice
    }

    /// The brokers that advertise or bind one of `ports`.
    pub(super) fn at_ports(&self, ports: &[u16]) -> Choice {
        union(ports.iter().filter_map(|port| self.by_port.get(port)))
    }

    /// The brokers on one of `networks`.
    pub(super) fn on_networks<'n>(&self, networks: impl Iterator<Item = &'n str>) -> Choice {
        union(networks.filter_map(|network| self.by_network.get(network)))
    }

    pub(super) fn all(&self) -> Choice {
        union(std::iter::once(&self.all))
    }
}

fn union<'c>(choices: impl Iterator<Item = &'c Choice>) -> Choice {
    let mut all = Choice::default();
    choices.for_each(|choice| all.add_all(choice));
    all
}

fn published(project: &Project) -> Vec<(u16, u16)> {
    let ports = project.services.iter().flat_map(|service| &service.ports);
    let mut ranges: Vec<(u16, u16)> =
        ports.filter_map(|ports| ports.published.as_ref()).map(|range| (*range.start(), *range.end())).collect();
    ranges.sort_unstable();
    let mut merged: Vec<(u16, u16)> = Vec::new();
    for (start, end) in ranges {
        match merged.last_mut() {
            Some((_, last)) if start <= *last => *last = end.max(*last),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// The service whose network namespace each service is in: its own, or the final one of `network_mode: service:NAME`. Compose rejects a
/// cycle; here, each service in a cycle has its own.
fn namespaces(project: &Project) -> Vec<ServiceId> {
    let next = |id: ServiceId| match &project[id].attachment {
        Attachment::Service(other) => project.service_id(other),
        _ => None,
    };
    let mut known: Vec<Option<ServiceId>> = vec![None; project.services.len()];
    for service in &project.services {
        let mut way = vec![service.id];
        let mut seen = HashSet::from([service.id]);
        let end = loop {
            let last = way[way.len() - 1];
            match (known[last.index()], next(last)) {
                (Some(end), _) => break end,
                (None, Some(next)) if seen.insert(next) => way.push(next),
                _ => break last,
            }
        };
        way.into_iter().for_each(|id| known[id.index()] = Some(end));
    }
    project.services.iter().map(|service| known[service.id.index()].unwrap_or(service.id)).collect()
}
