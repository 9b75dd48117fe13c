//! Findings for programs: owned data, independent of the files, for all machine-readable formats.

use std::ops::Range;
use std::path::Path;

use serde::Serialize;

use crate::finding::{Applicability, Finding, Label, Remedy};
use crate::report::reason::remedy;
use crate::report::undecided::Undecided;
use crate::source::{FileId, Files};
use crate::text::{Span, TextEdit, escaped_json, masked, secrets, values};

/// The number of the JSON form; it grows if a program that reads it could be misled.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Report<'f> {
    schema: u32,
    /// What could not be looked at, and why.
    errors: &'f [String],
    findings: &'f [FindingReport],
    /// The services of which the files do not tell enough.
    undecided: &'f [Undecided],
}

/// A finding as programs get it. Paths are as the program was given them, with slashes.
#[derive(Clone, Debug, Serialize)]
pub struct FindingReport {
    /// The rule.
    pub rule: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The service.
    pub service: String,
    /// What is wrong.
    pub message: String,
    /// What to know or to do by hand.
    pub help: Option<String>,
    /// Where it is written.
    #[serde(flatten)]
    pub place: Place,
    /// The other ends of it.
    pub related: Vec<Related>,
    /// The fix, or why there is none.
    pub repair: RepairReport,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file.
    pub path: String,
    /// Its first byte, from 0.
    pub start: usize,
    /// The byte after its last, from 0.
    pub end: usize,
    /// The line of the first, from 1.
    pub line: usize,
    /// Its column, from 1, in characters.
    pub column: usize,
    /// The line of the end, from 1.
    pub end_line: usize,
    /// Its column after the last character, from 1, in characters.
    pub end_column: usize,
}

/// A place with a sentence about it.
#[derive(Clone, Debug, Serialize)]
pub struct Related {
    /// The sentence.
    pub message: String,
    /// The place.
    #[serde(flatten)]
    pub place: Place,
}

/// What becomes of a finding.
#[derive(Clone, Debug, Serialize)]
pub struct RepairReport {
    /// `safe`, `unsafe`, `manual`, or `none`.
    pub applicability: &'static str,
    /// What the fix does, or why there is none.
    pub title: String,
    /// Its edits; none if the fix of another finding also fixes this one.
    pub edits: Vec<EditReport>,
}

/// An edit: `text` replaces a range.
#[derive(Clone, Debug, Serialize)]
pub struct EditReport {
    /// The replaced range.
    #[serde(flatten)]
    pub place: Place,
    /// What comes.
    pub text: String,
}

impl FindingReport {
    /// A finding, its places looked up in `files`.
    #[must_use]
    pub fn of(finding: &Finding, files: &Files) -> Self {
        Self {
            rule: finding.rule(),
            severity: finding.severity.as_str(),
            service: finding.service.clone(),
            message: masked(&finding.message).into_owned(),
            help: finding.help.as_deref().map(|help| masked(help).into_owned()),
            place: Place::of_label(&finding.primary, files),
            related: finding
                .related
                .iter()
                .map(|label| Related {
                    message: masked(&label.message).into_owned(),
                    place: Place::of_label(label, files),
                })
                .collect(),
            repair: RepairReport::of(finding, files),
        }
    }
}

impl FindingReport {
    /// All places that it names.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        let edits = self.repair.edits.iter().map(|edit| &edit.place);
        std::iter::once(&self.place).chain(self.related.iter().map(|related| &related.place)).chain(edits)
    }

    /// The same, to be changed.
    pub fn places_mut(&mut self) -> impl Iterator<Item = &mut Place> {
        let edits = self.repair.edits.iter_mut().map(|edit| &mut edit.place);
        std::iter::once(&mut self.place).chain(self.related.iter_mut().map(|related| &mut related.place)).chain(edits)
    }
}

impl RepairReport {
    fn of(finding: &Finding, files: &Files) -> Self {
        let title = masked(&remedy(finding)).into_owned();
        let fix = match &finding.remedy {
            Remedy::Fix(fix) => fix,
            Remedy::FixedBy(_) => return Self { applicability: "safe", title, edits: Vec::new() },
            Remedy::None(_) => return Self { applicability: "none", title, edits: Vec::new() },
        };
        let applicability = match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
            Applicability::Manual => "manual",
        };
        let edits = fix.edits.iter().flat_map(|(&file, edits)| edits.iter().map(move |edit| (file, edit)));
        let edits: Option<Vec<EditReport>> = edits.map(|(file, edit)| EditReport::of(file, edit, files)).collect();
        match edits {
            Some(edits) => Self { applicability, title, edits },
            None => {
                let title =
                    format!("{title} (an edit contains a secret and is not shown; `composefix fix` applies it)");
                Self { applicability, title, edits: Vec::new() }
            }
        }
    }

    /// What becomes of the finding, in a line: what its fix does and how to apply an unsafe one, or why there is none.
    #[must_use]
    pub fn sentence(&self) -> String {
        let title = &self.title;
        match self.applicability {
            "none" => format!("not fixed: {title}"),
            "unsafe" => format!("unsafe fix: {title}; apply with --unsafe-fixes"),
            _ => format!("fix: {title}"),
        }
    }
}

impl EditReport {
    /// An edit. One with a secret is narrowed to the bytes that change; none if there is a secret in those.
    fn of(file: FileId, edit: &TextEdit, files: &Files) -> Option<Self> {
        let new = edit.replacement.as_str();
        let secrets: Vec<Range<usize>> = secrets(new).into_iter().chain(values(new)).collect();
        if secrets.is_empty() {
            return Some(Self { place: Place::of(file, edit.span, files), text: new.to_owned() });
        }
        let old = files.get(file).slice(edit.span);
        let same = |(one, other): &(char, char)| one == other;
        let start: usize = old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
        let (old, new_rest) = (&old[start..], &new[start..]);
        let end: usize =
            old.chars().rev().zip(new_rest.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
        let text = &new_rest[..new_rest.len() - end];
        let is_shown = |secret: &Range<usize>| secret.end > start && secret.start < new.len() - end;
        let span = Span::new(edit.span.start + start, edit.span.end - end);
        (!secrets.iter().any(is_shown)).then(|| Self { place: Place::of(file, span, files), text: text.to_owned() })
    }
}

impl Place {
    fn of_label(label: &Label, files: &Files) -> Self {
        Self::of(label.file, label.span, files)
    }

    fn of(file: FileId, Span { start, end }: Span, files: &Files) -> Self {
        let file = files.get(file);
        let (first, last) = (file.line_column(start), file.line_column(end));
        Self {
            path: slashed(file.path()),
            start,
            end,
            line: first.line,
            column: first.column,
            end_line: last.line,
            end_column: last.column,
        }
    }
}

fn slashed(path: &Path) -> String {
    path.display().to_string().replace(std::path::MAIN_SEPARATOR, "/")
}

/// The findings as JSON, with the services that are undecided, what could not be looked at, and a final line break.
///
/// # Errors
/// No known one: the data consists of strings and numbers.
pub fn to_json(
    findings: &[FindingReport],
    undecided: &[Undecided],
    errors: &[String],
) -> Result<String, serde_json::Error> {
    let report = Report { schema: SCHEMA, errors, findings, undecided };
    serde_json::to_string_pretty(&report).map(|json| escaped_json(&json) + "\n")
}
