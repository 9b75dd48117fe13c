use super::*;

#[test]
fn each_version_has_its_own_requirements() {
    let kraft = [
        ("KAFKA_NODE_ID", "1"),
        ("KAFKA_PROCESS_ROLES", "broker,controller"),
        ("KAFKA_ADVERTISED_LISTENERS", "A://kafka:1"),
    ];
    let zookeeper = [("KAFKA_ZOOKEEPER_CONNECT", "z:2181"), ("KAFKA_ADVERTISED_LISTENERS", "A://kafka:1")];
    for (image, variables, expected) in [
        ("confluentinc/cp-kafka:7.3.0", &kraft[..], &["KAFKA_ZOOKEEPER_CONNECT"][..]),
        ("confluentinc/cp-kafka:7.3.0", &zookeeper, &[]),
        ("confluentinc/cp-kafka:7.6.0", &kraft, &["CLUSTER_ID"]),
        ("confluentinc/cp-kafka:7.6.0", &zookeeper, &[]),
        ("confluentinc/cp-kafka:7.6.0", &zookeeper[..1], &["KAFKA_ADVERTISED_LISTENERS"]),
        ("confluentinc/cp-kafka:8.0.0", &zookeeper, &["KAFKA_PROCESS_ROLES", "CLUSTER_ID"]),
        ("confluentinc/cp-server:8.0.0", &zookeeper, &["KAFKA_PROCESS_ROLES", "CLUSTER_ID"]),
        (
            "confluentinc/cp-kafka:7.6.0",
            &[zookeeper[0], zookeeper[1], ("KAFKA_ADVERTISED_PORT", "1")],
            &["KAFKA_ADVERTISED_PORT"],
        ),
        ("apache/kafka:4.1.0", &zookeeper, &["KAFKA_PROCESS_ROLES"]),
        ("wurstmeister/kafka", &zookeeper, &["KAFKA_LISTENERS"]),
        ("wurstmeister/kafka", &[("KAFKA_ADVERTISED_HOST_NAME", "kafka")], &["KAFKA_ZOOKEEPER_CONNECT"]),
        ("debezium/kafka:1.0", &[], &["ZOOKEEPER_CONNECT"]),
        ("debezium/kafka:2.7", &[], &[]),
    ] {
        assert_eq!(says(&config(image, variables)), expected, "{image} {variables:?}");
    }
}

#[test]
fn bitnami_asks_for_a_mode_for_voters_and_for_the_controllers_listener() {
    let roles = ("KAFKA_CFG_PROCESS_ROLES", "broker,controller");
    let (names, listeners) =
        (("KAFKA_CFG_CONTROLLER_LISTENER_NAMES", "C"), ("KAFKA_CFG_LISTENERS", "A://:9092,C://:9093"));
    let (id, voters) = (("KAFKA_CFG_NODE_ID", "0"), ("KAFKA_CFG_CONTROLLER_QUORUM_VOTERS", "0@kafka:9093"));
    for (image, variables, expected) in [
        ("bitnami/kafka:3.9", &[][..], &["KAFKA_CFG_PROCESS_ROLES"][..]),
        ("bitnami/kafka:3.9", &[("KAFKA_CFG_ZOOKEEPER_CONNECT", "z:2181")], &[]),
        ("bitnami/kafka:3.9", &[roles, names, listeners, id], &["KAFKA_CFG_CONTROLLER_QUORUM_VOTERS"]),
        ("bitnami/kafka:3.9", &[roles, names, listeners, voters], &["KAFKA_CFG_NODE_ID"]),
        (
            "bitnami/kafka:3.9",
            &[roles, names, ("KAFKA_CFG_LISTENERS", "A://:9092"), id, voters],
            &["KAFKA_CFG_LISTENERS"],
        ),
        ("bitnami/kafka:3.9", &[roles, names, listeners, id, voters], &[]),
        ("bitnami/kafka:4.1", &[roles, names, listeners, id], &[]),
        ("bitnami/kafka:3.2", &[("KAFKA_CFG_ZOOKEEPER_CONNECT", "z:2181")], &[]),
        (
            "bitnami/kafka:2",
            &[("KAFKA_CFG_ZOOKEEPER_CONNECT", "z:2181")],
            &["ALLOW_PLAINTEXT_LISTENER", "ALLOW_PLAINTEXT_LISTENER"],
        ),
        ("bitnami/kafka:2", &[("ALLOW_PLAINTEXT_LISTENER", "yes")], &[]),
    ] {
        assert_eq!(says(&config(image, variables)), expected, "{image} {variables:?}");
    }
}

#[test]
fn a_refusal_has_the_words_of_the_script() {
    let broker = config("confluentinc/cp-kafka:7.6.0", &[("KAFKA_ADVERTISED_LISTENERS", "A://kafka:1")]);
    let expected = Refusal {
        variable: "KAFKA_ZOOKEEPER_CONNECT".to_owned(),
        kind: RefusalKind::Missing,
        says: "KAFKA_ZOOKEEPER_CONNECT is required.".to_owned(),
    };
    assert_eq!(broker.refusals(), [expected]);
    let broker = config(
        "apache/kafka:3.9.0",
        &[("KAFKA_PROCESS_ROLES", "controller"), ("KAFKA_ADVERTISED_LISTENERS", "A://k:1")],
    );
    assert_eq!(broker.refusals()[0].kind, RefusalKind::Forbidden);
}
