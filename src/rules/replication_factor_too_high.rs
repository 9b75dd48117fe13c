//! `replication-factor-too-high`

use crate::compose::Variable;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::broker::{Broker, cluster_host};
use crate::kafka::client::origin_of;
use crate::repair::set_variables;
use crate::rules::Context;

/// The settings of the internal topics, and Kafka's defaults for them (Apache Kafka's documentation, "Broker Configs").
const OFFSETS: (&str, usize) = ("offsets.topic.replication.factor", 3);
const TRANSACTIONS: [(&str, usize); 2] =
    [("transaction.state.log.replication.factor", 3), ("transaction.state.log.min.isr", 2)];

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.topology.brokers.iter().filter_map(|broker| check_broker(context, broker)).collect()
}

/// A setting that asks for more brokers than there are.
struct Excess<'p> {
    name: String,
    wanted: usize,
    /// `None` for a default.
    variable: Option<Variable<'p>>,
}

fn check_broker(context: &Context<'_>, broker: &Broker<'_>) -> Option<Finding> {
    let count = brokers_in_cluster(context, broker)?;
    let offsets = excess(broker, OFFSETS, count);
    let transactions: Vec<Excess<'_>> =
        TRANSACTIONS.iter().filter_map(|property| excess(broker, *property, count)).collect();
    let (topic, applicability) = match &offsets {
        Some(_) => ("__consumer_offsets", Applicability::Safe),
        None => ("__transaction_state", Applicability::Unsafe),
    };
    // Without transactions nobody misses their log.
    let counts = |excess: &&Excess<'_>| excess.variable.is_some() || uses_transactions(context);
    let first = offsets.as_ref().or_else(|| transactions.iter().find(counts))?;
    let name = &broker.service.name;
    let (primary, related) = match first.variable {
        Some(variable) => context.labels_of(&origin_of(context.project, variable), ""),
        None => {
            let message = format!("`{}` is not set, and {} is the default", first.name, first.wanted);
            (context.label(broker.service.key, message), Vec::new())
        }
    };
    let values: Vec<(String, String)> =
        offsets.iter().chain(&transactions).map(|excess| (excess.name.clone(), count.to_string())).collect();
    let names = values.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let is_of_cluster = |other: &crate::compose::Service| {
        context.topology.broker(&other.name).is_some_and(|other| other.is_in_cluster_with(broker))
    };
    let fix = set_variables(context.project, broker.service, &values, is_of_cluster)
        .map(|repair| context.fix(format!("set {names} to {count}"), applicability, repair))
        .map_err(|refusal| refusal.to_string());
    let brokers = if count == 1 { "1 broker".to_owned() } else { format!("{count} brokers") };
    Some(Finding {
        rule: "replication-factor-too-high",
        severity: Severity::Warning,
        service: name.clone(),
        message: format!("`{name}` asks for {} replicas of `{topic}`, and its cluster has {brokers}", first.wanted),
        primary,
        related,
        help: None,
        fix,
    })
}

fn excess<'p>(broker: &Broker<'p>, (property, default): (&str, usize), count: usize) -> Option<Excess<'p>> {
    let (name, variable) = broker.setting(property)?;
    let wanted = match variable {
        Some(variable) => variable.value()?.trim().parse().ok()?,
        None if has_defaults_of_kafka(broker) => default,
        None => return None,
    };
    (wanted > count).then_some(Excess { name, wanted, variable })
}

/// Whether what is not set has Kafka's own default: no other file of settings may hold another.
fn has_defaults_of_kafka(broker: &Broker<'_>) -> bool {
    let says = |property: &str| broker.setting(property).is_some_and(|(_, variable)| variable.is_some());
    broker.family.wants_three_replicas
        && broker.service.build.is_none()
        && broker.service.command_words().is_empty()
        && broker.service.env_files.iter().all(|file| file.content.is_some())
        && ["process.roles", "zookeeper.connect"].into_iter().any(says)
}

/// How many brokers the cluster has; `None` if some may be elsewhere.
fn brokers_in_cluster(context: &Context<'_>, broker: &Broker<'_>) -> Option<usize> {
    let topology = &context.topology;
    let cluster: Vec<&Broker<'_>> = topology.brokers.iter().filter(|other| other.is_in_cluster_with(broker)).collect();
    let is_here = |entry: &String| {
        let host = cluster_host(entry);
        let service = context.project.services.iter().find(|service| service.is_known_as(host));
        // A voter that is no node that is known may be a broker too.
        service.is_some_and(|service| !entry.contains('@') || topology.is_node(&service.name))
    };
    let is_one = |broker: &&Broker<'_>| !is_scaled(context, broker);
    (broker.cluster.iter().all(is_here) && cluster.iter().all(is_one)).then_some(cluster.len())
}

/// Whether the file asks for several containers of the service.
fn is_scaled(context: &Context<'_>, broker: &Broker<'_>) -> bool {
    broker.service.definitions.iter().any(|definition| {
        let document = context.project.document(definition.node);
        let deploy = document.entry(definition.node, "deploy");
        let replicas = deploy.and_then(|deploy| document.entry(deploy.value, "replicas"));
        let scale = document.entry(definition.node, "scale");
        [replicas, scale].into_iter().flatten().any(|count| document.scalar(count.value) != Some("1"))
    })
}

/// Whether a variable of some service is about transactions: Kafka's `transactional.id`, Spring's `transaction-id-prefix`, the
/// `processing.guarantee` of Kafka Streams.
fn uses_transactions(context: &Context<'_>) -> bool {
    let is_about = |variable: &Variable<'_>| {
        let name = variable.name().to_ascii_uppercase().replace(['.', '-'], "_");
        let guarantee = || variable.value().is_some_and(|value| value.to_ascii_lowercase().starts_with("exactly_once"));
        name.ends_with("TRANSACTIONAL_ID") || name.ends_with("TRANSACTION_ID_PREFIX") || guarantee()
    };
    context.users().any(|client| client.service.variables().iter().any(is_about))
}
