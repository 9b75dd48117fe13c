//! The variables by which a service gets its broker's address.

use std::sync::Arc;

use crate::code::document::Syntax;
use crate::compose::{Origin, Project, Service, ServiceHandle, Variable, VariableId};
use crate::kafka::address::{AddressList, BrokerAddress, is_foreign_scheme, is_loopback};
use crate::kafka::catalog::{CATALOG, KafkaClient, Reading, Shape, VariableRole};
use crate::kafka::client::{EvidenceKind, origin_of};
use crate::kafka::document::{self, DocumentAddress};
use crate::kafka::listener::SecurityProtocol;
use crate::kafka::protocols::default_protocol;
use crate::kafka::topology::{Topology, has_port};
use crate::kafka::usage::{Sign, Usage, Way};

/// A variable that holds a broker's address, or one of the addresses in a variable that holds a document.
#[derive(Clone, Debug)]
pub struct AddressVariable {
    /// Its role: an address or only a host.
    pub role: VariableRole,
    service: ServiceHandle,
    id: VariableId,
    /// The variable for the port.
    port: Option<VariableId>,
    /// The place in the document.
    part: Option<Arc<DocumentAddress>>,
}

impl AddressVariable {
    /// The variable.
    ///
    /// # Panics
    /// Never: the service is stored together with the number.
    #[must_use]
    pub fn variable(&self) -> Variable<'_> {
        self.service.variable_of(self.id).expect("the number is one of this very service")
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.variable().name()
    }

    /// The place of the address in its value, if that is a document.
    #[must_use]
    pub fn part(&self) -> Option<&DocumentAddress> {
        self.part.as_deref()
    }

    /// The text that holds the address, interpolated: its value, or that of a key in its document.
    #[must_use]
    pub fn value(&self) -> &str {
        match &self.part {
            Some(part) => &part.value,
            None => self.variable().value().unwrap_or_default(),
        }
    }

    /// The security protocol that is set for this address alone.
    #[must_use]
    pub fn protocol(&self) -> Option<SecurityProtocol> {
        self.part()?.protocol
    }

    /// The variable that holds the port.
    #[must_use]
    pub fn port_variable(&self) -> Option<Variable<'_>> {
        self.service.variable_of(self.port?)
    }

    /// The port for the host.
    #[must_use]
    pub fn port_beside(&self) -> Option<u16> {
        let in_document = self.part.as_ref().and_then(|part| part.port.as_ref()).map(|(port, _)| port.as_str());
        in_document.or_else(|| self.port_variable()?.value())?.trim().parse().ok()
    }

    /// Whether its value is a host alone, whose port is elsewhere.
    #[must_use]
    pub fn is_host(&self) -> bool {
        self.role == VariableRole::BrokerHost || self.port_beside().is_some()
    }

    /// The addresses in the value; `None` if it is something else.
    #[must_use]
    pub fn list(&self) -> Option<AddressList<'_>> {
        Some(AddressList::parse_meant(self.value())?.with_port(self.port_beside()))
    }

    /// The place of the value.
    #[must_use]
    pub fn origin(&self, project: &Project) -> Origin {
        origin_of(project, self.variable())
    }
}

/// The variables of a service that hold broker addresses.
pub(super) struct Variables<'s> {
    topology: &'s Topology,
    service: &'s Service,
    program: Option<&'static KafkaClient>,
    /// The sources of an address in its code and its files.
    ways: &'s [Way],
    /// Whether its code uses Kafka and has neither an address nor a known source of one.
    is_unled: bool,
}

impl<'s> Variables<'s> {
    pub(super) fn new(
        topology: &'s Topology,
        service: &'s Service,
        program: Option<&'static KafkaClient>,
        usage: &'s Usage,
    ) -> Self {
        let is_import = |sign: &Sign| sign.kind == EvidenceKind::Import;
        let is_unled = usage.ways.is_empty() && usage.fixed.is_empty() && usage.signs.iter().any(is_import);
        Self { topology, service, program, ways: &usage.ways, is_unled }
    }

    /// The variables that the service reads, and those that it does not read (only if `is_sure`: nothing except its program can read
    /// variables). They are recognized by their name, or because the value is the address of a broker of the project.
    pub(super) fn read_if(&self, is_sure: bool) -> (Vec<AddressVariable>, Vec<AddressVariable>) {
        let (service, program) = (self.service, self.program.filter(|_| is_sure));
        let is_read = |variable: &AddressVariable| {
            let reading = program.map(|program| program.reading(variable.name()));
            let is_known = variable.role != VariableRole::Unrelated;
            !is_known || !matches!(reading, Some(Reading::Unread(_))) || is_mentioned(service, variable.name())
        };
        let named = service.variables().filter(|variable| is_readable(variable.name()));
        named.flat_map(|variable| self.addresses(variable)).partition(is_read)
    }

    fn addresses(&self, variable: Variable<'_>) -> Vec<AddressVariable> {
        let role = self.role(variable.name());
        let value = variable.value().filter(|value| !value.trim().is_empty());
        let (Some(value), Some(id)) = (value, self.service.variable_id(variable.name())) else { return Vec::new() };
        let service = || self.service_handle();
        if let Some(syntax) = self.syntax(variable.name(), role, value) {
            let parts =
                document::addresses(value, syntax, &[], self.program.and(default_protocol(self.service))).into_iter();
            let is_ours = |part: &DocumentAddress| {
                let list = AddressList::parse_meant(&part.value);
                list.is_some_and(|list| list.addresses().iter().all(|it| self.is_ours(it)))
            };
            let role = VariableRole::BrokerAddress(Shape::List);
            let address =
                |part| AddressVariable { role, service: service(), id, port: None, part: Some(Arc::new(part)) };
            return parts.filter(is_ours).map(address).collect();
        }
        let Some(list) = AddressList::parse_meant(value).filter(|list| self.is_address(variable.name(), role, list))
        else {
            return Vec::new();
        };
        let is_alone = list.addresses().iter().all(|address| address.port.is_none());
        let port = if is_alone { self.port_beside(variable.name()) } else { None };
        vec![AddressVariable { role, service: service(), id, port, part: None }]
    }

    /// What a variable holds. A host that is called a broker's is Kafka's if the port beside it is one of the project's brokers.
    fn role(&self, name: &str) -> VariableRole {
        let role = CATALOG.variable_role(name, self.program);
        let is_host =
            || plain(name).contains("BROKER") && ["HOST", "HOSTNAME"].iter().any(|end| plain(name).ends_with(end));
        let stem = || plain(name).trim_end_matches("NAME").trim_end_matches("HOST").to_owned();
        let is_ours = |port: Variable<'_>| {
            let number = port.value().and_then(|value| value.trim().parse::<u16>().ok());
            number.is_some_and(|number| self.topology.brokers.iter().any(|broker| has_port(broker, number)))
        };
        let has_port = |stem: String| {
            let name = format!("{stem}PORT");
            self.service.variables().any(|other| plain(other.name()) == name && is_ours(other))
        };
        let by_code = || self.ways.iter().find(|way| way.is_spelled && way.is_by(name)).map(|way| way.role);
        match role {
            VariableRole::Unrelated if is_host() && has_port(stem()) => VariableRole::BrokerHost,
            // What its code or its file takes for a broker's address is one, whatever its name.
            VariableRole::Unrelated | VariableRole::BrokerSetting => by_code().unwrap_or(role),
            role => role,
        }
    }

    fn service_handle(&self) -> ServiceHandle {
        self.topology.project.handle(self.service.id)
    }

    /// The language of a variable's value, if that is a document which may have addresses in it.
    fn syntax(&self, name: &str, role: VariableRole, value: &str) -> Option<Syntax> {
        let is_document = role == VariableRole::BrokerAddress(Shape::Document);
        let of_program = || self.program?.variable(name)?.syntax;
        let may_be =
            role != VariableRole::BrokerSetting && (value.trim_start().starts_with(['{', '-']) || value.contains('\n'));
        if is_document {
            of_program().or_else(|| Syntax::of_text(value))
        } else {
            Syntax::of_text(value).filter(|_| may_be)
        }
    }

    /// Whether an address in a document is one of the project's brokers, or the container itself at a port of theirs.
    fn is_ours(&self, address: &BrokerAddress<'_>) -> bool {
        let is_brokers = self.topology.broker_at(self.service, address.host).is_some();
        let has_port = |port: u16| port == 9092 || self.is_port(port);
        is_brokers || is_loopback(address.host) && address.port.is_none_or(has_port)
    }

    /// Whether a broker of the project has a port.
    fn is_port(&self, port: u16) -> bool {
        self.topology.brokers.iter().any(|broker| has_port(broker, port))
    }

    fn is_address(&self, name: &str, role: VariableRole, list: &AddressList<'_>) -> bool {
        let is_broker = |host: &str| self.topology.broker_at(self.service, host).is_some();
        // A name alone is an address only if it names a broker; a web address may be that of a program around Kafka.
        let is_known = |address: &BrokerAddress<'_>| match address.scheme {
            Some(scheme) if is_foreign_scheme(scheme) => self.is_ours(address),
            _ => address.port.is_some() || is_broker(address.host) || is_loopback(address.host),
        };
        match role {
            VariableRole::BrokerAddress(_) => list.addresses().iter().any(is_known),
            VariableRole::BrokerHost => true,
            VariableRole::Unrelated => list.addresses().iter().all(|address| {
                let is_plain = !address.has_bare_path && !address.scheme.is_some_and(is_foreign_scheme);
                let is_named = || {
                    let is_meant =
                        is_about_brokers(name) || self.is_unled && address.port.is_some_and(|it| self.is_port(it));
                    is_meant && is_loopback(address.host) && self.is_ours(address)
                };
                is_plain && address.port.is_some() && (is_broker(address.host) || is_named())
            }),
            VariableRole::BrokerPort | VariableRole::BrokerSetting | VariableRole::ClientSetting => false,
        }
    }

    /// The variable for the port of a host: its value is a number, and its name has the same beginning and ends in `PORT`.
    fn port_beside(&self, host: &str) -> Option<VariableId> {
        let host = plain(host);
        let begins_alike = |name: &str| {
            let stem = plain(name).strip_suffix("PORT").map(str::to_owned);
            stem.filter(|stem| !stem.is_empty() && host.starts_with(stem.as_str())).map(|stem| stem.len())
        };
        let is_port = |variable: &Variable<'_>| {
            let is_number = variable.value().is_some_and(|value| value.trim().parse::<u16>().is_ok());
            let role = CATALOG.variable_role(variable.name(), self.program);
            is_number && matches!(role, VariableRole::BrokerPort | VariableRole::Unrelated)
        };
        let ports = self.service.variables().filter(is_port);
        let (_, name) = ports.filter_map(|port| Some((begins_alike(port.name())?, port.name()))).max()?;
        self.service.variable_id(name)
    }
}

/// Whether programs ask for variables with such a name: `KAFKA_BROKERS##[error]x` is written for whoever reads a log.
fn is_readable(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:[]".contains(&byte))
}

/// Whether a name has a word for brokers in it.
fn is_about_brokers(name: &str) -> bool {
    ["BROKER", "BOOTSTRAP"].iter().any(|word| plain(name).contains(word))
}

/// A name in capitals, without what separates its words.
fn plain(name: &str) -> String {
    name.chars().filter(|char| char.is_alphanumeric()).map(|char| char.to_ascii_uppercase()).collect()
}

/// Whether the command or another variable has the name of a variable in it, and may hand its value on.
fn is_mentioned(service: &Service, name: &str) -> bool {
    let in_command = service.command_words().iter().any(|word| word.contains(name));
    in_command || service.variables().any(|other| other.value().is_some_and(|value| value.contains(name)))
}
