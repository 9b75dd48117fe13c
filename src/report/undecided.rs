//! The services that the files do not decide, each with what is missing.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use crate::analysis::{Analysis, Unsure};
use crate::compose::{ServiceId, Variable};
use crate::finding::{Finding, Severity};
use crate::kafka::client::{Client, EvidenceKind, Verdict};
use crate::kafka::route::{Doubt, Route};
use crate::rules::Options;
use crate::source::without_dots;
use crate::text::{masked, shown};

/// The rule whose warnings are about addresses too.
const OF_ADDRESSES: &str = "unreachable-broker-address";

/// A service for which the files do not show whether it uses Kafka, or whether it reaches its broker.
#[derive(Clone, Debug, Serialize)]
pub struct Undecided {
    /// The service.
    pub service: String,
    /// Whether it is known to use Kafka.
    pub is_client: bool,
    /// What the files lack: a sentence without a full stop.
    pub reason: String,
    /// The compose file that has it.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
}

/// The undecided services of a project. A service with a finding about it is decided, and so is one whose doubt is about a broker with an
/// error.
#[must_use]
pub fn undecided<'f>(
    analysis: &Analysis,
    findings: impl Iterator<Item = &'f Finding>,
    options: &Options,
) -> Vec<Undecided> {
    let is_of_address = |finding: &&Finding| finding.severity == Severity::Error || finding.rule() == OF_ADDRESSES;
    let is_limited = !options.select.is_empty() || !options.ignore.is_empty();
    let is_asked = |client: &&Client| options.only.is_empty() || options.only.contains(&client.service.name);
    let erring: HashSet<ServiceId> = findings.filter(is_of_address).map(|finding| finding.id.service).collect();
    let of_broker = |client: &Client| {
        client.verdict == Verdict::Yes
            && analysis.brokers_of(client).iter().any(|broker| erring.contains(&broker.service.id))
    };
    let clients = analysis.clients.iter().filter(is_asked).filter(|client| !erring.contains(&client.service.id));
    let of_client = |client: &Client| {
        let unsure = analysis.unsure(client)?;
        let is_limited_to_others = is_limited && matches!(unsure, Unsure::Route(..) | Unsure::OneOfSeveral(_));
        if is_limited_to_others || is_about_broker(&unsure) && of_broker(client) {
            return None;
        }
        let origin = analysis.origin(client.service.key);
        let file = analysis.files.get(origin.file);
        Some(Undecided {
            service: client.service.name.clone(),
            is_client: client.verdict == Verdict::Yes,
            reason: words(analysis, &unsure),
            path: file.path().display().to_string().replace(std::path::MAIN_SEPARATOR, "/"),
            line: file.line_column(origin.span.start).line,
        })
    };
    clients.filter_map(of_client).collect()
}

/// Whether the settings of a broker decide where an address leads.
fn is_about_broker(unsure: &Unsure) -> bool {
    match unsure {
        Unsure::Doubt(_, doubt) => matches!(doubt, Doubt::Broker(_)),
        Unsure::Route(_, route) => !matches!(route, Route::Loopback | Route::UnknownName | Route::Form(_)),
        _ => false,
    }
}

/// A line for each reason, with all services that have it.
#[must_use]
pub fn to_text(undecided: &[Undecided]) -> String {
    let mut lines: Vec<(&Undecided, Vec<&str>)> = Vec::new();
    for one in undecided {
        match lines.iter_mut().find(|(first, _)| (first.is_client, &first.reason) == (one.is_client, &one.reason)) {
            Some((_, services)) => services.push(&one.service),
            None => lines.push((one, vec![&one.service])),
        }
    }
    let mut text = String::new();
    for (first, services) in lines {
        let what = if first.is_client { "connection unknown" } else { "undecided" };
        let mut line = format!("{what}: {}: {}", services.join(", "), first.reason);
        if !first.is_client {
            let flags: Vec<String> = services.iter().map(|service| format!("--client {service}")).collect();
            let them = if flags.len() == 1 { "it" } else { "them" };
            let _ = write!(line, "; add `{}` to include {them}", flags.join(" "));
        }
        let _ = writeln!(text, "{}", shown(&line));
    }
    text
}

/// A path as people write it.
fn plain(path: &Path) -> String {
    let path = without_dots(path);
    path.strip_prefix(".").unwrap_or(&path).display().to_string()
}

/// Why a service is undecided, as a sentence without a full stop: what the files lack, or that they do not mention Kafka.
pub(super) fn why(analysis: &Analysis, client: &Client) -> String {
    let has_library = || client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Library);
    match analysis.unsure(client) {
        Some(unsure) => words(analysis, &unsure),
        None if has_library() => {
            "a dependency of the project, but the code that this service runs does not use it".to_owned()
        }
        None if client.has_code => "no sign of Kafka in settings or code".to_owned(),
        None => "no sign of Kafka in settings; the code is not in the project".to_owned(),
    }
}

/// The setting of a broker that leaves open what it advertises.
fn unset_in<'a>(analysis: &'a Analysis, broker: &str) -> Option<&'a str> {
    let service = analysis.project.service(broker)?;
    let is_open = |own: &Variable<'_>| own.refers_to_unset() && own.name().contains("LISTENERS");
    service.variables().find(is_open).map(|own| own.name())
}

/// Why it is unknown whether a client reaches its broker; `None` if it does.
pub(super) fn why_unproven(analysis: &Analysis, client: &Client) -> Option<String> {
    analysis.unsure(client).map(|unsure| words(analysis, &unsure))
}

/// What the files lack, as a sentence without a full stop or secrets.
fn words(analysis: &Analysis, unsure: &Unsure) -> String {
    let reason = match unsure {
        Unsure::NoBuildFolder(folder) => format!("build folder {} does not exist", folder.display()),
        Unsure::BuiltElsewhere(place) => format!("built from {place}, which composefix does not read"),
        Unsure::File(file) => format!("composefix cannot read {}", plain(file)),
        Unsure::EnvFile(file) => format!("env file {} does not exist", plain(file)),
        Unsure::DotEnv(variable) => format!("`{variable}` comes from .env, which does not exist"),
        Unsure::Unset(variable) => format!("`{variable}` refers to a variable that is not set"),
        Unsure::SharedCode => {
            "several services are built from the same code, and composefix cannot tell which part each runs".to_owned()
        }
        Unsure::OtherConfiguration => "a configuration server or another file may set the broker address".to_owned(),
        Unsure::Value(value) => format!("`{value}` is not an address that composefix can read"),
        Unsure::OtherImage(image) => format!("the code of image `{image}` is not in the project"),
        Unsure::SilentCode(folder, None) => format!("the code in {}/ does not use Kafka", plain(folder)),
        Unsure::SilentCode(folder, Some(variable)) => {
            format!("`{variable}` is set, but the code in {}/ does not use Kafka", plain(folder))
        }
        Unsure::Doubt(address, Doubt::NoPort) => format!("`{address}` has no port"),
        Unsure::Doubt(_, doubt @ Doubt::Broker(broker)) => match unset_in(analysis, broker) {
            Some(variable) => format!("{doubt}: `{variable}` refers to a variable that is not set"),
            None => doubt.to_string(),
        },
        Unsure::Doubt(_, doubt) => doubt.to_string(),
        Unsure::Route(address, route) => format!("`{address}`: {route}"),
        Unsure::OneOfSeveral(address) => {
            format!("the files have `{address}` and another address, and composefix cannot tell which one is used")
        }
        Unsure::NoAddress => "no broker address found".to_owned(),
        Unsure::NoUse => "nothing shows a connection to a broker".to_owned(),
    };
    masked(&reason).into_owned()
}
