//! The variables by which a service gets its broker's address.

use crate::compose::{Origin, Project, Service, ServiceHandle, Variable, VariableId};
use crate::kafka::address::{AddressList, BrokerAddress, is_loopback};
use crate::kafka::catalog::{CATALOG, KafkaClient, Reading, VariableRole};
use crate::kafka::client::origin_of;
use crate::kafka::topology::Topology;

/// A variable that holds a broker's address.
#[derive(Clone, Debug)]
pub struct AddressVariable {
    /// What its name says: an address or a host alone.
    pub role: VariableRole,
    service: ServiceHandle,
    id: VariableId,
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

/// The variables of a service that hold broker addresses.
pub(super) struct Variables<'s> {
    service: &'s Service,
    program: Option<&'static KafkaClient>,
    found: Vec<AddressVariable>,
}

impl<'s> Variables<'s> {
    /// Finds them: by their name, or because the value names a broker of the project.
    pub(super) fn of(topology: &Topology, service: &'s Service, program: Option<&'static KafkaClient>) -> Self {
        let address = |variable: Variable<'_>| {
            let value = variable.value().filter(|value| !value.trim().is_empty())?;
            let role = CATALOG.variable_role(variable.name(), program);
            let id = service.variable_id(variable.name())?;
            let is_address = is_address(topology, service, role, &AddressList::parse(value)?);
            is_address.then(|| AddressVariable { role, service: topology.project.handle(service.id), id })
        };
        Self { service, program, found: service.variables().filter_map(address).collect() }
    }

    /// Those that the service reads, and those that it does not: where `is_sure` says that nothing but its program can read any.
    pub(super) fn read_if(self, is_sure: bool) -> (Vec<AddressVariable>, Vec<AddressVariable>) {
        let (service, program) = (self.service, self.program.filter(|_| is_sure));
        let is_read = |variable: &AddressVariable| {
            let reading = program.map(|program| program.reading(variable.name()));
            let is_known = variable.role != VariableRole::Unrelated;
            !is_known || !matches!(reading, Some(Reading::Unread(_))) || is_mentioned(service, variable.name())
        };
        self.found.into_iter().partition(is_read)
    }
}

fn is_address(topology: &Topology, service: &Service, role: VariableRole, list: &AddressList<'_>) -> bool {
    let names_broker =
        |address: &BrokerAddress<'_>| address.port.is_some() && topology.broker_at(service, address.host).is_some();
    // A name alone is an address only if it names a broker.
    let is_known = |address: &BrokerAddress<'_>| {
        address.port.is_some() || topology.broker_at(service, address.host).is_some() || is_loopback(address.host)
    };
    match role {
        VariableRole::BrokerAddress(_) => list.addresses().iter().any(is_known),
        VariableRole::BrokerHost => true,
        VariableRole::Unrelated => list.addresses().iter().all(names_broker),
        VariableRole::BrokerPort | VariableRole::BrokerSetting | VariableRole::ClientSetting => false,
    }
}

/// Whether the command or another variable has the name of a variable in it, and may hand its value on.
fn is_mentioned(service: &Service, name: &str) -> bool {
    let in_command = service.command_words().iter().any(|word| word.contains(name));
    in_command || service.variables().any(|other| other.value().is_some_and(|value| value.contains(name)))
}
