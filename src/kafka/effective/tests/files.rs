use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::code::WrittenProperties;

const NODE: &str = "node.id=1\nprocess.roles=broker,controller\n\nadvertised.listeners=A://kafka:9092\nrack=${RACK}\n";

/// A container that finds [`NODE`] at a path.
fn finding(image: &str, at: &str) -> Container {
    let file = Arc::new(WrittenProperties::of(PathBuf::from("kafka/server.properties"), NODE));
    let mut container = Container::of_image(image, "kafka");
    container.mounts = vec![at.to_owned()];
    container.files = vec![ReadProperties { at: at.to_owned(), file }];
    container
}

fn line(config: &EffectiveConfig, property: &str) -> Option<usize> {
    match config.property(property)?.origin {
        Origin::File(place) => place.line,
        _ => None,
    }
}

#[test]
fn a_file_is_under_the_variables_or_instead_of_them() {
    let mut container = finding("apache/kafka:4.1.0", "/mnt/shared/config/server.properties");
    container.set("KAFKA_NODE_ID", "7");
    let under = EffectiveConfig::of(container);
    assert_eq!((under.given("node.id"), line(&under, "node.id")), (Given::Set("7"), None));
    assert_eq!(line(&under, "advertised.listeners"), Some(4));
    assert_eq!(under.given("listeners"), Given::Unset);
    assert_eq!(under.why_incomplete(), None);
    assert_eq!(under.setter("process.roles"), Some(Setter::Variable("KAFKA_PROCESS_ROLES".to_owned())));
    let mut container = finding("bitnami/kafka:3.9", "/bitnami/kafka/config/server.properties");
    container.set("KAFKA_CFG_NODE_ID", "7");
    let instead = EffectiveConfig::of(container);
    assert_eq!((instead.given("node.id"), line(&instead, "node.id")), (Given::Set("1"), Some(1)));
    let place = |line| FilePlace { path: "kafka/server.properties".into(), line };
    assert_eq!(instead.setter("process.roles"), Some(Setter::File(place(Some(2)))));
    assert_eq!(instead.setter("listeners"), Some(Setter::File(place(None))));
}

#[test]
fn a_command_names_its_file_from_the_root_or_from_where_it_starts() {
    for (image, at, folder, command) in [
        ("quay.io/strimzi/kafka", "/opt/kafka/own/s.properties", None, "bin/kafka-server-start.sh own/s.properties"),
        ("temurin", "/opt/k/own/s.properties", Some("/opt/k"), "bin/kafka-server-start.sh ./own/s.properties"),
        ("temurin", "/own/s.properties", None, "sh -c 'kafka-server-start.sh $${DIR}/s.properties'"),
    ] {
        let mut container = finding(image, at);
        container.working_dir = folder.map(str::to_owned);
        container.command = Some(vec![command.to_owned()]);
        container.set("DIR", "/own");
        let config = EffectiveConfig::of(container);
        assert!(config.is_served_from_project(), "{command}");
        assert_eq!(config.given("node.id"), Given::Set("1"), "{command}");
    }
    let mut container = finding("temurin", "/own/s.properties");
    container.command = Some(vec!["kafka-server-start.sh".to_owned(), "/other/s.properties".to_owned()]);
    assert_eq!(EffectiveConfig::of(container).given("node.id"), Given::Unknown);
}

#[test]
fn a_command_that_edits_files_leaves_nothing_known() {
    let mut container = finding("temurin", "/own/s.properties");
    container.command =
        Some(vec!["sh -c 'sed -i s/a/b/ /own/s.properties; kafka-server-start.sh /own/s.properties'".to_owned()]);
    assert_eq!(EffectiveConfig::of(container).given("node.id"), Given::Unknown);
}

#[test]
fn a_placeholder_is_not_a_value() {
    let config = EffectiveConfig::of(finding("bitnami/kafka:3.9", "/bitnami/kafka/config/server.properties"));
    assert_eq!(config.given("rack"), Given::Unknown);
}

#[test]
fn the_script_of_an_unknown_image_may_add_to_its_file() {
    let mut container = finding("acme/kafka", "/kafka/server.properties");
    container.set("KAFKA_NODE_ID", "7");
    let config = EffectiveConfig::of(container);
    assert_eq!(config.given("advertised.listeners"), Given::Set("A://kafka:9092"));
    assert_eq!(config.given("node.id"), Given::Unknown, "the file or the variable");
    assert_eq!(config.given("listeners"), Given::Unknown, "the script may set them");
}

#[test]
fn a_file_that_is_not_known_hides_what_it_sets() {
    let mut container = finding("apache/kafka:4.1.0", "/mnt/shared/config/server.properties");
    container.files.clear();
    let config = EffectiveConfig::of(container);
    assert_eq!(config.given("advertised.listeners"), Given::Unknown);
    assert_eq!(config.file(), None);
}
