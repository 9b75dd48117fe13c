//! The servers of a project in network namespaces, a client, and the host, which opens the ports of the servers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use composefix::kafka::property::KafkaVersion;
use serde_json::Value;
use tempfile::TempDir;

use super::health::Tools;
use super::java::Java;
use super::network::Network;
use super::node::{Role, Server};
use super::process::Process;
use super::project::{Published, Service};

/// The host; no service has this name.
const HOST: &str = "(host)";

/// A container next to the first broker, for projects without a client.
pub const NEIGHBOUR: &str = "(neighbour)";

/// How long ZooKeeper, or what opens ports, may take.
const SOON: Duration = Duration::from_secs(60);

/// How many seconds things may take.
#[derive(Clone, Copy)]
pub struct Patience {
    /// The start of a broker.
    pub start: u64,
    /// A health check.
    pub check: u64,
    /// How often the check is tried.
    pub checks: usize,
    /// What a client does, once to send and once to receive.
    pub client: u64,
}

/// What a client does: `client.py` and the others explain it.
#[derive(Clone, Copy)]
pub struct Errand<'a> {
    /// The library that it uses.
    pub kind: Kind,
    /// The message.
    pub message: &'a str,
    /// The topic.
    pub topic: &'a str,
    /// How long it may take.
    pub seconds: u64,
    /// The variables that hold the address.
    pub variables: &'a [String],
}

/// A client library.
#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// librdkafka, with Python.
    Python,
    /// KafkaJS.
    Node,
    /// Kafka's own client.
    Java,
}

/// The containers of a project.
pub struct Cluster<'j> {
    java: &'j Java,
    network: Network,
    servers: Vec<Server>,
    running: BTreeMap<String, Process>,
    folder: TempDir,
}

impl<'j> Cluster<'j> {
    /// Makes the containers of servers and a client, in which nothing runs yet.
    ///
    /// # Errors
    /// The error of `ip` or the file system.
    pub fn new(java: &'j Java, servers: Vec<Server>, client: &str) -> Result<Self, String> {
        let names: BTreeSet<&str> =
            servers.iter().map(|server| server.service.as_str()).chain([client, HOST]).collect();
        let network = Network::new(names.into_iter().map(str::to_owned))?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        Ok(Self { java, network, servers, running: BTreeMap::new(), folder })
    }

    /// The servers.
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// Has the containers know each other as Docker's DNS would.
    ///
    /// # Errors
    /// The error of the file system.
    pub fn introduce(&self, model: &Value, client: &str) -> Result<(), String> {
        let first = self.servers.iter().find(|server| server.node().is_some()).ok_or("there is no broker")?;
        // What runs elsewhere is no service, and everyone knows it.
        let service_of = |name: &str| Service::of(model, if name == NEIGHBOUR { &first.service } else { name }).ok();
        let names = self.servers.iter().map(|server| server.service.as_str()).chain([client]);
        let members: BTreeMap<&str, Option<Service>> = names.map(|name| (name, service_of(name))).collect();
        for (member, service) in &members {
            let mut names: Vec<(String, &str)> = Vec::new();
            for (other, own) in members.iter().filter(|(other, _)| **other != NEIGHBOUR) {
                names.extend(match (own, service) {
                    (Some(own), Some(service)) => {
                        own.names_for(service).into_iter().map(|name| (name, *other)).collect()
                    }
                    (Some(_), None) => Vec::new(),
                    (None, _) => vec![((*other).to_owned(), *other)],
                });
            }
            let own = service.filter(|_| *member != NEIGHBOUR).map(|service| (service.hostname().to_owned(), *member));
            names.extend(own);
            self.network.introduce(member, &names)?;
        }
        Ok(())
    }

    /// Starts a server, unless it runs.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn start(&mut self, model: &Value, service: &str) -> Result<(), String> {
        let Some(server) = self.servers.iter().find(|server| server.service == service) else { return Ok(()) };
        if self.running.contains_key(service) {
            return Ok(());
        }
        let folder = self.folder.path().join(service);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let (settings, data) = (folder.join("settings"), folder.join("data"));
        let (mut words, text) = match &server.role {
            Role::Node(node) => {
                let mut words = self.java.live(node.version)?;
                words.push("node".to_owned());
                (words, node.settings(&data))
            }
            Role::ZooKeeper(port) => {
                let text = format!("dataDir={}\nclientPort={port}\nadmin.enableServer=false\n", data.display());
                (self.java.zookeeper()?, text)
            }
        };
        fs::write(&settings, text).map_err(|error| error.to_string())?;
        words.push(settings.display().to_string());
        words.extend(server.node().and_then(|node| node.cluster()).map(str::to_owned));
        let hostname = Service::of(model, service).map_or(service, |own| own.hostname());
        let process = Process::start(self.command(service, hostname, &words).current_dir(&folder))?;
        self.running.insert(service.to_owned(), process);
        Ok(())
    }

    /// Waits until a server is ready; returns whether that is so in time.
    ///
    /// # Errors
    /// It was not started.
    pub fn wait_for(&mut self, service: &str, patience: Patience) -> Result<bool, String> {
        let server = self.servers.iter().find(|server| server.service == service).ok_or("it is no server")?;
        let process = self.running.get_mut(service).ok_or("it was not started")?;
        let (texts, patience): (&[&str], _) = match server.role {
            Role::Node(_) => (&["Kafka Server started", "] started"], Duration::from_secs(patience.start)),
            // The port is bound before its data is read; whoever connects in between waits for its session in vain.
            Role::ZooKeeper(_) => (&["ContainerManager - Using checkIntervalMs"], SOON),
        };
        Ok(process.waits_for(texts, patience))
    }

    /// Whether a service is a server.
    pub fn has(&self, service: &str) -> bool {
        self.servers.iter().any(|server| server.service == service)
    }

    /// What the servers have printed.
    pub fn said(&self) -> String {
        self.running.values().map(Process::said).collect()
    }

    /// Runs the health check of a server until it passes. One with programs that are not known here counts as passed.
    ///
    /// # Errors
    /// What it printed the last time.
    pub fn check_health(&self, service: &Service, patience: Patience) -> Result<(), String> {
        let server = self.servers.iter().find(|server| server.service == service.name).ok_or("it is no server")?;
        let (Some(node), Some(check)) = (server.node(), service.health_check()) else { return Ok(()) };
        let root = self.folder.path().join(service.name).join("root");
        let _ = fs::remove_dir_all(&root);
        let Some(tools) = Tools::of(node, root, &self.java.live(node.version)?)? else { return Ok(()) };
        let (test, path) = tools.command(&check);
        let limited = ["timeout".to_owned(), patience.check.to_string(), "env".to_owned(), format!("PATH={path}")];
        let words = [limited.as_slice(), &test].concat();
        let mut said = String::new();
        for _ in 0..patience.checks {
            let mut command = self.command(service.name, service.hostname(), &words);
            let output = command.current_dir(tools.home()).output().map_err(|error| error.to_string())?;
            if output.status.success() {
                return Ok(());
            }
            said = printed(&output);
        }
        Err(format!("{test:?}: {said}"))
    }

    /// Sends a client on its errand, in a container with this environment and no other.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn run_client(
        &self,
        member: &str,
        errand: Errand,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Output, String> {
        let script =
            |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live").join(name).display().to_string();
        let mut words = match errand.kind {
            Kind::Python => vec!["python3".to_owned(), script("client.py")],
            Kind::Node => vec!["node".to_owned(), script("client.js")],
            Kind::Java => [self.java.live(KafkaVersion::NEWEST)?, vec!["client".to_owned()]].concat(),
        };
        words.extend([errand.message.to_owned(), errand.topic.to_owned(), errand.seconds.to_string()]);
        words.extend_from_slice(errand.variables);
        let mut command = self.command(member, "client", &words);
        command.envs(environment).output().map_err(|error| error.to_string())
    }

    /// The ports of the host at which a client there reaches a broker.
    ///
    /// # Errors
    /// Something cannot be run.
    pub fn reached_by_host(&self, model: &Value, seconds: u64) -> Result<BTreeSet<Published>, String> {
        let mut ports: Vec<(Published, String)> = Vec::new();
        for server in &self.servers {
            let Some(node) = server.node() else { continue };
            let service = Service::of(model, &server.service)?;
            let own = service.published().filter(|port| node.listens_at(port.container));
            ports.extend(own.map(|port| (port, self.network.address(&server.service))));
        }
        if ports.is_empty() {
            return Ok(BTreeSet::new());
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/ports.py").display().to_string();
        let opened = ports.iter().map(|(port, address)| format!("{}={address}:{}", port.host, port.container));
        let words: Vec<String> = ["python3".to_owned(), script].into_iter().chain(opened).collect();
        let mut forwarding = Process::start(&mut self.command(HOST, "host", &words))?;
        if !forwarding.waits_for(&["open"], SOON) {
            return Err(forwarding.said());
        }
        let mut reached = BTreeSet::new();
        let variables = ["ADDRESS".to_owned()];
        for (port, _) in ports {
            let errand = Errand { kind: Kind::Python, message: "host", topic: "host", seconds, variables: &variables };
            let environment = [("ADDRESS".to_owned(), format!("localhost:{}", port.host))].into_iter();
            if self.run_client(HOST, errand, environment)?.status.success() {
                reached.insert(port);
            }
        }
        Ok(reached)
    }

    fn command(&self, member: &str, hostname: &str, words: &[String]) -> Command {
        let mut command = self.network.command(member, hostname, &words[0]);
        command.args(&words[1..]);
        command
    }
}

/// All that a program printed.
pub fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}
