//! By which variable a client would get the address that it lacks.

use crate::analysis::Analysis;
use crate::compose::Variable;
use crate::kafka::address::{AddressList, BrokerAddress};
use crate::kafka::catalog::{CATALOG, VariableRole, near_miss};
use crate::kafka::client::{Client, EvidenceKind};
use crate::kafka::route::serves_no_container;
use crate::kafka::topology::is_own_loopback;
use crate::kafka::usage::Way;

/// The variable for a service if its own is unknown: the most common name in public compose files.
const USUAL_VARIABLE: &str = "KAFKA_BROKERS";

/// A variable that a client must have and has not.
pub(in crate::rules) struct Lacking<'c> {
    /// Its name.
    pub(in crate::rules) variable: String,
    /// The source of the address in the client's code, if it is known.
    pub(in crate::rules) way: Option<&'c Way>,
}

/// The variables that a client lacks; empty if it gets an address, or may get one.
pub(in crate::rules) fn lacking<'c>(analysis: &Analysis, client: &'c Client) -> Vec<Lacking<'c>> {
    let mut lacking = any(analysis, client);
    // Who has the `.env` has its value.
    let is_awaited = |name: &str| {
        let own = client.service.variable(name);
        own.is_some_and(|variable| analysis.project.awaits_dot_env(&analysis.files, variable))
    };
    lacking.retain(|it| !is_awaited(&it.variable) && !it.way.is_some_and(|way| way.names().any(is_awaited)));
    lacking
}

fn any<'c>(analysis: &Analysis, client: &'c Client) -> Vec<Lacking<'c>> {
    let is_declared = is_declared(client);
    if let Some(variable) = analysis.topology.hints.variable.as_ref().filter(|_| is_declared) {
        let has = client.service.value_of(variable).is_some();
        return if has { Vec::new() } else { vec![by_name(variable.clone())] };
    }
    // A missing file may set it.
    if client.service.has_unknown_variables() && !is_declared {
        return Vec::new();
    }
    let of_program = of_program(analysis, client);
    if !of_program.is_empty() {
        return of_program.into_iter().map(by_name).collect();
    }
    one(analysis, client, is_declared).into_iter().collect()
}

fn by_name<'c>(variable: String) -> Lacking<'c> {
    Lacking { variable, way: None }
}

fn is_declared(client: &Client) -> bool {
    client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Declared)
}

fn has_command(client: &Client) -> bool {
    client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Command)
}

/// The variables that its ready-made program requires. Other variables are for other purposes, unless its own command may use them.
fn of_program(analysis: &Analysis, client: &Client) -> Vec<String> {
    let Some(program) = client.program.filter(|_| !has_command(client)) else { return Vec::new() };
    let is_addressed = !client.addresses.is_empty();
    let service = &client.service;
    let runs_as_made = service.command.is_none() && service.entrypoint.is_none() && service.build.is_none();
    let is_by_image = client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Image);
    if is_addressed && !(runs_as_made && is_by_image) {
        return Vec::new();
    }
    let is_misspelled =
        |name: &String| service.variables().any(|own| near_miss(own.name(), [name.as_str()].into_iter()).is_some());
    let mut missing = program.missing(service);
    if missing.is_empty() && !is_addressed && client.usage.configured.is_empty() {
        missing.extend(program.falls_back(service).filter(|(_, own)| is_broken(analysis, client, own)).map(|it| it.0));
    }
    missing.into_iter().filter(|name| !is_misspelled(name)).collect()
}

/// Whether the address that a program uses where none is set leads it to no broker.
fn is_broken(analysis: &Analysis, client: &Client, default: &str) -> bool {
    let is_wrong = |address: &BrokerAddress<'_>| client.route(&analysis.topology, address, None).is_broken();
    AddressList::parse(default).is_some_and(|list| list.addresses().iter().all(is_wrong))
}

fn one<'c>(analysis: &Analysis, client: &'c Client, is_declared: bool) -> Option<Lacking<'c>> {
    match client {
        _ if !client.addresses.is_empty() => port(analysis, client).or_else(|| unread(analysis, client)),
        _ if has_command(client) => None,
        // What is mounted into a ready-made program are its plug-ins and tests.
        _ if !client.usage.ways.is_empty() && (client.program.is_none() || is_declared) => {
            by_code(analysis, client, is_declared)
        }
        _ if !client.usage.fixed.is_empty() => None,
        _ if is_declared || analysis.topology.hints.all_services => {
            Some(by_name(blank(client).unwrap_or_else(|| habit(analysis))))
        }
        _ if client.usage.weight > 0 && client.program.is_none() => sibling(analysis, client).map(by_name),
        _ => None,
    }
}

/// The variable that the code reads, where none of its ways leads to a broker.
fn by_code<'c>(analysis: &Analysis, client: &'c Client, is_declared: bool) -> Option<Lacking<'c>> {
    let ways = || client.usage.ways.iter().filter(|way| way.role != VariableRole::BrokerPort);
    if !is_declared && ways().any(|way| leads_somewhere(analysis, client, way)) {
        return None;
    }
    // Several programs may share the code: what the others are given is the best guess of what this one reads.
    let uses = |way: &&Way| way.names().map(|name| analysis.uses_of(name)).sum::<usize>();
    let way = ways().enumerate().max_by_key(|(number, way)| (uses(way), std::cmp::Reverse(*number)))?.1;
    // The variables of other services show what is intended, even if a configuration server may override it.
    let is_shown = uses(&way) > 0 && (way.is_spelled || !client.usage.is_elsewhere);
    if (client.usage.is_elsewhere || client.usage.is_open) && !is_shown && !is_declared {
        return None;
    }
    let spelling = way.names().find(|name| analysis.uses_of(name) > 0);
    Some(Lacking { variable: spelling.unwrap_or(&way.variable).to_owned(), way: Some(way) })
}

/// The variable that the code reads, if the code connects to the container itself because it reads none of the variables that are set.
fn unread<'c>(analysis: &Analysis, client: &'c Client) -> Option<Lacking<'c>> {
    let usage = &client.usage;
    let is_read = |name: &str| usage.ways.iter().any(|way| way.is_by(name));
    let is_sure = client.program.is_none() && !usage.is_open && !usage.is_elsewhere && usage.fixed.is_empty();
    let all_unread = client.addresses.iter().all(|address| !is_read(address.name()));
    let is_shown = usage.ways.iter().all(|way| way.is_spelled && matches!(way.role, VariableRole::BrokerAddress(_)));
    (is_sure && all_unread && is_shown && !usage.ways.is_empty()).then(|| by_code(analysis, client, false)).flatten()
}

/// Whether a source leads to another host than the container itself, and not to a port of a broker that serves no containers.
fn leads_somewhere(analysis: &Analysis, client: &Client, way: &Way) -> bool {
    let set = way.names().find_map(|name| client.service.variable(name));
    if set.is_some_and(|variable| variable.value().is_some_and(|value| !value.is_empty())) {
        return true;
    }
    way.default.as_deref().and_then(AddressList::parse).is_some_and(|list| {
        list.addresses().iter().any(|address| {
            !is_own_loopback(&analysis.topology, &client.service, address.host)
                && !serves_no_container(&analysis.topology, &client.service, address)
        })
    })
}

/// The port's own variable, where the host's is set without one and the program would take another port.
fn port<'c>(analysis: &Analysis, client: &'c Client) -> Option<Lacking<'c>> {
    let host = client.addresses.iter().find(|address| address.role == VariableRole::BrokerHost)?;
    let list = host.list()?;
    let [address] = list.addresses() else { return None };
    let broker = analysis.topology.broker_at(&client.service, address.host).filter(|_| address.port.is_none())?;
    let way = client.usage.ways.iter().find(|way| way.role == VariableRole::BrokerPort)?;
    let target = analysis.topology.target(&client.service, &[]).ok()?;
    target.addresses.first()?.port?;
    let is_set = client.service.variable(&way.variable).is_some();
    let is_right = way.default.as_deref().is_some_and(|default| {
        let end = format!(":{default}");
        analysis.topology.addresses_for_containers(broker).iter().any(|address| address.ends_with(&end))
    });
    (!is_set && !is_right).then(|| Lacking { variable: way.variable.clone(), way: Some(way) })
}

/// The variable for an address that is set to nothing, as by a reference to a variable that is not set.
fn blank(client: &Client) -> Option<String> {
    let is_address = |name: &str| matches!(CATALOG.variable_role(name, client.program), VariableRole::BrokerAddress(_));
    let is_blank = |own: &Variable<'_>| own.value().is_some_and(|value| value.trim().is_empty());
    let blank = client.service.variables().find(|own| is_blank(own) && is_address(own.name()))?;
    Some(blank.name().to_owned())
}

/// The name that services use whose image is built in the same way.
fn sibling(analysis: &Analysis, client: &Client) -> Option<String> {
    analysis.sibling(&client.service)?.addresses.first().map(|address| address.name().to_owned())
}

/// The name that the project's other clients use most.
fn habit(analysis: &Analysis) -> String {
    analysis.usual_variable().unwrap_or(USUAL_VARIABLE).to_owned()
}
