//! `hard-coded-broker-address`

use crate::analysis::Analysis;
use crate::finding::{Finding, Reason, Remedy, Severity};
use crate::kafka::address::AddressList;
use crate::kafka::client::{Client, EvidenceKind};
use crate::kafka::route::Route;
use crate::kafka::usage::Sign;
use crate::rules::Rule;
use crate::text::excerpt;

pub(super) const RULE: Rule = Rule {
    name: "hard-coded-broker-address",
    summary: "an address in code or in a configuration file does not lead to a broker, and no variable overrides it",
    severity: Severity::Error,
    page: include_str!("hard_coded_broker_address.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    if analysis.topology.brokers.is_empty() {
        return Vec::new();
    }
    let of_clients = analysis.users().flat_map(|client| check_client(analysis, client));
    of_clients.chain(check_connectors(analysis)).collect()
}

fn check_client(analysis: &Analysis, client: &Client) -> Vec<Finding> {
    // A variable beats the file of most programs.
    let configured = client.usage.configured.iter().filter(|_| client.addresses.is_empty());
    let configured = configured.filter_map(|sign| finding(analysis, client, sign));
    configured.chain(in_code(analysis, client)).collect()
}

/// The address in a client's code, if there is no other source and no address for the same client in the code leads to a broker.
fn in_code(analysis: &Analysis, client: &Client) -> Option<Finding> {
    let by_flag = client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Command);
    let usage = &client.usage;
    let is_set = !client.addresses.is_empty() || by_flag || !usage.ways.is_empty() || usage.is_elsewhere;
    // Of a ready-made program that reads files, only what its own script says.
    let is_others = client.program.is_some_and(|program| program.files.is_empty());
    if is_set || is_others {
        return None;
    }
    let (right, wrong): (Vec<&Sign>, Vec<&Sign>) =
        usage.fixed.iter().partition(|sign| wrong(analysis, client, sign).is_none());
    let is_surely_used = |sign: &&&Sign| right.is_empty() || usage.is_followed && is_of_other_client(sign, &right);
    finding(analysis, client, wrong.iter().find(is_surely_used)?)
}

/// Whether an address is for a consumer, and those that lead to a broker are for producers, or the other way round: a program that has one of
/// each uses both.
fn is_of_other_client(sign: &Sign, right: &[&Sign]) -> bool {
    let kind = |sign: &Sign| {
        let maker = sign.maker.as_deref()?;
        ["Consumer", "Producer"].into_iter().find(|kind| maker.contains(kind))
    };
    kind(sign).is_some_and(|own| right.iter().all(|other| kind(other).is_some_and(|other| other != own)))
}

/// The addresses in connector definitions, which the project's only Connect worker uses.
fn check_connectors(analysis: &Analysis) -> Vec<Finding> {
    let is_worker = |client: &&Client| client.program.is_some_and(|program| WORKERS.contains(&program.name.as_str()));
    let workers: Vec<&Client> = analysis.users().filter(is_worker).collect();
    let [worker] = workers.as_slice() else { return Vec::new() };
    let mut signs: Vec<&Sign> = Vec::new();
    for sign in analysis.clients.iter().flat_map(|client| &client.usage.connectors) {
        if !signs.contains(&sign) {
            signs.push(sign);
        }
    }
    signs.into_iter().filter_map(|sign| finding(analysis, worker, sign)).collect()
}

/// The programs of the catalog that run connectors.
const WORKERS: [&str; 3] = ["kafka-connect", "kafka-connect-worker", "debezium-connect"];

/// Why an address leads a client to no broker; of several, the first must.
fn wrong(analysis: &Analysis, client: &Client, sign: &Sign) -> Option<Route> {
    let list = AddressList::parse_meant(&sign.text)?;
    let routes = list.addresses().iter().map(|address| client.route(&analysis.topology, address, sign.protocol));
    routes.reduce(|first, other| if first.is_broken() { other } else { first }).filter(Route::is_broken)
}

fn finding(analysis: &Analysis, client: &Client, sign: &Sign) -> Option<Finding> {
    let service = &client.service;
    let why = wrong(analysis, client, sign)?;
    let place = analysis.place(&sign.path, sign.line);
    let target = analysis.topology.target_by(service, &[], sign.protocol.or(client.protocol)).ok();
    let address = target.map(|target| target.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    let message = format!("`{}` connects to `{}` ({place}), but {why}", service.name, excerpt(&sign.text, 60));
    let is_code = sign.kind == EvidenceKind::Literal;
    let help = match address {
        Some(address) if is_code => format!("write `{address}` in {place}, or read the address from a variable there"),
        Some(address) => format!("write `{address}` in {place}"),
        None => format!("read the address from a variable in {place}"),
    };
    let found = RULE.finds(analysis, service, &analysis.origin(service.key), message).label("this service");
    let found = found.aspect(place.as_str());
    Some(found.help(Some(help)).remedy(Remedy::None(Reason::InCode(analysis.shown(&sign.path), sign.line))))
}
