//! The content of a report about one project.

use std::collections::BTreeSet;
use std::path::Path;

use crate::analysis::Analysis;
use crate::compose::{Change, HealthcheckTest, Service, Variable};
use crate::finding::{Applicability, Finding, Severity};
use crate::fixer::Outcome;
use crate::kafka::address::{HostPort, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::client::{Client, EvidenceKind, Verdict};
use crate::report::findings::{FindingReport, Place};
use crate::report::markdown::Stage;
use crate::report::markdown::changes::{FileChange, changes};
use crate::report::markdown::client_log::ClientLog;
use crate::report::markdown::lines::Lines;
use crate::report::status::{BrokerStatus, ProjectStatus, ServiceStatus};
use crate::rules::known_healthcheck;
use crate::source::Files;

/// Formats a path, for example from the root of its repository.
pub type Shown<'s> = &'s dyn Fn(&Path) -> String;

/// A project in a report.
pub struct ProjectReport {
    /// The paths of the compose files that make it up.
    pub(super) files: Vec<String>,
    /// The findings before any fix, errors first.
    pub(super) problems: Vec<Problem>,
    /// The findings that remain.
    pub(super) left: Vec<Problem>,
    /// The findings that comments ignore, and those of services that the run leaves out.
    pub(super) ignored: Vec<Problem>,
    pub(super) left_out: Vec<Problem>,
    /// The services that are not clients.
    pub(super) others: Vec<String>,
    /// The services that show no sign of Kafka.
    pub(super) silent: Vec<String>,
    /// The services that the user excludes.
    pub(super) excluded: Vec<String>,
    /// The lines that clients print because of the problems.
    pub(super) log_lines: Vec<String>,
    pub(super) changes: Vec<(String, FileChange)>,
    pub(super) brokers: Vec<BrokerReport>,
    /// The services that have a fix, and now reach their broker: name and address.
    pub(super) fixed: Vec<(String, Option<String>)>,
    /// The clients that reach their broker, had no problem, and do not change.
    pub(super) right: Vec<ServiceReport>,
    /// The services whose addresses are not those of a broker of the project.
    pub(super) elsewhere: Vec<ServiceReport>,
    /// The services that may use Kafka, and the clients that may not reach their broker.
    pub(super) unknown: Vec<ServiceReport>,
    pub(super) unproven: Vec<ServiceReport>,
    /// Whether a fix is unsafe.
    pub(super) is_unsafe: bool,
    /// What to run after the fixes.
    pub(super) command: Option<String>,
    /// `docker compose` with what selects the project.
    pub(super) compose: String,
    /// Env files that still set a variable which `environment` now overrides.
    pub(super) overridden: Vec<Overridden>,
    /// What a consumer prints once it works, of the libraries in the project.
    pub(super) works: BTreeSet<(&'static str, &'static str)>,
}

/// A finding in a report.
pub(super) struct Problem {
    pub(super) rule: &'static str,
    pub(super) severity: Severity,
    pub(super) service: String,
    /// Whether that is a client, not a broker or what a broker needs.
    pub(super) is_client: bool,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// The title of its fix, or why it has none.
    pub(super) remedy: String,
    /// Where it is written and what is to be seen there; the primary place first.
    pub(super) places: Vec<(String, String)>,
}

pub(super) struct BrokerReport {
    pub(super) name: String,
    pub(super) image: String,
    pub(super) addresses: Vec<String>,
    /// The place of its advertised listeners.
    pub(super) place: String,
    /// A command in its container that succeeds once it answers.
    pub(super) probe: Option<Vec<String>>,
}

pub(super) struct ServiceReport {
    pub(super) name: String,
    /// Its address, or the evidence that it may use Kafka.
    pub(super) what: String,
    pub(super) place: String,
    /// Why it is undecided; empty for others.
    pub(super) reason: String,
}

pub(super) struct Overridden {
    pub(super) service: String,
    pub(super) variable: String,
    pub(super) value: String,
    pub(super) place: String,
    pub(super) now: String,
    /// Whether a program on the host reaches a broker at the value.
    pub(super) serves_host: bool,
}

impl ProjectReport {
    /// A project and its fixes. `command` makes them take effect; `compose` is `docker compose` with the flags that select the project.
    #[must_use]
    pub fn of(outcome: &Outcome, stage: Stage, command: Option<String>, compose: String, shown: Shown<'_>) -> Self {
        let (analysis, before) = (&outcome.analysis, &outcome.before.findings);
        let status = ProjectStatus::of(analysis, &outcome.left);
        let lines = Lines::of(outcome);
        let at = |path: &str, line: usize| {
            let own = Path::new(path);
            // Only after the fixes are the lines those of the files on disk.
            let line = if stage == Stage::Made { Some(line) } else { lines.before(own, line) };
            format!("{}:{}", shown(own), line.unwrap_or_default())
        };
        let before_fixes = |path: &str, line: usize| {
            format!("{}:{}", shown(Path::new(path)), lines.before(Path::new(path), line).unwrap_or_default())
        };
        let on_disk = |findings: &[Finding], files: &Files| -> Vec<Problem> {
            findings.iter().map(|finding| Problem::of(finding, files, analysis, shown)).collect()
        };
        let (found, files) = match stage {
            Stage::Made => (&outcome.left, &analysis.files),
            Stage::Proposed => (&outcome.before, &outcome.files_before),
        };
        let left = match stage {
            Stage::Made => on_disk(&outcome.left.findings, &analysis.files),
            Stage::Proposed => {
                let mut left = on_disk(&outcome.left_before(), &outcome.files_before);
                left.extend(on_disk(&outcome.uncovered(), &analysis.files));
                left
            }
        };
        let mut problems = on_disk(before, &outcome.files_before);
        problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
        let all = before.iter().chain(&outcome.before.ignored).chain(&outcome.before.out_of_scope);
        let faulty: BTreeSet<&str> = all.map(|finding| finding.service.as_str()).collect();
        let changed: BTreeSet<&str> = outcome.changes().filter_map(Change::service).collect();
        let is_client = |service: &ServiceStatus| {
            service.client == "yes" && !faulty.contains(&*service.name) && !changed.contains(&*service.name)
        };
        let is_broker = |service: &ServiceStatus| status.brokers.iter().any(|broker| broker.service == service.name);
        let is_other = |service: &ServiceStatus| service.client == "no" && !service.excluded && !is_broker(service);
        let is_silent =
            |service: &ServiceStatus| service.client == "undecided" && !service.has_sign && !service.excluded;
        let names = |is_wanted: &dyn Fn(&ServiceStatus) -> bool| -> Vec<String> {
            status.services.iter().filter(|service| is_wanted(service)).map(|service| service.name.clone()).collect()
        };
        let is_elsewhere = |service: &ServiceStatus| leads_elsewhere(analysis, &service.name);
        let is_unproven = |service: &ServiceStatus| service.reason.is_some() && !is_elsewhere(service);
        let of_services = |is_wanted: &dyn Fn(&ServiceStatus) -> bool| services(&status, &at, is_wanted);
        let path_of = |change: &FileChange| shown(analysis.files.get(change.file).path());
        let named = analysis.project.sources.iter().filter(|source| source.is_named);
        Self {
            files: named.map(|source| shown(&source.path)).collect(),
            log_lines: log_lines(outcome),
            problems,
            left,
            ignored: on_disk(&found.ignored, files),
            left_out: on_disk(&found.out_of_scope, files),
            others: names(&is_other),
            silent: names(&is_silent),
            excluded: names(&|service| service.excluded),
            changes: changes(outcome, &lines).into_iter().map(|change| (path_of(&change), change)).collect(),
            brokers: brokers(analysis, &status, &before_fixes),
            fixed: fixed(outcome),
            right: of_services(&|service| is_client(service) && !is_elsewhere(service) && !is_unproven(service)),
            elsewhere: of_services(&|service| is_client(service) && is_elsewhere(service)),
            unknown: of_services(&|service| service.client == "undecided" && service.has_sign),
            unproven: of_services(&|service| is_client(service) && is_unproven(service)),
            is_unsafe: outcome.applied.iter().any(|applied| applied.fix.applicability == Applicability::Unsafe),
            command,
            compose,
            overridden: overridden(outcome, &status, shown),
            works: analysis
                .users()
                .filter_map(log_of)
                .filter_map(|log| Some((&*log.name, log.works.as_deref()?)))
                .collect(),
        }
    }

    /// Its files, by which the project is known.
    pub(super) fn name(&self) -> String {
        self.files.join(", ")
    }
}

impl Problem {
    fn of(finding: &Finding, files: &Files, analysis: &Analysis, shown: Shown<'_>) -> Self {
        let is_client = analysis.client(finding.id.service).is_some_and(|client| client.verdict == Verdict::Yes);
        let FindingReport { rule, service, message, help, place, related, repair, .. } =
            FindingReport::of(finding, files);
        let at = |place: &Place| format!("{}:{}", shown(Path::new(&place.path)), place.line);
        // What the primary place shows is in the label alone.
        let primary = (at(&place), finding.primary.message.clone());
        let related = related.iter().map(|related| (at(&related.place), related.message.clone()));
        let places = std::iter::once(primary).chain(related).collect();
        let remedy = repair.sentence();
        Self { rule, severity: finding.severity, service, is_client, message, help, remedy, places }
    }
}

/// Whether a service has addresses, and none is that of a broker of the project.
fn leads_elsewhere(analysis: &Analysis, name: &str) -> bool {
    let client = analysis.project.service_id(name).and_then(|id| analysis.client(id));
    client.is_some_and(|client| {
        let lists: Vec<_> = client.address_lists().collect();
        let mut addresses = lists.iter().flat_map(|list| list.addresses());
        !lists.is_empty()
            && addresses.all(|address| analysis.topology.broker_at(&client.service, address.host).is_none())
    })
}

/// Formats a path and a line of the project after the fixes.
type At<'a> = &'a dyn Fn(&str, usize) -> String;

fn services(status: &ProjectStatus, at: At<'_>, is_wanted: &dyn Fn(&ServiceStatus) -> bool) -> Vec<ServiceReport> {
    let report = |service: &ServiceStatus| {
        let (what, place) = match (&service.address, &service.origin, service.evidence.first()) {
            (Some(address), Some(origin), _) => {
                let variable = service.variables.first().map(|name| format!("{name}=")).unwrap_or_default();
                (format!("{variable}{address}"), at(&origin.path, origin.line))
            }
            (_, _, Some(evidence)) => (evidence.text.clone(), at(&evidence.path, evidence.line)),
            _ => (String::new(), String::new()),
        };
        ServiceReport { name: service.name.clone(), what, place, reason: service.reason.clone().unwrap_or_default() }
    };
    status.services.iter().filter(|service| is_wanted(service)).map(report).collect()
}

fn brokers(analysis: &Analysis, status: &ProjectStatus, at: At<'_>) -> Vec<BrokerReport> {
    let report = |broker: &BrokerStatus| BrokerReport {
        name: broker.service.clone(),
        image: broker.image.clone().unwrap_or_else(|| "built here".to_owned()),
        addresses: broker.addresses.clone(),
        place: at(&broker.origin.path, broker.origin.line),
        probe: analysis.topology.broker_named(&broker.service).and_then(probe),
    };
    status.brokers.iter().map(report).collect()
}

/// The command of the known health check for a broker's image, else of the one in the file.
fn probe(broker: &Broker) -> Option<Vec<String>> {
    let shell = |line: &str| vec!["sh".to_owned(), "-c".to_owned(), line.to_owned()];
    if let Some(check) = known_healthcheck(broker) {
        return match check.test.split_first()? {
            (kind, [line]) if kind == "CMD-SHELL" => Some(shell(line)),
            (_, words) => Some(words.to_vec()),
        };
    }
    match &broker.service.healthcheck.as_ref()?.test {
        HealthcheckTest::Shell(lines) => lines.first().map(|line| shell(line)),
        HealthcheckTest::Command(words) => Some(words.clone()),
        HealthcheckTest::Inherited | HealthcheckTest::Disabled => None,
    }
}

/// The clients that fixes were for or changed, and the address that each has now.
fn fixed(outcome: &Outcome) -> Vec<(String, Option<String>)> {
    let analysis = &outcome.analysis;
    let changed = outcome.changes().filter_map(|change| analysis.project.service_id(change.service()?));
    let ids: BTreeSet<_> = outcome.applied.iter().map(|applied| applied.id.service).chain(changed).collect();
    let clients = ids.into_iter().filter_map(|id| analysis.client(id)).filter(|own| own.verdict == Verdict::Yes);
    let address = |client: &Client| client.address_lists().next().map(|list| addresses(list.addresses()));
    clients.map(|client| (client.service.name.clone(), address(client))).collect()
}

fn addresses(addresses: &[crate::kafka::address::BrokerAddress<'_>]) -> String {
    addresses.iter().map(|address| address.host_port().to_string()).collect::<Vec<_>>().join(",")
}

/// What clients print because of the errors that there were, each line once.
fn log_lines(outcome: &Outcome) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let errors = outcome.before.findings.iter().filter(|finding| finding.severity == Severity::Error);
    for (finding, address) in errors.filter_map(|finding| Some((finding, failing_address(finding, outcome)?))) {
        for client in clients_of(finding, &outcome.analysis) {
            let line = log_of(client).map(|log| log.line(&address));
            lines.extend(line.filter(|line| !lines.contains(line)));
        }
    }
    lines
}

/// The clients that an error keeps from their broker: the service itself, or those of the broker.
fn clients_of<'a>(finding: &Finding, analysis: &'a Analysis) -> Vec<&'a Client> {
    match analysis.topology.broker(finding.id.service) {
        Some(broker) => analysis.users_of(&[broker]),
        None => analysis.client(finding.id.service).into_iter().collect(),
    }
}

/// The lines of the library that a client's code uses.
fn log_of(client: &Client) -> Option<&'static ClientLog> {
    let libraries =
        client.evidence.iter().filter(|sign| [EvidenceKind::Import, EvidenceKind::Library].contains(&sign.kind));
    libraries.filter_map(|sign| ClientLog::of(&sign.text)).next()
}

/// The address at which a client fails: one that is the container itself, or whose host is not a name in the project.
fn failing_address(finding: &Finding, outcome: &Outcome) -> Option<HostPort> {
    let file = outcome.files_before.get(finding.primary.file);
    let written = host_ports(file.slice(finding.primary.span));
    let is_known = |host: &str| outcome.analysis.topology.services_known_as(host).next().is_some();
    written.into_iter().find(|address| is_loopback(&address.host) || !is_known(&address.host))
}

/// The addresses with a port in a text of any form.
fn host_ports(text: &str) -> Vec<HostPort> {
    let is_host = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let mut found = Vec::new();
    for (colon, _) in text.match_indices(':') {
        let host = text[..colon].rsplit(|c| !is_host(c)).next().unwrap_or_default().trim_start_matches('-');
        let host = match text[..colon].strip_suffix(']').and_then(|before| before.rsplit_once('[')) {
            Some((_, host)) => host,
            None => host,
        };
        let digits: String = text[colon + 1..].chars().take_while(char::is_ascii_digit).collect();
        // The text after a user name is not a port.
        let is_user = text[colon + 1 + digits.len()..].starts_with('@');
        if let (false, false, Ok(port)) = (host.is_empty(), is_user, digits.parse()) {
            found.push(HostPort::new(host, Some(port)));
        }
    }
    found
}

/// Entries of env files that the variables which the fixes wrote override.
fn overridden(outcome: &Outcome, status: &ProjectStatus, shown: Shown<'_>) -> Vec<Overridden> {
    let mut entries = Vec::new();
    for change in outcome.changes() {
        let Change::Variable { service, name, .. } = change.meaning() else { continue };
        let Some(service) = outcome.analysis.project.service(service) else { continue };
        entries.extend(overridden_in(service, name, outcome, shown));
    }
    for entry in &mut entries {
        entry.serves_host = status.brokers.iter().any(|broker| broker.serves_host_at(&entry.value));
    }
    entries
}

fn overridden_in(service: &Service, name: &str, outcome: &Outcome, shown: Shown<'_>) -> Vec<Overridden> {
    let Some(Variable::Environment(_)) = service.variable(name) else { return Vec::new() };
    let now = host_ports(service.variable(name).and_then(|variable| variable.value()).unwrap_or_default());
    let contents = service.env_files.iter().filter_map(|env_file| env_file.content.as_ref());
    let entries = contents.flat_map(|(file, entries)| entries.iter().map(move |entry| (*file, entry)));
    let report = |(file, entry): (_, &crate::compose::EnvFileEntry)| {
        let file = outcome.files_before.get(file);
        let line = file.line_column(entry.name_span.start).line;
        Overridden {
            service: service.name.clone(),
            variable: name.to_owned(),
            value: joined(&host_ports(file.slice(entry.value_span))),
            place: format!("{}:{line}", shown(file.path())),
            now: joined(&now),
            serves_host: false,
        }
    };
    entries.filter(|(_, entry)| entry.name == name).map(report).collect()
}

fn joined(addresses: &[HostPort]) -> String {
    addresses.iter().map(HostPort::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_any_form() {
        for (text, expected) in [
            ("KAFKA_BROKERS=localhost:9092", "localhost:9092"),
            ("${KAFKA:-localhost:9092}", "localhost:9092"),
            ("HOST://localhost:9092,IN://kafka:29092", "localhost:9092,kafka:29092"),
            ("kafka://user:1234@broker:9092", "broker:9092"),
            ("[::1]:9092", "[::1]:9092"),
            ("localhost", ""),
        ] {
            assert_eq!(joined(&host_ports(text)), expected, "{text}");
        }
    }
}
