//! The brokers of the rules' fixtures, as configured by their variables.

use composefix::compose::Service;

use super::harness::case::Case;
use super::kafka::Properties;
use super::{NOT_MODELLED, disagreements, report, versions};

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
    for kafka in versions() {
        failures.extend(disagreements(&kafka, &configurations));
    }
    report(&failures);
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
