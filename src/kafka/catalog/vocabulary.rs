//! The roles of environment variables and of keys in configuration files, by name: one vocabulary for both.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::additions::Additions;
use super::variable::{Shape, VariableRole};
use super::words::Words;

/// `vocabulary.toml`, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lists {
    address_names: Vec<String>,
    url_names: Vec<String>,
    host_names: Vec<String>,
    broker_names: Vec<String>,
    client_names: Vec<String>,
    subjects: Vec<String>,
    bootstrap_phrases: Vec<String>,
    address_phrases: Vec<String>,
    host_phrases: Vec<String>,
    port_phrases: Vec<String>,
    key_phrases: Vec<String>,
    key_names: Vec<String>,
    other_things: Vec<String>,
}

/// `vocabulary.toml`, made ready for looking names up.
#[derive(Clone, Debug)]
pub(super) struct Vocabulary {
    /// The first words of `names` and `starts`: most names begin with none of them.
    first_words: FxHashSet<String>,
    /// Roles of whole names.
    names: FxHashMap<String, Ranked>,
    /// Roles of names that begin with certain words.
    starts: FxHashMap<String, Ranked>,
    /// Roles of names that end with certain words.
    ends: Vec<(String, Ranked)>,
    subjects: Vec<String>,
    /// Words at the end of a name.
    phrases: FxHashMap<String, Phrase>,
    /// The most words that a phrase has.
    longest_phrase: usize,
    /// Words at the end of a key in a file that need no subject.
    key_phrases: FxHashSet<String>,
    /// Whole keys.
    key_names: FxHashSet<String>,
    other_things: FxHashSet<String>,
    /// Phrases of several words, by what they are when written as one: `BOOTSTRAPSERVERS`.
    compounds: FxHashMap<String, String>,
    /// The fewest letters of a compound.
    shortest_compound: usize,
}

/// The role of a name, and the precedence of its list.
type Ranked = (usize, VariableRole);

/// The role of the words at the end of a name.
#[derive(Clone, Copy, Debug)]
struct Phrase {
    role: VariableRole,
    /// Whether a subject must come before them.
    needs_subject: bool,
}

impl From<Lists> for Vocabulary {
    fn from(lists: Lists) -> Self {
        let list = VariableRole::BrokerAddress(Shape::List);
        let ranked = [
            (lists.broker_names, VariableRole::BrokerSetting),
            (lists.client_names, VariableRole::ClientSetting),
            (lists.host_names, VariableRole::BrokerHost),
            (lists.url_names, VariableRole::BrokerAddress(Shape::Url)),
            (lists.address_names, list),
        ];
        let (mut names, mut starts, mut ends) = (FxHashMap::default(), FxHashMap::default(), Vec::new());
        for (rank, (list, role)) in ranked.into_iter().enumerate() {
            for name in list {
                if let Some(start) = name.strip_suffix("_*") {
                    starts.entry(start.to_owned()).or_insert((rank, role));
                } else if let Some(end) = name.strip_prefix('*') {
                    ends.push((end.to_owned(), (rank, role)));
                } else {
                    names.entry(name).or_insert((rank, role));
                }
            }
        }
        let first_word = |name: &String| name.split('_').next().map(str::to_owned);
        let first_words = names.keys().chain(starts.keys()).filter_map(first_word).collect();
        let phrases = [
            (lists.bootstrap_phrases, Phrase { role: list, needs_subject: false }),
            (lists.address_phrases, Phrase { role: list, needs_subject: true }),
            (lists.host_phrases, Phrase { role: VariableRole::BrokerHost, needs_subject: true }),
            (lists.port_phrases, Phrase { role: VariableRole::BrokerPort, needs_subject: true }),
        ];
        let phrases =
            phrases.into_iter().rev().flat_map(|(list, phrase)| list.into_iter().map(move |text| (text, phrase)));
        let phrases: FxHashMap<String, Phrase> = phrases.collect();
        let several = phrases.keys().filter(|phrase| phrase.contains('_'));
        let compounds: FxHashMap<String, String> =
            several.map(|phrase| (phrase.replace('_', ""), phrase.clone())).collect();
        let shortest_compound = compounds.keys().map(String::len).min().unwrap_or(0);
        let longest_phrase = phrases.keys().map(|phrase| phrase.split('_').count()).max().unwrap_or(0);
        let other_things = lists.other_things.into_iter().collect();
        let key_phrases = lists.key_phrases.into_iter().collect();
        let key_names = lists.key_names.into_iter().collect();
        let subjects = lists.subjects;
        Self {
            first_words,
            names,
            starts,
            ends,
            subjects,
            phrases,
            longest_phrase,
            key_phrases,
            key_names,
            other_things,
            compounds,
            shortest_compound,
        }
    }
}

impl Vocabulary {
    /// The lists, with the names of a user.
    pub(super) fn of(mut lists: Lists, additions: &Additions) -> Self {
        let own = &additions.variables;
        lists.address_names.extend_from_slice(&own.address_names);
        lists.url_names.extend_from_slice(&own.url_names);
        lists.host_names.extend_from_slice(&own.host_names);
        lists.broker_names.extend_from_slice(&own.broker_names);
        lists.client_names.extend_from_slice(&own.client_names);
        lists.into()
    }

    /// The role of a variable.
    pub(super) fn role(&self, name: &str) -> VariableRole {
        let (words, subject) = self.words(name);
        self.role_of(&words, subject)
    }

    /// The role of a key in a configuration file: the same as that of a variable; some words count only in a file.
    pub(super) fn key_role(&self, key: &str) -> VariableRole {
        let (words, subject) = self.words(key);
        match self.role_of(&words, subject) {
            VariableRole::Unrelated if self.is_key_alone(&words) => VariableRole::BrokerAddress(Shape::List),
            role => role,
        }
    }

    /// Whole names come first. Then `bootstrap.servers`, a term of Kafka, at the end of any name is an address. A name with a subject
    /// (`KAFKA`) and a phrase at the end (`BROKER_LIST`) is one if nothing else is in between (`KAFKA_UI_URL`).
    fn role_of(&self, words: &Words<'_>, subject: Option<usize>) -> VariableRole {
        if let Some(role) = self.named(words) {
            return role;
        }
        match (self.phrase(words), subject) {
            (Some((_, Phrase { role, needs_subject: false })), _) => role,
            (_, None) => VariableRole::Unrelated,
            (Some((end, Phrase { role, .. })), Some(subject)) if !self.names_other(words, subject + 1..end) => role,
            (_, Some(subject)) if self.has_suffix(words, subject) => VariableRole::BrokerAddress(Shape::List),
            _ => VariableRole::ClientSetting,
        }
    }

    /// Whether the address of a subject has a suffix that distinguishes it from others: `KAFKA_BROKERS_PROFILING`.
    fn has_suffix(&self, words: &Words<'_>, subject: usize) -> bool {
        let starts = subject + 1..words.len().saturating_sub(1);
        let is_phrase = |at: usize| {
            SUFFIXED.contains(&words.at(at))
                && (at + 1..words.len()).any(|end| {
                    let phrase = self.phrases.get(words.range(at, end));
                    phrase.is_some_and(|phrase| matches!(phrase.role, VariableRole::BrokerAddress(_)))
                })
        };
        !self.names_other(words, subject + 1..words.len()) && starts.into_iter().any(is_phrase)
    }

    /// Whether a key is about brokers though it has no subject.
    fn is_key_alone(&self, words: &Words<'_>) -> bool {
        let mut ends = words.len().saturating_sub(self.longest_phrase)..words.len();
        let end = ends.find(|&at| self.key_phrases.contains(words.from(at)));
        self.key_names.contains(words.text()) || end.is_some_and(|end| !self.names_other(words, 0..end))
    }

    fn names_other(&self, words: &Words<'_>, mut between: Range<usize>) -> bool {
        between.any(|at| self.other_things.contains(words.at(at)))
    }

    /// The longest phrase that ends a name, and at which word it begins.
    fn phrase(&self, words: &Words<'_>) -> Option<(usize, Phrase)> {
        let mut ends = words.len().saturating_sub(self.longest_phrase)..words.len();
        ends.find_map(|at| Some((at, *self.phrases.get(words.from(at))?)))
    }

    /// The role of a whole name: the list with the highest precedence decides.
    fn named(&self, words: &Words) -> Option<VariableRole> {
        let mut found = self.ends.iter().find(|(end, _)| words.text().ends_with(end)).map(|(_, ranked)| *ranked);
        if words.len() > 0 && self.first_words.contains(words.at(0)) {
            let by_start = (1..words.len()).filter_map(|at| self.starts.get(words.before(at)));
            let all = found.iter().chain(self.names.get(words.text())).chain(by_start);
            found = all.min_by_key(|(rank, _)| *rank).copied();
        }
        Some(found?.1)
    }

    /// The words of a name, and which of them is its last subject.
    ///
    /// Known words that are written as one (`KAFKAURL`, `BOOTSTRAPSERVERS`) are taken apart, and a subject at the end comes first, as it does
    /// in most names: `ConnectionStrings__kafka`, `URL_KAFKA`.
    fn words<'n>(&self, name: &'n str) -> (Words<'n>, Option<usize>) {
        let words = Words::of(name);
        let (mut subject, mut has_several) = (None, false);
        for at in 0..words.len() {
            match self.meaning(words.at(at)) {
                Meaning::Subject => subject = Some(at),
                Meaning::Several(_) => has_several = true,
                Meaning::Other => {}
            }
        }
        let ends_in_subject = subject.is_some_and(|at| at > 0 && at + 1 == words.len());
        if !has_several && !ends_in_subject {
            return (words, subject);
        }
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.rotate_right(usize::from(ends_in_subject));
        let apart = |at: usize| match self.meaning(words.at(at)) {
            Meaning::Several(known) => known,
            Meaning::Subject | Meaning::Other => words.at(at).into(),
        };
        let words = Words::joined(order.into_iter().map(apart));
        let subject = (0..words.len()).rposition(|at| matches!(self.meaning(words.at(at)), Meaning::Subject));
        (words, subject)
    }

    fn meaning(&self, word: &str) -> Meaning<'_> {
        let compound = |text: &str| (text.len() >= self.shortest_compound).then(|| self.compounds.get(text)).flatten();
        if let Some(phrase) = compound(word) {
            return Meaning::Several(phrase.into());
        }
        let Some(subject) = self.subjects.iter().find(|subject| word.starts_with(subject.as_str())) else {
            return Meaning::Other;
        };
        let rest = &word[subject.len()..];
        let is_known = self.phrases.contains_key(rest) || self.other_things.contains(rest);
        match if is_known { Some(rest) } else { compound(rest).map(String::as_str) } {
            _ if rest.is_empty() => Meaning::Subject,
            Some(known) => Meaning::Several(format!("{subject}_{known}").into()),
            None => Meaning::Other,
        }
    }
}

/// What a phrase begins with that is an address whatever follows: the others are words of other settings, too.
const SUFFIXED: [&str; 8] = ["BROKER", "BROKERS", "BOOTSTRAP", "SERVERS", "SEEDS", "URL", "ADDR", "ADDRESS"];

/// What a word of a name is.
enum Meaning<'v> {
    Subject,
    /// Known words written as one: those of a phrase, or a subject and what follows it.
    Several(Cow<'v, str>),
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::catalog::CATALOG;

    fn assert_role(role: VariableRole, names: &[&str]) {
        for name in names {
            assert_eq!(CATALOG.variable_role(name, None), role, "{name}");
        }
    }

    #[test]
    fn names_of_broker_lists_are_known_in_every_spelling() {
        assert_role(
            VariableRole::BrokerAddress(Shape::List),
            &[
                "KAFKA_BROKERS",
                "KAFKA_BROKER",
                "KAFKA_BROKER_LIST",
                "KAFKA_BROKER_1",
                "KAFKA_URL",
                "KAFKA_ADDR",
                "KAFKA_HOSTS",
                "KAFKA_SERVER",
                "KAFKA_FQDN",
                "KAFKA_BOOTSTRAP",
                "KAFKA_BOOTSTRAP_SERVERS",
                "KAFKA_BOOTSTRAP_SERVERS_CONFIG",
                "BOOTSTRAP_SERVERS",
                "CC_BOOTSTRAP_SERVER",
                "BROKERS",
                "BROKER_URL",
                "RPK_BROKERS",
                "DEFAULT_BROKERS",
                "kafkaURL",
                "kafka_server",
                "KafkaBrokers",
                "KafkaConnection",
                "Kafka:Brokers",
                "Kafka__Brokers__0",
                "Kafka__BootstrapServers",
                "KafkaSettings__BootstrapServers",
                "ConnectionStrings__kafka",
                "URL_KAFKA",
                "INGEST_KAFKA_BROKER",
                "INGRESS_KAFKABROKERS",
                "KAFKABROKERS",
                "AWS_KAFKA_CLUSTER",
                "REDPANDA_URL",
                "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                "SPRING_KAFKA_BOOTSTRAPSERVERS",
                "SPRING_KAFKA_CONSUMER_BOOTSTRAP_SERVERS",
                "spring.kafka.bootstrap-servers",
                "SPRING_CLOUD_STREAM_KAFKA_BINDER_BROKERS",
                "TB_KAFKA_SERVERS",
                "SW_KAFKA_FETCHER_SERVERS",
                "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS",
                "MANAGEMENT_KAFKA_CLUSTERS_0_BROKERLIST",
                "KAFKA_BROKERCONNECT",
                "CONNECT_BOOTSTRAP_SERVERS",
                "CONNECT_PRODUCER_BOOTSTRAP_SERVERS",
                "SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS",
                "KSQL_BOOTSTRAP_SERVERS",
                "KAFKA_REST_BOOTSTRAP_SERVERS",
                "KAFKA_CONNECT_BOOTSTRAP_SERVERS",
                "CONTROL_CENTER_BOOTSTRAP_SERVERS",
                "QUARKUS_KAFKA_STREAMS_BOOTSTRAP_SERVERS",
                "MP_MESSAGING_INCOMING_ORDERS_BOOTSTRAP_SERVERS",
                "DEBEZIUM_SOURCE_SCHEMA_HISTORY_INTERNAL_KAFKA_BOOTSTRAP_SERVERS",
            ],
        );
        assert_role(VariableRole::BrokerAddress(Shape::Url), &["FAUST_BROKER_URL"]);
    }

    #[test]
    fn a_host_and_its_port_may_stand_apart() {
        assert_role(
            VariableRole::BrokerHost,
            &["KAFKA_HOST", "kafka.host", "KAFKA_IP", "KafkaHostname", "KAFKA_SEEDS", "KAFKA_SERVICE_HOST"],
        );
        assert_role(VariableRole::BrokerPort, &["KAFKA_PORT", "KAFKA_BROKER_PORT", "APP_KAFKA_PORT", "KafkaPort"]);
    }

    #[test]
    fn settings_of_brokers_are_no_addresses() {
        assert_role(
            VariableRole::BrokerSetting,
            &[
                "KAFKA_LISTENERS",
                "KAFKA_ADVERTISED_LISTENERS",
                "KAFKA_ADVERTISED_HOST_NAME",
                "KAFKA_CFG_ADVERTISED_LISTENERS",
                "KAFKA_CONTROLLER_QUORUM_VOTERS",
                "KAFKA_CONTROLLER_QUORUM_BOOTSTRAP_SERVERS",
                "KAFKA_BROKER_ID",
                "KAFKA_NODE_ID",
                "KAFKA_ZOOKEEPER_CONNECT",
                "ZOOKEEPER_CONNECT",
                "ZOO_SERVERS",
                "ADVERTISED_HOST",
                "ADV_HOST",
                "CLUSTER_ID",
                "KAFKA_CONFLUENT_METRICS_REPORTER_BOOTSTRAP_SERVERS",
                "CONFLUENT_METRICS_REPORTER_BOOTSTRAP_SERVERS",
                "REDPANDA_KAFKA_ADDRESS",
                "REDPANDA_ADVERTISE_KAFKA_ADDRESS",
                "SCHEMA_REGISTRY_KAFKASTORE_CONNECTION_URL",
            ],
        );
    }

    #[test]
    fn other_things_about_kafka_are_no_addresses() {
        assert_role(
            VariableRole::ClientSetting,
            &[
                "KAFKA_TOPIC",
                "KAFKA_GROUP_ID",
                "KAFKA_CLIENT_ID",
                "KAFKA_SECURITY_PROTOCOL",
                "KAFKA_SASL_USERNAME",
                "KAFKA_VERSION",
                "KAFKA_CONNECT_URL",
                "KAFKA_REST_URL",
                "KAFKA_SCHEMA_REGISTRY_URL",
                "KAFKA_SCHEMAREGISTRY_URLS",
                "KAFKA_UI_HOST",
                "Kafka__SchemaRegistryUrl",
                "KAFKA_CLUSTERS_0_KAFKACONNECT_0_ADDRESS",
                "KAFKA_CLUSTERS_0_METRICS_PORT",
                "KAFKA_CLUSTERS_0_KSQLDBSERVER",
                "KAFKA_CLUSTERS_0_ZOOKEEPER",
                "KAFKA_JMX_PORT",
                "KAFKA_OPTS",
                "KAFKA_EXPORTER_URL",
                "KAFKA_OAUTH_TOKEN_ENDPOINT_URI",
                "KAFKA_DB_HOST",
                "REDPANDA_ADMIN_URL",
                "SCHEMA_REGISTRY_URL",
                "ENABLE_KAFKA",
                "KAFKA_REST_CONFLUENT_METADATA_BOOTSTRAP_SERVER_URLS",
                "KAFKA",
            ],
        );
    }

    #[test]
    fn a_key_of_a_file_may_say_more_than_a_variable() {
        for (key, expected) in [
            ("brokers", true),
            ("queues.q1.connection.brokers.0", true),
            ("mqtt.brokers", false),
            ("sinks.out.broker_list", true),
            ("broker", true),
            ("other.broker", false),
        ] {
            let role = CATALOG.key_role(key);
            assert_eq!(matches!(role, VariableRole::BrokerAddress(_)), expected, "{key}");
        }
        assert_role(VariableRole::Unrelated, &["QUEUES_BROKERS", "SINKS_OUT_BROKER_LIST"]);
    }

    #[test]
    fn other_names_are_unrelated() {
        assert_role(
            VariableRole::Unrelated,
            &[
                "",
                "_",
                "é",
                "PORT",
                "DATABASE_URL",
                "REDIS_HOST",
                "BROKER",
                "MQTT_BROKER",
                "MQTT_BROKER_HOST",
                "PINOT_BROKER_TAG",
                "CELERY_BROKER_URL",
                "AIRFLOW__CELERY__BROKER_URL",
                "EUREKA_SERVERS",
                "RP_BOOTSTRAP_USER",
                "bootstrap.memory_lock",
                "CASSANDRA_SEEDS",
                "CONFLUENT_METADATA_BOOTSTRAP_SERVER_URLS",
                "BOOTSTRAP_ADMIN_PASSWORD",
            ],
        );
    }
}
