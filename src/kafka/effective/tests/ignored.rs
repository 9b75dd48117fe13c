use super::*;

#[test]
fn the_vocabulary_of_another_image_is_not_read() {
    for (image, variable, property, setter) in [
        ("apache/kafka:4.1.0", "KAFKA_CFG_NODE_ID", Some("node.id"), Some("KAFKA_NODE_ID")),
        ("confluentinc/cp-kafka:7.6.0", "KAFKA_CFG_LISTENERS", Some("listeners"), Some("KAFKA_LISTENERS")),
        (
            "bitnami/kafka:3.9",
            "KAFKA_CONTROLLER_LISTENER_NAMES",
            Some("controller.listener.names"),
            Some("KAFKA_CFG_CONTROLLER_LISTENER_NAMES"),
        ),
        ("apache/kafka:4.1.0", "ADVERTISED_HOST", Some("advertised.host.name"), Some("KAFKA_ADVERTISED_HOST_NAME")),
        (
            "redpandadata/redpanda",
            "KAFKA_ADVERTISED_LISTENERS",
            Some("advertised.listeners"),
            Some("REDPANDA_ADVERTISE_KAFKA_ADDRESS"),
        ),
        ("apache/kafka:4.1.0", "REDPANDA_ADVERTISE_KAFKA_ADDRESS", None, None),
        ("strimzi/kafka", "KAFKA_LISTENERS", Some("listeners"), None),
    ] {
        let mut container = Container::of_image(image, "kafka");
        container.set(variable, "x");
        if image == "strimzi/kafka" {
            container.command =
                Some(vec!["bin/kafka-server-start.sh".to_owned(), "config/server.properties".to_owned()]);
        }
        let config = EffectiveConfig::of(container);
        let ignored = config.ignored();
        let setter = match image {
            "strimzi/kafka" => Some(Setter::Override),
            _ => setter.map(|name| Setter::Variable(name.to_owned())),
        };
        let expected = Ignored { variable: variable.to_owned(), property: property.map(str::to_owned), setter };
        assert_eq!(ignored, [expected], "{image} {variable}");
    }
}

#[test]
fn what_the_image_reads_is_not_ignored() {
    for (image, variables) in [
        ("apache/kafka:4.1.0", &["KAFKA_NODE_ID", "KAFKA_HEAP_OPTS", "CLUSTER_ID", "MY_LISTENERS", "TZ"][..]),
        (
            "bitnami/kafka:3.9",
            &[
                "KAFKA_CFG_NODE_ID",
                "KAFKA_LISTENERS",
                "KAFKA_KRAFT_CLUSTER_ID",
                "KAFKA_CLIENT_USERS",
                "ALLOW_PLAINTEXT_LISTENER",
            ],
        ),
        (
            "wurstmeister/kafka",
            &["HOSTNAME_COMMAND", "KAFKA_CREATE_TOPICS", "KAFKA_PORT", "KAFKA_ADVERTISED_HOST_NAME"],
        ),
        ("debezium/kafka:2.7", &["NODE_ID", "BROKER_ID", "HOST_NAME", "ZOOKEEPER_CONNECT", "ADVERTISED_HOST_NAME"]),
        ("confluentinc/confluent-local", &["KAFKA_REST_LISTENERS", "KAFKA_NODE_ID"]),
        ("spotify/kafka", &["ADVERTISED_HOST", "ADVERTISED_PORT"]),
        ("acme/kafka", &["KAFKA_CFG_NODE_ID", "KAFKA_NODE_ID"]),
    ] {
        let variables: Vec<(&str, &str)> = variables.iter().map(|name| (*name, "x")).collect();
        assert_eq!(config(image, &variables).ignored(), [], "{image}");
    }
}

#[test]
fn many_variables_take_no_more_than_their_share_of_time() {
    let mut container = Container::of_image("apache/kafka:4.1.0", "kafka");
    container.variables = (0..5_000).map(|index| (format!("KAFKA_CFG_X{index}"), Value::known("x"))).collect();
    let start = std::time::Instant::now();
    assert_eq!(EffectiveConfig::of(container).ignored().len(), 5_000);
    assert!(start.elapsed().as_secs() < 30, "a trial for each variable takes all of them: {:?}", start.elapsed());
}

#[test]
fn where_another_script_may_read_it_nothing_is_said() {
    let variables = [("KAFKA_CFG_NODE_ID", "1")];
    assert_eq!(config("obsidiandynamics/kafka", &variables).ignored(), []);
    assert_eq!(
        started("apache/kafka:4.1.0", &variables, &["sh", "-c", "/own.sh && /etc/kafka/docker/run"]).ignored(),
        []
    );
    let mut container = config("apache/kafka:4.1.0", &variables).container().clone();
    container.is_built = true;
    assert_eq!(EffectiveConfig::of(container).ignored(), []);
}
