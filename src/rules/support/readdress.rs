//! Gives a client other broker addresses: in the variables that hold them, and in its command.

use crate::analysis::Analysis;
use crate::compose::{Service, Variable, Written, escape};
use crate::finding::Reason;
use crate::kafka::address::{AddressList, BrokerAddress, HostPort};
use crate::kafka::client::{AddressVariable, Client};
use crate::repair::{Refusal, Repair, replace_words, set_variable};
use crate::text::{Span, secrets};

/// The replacements for addresses, and the services for which they are also right.
pub(in crate::rules) struct Readdress<'a> {
    pub(in crate::rules) instead: &'a dyn Fn(&BrokerAddress<'_>) -> Option<Vec<HostPort>>,
    pub(in crate::rules) also_right_for: &'a dyn Fn(&Service) -> bool,
    /// Whether the addresses are written without what the client does not accept: schemes, paths.
    pub(in crate::rules) is_plain: bool,
}

impl Readdress<'_> {
    /// Whether a list has an address that is to be replaced.
    pub(in crate::rules) fn concerns(&self, list: &AddressList<'_>) -> bool {
        list.addresses().iter().any(|address| (self.instead)(address).is_some())
    }

    /// A repair of a client's variables and command; empty if none of its addresses is replaced.
    pub(in crate::rules) fn client(&self, analysis: &Analysis, client: &Client) -> Result<Repair, Reason> {
        let mut repair = self.in_command(analysis, &client.service).map_err(Reason::from)?;
        for variable in &client.addresses {
            if let Some(list) = variable.list().filter(|list| self.concerns(list)) {
                repair = repair.and(self.variable(analysis, client, variable, &list)?.0);
            }
        }
        Ok(repair)
    }

    /// A repair of one variable, and its new value.
    pub(in crate::rules) fn variable(
        &self,
        analysis: &Analysis,
        client: &Client,
        variable: &AddressVariable,
        list: &AddressList<'_>,
    ) -> Result<(Repair, String), Reason> {
        let service = &client.service;
        let name = variable.name();
        let is_host = variable.is_host();
        let replaced = |address: &BrokerAddress<'_>| {
            let brokers = (self.instead)(address)?;
            // A host whose port is elsewhere.
            let is_alone = is_host && address.port_span.is_none();
            let host = |broker: &HostPort| HostPort::new(&broker.host, None);
            Some(if is_alone { brokers.iter().take(1).map(host).collect() } else { brokers })
        };
        let is_bare = self.is_plain || list.addresses().iter().any(|address| address.has_bare_path);
        let value = if is_bare { list.plain(replaced) } else { list.replace(replaced) };
        let port = self.port(list).filter(|_| is_host).map(|port| port.to_string());
        let written = written_value(variable, &value, port.as_deref())?;
        require_no_copied_secret(analysis, variable, &written)?;
        let set = |name: &str, value: &str| {
            set_variable(&analysis.project, service, name, value, self.also_right_for).map_err(Reason::from)
        };
        let mut repair = set(name, &written)?;
        let beside = variable.port_variable().filter(|beside| beside.value().map(str::trim) != port.as_deref());
        if let (Some(beside), Some(port)) = (beside, &port) {
            repair = repair.and(set(beside.name(), port)?);
        }
        Ok((repair, value))
    }

    /// The port of the first address that is replaced.
    fn port(&self, list: &AddressList<'_>) -> Option<u16> {
        list.addresses().iter().find_map(|address| (self.instead)(address))?.first()?.port
    }

    /// A repair of the addresses with a port in a command.
    pub(in crate::rules) fn command(&self, analysis: &Analysis, service: &Service) -> Result<Repair, Reason> {
        self.in_command(analysis, service).and_then(Repair::required).map_err(Reason::from)
    }

    fn in_command(&self, analysis: &Analysis, service: &Service) -> Result<Repair, Refusal> {
        let replacement = |_: &str, word: &str| {
            let list = AddressList::parse(word)?;
            let has_port = list.addresses().iter().all(|address| address.port.is_some());
            (has_port && self.concerns(&list)).then(|| list.replace(|address| (self.instead)(address)))
        };
        replace_words(&analysis.project, service, replacement)
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

/// The text to write so that the variable's value, or its part of a document, becomes `value`, and the port in the document `port`. In a
/// reference with a wrong default, only the default changes.
fn written_value(variable: &AddressVariable, value: &str, port: Option<&str>) -> Result<String, Reason> {
    let whole = variable.variable().value().unwrap_or_default();
    let mut parts = vec![(Span::new(0, whole.len()), value)];
    if let Some(part) = variable.part() {
        if !part.is_verbatim {
            return Err(Reason::from(Refusal(format!(
                "`{}` is written in a form that this edit cannot change",
                part.key
            ))));
        }
        let beside = part.port.as_ref().zip(port).filter(|((old, _), new)| old != new);
        parts = vec![(part.span, value)];
        parts.extend(beside.map(|((_, span), new)| (*span, new)));
        parts.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    }
    Ok(in_place(variable.variable(), &parts).unwrap_or_else(|| {
        let mut text = whole.to_owned();
        parts.iter().for_each(|(span, new)| text.replace_range(span.range(), new));
        escape(&text)
    }))
}

/// The text of a variable with parts of its value replaced where they are written, the last part first.
fn in_place(variable: Variable<'_>, parts: &[(Span, &str)]) -> Option<String> {
    let Variable::Environment(Written { text: Some(text), value_start, name, .. }) = variable else { return None };
    let mut raw = text.raw.clone();
    for (span, new) in parts {
        let written = text.value.written_at(value_start + span.start..value_start + span.end)?;
        raw.replace_range(written.range(), new);
    }
    if *value_start == 0 { Some(raw) } else { raw.strip_prefix(name.as_str())?.strip_prefix('=').map(str::to_owned) }
}
