//! Who can reach whom: the brokers of a project, and the address at which each service reaches them.

use crate::code::Code;
use crate::compose::{Attachment, Project, Service, Variable};
use crate::kafka::address::{AddressList, HostPort, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::AdvertisedListener;
use crate::kafka::catalog::{CATALOG, Image, VariableRole};
use crate::kafka::internal_listener::{InternalListener, outcome};
use crate::kafka::listener::{DEFAULT_PORT, ListenerHost};

/// What a user says of a project, over what its files say.
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
}

/// The brokers of a project.
#[derive(Clone, Debug)]
pub struct Topology<'p> {
    /// The project.
    pub project: &'p Project,
    /// What the user says.
    pub hints: &'p Hints,
    /// The brokers that clients connect to, in the order of the file.
    pub brokers: Vec<Broker<'p>>,
    /// Nodes of the clusters that clients do not connect to.
    pub controllers: Vec<&'p Service>,
    /// The code of the services, if it was looked at.
    pub code: Option<&'p Code>,
}

/// The brokers that a client should use, and how.
#[derive(Clone, Debug)]
pub struct Target<'t, 'p> {
    /// The brokers, one or more of one cluster.
    pub brokers: Vec<&'t Broker<'p>>,
    /// Their addresses, as this client reaches them.
    pub addresses: Vec<HostPort>,
}

/// Why no address can be given to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTarget {
    /// The project has no broker.
    NoBroker,
    /// The brokers are not one cluster, and nothing tells which the client means.
    Ambiguous(Vec<String>),
    /// The broker sends every client to localhost: another address in the client would only move the error.
    OnlyLoopback(String),
    /// The broker sends its clients to a host that is no name of it in the project.
    Elsewhere(String, String),
    /// The broker sends its clients to an address of its own where it does not listen.
    NotBound(String, HostPort),
    /// The broker's listener for containers wants credentials.
    Secured(String),
    /// An env file of the broker is not there, and it may say what the broker advertises.
    Unknown(String),
    /// The client shares no network with the broker.
    NoSharedNetwork(String),
    /// The client is on the host's network, and the broker has no listener that advertises localhost.
    OnHost(String),
}

impl std::fmt::Display for NoTarget {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoBroker => write!(formatter, "the project has no broker"),
            Self::Ambiguous(brokers) => {
                let list = brokers.join("`, `");
                write!(formatter, "the project has several clusters (`{list}`); name the broker with --broker")
            }
            Self::OnlyLoopback(broker) => write!(
                formatter,
                "`{broker}` sends every client to localhost (its advertised listeners name nothing else), so another address would \
                 only move the error"
            ),
            Self::Elsewhere(broker, host) => {
                write!(
                    formatter,
                    "`{broker}` sends its clients to `{host}`, which is no name of it on a network of the project"
                )
            }
            Self::NotBound(broker, address) => {
                write!(formatter, "`{broker}` sends its clients to `{address}`, where it does not listen")
            }
            Self::Secured(broker) => {
                write!(formatter, "the only listener of `{broker}` for containers wants credentials or certificates")
            }
            Self::OnHost(broker) => write!(
                formatter,
                "it is on the host's network, where `{broker}` is no name, and that broker has no listener which advertises localhost"
            ),
            Self::Unknown(broker) => {
                write!(formatter, "where `{broker}` is reached is not known, as an env file of its own is not there")
            }
            Self::NoSharedNetwork(broker) => write!(formatter, "it shares no network with `{broker}`"),
        }
    }
}

impl<'p> Topology<'p> {
    /// Finds the brokers of a project.
    #[must_use]
    pub fn new(project: &'p Project, hints: &'p Hints) -> Self {
        let is_declared = |service: &Service| hints.broker.as_ref() == Some(&service.name);
        let found = project.services.iter().filter_map(|service| {
            let declared = || is_declared(service) || is_addressed_as_broker(project, service);
            Broker::of(service).or_else(|| declared().then(|| Broker::declared(service)))
        });
        let (controllers, brokers): (Vec<_>, Vec<_>) = found.partition(|broker| broker.is_controller_only());
        let controllers = controllers.iter().map(|controller| controller.service).collect();
        Self { project, hints, brokers, controllers, code: None }
    }

    /// The same, with what the services' code says.
    #[must_use]
    pub fn with_code(self, code: &'p Code) -> Self {
        Self { code: Some(code), ..self }
    }

    /// A service as a broker.
    #[must_use]
    pub fn broker(&self, service: &str) -> Option<&Broker<'p>> {
        self.brokers.iter().find(|broker| broker.service.name == service)
    }

    /// Whether a service is a node of a cluster.
    #[must_use]
    pub fn is_node(&self, service: &str) -> bool {
        self.broker(service).is_some() || self.controllers.iter().any(|controller| controller.name == service)
    }

    /// Whether localhost inside a service is not the service alone: it shares the host's network, a broker's, or an unknown one.
    #[must_use]
    pub fn shares_localhost(&self, service: &Service) -> bool {
        let namespace = self.namespace_of(service);
        let has_broker = |broker: &Broker<'_>| self.namespace_of(broker.service).name == namespace.name;
        !matches!(namespace.attachment, Attachment::Networks(_)) || self.brokers.iter().any(has_broker)
    }

    /// Whether a service is on the network of the host.
    #[must_use]
    pub fn is_on_host(&self, service: &Service) -> bool {
        self.namespace_of(service).attachment == Attachment::Host
    }

    /// Whether two services are on one network of the project.
    #[must_use]
    pub fn share_network(&self, a: &Service, b: &Service) -> bool {
        let (a, b) = (self.namespace_of(a), self.namespace_of(b));
        let theirs = b.attachment.memberships();
        a.attachment.memberships().iter().any(|ours| theirs.iter().any(|other| other.network == ours.network))
    }

    /// The service whose network namespace a service is in, however many lead there.
    fn namespace_of<'s>(&'s self, service: &'s Service) -> &'s Service {
        let next = |service: &&'s Service| match &service.attachment {
            Attachment::Service(other) => self.project.service(other),
            _ => None,
        };
        // Compose rejects a circle; the count only keeps one from being walked for ever.
        std::iter::successors(Some(service), next).take(self.project.services.len() + 1).last().unwrap_or(service)
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
        // `hostname: localhost` gives no other container a way to it.
        named && !is_loopback(host)
    }

    /// The broker that a client reaches by a host.
    #[must_use]
    pub fn broker_at(&self, client: &Service, host: &str) -> Option<&Broker<'p>> {
        self.brokers.iter().find(|broker| self.resolves(client, broker.service, host))
    }

    /// The brokers a client should use, with the addresses at which it reaches them. `ports` are those it uses now, in addresses that
    /// do not lead there: they tell brokers and listeners apart.
    ///
    /// # Errors
    /// [`NoTarget`] if there is no such broker, several, or none that can be reached.
    pub fn target(&self, client: &Service, ports: &[u16]) -> Result<Target<'_, 'p>, NoTarget> {
        let brokers = self.brokers_for(client, ports)?;
        if let Some(address) = &self.hints.address {
            return Ok(Target { brokers, addresses: vec![address.clone()] });
        }
        let addresses =
            brokers.iter().map(|broker| self.address(client, broker, ports)).collect::<Result<Vec<_>, _>>()?;
        Ok(Target { brokers, addresses })
    }

    /// The addresses at which containers on a broker's networks reach it.
    #[must_use]
    pub fn addresses_for_containers(&self, broker: &Broker<'_>) -> Vec<String> {
        if let (Some(address), Some(name)) = (&self.hints.address, &self.hints.broker)
            && *name == broker.service.name
        {
            return vec![address.to_string()];
        }
        let resolves = |host: &str| broker.service.is_known_as(host);
        let usable = broker.listeners.advertised.iter().filter_map(|listener| {
            match outcome(&broker.listeners, listener, &resolves) {
                InternalListener::Address(told) => {
                    Some(HostPort::new(&broker.service.name, Some(told.listener.port)).to_string())
                }
                _ => None,
            }
        });
        usable.collect()
    }

    /// The brokers of a broker's cluster, itself included.
    #[must_use]
    pub fn cluster_of(&self, broker: &Broker<'_>) -> Vec<&Broker<'p>> {
        self.brokers.iter().filter(|other| other.is_in_cluster_with(broker)).collect()
    }

    /// The brokers of the one cluster that a client should use, whether it reaches them or not; for `ports` see [`Self::target`].
    ///
    /// # Errors
    /// [`NoTarget`] if there is none, or nothing tells which.
    pub fn brokers_for(&self, client: &Service, ports: &[u16]) -> Result<Vec<&Broker<'p>>, NoTarget> {
        if let Some(name) = &self.hints.broker {
            return self.broker(name).map(|broker| vec![broker]).ok_or(NoTarget::NoBroker);
        }
        let all: Vec<&Broker<'p>> = self.brokers.iter().collect();
        let depended: Vec<&Broker<'p>> =
            all.iter().copied().filter(|broker| client.depends_on.on(&broker.service.name).is_some()).collect();
        let near: Vec<&Broker<'p>> =
            all.iter().copied().filter(|broker| self.share_network(client, broker.service)).collect();
        let by_port: Vec<&Broker<'p>> =
            all.iter().copied().filter(|broker| ports.iter().any(|&port| has_port(broker, port))).collect();
        let choices = [depended, by_port, near, all];
        let one_cluster = |brokers: &&Vec<&Broker<'p>>| {
            brokers.first().is_some_and(|first| brokers.iter().all(|broker| broker.is_in_cluster_with(first)))
        };
        match choices.iter().find(one_cluster) {
            Some(brokers) => Ok(brokers.clone()),
            None if self.brokers.is_empty() => Err(NoTarget::NoBroker),
            None => Err(NoTarget::Ambiguous(self.brokers.iter().map(|broker| broker.service.name.clone()).collect())),
        }
    }

    /// The address at which a client reaches a broker: a listener that sends it to a name it resolves, at the first of `ports` that has
    /// one, else the one brokers use among themselves.
    ///
    /// # Errors
    /// [`NoTarget`] if it does not reach it.
    pub fn address(&self, client: &Service, broker: &Broker<'p>, ports: &[u16]) -> Result<HostPort, NoTarget> {
        let name = broker.service.name.clone();
        if broker.is_configured_elsewhere() && self.hints.broker.is_none() {
            return Err(NoTarget::Unknown(name));
        }
        let resolves = |host: &str| self.resolves(client, broker.service, host);
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
        let rank = |told: &&AdvertisedListener| {
            let listener = &told.listener;
            let place = ports.iter().position(|&port| port == listener.port).unwrap_or(ports.len());
            (told.is_secured(), place, !listener.name.eq_ignore_ascii_case(inter_broker))
        };
        if self.is_on_host(client) {
            let opens = |port: u16| broker.service.ports.iter().any(|ports| ports.target_of(port).is_some());
            let local = outcomes.iter().find_map(|outcome| match outcome {
                InternalListener::OnlyLoopback(told) => Some(told.listener.port),
                _ => None,
            });
            let local = local.filter(|&port| self.is_on_host(broker.service) || opens(port));
            return local.map(|port| HostPort::new("localhost", Some(port))).ok_or(NoTarget::OnHost(name));
        }
        // Who names both the service and the broker knows of networks and credentials what the file does not tell.
        let is_declared = self.hints.broker.is_some() && self.hints.services.contains(&client.name);
        if let Some(best) = usable.min_by_key(rank) {
            if !is_declared && !self.share_network(client, broker.service) {
                return Err(NoTarget::NoSharedNetwork(name));
            }
            if !is_declared && best.is_secured() && !has_credentials(client) {
                return Err(NoTarget::Secured(name));
            }
            return Ok(HostPort::new(name, Some(best.listener.port)));
        }
        let fallback = || HostPort::new(name.clone(), Some(ports.first().copied().unwrap_or(DEFAULT_PORT)));
        if self.hints.broker.is_some() {
            // The user names the broker: its own port, whatever it advertises.
            let own = broker.listeners.advertised.first().map(|told| told.listener.port);
            return Ok(HostPort::new(name.clone(), own.or(Some(DEFAULT_PORT))));
        }
        let host_of = |told: &AdvertisedListener| match &told.listener.host {
            ListenerHost::Named(host) => host.clone(),
            ListenerHost::Unspecified | ListenerHost::Container => name.clone(),
        };
        match outcomes.iter().find(|outcome| !matches!(outcome, InternalListener::OnlyLoopback(_))) {
            None if outcomes.is_empty() => Ok(fallback()),
            None => Err(NoTarget::OnlyLoopback(name)),
            Some(InternalListener::NotBound(told)) => {
                let address = HostPort::new(host_of(told), Some(told.listener.port));
                Err(NoTarget::NotBound(name, address))
            }
            Some(
                InternalListener::External(told)
                | InternalListener::HostGateway(told)
                | InternalListener::UnknownName(told)
                | InternalListener::OnlyLoopback(told)
                | InternalListener::Address(told),
            ) => {
                let host = host_of(told);
                Err(NoTarget::Elsewhere(name, host))
            }
            Some(InternalListener::Unknown) => Ok(fallback()),
        }
    }
}

/// Whether an image that is known by nothing but its name is a broker: it is called like one, and a variable for a broker's address leads
/// there.
fn is_addressed_as_broker(project: &Project, broker: &Service) -> bool {
    let image = broker.image.as_ref().and_then(|image| Image::parse(image.as_str()));
    let name = image.as_ref().and_then(|image| image.repository.rsplit('/').next());
    if !name.is_some_and(|name| BROKER_IMAGE_NAMES.contains(&name)) {
        return false;
    }
    let leads_there = |variable: &Variable<'_>| {
        let role = CATALOG.variable_role(variable.name(), None);
        let list = variable.value().and_then(AddressList::parse);
        matches!(role, VariableRole::BrokerAddress(_))
            && list.is_some_and(|list| list.addresses().iter().any(|address| broker.is_known_as(address.host)))
    };
    project.services.iter().any(|service| service.variables().iter().any(leads_there))
}

/// What people call images with a broker in them.
const BROKER_IMAGE_NAMES: [&str; 2] = ["kafka", "kafka-zookeeper"];

/// Whether a service is set up to prove who it is: by settings of Kafka's clients (`security.protocol`, `sasl.…`, `ssl.…`), whatever
/// prefix its variables have.
#[must_use]
pub fn has_credentials(client: &Service) -> bool {
    let is_setting = |name: &str| {
        let name = name.to_ascii_uppercase();
        ["SECURITY_PROTOCOL", "SASL_", "SSL_"].iter().any(|setting| name.contains(setting))
    };
    client.variables().iter().any(|variable| is_setting(variable.name()))
}

/// Whether a broker advertises or binds a port.
#[must_use]
pub fn has_port(broker: &Broker<'_>, port: u16) -> bool {
    let bound = broker.listeners.bound.iter().flatten().map(|listener| listener.port);
    broker.listeners.advertised.iter().map(|told| told.listener.port).chain(bound).any(|own| own == port)
}

/// Whether an address leads a service to itself.
#[must_use]
pub fn is_own_loopback(topology: &Topology<'_>, service: &Service, host: &str) -> bool {
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
        let (hints, api) = (Hints::default(), &project.services[1]);
        let topology = Topology::new(&project, &hints);
        let reaches = |host: &str| topology.broker_at(api, host).is_some();
        assert_eq!((reaches("kafka"), reaches("localhost")), (true, false));
    }
}
