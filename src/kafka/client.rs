//! Which services use Kafka, and by which variables: what the files say, with the place of each word.

mod evidence;

use std::collections::HashMap;

use evidence::weight;
pub use evidence::{Evidence, EvidenceKind, EvidencePlace};

use crate::code::{Code, ServiceCode};
use crate::compose::{
    EnvFile, Hop, Origin, PieceSource, Project, Service, ServiceHandle, Variable, VariableId, Written,
};
use crate::kafka::address::{AddressList, BrokerAddress, is_loopback};
use crate::kafka::catalog::{CATALOG, Image, KafkaClient, VariableRole};
use crate::kafka::topology::Topology;
use crate::kafka::usage::{Usage, usage};
use crate::source::FileId;
use crate::yaml::NodeId;

/// Whether a service uses Kafka.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// The files do not tell.
    Undecided,
}

/// A service, judged.
#[derive(Clone, Debug)]
pub struct Client {
    /// The service.
    pub service: ServiceHandle,
    /// Whether it uses Kafka.
    pub verdict: Verdict,
    /// What tells so.
    pub evidence: Vec<Evidence>,
    /// The variables it gets its broker's address by.
    pub addresses: Vec<AddressVariable>,
    /// The ready-made program it is, if the image is one.
    pub program: Option<&'static KafkaClient>,
    /// What its code says; empty if there is none to be seen.
    pub usage: Usage,
}

/// A variable that holds a broker's address.
#[derive(Clone, Debug)]
pub struct AddressVariable {
    /// What its name says: an address or a host alone.
    pub role: VariableRole,
    service: ServiceHandle,
    id: VariableId,
}

impl Client {
    /// The variables that it reads for its broker: those that are set, else those that its code or its program reads.
    #[must_use]
    pub fn variables(&self) -> Vec<String> {
        let set = self.addresses.iter().map(|address| address.name().to_owned());
        let read = self.usage.ways.iter().flat_map(|way| std::iter::once(&way.variable).chain(&way.also)).cloned();
        let own = self.program.iter().flat_map(|program| program.names()).map(str::to_owned);
        let mut variables: Vec<String> = Vec::new();
        for variable in set.chain(read).chain(own) {
            if !variables.contains(&variable) {
                variables.push(variable);
            }
        }
        variables
    }

    /// The lists of addresses in its variables and in its command.
    pub fn address_lists(&self) -> impl Iterator<Item = AddressList<'_>> {
        let in_command = self.evidence.iter().filter(|evidence| evidence.kind == EvidenceKind::Command);
        let texts = self.addresses.iter().map(AddressVariable::value);
        texts.chain(in_command.map(|evidence| evidence.text.as_str())).filter_map(AddressList::parse)
    }
}

impl AddressVariable {
    /// The variable.
    ///
    /// # Panics
    /// Never: the service that has it is owned beside its number.
    #[must_use]
    pub fn variable(&self) -> Variable<'_> {
        self.service.variable_of(self.id).expect("the number is one of this very service")
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.variable().name()
    }

    /// Its value, interpolated.
    #[must_use]
    pub fn value(&self) -> &str {
        self.variable().value().unwrap_or_default()
    }

    /// The addresses in the value; `None` if it is something else.
    #[must_use]
    pub fn list(&self) -> Option<AddressList<'_>> {
        AddressList::parse(self.value())
    }

    /// The place of the value.
    #[must_use]
    pub fn origin(&self, project: &Project) -> Origin {
        origin_of(project, self.variable())
    }
}

/// Where a variable is written.
#[must_use]
pub fn origin_of(project: &Project, variable: Variable<'_>) -> Origin {
    match variable {
        Variable::Environment(Written { node, hops, text, .. }) => {
            let references = text.iter().flat_map(|text| &text.value.pieces).filter_map(|piece| match &piece.source {
                PieceSource::Variable { .. } => Some(Hop::DotEnv(*node)),
                _ => None,
            });
            let hops = hops.iter().copied().chain(references).collect();
            Origin { file: project.file(*node), span: project.span(*node), node: Some(*node), hops }
        }
        Variable::EnvFile(EnvFile { node, .. }, file, entry) => {
            Origin { file, span: entry.name_span.join(entry.value_span), node: None, hops: vec![Hop::EnvFile(*node)] }
        }
    }
}

/// Judges every service of a project that is no broker.
#[must_use]
pub fn clients(topology: &Topology, code: &Code) -> Vec<Client> {
    let judge = Judge { topology, code, readers: readers_of_env_files(topology) };
    let services = topology.project.services.iter().filter(|service| !topology.is_node(service.id));
    services.map(|service| judge.client(service)).collect()
}

/// How many services that may be clients read each env file.
fn readers_of_env_files(topology: &Topology) -> HashMap<FileId, usize> {
    let mut readers: HashMap<FileId, usize> = HashMap::new();
    for service in topology.project.services.iter().filter(|service| !service.env_files.is_empty()) {
        let image = service.image.as_ref().and_then(|image| Image::parse(image.as_str()));
        let is_other = image.is_some_and(|image| CATALOG.not_client(&image).is_some());
        if is_other || topology.is_node(service.id) {
            continue;
        }
        for (file, _) in service.env_files.iter().filter_map(|env_file| env_file.content.as_ref()) {
            *readers.entry(*file).or_default() += 1;
        }
    }
    readers
}

struct Judge<'t> {
    topology: &'t Topology,
    code: &'t Code,
    readers: HashMap<FileId, usize>,
}

impl Judge<'_> {
    /// Whether several services that may be clients read an env file.
    fn is_shared(&self, file: FileId) -> bool {
        self.readers.get(&file).is_some_and(|&count| count > 1)
    }

    fn client(&self, service: &Service) -> Client {
        let topology = self.topology;
        let project = &*topology.project;
        let image = service.image.as_ref().and_then(|image| Image::parse(image.as_str()));
        let code = self.code.service(service.id);
        let program = image.as_ref().and_then(|image| CATALOG.client(image)).or_else(|| code.and_then(program_below));
        let program = program.filter(|program| program.is_used_by(service));
        let other = image.as_ref().and_then(|image| CATALOG.not_client(image));
        let at = |node: NodeId| Origin {
            file: project.file(node),
            span: project.span(node),
            node: Some(node),
            hops: vec![],
        };
        let image_node = service.image.as_ref().map_or(service.key, |image| image.node);
        let base = || code.and_then(|code| code.base_image.clone());
        let image_text =
            service.image.as_ref().map(|image| image.as_str().to_owned()).or_else(base).unwrap_or_default();

        let addresses = address_variables(topology, service, program);
        let mut evidence = Vec::new();
        let mut total = 0;
        let mut add = |kind, origin, text: String, shared| {
            total += weight(kind, shared);
            evidence.push(Evidence { kind, place: EvidencePlace::Project(origin), text });
        };
        let declared = topology.hints.services.contains(&service.name);
        if declared {
            add(EvidenceKind::Declared, at(service.key), "named with --client".to_owned(), false);
        }
        for address in &addresses {
            let text = format!("{}={}", address.name(), address.value());
            match address.variable() {
                Variable::Environment(_) => add(EvidenceKind::Address, address.origin(project), text, false),
                Variable::EnvFile(_, file, _) => {
                    add(EvidenceKind::EnvFile, address.origin(project), text, self.is_shared(file));
                }
            }
        }
        if let Some((node, text)) = command_address(topology, service) {
            add(EvidenceKind::Command, at(node), text, false);
        }
        if program.is_some() && !idles(service) {
            add(EvidenceKind::Image, at(image_node), image_text.clone(), false);
        }
        if let Some(dependency) =
            service.depends_on.dependencies.iter().find(|on| topology.broker_named(&on.service).is_some())
        {
            add(EvidenceKind::DependsOn, at(dependency.node), format!("depends on {}", dependency.service), false);
        }
        if let Some(setting) = service
            .environment
            .variables
            .iter()
            .find(|variable| CATALOG.variable_role(&variable.name, program) == VariableRole::ClientSetting)
        {
            add(EvidenceKind::Setting, at(setting.node), setting.name.clone(), false);
        }
        if let Some(kind) = other.filter(|_| !declared) {
            evidence.push(Evidence {
                kind: EvidenceKind::OtherImage,
                place: EvidencePlace::Project(at(image_node)),
                text: format!("{image_text} ({kind})"),
            });
        }
        let own_code = code.filter(|_| !is_scheduler(service));
        let usage = own_code.map(|code| usage(topology, service, code)).unwrap_or_default();
        let by_code = usage.signs.iter().chain(&usage.fixed).map(|sign| Evidence {
            kind: sign.kind,
            place: EvidencePlace::Code { path: sign.path.clone(), line: sign.line },
            text: sign.text.clone(),
        });
        evidence.extend(by_code);
        total += usage.weight;
        let is_told = |evidence: &Evidence| [EvidenceKind::Command, EvidenceKind::Image].contains(&evidence.kind);
        // A variable that no code reads makes no client.
        let is_away = is_switched_away(service);
        let is_silent = (usage.is_silent || is_away) && !evidence.iter().any(is_told);
        if let Some(file) = code.and_then(|code| code.files.first()).filter(|_| is_silent) {
            let text = if is_away { "told to use another message system" } else { "no word about Kafka in its code" };
            evidence.push(Evidence {
                kind: EvidenceKind::SilentCode,
                place: EvidencePlace::Code { path: file.path.clone(), line: 1 },
                text: text.to_owned(),
            });
        }
        // Code that only a name led to may be another's.
        let is_unsure = is_silent && usage.is_guess && !is_away;
        let verdict = if declared {
            Verdict::Yes
        } else if other.is_some() || is_silent && !is_unsure || topology.hints.excluded.contains(&service.name) {
            Verdict::No
        } else if total >= 2 && !is_unsure || topology.hints.all_services {
            Verdict::Yes
        } else {
            Verdict::Undecided
        };
        Client { service: topology.project.handle(service.id), verdict, evidence, addresses, program, usage }
    }
}

/// The ready-made program that a service's own image is built on, if nothing in that image tells it its broker.
fn program_below(code: &ServiceCode) -> Option<&'static KafkaClient> {
    let program = CATALOG.client(&Image::parse(code.base_image.as_deref()?)?)?;
    let is_told = program.variables.iter().any(|own| code.image_env.iter().any(|set| set.name == own.name));
    (!is_told).then_some(program)
}

/// Whether a variable or a flag that chooses the message system chooses another: `BROKER=pulsar`, `--broker pulsar`.
fn is_switched_away(service: &Service) -> bool {
    let is_other = |value: &str| OTHER_SYSTEMS.contains(&value.to_ascii_lowercase().as_str());
    let by_variable = service.variables().any(|variable| {
        let is_switch = SWITCHES.contains(&variable.name().to_ascii_uppercase().as_str());
        is_switch && variable.value().is_some_and(is_other)
    });
    let words = service.command_words();
    let is_flag = |word: &str| {
        let name = word.trim_start_matches('-');
        name.len() < word.len() && SWITCHES.contains(&name.to_ascii_uppercase().replace('-', "_").as_str())
    };
    by_variable || words.iter().zip(words.iter().skip(1)).any(|(flag, value)| is_flag(flag) && is_other(value))
}

/// What chooses a message system.
const SWITCHES: [&str; 4] = ["BROKER", "BROKER_TYPE", "MESSAGE_BROKER", "MESSAGING_PROVIDER"];

/// Message systems that are not Kafka.
const OTHER_SYSTEMS: [&str; 7] = ["pulsar", "rabbitmq", "nats", "mqtt", "redis", "sqs", "memory"];

/// Whether a container only stays up for somebody to open a shell in it, whatever its image is made for.
fn idles(service: &Service) -> bool {
    let words = service.command_words().join(" ");
    let script = words.split_once(" -c ").map_or(words.as_str(), |(_shell, script)| script);
    ["tail -f /dev/null", "sleep infinity"].contains(&script.trim())
}

/// Whether a container runs Spark's master, which hands out jobs to others and runs none itself (spark.apache.org, "Spark Standalone Mode").
fn is_scheduler(service: &Service) -> bool {
    let words = service.command_words().join(" ");
    ["start-master.sh", "spark.deploy.master.Master"].iter().any(|start| words.contains(start))
}

/// The variables of a service that hold broker addresses: by their name, or because the value names a broker of the project.
fn address_variables(
    topology: &Topology,
    service: &Service,
    program: Option<&'static KafkaClient>,
) -> Vec<AddressVariable> {
    let mut found = Vec::new();
    for variable in service.variables() {
        let Some(value) = variable.value().filter(|value| !value.trim().is_empty()) else { continue };
        let role = CATALOG.variable_role(variable.name(), program);
        let list = AddressList::parse(value);
        let names_broker =
            |address: &BrokerAddress<'_>| address.port.is_some() && topology.broker_at(service, address.host).is_some();
        let is_address = match role {
            VariableRole::BrokerAddress(_) => {
                // A document has addresses inside; a name alone is one only if it names a broker.
                list.as_ref().is_none_or(|list| {
                    let known = |address: &BrokerAddress<'_>| {
                        address.port.is_some()
                            || topology.broker_at(service, address.host).is_some()
                            || is_loopback(address.host)
                    };
                    list.addresses().iter().any(known)
                }) && list.is_some()
            }
            VariableRole::BrokerHost => list.is_some(),
            VariableRole::Unrelated => list.as_ref().is_some_and(|list| list.addresses().iter().all(names_broker)),
            VariableRole::BrokerPort | VariableRole::BrokerSetting | VariableRole::ClientSetting => false,
        };
        if is_address {
            let id = service.variable_id(variable.name());
            found.extend(id.map(|id| AddressVariable { role, service: topology.project.handle(service.id), id }));
        }
    }
    found
}

/// Flags of commands that take broker addresses, and nothing else: Kafka's own tools', and what programs commonly call them.
const ADDRESS_FLAGS: [&str; 7] = [
    "--bootstrap-server",
    "--bootstrap-servers",
    "--broker-list",
    "--kafka.server",
    "--kafka-brokers",
    "--kafka.brokers",
    "--kafka-bootstrap-servers",
];

/// Flags that other message queues' clients have too: what stands behind them decides.
const BROKER_FLAGS: [&str; 2] = ["--brokers", "--broker"];

/// An address of a broker of the project in the words of a command; else what follows a flag for one; else the flag.
fn command_address(topology: &Topology, service: &Service) -> Option<(NodeId, String)> {
    let texts = [&service.entrypoint, &service.command].into_iter().flatten().flat_map(|command| &command.texts);
    let words: Vec<(NodeId, &str)> = texts
        .flat_map(|text| {
            let words = text.as_str().split([' ', '\n', '\t', '=', '"', '\'']).filter(|word| !word.is_empty());
            words.map(|word| (text.node, word))
        })
        .collect();
    let are_all = |word: &str, of_kind: &dyn Fn(&BrokerAddress<'_>) -> bool| {
        AddressList::parse(word).is_some_and(|list| list.addresses().iter().all(of_kind))
    };
    let has_port = |address: &BrokerAddress<'_>| address.port.is_some();
    let is_broker = |address: &BrokerAddress<'_>| topology.broker_at(service, address.host).is_some();
    let is_broker_or_loopback = |address: &BrokerAddress<'_>| is_broker(address) || is_loopback(address.host);
    let behind = |flags: &[&str]| {
        words.iter().position(|(_, word)| flags.contains(word)).map(|flag| (flag, words.get(flag + 1)))
    };
    let named = words.iter().find(|(_, word)| are_all(word, &|address| has_port(address) && is_broker(address)));
    let by_broker_flag = || behind(&BROKER_FLAGS)?.1.filter(|(_, word)| are_all(word, &is_broker_or_loopback));
    let by_kafka_flag = || {
        let (flag, next) = behind(&ADDRESS_FLAGS)?;
        next.filter(|(_, word)| are_all(word, &has_port)).or(words.get(flag))
    };
    named.or_else(by_broker_flag).or_else(by_kafka_flag).map(|&(node, word)| (node, word.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::source::{Files, Memory};

    fn verdict(service: &str) -> Verdict {
        let text = format!("services: {{kafka: {{image: apache/kafka}}, it: {{{service}}}}}");
        let mut files = Files::new(Memory([("compose.yml".into(), text.into_bytes())].into()));
        let project = Project::load(&mut files, Path::new("compose.yml")).expect("it is a compose file");
        clients(&Topology::new(Arc::new(project), Arc::default()), &Code::default())[0].verdict
    }

    #[test]
    fn a_flag_is_evidence_if_it_can_only_mean_kafka() {
        for (command, expected) in [
            ("run --bootstrap-server other:9092", Verdict::Yes),
            ("run --consume kafka:9092", Verdict::Yes),
            ("[run, --broker, kafka]", Verdict::Yes),
            ("run --brokers=localhost:9092", Verdict::Yes),
            ("[run, --broker, pulsar]", Verdict::No),
            ("celery worker --broker=redis://redis:6379/0", Verdict::Undecided),
            ("mosquitto_sub --broker mqtt:1883", Verdict::Undecided),
        ] {
            assert_eq!(verdict(&format!("build: ., command: {command}")), expected, "{command}");
        }
    }

    #[test]
    fn an_image_is_evidence_if_it_can_only_use_kafka() {
        for (service, expected) in [
            ("image: apicurio/apicurio-registry-kafkasql", Verdict::Yes),
            ("image: apicurio/apicurio-registry", Verdict::Undecided),
            ("image: apicurio/apicurio-registry, environment: [KAFKA_BOOTSTRAP_SERVERS=kafka:9092]", Verdict::Yes),
            ("image: apicurio/apicurio-registry, environment: [APICURIO_KAFKASQL_BOOTSTRAP_SERVERS=x:1]", Verdict::Yes),
            ("image: debezium/server", Verdict::Undecided),
            ("image: debezium/server, environment: [DEBEZIUM_SINK_KAFKA_PRODUCER_BOOTSTRAP_SERVERS=x:1]", Verdict::Yes),
            ("image: ubercadence/server", Verdict::Undecided),
            ("image: ubercadence/server, environment: [KAFKA_SEEDS=kafka]", Verdict::Yes),
        ] {
            assert_eq!(verdict(service), expected, "{service}");
        }
    }

    #[test]
    fn an_image_whose_container_idles_is_no_evidence() {
        for (service, expected) in [
            ("image: edenhill/kcat", Verdict::Yes),
            ("image: edenhill/kcat, entrypoint: tail -f /dev/null", Verdict::Undecided),
            ("image: edenhill/kcat, entrypoint: [/bin/sh, -c, sleep infinity]", Verdict::Undecided),
            ("image: edenhill/kcat, entrypoint: sh, command: -c 'tail -f /dev/null'", Verdict::Undecided),
            ("image: edenhill/kcat, entrypoint: [sleep], command: [infinity], depends_on: [kafka]", Verdict::Undecided),
            ("image: edenhill/kcat, entrypoint: sh -c 'kcat -L -b kafka:9092; sleep infinity'", Verdict::Yes),
            ("image: debezium/connect, command: sh -c '/docker-entrypoint.sh start & sleep infinity'", Verdict::Yes),
        ] {
            assert_eq!(verdict(service), expected, "{service}");
        }
    }
}
