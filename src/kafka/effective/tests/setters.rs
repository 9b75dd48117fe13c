use super::*;

#[test]
fn each_family_sets_a_property_in_its_own_way() {
    let variable = |name: &str| Some(Setter::Variable(name.to_owned()));
    for (image, property, expected) in [
        ("apache/kafka:4.1.0", "advertised.listeners", variable("KAFKA_ADVERTISED_LISTENERS")),
        (
            "apache/kafka:4.1.0",
            "listener.name.in_side.sasl.enabled.mechanisms",
            variable("KAFKA_LISTENER_NAME_IN__SIDE_SASL_ENABLED_MECHANISMS"),
        ),
        (
            "confluentinc/cp-kafka:7.6.0",
            "offsets.topic.replication.factor",
            variable("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"),
        ),
        ("confluentinc/cp-kafka:8.1.0", "advertised.listeners", variable("KAFKA_ADVERTISED_LISTENERS")),
        ("confluentinc/confluent-local", "listeners", variable("KAFKA_LISTENERS")),
        ("bitnami/kafka:3.9", "advertised.listeners", variable("KAFKA_CFG_ADVERTISED_LISTENERS")),
        ("bitnami/kafka:3.9", "controller.listener.names", variable("KAFKA_CFG_CONTROLLER_LISTENER_NAMES")),
        ("debezium/kafka:2.7", "node.id", variable("NODE_ID")),
        ("debezium/kafka:2.7", "zookeeper.connect", variable("ZOOKEEPER_CONNECT")),
        ("debezium/kafka:2.7", "advertised.listeners", variable("KAFKA_ADVERTISED_LISTENERS")),
        ("debezium/kafka:1.0", "advertised.listeners", variable("ADVERTISED_LISTENERS")),
        ("wurstmeister/kafka", "advertised.listeners", variable("KAFKA_ADVERTISED_LISTENERS")),
        ("spotify/kafka", "advertised.host.name", variable("ADVERTISED_HOST")),
        ("spotify/kafka", "advertised.listeners", None),
        ("krisgeus/docker-kafka", "inter.broker.listener.name", variable("INTER_BROKER")),
        ("lensesio/fast-data-dev", "advertised.listeners", variable("KAFKA_ADVERTISED_LISTENERS")),
        ("redpandadata/redpanda", "advertised.listeners", variable("REDPANDA_ADVERTISE_KAFKA_ADDRESS")),
        ("redpandadata/redpanda", "node.id", None),
        ("acme/kafka", "advertised.listeners", variable("KAFKA_ADVERTISED_LISTENERS")),
        ("strimzi/kafka", "advertised.listeners", None),
    ] {
        assert_eq!(config(image, &[]).setter(property), expected, "{image} {property}");
    }
}

#[test]
fn what_sets_it_already_counts_first() {
    let broker = config("bitnami/kafka:3.9", &[("KAFKA_ADVERTISED_LISTENERS", "A://kafka:1")]);
    assert_eq!(broker.setter("advertised.listeners"), Some(Setter::Variable("KAFKA_ADVERTISED_LISTENERS".to_owned())));
    let broker = config("acme/kafka", &[("KAFKA_CFG_ADVERTISED_LISTENERS", "A://kafka:1")]);
    assert_eq!(
        broker.setter("advertised.listeners"),
        Some(Setter::Variable("KAFKA_CFG_ADVERTISED_LISTENERS".to_owned()))
    );
    let broker = config("acme/kafka", &[("KAFKA_CFG_NODE_ID", "1")]);
    assert_eq!(
        broker.setter("advertised.listeners"),
        Some(Setter::Variable("KAFKA_CFG_ADVERTISED_LISTENERS".to_owned()))
    );
    let broker = started("redpandadata/redpanda", &[], &["redpanda", "start"]);
    assert_eq!(broker.setter("advertised.listeners"), Some(Setter::Flag("--advertise-kafka-addr".to_owned())));
    let broker = started(
        "strimzi/kafka:0.34.0-kafka-3.4.0",
        &[],
        &["sh", "-c", "bin/kafka-server-start.sh config/server.properties"],
    );
    assert_eq!(broker.setter("advertised.listeners"), Some(Setter::Override));
}

#[test]
fn nothing_sets_a_property_where_a_mounted_file_counts() {
    let mut container = Container::of_image("bitnami/kafka:3.9", "kafka");
    container.mounts = vec!["/bitnami/kafka/config/server.properties".to_owned()];
    assert_eq!(EffectiveConfig::of(container).setter("advertised.listeners"), None);
}
