//! Kafka's own check of a broker's configuration, as the judge of `composefix::kafka::startup`.
//!
//! Each version of Kafka whose jars are there (see `kafka.rs`) is asked by a small program of Java, which runs in one process a version.

#![allow(clippy::print_stdout, reason = "the figures are the point, and a test that cannot run here says so")]

mod definitions;
mod kafka;
#[path = "../support/mod.rs"]
mod support;

use kafka::Kafka;

/// The versions to ask; none if there are none, which the test then says.
fn versions() -> Vec<Kafka> {
    let versions = Kafka::all();
    if versions.is_empty() {
        support::skip("Java or the jars of Kafka are not there (ci/kafka-jars VERSION target/kafka/VERSION)");
    }
    versions
}

#[test]
fn the_table_of_properties_is_what_kafka_defines() {
    let versions = versions();
    let update = std::env::var_os("UPDATE_FIXTURES").is_some_and(|value| value == "1");
    if update {
        // Of two releases of one line the later one counts.
        let mut lines = versions.clone();
        lines.reverse();
        lines.dedup_by_key(|kafka| kafka.version.line());
        lines.reverse();
        let names: Vec<(u16, u16)> = lines.iter().map(|kafka| kafka.version.line()).collect();
        assert_eq!(names, definitions::LINES, "one release of each line of versions must be there");
        std::fs::write(definitions::path(), definitions::table(&lines)).expect("it can be written");
    }
    let table = std::fs::read_to_string(definitions::path()).expect("it is there");
    for kafka in versions {
        let mut defined = kafka.definitions();
        defined.sort();
        let differs = |a: &[String], b: &[String]| a.iter().filter(|row| !b.contains(row)).cloned().collect::<Vec<_>>();
        let committed = definitions::of_version(&table, kafka.version);
        let (missing, extra) = (differs(&defined, &committed), differs(&committed, &defined));
        assert!(missing.is_empty() && extra.is_empty(), "Kafka {}: missing {missing:#?}, extra {extra:#?}", kafka.name);
        println!("Kafka {}: {} properties", kafka.name, defined.len());
    }
}
