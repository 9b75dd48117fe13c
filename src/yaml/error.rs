//! Why a text cannot be used.

/// An error in a text, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct YamlError {
    /// What is wrong and what to do, for the author of the file.
    pub message: String,
    /// Where: a byte offset in the text.
    pub offset: usize,
    /// Another place that belongs to it, with a word about it.
    pub other: Option<(usize, &'static str)>,
    /// Whether this is a bug in composefix: parser and cursor disagree about the text.
    pub lost_sync: bool,
}

impl YamlError {
    pub(super) fn new(message: impl Into<String>, offset: usize) -> Self {
        Self { message: message.into(), offset, other: None, lost_sync: false }
    }

    pub(super) fn lost_sync(wanted: &str, offset: usize) -> Self {
        let message =
            format!("composefix lost its place in this file looking for {wanted}; please report this file as a bug");
        Self { lost_sync: true, ..Self::new(message, offset) }
    }

    pub(super) fn with_other(self, offset: usize, message: &'static str) -> Self {
        Self { other: Some((offset, message)), ..self }
    }

    pub(super) fn shifted_by(self, bytes: usize) -> Self {
        let other = self.other.map(|(offset, message)| (offset + bytes, message));
        Self { offset: self.offset + bytes, other, ..self }
    }
}

pub(super) const TAB_INDENTS: &str = "YAML does not allow tabs for indentation; use spaces";

pub(super) const UNKNOWN_ESCAPE: &str =
    "unknown escape in double quotes; write `\\\\` for a backslash, or use single quotes";

pub(super) fn begins_badly(sign: char) -> String {
    format!("a plain value cannot begin with `{sign}`; put it in quotes")
}
