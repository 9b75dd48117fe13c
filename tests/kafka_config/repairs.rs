//! The changes of a configuration, by example: `repairs.toml`, which documents its fields.

use std::collections::BTreeMap;

use composefix::kafka::property::{Given, KafkaVersion};
use composefix::kafka::startup::cluster::{Cluster, Node};
use composefix::kafka::startup::configuration;
use composefix::kafka::startup::objection::Consequence;
use composefix::kafka::startup::wanted::{Wanted, wanted};
use serde::Deserialize;

use super::kafka::{Answer, Kafka, Properties};

#[derive(Deserialize)]
struct Cases {
    base: BTreeMap<String, Base>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Base {
    version: String,
    names: Vec<String>,
    published: Vec<(u16, u16)>,
    properties: Properties,
}

#[derive(Deserialize)]
struct Case {
    base: String,
    is: String,
    #[serde(default)]
    set: Properties,
    #[serde(default)]
    unset: Vec<String>,
    version: Option<String>,
    wanted: Option<Vec<String>>,
    refused: Option<String>,
    #[serde(default)]
    lost: Properties,
    #[serde(default)]
    zookeepers: Vec<String>,
    #[serde(default)]
    others: Vec<String>,
    cluster_id: Option<String>,
}

/// What came of a case: its change, or why there is none, and the configuration after it.
struct Outcome {
    change: Result<Vec<String>, String>,
    after: Properties,
    version: KafkaVersion,
}

fn outcome(cases: &Cases, case: &Case) -> Outcome {
    let base = cases.base.get(&case.base).expect("its base is there");
    let mut properties = base.properties.clone();
    properties.extend(case.set.clone());
    properties.retain(|name, _| !case.unset.contains(name));
    let version = KafkaVersion::parse(case.version.as_ref().unwrap_or(&base.version)).expect("it is a version");
    let config: configuration::Properties = properties.iter().collect();
    let node = Node {
        config: &config,
        version,
        names: base.names.clone(),
        published: base.published.clone(),
        cluster_id: case.cluster_id.as_deref().map_or(Given::Unset, Given::Set),
        is_confluent_server: false,
        starts_quorum: false,
        lost_defaults: case.lost.clone().into_iter().collect(),
    };
    let others = case.others.clone().into();
    let cluster = Cluster { nodes: vec![node], others, zookeepers: case.zookeepers.clone().into(), is_whole: true };
    let Wanted { changes, left } = wanted(&cluster, 0);
    let change = match left.first() {
        Some(refusal) => Err(format!("{} {:?}", refusal.objection.check, refusal.reason)),
        None => Ok(changes),
    };
    for change in change.iter().flatten() {
        match &change.new {
            Some(new) => properties.insert(change.property.clone(), new.clone()),
            None => properties.remove(&change.property),
        };
    }
    let shown = |change: &composefix::kafka::startup::wanted::PropertyChange| match &change.new {
        Some(new) => format!("{} = {new}", change.property),
        None => format!("- {}", change.property),
    };
    properties.remove("cluster.id");
    Outcome { change: change.map(|changes| changes.iter().map(shown).collect()), after: properties, version }
}

/// Every case, with Kafka's verdict after the change in every available version.
pub fn failures(versions: &[Kafka]) -> Vec<String> {
    let text = include_str!("repairs.toml");
    let cases: Cases = toml::from_str(text).expect("it is TOML");
    let mut failures = Vec::new();
    let mut after: BTreeMap<&str, Vec<(&str, Properties)>> = BTreeMap::new();
    for case in &cases.case {
        let outcome = outcome(&cases, case);
        let expected = match (&case.wanted, &case.refused) {
            (Some(wanted), None) => Ok(wanted.clone()),
            (_, refused) => Err(refused.clone().unwrap_or_default()),
        };
        if outcome.change != expected {
            failures.push(format!("{}: {}\n  wanted {expected:#?}\n  is {:#?}", case.base, case.is, outcome.change));
        }
        if let (Ok(_), Some(kafka)) = (&outcome.change, versions.iter().find(|kafka| kafka.version == outcome.version))
        {
            after.entry(&kafka.name).or_default().push((&case.is, outcome.after));
        }
    }
    for (name, cases) in after {
        let kafka = versions.iter().find(|kafka| kafka.name == name).expect("it was there");
        let configurations: Vec<Properties> = cases.iter().map(|(_, after)| after.clone()).collect();
        for ((case, after), answer) in cases.iter().zip(kafka.answers(&configurations)) {
            if let Answer::Reject(words) = answer {
                failures.push(format!("{case}: Kafka {name} rejects what is wanted: {words}\n  {after:?}"));
            }
        }
    }
    failures
}

/// For configurations of any kind: after a change Kafka accepts, and so does ours. Returns the failures, and how many were changed.
pub fn law(kafka: &Kafka, made: &[Properties]) -> (Vec<String>, usize, usize) {
    let mut after = Vec::new();
    let mut refused = 0;
    for properties in made {
        let config: configuration::Properties = properties.iter().collect();
        let node = Node {
            config: &config,
            version: kafka.version,
            names: vec!["kafka".to_owned()],
            published: vec![(9092, 9092)],
            cluster_id: Given::Unset,
            is_confluent_server: false,
            starts_quorum: false,
            lost_defaults: Vec::new(),
        };
        let cluster = Cluster { nodes: vec![node], others: [].into(), zookeepers: [].into(), is_whole: false };
        let is_refused = |objection: &composefix::kafka::startup::objection::Objection| {
            objection.check.consequence(kafka.version) <= Consequence::NeverReady
        };
        if !cluster.objections().iter().any(|(_, objection)| is_refused(objection)) {
            continue;
        }
        let Wanted { changes, left } = wanted(&cluster, 0);
        if !left.is_empty() {
            refused += 1;
            continue;
        }
        let mut changed = properties.clone();
        for change in &changes {
            match &change.new {
                Some(new) => changed.insert(change.property.clone(), new.clone()),
                None => changed.remove(&change.property),
            };
        }
        after.push((properties, changed));
    }
    let configurations: Vec<Properties> = after.iter().map(|(_, after)| after.clone()).collect();
    let rejected =
        after.iter().zip(kafka.answers(&configurations)).filter_map(|((before, after), answer)| match answer {
            Answer::Accept => None,
            Answer::Reject(words) => {
                Some(format!("Kafka {}: rejects a change: {words}\n  ours: \n  {before:?} TO {after:?}", kafka.name))
            }
        });
    (rejected.collect(), configurations.len(), refused)
}
