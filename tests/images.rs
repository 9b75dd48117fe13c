//! The computed configurations equal those of the images' real scripts for the containers in `tests/images/containers.yaml`, as recorded by
//! `tests/images/judge.py`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use composefix::compose::Project;
use composefix::kafka::effective::{Container, EffectiveConfig, FAMILIES};
use composefix::kafka::property::Given;
use composefix::source::Files;
use serde::Deserialize;

/// What a script made of a container.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Recorded {
    /// Kafka is started with these properties.
    Sets(BTreeMap<String, String>),
    /// The script stops with these words.
    Says(String),
}

/// A property that is not one: the template of one version writes the end of a tag out.
const NO_PROPERTY: &str = "-%}";

fn in_crate(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn recorded() -> BTreeMap<String, Recorded> {
    let text = std::fs::read_to_string(in_crate("tests/images/recorded.json")).expect("it is there");
    serde_json::from_str(&text).expect("it is JSON")
}

fn configs() -> Vec<(String, EffectiveConfig)> {
    let path = in_crate("tests/images/containers.yaml");
    let project = Project::load(&mut Files::default(), &path).expect("it loads");
    let config = |service| EffectiveConfig::of(Container::of(service, None, &|_| None));
    project.services.iter().map(|service| (service.name.clone(), config(service))).collect()
}

/// What the script made in another way than it was computed. What was computed as unknown may be anything.
fn differences(config: &EffectiveConfig, recorded: &Recorded) -> Vec<String> {
    let refusals: Vec<&str> = config.refusals().iter().map(|own| own.says.as_str()).collect();
    match recorded {
        Recorded::Says(words) => {
            // Bash itself stops at apache/kafka's test of a variable that is not set.
            let is_said =
                |says: &&str| squeezed(words).contains(&squeezed(says)) || words.ends_with("!1: unbound variable");
            let differs = !refusals.iter().any(is_said);
            differs.then(|| format!("computed {refusals:?}, the script says {words:?}")).into_iter().collect()
        }
        Recorded::Sets(_) if !refusals.is_empty() => vec![format!("computed {refusals:?}, the script starts Kafka")],
        Recorded::Sets(theirs) => {
            let unset = config.properties().filter(|own| own.value.text().is_some() && !theirs.contains_key(own.name));
            let unset = unset.map(|own| format!("{}: computed {:?}, the script sets nothing", own.name, own.value));
            let others = theirs.iter().filter(|(name, _)| *name != NO_PROPERTY).filter_map(|(name, text)| {
                let given = config.given(name);
                let is_same = match given {
                    Given::Set(own) => same(config, own) == same(config, text),
                    Given::Unset => false,
                    Given::Unknown => true,
                };
                (!is_same).then(|| format!("{name}: computed {given:?}, the script sets {text:?}"))
            });
            unset.chain(others).collect()
        }
    }
}

/// A value as it is compared: Redpanda's addresses with the port that they have if none is written, and without the way to log in.
fn same(config: &EffectiveConfig, text: &str) -> String {
    if !config.family().redpanda {
        return text.trim_end().to_owned();
    }
    let addresses = text.split(',').map(|address| {
        let address = address.split('|').next().unwrap_or_default().trim();
        let has_port = address.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok());
        if has_port { address.to_owned() } else { format!("{address}:9092") }
    });
    addresses.collect::<Vec<_>>().join(",")
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || *c == '_').flat_map(char::to_lowercase).collect()
}

#[test]
fn every_container_is_configured_as_its_own_script_did() {
    let recorded = recorded();
    let configs = configs();
    assert_eq!(recorded.len(), configs.len(), "record them again");
    let mut found = Vec::new();
    for (name, config) in &configs {
        let recorded = recorded.get(name).unwrap_or_else(|| panic!("{name} is not recorded"));
        found.extend(differences(config, recorded).into_iter().map(|difference| format!("{name}: {difference}")));
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_difference_is_seen() {
    let config = EffectiveConfig::of(Container::of_image("bitnami/kafka:3.9", "kafka"));
    let sets = |text: &str| Recorded::Sets(BTreeMap::from([("log.dirs".to_owned(), text.to_owned())]));
    assert_eq!(differences(&config, &Recorded::Says("Kafka haven't been configured".to_owned())).len(), 1);
    assert_eq!(differences(&config, &sets("/bitnami/kafka/data")).len(), 1, "it refuses to start");
    let config = config.with(&[("KAFKA_CFG_ZOOKEEPER_CONNECT", Some("z:2181"))]);
    let of_log_dirs =
        |text: &str| differences(&config, &sets(text)).iter().any(|difference| difference.starts_with("log.dirs"));
    assert!(of_log_dirs("/data") && !of_log_dirs("/bitnami/kafka/data"));
}

/// Each script of each family whose image starts one by itself, but those that are not public.
#[test]
fn every_script_has_a_container() {
    // The first have no public script; those of the last are read and not yet recorded.
    const UNPUBLISHED: [&str; 5] = ["unknown", "obsidiandynamics", "confluent-old", "warpstream", "soldevelo"];
    let mut sources: Vec<&str> = FAMILIES
        .iter()
        .filter(|family| !UNPUBLISHED.contains(&family.name.as_str()))
        .flat_map(|family| family.all_scripts().iter().map(|script| script.source.as_str()))
        // Read, and not yet recorded.
        .filter(|source| !source.starts_with("bitnami/containers 4.1.0 "))
        .collect();
    for (_, config) in configs() {
        for script in config.scripts() {
            sources.retain(|source| *source != script.source);
        }
    }
    assert_eq!(sources, [""; 0]);
}
