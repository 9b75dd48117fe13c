//! Finds what is known in a line, in one pass over it.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;

use super::entry::{FormFile, Printer, Symptom};

/// What a text in a line means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    /// A symptom, and which of its `printed`.
    Symptom(usize, usize),
    /// A mark of a program.
    Program(usize),
    /// A mark of a library.
    Library(usize),
    /// The line is about Kafka.
    Hint,
    /// The line shows an address and its source, but no problem.
    Evidence,
}

impl Sign {
    /// The number of the symptom, if it is one.
    pub const fn symptom(&self) -> Option<usize> {
        match self {
            Self::Symptom(number, _) => Some(*number),
            _ => None,
        }
    }
}

/// The texts that are looked for in lines, each of one or several parts.
pub(super) struct Signs {
    parts: AhoCorasick,
    /// For every part: the texts that have it, and its number in each.
    owners: Vec<Vec<(usize, usize)>>,
    /// For every text: what it means, and how many parts it has.
    texts: Vec<(Sign, usize)>,
}

impl Signs {
    /// Gathers the texts of the data files.
    pub fn new<'a>(symptoms: &'a [Symptom], file: &'a FormFile) -> Result<Self, aho_corasick::BuildError> {
        let of_symptoms = symptoms.iter().enumerate().flat_map(|(number, symptom)| {
            let printed = symptom.printed.iter().enumerate();
            printed.flat_map(move |(which, printed)| {
                printed.texts.iter().map(move |text| (Sign::Symptom(number, which), text))
            })
        });
        let marks = |printers: &'a [Printer], sign: fn(usize) -> Sign| {
            let printers = printers.iter().enumerate();
            printers.flat_map(move |(number, printer)| printer.marks.iter().map(move |text| (sign(number), text)))
        };
        let printers = marks(&file.program, Sign::Program).chain(marks(&file.library, Sign::Library));
        let hints = file.hints.iter().map(|text| (Sign::Hint, text));
        let evidence = file.evidence.iter().map(|text| (Sign::Evidence, text));
        let mut owners: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        let mut texts = Vec::new();
        for (sign, text) in of_symptoms.chain(printers).chain(hints).chain(evidence) {
            let parts: Vec<&str> = text.split('*').filter(|part| !part.is_empty()).collect();
            for (number, part) in parts.iter().enumerate() {
                owners.entry(part.to_ascii_lowercase()).or_default().push((texts.len(), number));
            }
            texts.push((sign, parts.len()));
        }
        let parts = AhoCorasick::builder().ascii_case_insensitive(true).build(owners.keys())?;
        Ok(Self { parts, owners: owners.into_values().collect(), texts })
    }

    /// The signs of which all parts are in the line, one after the other, in one pass over it.
    pub fn find(&self, line: &str) -> Vec<Sign> {
        let mut found = Vec::new();
        // Of every text the number of the part that is looked for, and where it may begin.
        let mut states: Vec<(usize, usize)> = Vec::new();
        for part in self.parts.find_overlapping_iter(line) {
            states.resize(self.texts.len(), (0, 0));
            for (text, number) in &self.owners[part.pattern().as_usize()] {
                let (awaited, from) = &mut states[*text];
                let (sign, parts) = self.texts[*text];
                let is_inside_word =
                    matches!(sign, Sign::Symptom(..)) && *number == 0 && begins_inside_word(line, part.start());
                if awaited == number && *from <= part.start() && !is_inside_word {
                    (*awaited, *from) = (*awaited + 1, part.end());
                    found.extend((*awaited == parts).then_some(sign));
                }
            }
        }
        found
    }
}

/// Whether a letter or a digit is on both sides of a place: `ETIMEDOUT` is not in `MessageTimedOut`.
fn begins_inside_word(line: &str, start: usize) -> bool {
    let bytes = line.as_bytes();
    let before = start.checked_sub(1).and_then(|place| bytes.get(place));
    [before, bytes.get(start)].iter().all(|byte| byte.is_some_and(u8::is_ascii_alphanumeric))
}
