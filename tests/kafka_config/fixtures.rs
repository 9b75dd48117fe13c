//! The brokers of the rules' fixtures, as configured by their variables.

use std::collections::{BTreeMap, BTreeSet};

use composefix::analysis::Analysis;
use composefix::compose::Service;
use composefix::kafka::broker::Broker;
use composefix::kafka::effective::Origin;
use composefix::kafka::property::KafkaVersion;
use serde::Deserialize;

use super::harness::case::{Case, Kind};
use super::kafka::{Answer, Kafka, Properties};
use super::{NOT_MODELLED, disagreements, report};

/// Prefixes of variables that images make properties of, the longest first.
const PREFIXES: [&str; 2] = ["KAFKA_CFG_", "KAFKA_"];

#[test]
fn kafka_agrees_on_the_brokers_of_the_fixtures() {
    let cases = Case::all();
    let projects = cases.iter().filter_map(|case| case.project().ok());
    let configurations = projects.flat_map(|project| project.services.iter().map(properties).collect::<Vec<_>>());
    let mut configurations: Vec<Properties> = configurations.filter(|properties| !properties.is_empty()).collect();
    configurations.sort();
    configurations.dedup();
    assert!(configurations.len() > 100, "{} configurations", configurations.len());
    let mut failures = Vec::new();
    for kafka in Kafka::all() {
        failures.extend(disagreements(&kafka, &configurations));
    }
    report(&failures);
}

/// Brokers of fixtures that Kafka rejects after the default fix, each with the reason why that is right.
#[derive(Deserialize)]
struct Exceptions {
    exception: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    case: String,
    service: String,
    #[expect(dead_code, reason = "for people")]
    why: String,
}

/// A fixture has one fault, and the default fix leaves no other: Kafka starts with each broker then, or a finding about it is left.
#[test]
fn kafka_accepts_the_brokers_of_the_fixtures_after_the_default_fix() {
    let exceptions: Exceptions = toml::from_str(include_str!("exceptions.toml")).expect("it is TOML");
    let exceptions: BTreeSet<(String, String)> =
        exceptions.exception.into_iter().map(|own| (own.case, own.service)).collect();
    let kafkas = Kafka::all();
    let mut judged: BTreeMap<usize, Vec<Judged>> = BTreeMap::new();
    for case in Case::all() {
        for (version, own) in judged_brokers(&case) {
            if let Some(at) = Kafka::nearest(&kafkas, version) {
                judged.entry(at).or_default().push(own);
            }
        }
    }
    let (mut failures, mut rejected, mut count) = (Vec::new(), BTreeSet::new(), 0);
    for (at, brokers) in judged {
        let configurations: Vec<Properties> = brokers.iter().map(|own| own.properties.clone()).collect();
        count += brokers.len();
        for (own, answer) in brokers.iter().zip(kafkas[at].answers(&configurations)) {
            let words = match (&own.refusal, answer) {
                (Some(says), _) => format!("the script says: {says}"),
                (None, Answer::Reject(words)) => words,
                (None, Answer::Accept) => continue,
            };
            let name = (own.case.clone(), own.service.clone());
            if own.is_reported && own.may_be_left || exceptions.contains(&name) {
                rejected.insert(name);
                continue;
            }
            let left = if own.is_reported { "a finding is left" } else { "nothing is reported" };
            failures.push(format!("{} {}: Kafka {}, {left}: {words}", own.case, own.service, kafkas[at].name));
        }
    }
    println!("{count} brokers of fixtures, {} of which Kafka rejects and should", rejected.len());
    if !kafkas.is_empty() {
        assert!(count > 500, "only {count} brokers");
        failures.extend(exceptions.difference(&rejected).map(|(case, own)| format!("{case} {own}: is no exception")));
    }
    report(&failures);
}

/// A broker of a fixture after the default fix.
struct Judged {
    case: String,
    service: String,
    properties: Properties,
    /// What the script of its image says if it does not start Kafka.
    refusal: Option<String>,
    /// Whether a finding about it is left.
    is_reported: bool,
    /// Whether the default fix is not meant to solve everything.
    may_be_left: bool,
}

/// The brokers of a case whose configuration is known, with their versions.
fn judged_brokers(case: &Case) -> Vec<(KafkaVersion, Judged)> {
    let Ok(outcome) = case.safely_fixed() else { return Vec::new() };
    let analysis: &Analysis = &outcome.analysis;
    let nodes = analysis.topology.brokers.iter().chain(&analysis.topology.controllers);
    let judged = nodes.filter_map(|node| {
        let version = analysis.judgement(node.service.id)?.version;
        let findings = &outcome.left.findings;
        let own = Judged {
            case: case.to_string(),
            service: node.service.name.clone(),
            properties: effective(node)?,
            refusal: node.config.refusals().first().map(|refusal| refusal.says.clone()),
            is_reported: findings.iter().any(|finding| finding.id.service == node.service.id),
            may_be_left: case.kind == Kind::Refused || case.is_unsafe(),
        };
        Some((version, own))
    });
    judged.collect()
}

/// What the image passes to Kafka; `None` if some of it is unknown.
fn effective(node: &Broker) -> Option<Properties> {
    let config = &node.config;
    if config.why_incomplete().is_some() || config.family().images.is_empty() {
        return None;
    }
    let is_blank_of_image = |own: &composefix::kafka::effective::Property<'_>| {
        !matches!(own.origin, Origin::Variable(_)) && own.value.text().is_some_and(|text| text.trim().is_empty())
    };
    let known = config.properties().filter(|own| !is_blank_of_image(own));
    let known = known.filter(|own| !NOT_MODELLED.iter().any(|(pattern, _)| own.name.contains(pattern)));
    known.map(|own| Some((own.name.to_owned(), own.value.text()?.to_owned()))).collect()
}

/// The properties in the names of a service's variables, without the changes of the image.
fn properties(service: &Service) -> Properties {
    let variables = service.variables();
    let property = |name: &str| {
        let rest = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix))?;
        let name = rest
            .to_ascii_lowercase()
            .replace("___", "-")
            .replace("__", "\u{0}")
            .replace('_', ".")
            .replace('\u{0}', "_");
        let is_modelled = !NOT_MODELLED.iter().any(|(pattern, _)| name.contains(pattern)) && !name.contains("class");
        is_modelled.then_some(name)
    };
    let pair =
        |variable: &composefix::compose::Variable<'_>| Some((property(variable.name())?, variable.value()?.to_owned()));
    variables.filter_map(|variable| pair(&variable)).collect()
}
