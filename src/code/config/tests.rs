use std::path::Path;

use super::*;
use crate::code::Read;

/// `line key = value` of each entry, with ` @profile`.
fn read(path: &str, text: &str) -> Vec<String> {
    let show = |Setting { key, value, profile, line }: Setting| {
        let profile = profile.map_or_else(String::new, |profile| format!(" @{profile}"));
        format!("{line} {key} = {value}{profile}")
    };
    settings(Path::new(path), text).into_iter().map(show).collect()
}

#[test]
fn configuration_is_told_from_other_files() {
    for yes in [
        "src/main/resources/application.yml",
        "application-docker.properties",
        "Api/appsettings.Production.json",
        "src/main/resources/reference.conf",
        "config/config.toml",
        "configs/kafka.yaml",
        "config_template.yaml.tmpl",
        "config/database.yml.erb",
        ".env",
        ".env.production",
        "settings.ini",
    ] {
        assert!(is_config(Path::new(yes)), "{yes}");
    }
    for no in [
        "docker-compose.prod.yml",
        "compose.yaml",
        "package.json",
        "tsconfig.build.json",
        ".github/workflows/ci.yml",
        "deploy/k8s/app.yaml",
        "node_modules/x/config.json",
        "src/test/resources/application.yml",
        "Cargo.toml",
        "yarn.lock",
        "pom.xml",
        ".env.example",
        "sample.env",
        "api-openapi-v1.yaml",
        "kafka-docker-compose.yml",
        "main.go",
    ] {
        assert!(!is_config(Path::new(no)), "{no}");
    }
}

#[test]
fn yaml_keys_are_joined_and_items_numbered() {
    let text = "spring:\n  kafka:\n    bootstrap-servers: ${KAFKA:localhost:9092}\nkafka:\n  brokers:\n    - a:1\n    - 'b:2'\n";
    let expected = [
        "3 spring.kafka.bootstrap-servers = ${KAFKA:localhost:9092}",
        "6 kafka.brokers.0 = a:1",
        "7 kafka.brokers.1 = b:2",
    ];
    assert_eq!(read("application.yml", text), expected);
}

#[test]
fn anchors_and_merge_keys_are_followed() {
    let text = "default: &default\n  brokers: kafka:9092\nproduction:\n  <<: *default\n  port: 1\n";
    let expected = ["2 default.brokers = kafka:9092", "5 production.port = 1", "2 production.brokers = kafka:9092"];
    assert_eq!(read("kafka.yml", text), expected);
}

#[test]
fn a_yaml_document_may_be_for_a_profile() {
    let text = "a: 1\n---\nspring:\n  config:\n    activate:\n      on-profile: docker\na: 2\n---\nspring.profiles: prod\na: 3\n";
    let expected = [
        "1 a = 1",
        "6 spring.config.activate.on-profile = docker @docker",
        "7 a = 2 @docker",
        "9 spring.profiles = prod @prod",
        "10 a = 3 @prod",
    ];
    assert_eq!(read("application.yml", text), expected);
}

#[test]
fn the_names_of_files_hold_profiles() {
    assert_eq!(read("application-docker.yml", "a: 1"), ["1 a = 1 @docker"]);
    assert_eq!(read("appsettings.Development.json", "{\"a\": 1}"), ["1 a = 1 @Development"]);
    assert_eq!(read("config-docker.yml", "a: 1"), ["1 a = 1"]);
}

#[test]
fn quarkus_writes_profiles_into_keys() {
    let text = "%dev.kafka.bootstrap.servers=localhost:9092\nkafka.bootstrap.servers=kafka:9092\n%{a,b}.x=1\n";
    let expected =
        ["1 kafka.bootstrap.servers = localhost:9092 @dev", "2 kafka.bootstrap.servers = kafka:9092", "3 x = 1 @a,b"];
    assert_eq!(read("application.properties", text), expected);
    assert_eq!(read("application.yml", "\"%test\":\n  kafka: x\n"), ["2 kafka = x @test"]);
}

#[test]
fn properties_have_three_separators_and_continuations() {
    let text = "# no\n! no\na=1\nb : 2\r\nc 3\nd\n  e = x,\\\n    y\nf\\:g=\\u0041\\tB\\\\\nh=a=b:c\n#---\ni=\n";
    let expected =
        ["3 a = 1", "4 b = 2", "5 c = 3", "6 d = ", "7 e = x,y", "9 f:g = A\tB\\", "10 h = a=b:c", "12 i = "];
    assert_eq!(read("application.properties", text), expected);
}

#[test]
fn json_is_read_with_comments_and_lines() {
    let text = "{\n  // Kafka\n  \"Kafka\": {\n\t\"BootstrapServers\": \"kafka:9092\", /* here */\n    \"Brokers\": [\"a:1\", \"b:2\"],\n    \"Url\": \"http://x\"\n  },\n  \"broker\": null\n}\n";
    let expected = [
        "4 Kafka.BootstrapServers = kafka:9092",
        "5 Kafka.Brokers.0 = a:1",
        "5 Kafka.Brokers.1 = b:2",
        "6 Kafka.Url = http://x",
        "8 broker = null",
    ];
    assert_eq!(read("appsettings.json", text), expected);
}

#[test]
fn hocon_keeps_an_entry_and_what_overrides_it() {
    let text = "include \"base\"\nakka.kafka.producer {\n  kafka-clients {\n    bootstrap.servers = \"localhost:9092\" # here\n    bootstrap.servers = ${?KAFKA_BROKERS}\n  }\n}\nkafka : { host: ${HOST}\":\"9092, topics = [a, b] }\n";
    let expected = [
        "4 akka.kafka.producer.kafka-clients.bootstrap.servers = localhost:9092",
        "5 akka.kafka.producer.kafka-clients.bootstrap.servers = ${?KAFKA_BROKERS}",
        "8 kafka.host = ${HOST}:9092",
        "8 kafka.topics.0 = a",
        "8 kafka.topics.1 = b",
    ];
    assert_eq!(read("application.conf", text), expected);
}

#[test]
fn toml_and_ini_have_sections() {
    let toml = "[kafka]\nbrokers = [\"a:1\",\n  \"b:2\"]\nbatch = 10\n";
    assert_eq!(read("config.toml", toml), ["2 kafka.brokers.0 = a:1", "3 kafka.brokers.1 = b:2", "4 kafka.batch = 10"]);
    let ini = "; no\n[kafka]\nbroker list = a:1 ; here\nurl: \"b:2\"\n";
    assert_eq!(read("config.ini", ini), ["3 kafka.broker list = a:1", "4 kafka.url = b:2"]);
    assert_eq!(read("app.conf", ini), read("config.ini", ini));
}

#[test]
fn dotenv_values_are_kept_as_written() {
    let text = "# no\nexport KAFKA_BROKERS=\"${HOST:-kafka}:9092\" # here\nTOPIC=a\n";
    assert_eq!(read(".env", text), ["2 KAFKA_BROKERS = ${HOST:-kafka}:9092", "3 TOPIC = a"]);
}

#[test]
fn a_template_is_read_line_by_line() {
    let text = "kafka:\n  clusters:\n    test:\n      brokers:\n{{- range $seed := (split .Env.KAFKA_SEEDS \",\") }}\n        - {{ $seed }}:{{ default .Env.KAFKA_PORT \"9092\" }}\n{{- end }}\n  tls: {{ .Env.TLS }} # here\n  items:\n  - name: a\n    port: 1\n  - name: b\n";
    let expected = [
        "6 kafka.clusters.test.brokers.0 = {{ $seed }}:{{ default .Env.KAFKA_PORT \"9092\" }}",
        "8 kafka.tls = {{ .Env.TLS }}",
        "10 kafka.items.0.name = a",
        "11 kafka.items.0.port = 1",
        "12 kafka.items.1.name = b",
    ];
    assert_eq!(read("config_template.yaml", text), expected);
    let reads: Vec<_> =
        document::template_reads(text).into_iter().map(|read| (read.variable, read.default, read.line)).collect();
    let expected = [("KAFKA_SEEDS", None, 5), ("KAFKA_PORT", Some("9092"), 6), ("TLS", None, 8)];
    assert_eq!(reads, expected.map(|(name, default, line)| (name.to_owned(), default.map(str::to_owned), line)));
    let reads = document::template_reads("transports:\n  orders: '%env(resolve:KAFKA_DSN)%'\n  mails: '100 %env( %'");
    assert_eq!(reads, [Read::new("KAFKA_DSN".to_owned(), None, 2)]);
}

#[test]
fn what_cannot_be_parsed_has_no_entries() {
    let deep = "[".repeat(100_000);
    for (path, text) in
        [("a.toml", "= ="), ("a.json", deep.as_str()), ("a.yml", deep.as_str()), (".env", "a b c"), ("a.rs", "a=1")]
    {
        assert_eq!(read(path, text), [""; 0], "{path}");
    }
    for text in [
        "",
        "{",
        "}",
        "\"",
        "a",
        "a=",
        "${",
        "\"\"\"",
        "\\",
        "a=\\u00",
        "]]",
        "%.a=",
        "- a: - b:",
        "{{",
        ":",
        "[",
        "[]",
    ] {
        for path in ["a.yml", "a.json", "a.toml", "a.properties", "a.ini", "a.env", "a.conf"] {
            let _ = settings(Path::new(path), text);
        }
    }
}

#[test]
fn files_for_compose_and_kubernetes_are_no_configuration() {
    assert_eq!(
        read("app.yml", "services:\n  app:\n    image: x\n    environment:\n      KAFKA_BROKERS: a:1\n"),
        [""; 0]
    );
    assert_eq!(read("app.yml", "kind: Pod\napiVersion: v1\n---\na: 1\n"), ["4 a = 1"]);
}
