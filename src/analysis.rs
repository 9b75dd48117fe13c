//! A project that was analyzed once: its services and their variables, its brokers, its clients, and the code of each.
//!
//! An [`Analysis`] owns all its data. After an edit, [`Analysis::after`] creates the next one: it parses only files whose text changed, and
//! reads code again only if the path to it changed.

mod habits;
mod standing;
mod waiting;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::code::{Code, Containers, Sources};
use crate::compose::{Origin, Project, ProjectError, Selection, Service, ServiceId, Text, Variable};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::SettingSource;
use crate::kafka::catalog::{CATALOG, Image};
use crate::kafka::client::{Client, Verdict, clients, origin_of};
use crate::kafka::effective::recognise;
use crate::kafka::judgement::{Judgement, Judgements};
use crate::kafka::property::ADVERTISED_LISTENERS;
use crate::kafka::topology::{Hints, NoTarget, Topology};
use crate::source::{FileId, Files};
use crate::yaml::NodeId;

use habits::Habits;
pub use standing::{BootstrapServers, Standing, Unsure};
pub use waiting::Indirect;
use waiting::Waiting;

/// Why a project cannot be loaded with other texts.
#[derive(Debug)]
pub struct Broken {
    /// What is wrong.
    pub error: ProjectError,
    /// The files in which that names places.
    pub files: Files,
}

/// A project, its brokers and its clients.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// Which files make up the project.
    pub selection: Selection,
    /// The texts of all that was read of it.
    pub files: Files,
    /// The project.
    pub project: Arc<Project>,
    /// Its brokers, and which services reach them.
    pub topology: Topology,
    /// Every service that is not a broker, classified.
    pub clients: Vec<Client>,
    /// What the next analysis is made from.
    inputs: Inputs,
    containers: Arc<Containers>,
    code: Arc<Code>,
    habits: Habits,
    waiting: Waiting,
    /// The clients that mean a broker, by their numbers, once they were asked for.
    users_by_broker: OnceLock<HashMap<ServiceId, Vec<usize>>>,
    /// What Kafka has against the brokers, once it was asked for.
    judgements: OnceLock<Judgements>,
}

/// What an analysis is made from besides the project itself.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// What the user says.
    pub hints: Arc<Hints>,
    /// What was read of sources before, by any analysis.
    pub sources: Sources,
    /// Whether to read the code of a project without a broker too, to find its clients; no rule needs that.
    pub reads_all_code: bool,
}

impl Inputs {
    fn code(&self, topology: &Topology, containers: &Containers, files: &Files) -> Arc<Code> {
        let hints = &self.hints;
        let is_asked = self.reads_all_code || !hints.services.is_empty() || hints.all_services;
        if topology.brokers.is_empty() && !is_asked {
            return Arc::default();
        }
        Arc::new(Code::of(&topology.project, containers, files, &self.sources))
    }
}

/// Whether the catalog knows the program that the image of a service runs.
fn is_ready_made(service: &Service) -> bool {
    let Some(image) = service.image.as_ref().map(Text::as_str) else { return false };
    let is_known = |image: Image| CATALOG.client(&image).is_some() || CATALOG.not_client(&image).is_some();
    Image::parse(image).is_some_and(is_known) || recognise(image).is_some()
}

impl Analysis {
    /// Loads a project and analyzes it. What is read of it stays in `files`, by which an error is described.
    ///
    /// # Errors
    /// [`ProjectError`] if the project cannot be loaded.
    pub fn load(files: &mut Files, selection: impl Into<Selection>, inputs: &Inputs) -> Result<Self, ProjectError> {
        let selection = selection.into();
        let project = Project::load(files, &selection)?;
        Ok(Self::of(project, selection, files, inputs))
    }

    /// Analyses a project that was loaded from `files`.
    #[must_use]
    pub fn of(project: Project, selection: Selection, files: &Files, inputs: &Inputs) -> Self {
        let containers = Arc::new(Containers::of(&project, files, &inputs.sources, is_ready_made));
        let topology = Topology::new(Arc::new(project), Arc::clone(&inputs.hints), &containers);
        let code = inputs.code(&topology, &containers, files);
        Self::with_code(selection, files.clone(), topology, (containers, code), inputs.clone())
    }

    fn with_code(
        selection: Selection,
        files: Files,
        topology: Topology,
        (containers, code): (Arc<Containers>, Arc<Code>),
        inputs: Inputs,
    ) -> Self {
        let clients = clients(&topology, &code);
        let project = Arc::clone(&topology.project);
        let habits = Habits::of(&topology, &clients);
        let waiting = Waiting::of(&topology);
        let (users_by_broker, judgements) = (OnceLock::new(), OnceLock::new());
        Self {
            selection,
            files,
            project,
            topology,
            clients,
            inputs,
            containers,
            code,
            habits,
            waiting,
            users_by_broker,
            judgements,
        }
    }

    /// The analysis of the project with other texts.
    ///
    /// # Errors
    /// [`Broken`] if the project can no longer be loaded.
    pub fn after(&self, texts: impl IntoIterator<Item = (FileId, String)>) -> Result<Self, Box<Broken>> {
        let mut files = self.files.clone();
        for (file, text) in texts {
            let path = files.get(file).path().to_owned();
            files.insert(path, text);
        }
        let project = match self.project.reload(&mut files, &self.selection) {
            Ok(project) => Arc::new(project),
            Err(error) => return Err(Box::new(Broken { error, files })),
        };
        let runs_other_code = |service: &Service| !service.has_code_of(&self.project[service.id]);
        let is_other = project.services.iter().any(runs_other_code);
        let containers = match is_other {
            true => Arc::new(Containers::of(&project, &files, &self.inputs.sources, is_ready_made)),
            false => Arc::clone(&self.containers),
        };
        let topology = Topology::new(project, Arc::clone(&self.topology.hints), &containers);
        let code = match is_other || topology.brokers.is_empty() != self.topology.brokers.is_empty() {
            true => self.inputs.code(&topology, &containers, &files),
            false => Arc::clone(&self.code),
        };
        Ok(Self::with_code(self.selection.clone(), files, topology, (containers, code), self.inputs.clone()))
    }

    /// What Kafka has against a broker or a controller; `None` for any other service.
    #[must_use]
    pub fn judgement(&self, service: ServiceId) -> Option<&Judgement> {
        self.judgements.get_or_init(|| Judgements::of(&self.topology)).get(service)
    }

    /// A service as a client; `None` for a broker.
    #[must_use]
    pub fn client(&self, service: ServiceId) -> Option<&Client> {
        self.habits.client_of(service).map(|number| &self.clients[number])
    }

    /// The services that use Kafka.
    pub fn users(&self) -> impl Iterator<Item = &Client> {
        self.clients.iter().filter(|client| client.verdict == Verdict::Yes)
    }

    /// The clients that may wait for their broker: none in a file for `docker stack`, which does not support conditions.
    pub fn users_that_wait(&self) -> impl Iterator<Item = &Client> {
        self.users().filter(|_| !self.project.is_for_swarm())
    }

    /// Whether a service uses Kafka.
    #[must_use]
    pub fn is_user(&self, service: &Service) -> bool {
        self.client(service.id).is_some_and(|client| client.verdict == Verdict::Yes)
    }

    /// The ports at which the project's other clients address the brokers that this one should use, the commonest first.
    #[must_use]
    pub fn usual_ports(&self, client: &Client) -> Vec<u16> {
        let brokers = self.topology.brokers_for(&client.service, &[]).unwrap_or_default();
        self.habits.usual_ports(&self.topology, client, &brokers)
    }

    /// How many variables of this name hold a broker's address for a client.
    #[must_use]
    pub fn uses_of(&self, variable: &str) -> usize {
        self.habits.uses_of(variable)
    }

    /// The variable that most clients of the project's own code use for their address; among equals, the first by name.
    #[must_use]
    pub fn usual_variable(&self) -> Option<&str> {
        self.habits.usual_variable()
    }

    /// The first client with an address whose image is built from the same folder, by the same Dockerfile, as a service's.
    #[must_use]
    pub fn sibling(&self, service: &Service) -> Option<&Client> {
        self.habits.sibling(service).map(|number| &self.clients[number])
    }

    /// A service that waits for a broker's health.
    #[must_use]
    pub fn waits_for_health(&self, broker: &Broker) -> Option<&Service> {
        self.waiting.for_health(broker).map(|id| &self.project[id])
    }

    /// The services that wait for one another from a broker to a service, both included; `None` if the broker does not wait for it.
    #[must_use]
    pub fn waits_through(&self, broker: &Broker, service: ServiceId) -> Option<Vec<&Service>> {
        self.waiting.way(&self.topology, broker, service)
    }

    /// Whether a service waits for another, directly or not.
    #[must_use]
    pub fn waits(&self, service: ServiceId, other: ServiceId) -> bool {
        waiting::waits(&self.topology, service, other)
    }

    /// How a service waits for a broker through another one: that one waits for the broker, or is a job that uses it.
    #[must_use]
    pub fn waits_indirectly(&self, service: &Service, broker: &Broker) -> Option<Indirect> {
        let uses = |job: &Client| self.brokers_of(job).iter().any(|other| other.service.id == broker.service.id);
        let is_job_of = |id: ServiceId| self.client(id).is_some_and(|job| job.verdict == Verdict::Yes && uses(job));
        self.waiting.indirect(&self.topology, (broker, service.id), is_job_of)
    }

    /// The brokers that a client means: those its addresses and its command name; where they lead to itself, and where it has none,
    /// those it should use. None if its addresses lead elsewhere.
    #[must_use]
    pub fn brokers_of(&self, client: &Client) -> Vec<&Broker> {
        self.brokers_meant(client, |ports| self.topology.target(&client.service, ports).map(|target| target.brokers))
    }

    /// The clients of one of these brokers, even if they cannot reach it, in the order of the file.
    #[must_use]
    pub fn users_of(&self, brokers: &[&Broker]) -> Vec<&Client> {
        let by_broker = self.users_by_broker.get_or_init(|| self.users_by_broker());
        let users = brokers.iter().filter_map(|broker| by_broker.get(&broker.service.id)).flatten();
        let in_order: BTreeSet<usize> = users.copied().collect();
        in_order.into_iter().map(|number| &self.clients[number]).collect()
    }

    fn users_by_broker(&self) -> HashMap<ServiceId, Vec<usize>> {
        let mut by_broker: HashMap<ServiceId, Vec<usize>> = HashMap::new();
        for (number, client) in self.clients.iter().enumerate().filter(|(_, client)| client.verdict == Verdict::Yes) {
            for broker in self.brokers_meant(client, |ports| self.topology.brokers_for(&client.service, ports)) {
                by_broker.entry(broker.service.id).or_default().push(number);
            }
        }
        by_broker
    }

    fn brokers_meant<'s>(
        &'s self,
        client: &Client,
        choose: impl Fn(&[u16]) -> Result<Vec<&'s Broker>, NoTarget>,
    ) -> Vec<&'s Broker> {
        let mut named: Vec<&Broker> = Vec::new();
        let mut ports = Vec::new();
        let (mut leads_to_itself, mut leads_elsewhere) = (false, false);
        for list in client.address_lists() {
            for address in list.addresses() {
                match self.topology.broker_at(&client.service, address.host) {
                    Some(broker) if named.iter().any(|other| other.service.id == broker.service.id) => {}
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
        format!("{}:{line}", self.shown(path).display())
    }

    /// A path of a service's code, as seen from the project directory.
    #[must_use]
    pub fn shown(&self, path: &Path) -> PathBuf {
        let shown = path.strip_prefix(&self.project.directory).unwrap_or(path);
        shown.strip_prefix(".").unwrap_or(shown).to_owned()
    }

    /// The place of a node of the project.
    #[must_use]
    pub fn origin(&self, node: NodeId) -> Origin {
        Origin { file: self.project.file(node), span: self.project.span(node), node: Some(node), steps: Vec::new() }
    }

    /// The place of a broker's advertised listeners.
    #[must_use]
    pub fn broker_origin(&self, broker: &Broker) -> Origin {
        let setting = broker.listeners.advertised.iter().find_map(|advertised| match &advertised.source {
            SettingSource::Variable(name) => broker.service.variable(name),
            SettingSource::Flag(_) | SettingSource::File(..) | SettingSource::ImageDefault => None,
        });
        match setting {
            Some(variable @ Variable::Environment(_)) => origin_of(&self.project, variable),
            _ => self.origin(self.flag_of(broker).unwrap_or(broker.service.key)),
        }
    }

    /// The text of a broker's command with a flag for the advertised listeners.
    fn flag_of(&self, broker: &Broker) -> Option<NodeId> {
        let setting = broker.listeners.setting(ADVERTISED_LISTENERS)?;
        matches!(setting.source, SettingSource::Flag(_)).then_some(())?;
        let mut texts = broker.service.command.iter().flat_map(|command| &command.texts);
        texts.find(|text| text.as_str().contains(&setting.text)).map(|text| text.node)
    }
}
