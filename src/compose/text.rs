//! A scalar of a compose file after interpolation.

use std::ops::Range;

use crate::compose::error::Invalid;
use crate::compose::interpolation::{Interpolated, InterpolationErrorKind, Lookup, Piece, PieceSource, interpolate};
use crate::yaml::{Document, NodeId, NodeKind, Scalar, ScalarStyle};

/// A scalar: what is written, and what Compose makes of it.
#[derive(Clone, Debug)]
pub struct Text {
    /// The scalar node, no alias.
    pub node: NodeId,
    /// What is written, decoded as YAML, not interpolated.
    pub raw: String,
    /// What it becomes.
    pub value: Interpolated,
}

impl Text {
    /// The result of interpolation.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value.text
    }

    /// The text to write so that the bytes `part` of the result become `new`; `None` if they are not in this scalar, literally or in a
    /// default.
    #[must_use]
    pub fn with_part(&self, part: Range<usize>, new: &str) -> Option<String> {
        let written = self.value.written_at(part)?;
        Some(format!("{}{new}{}", &self.raw[..written.start], &self.raw[written.end..]))
    }

    /// Reads a scalar that must be a text, or null: where Compose takes no number and no boolean.
    pub(super) fn read_string(document: &Document, id: NodeId, lookup: &Lookup<'_>) -> Result<Option<Self>, Invalid> {
        match document.scalar_value(document.follow(id)) {
            Some(Scalar::Bool(_) | Scalar::Int(_) | Scalar::Float(_) | Scalar::Timestamp(_)) => {
                Err(Invalid::new(id, "must be a string; put it in quotes"))
            }
            _ => Self::read(document, id, lookup),
        }
    }

    /// Reads a scalar; `None` for null. Numbers and booleans have the form in which Compose passes them to a container.
    ///
    /// A required variable that is not set (`${V:?}`) counts as unset and not as an error: it comes from the user's shell.
    pub(super) fn read(document: &Document, id: NodeId, lookup: &Lookup<'_>) -> Result<Option<Self>, Invalid> {
        let node = document.follow(id);
        let Some(scalar) = document.scalar_value(node) else {
            return Err(Invalid::new(id, "must be a string, a number or a boolean"));
        };
        let Some(raw) = scalar.to_environment() else { return Ok(None) };
        Self::interpolated(document, id, raw, lookup).map(Some)
    }

    /// A scalar as it would be if it read `raw`.
    pub(super) fn interpolated(
        document: &Document,
        id: NodeId,
        raw: String,
        lookup: &Lookup<'_>,
    ) -> Result<Self, Invalid> {
        let node = document.follow(id);
        match interpolate(&raw, lookup) {
            Ok(value) => Ok(Self { node, raw, value }),
            Err(error) => match error.kind {
                InterpolationErrorKind::MissingRequired { name, .. } => {
                    let reference = crate::text::Span::new(0, raw.len());
                    let piece = Piece { text: String::new(), source: PieceSource::Unset { name, reference } };
                    Ok(Self { node, raw, value: Interpolated { text: String::new(), pieces: vec![piece] } })
                }
                kind => Err(Invalid {
                    node: id,
                    message: kind.to_string(),
                    within: exact_offset(document, node, error.offset),
                }),
            },
        }
    }
}

/// Reads a boolean that may be a word: `true`, `yes`, `"on"` (compose-spec/compose-go v2.9.1, loader/interpolate.go, `toBoolean`);
/// `None` for null.
pub(super) fn read_boolean(
    document: &Document,
    key: &str,
    id: NodeId,
    lookup: &Lookup<'_>,
) -> Result<Option<bool>, Invalid> {
    let invalid = || Invalid::new(id, format!("`{key}` must be true or false"));
    let text = match document.scalar_value(document.follow(id)) {
        Some(Scalar::Null) => return Ok(None),
        Some(Scalar::Bool(value)) => return Ok(Some(value)),
        Some(Scalar::Text(_)) => Text::read(document, id, lookup)?.ok_or_else(invalid)?,
        _ => return Err(invalid()),
    };
    match text.as_str().to_lowercase().as_str() {
        "true" | "y" | "yes" | "on" => Ok(Some(true)),
        "false" | "n" | "no" | "off" => Ok(Some(false)),
        _ => Err(invalid()),
    }
}

/// The offset in the file's text of a byte of a decoded value, relative to the node, where decoding changed nothing before it.
fn exact_offset(document: &Document, node: NodeId, offset: usize) -> Option<usize> {
    let node = document.node(node);
    let NodeKind::Scalar { style, value } = &node.kind else { return None };
    let quote = usize::from(matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
    let source = document.slice(node.span).get(quote..)?;
    (source.get(..offset)? == value.get(..offset)?).then_some(quote + offset)
}
