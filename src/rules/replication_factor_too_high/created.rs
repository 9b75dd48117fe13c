//! Topics that are created with more replicas than there are brokers.

use super::{RULE, brokers_in_cluster};
use crate::analysis::Analysis;
use crate::compose::{Service, Text};
use crate::finding::{Applicability, Finding, Reason};
use crate::kafka::broker::Broker;
use crate::kafka::client::origin_of;
use crate::repair::{Repair, replace_words, set_variables};
use crate::rules::support::fix;
use crate::text::counted;

/// The variable in which the image of wurstmeister/kafka is given the topics to create, `NAME:PARTITIONS:REPLICAS[:POLICY]` with commas
/// between them (wurstmeister/kafka-docker, create-topics.sh).
const CREATE_TOPICS: &str = "KAFKA_CREATE_TOPICS";

/// The option of Kafka's tool for the number of replicas (apache/kafka, tools/src/main/java/org/apache/kafka/tools/TopicCommand.java).
const OPTION: &str = "--replication-factor";

pub(super) fn check(analysis: &Analysis) -> impl Iterator<Item = Finding> {
    let by_images = analysis.topology.brokers.iter().filter_map(|broker| by_image(analysis, broker));
    by_images.chain(analysis.project.services.iter().filter_map(|service| by_command(analysis, service)))
}

/// A topic that the image of a broker creates.
fn by_image(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let service = &broker.service;
    // Another separator needs another reading.
    if broker.config.family().name != "wurstmeister" || service.variable("KAFKA_CREATE_TOPICS_SEPARATOR").is_some() {
        return None;
    }
    let variable = service.variable(CREATE_TOPICS)?;
    let count = brokers_in_cluster(analysis, broker)?;
    let topics: Vec<Vec<&str>> = variable.value()?.split(',').map(|topic| topic.split(':').collect()).collect();
    let wanted = |topic: &[&str]| topic.get(2)?.trim().parse::<usize>().ok().filter(|wanted| *wanted > count);
    let (topic, most) = topics.iter().find_map(|topic| Some((topic[0].trim(), wanted(topic)?)))?;
    let fitting = |topic: &Vec<&str>| {
        let mut parts: Vec<String> = topic.iter().map(|part| (*part).to_owned()).collect();
        if wanted(topic).is_some() {
            parts[2] = count.to_string();
        }
        parts.join(":")
    };
    let new = topics.iter().map(fitting).collect::<Vec<_>>().join(",");
    let is_of_cluster = |other: &Service| analysis.topology.is_of_cluster(other.id, broker);
    let fix = set_variables(&analysis.project, service, &[(CREATE_TOPICS.to_owned(), new.clone())], is_of_cluster)
        .map(|repair| fix(format!("set {CREATE_TOPICS} to {new}"), Applicability::Safe, repair))
        .map_err(Reason::from);
    let message = message(service, &format!("`{topic}`"), most, count);
    let origin = origin_of(&analysis.project, variable);
    Some(RULE.finds(analysis, service, &origin, message).aspect("created").remedy(fix))
}

/// A topic that a command creates with Kafka's tool.
fn by_command(analysis: &Analysis, service: &Service) -> Option<Finding> {
    let texts = || [&service.entrypoint, &service.command].into_iter().flatten().flat_map(|command| &command.texts);
    let names = |what: &str| texts().any(|text: &Text| text.value.text.contains(what));
    if !names(OPTION) || !names("kafka-topics") || !names("--create") {
        return None;
    }
    // With several clusters, the address decides which one it is.
    let broker = analysis.topology.brokers.first()?;
    let is_only = analysis.topology.cluster_of(broker).len() == analysis.topology.brokers.len();
    let count = brokers_in_cluster(analysis, broker).filter(|_| is_only)?;
    let excess = |text: &str| text.parse::<usize>().ok().filter(|wanted| *wanted > count);
    let of_words = |before: &str, word: &str| {
        let word = word.trim_matches(['"', '\'', ';']);
        match word.strip_prefix(OPTION) {
            Some(value) => excess(value.strip_prefix('=')?),
            None => excess(word).filter(|_| before == OPTION),
        }
    };
    let words: Vec<&str> = service.split_words().collect();
    let most = words.windows(2).filter_map(|pair| of_words(pair[0], pair[1])).max()?;
    let with = |before: &str, word: &str| {
        let wanted = of_words(before, word)?;
        Some(word.replace(&wanted.to_string(), &count.to_string()))
    };
    let title = format!("create it with {}", counted(count, "replica"));
    let fix = replace_words(&analysis.project, service, with)
        .and_then(Repair::required)
        .map(|repair| fix(title, Applicability::Safe, repair))
        .map_err(Reason::from);
    let node = texts().find(|text| text.value.text.contains(OPTION))?.node;
    let message = message(service, "a topic", most, count);
    Some(RULE.finds(analysis, service, &analysis.origin(node), message).aspect("created").remedy(fix))
}

fn message(service: &Service, topic: &str, wanted: usize, count: usize) -> String {
    format!(
        "`{}` creates {topic} with {wanted} replicas, but the cluster has {}, so it is not created",
        service.name,
        counted(count, "broker")
    )
}
