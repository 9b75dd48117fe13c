//! Repairs of single values.

use super::Reason;
use super::draft::{Draft, Repair};
use crate::kafka::property::{CLUSTER_ID, Given, PROCESS_ROLES, SASL_ENABLED_MECHANISMS, SASL_INTER_BROKER_MECHANISM};
use crate::kafka::startup::cluster::is_cluster_id;
use crate::kafka::startup::definition::{Definition, Kind, ValueFault};
use crate::kafka::startup::objection::{Check, Objection};
use crate::kafka::startup::value::{list, trimmed};
use crate::text;

type Repairs = Result<Vec<Repair>, Reason>;

/// A value that Kafka rejects but whose meaning is clear: an empty value, a value in quotes, or a word with another spelling.
pub(super) fn single(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let place = objection.places.first().ok_or(Reason::Value)?;
    let property = place.property.as_str();
    let value = trimmed(draft.value(property).ok_or(Reason::Value)?);
    if value.is_empty() || value == "\"\"" || value == "''" {
        return Ok(vec![Repair::unset(property)]);
    }
    let definition = Definition::of(property, draft.version()).ok_or(Reason::Value)?;
    let is_right = |value: &str| definition.fault(value).is_none();
    let bare = unquoted(value);
    if bare != value && is_right(bare) {
        return Ok(vec![Repair::set(property, bare, 0)]);
    }
    let meant = match (objection.check, definition.fault(value), definition.kind) {
        (_, _, Kind::Boolean) => truth(value).map(str::to_owned),
        (_, Some(ValueFault::NotAllowed { words }), Kind::List) => {
            let entries = list(value).into_iter().filter(|entry| !entry.text.is_empty());
            let meant: Option<Vec<&str>> = entries.map(|entry| nearest(entry.text, words.split('|'))).collect();
            meant.map(|meant| meant.join(","))
        }
        (_, Some(ValueFault::NotAllowed { words }), _) => nearest(value, words.split('|')).map(str::to_owned),
        (_, Some(ValueFault::Empty), Kind::List) => {
            let entries: Vec<&str> =
                list(value).iter().map(|entry| entry.text).filter(|text| !text.is_empty()).collect();
            Some(entries.join(","))
        }
        (Check::NotAllowed, None, _) => {
            nearest(value, objection.subjects.iter().map(String::as_str)).map(str::to_owned)
        }
        _ => None,
    };
    let mut repairs: Vec<Repair> = Vec::new();
    repairs.extend(meant.filter(|meant| is_right(meant)).map(|meant| Repair::set(property, meant, 0)));
    if property == PROCESS_ROLES {
        repairs.extend(without_wrong_roles(value, is_right));
    }
    if repairs.is_empty() { Err(Reason::Value) } else { Ok(repairs) }
}

/// The roles of a list that there are.
fn without_wrong_roles(value: &str, is_right: impl Fn(&str) -> bool) -> Option<Repair> {
    let entries = list(value);
    let right: Vec<&str> = entries.iter().map(|entry| entry.text).filter(|text| is_right(text)).collect();
    let is_shorter = !right.is_empty() && right.len() < entries.len();
    is_shorter.then(|| Repair::set(PROCESS_ROLES, right.join(","), 3))
}

/// A text without the quotes around it.
pub(super) fn unquoted(text: &str) -> &str {
    text.trim_matches(|character| character == '"' || character == '\'' || character == ' ')
}

fn truth(word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        "yes" | "on" | "1" | "\"true\"" | "'true'" => Some("true"),
        "no" | "off" | "0" | "\"false\"" | "'false'" => Some("false"),
        _ => None,
    }
}

/// The one word that a text is another spelling of.
pub(super) fn nearest<'w>(text: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let normal = |word: &str| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let text = normal(text);
    let limit = if text.len() < 5 { 1 } else { 2 };
    text::nearest(words.map(|word| (strsim::osa_distance(&normal(word), &text), word)), limit)
}

/// A list without the entry that an objection points at.
pub(super) fn without_entry(draft: &Draft<'_, '_>, objection: &Objection) -> Vec<Repair> {
    let place = objection.places.first();
    let out = place.and_then(|place| draft.without_entries(&place.property, |span| Some(span) == place.entry, 0));
    out.into_iter().collect()
}

/// A property of ZooKeeper's times, at a node without it.
pub(super) fn unset_in_kraft(draft: &Draft<'_, '_>, property: &str) -> Repairs {
    let is_kraft = draft.reading.roles.is_some_and(super::super::reading::Roles::any);
    if is_kraft { Ok(vec![Repair::unset(property)]) } else { Err(Reason::Value) }
}

/// The mechanism between brokers becomes the one that they take.
pub(super) fn sasl_mechanism(draft: &Draft<'_, '_>) -> Repairs {
    match list(draft.text(SASL_ENABLED_MECHANISMS).unwrap_or_default()).as_slice() {
        [one] => Ok(vec![Repair::set(SASL_INTER_BROKER_MECHANISM, one.text, 0)]),
        _ => Err(Reason::Value),
    }
}

/// The id of the cluster without quotes.
pub(super) fn cluster_id(draft: &Draft<'_, '_>) -> Repairs {
    let bare = draft.value(CLUSTER_ID).map(unquoted).filter(|bare| is_cluster_id(bare));
    bare.map(|bare| vec![Repair::set(CLUSTER_ID, bare, 0)]).ok_or(Reason::Value)
}

/// The cluster ID of the nodes before this one.
pub(super) fn cluster_id_of_others(draft: &Draft<'_, '_>) -> Repairs {
    let given = draft.cluster.nodes.iter().find_map(|node| match node.cluster_id {
        Given::Set(id) if is_cluster_id(id) => Some(id),
        _ => None,
    });
    given.map(|id| vec![Repair::set(CLUSTER_ID, id, 0)]).ok_or(Reason::OtherNode)
}
