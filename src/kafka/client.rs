//! The services that use Kafka, and their variables: the evidence in the files, with its place.

mod command;
mod evidence;
mod subject;
mod variable;
mod work;

use std::collections::HashMap;

use command::CommandAddress;
use evidence::weight;
pub use evidence::{Evidence, EvidenceKind, EvidencePlace};
use subject::Subject;
pub use variable::AddressVariable;
use variable::Variables;
use work::{idles, is_switched_away};

use crate::code::{Code, ServiceCode};
use crate::compose::{EnvFile, Origin, OriginStep, PieceSource, Project, ServiceHandle, Variable, Written};
use crate::kafka::address::{AddressList, BrokerAddress};
use crate::kafka::catalog::{AddressForm, CATALOG, Image, KafkaClient, VariableRole};
use crate::kafka::listener::SecurityProtocol;
use crate::kafka::protocols::protocol_of;
use crate::kafka::route::{Doubt, Form, Route, protocol_at};
use crate::kafka::topology::Topology;
use crate::kafka::usage::{Sign, Usage};
use crate::source::FileId;
use crate::yaml::NodeId;

/// Whether a service uses Kafka.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// The files do not show it.
    Undecided,
}

/// A service, judged.
#[derive(Clone, Debug)]
pub struct Client {
    /// The service.
    pub service: ServiceHandle,
    /// Whether it uses Kafka.
    pub verdict: Verdict,
    /// The evidence.
    pub evidence: Vec<Evidence>,
    /// The variables it gets its broker's address by.
    pub addresses: Vec<AddressVariable>,
    /// Variables with a broker's address that its program does not read.
    pub unread: Vec<AddressVariable>,
    /// The ready-made program it runs: by its image, its command, or its variables.
    pub program: Option<&'static KafkaClient>,
    /// How it reads a list of addresses, if its program or its libraries are known.
    pub form: Option<&'static AddressForm>,
    /// The security protocol that its variables, its command or its files set; `None` if they set none, or several.
    pub protocol: Option<SecurityProtocol>,
    /// The evidence in its code; empty if the code is not available.
    pub usage: Usage,
    /// Whether there is some.
    pub has_code: bool,
}

impl Client {
    /// What speaks for Kafka: the evidence, without what says that there is none.
    pub fn signs(&self) -> impl Iterator<Item = &Evidence> {
        let is_none = |kind| matches!(kind, EvidenceKind::OtherImage | EvidenceKind::SilentCode | EvidenceKind::Idle);
        self.evidence.iter().filter(move |evidence| !is_none(evidence.kind))
    }

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

    /// Where an address leads it, considering the form that it accepts and its security protocol: the one that is set for this address, else
    /// the one for all.
    #[must_use]
    pub fn route(&self, topology: &Topology, address: &BrokerAddress<'_>, own: Option<SecurityProtocol>) -> Route {
        let route = Route::of(topology, &self.service, address);
        // A program may add the port, unless it is known to pass on what it gets.
        let lacks_port = route == Route::Unknown(Doubt::NoPort) && self.passes_addresses_on();
        if route != Route::Reaches && !lacks_port {
            return route;
        }
        match (own.or(self.protocol), protocol_at(topology, &self.service, address)) {
            (Some(client), Some(listener)) if client != listener => Route::WrongProtocol { client, listener },
            _ => Form::of(address, self.form).map_or(route, Route::Form),
        }
    }

    /// Whether its library is known to get an address as it is written: in a ready-made program, and in code whose default has a port.
    fn passes_addresses_on(&self) -> bool {
        let has_port =
            |default: &str| AddressList::parse(default).is_some_and(|list| list.addresses()[0].port.is_some());
        let ways = &self.usage.ways;
        match self.program {
            Some(program) => program.default_port.is_none(),
            None => {
                ways.iter().any(|way| way.default.as_deref().is_some_and(has_port))
                    && ways.iter().all(|way| way.role != VariableRole::BrokerPort)
            }
        }
    }

    /// The lists of addresses in its variables and in its command.
    pub fn address_lists(&self) -> impl Iterator<Item = AddressList<'_>> {
        let in_command = self.evidence.iter().filter(|evidence| evidence.kind.is_in_command());
        let of_variables = self.addresses.iter().filter_map(AddressVariable::list);
        of_variables.chain(in_command.filter_map(|evidence| AddressList::parse(&evidence.text)))
    }
}

/// Where a variable is written.
#[must_use]
pub fn origin_of(project: &Project, variable: Variable<'_>) -> Origin {
    match variable {
        Variable::Environment(Written { node, steps, text, .. }) => {
            let references = text.iter().flat_map(|text| &text.value.pieces).filter_map(|piece| match &piece.source {
                PieceSource::Variable { .. } => Some(OriginStep::DotEnv(*node)),
                _ => None,
            });
            let steps = steps.iter().copied().chain(references).collect();
            Origin { file: project.file(*node), span: project.span(*node), node: Some(*node), steps }
        }
        Variable::EnvFile(EnvFile { node, .. }, file, entry) => Origin {
            file,
            span: entry.name_span.join(entry.value_span),
            node: None,
            steps: vec![OriginStep::EnvFile(*node)],
        },
    }
}

/// Classifies every service of a project that is not a broker.
#[must_use]
pub fn clients(topology: &Topology, code: &Code) -> Vec<Client> {
    let judge = Judge { topology, readers: readers_of_env_files(topology) };
    Subject::all(topology, code).into_iter().map(|subject| judge.client(subject)).collect()
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
    readers: HashMap<FileId, usize>,
}

impl Judge<'_> {
    /// Whether several services that may be clients read an env file.
    fn is_shared(&self, file: FileId) -> bool {
        self.readers.get(&file).is_some_and(|&count| count > 1)
    }

    fn client(&self, subject: Subject<'_>) -> Client {
        let topology = self.topology;
        let project = &*topology.project;
        let Subject { service, image, code, own_program, program_by_image, program, usage } = subject;
        let program = program.filter(|program| program.is_used_by(service) || !usage.configured.is_empty());
        let other = image.as_ref().and_then(|image| CATALOG.not_client(image)).or_else(|| code.and_then(proxy_below));
        let at = |node: NodeId| Origin {
            file: project.file(node),
            span: project.span(node),
            node: Some(node),
            steps: vec![],
        };
        let image_node = service.image.as_ref().map_or(service.key, |image| image.node);
        let base = || code.and_then(|code| code.base_image.clone());
        let image_text =
            service.image.as_ref().map(|image| image.as_str().to_owned()).or_else(base).unwrap_or_default();

        let is_sure = own_program.is_some() && service.build.is_none();
        let (addresses, unread) = Variables::new(topology, service, program, &usage).read_if(is_sure);
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
        for CommandAddress { node, text, is_awaited } in command::addresses(topology, service, program) {
            let kind = if is_awaited { EvidenceKind::Awaited } else { EvidenceKind::Command };
            add(kind, at(node), text, false);
        }
        match program {
            Some(_) if idles(service) => {}
            Some(_) if program_by_image.is_some() => {
                add(EvidenceKind::Image, at(image_node), image_text.clone(), false)
            }
            Some(program) => add(EvidenceKind::Program, at(service.key), format!("runs {}", program.name), false),
            None => {}
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
        let by_code = usage.signs.iter().chain(&usage.fixed).chain(&usage.configured).map(|sign| Evidence {
            kind: sign.kind,
            place: EvidencePlace::Code { path: sign.path.clone(), line: sign.line },
            text: sign.text.clone(),
        });
        evidence.extend(by_code);
        total += usage.weight;
        let is_declared = |evidence: &Evidence| [EvidenceKind::Command, EvidenceKind::Image].contains(&evidence.kind);
        // A variable that no code reads makes no client.
        let is_away = is_switched_away(service);
        let is_next_to_it = usage.leaves_kafka_out && total < 2;
        let is_silent = (usage.is_silent || is_next_to_it || is_away) && !evidence.iter().any(is_declared);
        if is_silent && code.is_some_and(|code| !code.files.is_empty()) {
            let folder = code.map(ServiceCode::folder).unwrap_or_default();
            let text = match () {
                () if is_away => "uses another message system".to_owned(),
                () if !usage.is_silent => "the program that it runs does not import a Kafka library".to_owned(),
                () if folder.as_os_str().is_empty() => "its code does not use Kafka".to_owned(),
                () => format!("its code in {} does not use Kafka", folder.display()),
            };
            let place = EvidencePlace::Code { path: folder, line: 1 };
            let silent = Evidence { kind: EvidenceKind::SilentCode, place, text };
            // The other signs are of programs next to it.
            let at = if is_next_to_it { 0 } else { evidence.len() };
            evidence.insert(at, silent);
        }
        let form = form(program, &usage);
        let protocol = protocol_of(service).or(usage.protocol);
        // Code that only a name led to may be another's.
        let is_unsure = is_silent && usage.is_guess && !is_away;
        // A ready-made program that is not started uses nothing.
        let is_idle = own_program.is_some() && idles(service);
        if is_idle && !declared {
            let place = EvidencePlace::Project(at(service.key));
            evidence.push(Evidence { kind: EvidenceKind::Idle, place, text: "its command only waits".to_owned() });
        }
        let verdict = if declared {
            Verdict::Yes
        } else if is_idle
            || other.is_some()
            || is_silent && !is_unsure
            || topology.hints.excluded.contains(&service.name)
        {
            Verdict::No
        } else if total >= 2 && !is_unsure || topology.hints.all_services {
            Verdict::Yes
        } else {
            Verdict::Undecided
        };
        Client {
            service: topology.project.handle(service.id),
            verdict,
            evidence,
            addresses,
            unread,
            program,
            form,
            protocol,
            usage,
            has_code: code.is_some_and(|code| !code.files.is_empty()),
        }
    }
}

/// How a client reads a list of addresses: as its program does, or as the one kind of library in its code.
fn form(program: Option<&KafkaClient>, usage: &Usage) -> Option<&'static AddressForm> {
    if let Some(program) = program {
        return CATALOG.address_form(program.form.as_deref()?);
    }
    let is_library = |sign: &&Sign| matches!(sign.kind, EvidenceKind::Import | EvidenceKind::Library);
    let mut forms = usage.signs.iter().filter(is_library).map(|sign| CATALOG.address_form(&sign.text));
    let first = forms.next()??;
    forms.all(|form| form.is_some_and(|form| form.name == first.name)).then_some(first)
}

/// The kind of the base image of a service's own image, if that is a proxy which the container starts: what is mounted or copied there is
/// data.
fn proxy_below(code: &ServiceCode) -> Option<&'static str> {
    let image = Image::parse(code.base_image.as_deref()?)?;
    let name = image.repository.rsplit('/').next().unwrap_or_default();
    let programs = code.command.iter().flat_map(|word| word.split_whitespace());
    let mut programs = programs.filter_map(|word| word.rsplit('/').next()).filter(|program| !program.is_empty());
    let is_started = code.command.is_empty() || programs.any(|program| name.starts_with(program));
    CATALOG.not_client(&image).filter(|kind| *kind == "proxy" && is_started)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::code::Containers;
    use crate::source::{Files, Memory};

    fn verdict(service: &str) -> Verdict {
        let text = format!("services: {{kafka: {{image: apache/kafka}}, it: {{{service}}}}}");
        let mut files = Files::new(Memory([("compose.yml".into(), text.into_bytes())].into()));
        let project = Project::load(&mut files, Path::new("compose.yml")).expect("it is a compose file");
        clients(&Topology::new(Arc::new(project), Arc::default(), &Containers::default()), &Code::default())[0].verdict
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
            ("image: confluentinc/cp-ksqldb-cli, depends_on: [kafka]", Verdict::No),
            ("image: landoop/kafka-topics-ui, environment: [KAFKA_REST_PROXY_URL=http://rest:8082]", Verdict::No),
            ("image: debezium/server, environment: [DEBEZIUM_SINK_KAFKA_PRODUCER_BOOTSTRAP_SERVERS=x:1]", Verdict::Yes),
            ("image: ubercadence/server", Verdict::Undecided),
            ("image: ubercadence/server, environment: [KAFKA_SEEDS=kafka]", Verdict::Yes),
        ] {
            assert_eq!(verdict(service), expected, "{service}");
        }
    }

    #[test]
    fn a_ready_made_program_that_is_not_started_is_not_a_client() {
        for (service, expected) in [
            ("image: edenhill/kcat", Verdict::Yes),
            ("image: edenhill/kcat, entrypoint: tail -f /dev/null", Verdict::No),
            ("image: edenhill/kcat, entrypoint: [/bin/sh, -c, sleep infinity]", Verdict::No),
            ("image: edenhill/kcat, entrypoint: sh, command: -c 'tail -f /dev/null'", Verdict::No),
            ("image: edenhill/kcat, entrypoint: [sleep], command: [infinity], depends_on: [kafka]", Verdict::No),
            ("image: edenhill/kcat, entrypoint: sh -c 'kcat -L -b kafka:9092; sleep infinity'", Verdict::Yes),
            ("image: edenhill/kcat, command: bash", Verdict::No),
            ("image: edenhill/kcat, entrypoint: sh, command: '-c \"while true; do sleep 1; done\"'", Verdict::No),
            ("image: debezium/connect, command: sh -c 'sleep 9 && /docker-entrypoint.sh start'", Verdict::Yes),
            ("image: debezium/connect, command: sh -c '/docker-entrypoint.sh start & sleep infinity'", Verdict::Yes),
        ] {
            assert_eq!(verdict(service), expected, "{service}");
        }
    }
}
