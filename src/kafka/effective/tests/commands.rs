use super::*;

#[test]
fn kafkas_own_start_script_reads_its_file_and_the_overrides() {
    let script = "bin/kafka-server-start.sh config/server.properties --override listeners=A://:9092 --override advertised.listeners=${ADV}";
    let broker = started(
        "strimzi/kafka:0.34.0-kafka-3.4.0",
        &[("ADV", "A://kafka:9092"), ("KAFKA_NODE_ID", "7")],
        &["sh", "-c", script],
    );
    assert_eq!(broker.given("broker.id"), Given::Set("0"), "as Kafka's own file has it");
    assert_eq!(broker.given("node.id"), Given::Unset, "no script reads KAFKA_NODE_ID");
    assert_eq!(broker.given("listeners"), Given::Set("A://:9092"));
    assert_eq!(broker.given("advertised.listeners"), Given::Set("A://kafka:9092"));
    let origin = |name: &str| broker.property(name).map(|own| own.origin.clone());
    assert_eq!(origin("listeners"), Some(Origin::Flag("--override listeners".to_owned())));
    assert_eq!(origin("advertised.listeners"), Some(Origin::Variable("ADV".to_owned())));
    assert_eq!(origin("broker.id"), Some(Origin::Image));
}

#[test]
fn the_flags_of_redpanda_go_over_its_variables() {
    let command = [
        "redpanda start",
        "--kafka-addr a://0.0.0.0:9092,b://0.0.0.0:19092",
        "--advertise-kafka-addr=a://kafka:9092,b://localhost:19092",
    ];
    let broker = started("redpandadata/redpanda:v24.2.7", &[("REDPANDA_ADVERTISE_KAFKA_ADDRESS", "other:1")], &command);
    assert_eq!(written(&broker), ["a any:9092 -> kafka:9092", "b any:19092 -> loopback:19092"]);
    assert_eq!(broker.why_incomplete(), None);
    assert_eq!(
        broker.listeners().listeners[0].advertised.as_ref().map(|own| &own.origin),
        Some(&Origin::Flag("--advertise-kafka-addr".to_owned()))
    );
    let broker = config("redpandadata/redpanda", &[("REDPANDA_ADVERTISE_KAFKA_ADDRESS", "kafka")]);
    assert_eq!(written(&broker), [" any:9092 -> kafka:9092"]);
    assert_eq!(written(&config("redpandadata/redpanda", &[])), [" any:9092 -> loopback:9092"]);
    let set = ["redpanda", "start", "--set", "redpanda.advertised_kafka_api[0].port=9093"];
    assert_eq!(started("redpandadata/redpanda", &[], &set).given("advertised.listeners"), Given::Unknown);
}

#[test]
fn a_shell_may_set_variables_before_the_script() {
    let command = [
        "bash",
        "-c",
        "export KAFKA_ADVERTISED_LISTENERS=A://$(curl -s http://ngrok):9092; exec /etc/confluent/docker/run",
    ];
    let broker = started("confluentinc/cp-kafka:7.6.0", &[("KAFKA_ZOOKEEPER_CONNECT", "z:2181")], &command);
    assert_eq!(broker.given("advertised.listeners"), Given::Unknown);
    assert!(broker.refusals().is_empty());
}

#[test]
fn a_command_that_edits_the_script_may_take_out_what_it_requires() {
    let edit = "sed -i '/KAFKA_ZOOKEEPER_CONNECT/d' /etc/confluent/docker/configure && /etc/confluent/docker/run";
    let variables = [("KAFKA_PROCESS_ROLES", "broker,controller"), ("KAFKA_ADVERTISED_LISTENERS", "A://kafka:9092")];
    let image = "confluentinc/cp-kafka:7.3.0";
    assert_eq!(says(&config(image, &variables)), ["KAFKA_ZOOKEEPER_CONNECT"]);
    let broker = started(image, &variables, &["sh", "-c", edit]);
    assert!(broker.refusals().is_empty());
    assert_eq!(broker.given("listeners"), Given::Set("A://0.0.0.0:9092"));
    assert_eq!(broker.given("node.id"), Given::Unset);
    let broker = started(image, &variables, &["sh", "-c", "/opt/update_run.sh && /etc/confluent/docker/run"]);
    assert_eq!(broker.given("listeners"), Given::Set("A://0.0.0.0:9092"));
    assert_eq!(broker.given("node.id"), Given::Unknown, "another script may do anything");
}

#[test]
fn another_program_is_no_broker() {
    let topics = started("redpandadata/redpanda", &[], &["rpk", "topic", "create", "orders"]);
    assert_eq!(topics.given("listeners"), Given::Unknown);
    let broker = started("apache/kafka:4.1.0", &[], &["/opt/kafka/bin/kafka-topics.sh", "--list"]);
    assert!(!broker.is_started_by_script() && broker.refusals().is_empty() && broker.ignored().is_empty());
    assert_eq!(broker.given("listeners"), Given::Unknown);
}
