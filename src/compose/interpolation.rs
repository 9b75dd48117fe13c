//! Variable interpolation: what becomes of `$V`, `${V}`, `${V:-default}` and their like in a value of a compose file.
//!
//! The forms are those of the Compose Specification, "Interpolation". Where it leaves a question open, the answer is that of
//! Docker Compose 2.40.3 (compose-spec/compose-go v2.9.1, `template/template.go`), odd ones included: a reference never
//! spans lines, a default is read even where it is not used, and its end is found by counting braces.

use std::ops::Range;

use crate::text::Span;

/// Tells the value of a variable by its name; `None` if it is not set.
pub type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// A value after interpolation, and where each part of it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interpolated {
    /// The result: the texts of all pieces, one after the other.
    pub text: String,
    /// The parts of the result in their order. A text or a default of no length is one piece of no length.
    pub pieces: Vec<Piece>,
}

/// A part of an interpolated value that comes from one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it adds to the result; may be empty.
    pub text: String,
    /// Where that comes from.
    pub source: PieceSource,
}

/// Where a [`Piece`] comes from. Spans are byte offsets in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PieceSource {
    /// Stands in the input, here. `$$` is a piece of its own: two bytes in the input, one in the result.
    Literal(Span),
    /// The value of a variable.
    Variable {
        /// Its name.
        name: String,
        /// All of `$V` or `${V…}`.
        reference: Span,
    },
    /// Nothing, since the variable is not set and has no default. Compose warns of it and goes on.
    Unset {
        /// Its name.
        name: String,
        /// All of `$V` or `${V}`.
        reference: Span,
    },
    /// Stands in the default that `${V:-…}` or `${V-…}` gives for a variable.
    Default {
        /// The name of the variable.
        name: String,
        /// This part of the default.
        span: Span,
    },
    /// Stands in the alternative that `${V:+…}` or `${V+…}` gives for a variable.
    Alternative {
        /// The name of the variable.
        name: String,
        /// This part of the alternative.
        span: Span,
    },
}

/// Says why a value cannot be interpolated; Compose refuses the whole project then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct InterpolationError {
    /// The byte offset of the `$` of the reference at fault.
    pub offset: usize,
    /// What is wrong with it.
    pub kind: InterpolationErrorKind,
}

/// What can be wrong with a reference to a variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterpolationErrorKind {
    /// `${` with something behind it that is no reference.
    #[error(
        "`{0}` is not a variable reference: write `${{NAME}}` or `${{NAME:-default}}` on one line, where NAME has only \
         letters, digits and `_`, or `$$` for a dollar sign"
    )]
    Invalid(String),
    /// `${V:?message}` or `${V?message}`, and the variable has no value.
    #[error("the required variable `{name}` is missing a value{}{message}", if message.is_empty() { "" } else { ": " })]
    MissingRequired {
        /// The name of the variable.
        name: String,
        /// What the reference says about it; may be empty.
        message: String,
    },
    /// More than [`MAX_DEPTH`] references inside one another.
    #[error("variable references are nested more than {MAX_DEPTH} deep: write fewer defaults inside defaults")]
    TooDeep,
    /// More than [`MAX_INSERTED`] bytes from variables.
    #[error("the variables of this value are longer than {MAX_INSERTED} bytes together: shorten them")]
    TooLong,
}

/// How many references may stand inside one another. Compose has no limit; this one protects the stack.
pub const MAX_DEPTH: usize = 64;

/// How many bytes variables may add to one value. Compose has no limit; this one stops lines such as `A=$A$A` from filling
/// the memory. No process could be started with a longer variable (Linux, execve(2), "Limits on size of arguments").
pub const MAX_INSERTED: usize = 128 * 1024;

/// Replaces the variable references in `text` by what `lookup` tells of them.
///
/// # Errors
/// [`InterpolationError`] where Compose rejects the text, and beyond [`MAX_DEPTH`] and [`MAX_INSERTED`].
pub fn interpolate(text: &str, lookup: &Lookup) -> Result<Interpolated, InterpolationError> {
    let mut expansion = Expansion { input: text, lookup, pieces: Vec::new(), inserted: 0 };
    expansion.expand(Span::new(0, text.len()), Place::Value, 0)?;
    Ok(Interpolated::from_pieces(expansion.pieces))
}

/// Doubles every `$`, so that interpolation gives `text` back.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('$', "$$")
}

impl Interpolated {
    /// The value that `pieces` make up.
    pub(super) fn from_pieces(pieces: Vec<Piece>) -> Self {
        Self { text: pieces.iter().map(|piece| piece.text.as_str()).collect(), pieces }
    }

    /// Where the input has exactly the bytes `part` of the result, so that a change of the input there changes only them.
    /// `None` if they come from a variable, are written with an escape, or are spread over several pieces.
    #[must_use]
    pub fn written_at(&self, part: Range<usize>) -> Option<Span> {
        let mut start = 0;
        self.pieces.iter().find_map(|piece| {
            let here = start..start + piece.text.len();
            start = here.end;
            let inside = here.start <= part.start && part.end <= here.end;
            let written = piece.written().filter(|span| inside && span.len() == piece.text.len())?;
            Some(Span::new(part.start - here.start, part.end - here.start).shifted_by(written.start))
        })
    }
}

impl Piece {
    /// Where the piece stands in the input; `None` if it comes from a variable. An escape is longer there than in the result, so
    /// a span as long as the text means that the bytes are the same.
    #[must_use]
    pub fn written(&self) -> Option<Span> {
        match self.source {
            PieceSource::Literal(span) | PieceSource::Default { span, .. } | PieceSource::Alternative { span, .. } => {
                Some(span)
            }
            PieceSource::Variable { .. } | PieceSource::Unset { .. } => None,
        }
    }
}

impl PieceSource {
    /// The place in the input: of the text, or of the reference to a variable.
    pub(super) fn span_mut(&mut self) -> &mut Span {
        match self {
            Self::Literal(span)
            | Self::Default { span, .. }
            | Self::Alternative { span, .. }
            | Self::Variable { reference: span, .. }
            | Self::Unset { reference: span, .. } => span,
        }
    }
}

/// What a stretch of plain text belongs to.
#[derive(Clone, Copy)]
enum Place<'a> {
    Value,
    Default(&'a str),
    Alternative(&'a str),
}

/// A reference as it is written.
struct Reference<'a> {
    name: &'a str,
    /// All of it, from `$` on.
    span: Span,
    /// What follows the name: the operator and the place of its operand.
    operation: Option<(Operator, Span)>,
}

struct Operator {
    kind: OperatorKind,
    /// Written with a colon: an empty variable counts as unset.
    colon: bool,
}

enum OperatorKind {
    Default,
    Alternative,
    Required,
}

struct Expansion<'a> {
    input: &'a str,
    lookup: &'a Lookup<'a>,
    pieces: Vec<Piece>,
    inserted: usize,
}

impl<'a> Expansion<'a> {
    /// Adds the pieces of the part of the input in `span`.
    fn expand(&mut self, span: Span, place: Place, depth: usize) -> Result<(), InterpolationError> {
        let part = &self.input[..span.end];
        if span.is_empty() {
            self.push_written(span, "", place);
        }
        let (mut plain, mut at) = (span.start, span.start);
        while let Some(dollar) = part[at..].find('$').map(|i| at + i) {
            let escaped = part[dollar..].starts_with("$$");
            let reference = if escaped { None } else { Reference::read(part, dollar)? };
            at = match &reference {
                Some(reference) => reference.span.end,
                None if escaped => dollar + 2,
                None => {
                    at = dollar + 1;
                    continue;
                }
            };
            if plain < dollar {
                self.push_written(Span::new(plain, dollar), &part[plain..dollar], place);
            }
            match reference {
                Some(reference) => self.resolve(&reference, depth)?,
                None => self.push_written(Span::new(dollar, at), "$", place),
            }
            plain = at;
        }
        if plain < span.end {
            self.push_written(Span::new(plain, span.end), &part[plain..], place);
        }
        Ok(())
    }

    /// Adds what `reference` stands for.
    fn resolve(&mut self, reference: &Reference, depth: usize) -> Result<(), InterpolationError> {
        let &Reference { name, span, ref operation } = reference;
        let error = |kind| InterpolationError { offset: span.start, kind };
        let value = (self.lookup)(name);
        let Some((operator, operand)) = operation else {
            return match value {
                Some(value) => self.push_variable(reference, value).map_err(error),
                None => {
                    let source = PieceSource::Unset { name: name.to_owned(), reference: span };
                    self.pieces.push(Piece { text: String::new(), source });
                    Ok(())
                }
            };
        };
        if depth == MAX_DEPTH {
            return Err(error(InterpolationErrorKind::TooDeep));
        }
        let place = match operator.kind {
            OperatorKind::Alternative => Place::Alternative(name),
            OperatorKind::Default | OperatorKind::Required => Place::Default(name),
        };
        // Compose reads the operand before it knows whether it needs it, so a fault in there counts in any case.
        let before = self.pieces.len();
        self.expand(*operand, place, depth + 1)?;
        match (&operator.kind, value.filter(|value| !(operator.colon && value.is_empty()))) {
            (OperatorKind::Default, None) | (OperatorKind::Alternative, Some(_)) => {}
            (OperatorKind::Alternative, None) => self.pieces.truncate(before),
            (OperatorKind::Default | OperatorKind::Required, Some(value)) => {
                self.pieces.truncate(before);
                self.push_variable(reference, value).map_err(error)?;
            }
            (OperatorKind::Required, None) => {
                let message = Interpolated::from_pieces(self.pieces.split_off(before)).text;
                return Err(error(InterpolationErrorKind::MissingRequired { name: name.to_owned(), message }));
            }
        }
        Ok(())
    }

    fn push_written(&mut self, span: Span, text: &str, place: Place) {
        let source = match place {
            Place::Value => PieceSource::Literal(span),
            Place::Default(name) => PieceSource::Default { name: name.to_owned(), span },
            Place::Alternative(name) => PieceSource::Alternative { name: name.to_owned(), span },
        };
        self.pieces.push(Piece { text: text.to_owned(), source });
    }

    fn push_variable(&mut self, reference: &Reference, value: String) -> Result<(), InterpolationErrorKind> {
        self.inserted += value.len();
        if self.inserted > MAX_INSERTED {
            return Err(InterpolationErrorKind::TooLong);
        }
        let source = PieceSource::Variable { name: reference.name.to_owned(), reference: reference.span };
        self.pieces.push(Piece { text: value, source });
        Ok(())
    }
}

impl<'a> Reference<'a> {
    /// The reference whose `$` is the byte at `dollar`; `None` if the `$` stands for itself.
    fn read(text: &'a str, dollar: usize) -> Result<Option<Self>, InterpolationError> {
        let behind = &text[dollar + 1..];
        if let Some(inside) = behind.strip_prefix('{') {
            let invalid = || InterpolationError {
                offset: dollar,
                kind: InterpolationErrorKind::Invalid(quotation(&text[dollar..])),
            };
            return Self::read_braced(text, dollar, leading_name(inside)).ok_or_else(invalid).map(Some);
        }
        let name = leading_name(behind);
        let span = Span::new(dollar, dollar + 1 + name.len());
        Ok((!name.is_empty()).then_some(Self { name, span, operation: None }))
    }

    /// The reference that begins with `${` and `name`.
    fn read_braced(text: &'a str, dollar: usize, name: &'a str) -> Option<Self> {
        if name.is_empty() {
            return None;
        }
        let name_end = dollar + 2 + name.len();
        let behind = &text[name_end..];
        if behind.starts_with('}') {
            return Some(Self { name, span: Span::new(dollar, name_end + 1), operation: None });
        }
        let (colon, sign) = match behind.strip_prefix(':') {
            Some(sign) => (true, sign),
            None => (false, behind),
        };
        let kind = match sign.bytes().next()? {
            b'-' => OperatorKind::Default,
            b'+' => OperatorKind::Alternative,
            b'?' => OperatorKind::Required,
            _ => return None,
        };
        let close = dollar + closing_brace(&text[dollar..])?;
        let operand = Span::new(name_end + usize::from(colon) + 1, close);
        Some(Self { name, span: Span::new(dollar, close + 1), operation: Some((Operator { kind, colon }, operand)) })
    }
}

/// The name at the beginning of `text`; empty if there is none.
fn leading_name(text: &str) -> &str {
    // Compose's pattern ignores case, and so takes the long s and the kelvin sign for letters between a and z.
    let letter = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '\u{17f}' | '\u{212a}');
    let end = text.char_indices().find(|&(i, c)| !(letter(c) || i > 0 && c.is_ascii_digit()));
    &text[..end.map_or(text.len(), |(i, _)| i)]
}

/// The byte offset of the `}` that ends the reference at the beginning of `text`: the one that balances its `{`, else the last
/// of the line. A byte right behind a `{` is not counted, so `{}` opens a brace and closes none.
fn closing_brace(text: &str) -> Option<usize> {
    let mut line = text.bytes().enumerate().take_while(|&(_, byte)| byte != b'\n');
    let (mut open, mut last) = (0_usize, None);
    while let Some((i, byte)) = line.next() {
        match byte {
            b'{' => {
                open += 1;
                last = line.next().filter(|&(_, byte)| byte == b'}').map(|(i, _)| i).or(last);
            }
            b'}' if open == 1 => return Some(i),
            b'}' => {
                open -= 1;
                last = Some(i);
            }
            _ => {}
        }
    }
    last
}

/// The beginning of `text` for a message: up to the first `}`, on one line and not too long.
fn quotation(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    let reference = line.split_inclusive('}').next().unwrap_or_default();
    match reference.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &reference[..end]),
        None => reference.to_owned(),
    }
}
