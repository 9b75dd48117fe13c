use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::compose::Project;
use crate::kafka::address::AddressList;
use crate::kafka::catalog::CATALOG;
use crate::source::{Files, Memory};

/// The result of `of` for a service with this text.
fn service<T>(text: &str, of: impl FnOnce(&Service) -> T) -> T {
    let text = format!("services: {{it: {{{text}}}}}");
    let mut files = Files::new(Memory([("compose.yml".into(), text.into_bytes())].into()));
    let project = Project::load(&mut files, Path::new("compose.yml")).expect("it is a compose file");
    of(&project.services[0])
}

fn program(image: &str) -> &'static KafkaClient {
    CATALOG.client(&Image::parse(image).expect(image)).expect(image)
}

/// The variables that are missing in a service with this image.
fn missing(image: &str, rest: &str) -> Vec<String> {
    service(&format!("image: '{image}', {rest}"), |service| program(image).missing(service))
}

#[test]
fn the_entries_are_consistent() {
    for program in CATALOG.programs.all() {
        let name = &program.name;
        assert!(!program.images.is_empty() || !program.commands.is_empty(), "{name} has neither images nor commands");
        let form = program.form.as_deref().map(|form| CATALOG.address_form(form).is_some());
        assert_ne!(form, Some(false), "{name} has an unknown form");
        assert!(program.default.iter().all(|default| AddressList::parse(default).is_some()), "{name}");
        for variable in &program.variables {
            let is_document = variable.role() == VariableRole::BrokerAddress(Shape::Document);
            assert_eq!(is_document, variable.syntax.is_some(), "{name} {}", variable.name);
            assert!(variable.unless.iter().all(|other| *other != variable.name), "{name} {}", variable.name);
        }
        for (unread, meant) in &program.unread {
            assert!(program.variable(meant).is_some() && program.variable(unread).is_none(), "{name} {unread}");
        }
        for file in &program.files {
            let is_found = file.path.is_some() || file.variable.is_some() || file.flag.is_some() || file.argument;
            assert!(
                is_found || matches!(file.syntax, Syntax::Sql | Syntax::Hocon),
                "nothing leads to a file of {name}"
            );
        }
    }
    let names: BTreeSet<&str> = CATALOG.programs.all().iter().map(|program| program.name.as_str()).collect();
    assert!(names.len() > 60, "{} programs", names.len());
}

#[test]
fn the_version_decides_what_a_program_requires() {
    let zookeeper = "environment: {SCHEMA_REGISTRY_KAFKASTORE_CONNECTION_URL: z:2181}";
    let bootstrap = "SCHEMA_REGISTRY_KAFKASTORE_BOOTSTRAP_SERVERS";
    assert_eq!(missing("confluentinc/cp-schema-registry:5.5.0", zookeeper), [""; 0]);
    assert_eq!(missing("confluentinc/cp-schema-registry:7.3.0", zookeeper), [bootstrap]);
    assert_eq!(missing("confluentinc/cp-schema-registry:latest", zookeeper), [bootstrap]);
    assert_eq!(missing("confluentinc/cp-schema-registry", zookeeper), [bootstrap]);
    // A tag without a version may be an old one.
    assert_eq!(missing("confluentinc/cp-schema-registry:ours", zookeeper), [""; 0]);
    assert_eq!(missing("confluentinc/cp-schema-registry:5.5.0", "environment: {}"), [bootstrap]);
    assert_eq!(program("aiven-open/karapace:4.1.0").default.as_deref(), Some("127.0.0.1:9092"));
    assert_eq!(program("aiven-open/karapace").default.as_deref(), Some("kafka:29092"));
}

#[test]
fn each_client_inside_of_a_program_has_its_own_address() {
    let worker = "KSQL_CONNECT_GROUP_ID: g, KSQL_CONNECT_CONFIG_STORAGE_TOPIC: c";
    let image = "confluentinc/ksqldb-server:0.28.2";
    let both = ["KSQL_BOOTSTRAP_SERVERS", "KSQL_CONNECT_BOOTSTRAP_SERVERS"];
    assert_eq!(missing(image, &format!("environment: {{{worker}}}")), both);
    assert_eq!(missing(image, &format!("environment: {{{worker}, KSQL_BOOTSTRAP_SERVERS: a:1}}")), both[1..]);
    assert_eq!(missing(image, "environment: {KSQL_BOOTSTRAP_SERVERS: a:1}"), [""; 0]);
    assert_eq!(missing(image, "environment: {KSQL_KSQL_STREAMS_BOOTSTRAP_SERVERS: a:1}"), [""; 0]);
}

#[test]
fn each_cluster_has_its_own_address() {
    let image = "provectuslabs/kafka-ui";
    let environment = "KAFKA_CLUSTERS_0_NAME: a, KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: a:1, KAFKA_CLUSTERS_12_NAME: b";
    assert_eq!(missing(image, &format!("environment: {{{environment}}}")), ["KAFKA_CLUSTERS_12_BOOTSTRAPSERVERS"]);
    let other = "environment: {KAFKA_CLUSTERS_1_NAME: a, KAFKA_CLUSTERS_1_BOOTSTRAP_SERVERS: a:1}";
    assert_eq!(missing(image, other), [""; 0]);
    assert_eq!(missing(image, "environment: {DYNAMIC_CONFIG_ENABLED: 'true'}"), [""; 0]);
}

#[test]
fn a_switch_makes_an_address_needed() {
    let image = "jaegertracing/jaeger-collector:1.60";
    assert_eq!(missing(image, "environment: {SPAN_STORAGE_TYPE: kafka}"), ["KAFKA_PRODUCER_BROKERS"]);
    assert_eq!(missing(image, "environment: {SPAN_STORAGE_TYPE: cassandra}"), [""; 0]);
    let is_used = |environment: &str| {
        service(&format!("environment: {{{environment}}}"), |service| program(image).is_used_by(service))
    };
    assert!(is_used("SPAN_STORAGE_TYPE: kafka") && is_used("KAFKA_PRODUCER_BROKERS: a:1"));
    assert!(!is_used("SPAN_STORAGE_TYPE: memory"));
}

#[test]
fn flags_and_files_stand_in_for_a_variable() {
    let ingester = "jaegertracing/jaeger-ingester:1.60";
    assert_eq!(missing(ingester, "command: [--kafka.consumer.topic=x]"), ["KAFKA_CONSUMER_BROKERS"]);
    assert_eq!(missing(ingester, "command: --kafka.consumer.brokers=a:1"), [""; 0]);
    assert_eq!(missing(ingester, "command: [--kafka.consumer.brokers, a:1]"), [""; 0]);
    let console = "redpandadata/console:v3.1.1";
    assert_eq!(missing(console, "volumes: ['./x:/x']"), ["KAFKA_BROKERS"]);
    assert_eq!(missing(console, "environment: {CONFIG_FILEPATH: /x}"), [""; 0]);
    assert_eq!(missing(console, "command: --config.filepath=/x"), [""; 0]);
    let registry = "bitnami/schema-registry";
    let file = program(registry).files.first().expect("it has one");
    assert!(file.may_be_in("/opt/bitnami/schema-registry/") && !file.is_at("/opt/bitnami/schema-registry"));
    assert!(!file.may_be_in("/opt/other") && !file.may_be_in("/opt/bitnami/schema-registry/etc/x"));
    let pipeline = &program("docker.elastic.co/logstash/logstash:8.15.0").files[0];
    assert!(
        pipeline.is_at("/usr/share/logstash/pipeline/in.conf") && pipeline.may_be_in("/usr/share/logstash/pipeline")
    );
    assert!(!pipeline.is_at("/usr/share/logstash/pipeline") && !pipeline.is_at("/usr/share/logstash/config/in.conf"));
}

#[test]
fn a_variable_that_a_program_does_not_read_is_told_from_its_own() {
    for (image, name, expected) in [
        ("confluentinc/cp-kafka-connect:7.5.0", "CONNECT_BOOTSTRAP_SERVERS", Reading::Address),
        ("confluentinc/cp-kafka-connect:7.5.0", "CONNECT_X_BOOTSTRAP_SERVERS", Reading::Maybe),
        (
            "confluentinc/cp-kafka-connect:7.5.0",
            "BOOTSTRAP_SERVERS",
            Reading::Unread(Some("CONNECT_BOOTSTRAP_SERVERS")),
        ),
        ("debezium/connect:2.7", "CONNECT_BOOTSTRAP_SERVERS", Reading::Unread(Some("BOOTSTRAP_SERVERS"))),
        ("debezium/connect:2.7", "KAFKA_BROKERS", Reading::Unread(Some("BOOTSTRAP_SERVERS"))),
        ("confluentinc/ksqldb-server", "STREAMS_BOOTSTRAP_SERVERS", Reading::Unread(Some("KSQL_BOOTSTRAP_SERVERS"))),
        ("obsidiandynamics/kafdrop", "KAFKA_BROKER_CONNECT", Reading::Unread(Some("KAFKA_BROKERCONNECT"))),
        ("provectuslabs/kafka-ui", "KAFKA_BOOTSTRAPSERVERS", Reading::Maybe),
        ("provectuslabs/kafka-ui", "KAFKA_CLUSTERS_3_BOOTSTRAPSERVERS", Reading::Address),
        (
            "confluentinc/cp-enterprise-control-center:7.5.0",
            "CONTROL_CENTER_KAFKA_B_BOOTSTRAP_SERVERS",
            Reading::Address,
        ),
        ("otel/opentelemetry-collector-contrib", "KAFKA_BROKERS", Reading::Maybe),
        ("openzipkin/zipkin", "KAFKA_BROKERS", Reading::Unread(Some("KAFKA_BOOTSTRAP_SERVERS"))),
        ("linkedin/burrow", "KAFKA_BROKERS", Reading::Maybe),
    ] {
        assert_eq!(program(image).reading(name), expected, "{image} {name}");
    }
}

#[test]
fn patterns_are_not_among_the_names() {
    let names: Vec<&str> = program("confluentinc/cp-enterprise-control-center:7.5.0").names().collect();
    assert_eq!(names, ["CONTROL_CENTER_BOOTSTRAP_SERVERS"]);
}

#[test]
fn variables_tell_a_program_in_an_unknown_image() {
    for (environment, expected) in [
        ("GROUP_ID: 2, CONFIG_STORAGE_TOPIC: c, OFFSET_STORAGE_TOPIC: o", Some("debezium-connect")),
        (
            "CONNECT_GROUP_ID: s, CONNECT_CONFIG_STORAGE_TOPIC: c, CONNECT_OFFSET_STORAGE_TOPIC: o",
            Some("kafka-connect"),
        ),
        ("SCHEMA_REGISTRY_HOST_NAME: r", Some("schema-registry")),
        ("SCHEMA_REGISTRY_URL: 'http://r'", None),
        ("KSQL_LISTENERS: x", Some("ksqldb")),
        ("KAFKA_CLUSTERS_1_NAME: a", Some("kafka-ui")),
        ("AKHQ_CONFIGURATION: 'akhq: {}'", Some("akhq")),
        ("CDK_CLUSTERS_0_ID: a", Some("conduktor-console")),
        ("KAFKA_REST_HOST_NAME: a", Some("kafka-rest")),
        ("CONTROL_CENTER_CONNECT_X_CLUSTER: a", Some("control-center")),
        ("GROUP_ID: 1", None),
        ("KAFKA_BROKERS: a:1", None),
        ("KAFKA_GROUP_ID: g, CONNECT_TIMEOUT: 1", None),
    ] {
        let found = service(&format!("image: acme/x, environment: {{{environment}}}"), |service| {
            CATALOG.client_by_variables(service).map(|program| program.name.as_str())
        });
        assert_eq!(found, expected, "{environment}");
    }
}

#[test]
fn a_command_tells_a_program_in_any_image() {
    for (command, expected) in [
        ("/opt/kafka/bin/connect-distributed.sh /etc/worker.properties", Some("kafka-connect-worker")),
        ("sh -c kcat", Some("kcat")),
        ("./daprd -app-id x", Some("dapr")),
        ("connect-mirror-maker mm2.properties", Some("mirror-maker")),
        ("kafka-topics --list", None),
    ] {
        let program = CATALOG.client_by_command(command.split(' '));
        assert_eq!(program.map(|program| program.name.as_str()), expected, "{command}");
    }
}

#[test]
fn the_variables_of_its_cluster_say_how_a_client_speaks() {
    let security = |image: &str, name: &str, set: &[(&str, &'static str)]| {
        let value = |wanted: &str| set.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        program(image).variable(name).expect(name).security(name, value)
    };
    let connect = "confluentinc/cp-kafka-connect:7.7.1";
    let name = "CONNECT_BOOTSTRAP_SERVERS";
    assert_eq!(security(connect, name, &[]), Some(SecurityProtocol::Plaintext));
    let sasl = [("CONNECT_SECURITY_PROTOCOL", "SASL_PLAINTEXT")];
    assert_eq!(security(connect, name, &sasl), Some(SecurityProtocol::SaslPlaintext));
    assert_eq!(security(connect, name, &[("CONNECT_SECURITY_PROTOCOL", "?")]), None);
    let ui = [("KAFKA_CLUSTERS_1_PROPERTIES_SECURITY_PROTOCOL", "SSL")];
    let of_ui = |name| security("kafbat/kafka-ui", name, &ui);
    assert_eq!(of_ui("KAFKA_CLUSTERS_1_BOOTSTRAPSERVERS"), Some(SecurityProtocol::Ssl));
    assert_eq!(of_ui("KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS"), Some(SecurityProtocol::Plaintext));
    let console = [("KAFKA_SASL_ENABLED", "true"), ("KAFKA_TLS_ENABLED", "TRUE")];
    assert_eq!(security("redpandadata/console", "KAFKA_BROKERS", &console), Some(SecurityProtocol::SaslSsl));
    assert_eq!(security("posthog/posthog", "KAFKA_HOSTS", &[]), None);
}
