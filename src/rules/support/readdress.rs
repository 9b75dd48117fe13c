//! Gives a client other broker addresses: in the variables that hold them, and in its command.

use crate::analysis::Analysis;
use crate::compose::{Service, Variable, Written, escape};
use crate::finding::Reason;
use crate::kafka::address::{AddressList, BrokerAddress, HostPort};
use crate::kafka::catalog::VariableRole;
use crate::kafka::client::{AddressVariable, Client};
use crate::repair::{Repair, replace_words, set_variable};
use crate::text::secrets;

/// What stands in for the addresses that are to be replaced, and for which services beside the client that is right.
pub(in crate::rules) struct Readdress<'a> {
    pub(in crate::rules) instead: &'a dyn Fn(&BrokerAddress<'_>) -> Option<Vec<HostPort>>,
    pub(in crate::rules) also_right_for: &'a dyn Fn(&Service) -> bool,
}

impl Readdress<'_> {
    /// Whether a list has an address that is to be replaced.
    pub(in crate::rules) fn concerns(&self, list: &AddressList<'_>) -> bool {
        list.addresses().iter().any(|address| (self.instead)(address).is_some())
    }

    /// A repair of all of a client's variables and of its command; empty if none of its addresses is to be replaced.
    pub(in crate::rules) fn client(&self, analysis: &Analysis, client: &Client) -> Result<Repair, Reason> {
        let mut repair = self.command(analysis, &client.service)?;
        for variable in &client.addresses {
            if let Some(list) = variable.list().filter(|list| self.concerns(list)) {
                repair = repair.and(self.variable(analysis, client, variable, &list)?.0);
            }
        }
        Ok(repair)
    }

    /// A repair of one variable, and the value that it gets.
    pub(in crate::rules) fn variable(
        &self,
        analysis: &Analysis,
        client: &Client,
        variable: &AddressVariable,
        list: &AddressList<'_>,
    ) -> Result<(Repair, String), Reason> {
        let service = &client.service;
        let name = variable.name();
        let host_alone = variable.role == VariableRole::BrokerHost;
        let value = list.replace(|address| {
            let brokers = (self.instead)(address)?;
            // A host without its port: the port stands elsewhere.
            let is_alone = host_alone && address.port.is_none();
            let host = |broker: &HostPort| HostPort::new(&broker.host, None);
            Some(if is_alone { brokers.iter().take(1).map(host).collect() } else { brokers })
        });
        let written = written_value(variable.variable(), &value).unwrap_or_else(|| escape(&value));
        require_no_copied_secret(analysis, variable, &written)?;
        let set = |name: &str, value: &str| {
            set_variable(&analysis.project, service, name, value, self.also_right_for).map_err(Reason::from)
        };
        let mut repair = set(name, &written)?;
        if host_alone && list.addresses().iter().all(|address| address.port.is_none()) {
            repair = repair.and(self.port_beside(client, name, list, &set)?);
        }
        Ok((repair, value))
    }

    /// The port beside a host alone, where it is another one now.
    fn port_beside(
        &self,
        client: &Client,
        host_variable: &str,
        list: &AddressList<'_>,
        set: &dyn Fn(&str, &str) -> Result<Repair, Reason>,
    ) -> Result<Repair, Reason> {
        let port_variable = host_variable.replace("HOSTNAME", "PORT").replace("HOST", "PORT").replace("host", "port");
        let brokers = list.addresses().iter().find_map(|address| (self.instead)(address)).unwrap_or_default();
        let Some(port) = brokers.first().and_then(|address| address.port).filter(|_| port_variable != host_variable)
        else {
            return Ok(Repair::default());
        };
        match client.service.variable(&port_variable).and_then(|variable| variable.value()) {
            Some(current) if current.trim() != port.to_string() => set(&port_variable, &port.to_string()),
            _ => Ok(Repair::default()),
        }
    }

    /// A repair of the addresses with a port in a command.
    pub(in crate::rules) fn command(&self, analysis: &Analysis, service: &Service) -> Result<Repair, Reason> {
        let replacement = |_: &str, word: &str| {
            let list = AddressList::parse(word)?;
            let has_port = list.addresses().iter().all(|address| address.port.is_some());
            (has_port && self.concerns(&list)).then(|| list.replace(|address| (self.instead)(address)))
        };
        replace_words(&analysis.project, service, replacement).map_err(Reason::from)
    }
}

/// A secret that the compose file does not have must not come into it: it is kept out of version control elsewhere.
fn require_no_copied_secret(analysis: &Analysis, variable: &AddressVariable, written: &str) -> Result<(), Reason> {
    let raw = match variable.variable() {
        Variable::Environment(Written { text: Some(text), .. }) => text.raw.as_str(),
        _ => "",
    };
    if secrets(written).into_iter().all(|secret| raw.contains(&written[secret])) {
        return Ok(());
    }
    let origin = variable.origin(&analysis.project);
    let path = match raw {
        "" => analysis.files.get(origin.file).path().to_owned(),
        _ => analysis.project.directory.join(".env"),
    };
    Err(Reason::Secret(path))
}

/// The text to write so that the variable's value becomes `value`, keeping a reference whose default alone is wrong.
fn written_value(variable: Variable<'_>, value: &str) -> Option<String> {
    let Variable::Environment(Written { text: Some(text), value_start, name, .. }) = variable else { return None };
    let raw = text.with_part(*value_start..text.as_str().len(), value)?;
    if *value_start == 0 { Some(raw) } else { raw.strip_prefix(name.as_str())?.strip_prefix('=').map(str::to_owned) }
}
