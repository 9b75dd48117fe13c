//! Prints the problems of a compose file that exists only in memory: `cargo run --example check_text`.

#![allow(clippy::print_stdout, reason = "it is what the program is for")]

use std::path::Path;

use composefix::Options;
use composefix::source::{Files, Memory};

const COMPOSE: &str = "\
services:
  kafka:
    image: bitnamilegacy/kafka:3.9.0
    environment:
      KAFKA_CFG_ZOOKEEPER_CONNECT: zookeeper:2181
      KAFKA_CFG_LISTENERS: PLAINTEXT://:9092
      KAFKA_CFG_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
  orders:
    image: example/orders
    environment:
      KAFKA_BROKERS: localhost:9092
    depends_on: [kafka]
";

fn main() -> Result<(), composefix::compose::ProjectError> {
    let mut files = Files::new(Memory([("compose.yaml".into(), COMPOSE.into())].into()));
    for finding in composefix::check(&mut files, Path::new("compose.yaml"), &Options::default())? {
        let place = files.get(finding.primary.file).place(finding.primary.span.start);
        println!("{place}: {}: {}", finding.severity.as_str(), finding.message);
    }
    Ok(())
}
