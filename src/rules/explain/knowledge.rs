//! What is known of log messages, read from the data files next to this one when `explain` runs.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::entry::{Cause, CauseFile, FormFile, Printer, Symptom, SymptomFile};
use super::form::Forms;
use super::signs::{Sign, Signs};

/// The files in the order in which their symptoms are tried; the first explains the fields.
const SYMPTOMS: [&str; 8] = [
    table!("rules/explain/symptoms/compose"),
    table!("rules/explain/symptoms/image"),
    table!("rules/explain/symptoms/broker"),
    table!("rules/explain/symptoms/setting"),
    table!("rules/explain/symptoms/protocol"),
    table!("rules/explain/symptoms/connection"),
    table!("rules/explain/symptoms/topic"),
    table!("rules/explain/symptoms/vague"),
];

pub(super) static KNOWLEDGE: LazyLock<Knowledge> =
    LazyLock::new(|| Knowledge::load().unwrap_or_else(|error| panic!("the built-in data does not parse: {error}")));

/// The contents of the data files.
pub(super) struct Knowledge {
    pub symptoms: Vec<Symptom>,
    pub causes: BTreeMap<String, Cause>,
    pub of_clients: Vec<String>,
    pub forms: Forms,
    /// Programs that are not Kafka, by their port.
    pub others: BTreeMap<u16, String>,
    /// The regular expressions of the cases, by their text. They are ASCII.
    pub patterns: BTreeMap<String, Regex>,
    programs: Vec<Printer>,
    libraries: Vec<Printer>,
    signs: Signs,
}

impl Knowledge {
    fn load() -> Result<Self, Box<dyn std::error::Error>> {
        let mut symptoms = Vec::new();
        for file in SYMPTOMS {
            symptoms.append(&mut serde_json::from_str::<SymptomFile>(file)?.symptom);
        }
        let CauseFile { of_clients, cause } = serde_json::from_str(table!("rules/explain/causes"))?;
        let file: FormFile = serde_json::from_str(table!("rules/explain/forms"))?;
        let patterns = symptoms.iter().flat_map(|symptom| &symptom.case).filter_map(|case| case.text.as_ref());
        let patterns = patterns.map(|text| Ok((text.clone(), RegexBuilder::new(text).unicode(false).build()?)));
        let ports = |(name, ports): (String, Vec<u16>)| ports.into_iter().map(move |port| (port, name.clone()));
        Ok(Self {
            signs: Signs::new(&symptoms, &file)?,
            forms: Forms::new(&file.form)?,
            patterns: patterns.collect::<Result<_, regex::Error>>()?,
            causes: cause,
            of_clients,
            others: file.other.into_iter().flat_map(ports).collect(),
            programs: file.program,
            libraries: file.library,
            symptoms,
        })
    }

    /// The signs in a line, sorted: the symptom that comes first in the files is first.
    pub fn signs_in(&self, line: &str) -> Vec<Sign> {
        let mut signs = self.signs.find(line);
        signs.sort_unstable();
        signs.dedup();
        signs
    }

    /// The name of the program that printed a line: from a mark of the program, else from a message that only one library prints, else from
    /// a mark of a library.
    pub fn printer(&self, signs: &[Sign]) -> Option<&str> {
        let name = |sign: &Sign| match *sign {
            Sign::Program(number) => Some((0, &self.programs[number].name)),
            Sign::Symptom(symptom, printed) => Some((1, self.symptoms[symptom].printed[printed].by.as_ref()?)),
            Sign::Library(number) => Some((2, &self.libraries[number].name)),
            Sign::Hint | Sign::Evidence => None,
        };
        signs.iter().filter_map(name).min_by_key(|(rank, _)| *rank).map(|(_, name)| name.as_str())
    }
}
