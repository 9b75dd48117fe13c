//! The evidence about Kafka in the code of a service: whether it uses Kafka, and the sources of its broker address.

mod fixed;
mod profile;
mod silence;
mod unnamed;
mod way;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::code::{self, FileFacts, Framework, Overlay, ServiceCode, Setting, Share};
use crate::compose::Service;
use crate::kafka::address::{AddressList, BrokerAddress, is_loopback};
use crate::kafka::catalog::{CATALOG, KafkaClient, Shape, VariableRole};
use crate::kafka::client::EvidenceKind;
use crate::kafka::keys::{broker_addresses, is_broker_key};
use crate::kafka::listener::SecurityProtocol;
use crate::kafka::protocols::common;
use crate::kafka::route::serves_no_container;
use crate::kafka::topology::{Topology, has_port};
use profile::{active_profiles, has_environments, is_active, rails_environment, section};
use unnamed::is_of_other;
pub use way::Way;
use way::add;

/// The evidence in code.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// Whether there is a program whose whole code was seen, without a word about Kafka in it.
    pub is_silent: bool,
    /// Whether the service runs a part of the code that takes in no library for Kafka, while another part does.
    pub leaves_kafka_out: bool,
    /// Whether the imports of the program that the service runs show what of the code it is.
    pub is_followed: bool,
    /// Whether nothing but a name led to the code.
    pub is_guess: bool,
    /// Whether several services run different parts of the code, and nothing tells which this one runs.
    pub is_shared: bool,
    /// How much it weighs that it uses Kafka, as [`EvidenceKind`]s do.
    pub weight: u32,
    /// The signs.
    pub signs: Vec<Sign>,
    /// The sources of its address, the likeliest first.
    pub ways: Vec<Way>,
    /// Whether its configuration may come from an unknown place: a server, or a file that a variable names.
    pub is_elsewhere: bool,
    /// Whether its address may have another source: a file names a broker of the project, only a name led to the code, or it is not clear
    /// which part of it runs.
    pub is_open: bool,
    /// The security protocol that its configuration sets.
    pub protocol: Option<SecurityProtocol>,
    /// Addresses in it that no variable can change.
    pub fixed: Vec<Sign>,
    /// Addresses in files of configuration that its ready-made program reads.
    pub configured: Vec<Sign>,
    /// Whether it connects only to what another container submits to it, when that does.
    pub is_submitted_to: bool,
    /// Addresses in files that it submits to another container of its program, which connects to them.
    pub submitted: Vec<Sign>,
    /// Addresses in the definitions of connectors among its files, which are for a Connect worker, and nothing that the service reads.
    pub connectors: Vec<Sign>,
}

/// A sign of Kafka in a file of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// What kind of sign.
    pub kind: EvidenceKind,
    /// What it is, as a user reads it; of a fixed address, the address alone.
    pub text: String,
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// Of an address, the security protocol that the same file sets for it.
    pub protocol: Option<SecurityProtocol>,
    /// Of an address in code, the function that makes a client of it: `KafkaConsumer`.
    pub maker: Option<String>,
}

impl Sign {
    fn new(kind: EvidenceKind, text: &str, file: &FileFacts, line: usize) -> Self {
        Self { kind, text: text.to_owned(), path: file.path.clone(), line, protocol: None, maker: None }
    }
}

/// Looks at the code of a service.
#[must_use]
pub(super) fn usage(
    topology: &Topology,
    service: &Service,
    code: &ServiceCode,
    program: Option<&KafkaClient>,
) -> Usage {
    let mut usage = Usage {
        is_silent: silence::is_silent(service, code),
        is_guess: code.is_guessed,
        leaves_kafka_out: code.leaves_kafka_out,
        is_followed: code.is_followed,
        is_shared: code.share == Share::Unknown,
        ..Usage::default()
    };
    let scope = Scope::new(topology, service, code);
    let mut imports = 0;
    let mut libraries = 0;
    for file in scope.files() {
        if let Some(mention) = file.libraries.first() {
            libraries += 1;
            usage.signs.push(Sign::new(EvidenceKind::Library, &mention.library, file, mention.line));
        }
        if let Some(mention) = file.uses.first() {
            imports += 1;
            usage.signs.push(Sign::new(EvidenceKind::Import, &mention.library, file, mention.line));
        }
    }
    // Other files in the container of a ready-made program are for other programs.
    let reads_files = program.is_some_and(|program| !program.files.is_empty());
    usage.fixed = if reads_files { scope.in_scripts() } else { scope.fixed() };
    if let Some(program) = program {
        usage.configured = scope.configured(program, |file| !file.shared);
        usage.submitted = scope.configured(program, |file| file.shared);
    }
    usage.connectors = fixed::in_connectors(code);
    // An address in the code beats what its framework would take where nothing is said.
    usage.ways = scope.ways((imports > 0 || libraries > 0) && usage.fixed.is_empty());
    for way in &usage.ways {
        usage.signs.push(Sign {
            kind: EvidenceKind::Read,
            text: way.variable.clone(),
            path: way.path.clone(),
            line: way.line,
            protocol: None,
            maker: None,
        });
    }
    usage.protocol = scope.protocol();
    usage.is_elsewhere = scope.has_other_configuration();
    usage.is_open = usage.is_shared || code.is_guessed || scope.names_broker();
    let has_way = !usage.ways.is_empty() || !usage.fixed.is_empty();
    // A library that no file of a program takes in is a leftover; a framework may connect by its configuration alone.
    let is_own_way = has_way && code.share == Share::Own;
    let is_leftover = imports == 0 && !is_own_way && scope.frameworks.is_empty() && scope.files().any(is_program);
    let has_library = libraries > 0 && !is_leftover;
    usage.weight = 2 * u32::from(imports > 0) + u32::from(has_library) + u32::from(has_way);
    if code.share == Share::Unknown {
        usage.weight = usage.weight.min(1);
    }
    // A configuration file with the address of a broker of the project is as good as a variable.
    if let Some((file, setting)) = scope.mounted_address().filter(|_| !reads_files) {
        usage.weight += 2;
        let text = format!("{}={}", setting.key, setting.value);
        usage.signs.push(Sign::new(EvidenceKind::Config, &text, file, setting.line));
    }
    usage.signs.dedup_by(|a, b| (&a.path, a.line, &a.text) == (&b.path, b.line, &b.text));
    usage
}

/// The addresses in files that the command of a service submits to another program: the files that it names.
pub(super) fn submitted(
    topology: &Topology,
    service: &Service,
    code: &ServiceCode,
    program: &KafkaClient,
) -> Vec<Sign> {
    let words = service.command_words();
    let is_named = |sign: &Sign| {
        let name = sign.path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| words.iter().any(|word| word.contains(name)))
    };
    let mut signs = Scope::new(topology, service, code).configured(program, |file| file.shared);
    signs.retain(is_named);
    signs
}

/// Whether a file is source of a program, not a script around one.
fn is_program(file: &FileFacts) -> bool {
    file.language.is_some_and(|language| language != code::Language::Shell)
}

/// The code of a service as it runs.
struct Scope<'c> {
    topology: &'c Topology,
    service: &'c Service,
    code: &'c ServiceCode,
    /// The profiles that it runs with.
    profiles: Vec<String>,
    /// What the libraries in it are part of.
    frameworks: Vec<Framework>,
    /// Whether it may be part of one on the JVM: its code names one, or is not there to be seen.
    has_framework: bool,
    /// The loaders by which variables override its configuration files.
    overlays: Vec<&'c Overlay>,
    /// The settings that count, those of an active profile first.
    settings: Vec<(&'c FileFacts, &'c Setting)>,
    /// Those settings by their keys, small letters and nothing else: the first of each.
    by_key: OnceCell<HashMap<String, (&'c FileFacts, &'c Setting)>>,
    /// The variables that the image, or an env file baked into it, sets.
    baked: OnceCell<HashMap<&'c str, &'c str>>,
}

impl<'c> Scope<'c> {
    fn new(topology: &'c Topology, service: &'c Service, code: &'c ServiceCode) -> Self {
        let profiles = active_profiles(service, code);
        let rails = rails_environment(service, code);
        let mentions = code.files.iter().flat_map(|file| &file.libraries);
        let frameworks = mentions.filter_map(|mention| code::framework(&mention.library)).collect();
        let mut settings: Vec<(&FileFacts, &Setting)> = code
            .files
            .iter()
            .filter(|file| !fixed::is_connector(file))
            .flat_map(|file| {
                let rails = rails.as_deref().filter(|_| has_environments(file));
                let is_here =
                    move |setting: &&Setting| rails.is_none_or(|own| section(setting).is_none_or(|it| it == own));
                file.settings.iter().filter(is_here).map(move |setting| (file.as_ref(), setting))
            })
            .filter(|(_, setting)| is_active(setting, &profiles))
            .collect();
        settings.sort_by_key(|(_, setting)| setting.profile.is_none());
        let is_jvm = |file: &Arc<FileFacts>| file.language == Some(code::Language::Jvm);
        let has_framework = !code.files.iter().any(is_jvm) || code.files.iter().any(|file| file.names_framework);
        let (by_key, baked) = (OnceCell::new(), OnceCell::new());
        let overlays = code.files.iter().flat_map(|file| &file.overlays).collect();
        Self { topology, service, code, profiles, frameworks, has_framework, overlays, settings, by_key, baked }
    }

    /// The files that may be for the service itself.
    fn files(&self) -> impl Iterator<Item = &'c FileFacts> + use<'c> {
        self.code.files.iter().map(AsRef::as_ref).filter(|file| !fixed::is_connector(file))
    }

    /// The security protocol that its settings have in common; none if a profile may set another.
    fn protocol(&self) -> Option<SecurityProtocol> {
        let of = |settings: &mut dyn Iterator<Item = &Setting>| {
            common(settings.map(|own| (own.key.as_str(), own.value.as_str()))).flatten()
        };
        let all = || self.settings.iter().map(|&(_, setting)| setting);
        of(&mut all()).filter(|_| of(&mut all().filter(|setting| setting.profile.is_none())).is_some())
    }

    /// Whether an address leads to a broker of the project.
    fn is_brokers(&self, address: &BrokerAddress<'_>) -> bool {
        self.topology.broker_at(self.service, address.host).is_some()
    }

    /// The framework that reads a file, or runs the code in it.
    fn framework_of(&self, file: &FileFacts) -> Option<Framework> {
        code::framework_of_file(&file.path, &self.frameworks, self.has_framework.then_some(Framework::Spring))
    }

    /// The variables that override a key of a file; `None` if none can.
    fn bound(&self, file: &FileFacts, key: &str) -> Option<Vec<String>> {
        let by_framework = || self.framework_of(file).map(|framework| code::variables_of(framework, key));
        match self.overlays.as_slice() {
            [] => by_framework(),
            overlays => Some(overlays.iter().map(|overlay| overlay.variable(key)).collect()),
        }
    }

    /// The value of a variable that the image, or an env file baked into it, sets.
    fn baked(&self, variable: &str) -> Option<String> {
        let baked = self.baked.get_or_init(|| {
            let mut baked = HashMap::new();
            let image = self.code.image_env.iter().map(|own| (own.name.as_str(), own.value.as_str()));
            let env_files = self.files().filter(|file| is_env_file(file));
            let settings = env_files.flat_map(|file| &file.settings);
            for (name, value) in image.chain(settings.map(|own| (own.key.as_str(), own.value.as_str()))) {
                baked.entry(name).or_insert(value);
            }
            baked
        });
        baked.get(variable).map(|&value| value.to_owned())
    }

    /// An entry of a file that is mounted for this service alone, with the address of a broker of the project.
    fn mounted_address(&self) -> Option<(&'c FileFacts, Setting)> {
        let is_brokers = |setting: &Setting| {
            AddressList::parse(&setting.value)
                .is_some_and(|list| list.addresses().iter().all(|address| self.is_brokers(address)))
        };
        self.files()
            .filter(|file| self.code.mounted.contains_key(&file.path))
            .find_map(|file| Some((file, broker_addresses(file.settings.iter()).into_iter().find(is_brokers)?)))
    }

    /// Whether any file that counts has an address at which a broker of the project may serve it.
    fn names_broker(&self) -> bool {
        let has_brokers = |text: &str| {
            let serves = |address: &BrokerAddress<'_>| {
                self.is_brokers(address) && !serves_no_container(self.topology, self.service, address)
            };
            AddressList::parse(text).is_some_and(|list| list.addresses().iter().any(serves))
        };
        let settings = self.settings.iter().map(|&(_, setting)| setting);
        // What the sample of an env file has, the file itself may have where the image is built.
        let samples: Vec<&Setting> = self.files().flat_map(|file| &file.samples).collect();
        self.files().flat_map(|file| &file.literals).any(|literal| has_brokers(&literal.text))
            || broker_addresses(settings).iter().any(|setting| has_brokers(&setting.value))
            || broker_addresses(samples.into_iter()).iter().any(|setting| has_brokers(&setting.value))
    }

    /// Whether a variable names a file of configuration, a server brings it (Spring Cloud Config), or files overrule variables.
    fn has_other_configuration(&self) -> bool {
        let ends = [".json", ".yml", ".yaml", ".toml", ".properties", ".conf"];
        let is_file = |value: &str| ends.iter().any(|end| value.ends_with(end));
        let is_remote = |key: &str| key.starts_with("spring.cloud.config") || key.starts_with("spring.config.import");
        let mut variables = self.service.variables();
        variables
            .any(|variable| variable.value().is_some_and(is_file) || variable.name().starts_with("SPRING_CLOUD_CONFIG"))
            || self.settings.iter().any(|(_, setting)| is_remote(&setting.key))
            || self.files().any(|file| file.overrules_variables)
    }

    fn ways(&self, has_library: bool) -> Vec<Way> {
        let mut ways = Vec::new();
        self.add_arguments(&mut ways);
        let uses_kafka = self.files().any(|file| !file.uses.is_empty() || !file.libraries.is_empty());
        for file in self.files() {
            for read in &file.reads {
                let role = CATALOG.variable_role(&read.variable, None);
                // In a file that uses Kafka, a default shows what the name does not.
                let is_kafkas = || {
                    role != VariableRole::BrokerSetting
                        && !is_of_other(&read.variable)
                        && (!file.uses.is_empty() || uses_kafka && is_about_broker(&read.variable))
                        && read.default.as_deref().is_some_and(|default| self.is_kafkas(default))
                };
                // So does the setting of a client that its value is given to.
                let is_given = || !file.uses.is_empty() && read.given_to.iter().any(|target| is_broker_key(target));
                let role = if !is_address_role(role) && (is_kafkas() || is_given()) { ADDRESSES } else { role };
                if is_address_role(role) {
                    let default = self.baked(&read.variable).or_else(|| read.default.clone());
                    let default = default.filter(|default| !default.is_empty());
                    let way = Way::new(vec![read.variable.clone()], role, default, file, read.line);
                    add(&mut ways, way.map(Way::spelled));
                }
            }
            for key in file.keys.iter().filter(|key| is_broker_key(&key.key)) {
                let before = ways.len();
                self.add_key(&mut ways, file, key);
                // What code asks for by its name is read.
                ways[before..].iter_mut().for_each(|way| way.is_spelled = true);
            }
        }
        let is_meant = |setting: &Setting| is_broker_key(&setting.key) && !is_of_other_part(&setting.key);
        for &(file, setting) in self.settings.iter().filter(|(_, setting)| is_meant(setting)) {
            self.add_setting(&mut ways, file, setting);
        }
        if ways.is_empty() && has_library {
            ways = self.unnamed_ways();
        }
        if ways.is_empty() && has_library {
            ways.extend(self.implicit_way());
        }
        // A host that nothing joins to a port is the whole address.
        let is_port = |way: &Way| way.role == VariableRole::BrokerPort;
        if !ways.iter().any(is_port) && !self.files().any(|file| file.joins_port) {
            let hosts = ways.iter_mut().filter(|way| way.role == VariableRole::BrokerHost);
            hosts.for_each(|way| way.role = ADDRESSES);
        }
        // Hosts and ports count only if there is no address.
        ways.sort_by_key(|way| !matches!(way.role, VariableRole::BrokerAddress(_)));
        ways
    }

    /// The ways by which the command hands a variable of the image to the program: `java -jar app.jar ${BROKER_LIST}`.
    fn add_arguments(&self, ways: &mut Vec<Way>) {
        let is_dockerfile = |file: &&FileFacts| file.path.to_string_lossy().contains("Dockerfile");
        let Some(file) = self.files().find(is_dockerfile).or_else(|| self.files().next()) else { return };
        let refers = |name: &str| {
            let spellings = [format!("${{{name}}}"), format!("${name}")];
            self.code.command.iter().any(|word| spellings.iter().any(|spelling| word.contains(spelling)))
        };
        for own in self.code.image_env.iter().filter(|own| self.is_kafkas(&own.value) && refers(&own.name)) {
            let way = Way::new(vec![own.name.clone()], ADDRESSES, Some(own.value.clone()), file, own.line);
            add(ways, way.map(Way::spelled));
        }
    }

    /// The source of a framework that needs no code or configuration.
    fn implicit_way(&self) -> Option<Way> {
        let (framework, key) =
            self.frameworks.iter().find_map(|&framework| Some((framework, code::implicit_key(framework)?)))?;
        let (file, mention) = self.files().find_map(|file| Some((file, file.libraries.first()?)))?;
        let variables = code::variables_of(framework, key);
        let default = self.baked(variables.first()?).or_else(|| Some("localhost:9092".to_owned()));
        Way::new(variables, ADDRESSES, default, file, mention.line)
    }

    /// The source for a key that code reads.
    fn add_key(&self, ways: &mut Vec<Way>, file: &FileFacts, key: &Setting) {
        if let Some((file, setting)) = self.setting(&key.key) {
            return self.add_setting(ways, file, setting);
        }
        let variables = self.framework_of(file).map(|framework| code::variables_of(framework, &key.key));
        let variables = variables.unwrap_or_default();
        let baked = variables.first().and_then(|variable| self.baked(variable));
        let default = baked.or_else(|| Some(key.value.clone()).filter(|value| !value.is_empty()));
        add(ways, Way::new(variables, ADDRESSES, default, file, key.line));
    }

    fn setting(&self, key: &str) -> Option<(&'c FileFacts, &'c Setting)> {
        let plain = |key: &str| key.replace([':', '-', '_', '.'], "").to_ascii_lowercase();
        let by_key = self.by_key.get_or_init(|| {
            let mut by_key = HashMap::new();
            for &(file, setting) in &self.settings {
                by_key.entry(plain(&setting.key)).or_insert((file, setting));
            }
            by_key
        });
        by_key.get(&plain(key)).copied()
    }

    /// The ways of a setting: the variables in its value, else the one that its framework lets override it.
    fn add_setting(&self, ways: &mut Vec<Way>, file: &'c FileFacts, setting: &'c Setting) {
        let bound = self.bound(file, &setting.key);
        let mut place = (file, setting);
        // A property may take its value from another property.
        for _ in 0..3 {
            let mut placeholders = code::placeholders(&place.1.value).into_iter();
            let Some(inner) = placeholders.find(|inner| is_property(&inner.name)) else { break };
            let Some(found) = self.setting(&inner.name) else { break };
            place = found;
        }
        let (file, Setting { value, line, .. }) = place;
        let inner: Vec<_> = code::placeholders(value).into_iter().filter(|inner| !is_property(&inner.name)).collect();
        if let [host, port] = inner.as_slice()
            && value.contains("}:$")
        {
            for (part, role) in [(host, VariableRole::BrokerHost), (port, VariableRole::BrokerPort)] {
                let default = self.baked(&part.name).or_else(|| part.default.clone());
                add(ways, Way::new(vec![part.name.clone()], role, default, file, *line).map(Way::spelled));
            }
            return;
        }
        let default = code::resolve(value, &|name| self.baked(name)).filter(|value| !value.is_empty());
        let is_spelled = !inner.is_empty();
        let variables = inner.into_iter().map(|inner| inner.name).chain(bound.unwrap_or_default()).collect();
        let way = Way::new(variables, ADDRESSES, default, file, *line);
        add(ways, if is_spelled { way.map(Way::spelled) } else { way });
    }

    /// Whether a text is nothing but addresses of brokers of the project, or of the container itself at a port of Kafka.
    fn is_kafkas(&self, text: &str) -> bool {
        let is_port = |port: u16| port == 9092 || self.topology.brokers.iter().any(|broker| has_port(broker, port));
        AddressList::parse(text).is_some_and(|list| {
            list.addresses().iter().all(|address| {
                let is_own = || is_loopback(address.host) && address.port.is_some_and(is_port);
                address.port.is_some() && (self.is_brokers(address) || is_own())
            })
        })
    }
}

/// Whether the name of a variable may be that of a broker's address, in a program that uses no other message system: `BROKER`, `SERVERS`.
fn is_about_broker(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["BROKER", "BOOTSTRAP", "SERVER", "KAFKA"].iter().any(|word| name.contains(word))
}

/// Whether a key is one of another part of Spring.
fn is_of_other_part(key: &str) -> bool {
    OTHER_ROOTS.iter().any(|root| key.starts_with(root))
}

/// Roots of other parts of Spring, into which wrong indentation may put a broker address.
const OTHER_ROOTS: [&str; 3] = ["eureka.", "logging.", "server."];

/// The role of a variable for addresses without a known name.
const ADDRESSES: VariableRole = VariableRole::BrokerAddress(Shape::List);

/// Whether a file is an env file that is copied into the image.
fn is_env_file(file: &FileFacts) -> bool {
    file.path.file_name().is_some_and(|name| name == ".env")
}

/// Whether a placeholder names a property, not a variable.
fn is_property(name: &str) -> bool {
    name.contains('.') || name.chars().any(|char| char.is_ascii_lowercase()) && name.contains('-')
}

fn is_address_role(role: VariableRole) -> bool {
    matches!(role, VariableRole::BrokerAddress(_) | VariableRole::BrokerHost | VariableRole::BrokerPort)
}
