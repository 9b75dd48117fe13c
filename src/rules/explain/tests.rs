//! The data agree with each other and with the rules.

use super::knowledge::KNOWLEDGE;
use super::*;
use crate::rules::Rule;

fn explain(log: &str) -> Explanation {
    read(log.as_bytes()).expect("bytes can be read")
}

#[test]
fn every_symptom_is_recognised_by_its_example() {
    for symptom in &KNOWLEDGE.symptoms {
        let found: Vec<_> = explain(&symptom.example).observations.iter().map(|found| found.symptom).collect();
        assert_eq!(found, [symptom.name.as_str()], "{}", symptom.example);
    }
}

#[test]
fn every_text_leads_to_its_symptom_or_to_an_earlier_one() {
    for (number, symptom) in KNOWLEDGE.symptoms.iter().enumerate() {
        for text in symptom.printed.iter().flat_map(|printed| &printed.texts) {
            let line = format!("x {} x", text.replace('*', " x "));
            let found = explain(&line).observations.first().map(|found| found.symptom);
            let place = KNOWLEDGE.symptoms.iter().position(|other| Some(other.name.as_str()) == found);
            assert!(place.is_some_and(|place| place <= number), "{}: {text}: {found:?}", symptom.name);
        }
    }
}

#[test]
fn every_case_has_causes_and_the_last_has_no_conditions() {
    for symptom in &KNOWLEDGE.symptoms {
        let last = symptom.case.last().unwrap_or_else(|| panic!("{} has no case", symptom.name));
        let is_open = last.host.is_empty() && last.port.is_empty() && last.given_by.is_none() && last.text.is_none();
        assert!(is_open, "{}", symptom.name);
        for case in &symptom.case {
            assert!(!case.causes.is_empty(), "{}", symptom.name);
            for cause in &case.causes {
                assert!(KNOWLEDGE.causes.contains_key(cause), "{}: {cause}", symptom.name);
            }
        }
    }
}

#[test]
fn every_cause_is_used_and_leads_to_rules_or_to_what_a_person_does() {
    let used: Vec<&String> =
        KNOWLEDGE.symptoms.iter().flat_map(|symptom| &symptom.case).flat_map(|case| &case.causes).collect();
    for (name, cause) in &KNOWLEDGE.causes {
        assert!(used.contains(&name), "no symptom has {name}");
        assert!(!cause.rules.is_empty() || cause.by_hand.is_some(), "{name}");
        for (rule, _) in &cause.rules {
            assert!(Rule::by_name(rule).is_some(), "{name}: {rule}");
        }
    }
    for rule in &KNOWLEDGE.of_clients {
        assert!(Rule::by_name(rule).is_some(), "{rule}");
    }
}

#[test]
fn no_sentence_is_longer_than_160_characters() {
    let cases = KNOWLEDGE.symptoms.iter().flat_map(|symptom| &symptom.case);
    let of_cases = cases.flat_map(|case| case.means.iter().chain(&case.tip));
    let of_symptoms = KNOWLEDGE.symptoms.iter().map(|symptom| &symptom.means);
    let of_rules = KNOWLEDGE.causes.values().flat_map(|cause| cause.rules.iter().map(|(_, when)| when));
    let of_causes =
        KNOWLEDGE.causes.values().flat_map(|cause| [Some(&cause.summary), cause.by_hand.as_ref()]).flatten();
    for sentence in of_cases.chain(of_symptoms).chain(of_rules).chain(of_causes) {
        assert!(sentence.chars().count() <= 140, "{sentence}: an address may make it 20 longer");
    }
}
