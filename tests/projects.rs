//! Projects of several files: where a fix is written, and which are refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use composefix::compose::Selection;
use composefix::fixer::Outcome;
use composefix::report::reason;
use composefix::source::{Files, Memory};
use composefix::{Options, fix};

const KAFKA: &str = "  kafka:
    image: apache/kafka:3.9.0
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@kafka:9093
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
    healthcheck:
      test: [\"CMD\", \"nc\", \"-z\", \"localhost\", \"9092\"]
";

/// `KAFKA!` in a text is replaced with the broker above.
fn files(texts: &[(&str, &str)]) -> Files {
    let memory = texts.iter().map(|(path, text)| (PathBuf::from(path), text.replace("KAFKA!\n", KAFKA).into_bytes()));
    Files::new(Memory(memory.collect()))
}

/// Repairs the project of a directory.
fn repaired(texts: &[(&str, &str)], directory: &str) -> Outcome {
    let mut files = files(texts);
    let selection = Selection::in_directory(&mut files, Path::new(directory)).expect("the `.env` can be read");
    fix(&mut files, selection.expect("there is a compose file"), &Options::default()).expect("Compose loads it")
}

/// The files that change, as they are then, without the broker.
fn changed(outcome: &Outcome) -> BTreeMap<String, String> {
    let shown = |path: &Path| path.display().to_string();
    outcome.changed.iter().map(|changed| (shown(&changed.path), changed.after.replace(KAFKA, "KAFKA!\n"))).collect()
}

#[track_caller]
fn check(texts: &[(&str, &str)], after: &[(&str, &str)]) {
    let outcome = repaired(texts, "");
    let wanted = after.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    assert_eq!(changed(&outcome), wanted);
    assert!(outcome.left.findings.is_empty(), "{:#?}", outcome.left);
    // A second run has nothing to do.
    let again: Vec<(&str, &str)> = texts
        .iter()
        .map(|&(path, text)| (path, after.iter().find(|(other, _)| *other == path).map_or(text, |(_, after)| after)))
        .collect();
    assert!(repaired(&again, "").changed.is_empty());
}

#[track_caller]
fn check_refused(texts: &[(&str, &str)], directory: &str, reason: &str) {
    let outcome = repaired(texts, directory);
    assert!(outcome.changed.is_empty(), "{:?}", changed(&outcome));
    let unfixed = outcome.left.findings.iter().filter(|finding| finding.fix().is_none());
    let reasons: Vec<String> = unfixed.map(reason::remedy).collect();
    assert_eq!(reasons, [reason]);
}

#[test]
fn the_value_is_changed_in_the_file_whose_value_wins() {
    let base = "services:\nKAFKA!\n  api:\n    image: api\n    environment:\n      KAFKA_BROKERS: kafka:9092\n    depends_on:\n      \
                kafka:\n        condition: service_healthy\n";
    check(
        &[
            ("compose.yaml", base),
            ("compose.override.yml", "services:\n  api:\n    environment:\n      - KAFKA_BROKERS=localhost:9092\n"),
        ],
        &[("compose.override.yml", "services:\n  api:\n    environment:\n      - KAFKA_BROKERS=kafka:9092\n")],
    );
}

#[test]
fn a_dependency_is_written_where_a_later_short_list_would_undo_it() {
    let base = "services:\nKAFKA!\n  api:\n    image: api\n    environment:\n      KAFKA_BROKERS: kafka:9092\n    depends_on:\n      \
                kafka:\n        condition: service_healthy\n";
    check(
        &[("compose.yaml", base), ("compose.override.yml", "services:\n  api:\n    depends_on: [kafka]\n")],
        &[("compose.override.yml", "services:\n  api:\n    depends_on: {kafka: {condition: service_healthy}}\n")],
    );
}

#[test]
fn compose_file_in_the_dot_env_names_the_files() {
    let dependency = "    depends_on:\n      kafka:\n        condition: service_healthy\n";
    let api =
        format!("services:\n  api:\n    image: api\n    environment:\n      KAFKA_URL: 127.0.0.1:9092\n{dependency}");
    check(
        &[(".env", "COMPOSE_FILE=a.yml:b.yml\n"), ("a.yml", "services:\nKAFKA!\n"), ("b.yml", &api)],
        &[("b.yml", &api.replace("127.0.0.1", "kafka"))],
    );
}

#[test]
fn two_files_change_together() {
    let base = "services:\n  kafka:\n    image: confluentinc/cp-kafka:7.6.0\n    environment:\n      \
                KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092\n";
    let outcome = repaired(
        &[
            ("compose.yaml", base),
            (
                "compose.override.yaml",
                "services:\n  api:\n    image: api\n    environment: {KAFKA_BROKERS: 'kafka:9092'}\n",
            ),
        ],
        "",
    );
    assert_eq!(changed(&outcome).keys().collect::<Vec<_>>(), ["compose.override.yaml", "compose.yaml"]);
    assert!(outcome.left.findings.is_empty());
}

#[test]
fn an_included_file_is_repaired_itself() {
    let api = "services:\n  api:\n    image: api\n    environment:\n      KAFKA_BROKERS: localhost:9092\n    depends_on:\n      kafka:\n        \
               condition: service_healthy\n";
    check(
        &[("compose.yaml", "include: [apps/compose.yaml]\nservices:\nKAFKA!\n"), ("apps/compose.yaml", api)],
        &[("apps/compose.yaml", &api.replace("localhost", "kafka"))],
    );
}

#[test]
fn a_file_outside_the_project_is_left_alone() {
    let api = "services:\n  api:\n    image: api\n    environment:\n      KAFKA_BROKERS: localhost:9092\n    depends_on:\n      kafka:\n        \
               condition: service_healthy\n";
    check_refused(
        &[("shop/compose.yaml", "include: [../apps.yaml]\nservices:\nKAFKA!\n"), ("shop/../apps.yaml", api)],
        "shop",
        "it is written in shop/../apps.yaml, outside this project",
    );
}

#[test]
fn what_an_extended_service_of_another_file_says_is_overridden() {
    let common = "services:\n  worker:\n    environment:\n      KAFKA_BROKERS: localhost:9092\n      LOG: debug\n";
    let own = "services:\nKAFKA!\n  api:\n    extends: {file: common.yaml, service: worker}\n    image: api\n    depends_on:\n      kafka:\n        \
               condition: service_healthy\n";
    check(
        &[("compose.yaml", own), ("common.yaml", common)],
        &[(
            "compose.yaml",
            &own.replace("    image: api\n", "    image: api\n    environment:\n      KAFKA_BROKERS: kafka:9092\n"),
        )],
    );
}

#[test]
fn a_base_that_the_broker_extends_too_is_given_no_dependency_on_it() {
    let text = "services:\n  base:\n    image: base\n    restart: always\n  kafka:\n    extends: base\n    image: apache/kafka:3.9.0\n    environment:\n      \
                KAFKA_PROCESS_ROLES: broker,controller\n      KAFKA_NODE_ID: 1\n      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093\n      \
                KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER\n      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@localhost:9093\n      \
                KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092\n      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1\n    healthcheck: {test: [CMD, nc, -z, localhost, '9092']}\n  api:\n    extends: base\n    \
                image: api\n    environment:\n      KAFKA_BROKERS: kafka:9092\n";
    check(
        &[("compose.yaml", text)],
        &[("compose.yaml", &format!("{text}    depends_on:\n      kafka:\n        condition: service_healthy\n"))],
    );
}

#[test]
fn a_later_document_of_one_file_overrides_an_earlier() {
    let text = "services:\nKAFKA!\n  api:\n    image: api\n    environment:\n      KAFKA_BROKERS: kafka:9092\n    depends_on:\n      kafka:\n        \
                condition: service_healthy\n---\nservices:\n  api:\n    environment:\n      KAFKA_BROKERS: localhost:9092\n";
    check(&[("compose.yaml", text)], &[("compose.yaml", &text.replace("localhost", "kafka"))]);
}

#[test]
fn a_file_for_docker_stack_is_given_no_conditions() {
    let text = "services:\nKAFKA!\n  api:\n    image: api\n    environment:\n      KAFKA_BROKERS: kafka:9092\n    depends_on: [kafka]\n";
    let mut files = files(&[("docker-stack.yml", text)]);
    let outcome = fix(&mut files, Path::new("docker-stack.yml"), &Options::default()).expect("Compose loads it");
    assert!(outcome.changed.is_empty() && outcome.left.findings.is_empty());
}

#[test]
fn a_variant_that_is_no_whole_project_is_read_over_the_base_beside_it() {
    let base = "services:\nKAFKA!\n  api:\n    image: api\n    depends_on:\n      kafka:\n        condition: service_healthy\n";
    let variant = "services:\n  api:\n    environment:\n      KAFKA_BROKERS: localhost:9092\n";
    let mut files = files(&[("docker-compose.yml", base), ("docker-compose.dev.yml", variant)]);
    let selection = Selection::with_base(&mut files, Path::new("docker-compose.dev.yml"));
    assert_eq!(selection.files, [Path::new("docker-compose.yml"), Path::new("docker-compose.dev.yml")]);
    let outcome = fix(&mut files, selection, &Options::default()).expect("Compose loads both");
    let after = variant.replace("localhost", "kafka");
    assert_eq!(changed(&outcome), [("docker-compose.dev.yml".to_owned(), after)].into());
}

#[test]
fn a_whole_file_is_a_project_of_its_own() {
    let mut files =
        files(&[("docker-compose.yml", "services:\nKAFKA!\n"), ("other.yml", "services:\n  api:\n    image: api\n")]);
    assert_eq!(Selection::with_base(&mut files, Path::new("other.yml")), Selection::file("other.yml"));
}

#[test]
fn a_long_chain_of_extends_is_refused_and_not_followed_to_the_end_of_the_stack() {
    let service = |number: usize| format!("  s{number}:\n    extends: s{}\n", number + 1);
    let text: String = (0..5_000).map(service).collect();
    let mut files = files(&[("compose.yaml", &format!("services:\n{text}  s5000:\n    image: base\n"))]);
    let error = fix(&mut files, Path::new("compose.yaml"), &Options::default()).expect_err("it is too deep");
    assert_eq!(error.describe(&files), "compose.yaml:129:14: more than 64 services extend one another");
}

#[test]
fn files_that_include_one_another_over_and_over_are_refused() {
    let include = |number: usize| format!("include: [f{0}.yaml, f{0}.yaml]\n", number + 1);
    let texts: Vec<(String, String)> = (0..25).map(|number| (format!("f{number}.yaml"), include(number))).collect();
    let mut all: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    all.push(("f25.yaml", "services: {}\n"));
    let error = fix(&mut files(&all), Path::new("f0.yaml"), &Options::default());
    assert!(error.is_err());
}

#[test]
fn what_a_file_resets_is_not_written_before_it() {
    let base = "services:\nKAFKA!\n  api:\n    image: api\n    environment:\n      KAFKA_BROKERS: localhost:9092\n";
    let own = "services:\n  api: !override\n    image: api\n    environment:\n      KAFKA_BROKERS: localhost:9092\n    depends_on:\n      kafka:\n        \
               condition: service_healthy\n";
    check(
        &[("compose.yaml", base), ("compose.override.yaml", own)],
        &[("compose.override.yaml", &own.replace("localhost", "kafka"))],
    );
}

#[test]
fn an_item_with_a_key_that_no_dependency_has_is_refused() {
    let text = "services:\n  kafka:\n    image: apache/kafka:3.9.0\n  web:\n    image: acme/web\n    depends_on:\n      - kafka:\n          conditions: service_healthy\n";
    let mut files = files(&[("compose.yaml", text)]);
    let error = fix(&mut files, Path::new("compose.yaml"), &Options::default()).expect_err("Compose rejects it");
    assert_eq!(
        error.describe(&files),
        "compose.yaml:7:9: an item in a `depends_on` list must be the name of a service; conditions need the map form"
    );
}

const ORDERS: &str = concat!(
    "services:\nKAFKA!\n  orders:\n    image: acme/orders:1\n",
    "    depends_on: {kafka: {condition: service_healthy}}\n",
    "  bills:\n    image: acme/bills:1\n    environment: {ORDERS_BROKERS: kafka:9092}\n",
    "    depends_on: {kafka: {condition: service_healthy}}\n"
);

const ORDERS_CODE: &str =
    "const kafka = new (require('kafkajs').Kafka)({ brokers: [process.env.ORDERS_BROKERS || 'localhost:9092'] });\n";

#[test]
fn the_code_of_an_image_may_be_anywhere_in_the_repository() {
    let files = |is_repository: bool, others: &[(&'static str, &'static str)]| {
        let mut texts = vec![
            ("shop/deploy/compose/compose.yaml", ORDERS),
            ("shop/services/orders/Dockerfile", "FROM node:20\nCOPY . .\nCMD [\"node\", \"index.js\"]\n"),
            ("shop/services/orders/package.json", r#"{"dependencies": {"kafkajs": "2"}}"#),
            ("shop/services/orders/index.js", ORDERS_CODE),
        ];
        texts.extend(is_repository.then_some(("shop/.git/HEAD", "ref: refs/heads/main\n")));
        texts.extend(others);
        changed(&repaired(&texts, "shop/deploy/compose"))
    };
    let found = files(true, &[]);
    assert!(found.values().any(|text| text.matches("ORDERS_BROKERS").count() == 2), "{found:?}");
    // Above the project may be somebody else's code, and one of two folders is another's.
    assert!(files(false, &[]).is_empty());
    let twice = files(true, &[("shop/old/orders/Dockerfile", "FROM node:20\n")]);
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn a_folder_of_the_project_is_nearer_than_what_another_project_builds() {
    let other = ORDERS_CODE.replace("ORDERS_BROKERS", "OTHER_BROKERS");
    let texts = [
        ("shop/.git/HEAD", "ref: refs/heads/main\n"),
        ("shop/new/compose.yaml", ORDERS),
        ("shop/new/orders/package.json", r#"{"dependencies": {"kafkajs": "2"}}"#),
        ("shop/new/orders/index.js", ORDERS_CODE),
        ("shop/old/compose.yaml", "services:\n  orders:\n    image: acme/orders:1\n    build: ./code\n"),
        ("shop/old/code/package.json", r#"{"dependencies": {"kafkajs": "2"}}"#),
        ("shop/old/code/index.js", other.as_str()),
    ];
    let changed = changed(&repaired(&texts, "shop/new"));
    assert!(changed["shop/new/compose.yaml"].matches("ORDERS_BROKERS").count() == 2, "{changed:?}");
}
