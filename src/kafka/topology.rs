//! Who can reach whom: the brokers of a project, and the address at which each service reaches them.

mod clusters;
mod index;

use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

use crate::code::Containers;
use crate::compose::{Attachment, Project, Service, ServiceId, Variable};
use crate::kafka::address::{AddressList, HostPort, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::AdvertisedListener;
use crate::kafka::catalog::{CATALOG, Image, VariableRole};
use crate::kafka::effective::{EffectiveConfig, UnknownReason};
use crate::kafka::internal_listener::{InternalListener, is_for_brokers, outcome};
use crate::kafka::listener::{DEFAULT_PORT, ListenerHost, SecurityProtocol};
use crate::kafka::protocols::protocol_of;
use index::Index;

/// Facts that the user states about a project, which override its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// The service that is the broker.
    pub broker: Option<String>,
    /// The address containers use, as `host:port`.
    pub address: Option<HostPort>,
    /// The variable to write.
    pub variable: Option<String>,
    /// Services that use Kafka.
    pub services: Vec<String>,
    /// Services to leave alone.
    pub excluded: Vec<String>,
    /// Whether every service that may use Kafka does.
    pub all_services: bool,
    /// Whether programs on the host are to reach the brokers whose ports are published.
    pub host_access: bool,
}

/// The brokers of a project.
#[derive(Clone, Debug)]
pub struct Topology {
    /// The project.
    pub project: Arc<Project>,
    /// The user's facts.
    pub hints: Arc<Hints>,
    /// The brokers that clients connect to, in the order of the file.
    pub brokers: Vec<Broker>,
    /// Nodes of the clusters that clients do not connect to.
    pub controllers: Vec<Broker>,
    /// What would take long to find again and again.
    index: Index,
}

/// The brokers that a client should use, and how.
#[derive(Clone, Debug)]
pub struct Target<'t> {
    /// The brokers, one or more of one cluster.
    pub brokers: Vec<&'t Broker>,
    /// Their addresses, as this client reaches them.
    pub addresses: Vec<HostPort>,
}

/// Why no address can be given to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTarget {
    /// The project has no broker.
    NoBroker,
    /// The brokers are not one cluster, and it is not clear which one the client uses.
    Ambiguous(Vec<String>),
    /// The broker sends every client to localhost: another address in the client would only move the error.
    OnlyLoopback(String),
    /// The broker advertises a host that is not one of its names in the project.
    Elsewhere(String, String),
    /// The broker advertises its own address, but does not listen there.
    NotBound(String, HostPort),
    /// The broker's listener for containers requires credentials.
    Secured(String),
    /// An env file of the broker is missing and may set the advertised listeners.
    Unknown(String),
    /// The address of the only listener of the broker that may be for containers is not known: it refers to this variable, which is not set.
    UnknownAddress(String, Option<String>),
    /// The client shares no network with the broker.
    NoSharedNetwork {
        /// The client.
        client: String,
        /// The broker.
        broker: String,
    },
    /// The client is on the host's network, and the broker has no listener that advertises localhost.
    OnHost {
        /// The client.
        client: String,
        /// The broker.
        broker: String,
    },
}

impl Topology {
    /// Finds the brokers of a project, with what is known of its containers.
    #[must_use]
    pub fn new(project: Arc<Project>, hints: Arc<Hints>, containers: &Containers) -> Self {
        let is_declared = |service: &Service| hints.broker.as_ref() == Some(&service.name);
        let addressed = AddressedHosts::default();
        let found = project.services.iter().filter_map(|service| {
            let declared = || is_declared(service) || addressed.is_broker(&project, service);
            let (handle, built) = (|| project.handle(service.id), containers.image(service.id));
            let find = |path: &str| containers.properties_file(&project, service, path);
            // The user's statement overrides the image.
            let is_client = hints.services.contains(&service.name) && !is_declared(service);
            let known = Broker::of(handle(), built, &find).filter(|_| !is_client);
            known.or_else(|| declared().then(|| Broker::declared(handle(), built, &find)))
        });
        let (controllers, brokers): (Vec<_>, Vec<_>) = found.partition(Broker::is_controller_only);
        let index = Index::new(&project, &brokers, &controllers);
        Self { project, hints, brokers, controllers, index }
    }

    /// The same brokers, one of which gets another configuration from its image.
    #[must_use]
    pub fn with_config(&self, service: ServiceId, config: EffectiveConfig) -> Self {
        let mut after = self.clone();
        let nodes = after.brokers.iter_mut().chain(&mut after.controllers);
        if let Some(node) = nodes.into_iter().find(|node| node.service.id == service) {
            node.configure(config);
            after.index = Index::new(&after.project, &after.brokers, &after.controllers);
        }
        after
    }

    /// A service as a broker.
    #[must_use]
    pub fn broker(&self, service: ServiceId) -> Option<&Broker> {
        self.index.broker_of(service).map(|number| &self.brokers[number])
    }

    /// A service as a node of a cluster: a broker, or a controller.
    #[must_use]
    pub fn node(&self, service: ServiceId) -> Option<&Broker> {
        self.broker(service).or_else(|| self.index.controller_of(service).map(|number| &self.controllers[number]))
    }

    /// Whether a service is a broker of the cluster of another.
    #[must_use]
    pub fn is_of_cluster(&self, service: ServiceId, broker: &Broker) -> bool {
        self.index.are_one_cluster(service, broker.service.id)
    }

    /// A service as a broker, by its name.
    #[must_use]
    pub fn broker_named(&self, name: &str) -> Option<&Broker> {
        self.broker(self.project.service_id(name)?)
    }

    /// Whether a service is a node of a cluster.
    #[must_use]
    pub fn is_node(&self, service: ServiceId) -> bool {
        self.node(service).is_some()
    }

    /// The services to which a name resolves on some network.
    pub fn services_known_as(&self, name: &str) -> impl Iterator<Item = &Service> {
        self.index.known_as(name).iter().map(|&id| &self.project[id])
    }

    /// Whether the host opens a port for some service.
    #[must_use]
    pub fn publishes(&self, port: u16) -> bool {
        self.index.publishes(port)
    }

    /// Whether localhost inside a service is not the service alone: it shares the host's network, a broker's, or an unknown one.
    #[must_use]
    pub fn shares_localhost(&self, service: &Service) -> bool {
        let namespace = self.namespace_of(service);
        !matches!(namespace.attachment, Attachment::Networks(_)) || self.index.has_broker(namespace.id)
    }

    /// Whether a service is on the network of the host.
    #[must_use]
    pub fn is_on_host(&self, service: &Service) -> bool {
        self.namespace_of(service).attachment == Attachment::Host
    }

    /// The broker whose network namespace a service shares, so that localhost is both.
    #[must_use]
    pub fn broker_beside(&self, service: &Service) -> Option<&Broker> {
        let namespace = self.index.namespace_of(service.id);
        self.brokers.iter().find(|broker| self.index.namespace_of(broker.service.id) == namespace)
    }

    /// Whether two services are on one network of the project.
    #[must_use]
    pub fn share_network(&self, a: &Service, b: &Service) -> bool {
        let (a, b) = (self.namespace_of(a), self.namespace_of(b));
        let theirs = b.attachment.memberships();
        a.attachment.memberships().iter().any(|ours| theirs.iter().any(|other| other.network == ours.network))
    }

    /// The service whose network namespace a service is in, however many lead there.
    fn namespace_of(&self, service: &Service) -> &Service {
        &self.project[self.index.namespace_of(service.id)]
    }

    /// Whether a host, as a client resolves it, is a broker's.
    #[must_use]
    pub fn resolves(&self, client: &Service, broker: &Service, host: &str) -> bool {
        let own = host == broker.name
            || [&broker.container_name, &broker.hostname].into_iter().flatten().any(|name| name == host);
        let ours = self.namespace_of(client).attachment.memberships();
        let mut shared = broker
            .attachment
            .memberships()
            .iter()
            .filter(|theirs| ours.iter().any(|our| our.network == theirs.network));
        let linked = client.links.iter().any(|(service, alias)| *service == broker.name && alias == host);
        let named = own || linked || shared.any(|network| network.aliases.iter().any(|alias| alias == host));
        // `hostname: localhost` does not make it reachable from other containers.
        named && !is_loopback(host)
    }

    /// The broker that a client reaches by a host.
    #[must_use]
    pub fn broker_at(&self, client: &Service, host: &str) -> Option<&Broker> {
        let known = self.index.known_as(host).iter().filter_map(|&id| self.index.broker_of(id));
        let linked = client.links.iter().filter(|(_, alias)| alias == host);
        let linked = linked.filter_map(|(service, _)| self.index.broker_of(self.project.service_id(service)?));
        let resolved = known.chain(linked).filter(|&number| self.resolves(client, &self.brokers[number].service, host));
        resolved.min().map(|number| &self.brokers[number])
    }

    /// The brokers that a client should use, with their addresses for it. `ports` are those of its present addresses, which may distinguish
    /// brokers and listeners.
    ///
    /// # Errors
    /// [`NoTarget`] if there is no broker, or several, or none that is reachable.
    pub fn target(&self, client: &Service, ports: &[u16]) -> Result<Target<'_>, NoTarget> {
        self.target_by(client, ports, protocol_of(client))
    }

    /// The same for addresses at which the client uses a security protocol.
    ///
    /// # Errors
    /// As [`Self::target`].
    pub fn target_by(
        &self,
        client: &Service,
        ports: &[u16],
        protocol: Option<SecurityProtocol>,
    ) -> Result<Target<'_>, NoTarget> {
        let brokers = self.brokers_for(client, ports)?;
        if let Some(address) = &self.hints.address {
            return Ok(Target { brokers, addresses: vec![address.clone()] });
        }
        let addresses = brokers
            .iter()
            .map(|broker| self.address(client, broker, ports, protocol))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Target { brokers, addresses })
    }

    /// The addresses at which containers on a broker's networks reach it.
    #[must_use]
    pub fn addresses_for_containers(&self, broker: &Broker) -> Vec<String> {
        if let (Some(address), Some(name)) = (&self.hints.address, &self.hints.broker)
            && *name == broker.service.name
        {
            return vec![address.to_string()];
        }
        let resolves = |host: &str| broker.service.is_known_as(host);
        let usable = broker.listeners.advertised.iter().filter_map(|listener| {
            match outcome(&broker.listeners, listener, &resolves) {
                InternalListener::Address(advertised) => {
                    Some(HostPort::new(&broker.service.name, Some(advertised.listener.port)).to_string())
                }
                _ => None,
            }
        });
        usable.collect()
    }

    /// The brokers of a broker's cluster, itself included.
    #[must_use]
    pub fn cluster_of(&self, broker: &Broker) -> Vec<&Broker> {
        self.index.cluster_of(broker.service.id).map(|number| &self.brokers[number]).collect()
    }

    /// The nodes of each cluster, the brokers first.
    #[must_use]
    pub fn clusters(&self) -> Vec<Vec<&Broker>> {
        let nodes: Vec<&Broker> = self.brokers.iter().chain(&self.controllers).collect();
        self.index.clusters().iter().map(|cluster| cluster.iter().map(|&at| nodes[at]).collect()).collect()
    }

    /// The brokers of the cluster that a client should use, reachable or not; for `ports` see [`Self::target`].
    ///
    /// # Errors
    /// [`NoTarget`] if there is none, or it is not clear which.
    pub fn brokers_for(&self, client: &Service, ports: &[u16]) -> Result<Vec<&Broker>, NoTarget> {
        if let Some(name) = &self.hints.broker {
            return self.broker_named(name).map(|broker| vec![broker]).ok_or(NoTarget::NoBroker);
        }
        let networks = self.namespace_of(client).attachment.memberships();
        // The default port does not distinguish.
        let telling: Vec<u16> = ports.iter().copied().filter(|&port| port != DEFAULT_PORT).collect();
        let choices = [
            self.index.at_ports(&telling),
            self.index.depended_on(&self.project, client),
            self.index.serving(client),
            self.index.at_ports(ports),
            self.index.on_networks(networks.iter().map(|member| member.network.as_str())),
            self.index.all(),
        ];
        match choices.into_iter().find_map(index::Choice::one_cluster) {
            Some(numbers) => Ok(numbers.into_iter().map(|number| &self.brokers[number]).collect()),
            None if self.brokers.is_empty() => Err(NoTarget::NoBroker),
            None => Err(NoTarget::Ambiguous(self.brokers.iter().map(|broker| broker.service.name.clone()).collect())),
        }
    }

    /// The address at which a client reaches a broker: a listener that sends it to a name it resolves, at the first of `ports` that has
    /// one, else the one brokers use among themselves. Listeners for its security protocol come first.
    ///
    /// # Errors
    /// [`NoTarget`] if it does not reach it.
    pub fn address(
        &self,
        client: &Service,
        broker: &Broker,
        ports: &[u16],
        protocol: Option<SecurityProtocol>,
    ) -> Result<HostPort, NoTarget> {
        let name = broker.service.name.clone();
        if broker.is_configured_elsewhere() && self.hints.broker.is_none() {
            return Err(NoTarget::Unknown(name));
        }
        let resolves = |host: &str| self.resolves(client, &broker.service, host);
        let outcomes: Vec<InternalListener<'_>> = broker
            .listeners
            .advertised
            .iter()
            .map(|listener| outcome(&broker.listeners, listener, &resolves))
            .collect();
        let usable = outcomes.iter().filter_map(|outcome| match outcome {
            InternalListener::Address(listener) => Some(*listener),
            _ => None,
        });
        let inter_broker = broker.listeners.inter_broker();
        let rank = |advertised: &&AdvertisedListener| {
            let listener = &advertised.listener;
            let place = ports.iter().position(|&port| port == listener.port).unwrap_or(ports.len());
            let is_other = protocol.map_or(advertised.is_secured(), |wanted| advertised.protocol != Some(wanted));
            let is_inter_broker = listener.name.eq_ignore_ascii_case(inter_broker);
            (is_other, place, is_for_brokers(&listener.name), !is_inter_broker)
        };
        if self.is_on_host(client) {
            let opens = |port: u16| broker.service.ports.iter().any(|ports| ports.opens(port));
            let local = outcomes.iter().find_map(|outcome| match outcome {
                InternalListener::OnlyLoopback(advertised) => Some(advertised.listener.port),
                _ => None,
            });
            let local = local.filter(|&port| self.is_on_host(&broker.service) || opens(port));
            let is_on_host = || NoTarget::OnHost { client: client.name.clone(), broker: name };
            return local.map(|port| HostPort::new("localhost", Some(port))).ok_or_else(is_on_host);
        }
        // A user who names both the service and the broker knows networks and credentials that the files do not show.
        let is_declared = self.hints.broker.is_some() && self.hints.services.contains(&client.name);
        if let Some(best) = usable.min_by_key(rank) {
            if !is_declared && !self.share_network(client, &broker.service) {
                return Err(NoTarget::NoSharedNetwork { client: client.name.clone(), broker: name });
            }
            let has_credentials = || has_credentials(client) || protocol.is_some_and(|own| best.protocol == Some(own));
            if !is_declared && best.is_secured() && !has_credentials() {
                return Err(NoTarget::Secured(name));
            }
            return Ok(HostPort::new(name, Some(best.listener.port)));
        }
        let fallback = || HostPort::new(name.clone(), Some(ports.first().copied().unwrap_or(DEFAULT_PORT)));
        if self.hints.broker.is_some() {
            // The user names the broker: use its own port, regardless of its advertised listeners.
            let own = broker.listeners.advertised.first().map(|advertised| advertised.listener.port);
            return Ok(HostPort::new(name.clone(), own.or(Some(DEFAULT_PORT))));
        }
        let host_of = |advertised: &AdvertisedListener| match &advertised.listener.host {
            ListenerHost::Named(host) => host.clone(),
            ListenerHost::Unspecified | ListenerHost::Container => name.clone(),
        };
        let unknown = &broker.listeners.unknown;
        if let Some(own) = unknown.iter().find(|own| own.port.is_none() || !outcomes.is_empty()) {
            let variable = match &own.reason {
                Some(UnknownReason::Blank(name) | UnknownReason::PassedThrough(name)) => Some(name.clone()),
                _ => None,
            };
            return Err(NoTarget::UnknownAddress(name, variable));
        }
        match outcomes.iter().find(|outcome| !matches!(outcome, InternalListener::OnlyLoopback(_))) {
            None if outcomes.is_empty() => Ok(fallback()),
            None => Err(NoTarget::OnlyLoopback(name)),
            Some(InternalListener::NotBound(advertised)) => {
                let address = HostPort::new(host_of(advertised), Some(advertised.listener.port));
                Err(NoTarget::NotBound(name, address))
            }
            Some(
                InternalListener::External(advertised)
                | InternalListener::HostGateway(advertised)
                | InternalListener::UnknownName(advertised)
                | InternalListener::OnlyLoopback(advertised)
                | InternalListener::Address(advertised),
            ) => {
                let host = host_of(advertised);
                Err(NoTarget::Elsewhere(name, host))
            }
            Some(InternalListener::Unknown) => Ok(fallback()),
        }
    }
}

/// The hosts that variables for a broker's address name, found once and only if asked for.
#[derive(Default)]
struct AddressedHosts(OnceCell<HashSet<String>>);

impl AddressedHosts {
    /// Whether an image that is known by nothing but its name is a broker: it is called like one, and a variable for a broker's address
    /// leads there.
    fn is_broker(&self, project: &Project, broker: &Service) -> bool {
        let image = broker.image.as_ref().and_then(|image| Image::parse(image.as_str()));
        let name = image.as_ref().and_then(|image| image.repository.rsplit('/').next());
        if !name.is_some_and(|name| BROKER_IMAGE_NAMES.contains(&name)) {
            return false;
        }
        let hosts = self.0.get_or_init(|| addressed_hosts(project));
        hosts.contains(&broker.name) || broker.other_names().any(|name| hosts.contains(name))
    }
}

fn addressed_hosts(project: &Project) -> HashSet<String> {
    let is_address = |variable: &Variable<'_>| {
        matches!(CATALOG.variable_role(variable.name(), None), VariableRole::BrokerAddress(_))
    };
    let variables = project.services.iter().flat_map(Service::variables).filter(is_address);
    let lists = variables.filter_map(|variable| AddressList::parse(variable.value()?));
    lists.flat_map(|list| list.addresses().iter().map(|address| address.host.to_owned()).collect::<Vec<_>>()).collect()
}

/// What people call images with a broker in them.
const BROKER_IMAGE_NAMES: [&str; 2] = ["kafka", "kafka-zookeeper"];

/// Whether a service has credentials: settings of Kafka's clients (`security.protocol`, `sasl.…`, `ssl.…`) with any prefix of the
/// variables.
#[must_use]
pub fn has_credentials(client: &Service) -> bool {
    let is_setting = |name: &str| {
        let name = name.to_ascii_uppercase();
        ["SECURITY_PROTOCOL", "SASL_", "SSL_"].iter().any(|setting| name.contains(setting))
    };
    client.variables().any(|variable| is_setting(variable.name()))
}

/// Whether a broker advertises or binds a port.
#[must_use]
pub fn has_port(broker: &Broker, port: u16) -> bool {
    let bound = broker.listeners.bound.iter().flatten().map(|listener| listener.port);
    broker.listeners.advertised.iter().map(|advertised| advertised.listener.port).chain(bound).any(|own| own == port)
}

/// Whether an address leads a service to itself.
#[must_use]
pub fn is_own_loopback(topology: &Topology, service: &Service, host: &str) -> bool {
    is_loopback(host) && !topology.shares_localhost(service)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{Files, Memory};

    #[test]
    fn a_broker_whose_hostname_is_localhost_is_not_reached_there() {
        let text = "services: {kafka: {image: apache/kafka, hostname: localhost}, api: {build: .}}";
        let mut files = Files::new(Memory([("compose.yml".into(), text.into())].into()));
        let project = Project::load(&mut files, Path::new("compose.yml")).expect("it is a compose file");
        let topology = Topology::new(Arc::new(project), Arc::default(), &Containers::default());
        let reaches = |host: &str| topology.broker_at(&topology.project.services[1], host).is_some();
        assert_eq!((reaches("kafka"), reaches("localhost")), (true, false));
    }
}
