//! What every rule sees.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;

use crate::compose::{Hop, Origin, Project, Service, Variable};
use crate::finding::{Applicability, Fix, Label};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::SettingSource;
use crate::kafka::client::{AddressVariable, Client, Verdict, clients, origin_of};
use crate::kafka::topology::{NoTarget, Topology};
use crate::repair::Repair;
use crate::yaml::NodeId;

/// A project, its brokers and its clients.
#[derive(Clone, Debug)]
pub struct Context<'p> {
    /// The project.
    pub project: &'p Project,
    /// Its brokers, and who reaches them.
    pub topology: Topology<'p>,
    /// Every service that is no broker, judged.
    pub clients: Vec<Client<'p>>,
}

impl<'p> Context<'p> {
    /// Judges the services of a project.
    #[must_use]
    pub fn new(topology: Topology<'p>) -> Self {
        let clients = clients(&topology);
        Self { project: topology.project, topology, clients }
    }

    /// The services that use Kafka.
    pub fn users(&self) -> impl Iterator<Item = &Client<'p>> {
        self.clients.iter().filter(|client| client.verdict == Verdict::Yes)
    }

    /// The services that use Kafka and may be made to wait for it: none where `docker stack` reads the file, which knows no conditions.
    pub fn users_that_wait(&self) -> impl Iterator<Item = &Client<'p>> {
        self.users().filter(|_| !self.project.is_for_swarm())
    }

    /// Whether a service uses Kafka.
    #[must_use]
    pub fn is_user(&self, service: &Service) -> bool {
        self.users().any(|client| client.service.name == service.name)
    }

    /// The ports at which the project's other clients address the brokers that this one should use, the commonest first.
    pub fn usual_ports(&self, client: &Client<'p>) -> Vec<u16> {
        let brokers = self.topology.brokers_for(client.service, &[]).unwrap_or_default();
        let is_meant = |broker: &Broker<'_>| brokers.iter().any(|meant| meant.service.name == broker.service.name);
        let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
        for other in self.users().filter(|other| other.service.name != client.service.name) {
            for list in other.addresses.iter().filter_map(AddressVariable::list) {
                let meant = list
                    .addresses()
                    .iter()
                    .filter(|address| self.topology.broker_at(other.service, address.host).is_some_and(is_meant));
                for port in meant.filter_map(|address| address.port) {
                    *counts.entry(port).or_default() += 1;
                }
            }
        }
        let mut ports: Vec<u16> = counts.keys().copied().collect();
        ports.sort_by_key(|port| Reverse(counts[port]));
        ports
    }

    /// The brokers that a client means: those its addresses and its command name; where they lead to itself, and where it has none,
    /// those it should use. None if its addresses lead elsewhere.
    #[must_use]
    pub fn brokers_of(&self, client: &Client<'p>) -> Vec<&Broker<'p>> {
        self.brokers_meant(client, |ports| self.topology.target(client.service, ports).map(|target| target.brokers))
    }

    /// Whether a client means a broker, even one that it cannot reach in any way.
    #[must_use]
    pub fn means(&self, client: &Client<'p>, broker: &Broker<'_>) -> bool {
        let meant = self.brokers_meant(client, |ports| self.topology.brokers_for(client.service, ports));
        meant.iter().any(|other| other.service.name == broker.service.name)
    }

    fn brokers_meant<'s>(
        &'s self,
        client: &Client<'p>,
        choose: impl Fn(&[u16]) -> Result<Vec<&'s Broker<'p>>, NoTarget>,
    ) -> Vec<&'s Broker<'p>> {
        let mut named: Vec<&Broker<'p>> = Vec::new();
        let mut ports = Vec::new();
        let (mut leads_to_itself, mut leads_elsewhere) = (false, false);
        for list in client.address_lists() {
            for address in list.addresses() {
                match self.topology.broker_at(client.service, address.host) {
                    Some(broker) if named.iter().any(|other| other.service.name == broker.service.name) => {}
                    Some(broker) => named.push(broker),
                    None if is_loopback(address.host) => {
                        leads_to_itself = true;
                        ports.extend(address.port);
                    }
                    None => leads_elsewhere = true,
                }
            }
        }
        if !named.is_empty() || leads_elsewhere && !leads_to_itself {
            return named;
        }
        choose(&ports).unwrap_or_default()
    }

    /// `path:line` of a file of a service's code, as seen from the project directory.
    #[must_use]
    pub fn place(&self, path: &Path, line: usize) -> String {
        let shown = path.strip_prefix(&self.project.directory).unwrap_or(path);
        let shown = shown.strip_prefix(".").unwrap_or(shown);
        format!("{}:{line}", shown.display())
    }

    /// A label on a node of the compose file.
    #[must_use]
    pub fn label(&self, node: NodeId, message: impl Into<String>) -> Label {
        Label { file: self.project.file(node), span: self.project.span(node), message: message.into() }
    }

    /// The label of an origin, and one for each step on its way to the service that a reader may not expect.
    #[must_use]
    pub fn labels_of(&self, origin: &Origin, message: impl Into<String>) -> (Label, Vec<Label>) {
        let primary = Label { file: origin.file, span: origin.span, message: message.into() };
        let step = |hop: &Hop| match *hop {
            Hop::Alias(node) | Hop::Merge(node) => Some(self.label(node, "the service gets it here")),
            Hop::EnvFile(node) => Some(self.label(node, "the service reads this env file")),
            Hop::DotEnv(_) => None,
        };
        (primary, origin.hops.iter().filter_map(step).collect())
    }

    /// Where a broker says what it tells its clients.
    #[must_use]
    pub fn broker_label(&self, broker: &Broker<'_>, message: impl Into<String>) -> Label {
        let setting = broker.listeners.advertised.iter().find_map(|told| match &told.source {
            SettingSource::Variable(name) => broker.service.variable(name),
            SettingSource::Flag(_) | SettingSource::ImageDefault => None,
        });
        match setting {
            Some(variable @ Variable::Environment(_)) => {
                let origin = origin_of(self.project, variable);
                Label { file: origin.file, span: origin.span, message: message.into() }
            }
            _ => self.label(self.flag_of(broker).unwrap_or(broker.service.key), message),
        }
    }

    /// The text of a broker's command in which a flag says what it tells its clients.
    fn flag_of(&self, broker: &Broker<'_>) -> Option<NodeId> {
        let setting = broker.listeners.setting("advertised.listeners")?;
        matches!(setting.source, SettingSource::Flag(_)).then_some(())?;
        let mut texts = broker.service.command.iter().flat_map(|command| &command.texts);
        texts.find(|text| text.as_str().contains(&setting.text)).map(|text| text.node)
    }

    /// A fix of the compose file.
    #[must_use]
    pub fn fix(&self, title: impl Into<String>, applicability: Applicability, repair: Repair) -> Fix {
        Fix { title: title.into(), applicability, edits: repair.edits, changes: repair.changes }
    }
}
