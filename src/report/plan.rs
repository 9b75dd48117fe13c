//! The fixes of a run as a plan: edits by file, with what each file must hold before and holds after. It is made in one run, read by a
//! person or a program, and applied in another.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::text::{EditSet, Span, TextEdit, edits_between, escaped_json};

/// The version of the schema; it increases if a field changes its meaning or is removed.
pub const SCHEMA: u32 = 1;

/// What the fixes of a run would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Plan {
    /// The version of this form: 1.
    pub schema: u32,
    /// The version of composefix that made the plan.
    pub composefix: String,
    /// What could not be examined, and why.
    pub errors: Vec<String>,
    /// The changes. Each is made as a whole or not at all.
    pub changes: Vec<Change>,
}

/// Files that change together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Change {
    /// What is fixed.
    pub fixes: Vec<PlannedFix>,
    /// The files.
    pub files: Vec<FileChange>,
}

/// A fix, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlannedFix {
    /// The rule.
    pub rule: String,
    /// The service.
    pub service: String,
    /// `error` or `warning`.
    pub severity: String,
    /// What is done.
    pub title: String,
}

/// The edits of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FileChange {
    /// The path from the working directory, with slashes.
    pub path: String,
    /// The SHA-256 of the file before, in hexadecimal digits.
    pub before: String,
    /// The SHA-256 of the file after.
    pub after: String,
    /// The edits, in order; none overlaps another.
    pub edits: Vec<PlannedEdit>,
}

/// An edit: `text` replaces the bytes from `start` to `end`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlannedEdit {
    /// The first replaced byte, from 0.
    pub start: usize,
    /// The byte after the last replaced one.
    pub end: usize,
    /// The text that comes.
    pub text: String,
}

/// Why a change is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// The file holds something else than when the plan was made.
    #[error("the file changed after the plan was made")]
    Changed,
    /// The edits do not give the result that the plan states.
    #[error("the edits do not give the content that the plan states; the plan is damaged")]
    Damaged,
}

impl FileChange {
    /// What makes one text of another.
    #[must_use]
    pub fn between(path: String, before: &str, after: &str) -> Self {
        let edits = edits_between(before, after).into_iter();
        let edits = edits.map(|TextEdit { span, replacement }| PlannedEdit {
            start: span.start,
            end: span.end,
            text: replacement,
        });
        Self { path, before: hash(before), after: hash(after), edits: edits.collect() }
    }

    /// The text after the change; `None` if the file holds it already.
    ///
    /// # Errors
    /// [`Stale`] if the change is not for this text.
    pub fn apply(&self, text: &str) -> Result<Option<String>, Stale> {
        let own = hash(text);
        if own == self.after {
            return Ok(None);
        }
        if own != self.before {
            return Err(Stale::Changed);
        }
        let is_inside = |edit: &PlannedEdit| {
            edit.start <= edit.end && text.is_char_boundary(edit.start) && text.is_char_boundary(edit.end)
        };
        if !self.edits.iter().all(is_inside) {
            return Err(Stale::Damaged);
        }
        let edit = |edit: &PlannedEdit| TextEdit::replace(Span::new(edit.start, edit.end), edit.text.as_str());
        let mut edits = EditSet::default();
        edits.add_all(&self.edits.iter().map(edit).collect::<Vec<_>>()).map_err(|_| Stale::Damaged)?;
        let after = edits.apply(text);
        if hash(&after) == self.after { Ok(Some(after)) } else { Err(Stale::Damaged) }
    }
}

impl Plan {
    /// A plan of this version.
    #[must_use]
    pub fn new(changes: Vec<Change>, errors: Vec<String>) -> Self {
        Self { schema: SCHEMA, composefix: env!("CARGO_PKG_VERSION").to_owned(), errors, changes }
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// A message for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            schema: u32,
        }
        let version: Version = serde_json::from_str(text).map_err(|error| format!("not a plan: {error}"))?;
        if version.schema != SCHEMA {
            return Err(format!("the plan has schema {}, and this composefix reads {SCHEMA}", version.schema));
        }
        serde_json::from_str(text).map_err(|error| format!("not a plan: {error}"))
    }

    /// The plan as JSON, with a final line break.
    ///
    /// # Errors
    /// No known one: the data consists of strings and numbers.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|json| escaped_json(&json) + "\n")
    }
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_made_once_and_only_to_the_text_that_it_is_for() {
        let (before, after) = ("a: 1\r\nb: 2\nc: ü", "a: 1\r\nb: 3\nd: 4\nc: ü");
        let change = FileChange::between("compose.yaml".to_owned(), before, after);
        assert_eq!(change.apply(before), Ok(Some(after.to_owned())));
        assert_eq!(change.apply(after), Ok(None));
        assert_eq!(change.apply("a: 1\n"), Err(Stale::Changed));
    }

    #[test]
    fn a_damaged_change_is_refused() {
        let (before, after) = ("a: 1\nü: 2\n", "a: 1\nü: 3\n");
        let change = FileChange::between("compose.yaml".to_owned(), before, after);
        for (start, end) in [(6, 10), (5, 4), (0, 99), (0, 1)] {
            let mut damaged = change.clone();
            (damaged.edits[0].start, damaged.edits[0].end) = (start, end);
            assert_eq!(damaged.apply(before), Err(Stale::Damaged), "{start} {end}");
        }
    }

    #[test]
    fn a_plan_of_another_version_is_refused() {
        let plan = Plan::new(Vec::new(), Vec::new());
        let json = plan.to_json().expect("it is plain data");
        assert_eq!(Plan::parse(&json), Ok(plan));
        let later = json.replace("\"schema\": 1", "\"schema\": 2, \"new\": 3");
        assert_eq!(Plan::parse(&later), Err("the plan has schema 2, and this composefix reads 1".to_owned()));
        assert!(Plan::parse("[]").is_err());
    }

    #[test]
    fn the_hash_is_sha_256() {
        // The value that `printf '' | sha256sum` prints.
        assert_eq!(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
