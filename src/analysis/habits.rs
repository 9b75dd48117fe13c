//! Statistics about how the clients of a project get their addresses, computed once.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::compose::{Service, ServiceId};
use crate::kafka::broker::Broker;
use crate::kafka::client::{AddressVariable, Client, Verdict};
use crate::kafka::topology::Topology;

/// What the clients of a project have in common. Clients are known by number: their place among those of the project.
#[derive(Clone, Debug, Default)]
pub(super) struct Habits {
    by_service: HashMap<ServiceId, usize>,
    /// How often clients use each port of each broker.
    ports: HashMap<ServiceId, BTreeMap<u16, usize>>,
    /// How many addresses of clients are in variables of a name.
    uses: HashMap<String, usize>,
    usual_variable: Option<String>,
    /// The clients with addresses by the folder and the Dockerfile that their image is built from, in the order of the file.
    by_image: HashMap<(String, Option<String>), Vec<usize>>,
}

impl Habits {
    pub(super) fn of(topology: &Topology, clients: &[Client]) -> Self {
        let mut habits = Self::default();
        let mut own_code: BTreeMap<&str, usize> = BTreeMap::new();
        for (number, client) in clients.iter().enumerate() {
            habits.by_service.insert(client.service.id, number);
            if client.verdict != Verdict::Yes {
                continue;
            }
            for (broker, port) in addressed(topology, client) {
                *habits.ports.entry(broker).or_default().entry(port).or_default() += 1;
            }
            for address in &client.addresses {
                *habits.uses.entry(address.name().to_owned()).or_default() += 1;
                if client.program.is_none() {
                    *own_code.entry(address.name()).or_default() += 1;
                }
            }
            if let Some(build) = client.service.build.as_ref().filter(|_| !client.addresses.is_empty()) {
                habits.by_image.entry((build.context.clone(), build.dockerfile.clone())).or_default().push(number);
            }
        }
        let most = own_code.into_iter().max_by_key(|&(name, count)| (count, Reverse(name)));
        habits.usual_variable = most.map(|(name, _)| name.to_owned());
        habits
    }

    pub(super) fn client_of(&self, service: ServiceId) -> Option<usize> {
        self.by_service.get(&service).copied()
    }

    pub(super) fn uses_of(&self, variable: &str) -> usize {
        self.uses.get(variable).copied().unwrap_or(0)
    }

    pub(super) fn usual_variable(&self) -> Option<&str> {
        self.usual_variable.as_deref()
    }

    pub(super) fn sibling(&self, service: &Service) -> Option<usize> {
        let build = service.build.as_ref()?;
        let same = self.by_image.get(&(build.context.clone(), build.dockerfile.clone()))?;
        let own = self.client_of(service.id);
        same.iter().copied().find(|&number| Some(number) != own)
    }

    /// The ports at which other clients address `brokers`, the commonest first.
    pub(super) fn usual_ports(&self, topology: &Topology, client: &Client, brokers: &[&Broker]) -> Vec<u16> {
        let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
        for (port, count) in brokers.iter().filter_map(|broker| self.ports.get(&broker.service.id)).flatten() {
            *counts.entry(*port).or_default() += count;
        }
        if client.verdict == Verdict::Yes {
            let meant = |service: ServiceId| brokers.iter().any(|broker| broker.service.id == service);
            for (_, port) in addressed(topology, client).into_iter().filter(|(broker, _)| meant(*broker)) {
                counts.entry(port).and_modify(|count| *count -= 1);
            }
        }
        let mut ports: Vec<u16> = counts.keys().copied().filter(|port| counts[port] > 0).collect();
        ports.sort_by_key(|port| Reverse(counts[port]));
        ports
    }
}

/// The brokers that the variables of a client lead to, each with the port.
fn addressed(topology: &Topology, client: &Client) -> Vec<(ServiceId, u16)> {
    let mut found = Vec::new();
    for list in client.addresses.iter().filter_map(AddressVariable::list) {
        for address in list.addresses() {
            let broker = topology.broker_at(&client.service, address.host);
            found.extend(broker.and_then(|broker| Some((broker.service.id, address.port?))));
        }
    }
    found
}
