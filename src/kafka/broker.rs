//! The brokers of a project.

use std::sync::Arc;

use crate::code::BuiltImage;
use crate::compose::{Attachment, PublishedPorts, Service, ServiceHandle, Variable};
use crate::kafka::address::is_loopback;
use crate::kafka::broker_listeners::{AdvertisedListener, BrokerListeners, SettingSource};
use crate::kafka::catalog::{CATALOG, Image};
use crate::kafka::effective::{Container, EffectiveConfig, FindFile, ReadProperties, recognise};
use crate::kafka::listener::ListenerHost;
use crate::kafka::peer::Peer;
use crate::kafka::property::{ADVERTISED_LISTENERS, CLUSTER_ID, Given, PROCESS_ROLES};
use crate::yaml::NodeId;

/// A service that is a Kafka broker.
#[derive(Clone, Debug)]
pub struct Broker {
    /// The service.
    pub service: ServiceHandle,
    /// Its image, if it is named and can be read; of one that the project builds from an image that is known, that one.
    pub image: Option<Image>,
    /// What its Dockerfile makes, if the project builds its image and has it.
    pub built: Option<BuiltImage>,
    /// What its image makes of its settings.
    pub config: Arc<EffectiveConfig>,
    /// The configuration that its listeners are read from: of a broker that uses ZooKeeper, though its image has none, what the last image with
    /// ZooKeeper makes of its settings.
    pub meant: Arc<EffectiveConfig>,
    /// The listeners: bound and advertised.
    pub listeners: BrokerListeners,
    /// The node that shows that it is a broker.
    pub evidence: NodeId,
    /// By what it finds the other nodes of its cluster; none for a broker alone.
    pub peers: Vec<Peer>,
}

/// Variables that only a broker has, without the prefix of the image: the listener settings and their equivalents in older images.
/// `CONNECT_REST_ADVERTISED_HOST_NAME` and the like have other prefixes.
const BROKER_SETTINGS: [&str; 4] = ["ADVERTISED_LISTENERS", "LISTENERS", "ADVERTISED_HOST_NAME", "PROCESS_ROLES"];

/// The prefixes (the scripts in `catalog/families`).
const BROKER_PREFIXES: [&str; 2] = ["KAFKA_CFG_", "KAFKA_"];

/// Kafka's command-line clients (apache/kafka, `bin/`), and rpk's: a service that runs one of them is a client.
const CLIENT_COMMANDS: [&str; 12] = [
    "kafka-topics",
    "kafka-console-producer",
    "kafka-console-consumer",
    "kafka-configs",
    "kafka-acls",
    "kafka-consumer-groups",
    "kafka-broker-api-versions",
    "kafka-metadata-quorum",
    "kafka-storage",
    "cub kafka-ready",
    "rpk topic",
    "rpk cluster",
];

/// Commands that start a broker: the entrypoints of images, and the commands and flags of Kafka and Redpanda.
const SERVER_COMMANDS: [&str; 8] = [
    "kafka-server-start",
    "docker/run",
    "/run.sh",
    "start-kafka.sh",
    "redpanda start",
    "start --",
    "--kafka-addr",
    "--advertise-kafka-addr",
];

/// Paths of a broker's configuration in images: the mounted files of apache/kafka and bitnami/kafka, those of Kafka and of Redpanda, and
/// Confluent's scripts.
const CONFIG_MOUNTS: [&str; 8] = [
    "server.properties",
    "kafka.properties",
    "broker.properties",
    "redpanda.yaml",
    "/mnt/shared/config",
    "/bitnami/kafka/config",
    "/opt/kafka/config",
    "/etc/confluent/docker",
];

impl Broker {
    /// Reads a service, and the image that the project builds for it, as a broker; `None` if it is none. Listener settings and the command
    /// decide, then the image: a job that creates topics runs on a broker's image and is a client. `find` is that of [`Container::of`].
    #[must_use]
    pub fn of(service: ServiceHandle, built: Option<&BuiltImage>, find: FindFile<'_>) -> Option<Self> {
        let image = image_of(&service, built);
        if image.as_ref().is_some_and(|image| CATALOG.client(image).is_some() || CATALOG.not_client(image).is_some()) {
            return None;
        }
        let is_of_family = |reference: &str| recognise(reference).is_some();
        let is_known = built.is_some_and(|built| is_of_family(&built.base))
            || service.image.as_ref().is_some_and(|image| is_of_family(image.as_str()));
        let setting = service.variables().find(|variable| is_broker_setting(variable.name()));
        let words = match (service.command_words(), built) {
            (words, Some(built)) if words.is_empty() => [&built.entrypoint[..], &built.command].concat(),
            (words, _) => words,
        };
        let words = words.join(" ");
        let runs = |commands: &[&str]| commands.iter().any(|command| words.contains(command));
        let starts = runs(&SERVER_COMMANDS);
        let reads_file = || {
            let container = Container::of(&service, built, find);
            // Most services find none, and need no configuration for that.
            !container.files.is_empty()
                && EffectiveConfig::of(container).file().is_some_and(ReadProperties::is_of_broker)
        };
        let is_broker = match setting {
            Some(setting) => !runs(&CLIENT_COMMANDS) || starts || setting.name().ends_with("ADVERTISED_LISTENERS"),
            // A broker's image with another command is a job: it creates topics, or waits.
            None if is_known => starts || words.is_empty(),
            // Kafka's own start script and Redpanda's flags tell in any image; a file tells only where no other command is.
            None if starts => runs(&["kafka-server-start", "kafka-addr"]),
            None => words.is_empty() && reads_file(),
        };
        if !is_broker {
            return None;
        }
        let evidence = match setting {
            Some(Variable::Environment(written)) => written.node,
            _ => service.image.as_ref().map_or(service.key, |image| image.node),
        };
        Some(Self::new(service, built, find, evidence))
    }

    /// Treats a service as a broker because the user says that it is one.
    #[must_use]
    pub fn declared(service: ServiceHandle, built: Option<&BuiltImage>, find: FindFile<'_>) -> Self {
        let evidence = service.key;
        Self::new(service, built, find, evidence)
    }

    fn new(service: ServiceHandle, built: Option<&BuiltImage>, find: FindFile<'_>, evidence: NodeId) -> Self {
        let image = image_of(&service, built);
        let config = Arc::new(EffectiveConfig::of(Container::of(&service, built, find)));
        let meant = config.with_zookeeper().map_or_else(|| Arc::clone(&config), Arc::new);
        let listeners = BrokerListeners::of(&meant);
        let peers = Peer::of(&config, &service);
        let built = built.cloned();
        Self { service, image, built, config, meant, listeners, evidence, peers }
    }

    /// Whether a file in its container whose content is not known may set or override the settings of variables.
    #[must_use]
    pub fn is_configured_by_file(&self) -> bool {
        let is_read = |mount: &str| {
            let mount = mount.trim_end_matches('/');
            self.config.file().is_some_and(|file| file.at.starts_with(mount))
        };
        let is_configuration = |mount: &&String| CONFIG_MOUNTS.iter().any(|config| mount.contains(config));
        self.service.mounts.iter().filter(is_configuration).any(|mount| !is_read(mount))
    }

    /// Whether a missing env file may set its listeners.
    #[must_use]
    pub fn is_configured_elsewhere(&self) -> bool {
        self.service.has_unknown_variables() && self.listeners.setting(ADVERTISED_LISTENERS).is_none()
    }

    /// Whether its image is of a family whose script is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.config.family().is_unknown()
    }

    /// Whether it only votes: clients never connect to it.
    #[must_use]
    pub fn is_controller_only(&self) -> bool {
        matches!(self.config.given(PROCESS_ROLES), Given::Set(roles) if roles.trim() == "controller")
    }

    /// The ports that it advertises or binds; some may come twice.
    pub fn ports(&self) -> impl Iterator<Item = u16> {
        let bound = self.listeners.bound.iter().flatten().map(|listener| listener.port);
        self.listeners.advertised.iter().map(|advertised| advertised.listener.port).chain(bound)
    }

    /// The published port of a listener for clients, with its entry, if the broker advertises only names that containers resolve.
    #[must_use]
    pub fn published_without_host_listener(&self) -> Option<(&PublishedPorts, u16)> {
        let listeners = &self.listeners;
        let is_inner = |advertised: &AdvertisedListener| match &advertised.listener.host {
            ListenerHost::Named(host) => self.service.is_known_as(host) && !is_loopback(host),
            ListenerHost::Container => true,
            ListenerHost::Unspecified => false,
        };
        let is_networked = matches!(self.service.attachment, Attachment::Networks(_));
        if !is_networked || !listeners.unknown.is_empty() || !listeners.advertised.iter().all(is_inner) {
            return None;
        }
        let published = |advertised: &AdvertisedListener| {
            let bound = listeners.bound_as(&advertised.listener.name)?;
            let ports = self.service.ports.iter().find(|ports| ports.target == Some(bound.port..=bound.port))?;
            Some((ports, ports.published_port()?))
        };
        listeners.advertised.iter().find_map(published)
    }

    /// The same node with another configuration, if its image would make that of its settings.
    pub(super) fn configure(&mut self, config: EffectiveConfig) {
        self.peers = Peer::of(&config, &self.service);
        self.config = Arc::new(config);
    }

    /// The variable, the flag or the file that sets a property, or that would set it; `None` if nothing can.
    #[must_use]
    pub fn source_of(&self, property: &str) -> Option<SettingSource> {
        if property == CLUSTER_ID {
            return self.config.cluster_id_variable().map(|name| SettingSource::Variable(name.to_owned()));
        }
        SettingSource::of(&self.config, property)
    }

    /// The variable that sets a property, or that would set it; `None` if no variable can, or if a flag or a file sets it.
    #[must_use]
    pub fn variable_of(&self, property: &str) -> Option<String> {
        match self.source_of(property)? {
            SettingSource::Variable(name) => Some(name),
            SettingSource::Flag(_) | SettingSource::File(..) | SettingSource::ImageDefault => None,
        }
    }
}

/// The image that tells what a service is: the one that its own is built on, if that is known, else its own.
fn image_of(service: &Service, built: Option<&BuiltImage>) -> Option<Image> {
    let known = built.map(|built| built.base.as_str()).filter(|base| recognise(base).is_some());
    known.and_then(Image::parse).or_else(|| Image::parse(service.image.as_ref()?.as_str()))
}

/// The name of a variable without the prefix of the image.
pub(super) fn unprefixed(name: &str) -> Option<&str> {
    BROKER_PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix))
}

fn is_broker_setting(name: &str) -> bool {
    unprefixed(name).is_some_and(|setting| BROKER_SETTINGS.contains(&setting))
        || name == "REDPANDA_ADVERTISE_KAFKA_ADDRESS"
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::compose::Project;
    use crate::source::{Files, Memory};

    fn is_broker(service: &str) -> bool {
        let text = format!("services: {{it: {{{service}}}}}");
        let mut files = Files::new(Memory([("compose.yml".into(), text.into_bytes())].into()));
        let project = Project::load(&mut files, Path::new("compose.yml")).expect("it is a compose file");
        let project = Arc::new(project);
        Broker::of(project.handle(project.services[0].id), None, &|_| None).is_some()
    }

    #[test]
    fn a_connect_worker_of_an_unknown_image_is_no_broker() {
        assert!(!is_broker("build: connect, environment: {CONNECT_REST_ADVERTISED_HOST_NAME: connect}"));
        assert!(is_broker("build: kafka, environment: {KAFKA_ADVERTISED_HOST_NAME: kafka}"));
    }

    #[test]
    fn what_else_runs_on_a_brokers_image_is_no_broker() {
        for (service, expected) in [
            ("image: confluentinc/cp-kafka:7.6.0", true),
            ("image: confluentinc/cp-kafka:7.6.0, entrypoint: [sh, -c, 'prepare && /etc/confluent/docker/run']", true),
            ("image: redpandadata/redpanda, entrypoint: /wait.sh, command: redpanda start --smp 1", true),
            ("image: confluentinc/cp-kafka:7.6.0, entrypoint: [bash, /create-topics.sh]", false),
            ("image: redpandadata/redpanda, entrypoint: [bash], command: [/init-topics.sh]", false),
            ("image: bitnami/kafka:3.8, entrypoint: tail -f /dev/null", false),
            ("image: quay.io/strimzi/kafka:0.43.0-kafka-3.8.0, command: sh -c bin/zookeeper-server-start.sh", false),
        ] {
            assert_eq!(is_broker(service), expected, "{service}");
        }
    }
}
