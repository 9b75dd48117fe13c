//! The data files, as they are read. Their fields are explained at the head of each.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::address::{Giver, HostKind};

/// A group of messages that mean the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Symptom {
    pub name: String,
    pub means: String,
    pub example: String,
    #[serde(default)]
    pub listed: bool,
    #[serde(default)]
    pub vague: bool,
    #[serde(default)]
    pub normal_once: bool,
    #[serde(default)]
    pub voters: bool,
    #[serde(default)]
    pub generic: bool,
    pub printed: Vec<Printed>,
    pub case: Vec<Case>,
}

/// Messages of one program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Printed {
    pub by: Option<String>,
    pub texts: Vec<String>,
}

/// The causes of a symptom where all conditions hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    #[serde(default)]
    pub host: Vec<HostKind>,
    #[serde(default)]
    pub port: Vec<u16>,
    pub given_by: Option<GivenBy>,
    pub text: Option<String>,
    pub means: Option<String>,
    pub causes: Vec<String>,
    pub tip: Option<String>,
}

/// [`Giver`], as the data files name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum GivenBy {
    Client,
    Broker,
}

/// A cause of a message.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// One sentence; `{address}` and `{host}` are replaced with those of the line.
    pub summary: String,
    /// The rules that find it, each with what it then finds.
    #[serde(default)]
    pub rules: Vec<(String, String)>,
    /// What a person does about it, where composefix cannot; with the same placeholders.
    pub by_hand: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SymptomFile {
    pub symptom: Vec<Symptom>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CauseFile {
    pub of_clients: Vec<String>,
    pub cause: BTreeMap<String, Cause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormFile {
    pub hints: Vec<String>,
    pub evidence: Vec<String>,
    pub other: BTreeMap<String, Vec<u16>>,
    pub form: Vec<FormEntry>,
    pub program: Vec<Printer>,
    pub library: Vec<Printer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FormEntry {
    pub pattern: String,
    pub given_by: Option<GivenBy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Printer {
    pub name: String,
    pub marks: Vec<String>,
}

impl From<GivenBy> for Giver {
    fn from(given_by: GivenBy) -> Self {
        match given_by {
            GivenBy::Client => Self::Client,
            GivenBy::Broker => Self::Broker(None),
        }
    }
}

impl GivenBy {
    /// Whether an address was given so.
    pub fn fits(self, giver: Giver) -> bool {
        match self {
            Self::Client => giver == Giver::Client,
            Self::Broker => matches!(giver, Giver::Broker(_)),
        }
    }
}
