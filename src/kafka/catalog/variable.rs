//! What the name of an environment variable says.

use serde::Deserialize;

use super::image::glob;

/// The form in which a variable holds broker addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// `host:port`, or several with commas between.
    #[default]
    List,
    /// `kafka://host:port`.
    Url,
    /// A configuration file's text, in YAML, with the addresses somewhere inside.
    Document,
}

/// What a variable is for, judged by its name alone: the value may still contradict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableRole {
    /// A client's broker addresses.
    BrokerAddress(Shape),
    /// A client's broker host; the port stands in another variable, in the value all the same, or nowhere.
    BrokerHost,
    /// The port that goes with such a host.
    BrokerPort,
    /// A setting of a broker or of ZooKeeper: never a client's address.
    BrokerSetting,
    /// Something else about Kafka: a topic, a group, credentials, options of the JVM, the address of a tool around Kafka.
    ClientSetting,
    /// Nothing about Kafka.
    Unrelated,
}

/// `variables.toml`: names and phrases in capitals, with `_` between words. Names may hold one `*`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variables {
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
    other_things: Vec<String>,
}

impl Variables {
    /// Names come first. Then `bootstrap.servers`, a term of Kafka's own, at the end of any name is an address. A name about a
    /// subject (`KAFKA`) that ends in a phrase (`BROKER_LIST`) is one if it names no other thing in between (`KAFKA_UI_URL`).
    pub(super) fn role(&self, name: &str) -> VariableRole {
        let mut words = self.words(name);
        if words.len() > 1 && words.last().is_some_and(|last| self.subjects.contains(last)) {
            // ConnectionStrings__kafka, URL_KAFKA
            words.rotate_right(1);
        }
        let name = words.join("_");
        let named = [
            (&self.broker_names, VariableRole::BrokerSetting),
            (&self.client_names, VariableRole::ClientSetting),
            (&self.host_names, VariableRole::BrokerHost),
            (&self.url_names, VariableRole::BrokerAddress(Shape::Url)),
            (&self.address_names, VariableRole::BrokerAddress(Shape::List)),
        ];
        if let Some((_, role)) = named.iter().find(|(names, _)| names.iter().any(|pattern| glob(pattern, &name))) {
            return *role;
        }
        if before_phrase(&name, &self.bootstrap_phrases).is_some() {
            return VariableRole::BrokerAddress(Shape::List);
        }
        let Some(subject) = words.iter().rposition(|word| self.subjects.contains(word)) else {
            return VariableRole::Unrelated;
        };
        let about = words[subject + 1..].join("_");
        let phrases = [
            (&self.address_phrases, VariableRole::BrokerAddress(Shape::List)),
            (&self.host_phrases, VariableRole::BrokerHost),
            (&self.port_phrases, VariableRole::BrokerPort),
        ];
        // The longest phrase leaves the least before it.
        let found = phrases.iter().filter_map(|(phrases, role)| Some((before_phrase(&about, phrases)?, *role)));
        match found.min_by_key(|(before, _)| before.len()) {
            Some((before, role))
                if !before.split('_').any(|word| self.other_things.iter().any(|other| other == word)) =>
            {
                role
            }
            _ => VariableRole::ClientSetting,
        }
    }

    /// The words of a name in capitals, numbers left out: `_`, `.`, `-`, `:` and a change of case divide, and known words that
    /// are written together (`BOOTSTRAPSERVERS`).
    fn words(&self, name: &str) -> Vec<String> {
        let mut words = Vec::new();
        for part in name.split(|character: char| !character.is_ascii_alphanumeric()) {
            for word in camel_case_words(part) {
                let word = word.trim_end_matches(|character: char| character.is_ascii_digit()).to_ascii_uppercase();
                match self.known_words(&word) {
                    Some(known) => words.extend(known.into_iter().map(str::to_owned)),
                    None if word.is_empty() => {}
                    None => words.push(word),
                }
            }
        }
        words
    }

    /// The known words that `word` is written of, if it is two of them: a subject or the first word of a phrase, and what may
    /// follow it.
    fn known_words<'a>(&'a self, word: &str) -> Option<Vec<&'a str>> {
        let phrases = || {
            self.bootstrap_phrases
                .iter()
                .chain(&self.address_phrases)
                .chain(&self.host_phrases)
                .chain(&self.port_phrases)
        };
        let phrase = phrases().find(|phrase| phrase.contains('_') && phrase.replace('_', "") == word);
        if let Some(phrase) = phrase {
            return Some(phrase.split('_').collect());
        }
        let (subject, rest) =
            self.subjects.iter().find_map(|subject| Some((subject, word.strip_prefix(subject.as_str())?)))?;
        let known =
            phrases().chain(&self.other_things).find(|known| !rest.is_empty() && known.replace('_', "") == rest)?;
        Some([subject.as_str()].into_iter().chain(known.split('_')).collect())
    }
}

/// What stands before the longest of `phrases` that ends `name`.
fn before_phrase<'a>(name: &'a str, phrases: &[String]) -> Option<&'a str> {
    let before = |phrase: &String| match name.strip_suffix(phrase.as_str())? {
        "" => Some(""),
        before => before.strip_suffix('_'),
    };
    phrases.iter().filter_map(before).min_by_key(|before| before.len())
}

/// `kafkaURL` is `kafka` and `URL`, `HTTPServer` is `HTTP` and `Server`.
fn camel_case_words(part: &str) -> Vec<&str> {
    let bytes = part.as_bytes();
    let starts_word = |at: usize| {
        let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        bytes[at].is_ascii_uppercase()
            && (bytes[at - 1].is_ascii_lowercase() || (bytes[at - 1].is_ascii_uppercase() && next_is_lower))
    };
    let mut words = Vec::new();
    let mut start = 0;
    for at in 1..bytes.len() {
        if starts_word(at) {
            words.push(&part[start..at]);
            start = at;
        }
    }
    words.push(&part[start..]);
    words
}

/// The one of `known` that a name is off by a single letter: one too many, one too few, another one, or two in the wrong order. A number in
/// a known name stands for any number. `None` for a name that is known itself.
#[must_use]
pub fn near_miss<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<String> {
    if known.clone().any(|known| is_same_but_numbers(known, name)) {
        return None;
    }
    let number: String = name.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let numbered = |known: &str| if number.is_empty() { known.to_owned() } else { known.replacen('0', &number, 1) };
    known.map(numbered).find(|known| is_one_edit(name.as_bytes(), known.as_bytes()))
}

fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    match (a, b) {
        ([_, rest @ ..], b) if rest == b => true,
        (a, [_, rest @ ..]) if rest == a => true,
        ([first, second, a @ ..], [x, y, b @ ..]) if first == y && second == x && a == b => true,
        ([_, a @ ..], [_, b @ ..]) => a == b,
        _ => false,
    }
}

/// Whether two names are the same but for case and for the numbers in them.
pub(super) fn is_same_but_numbers(a: &str, b: &str) -> bool {
    let normal = |name: &str| {
        name.chars().fold(String::new(), |mut normal, character| {
            match character.is_ascii_digit() {
                true if normal.ends_with('0') => {}
                true => normal.push('0'),
                false => normal.push(character.to_ascii_uppercase()),
            }
            normal
        })
    };
    normal(a) == normal(b)
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

    #[test]
    fn numbers_in_the_names_of_a_tool_count_alike() {
        assert!(is_same_but_numbers("KAFKA_CLUSTERS_0_NAME", "KAFKA_CLUSTERS_12_NAME"));
        assert!(is_same_but_numbers("A_0_B", "a_9_b"));
        assert!(!is_same_but_numbers("A_0_B", "A__B"));
        assert!(!is_same_but_numbers("A_B", "A_C"));
    }
}
