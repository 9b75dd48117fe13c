//! `replication-factor-too-high`

mod created;

use crate::analysis::Analysis;
use crate::compose::{Service, Variable};
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::SettingSource;
use crate::kafka::client::{Client, origin_of};
use crate::kafka::effective::FilePlace;
use crate::kafka::peer::{Peer, PeerKind};
use crate::kafka::property::{
    DEFAULT_REPLICATION, Given, MIN_INSYNC_REPLICAS, OFFSETS_REPLICATION, TRANSACTION_MIN_ISR, TRANSACTION_REPLICATION,
};
use crate::kafka::startup::objection::{Check, Objection};
use crate::rules::Rule;
use crate::rules::support::fix;
use crate::rules::support::objection::shown;
use crate::rules::support::settings::{file_of, label_of_file, set_all, written_source};
use crate::rules::support::startup::place;
use crate::text::counted;

pub(super) const RULE: Rule = Rule {
    name: "replication-factor-too-high",
    summary: "topics require more replicas than the cluster has brokers",
    severity: Severity::Error,
    page: include_str!("page.md"),
    check,
};

/// A setting that counts brokers, its default (Apache Kafka's documentation, "Broker Configs"), what it is about, and what does not work
/// if there are fewer brokers.
type Property = (&'static str, usize, &'static str, &'static str);

const OFFSETS: Property =
    (OFFSETS_REPLICATION, 3, "replicas of `__consumer_offsets`", "consumer groups receive no messages");
/// The topic of committed offsets.
const OFFSETS_TOPIC: &str = "__consumer_offsets";
const TOPICS: [Property; 2] = [
    (DEFAULT_REPLICATION, 1, "replicas of every new topic by default", "such topics cannot be created"),
    (MIN_INSYNC_REPLICAS, 1, "in-sync replicas of every topic", "producers with `acks=all` fail"),
];
const TRANSACTIONS: [Property; 2] = [
    (TRANSACTION_REPLICATION, 3, "replicas of `__transaction_state`", "transactions fail"),
    (TRANSACTION_MIN_ISR, 2, "in-sync replicas of `__transaction_state`", "transactions fail"),
];

fn check(analysis: &Analysis) -> Vec<Finding> {
    let of_broker = |broker| check_broker(analysis, broker).or_else(|| in_sync(analysis, broker));
    let of_brokers = analysis.topology.brokers.iter().filter_map(of_broker);
    of_brokers.chain(created::check(analysis)).collect()
}

/// A setting that asks for more brokers than there are.
struct Excess<'p> {
    property: &'static str,
    source: SettingSource,
    what: &'static str,
    consequence: &'static str,
    wanted: usize,
    /// `None` for a default, and for a line of a file.
    variable: Option<Variable<'p>>,
    /// The line of a properties file that sets it.
    file: Option<&'p FilePlace>,
}

fn check_broker(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let count = brokers_in_cluster(analysis, broker)?;
    let offsets = excess(broker, OFFSETS, count);
    let topics: Vec<Excess<'_>> = TOPICS.iter().filter_map(|property| excess(broker, *property, count)).collect();
    let transactions: Vec<Excess<'_>> =
        TRANSACTIONS.iter().filter_map(|property| excess(broker, *property, count)).collect();
    // Without transactions, their log is not needed.
    let uses_transactions = uses_transactions(analysis, broker);
    let counts = |excess: &&Excess<'_>| excess.variable.is_some() || excess.file.is_some() || uses_transactions;
    let first = offsets.as_ref().or(topics.first()).or_else(|| transactions.iter().find(counts))?;
    let with_transactions = offsets.is_some() || transactions.iter().any(|excess| counts(&excess));
    let excesses = offsets.iter().chain(&topics).chain(transactions.iter().filter(|_| with_transactions));
    let is_safe = offsets.is_some() || !topics.is_empty() || uses_transactions;
    let name = &broker.service.name;
    let (origin, label) = match first.variable {
        Some(variable) => (origin_of(&analysis.project, variable), String::new()),
        None => {
            let message = match first.file {
                Some(_) => label_of_file(analysis, broker, first.property),
                None => format!("`{}` is not set; its default is {}", first.source.name(), first.wanted),
            };
            (analysis.origin(broker.service.key), message)
        }
    };
    let excesses: Vec<&Excess<'_>> = excesses.collect();
    let applicability = if is_safe { Applicability::Safe } else { Applicability::Unsafe };
    let names: Vec<&str> = excesses.iter().map(|excess| excess.source.name()).collect();
    let names = match names.as_slice() {
        [first, second, rest @ ..] if rest.len() > 1 => format!("{first}, {second} and {} more", rest.len()),
        names => names.join(", "),
    };
    let is_of_cluster = |other: &Service| analysis.topology.is_of_cluster(other.id, broker);
    let sources = excesses.iter().map(|excess| &excess.source);
    let fix = set_all(analysis, broker, sources, &count.to_string(), &is_of_cluster)
        .map(|repair| fix(format!("set {names} to {count}"), applicability, repair));
    let message = format!(
        "`{name}` requires {} {}, but its cluster has {}, so {}",
        first.wanted,
        first.what,
        counted(count, "broker"),
        first.consequence
    );
    // Nobody is known to need the log of transactions.
    let severity = if is_safe { Severity::Error } else { Severity::Warning };
    Some(RULE.finds(analysis, &broker.service, &origin, message).severity(severity).label(label).remedy(fix))
}

/// Offsets that are never committed: more replicas must be in sync than the topic has.
fn in_sync(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let is_of_offsets = |objection: &&Objection| {
        objection.check == Check::TooManyInSync
            && objection.subjects.first().is_some_and(|topic| topic == OFFSETS_TOPIC)
    };
    let objection = analysis.judgement(broker.service.id)?.replicas.iter().find(is_of_offsets)?;
    let source = written_source(broker, OFFSETS.0)?;
    let needed = objection.subjects.get(1)?.clone();
    let is_of_cluster = |other: &Service| analysis.topology.is_of_cluster(other.id, broker);
    let fix = set_all(analysis, broker, std::iter::once(&source), &needed, &is_of_cluster)
        .map(|repair| fix(format!("set {} to {needed}", source.name()), Applicability::Safe, repair));
    let in_sync = objection.places.first().map(|place| shown(broker, &place.property))?;
    let message = format!(
        "`{}` requires {needed} in-sync replicas of `{OFFSETS_TOPIC}` (`{in_sync}`), but the topic has fewer, so no group can commit offsets",
        broker.service.name
    );
    let place = place(analysis, broker, objection.places.iter().map(|place| place.property.as_str()));
    Some(RULE.finds(analysis, &broker.service, &place, message).aspect("in-sync").remedy(fix))
}

fn excess(broker: &Broker, (property, default, what, consequence): Property, count: usize) -> Option<Excess<'_>> {
    let wanted = match broker.config.given(property) {
        Given::Set(value) => value.trim().parse().ok()?,
        Given::Unset => default,
        Given::Unknown => return None,
    };
    if wanted <= count {
        return None;
    }
    let source = written_source(broker, property)?;
    let variable = broker.service.variable(source.name());
    let file = file_of(broker, property);
    Some(Excess { property, source, what, consequence, wanted, variable, file })
}

/// How many brokers the cluster has; `None` if some may be elsewhere.
fn brokers_in_cluster(analysis: &Analysis, broker: &Broker) -> Option<usize> {
    let topology = &analysis.topology;
    let cluster = topology.cluster_of(broker);
    let is_here = |peer: &Peer| {
        let service = topology.services_known_as(peer.host()).next();
        // An unknown voter may be a broker too.
        service.is_some_and(|service| peer.kind != PeerKind::Voter || topology.is_node(service.id))
    };
    let is_one = |broker: &&Broker| !analysis.project.is_scaled(&broker.service);
    (broker.peers.iter().all(is_here) && cluster.iter().all(is_one)).then_some(cluster.len())
}

/// Whether a client of a broker's cluster writes in transactions: it is a program that does, or a variable is about them, such as Kafka's
/// `transactional.id`, Spring's `transaction-id-prefix`, the `processing.guarantee` of Kafka Streams, and Connect's
/// `exactly.once.source.support`.
fn uses_transactions(analysis: &Analysis, broker: &Broker) -> bool {
    let is_about = |variable: &Variable<'_>| {
        let name = variable.name().to_ascii_uppercase().replace(['.', '-'], "_");
        let guarantee = || variable.value().is_some_and(|value| value.to_ascii_lowercase().starts_with("exactly_once"));
        let supports_it = || name.ends_with("EXACTLY_ONCE_SOURCE_SUPPORT") && variable.value() == Some("enabled");
        name.ends_with("TRANSACTIONAL_ID") || name.ends_with("TRANSACTION_ID_PREFIX") || guarantee() || supports_it()
    };
    let is_transactional = |client: &&Client| {
        client.program.is_some_and(|program| program.transactional)
            || client.service.variables().any(|own| is_about(&own))
    };
    analysis.users_of(&analysis.topology.cluster_of(broker)).iter().any(is_transactional)
}
