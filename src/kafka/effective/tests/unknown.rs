use super::*;

#[test]
fn an_env_file_that_is_not_there_may_set_anything() {
    let mut container = Container::of_image("bitnami/kafka:3.9", "kafka");
    container.set("KAFKA_CFG_NODE_ID", "1");
    let reason = UnknownReason::MissingEnvFile("kafka.env".to_owned());
    container.more_variables = Some(reason.clone());
    let broker = EffectiveConfig::of(container);
    assert_eq!(broker.given("node.id"), Given::Set("1"));
    assert_eq!(broker.given("listeners"), Given::Unknown);
    assert_eq!(broker.why_unknown("listeners"), Some(&reason));
    assert_eq!(broker.why_incomplete(), Some(&reason));
    assert!(broker.refusals().is_empty(), "what is required may be in it");
}

#[test]
fn a_variable_that_is_not_set_leaves_a_blank() {
    let blank = Value::Unknown(Unknown {
        reason: UnknownReason::Blank("HOST_IP".to_owned()),
        shape: Some("A://kafka:9092,B://${HOST_IP}:9093".to_owned()),
    });
    let broker = with_unknown("apache/kafka:4.1.0", "KAFKA_ADVERTISED_LISTENERS", blank);
    assert_eq!(broker.given("advertised.listeners"), Given::Unknown);
    assert_eq!(broker.why_unknown("advertised.listeners"), Some(&UnknownReason::Blank("HOST_IP".to_owned())));
    assert_eq!(written(&broker), ["A any:9092 -> kafka:9092", "B any:9093 -> ${HOST_IP}:9093"]);
    assert_eq!(broker.given("process.roles"), Given::Unset, "it is set all the same");
}

#[test]
fn what_is_passed_through_may_be_unset() {
    let passed = Value::unknown(UnknownReason::PassedThrough("KAFKA_PROCESS_ROLES".to_owned()));
    let broker = with_unknown("confluentinc/cp-kafka:8.0.0", "KAFKA_PROCESS_ROLES", passed);
    assert_eq!(broker.given("process.roles"), Given::Unknown);
    assert_eq!(says(&broker), ["CLUSTER_ID"], "nothing is said of the roles, nor of what depends on them");
}

#[test]
fn a_tag_that_tells_no_version_leaves_open_where_versions_differ() {
    let variables = [("KAFKA_PROCESS_ROLES", "broker"), ("KAFKA_ADVERTISED_LISTENERS", "A://kafka:9092")];
    let broker = config("confluentinc/cp-kafka:${TAG}", &variables);
    assert_eq!(broker.given("advertised.listeners"), Given::Set("A://kafka:9092"));
    assert_eq!(broker.given("listeners"), Given::Unknown);
    assert_eq!(broker.why_unknown("listeners"), Some(&UnknownReason::Version));
    assert!(broker.refusals().is_empty(), "the versions require different things");
    assert_eq!(config("confluentinc/cp-kafka:", &variables).given("listeners"), Given::Unknown);
}

#[test]
fn a_mounted_file_is_under_the_variables_or_instead_of_them() {
    let mounted = |image: &str, path: &str| {
        let mut container = Container::of_image(image, "kafka");
        container.set("KAFKA_NODE_ID", "7");
        container.mounts = vec![path.to_owned()];
        EffectiveConfig::of(container)
    };
    let under = mounted("apache/kafka:4.1.0", "/mnt/shared/config");
    assert_eq!((under.given("node.id"), under.given("listeners")), (Given::Set("7"), Given::Unknown));
    assert_eq!(under.why_unknown("listeners"), Some(&UnknownReason::File("/mnt/shared/config".to_owned())));
    let instead = mounted("bitnami/kafka:3.9", "/bitnami/kafka/config/server.properties");
    assert_eq!((instead.given("node.id"), instead.given("listeners")), (Given::Unknown, Given::Unknown));
    assert!(instead.refusals().is_empty());
    let beside = mounted("apache/kafka:4.1.0", "/var/lib/kafka/data");
    assert_eq!(beside.given("listeners"), Given::Unset);
}

#[test]
fn an_image_that_is_not_known_may_set_anything_by_itself() {
    let broker = config("acme/kafka:1", &[("KAFKA_LISTENERS", "A://:9092")]);
    assert_eq!(broker.given("listeners"), Given::Set("A://:9092"));
    assert_eq!(broker.given("advertised.listeners"), Given::Unknown);
    assert_eq!(broker.why_unknown("advertised.listeners"), Some(&UnknownReason::Unpublished));
}

#[test]
fn a_built_image_keeps_what_variables_set() {
    let mut container = Container::of_image("acme/events", "kafka");
    container.is_built = true;
    container.set("KAFKA_ADVERTISED_LISTENERS", "A://kafka:9092");
    let base = recognise("confluentinc/cp-kafka:7.6.0").expect("it is Confluent's");
    let broker = EffectiveConfig::in_family(container, base.family, base.tag);
    assert_eq!(broker.given("advertised.listeners"), Given::Set("A://kafka:9092"));
    assert_eq!(broker.given("process.roles"), Given::Unknown);
    assert_eq!(broker.why_unknown("process.roles"), Some(&UnknownReason::Built));
    assert!(broker.refusals().is_empty(), "its Dockerfile may set the rest");
}
