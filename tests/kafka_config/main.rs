//! Kafka's own checks of a broker's configuration, as the judge of `composefix::kafka::startup`.
//!
//! Each version of Kafka whose jars are there (see `kafka.rs`) is asked by a small program of Java, in one process a version, whether it
//! would start with thousands of configurations: ours must agree on each of them, and know words of what Kafka says.
//! `KAFKA_CONFIGURATIONS=100000` makes so many of them for each version.

#![allow(clippy::print_stdout, reason = "the figures are the point, and a test that cannot run here says so")]

mod definitions;
mod fixtures;
mod generate;
#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "the fixtures of the rules are put to more tests than this")]
mod harness; // fixtures
mod kafka;
mod repairs;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use composefix::kafka::startup::checks::objections;
use composefix::kafka::startup::configuration;
use composefix::kafka::startup::objection::{Check, Consequence, Objection};
use generate::{Generator, Random};
use kafka::{Answer, Kafka, Properties};

/// The number of configurations for each version, unless `KAFKA_CONFIGURATIONS` is set.
const CONFIGURATIONS: usize = 4_000;

/// Properties whose values are not looked at, and why not. They stay out of what is generated.
const NOT_MODELLED: [(&str, &str); 7] = [
    ("authorizer.class.name", "a class, which 2.8 loads at once"),
    ("config.providers", "other properties name the classes"),
    ("metric.reporters", "a list of classes, which may be in a file of the user's"),
    ("kafka.metrics.reporters", "a list of classes"),
    (".assignors", "words, or classes"),
    ("zookeeper.metadata.migration.enable", "a passing state of old clusters"),
    ("log.cleaner.io.buffer.load.factor", "no check"),
];

/// Checks that some versions make only when they run, or when their storage is formatted: they accept the configuration.
const AT_RUN_TIME: [Check; 1] = [Check::VoterAtAnyAddress];

#[test]
fn the_table_of_properties_is_what_kafka_defines() {
    let versions = Kafka::all();
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

#[test]
fn kafka_agrees_on_generated_configurations() {
    let count =
        std::env::var("KAFKA_CONFIGURATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(CONFIGURATIONS);
    let mut failures = Vec::new();
    for (seed, kafka) in (1..).zip(Kafka::all()) {
        let (generator, mut random) = (Generator::new(&kafka), Random::new(seed));
        let made: Vec<Properties> = (0..count).map(|_| generator.configuration(&mut random)).collect();
        failures.extend(disagreements(&kafka, &made));
    }
    report(&failures);
}

#[test]
fn kafka_agrees_on_every_property() {
    let mut failures = Vec::new();
    for kafka in Kafka::all() {
        failures.extend(disagreements(&kafka, &Generator::new(&kafka).of_every_property(&kafka)));
    }
    report(&failures);
}

#[test]
fn what_is_wanted_is_what_is_expected() {
    // Kafka's own word on it is asked for where it is to be had.
    report(&repairs::failures(&Kafka::all()));
}

#[test]
fn kafka_accepts_what_is_wanted() {
    let mut failures = Vec::new();
    for (seed, kafka) in (1001..).zip(Kafka::all()) {
        let (generator, mut random) = (Generator::new(&kafka), Random::new(seed));
        let made: Vec<Properties> = (0..CONFIGURATIONS / 4).map(|_| generator.configuration(&mut random)).collect();
        let (rejected, changed, refused) = repairs::law(&kafka, &made);
        println!("Kafka {}: {} configurations, {changed} changed, {refused} left to a person", kafka.name, made.len());
        failures.extend(rejected);
    }
    report(&failures);
}

fn report(failures: &[String]) {
    let shown = failures.iter().take(20).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(failures.is_empty(), "{} disagreements, the first of which are:\n\n{shown}", failures.len());
}

/// The configurations for which Kafka and composefix disagree, or for which Kafka's message is unknown.
fn disagreements(kafka: &Kafka, made: &[Properties]) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut rejected = 0;
    for (properties, answer) in made.iter().zip(kafka.answers(made)) {
        let config: configuration::Properties = properties.iter().collect();
        let is_of_kafka = |objection: &Objection| objection.check.consequence(kafka.version) == Consequence::Stops;
        let mut found = objections(&config, kafka.version);
        found.retain(is_of_kafka);
        if answer == Answer::Accept {
            found.retain(|objection| !AT_RUN_TIME.contains(&objection.check));
        }
        let fault = match &answer {
            Answer::Accept if found.is_empty() => None,
            Answer::Accept => Some("Kafka accepts".to_owned()),
            Answer::Reject(words) if found.is_empty() => Some(format!("Kafka rejects: {words}")),
            Answer::Reject(words) => {
                rejected += 1;
                let says = |objection: &&Objection| objection.check.words().iter().any(|own| words.contains(own));
                match found.iter().find(says) {
                    Some(objection) => {
                        *counts.entry(objection.check.to_string()).or_default() += 1;
                        None
                    }
                    None => Some(format!("Kafka has other words: {words}")),
                }
            }
        };
        let checks: Vec<String> =
            found.iter().map(|objection| format!("{} {:?}", objection.check, objection.subjects)).collect();
        failures
            .extend(fault.map(|fault| {
                format!("Kafka {}: {fault}\n  ours: {}\n  {properties:?}", kafka.name, checks.join("; "))
            }));
    }
    let accepted = made.len() - rejected;
    println!(
        "Kafka {}: {} configurations, {accepted} accepted, {rejected} rejected: {counts:?}",
        kafka.name,
        made.len()
    );
    failures
}
