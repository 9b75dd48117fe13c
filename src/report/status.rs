//! The brokers and services of a project, the address that each service uses, and where it is written. As text for people, as JSON for
//! programs.

mod listeners;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use crate::analysis::{Analysis, Indirect, Standing};
use crate::compose::{Condition, Dependency, Origin, OriginStep, Service, ServiceId};
use crate::finding::{Finding, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::client::{Client, EvidenceKind, EvidencePlace, Verdict};
use crate::report::undecided::{why, why_unproven};
use crate::rules::Found;
use crate::source::Files;
use crate::text::{escaped_json, masked, shown as shown_text, visible};
use listeners::{ListenerStatus, listeners};

/// The version of the JSON schema; it increases if a field changes its meaning or is removed.
const SCHEMA: u32 = 1;

/// The headings of the services that may be clients.
const UNDECIDED: &str = "undecided, left unchanged (`--client SERVICE` includes one)";
const WITHOUT_SIGN: &str = "no sign of Kafka, left unchanged (`--client SERVICE` includes one)";

/// The problems of a broker that keep every client from it, with any image.
const LISTENER_FAULTS: [&str; 2] = ["loopback-advertised-listener", "listener-mismatch"];

/// The maps of several projects.
#[derive(Debug, Serialize)]
pub struct Status {
    schema: u32,
    projects: Vec<ProjectStatus>,
    /// What could not be looked at, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
}

/// The map of one project. Paths are as the program was given them, lines count from 1.
#[derive(Debug, Serialize)]
pub struct ProjectStatus {
    pub(super) root: String,
    pub(super) files: Vec<String>,
    pub(super) brokers: Vec<BrokerStatus>,
    pub(super) services: Vec<ServiceStatus>,
}

#[derive(Debug, Serialize)]
pub(super) struct BrokerStatus {
    pub(super) service: String,
    pub(super) image: Option<String>,
    /// The addresses at which containers reach it.
    pub(super) addresses: Vec<String>,
    pub(super) origin: Place,
    pub(super) listeners: Vec<ListenerStatus>,
    /// The published port of a broker that advertises only service names.
    pub(super) published_without_host_listener: Option<u16>,
}

#[derive(Debug, Serialize)]
pub(super) struct ServiceStatus {
    pub(super) name: String,
    /// `yes`, `no` or `undecided`.
    pub(super) client: &'static str,
    /// `reaches`, `broken`, `undecided` or `none`.
    pub(super) verdict: &'static str,
    /// Why it is undecided whether it is a client, or whether it reaches its broker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// Whether it is a client, or something speaks for that.
    #[serde(skip)]
    pub(super) has_sign: bool,
    /// The variables it reads for its broker.
    pub(super) variables: Vec<String>,
    /// The first address that comes to it.
    pub(super) address: Option<String>,
    /// The variable that has that address, or would have another.
    #[serde(skip)]
    named_by: Option<String>,
    /// Where that is written.
    pub(super) origin: Option<Place>,
    pub(super) evidence: Vec<EvidenceStatus>,
    /// `healthy`, `started`, `completed` or `no`.
    pub(super) waits: &'static str,
    /// What makes it wait, if that is not a dependency of its own on the broker.
    #[serde(skip)]
    waits_by: Option<String>,
    /// Whether the project has a broker.
    #[serde(skip)]
    has_broker: bool,
    pub(super) findings: Vec<&'static str>,
    /// The rules whose findings comments ignore.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<&'static str>,
    /// Whether the user excludes it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) excluded: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct EvidenceStatus {
    pub(super) kind: &'static str,
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) text: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) line: usize,
}

impl Status {
    /// Puts maps together, with what could not be looked at.
    #[must_use]
    pub fn new(projects: Vec<ProjectStatus>, errors: Vec<String>) -> Self {
        Self { schema: SCHEMA, projects, errors }
    }

    /// The JSON form, with a final line break.
    ///
    /// # Errors
    /// No known one: the data consists of strings and numbers.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|json| escaped_json(&json) + "\n")
    }

    /// The form for people.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.projects.iter().map(ProjectStatus::to_text).collect::<Vec<_>>().join("\n")
    }
}

impl ProjectStatus {
    /// Draws the map of a project with what the rules find in it.
    #[must_use]
    pub fn of(analysis: &Analysis, found: &Found) -> Self {
        let (project, files) = (&analysis.project, &analysis.files);
        let (findings, ignored) = (by_service(&found.findings), by_service(&found.ignored));
        let place = |origin: &Origin| place(files, origin);
        let brokers = analysis.topology.brokers.iter().map(|broker| BrokerStatus {
            service: broker.service.name.clone(),
            image: broker.service.image.as_ref().map(|image| image.as_str().to_owned()),
            addresses: analysis.topology.addresses_for_containers(broker),
            origin: place(&analysis.broker_origin(broker)),
            listeners: listeners(analysis, broker),
            published_without_host_listener: broker.published_without_host_listener().map(|(_, port)| port),
        });
        let status = |service: &Service| ServiceStatus {
            ignored: rules_of(&ignored, service.id),
            ..service_status(analysis, service, &findings)
        };
        let services = project.services.iter().map(status);
        Self {
            root: shown(&project.directory),
            files: project.sources.iter().map(|source| shown(files.get(source.file).path())).collect(),
            brokers: brokers.collect(),
            services: services.collect(),
        }
    }

    /// The part of the map for some services, by their names.
    #[must_use]
    pub fn within(mut self, holds: impl Fn(&str) -> bool) -> Self {
        self.brokers.retain(|broker| holds(&broker.service));
        self.services.retain(|service| holds(&service.name));
        self
    }

    fn to_text(&self) -> String {
        let mut out = format!("{}\n", self.files.join(", "));
        let width = self.services.iter().map(|service| service.name.chars().count()).max().unwrap_or(0);
        let by_name: HashMap<&str, &ServiceStatus> =
            self.services.iter().map(|service| (service.name.as_str(), service)).collect();
        let section = |out: &mut String, title: &str, rows: Vec<String>| {
            if !rows.is_empty() {
                let _ = write!(out, "\n  {title}\n{}", rows.concat());
            }
        };
        let brokers = self.brokers.iter().map(|broker| {
            let own = by_name.get(broker.service.as_str());
            broker.rows(width, &own.map(|own| own.shown_findings()).unwrap_or_default())
        });
        section(&mut out, "brokers", brokers.collect());
        let groups = [("yes", true, "clients"), ("undecided", true, UNDECIDED), ("undecided", false, WITHOUT_SIGN)];
        for (client, has_sign, title) in groups {
            let rows = self.services.iter().filter(|it| it.client == client && it.has_sign == has_sign);
            section(&mut out, title, rows.map(|service| service.row(width)).collect());
        }
        let brokers: HashSet<&str> = self.brokers.iter().map(|broker| broker.service.as_str()).collect();
        let is_other = |service: &&ServiceStatus| service.client == "no" && !brokers.contains(service.name.as_str());
        let others = self.services.iter().filter(is_other);
        section(&mut out, "not clients, left unchanged", others.map(|service| service.row(width)).collect());
        out
    }
}

impl BrokerStatus {
    /// Whether a program on the host reaches it at the port of an address.
    pub(super) fn serves_host_at(&self, address: &str) -> bool {
        let port = address.rsplit(':').next();
        self.listeners.iter().any(|listener| listener.host_port() == port)
    }

    /// Its row, and one for each of its listeners.
    fn rows(&self, width: usize, findings: &str) -> String {
        let addresses = match self.addresses.as_slice() {
            [] => "no known address for containers".to_owned(),
            addresses => format!("containers reach it at {}", addresses.join(", ")),
        };
        let image = self.image.as_deref().unwrap_or("built here");
        let Place { path, line } = &self.origin;
        let mut rows = format!("    {:width$}  {image}  {addresses}  {path}:{line}{findings}\n", self.service);
        let columns: Vec<[String; 3]> = self.listeners.iter().map(ListenerStatus::columns).collect();
        let width = |at: usize| columns.iter().map(|own| own[at].chars().count()).max().unwrap_or(0);
        let widths = [0, 1, 2].map(width);
        for listener in &self.listeners {
            let _ = writeln!(rows, "      {}", listener.row(widths));
        }
        if let Some(port) = self.published_without_host_listener {
            let _ = writeln!(
                rows,
                "      port {port} is published, but no listener advertises an address for programs on the host (`--host-access` adds one)"
            );
        }
        rows
    }
}

impl ServiceStatus {
    fn row(&self, width: usize) -> String {
        let name = visible(&self.name);
        let what = match (&self.address, &self.origin, self.evidence.first()) {
            (Some(address), Some(origin), _) => {
                let by = self.waits_by.as_ref().map(|by| format!(" ({})", shown_text(by))).unwrap_or_default();
                let waits = match self.waits {
                    _ if !self.has_broker => "its broker is outside the project".to_owned(),
                    "no" => "does not wait for the broker".to_owned(),
                    "healthy" => format!("waits until the broker is healthy{by}"),
                    waits => format!("waits until the broker has {waits}{by}"),
                };
                let name = self.named_by.as_ref().map(|name| format!("{}=", shown_text(name))).unwrap_or_default();
                format!("{name}{}  {}:{}  {waits}", shown_text(address), origin.path, origin.line)
            }
            // No line shows that code does not use Kafka.
            (_, _, Some(evidence)) if evidence.kind == EvidenceKind::SilentCode.as_str() => shown_text(&evidence.text),
            (_, _, Some(evidence)) => format!("{}  {}:{}", shown_text(&evidence.text), evidence.path, evidence.line),
            _ => String::new(),
        };
        let reason = self.reason.as_deref().map(shown_text).unwrap_or_default();
        let what = if what.is_empty() || reason.is_empty() { what + &reason } else { format!("{what}  {reason}") };
        format!("{}\n", format!("    {name:width$}  {what}{}", self.shown_findings()).trim_end())
    }

    fn shown_findings(&self) -> String {
        let ignored = self.ignored.iter().map(|rule| format!("{rule}: ignored by a comment"));
        let excluded = self.excluded.then(|| "excluded".to_owned());
        let marks: Vec<String> =
            self.findings.iter().map(|&rule| rule.to_owned()).chain(ignored).chain(excluded).collect();
        if marks.is_empty() { String::new() } else { format!("  [{}]", marks.join(", ")) }
    }
}

fn by_service(findings: &[Finding]) -> HashMap<ServiceId, Vec<&Finding>> {
    let mut by_service: HashMap<ServiceId, Vec<&Finding>> = HashMap::new();
    for finding in findings {
        by_service.entry(finding.id.service).or_default().push(finding);
    }
    by_service
}

fn rules_of(findings: &HashMap<ServiceId, Vec<&Finding>>, service: ServiceId) -> Vec<&'static str> {
    findings.get(&service).into_iter().flatten().map(|finding| finding.rule()).collect()
}

fn service_status(
    analysis: &Analysis,
    service: &Service,
    findings: &HashMap<ServiceId, Vec<&Finding>>,
) -> ServiceStatus {
    let files = &analysis.files;
    let client = analysis.client(service.id);
    let verdict = client.map_or(Verdict::No, |client| client.verdict);
    let of = |service: ServiceId| findings.get(&service).map_or(&[][..], Vec::as_slice);
    let own = of(service.id);
    let brokers = client.map(|client| analysis.brokers_of(client)).unwrap_or_default();
    let misleads = brokers.iter().any(|broker| {
        of(broker.service.id)
            .iter()
            .any(|finding| finding.severity == Severity::Error && LISTENER_FAULTS.contains(&finding.rule()))
    });
    let broken = own.iter().any(|finding| finding.severity == Severity::Error) || misleads;
    let servers =
        client.filter(|_| verdict != Verdict::No).map(|client| analysis.bootstrap_servers(client)).unwrap_or_default();
    let reached = client.is_some_and(|client| analysis.standing(client) == Standing::Reaches);
    let (waits, waits_by) = waits(analysis, service, &brokers);
    ServiceStatus {
        name: service.name.clone(),
        client: match verdict {
            Verdict::Yes => "yes",
            Verdict::No => "no",
            Verdict::Undecided => "undecided",
        },
        verdict: match verdict {
            Verdict::Yes if broken => "broken",
            Verdict::Yes if reached => "reaches",
            Verdict::Yes | Verdict::Undecided => "undecided",
            Verdict::No => "none",
        },
        reason: match verdict {
            Verdict::Undecided => client.map(|client| why(analysis, client)),
            Verdict::Yes if !broken => client.and_then(|client| why_unproven(analysis, client)),
            Verdict::Yes | Verdict::No => None,
        },
        has_sign: client.is_some_and(|client| client.signs().next().is_some() || analysis.unsure(client).is_some()),
        variables: client.map(Client::variables).unwrap_or_default(),
        address: servers.first().map(|first| masked(&first.text).into_owned()),
        named_by: servers.first().and_then(|first| first.name.as_ref()).map(ToString::to_string),
        origin: servers.first().map(|first| place_of(&first.place, files)),
        evidence: client.map(|client| evidence(client, files)).unwrap_or_default(),
        waits,
        waits_by,
        has_broker: !analysis.topology.brokers.is_empty(),
        findings: rules_of(findings, service.id),
        ignored: Vec::new(),
        excluded: analysis.topology.hints.excluded.contains(&service.name),
    }
}

/// For what of a broker a service waits, and what makes it wait, if that is not a dependency of its own.
fn waits(analysis: &Analysis, service: &Service, brokers: &[&Broker]) -> (&'static str, Option<String>) {
    let dependencies = service.depends_on.dependencies.iter();
    let conditions = dependencies.filter(|on| analysis.topology.broker_named(&on.service).is_some());
    let own = conditions.map(Dependency::condition).max_by_key(|condition| *condition == Condition::Healthy);
    let indirect: Vec<Indirect> =
        brokers.iter().filter_map(|broker| analysis.waits_indirectly(service, broker)).collect();
    let through = |indirect: &Indirect| Some(format!("through {}", analysis.project[indirect.through].name));
    let implied = service.implied_dependencies.iter();
    let implied = implied.filter(|on| brokers.iter().any(|broker| broker.service.name == on.service));
    match (own, indirect.iter().find(|indirect| indirect.is_healthy)) {
        (Some(Condition::Healthy), _) => ("healthy", None),
        (None | Some(Condition::Started), Some(healthy)) => ("healthy", through(healthy)),
        (Some(Condition::Started), None) => ("started", None),
        (Some(Condition::Completed), _) => ("completed", None),
        (None, None) => match (implied.map(|on| on.by).next(), indirect.first()) {
            (Some(by), _) => ("started", Some(by.to_owned())),
            (None, Some(started)) => ("started", through(started)),
            (None, None) => ("no", None),
        },
    }
}

fn evidence(client: &Client, files: &Files) -> Vec<EvidenceStatus> {
    let row = |evidence: &crate::kafka::client::Evidence| {
        let is_shared = match &evidence.place {
            EvidencePlace::Project(origin) => {
                let via = origin.steps.iter().any(|step| matches!(step, OriginStep::Alias(_) | OriginStep::Merge(_)));
                via && evidence.kind == EvidenceKind::Address
            }
            EvidencePlace::Code { .. } => false,
        };
        let Place { path, line } = place_of(&evidence.place, files);
        let via = if is_shared { " (shared by an anchor)" } else { "" };
        EvidenceStatus { kind: evidence.kind.as_str(), path, line, text: format!("{}{via}", masked(&evidence.text)) }
    };
    client.evidence.iter().map(row).collect()
}

fn place_of(place: &EvidencePlace, files: &Files) -> Place {
    match place {
        EvidencePlace::Project(origin) => self::place(files, origin),
        EvidencePlace::Code { path, line } => Place { path: shown(path), line: *line },
    }
}

fn place(files: &Files, origin: &Origin) -> Place {
    let file = files.get(origin.file);
    Place { path: shown(file.path()), line: file.line_column(origin.span.start).line }
}

fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.is_empty() { ".".to_owned() } else { visible(&text).into_owned() }
}
