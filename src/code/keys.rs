//! The keys of configuration files that hold the addresses of Kafka's brokers: data in `keys.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

/// `keys.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    known: Vec<String>,
    bootstrap_phrases: Vec<String>,
    subjects: Vec<String>,
    address_phrases: Vec<String>,
    other_words: Vec<String>,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let parsed = toml::from_str::<Keys>(include_str!("keys.toml"));
    let mut keys = parsed.expect("the built-in keys parse, as their test shows");
    for list in [&mut keys.known, &mut keys.bootstrap_phrases, &mut keys.address_phrases] {
        list.iter_mut().for_each(|key| *key = key.replace(['.', '-'], ""));
    }
    keys
});

/// The keys that frameworks and libraries know for the addresses of Kafka's brokers, in small letters without separators; one `*` in a key
/// stands for any characters.
#[must_use]
pub fn broker_keys() -> &'static [String] {
    &KEYS.known
}

/// Whether a key speaks of the addresses of Kafka's brokers: one of [`broker_keys`], one that ends in `bootstrap.servers`, or one about Kafka
/// that ends like an address and names no other thing. Case, separators and the indexes of lists do not count.
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
    (is_address || is_connection_string) && !words.iter().any(|word| KEYS.other_words.contains(word))
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
    fn the_data_is_read() {
        assert!(broker_keys().contains(&"springkafkabootstrapservers".to_owned()));
    }

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
            "bootstrap.servers",
        ] {
            assert!(is_broker_key(key), "{key}");
        }
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
            "broker.id",
            "",
        ] {
            assert!(!is_broker_key(key), "{key}");
        }
    }
}
