use super::*;

#[test]
fn each_image_binds_and_advertises_in_its_own_way() {
    let zookeeper = ("KAFKA_ZOOKEEPER_CONNECT", "z:2181");
    for (image, variables, expected) in [
        ("apache/kafka:4.1.0", &[][..], &["PLAINTEXT any:9092 -> loopback:9092", "CONTROLLER any:9093 -> -"][..]),
        ("apache/kafka:3.9.0", &[], &["PLAINTEXT any:9092 -> loopback:9092", "CONTROLLER any:9093 -> loopback:9093"]),
        ("apache/kafka:4.1.0", &[("KAFKA_LISTENERS", "A://:1")], &["A any:1 -> container:1"]),
        ("bitnami/kafka:2", &[zookeeper], &["PLAINTEXT any:9092 -> container:9092"]),
        ("debezium/kafka:2.7", &[], &["PLAINTEXT container:9092 -> container:9092"]),
        (
            "confluentinc/confluent-local:7.6.0",
            &[],
            &[
                "PLAINTEXT loopback:29092 -> loopback:29092",
                "CONTROLLER loopback:29093 -> -",
                "PLAINTEXT_HOST any:9092 -> loopback:9092",
            ],
        ),
        (
            "wurstmeister/kafka:2.13-2.8.1",
            &[zookeeper, ("KAFKA_ADVERTISED_HOST_NAME", "kafka")],
            &["PLAINTEXT any:9092 -> kafka:9092"],
        ),
        (
            "spotify/kafka",
            &[("ADVERTISED_HOST", "localhost"), ("ADVERTISED_PORT", "9093")],
            &["PLAINTEXT any:9092 -> loopback:9093"],
        ),
        ("johnnypark/kafka-zookeeper", &[("ADVERTISED_HOST", "127.0.0.1")], &["PLAINTEXT any:9092 -> loopback:9092"]),
        ("lensesio/fast-data-dev", &[("ADV_HOST", "fdd")], &["PLAINTEXT any:9092 -> fdd:9092"]),
        (
            "openzipkin/zipkin-kafka",
            &[],
            &["PLAINTEXT any:9092 -> container:9092", "PLAINTEXT_HOST any:19092 -> loopback:19092"],
        ),
    ] {
        assert_eq!(written(&config(image, variables)), expected, "{image} {variables:?}");
    }
}

#[test]
fn a_host_is_any_or_loopback_or_its_own_or_another() {
    let hosts = |listeners: &str| -> Vec<Host> {
        let broker = config("apache/kafka:4.1.0", &[("KAFKA_LISTENERS", listeners)]);
        broker.listeners().listeners.into_iter().filter_map(|own| Some(own.bound?.host)).collect()
    };
    let found = hosts("A://:1,B://0.0.0.0:2,C://[::]:3,D://localhost:4,E://127.0.0.2:5,F://kafka:6,G://10.0.0.1:7");
    let (any, loopback) = (|text: &str| Host::Any(text.to_owned()), |text: &str| Host::Loopback(text.to_owned()));
    let (own, other) = (Host::Own("kafka".to_owned()), Host::Other("10.0.0.1".to_owned()));
    assert_eq!(found, [any(""), any("0.0.0.0"), any("::"), loopback("localhost"), loopback("127.0.0.2"), own, other]);
    let broker = config("apache/kafka:4.1.0", &[("KAFKA_ADVERTISED_LISTENERS", "A://0.0.0.0:1")]);
    assert_eq!(written(&broker), ["A any:1 -> any:1"], "Kafka refuses it, and nothing hides that");
}

#[test]
fn roles_and_protocols_come_from_the_settings_beside() {
    let broker = config(
        "bitnami/kafka:3.9",
        &[
            ("KAFKA_CFG_PROCESS_ROLES", "broker,controller"),
            ("KAFKA_CFG_LISTENERS", "INT://:29092,CTRL://:9093,EXT://:9092"),
            ("KAFKA_CFG_ADVERTISED_LISTENERS", "INT://kafka:29092, EXT://localhost:9092"),
            ("KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP", "CTRL:PLAINTEXT,INT:PLAINTEXT,EXT:SASL_PLAINTEXT"),
            ("KAFKA_CFG_CONTROLLER_LISTENER_NAMES", "CTRL"),
            ("KAFKA_CFG_INTER_BROKER_LISTENER_NAME", "INT"),
        ],
    );
    let listeners = broker.listeners();
    let roles: Vec<_> = listeners.listeners.iter().map(|own| (own.name.as_str(), own.role, own.is_secured())).collect();
    use ListenerRole::{Client, Controller, InterBroker};
    assert_eq!(roles, [("INT", InterBroker, false), ("CTRL", Controller, false), ("EXT", Client, true)]);
    let advertised = listeners.named("ext").and_then(|own| own.advertised.clone()).expect("it is advertised");
    let text = "INT://kafka:29092, EXT://localhost:9092";
    assert_eq!(&text[advertised.span.start..advertised.span.end], "EXT://localhost:9092");
    assert_eq!(advertised.origin, Origin::Variable("KAFKA_CFG_ADVERTISED_LISTENERS".to_owned()));
    assert_eq!(listeners.for_clients().count(), 2);
}

#[test]
fn what_is_no_listener_is_kept_as_it_is_written() {
    let broker = config("apache/kafka:4.1.0", &[("KAFKA_LISTENERS", "A://:1,kafka:9092")]);
    assert_eq!(broker.listeners().malformed, [("listeners", "kafka:9092".to_owned())]);
    assert_eq!(written(&broker), ["A any:1 -> container:1"]);
}

#[test]
fn listeners_that_are_not_known_are_not_absent() {
    let broker = config("acme/kafka", &[("KAFKA_LISTENERS", "A://:1")]);
    let listeners = broker.listeners();
    assert_eq!((listeners.bound_unknown, listeners.advertised_unknown), (None, Some(UnknownReason::Unpublished)));
}
