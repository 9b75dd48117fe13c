//! Merges the results of two scripts, if the tag does not show which one runs.

use std::collections::BTreeMap;

use super::environment::Entry;
use super::run::Outcome;
use super::value::{Origin, UnknownReason, Value};

/// What both agree on; what they do not is not known.
pub(super) fn merged(older: Outcome, mut newer: Outcome) -> Outcome {
    newer.properties = merged_properties(older.properties, newer.properties);
    newer.open.extend(older.open);
    newer.refusals.retain(|own| {
        older.refusals.iter().any(|refusal| (&refusal.variable, refusal.kind) == (&own.variable, own.kind))
    });
    newer
}

fn merged_properties(older: BTreeMap<String, Entry>, newer: BTreeMap<String, Entry>) -> BTreeMap<String, Entry> {
    let differs = |name: &String, entry: &Entry| newer.get(name).is_none_or(|own| own.value != entry.value);
    let unknown = |origin: &Origin| Entry { value: Value::unknown(UnknownReason::Version), origin: origin.clone() };
    let mut merged = newer.clone();
    for (name, entry) in &older {
        if differs(name, entry) {
            merged.insert(name.clone(), unknown(&entry.origin));
        }
    }
    for (name, entry) in &newer {
        if !older.contains_key(name) {
            merged.insert(name.clone(), unknown(&entry.origin));
        }
    }
    merged
}
