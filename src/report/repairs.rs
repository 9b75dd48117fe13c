//! The fixes of a project, as text.

use std::collections::HashSet;
use std::sync::Arc;

use crate::compose::Change;
use crate::fixer::Outcome;

/// The applied fixes, each as `service: title [rule]`, in the order of the services. A health check that a broker got for the fix of
/// another service is listed separately, without a rule, because it changes a service without a finding.
#[must_use]
pub fn repairs(outcome: &Outcome) -> Vec<String> {
    let applied = outcome.applied.iter();
    let mut repairs: Vec<(&str, String)> = applied
        .map(|applied| (applied.service.as_str(), format!("{} [{}]", applied.fix.title, applied.id.rule)))
        .chain(untold_healthchecks(outcome).into_iter().map(|service| (service, "add a health check".to_owned())))
        .collect();
    repairs.sort_by_key(|(name, _)| outcome.analysis.project.service_id(name));
    repairs.into_iter().map(|(service, repair)| format!("{service}: {repair}")).collect()
}

/// The services that get a health check through the fix of another service, whose title does not mention it.
fn untold_healthchecks(outcome: &Outcome) -> Vec<&str> {
    let mut services: Vec<&str> = Vec::new();
    let mut seen = HashSet::new();
    let mut fixes = HashSet::new();
    for applied in outcome.applied.iter().filter(|applied| fixes.insert(Arc::as_ptr(&applied.fix))) {
        for (_, change) in &applied.fix.changes {
            let Change::Healthcheck { service, .. } = change.meaning() else { continue };
            if *service != applied.service && seen.insert(service) {
                services.push(service.as_str());
            }
        }
    }
    services
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::analysis::Analysis;
    use crate::rules::Options;
    use crate::source::{Files, Memory};

    const BROKER: &str = "services:
  kafka:
    image: confluentinc/cp-kafka:7.6.0
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper:2181
      KAFKA_LISTENERS: PLAINTEXT://:9092
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
";

    /// Compares the list of fixes for a broker and `others`.
    #[track_caller]
    fn check(others: &str, expected: &[&str]) {
        let path = Path::new("compose.yaml");
        let mut files = Files::new(Memory([(path.to_owned(), format!("{BROKER}{others}").into())].into()));
        let options = Options::default();
        let analysis = Analysis::load(&mut files, path, &options.inputs()).expect("Compose loads it");
        let outcome = crate::fixer::fix(analysis, &options);
        assert_eq!(repairs(&outcome), expected);
    }

    #[test]
    fn a_health_check_that_clients_wait_for_is_told_once_and_before_them() {
        check(
            "  orders:
    image: example/orders
    environment:
      KAFKA_BROKERS: localhost:9092
    depends_on: [kafka]
  mails:
    image: example/mails
    environment:
      KAFKA_BROKERS: kafka:9092
",
            &[
                "kafka: add a health check",
                "orders: set KAFKA_BROKERS to kafka:9092 [loopback-broker-address]",
                "orders: wait until `kafka` is healthy [broker-dependency-not-healthy]",
                "mails: add to depends_on: kafka (service_healthy) [missing-broker-dependency]",
            ],
        );
    }

    #[test]
    fn a_health_check_that_a_rule_is_about_is_told_by_its_rule() {
        check(
            "  orders:
    image: example/orders
    environment:
      KAFKA_BROKERS: kafka:9092
    depends_on:
      kafka:
        condition: service_healthy
",
            &["kafka: add a health check [broker-without-healthcheck]"],
        );
    }
}
