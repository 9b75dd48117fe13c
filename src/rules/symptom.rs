//! What a line of a log tells: from the words people see to the rules that find why.

use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::rules::Rule;
use crate::text::visible;

static SYMPTOMS: LazyLock<Symptoms> =
    LazyLock::new(|| toml::from_str(include_str!("symptoms.toml")).expect("it parses, as its test shows"));

/// `symptoms.toml`, where its fields are explained.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Symptoms {
    symptom: Vec<Symptom>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Symptom {
    texts: Vec<String>,
    example: String,
    means: String,
    causes: Vec<(String, String)>,
    otherwise: Option<String>,
}

/// What a line of a log means, with the rules to look at, the likeliest first; `None` if nothing in it is known.
#[must_use]
pub fn explain(line: &str) -> Option<String> {
    let symptom = symptom(line)?;
    let mut out = format!("{}: {}\n", visible(line.trim()), symptom.means);
    for (rule, when) in &symptom.causes {
        let when = if when.is_empty() { Rule::by_name(rule).map_or("", |rule| rule.summary) } else { when };
        let _ = write!(out, "\n  {rule:32} {when}");
    }
    if let Some(otherwise) = &symptom.otherwise {
        let _ = write!(out, "\n  {otherwise}");
    }
    out.push('\n');
    if !symptom.causes.is_empty() {
        out.push_str("\n`composefix check` tells which it is, `composefix explain RULE` prints the page of a rule.\n");
    }
    Some(out)
}

/// A line for each of the symptoms that are known.
pub fn examples() -> impl Iterator<Item = &'static str> {
    SYMPTOMS.symptom.iter().map(|symptom| symptom.example.as_str())
}

fn symptom(line: &str) -> Option<&'static Symptom> {
    let line = line.to_lowercase();
    SYMPTOMS.symptom.iter().find(|symptom| symptom.texts.iter().any(|text| holds(&line, &text.to_lowercase())))
}

/// Whether the parts of `text` between its `*` stand in `line`, one behind the other.
fn holds(line: &str, text: &str) -> bool {
    let mut rest = line;
    text.split('*').all(|part| match rest.split_once(part) {
        Some((_, behind)) => {
            rest = behind;
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symptom_is_told_by_its_example_and_names_rules() {
        for own in &SYMPTOMS.symptom {
            assert_eq!(symptom(&own.example), Some(own), "{}", own.example);
            assert!(!own.causes.is_empty() || own.otherwise.is_some(), "{}", own.example);
            for (rule, _) in &own.causes {
                assert!(Rule::by_name(rule).is_some(), "{}: {rule}", own.example);
            }
        }
    }

    #[test]
    fn what_says_nothing_of_kafka_is_not_explained() {
        for line in ["", "listening on port 4000", "composefix", "kafka", "GET /orders 200"] {
            assert_eq!(explain(line), None, "{line}");
        }
    }

    #[test]
    fn parts_of_a_text_stand_in_order() {
        for (text, expected) in [("node * (localhost", true), ("(localhost*node ", false), ("node*1*9092", true)] {
            assert_eq!(holds("connection to node 1 (localhost/127.0.0.1:9092)", text), expected, "{text}");
        }
    }
}
