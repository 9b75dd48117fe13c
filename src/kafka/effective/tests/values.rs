use super::*;

#[test]
fn without_a_variable_apache_kafka_starts_with_its_own_file() {
    let broker = config("apache/kafka:4.1.0", &[("TZ", "UTC")]);
    assert_eq!(broker.given("process.roles"), Given::Set("broker,controller"));
    assert_eq!(broker.given("advertised.listeners"), Given::Set("PLAINTEXT://localhost:9092"));
    assert_eq!(broker.property("process.roles").map(|own| own.origin), Some(&Origin::Image));
    assert_eq!(broker.given("zookeeper.connect"), Given::Unset);
}

#[test]
fn one_more_variable_makes_its_file_go() {
    let broker = config("apache/kafka:4.1.0", &[]);
    let lost: Vec<&str> = broker.lost_with("KAFKA_ADVERTISED_LISTENERS").iter().map(|own| own.name).collect();
    for name in ["process.roles", "node.id", "controller.quorum.voters", "controller.listener.names", "log.dirs"] {
        assert!(lost.contains(&name), "{name} {lost:?}");
    }
    let configured = config("apache/kafka:4.1.0", &[("KAFKA_NODE_ID", "1")]);
    assert!(configured.lost_with("KAFKA_ADVERTISED_LISTENERS").is_empty(), "it is gone already");
    for image in ["bitnami/kafka:3.9", "confluentinc/confluent-local", "redpandadata/redpanda", "debezium/kafka:2.7"] {
        assert!(config(image, &[]).lost_with("KAFKA_ADVERTISED_LISTENERS").is_empty(), "{image}");
    }
}

#[test]
fn defaults_that_stand_each_by_itself_stay() {
    let broker =
        config("confluentinc/confluent-local:7.6.0", &[("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://kafka:29092")]);
    assert_eq!(broker.given("process.roles"), Given::Set("broker,controller"));
    assert_eq!(
        broker.given("listeners"),
        Given::Set("PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,PLAINTEXT_HOST://0.0.0.0:9092")
    );
    let rest = broker.variable("KAFKA_REST_BOOTSTRAP_SERVERS").map(|(value, origin)| (value.text(), origin.clone()));
    assert_eq!(rest, Some((Some("localhost:29092"), Origin::Image)));
}

#[test]
fn of_two_variables_for_one_property_the_script_decides() {
    for (image, variables, expected, variable) in [
        // The short name is written over the long one.
        (
            "bitnami/kafka:3.9",
            [("KAFKA_CFG_LISTENERS", "A://:1"), ("KAFKA_LISTENERS", "B://:2")],
            "B://:2",
            "KAFKA_LISTENERS",
        ),
        ("debezium/kafka:2.7", [("KAFKA_NODE_ID", "5"), ("NODE_ID", "6")], "6", "NODE_ID"),
        ("acme/kafka", [("KAFKA_CFG_LISTENERS", "A://:1"), ("KAFKA_LISTENERS", "B://:2")], "B://:2", "KAFKA_LISTENERS"),
    ] {
        let broker = config(image, &variables);
        let property = if variable == "NODE_ID" { "node.id" } else { "listeners" };
        assert_eq!(broker.given(property), Given::Set(expected), "{image}");
        let origin = broker.property(property).expect(property).origin.clone();
        assert!(origin.variables().contains(&variable.to_owned()), "{image} {origin:?}");
    }
}

#[test]
fn what_is_bound_is_made_of_what_is_advertised() {
    for (image, expected) in [
        ("apache/kafka:4.1.0", Given::Set("A://0.0.0.0:9092,B://0.0.0.0:9093")),
        ("confluentinc/cp-kafka:7.6.0", Given::Set("A://0.0.0.0:9092,B://0.0.0.0:9093")),
        // The names go, which Kafka does not like.
        ("confluentinc/cp-kafka:8.1.0", Given::Set("kafka:9092,localhost:9093")),
        ("bitnami/kafka:3.9", Given::Unset),
        ("acme/kafka", Given::Unknown),
    ] {
        let variables = [("KAFKA_ADVERTISED_LISTENERS", "A://kafka:9092,B://localhost:9093")];
        let broker = config(image, &variables);
        assert_eq!(broker.given("listeners"), expected, "{image}");
    }
    let broker = config("apache/kafka:4.1.0", &[("KAFKA_ADVERTISED_LISTENERS", "A://kafka:9092")]);
    let expected =
        Origin::Computed { how: Computation::BoundEverywhere, from: vec!["KAFKA_ADVERTISED_LISTENERS".to_owned()] };
    assert_eq!(broker.property("listeners").map(|own| own.origin), Some(&expected));
}

#[test]
fn commands_in_variables_are_understood_where_they_are_plain() {
    let broker = |command: &str| {
        let advertised = ("KAFKA_ADVERTISED_LISTENERS", "A://_{HOSTNAME_COMMAND}:9092");
        let variables = [
            ("KAFKA_ZOOKEEPER_CONNECT", "z:2181"),
            ("KAFKA_LISTENERS", "A://:9092"),
            ("HOSTNAME_COMMAND", command),
            advertised,
        ];
        config("wurstmeister/kafka:2.13-2.8.1", &variables)
    };
    assert_eq!(broker("echo kafka").given("advertised.listeners"), Given::Set("A://kafka:9092"));
    assert_eq!(broker("hostname").given("advertised.listeners"), Given::Set("A://kafka:9092"));
    let told_by_shell = broker("curl -s http://example.com/host");
    assert_eq!(told_by_shell.given("advertised.listeners"), Given::Unknown);
    let reason = UnknownReason::Shell("curl -s http://example.com/host".to_owned());
    assert_eq!(told_by_shell.why_unknown("advertised.listeners"), Some(&reason));
    let shape = told_by_shell.property("advertised.listeners").and_then(|own| own.value.shape().map(str::to_owned));
    assert_eq!(shape.as_deref(), Some("A://${…}:9092"));
}

#[test]
fn a_line_break_in_a_value_ends_it() {
    let broker =
        config("apache/kafka:4.1.0", &[("KAFKA_NODE_ID", "1"), ("KAFKA_LISTENERS", "A://:9092,\nB://:9093\n")]);
    assert_eq!(broker.given("listeners"), Given::Set("A://:9092,"));
}

#[test]
fn the_version_of_kafka_is_that_of_the_tag() {
    let kafka = |image: &str| config(image, &[]).kafka().clone();
    let version = |text: &str| Version::parse(text).expect(text);
    assert!(kafka("confluentinc/cp-kafka:7.6.0").are_below(&version("3.7")));
    assert!(kafka("confluentinc/cp-kafka").are_at_least(&version("4.0")));
    assert_eq!(kafka("acme/kafka:3.9"), Versions::default());
    assert!(kafka("wurstmeister/kafka").are_below(&version("2.9")), "no newer one will come");
}

#[test]
fn the_id_of_the_cluster_has_the_variable_of_the_family() {
    for (image, variable, value) in [
        ("apache/kafka", "CLUSTER_ID", "x"),
        ("confluentinc/cp-kafka:7.6.0", "CLUSTER_ID", "x"),
        ("bitnami/kafka:3.9", "KAFKA_KRAFT_CLUSTER_ID", "x"),
        ("acme/kafka", "CLUSTER_ID", "x"),
    ] {
        let broker = config(image, &[(variable, value)]);
        let (name, own, origin) = broker.cluster_id().expect(image);
        let from = Origin::Variable(variable.to_owned());
        assert_eq!((name, own.text(), origin), (variable, Some(value), &from), "{image}");
    }
    let (_, own, origin) = config("apache/kafka", &[])
        .cluster_id()
        .map(|(a, b, c)| (a.to_owned(), b.clone(), c.clone()))
        .expect("its own");
    assert_eq!((own.text(), origin), (Some("5L6g3nShT-eMCtK--X86sw"), Origin::Image));
    assert!(config("confluentinc/cp-kafka:7.6.0", &[]).cluster_id().is_none());
}

#[test]
fn one_version_of_apache_kafka_takes_the_heap_for_a_setting() {
    let heap = [("KAFKA_HEAP_OPTS", "-Xmx512m")];
    assert_eq!(config("apache/kafka:3.7.0", &heap).given("process.roles"), Given::Unset);
    for image in ["apache/kafka:3.7", "apache/kafka:3.7.1", "apache/kafka:4.1.0"] {
        assert_eq!(config(image, &heap).given("process.roles"), Given::Set("broker,controller"), "{image}");
    }
}
