//! The entries of configuration files that hold the addresses of Kafka's brokers.

use std::collections::HashMap;

use crate::code::Setting;
use crate::kafka::catalog::{CATALOG, VariableRole};

/// Whether a key holds the addresses of Kafka's brokers.
#[must_use]
pub fn is_broker_key(key: &str) -> bool {
    matches!(CATALOG.key_role(key), VariableRole::BrokerAddress(_))
}

/// The entries that hold the addresses of Kafka's brokers, in the order given. Host and port that are entries in parallel become one:
/// `kafka.host` and `kafka.port` are `kafka` with `host:port`, on the line of the host.
#[must_use]
pub fn broker_addresses<'s>(settings: impl Iterator<Item = &'s Setting> + Clone) -> Vec<Setting> {
    let ports = settings.clone().filter_map(|setting| Some(((port_stem(&setting.key)?, &setting.profile), setting)));
    let ports: HashMap<_, _> = ports.collect();
    let address = |setting: &Setting| {
        match CATALOG.key_role(&setting.key) {
            VariableRole::BrokerAddress(_) => return Some(setting.clone()),
            VariableRole::BrokerHost => {}
            _ => return None,
        }
        let beside = host_stem(&setting.key)?;
        let key = setting.key.get(..beside.len())?.trim_end_matches(|c: char| !c.is_alphanumeric()).to_owned();
        match ports.get(&(beside, &setting.profile)) {
            _ if setting.value.is_empty() => None,
            Some(port) => Some(Setting { key, value: format!("{}:{}", setting.value, port.value), ..setting.clone() }),
            // The port may be in the value anyway.
            None => setting.value.contains(':').then(|| setting.clone()),
        }
    };
    settings.filter_map(address).collect()
}

/// What a key for a host has in common with that for its port, in small letters: `kafka.` of `kafka.host`.
pub(super) fn host_stem(key: &str) -> Option<String> {
    ["host", "hostname", "ip"].iter().find_map(|end| before(key, end))
}

/// What a key for a port has in common with that for its host.
pub(super) fn port_stem(key: &str) -> Option<String> {
    before(key, "port")
}

/// What comes before the end of a key, in small letters.
fn before(key: &str, end: &str) -> Option<String> {
    Some(key.to_ascii_lowercase().strip_suffix(end)?.to_owned())
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
