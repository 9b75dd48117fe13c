//! The keys of configuration files that hold the addresses of Kafka's brokers: data in `keys.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::code::Setting;

/// `keys.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    known: Vec<String>,
    bootstrap_phrases: Vec<String>,
    broker_phrases: Vec<String>,
    subjects: Vec<String>,
    address_phrases: Vec<String>,
    other_words: Vec<String>,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let parsed = toml::from_str::<Keys>(include_str!("keys.toml"));
    let mut keys = parsed.expect("the built-in keys parse, as their test shows");
    for list in [&mut keys.known, &mut keys.bootstrap_phrases, &mut keys.broker_phrases, &mut keys.address_phrases] {
        list.iter_mut().for_each(|key| *key = key.replace(['.', '-'], ""));
    }
    keys
});

/// Whether a key speaks of the addresses of Kafka's brokers: one that a framework or library knows, one that ends in `bootstrap.servers`, or one that
/// ends in `brokers` or is about Kafka and ends like an address, if it names no other thing. Case, separators and the indexes of lists do not count.
#[must_use]
pub fn is_broker_key(key: &str) -> bool {
    let words = words(key);
    let joined = words.concat();
    if words.iter().any(|word| matches!(word.as_str(), "quorum" | "controller")) {
        return false;
    }
    if KEYS.known.iter().any(|known| matches(known, &joined))
        || KEYS.bootstrap_phrases.iter().any(|phrase| joined.ends_with(phrase.as_str()))
    {
        return true;
    }
    // In `ConnectionStrings:Kafka` the subject stands last.
    let is_about = |text: &str| KEYS.subjects.iter().any(|subject| text.contains(subject.as_str()));
    let is_address =
        KEYS.address_phrases.iter().any(|phrase| joined.strip_suffix(phrase.as_str()).is_some_and(is_about));
    let is_connection_string = joined.starts_with("connectionstring") && is_about(&joined);
    let is_broker_list = KEYS.broker_phrases.iter().any(|phrase| joined.ends_with(phrase.as_str()));
    (is_address || is_connection_string || is_broker_list) && !words.iter().any(|word| KEYS.other_words.contains(word))
}

/// The entries that hold the addresses of Kafka's brokers, in the order given. Host and port that are entries side by side become one:
/// `kafka.host` and `kafka.port` are `kafka` with `host:port`, on the line of the host.
#[must_use]
pub fn broker_addresses<'s>(settings: impl Iterator<Item = &'s Setting> + Clone) -> Vec<Setting> {
    let ports =
        settings.clone().filter_map(|setting| Some(((before(&setting.key, "port")?, &setting.profile), setting)));
    let ports: HashMap<_, _> = ports.collect();
    let address = |setting: &Setting| {
        if is_broker_key(&setting.key) {
            return Some(setting.clone());
        }
        let beside = ["host", "hostname", "ip"].iter().find_map(|end| before(&setting.key, end))?;
        let key = setting.key.get(..beside.len())?.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned();
        if !is_broker_key(&format!("{key}.address")) {
            return None;
        }
        match ports.get(&(beside, &setting.profile)) {
            _ if setting.value.is_empty() => None,
            Some(port) => Some(Setting { key, value: format!("{}:{}", setting.value, port.value), ..setting.clone() }),
            // The port may stand in the value all the same.
            None => setting.value.contains(':').then(|| setting.clone()),
        }
    };
    settings.filter_map(address).collect()
}

/// What stands before the end of a key, in small letters.
fn before(key: &str, end: &str) -> Option<String> {
    Some(key.to_ascii_lowercase().strip_suffix(end)?.to_owned())
}

/// The words of a key in small letters, without numbers.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for character in key.chars() {
        let starts_word = after_small && character.is_ascii_uppercase();
        if starts_word || !character.is_ascii_alphabetic() {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), character.is_ascii_alphabetic()) {
            word.push(character.to_ascii_lowercase());
        }
        after_small = character.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn matches(pattern: &str, key: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => key.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => pattern == key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_broker_addresses_are_known_in_every_spelling() {
        for key in [
            "spring.kafka.bootstrap-servers",
            "spring.kafka.bootstrapServers",
            "spring.kafka.admin.bootstrap-servers",
            "spring.kafka.properties.bootstrap.servers",
            "spring.cloud.stream.kafka.binder.brokers",
            "spring.cloud.stream.binders.kafka1.environment.spring.cloud.stream.kafka.binder.brokers",
            "kafka.bootstrap.servers",
            "mp.messaging.incoming.orders.bootstrap.servers",
            "mp.messaging.connector.smallrye-kafka.bootstrap.servers",
            "akka.kafka.producer.kafka-clients.bootstrap.servers",
            "camel.component.kafka.brokers",
            "stream.kafka.broker.list",
            "tableIndexConfig.streamConfigs.stream.kafka.broker.list",
            "Kafka:BootstrapServers",
            "KafkaSettings.BootstrapServers",
            "KafkaOptions.Brokers.0",
            "ConnectionStrings.kafka",
            "kafka.brokers.0",
            "kafka.brokers[0]",
            "kafka.brokerList.1",
            "ingest.kafka.broker",
            "app.kafka.url",
            "kafka_address",
            "kafkaBrokers",
            "KAFKA_BROKERS",
            "redpanda.seed_brokers",
            "brokers",
            "queues.q1.connection.brokers.0",
            "bootstrap.servers",
        ] {
            assert!(is_broker_key(key), "{key}");
        }
    }

    #[test]
    fn host_and_port_side_by_side_are_one_address() {
        let setting = |(index, (key, value)): (usize, &(&str, &str))| Setting {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
            profile: None,
            line: index + 1,
        };
        let entries = [
            ("kafka.brokers.0.hostname", "a"),
            ("kafka.brokers.0.port", "1"),
            ("KAFKA_HOST", "${HOST:b}"),
            ("KAFKA_PORT", "2"),
            ("kafkaHost", "c:3"),
            ("app.kafka.host", "no port"),
            ("kafka.ui.host", "d"),
            ("kafka.ui.port", "4"),
            ("redpanda.host", ""),
            ("redpanda.port", ""),
            ("db.host", "e"),
            ("db.port", "5"),
            ("kafka.brokers", "f:6"),
        ];
        let settings: Vec<Setting> = entries.iter().enumerate().map(setting).collect();
        let found = broker_addresses(settings.iter());
        let found: Vec<_> = found.iter().map(|s| (s.line, s.key.as_str(), s.value.as_str())).collect();
        let expected = [
            (1, "kafka.brokers.0", "a:1"),
            (3, "KAFKA", "${HOST:b}:2"),
            (5, "kafkaHost", "c:3"),
            (13, "kafka.brokers", "f:6"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn other_keys_are_not_taken_for_broker_addresses() {
        for key in [
            "spring.kafka.consumer.group-id",
            "spring.kafka.properties.schema.registry.url",
            "kafka.schemaRegistryUrl",
            "kafka.connect.url",
            "kafka.zookeeper.hosts",
            "kafka.topics.orders",
            "kafka.security.protocol",
            "kafka.ssl.endpoint",
            "controller.quorum.bootstrap.servers",
            "spring.rabbitmq.addresses",
            "spring.datasource.url",
            "server.port",
            "server",
            "eureka.client.serviceUrl",
            "mqtt.broker.url",
            "mqtt.brokers",
            "spring.kafka.producer.properties.max.in.flight.requests.per.connection",
            "broker.id",
            "",
        ] {
            assert!(!is_broker_key(key), "{key}");
        }
    }
}
