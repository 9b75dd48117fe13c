//! Variable interpolation: what becomes of `$V`, `${V}`, `${V:-default}` and their like in a value of a compose file.
//!
//! The forms are those of the Compose Specification, "Interpolation". Where it leaves a question open, the answer is that of
//! Docker Compose 2.40.3 (compose-spec/compose-go v2.9.1, `template/template.go`), odd ones included: a reference never
//! spans lines, a default is read even where it is not used, and its end is found by counting braces.

mod reference;

use std::ops::Range;

use self::reference::{OperatorKind, Reference};
use crate::text::Span;

/// Tells the value of a variable by its name; `None` if it is not set.
pub type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// A value after interpolation, with the source of each part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interpolated {
    /// The result: the texts of all pieces, one after the other.
    pub text: String,
    /// The parts of the result in their order. A text or a default of no length is one piece of no length.
    pub pieces: Vec<Piece>,
}

/// A part of an interpolated value with one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it adds to the result; may be empty.
    pub text: String,
    /// Its source.
    pub source: PieceSource,
}

/// The source of a [`Piece`]. Spans are byte offsets in the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PieceSource {
    /// Literal text in the input, at this span. `$$` is its own piece: two bytes in the input, one in the result.
    Literal(Span),
    /// The value of a variable.
    Variable {
        /// Its name.
        name: String,
        /// All of `$V` or `${V…}`.
        reference: Span,
    },
    /// Nothing, because the variable is not set and has no default. Compose prints a warning and continues.
    Unset {
        /// Its name.
        name: String,
        /// All of `$V` or `${V}`.
        reference: Span,
    },
    /// The default of `${V:-…}` or `${V-…}` for a variable.
    Default {
        /// The name of the variable.
        name: String,
        /// This part of the default.
        span: Span,
    },
    /// The alternative of `${V:+…}` or `${V+…}` for a variable.
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
    /// The byte offset of the `$` of the malformed reference.
    pub offset: usize,
    /// What is wrong with it.
    pub kind: InterpolationErrorKind,
}

/// What can be wrong with a reference to a variable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterpolationErrorKind {
    /// `${` that does not begin a valid reference.
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
        /// The message in the reference; may be empty.
        message: String,
    },
    /// More than `MAX_DEPTH` references inside one another.
    #[error("variable references are nested more than {MAX_DEPTH} deep: write fewer defaults inside defaults")]
    TooDeep,
    /// More than `MAX_INSERTED` bytes from variables.
    #[error("the variables of this value are longer than {MAX_INSERTED} bytes together: shorten them")]
    TooLong,
}

/// The limit of nested references. Compose has no limit; this one protects the stack.
pub const MAX_DEPTH: usize = 64;

/// How many bytes variables may add to one value. Compose has no limit; this one stops lines such as `A=$A$A` from doubling
/// a value without end. No process could be started with a longer variable (Linux, execve(2), "Limits on size of arguments").
pub const MAX_INSERTED: usize = 128 * 1024;

/// Replaces the variable references in `text` with their values from `lookup`.
///
/// # Errors
/// `InterpolationError` where Compose rejects the text, and beyond `MAX_DEPTH` and `MAX_INSERTED`.
pub fn interpolate(text: &str, lookup: &Lookup) -> Result<Interpolated, InterpolationError> {
    let mut expansion = Expansion { input: text, lookup, pieces: Vec::new(), inserted: 0 };
    expansion.expand(Span::new(0, text.len()), Place::Value, 0)?;
    Ok(Interpolated::from_pieces(expansion.pieces))
}

/// Doubles every `$`, so that interpolation returns `text`.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('$', "$$")
}

impl Interpolated {
    /// The value that `pieces` make up.
    pub(in crate::compose) fn from_pieces(pieces: Vec<Piece>) -> Self {
        Self { text: pieces.iter().map(|piece| piece.text.as_str()).collect(), pieces }
    }

    /// The span of the input with exactly the bytes `part` of the result, so that an edit there changes only these bytes. `None` if they
    /// come from a variable, contain an escape, or span several pieces.
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
    /// The span of the piece in the input; `None` if it comes from a variable. An escape is longer in the input than in the result, so a
    /// span with the length of the text means that the bytes are the same.
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
    pub(in crate::compose) fn span_mut(&mut self) -> &mut Span {
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
            let (end, reference) = if part[dollar..].starts_with("$$") {
                (dollar + 2, None)
            } else if let Some(reference) = Reference::read(part, dollar)? {
                (reference.span.end, Some(reference))
            } else {
                at = dollar + 1;
                continue;
            };
            if plain < dollar {
                self.push_written(Span::new(plain, dollar), &part[plain..dollar], place);
            }
            match reference {
                Some(reference) => self.resolve(&reference, depth)?,
                None => self.push_written(Span::new(dollar, end), "$", place),
            }
            (plain, at) = (end, end);
        }
        if plain < span.end {
            self.push_written(Span::new(plain, span.end), &part[plain..], place);
        }
        Ok(())
    }

    /// Adds the value of `reference`.
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
        // Compose evaluates the operand even if it does not need it, so an error in it always counts.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Option<String> {
        match name {
            "SET" => Some("set".to_owned()),
            "EMPTY" => Some(String::new()),
            "DOLLAR" => Some("$SET".to_owned()),
            _ => None,
        }
    }

    fn pieces(text: &str) -> Vec<(String, PieceSource)> {
        let value = interpolate(text, &lookup).expect("a valid text");
        value.pieces.into_iter().map(|piece| (piece.text, piece.source)).collect()
    }

    fn default(name: &str, start: usize, end: usize) -> PieceSource {
        PieceSource::Default { name: name.to_owned(), span: Span::new(start, end) }
    }

    fn variable(name: &str, start: usize, end: usize) -> PieceSource {
        PieceSource::Variable { name: name.to_owned(), reference: Span::new(start, end) }
    }

    #[test]
    fn every_form_gives_what_it_gives_in_compose() {
        for (text, result) in [
            ("$SET ${SET}", "set set"),
            ("$NONE|${NONE}|${EMPTY}", "||"),
            ("$SET_X|${SET}_X", "|set_X"),
            ("${SET:-d} ${EMPTY:-d} ${NONE:-d}", "set d d"),
            ("${SET-d} ${EMPTY-d} ${NONE-d}", "set  d"),
            ("${SET:+x} ${EMPTY:+x} ${NONE:+x}", "x  "),
            ("${SET+x} ${EMPTY+x} ${NONE+x}", "x x "),
            ("${SET:?m} ${SET?m} ${EMPTY?m}", "set set "),
            ("${NONE:-${EMPTY:-${SET}}}", "set"),
            ("${NONE:-PLAINTEXT://a:1, \"b\"}", "PLAINTEXT://a:1, \"b\""),
            ("$$SET $${SET} $$$SET", "$SET ${SET} $set"),
            ("$1 $(cmd) $ $é 5$", "$1 $(cmd) $ $é 5$"),
            ("${NONE:-a}b}", "ab}"),
            ("${NONE:-{}}", "{}"),
            ("${NONE:-{\"a\":1}} ${SET}", "{\"a\":1} set"),
            ("${NONE:-{}} x }", "{}} x "),
            ("${NONE:-a ${SET} }\n}", "a set \n}"),
            ("$DOLLAR", "$SET"),
            ("$set ${Set:-d}", " d"),
        ] {
            assert_eq!(interpolate(text, &lookup).map(|value| value.text).as_deref(), Ok(result), "{text}");
        }
    }

    #[test]
    fn what_compose_rejects_is_an_error_that_quotes_the_reference() {
        for (text, offset, quoted) in [
            ("a ${}", 2, "${}"),
            ("${1}", 0, "${1}"),
            ("${ SET } x}", 0, "${ SET }"),
            ("${SET.x}", 0, "${SET.x}"),
            ("${SET!x}", 0, "${SET!x}"),
            ("${SET:}", 0, "${SET:}"),
            ("${SET\nx}", 0, "${SET"),
            ("${SET:-a\nb}", 0, "${SET:-a"),
            ("${SET:-${ X }}", 7, "${ X }"),
        ] {
            let kind = InterpolationErrorKind::Invalid(quoted.to_owned());
            assert_eq!(interpolate(text, &lookup), Err(InterpolationError { offset, kind }), "{text}");
        }
    }

    #[test]
    fn errors_say_what_to_do() {
        for (text, message) in [
            (
                "${A.b}",
                "`${A.b}` is not a variable reference: write `${NAME}` or `${NAME:-default}` on one line, where NAME has only \
                 letters, digits and `_`, or `$$` for a dollar sign",
            ),
            ("${NONE?}", "the required variable `NONE` is missing a value"),
            ("${EMPTY:?is $SET $$1}", "the required variable `EMPTY` is missing a value: is set $1"),
            ("${SET:-${NONE?unused}}", "the required variable `NONE` is missing a value: unused"),
        ] {
            let error = interpolate(text, &lookup).expect_err("an invalid text");
            assert_eq!(error.to_string(), message, "{text}");
        }
    }

    #[test]
    fn pieces_tell_literals_defaults_and_variables_apart() {
        assert_eq!(
            pieces("a${NONE:-b${SET}${NONE-c}}d"),
            [
                ("a".to_owned(), PieceSource::Literal(Span::new(0, 1))),
                ("b".to_owned(), default("NONE", 9, 10)),
                ("set".to_owned(), variable("SET", 10, 16)),
                ("c".to_owned(), default("NONE", 23, 24)),
                ("d".to_owned(), PieceSource::Literal(Span::new(26, 27))),
            ]
        );
        assert_eq!(pieces("${SET:-localhost}"), [("set".to_owned(), variable("SET", 0, 17))]);
        let alternative = PieceSource::Alternative { name: "SET".to_owned(), span: Span::new(7, 8) };
        assert_eq!(pieces("${SET:+x}${NONE+x}"), [("x".to_owned(), alternative)]);
        let unset = PieceSource::Unset { name: "NONE".to_owned(), reference: Span::new(0, 5) };
        assert_eq!(pieces("$NONE"), [(String::new(), unset)]);
    }

    #[test]
    fn a_doubled_dollar_sign_is_a_piece_of_its_own() {
        let literal = |start, end| PieceSource::Literal(Span::new(start, end));
        assert_eq!(
            pieces("a$$b"),
            [("a".to_owned(), literal(0, 1)), ("$".to_owned(), literal(1, 3)), ("b".to_owned(), literal(3, 4))]
        );
    }

    #[test]
    fn an_empty_default_has_a_place_where_one_can_be_written() {
        assert_eq!(pieces("${NONE:-}"), [(String::new(), default("NONE", 8, 8))]);
        assert_eq!(pieces(""), [(String::new(), PieceSource::Literal(Span::empty(0)))]);
    }

    #[test]
    fn a_part_of_the_result_is_found_in_the_input_if_it_is_written_there() {
        let value = interpolate("$SET,${NONE:-localhost}:9092,$$x", &lookup).expect("a valid text");
        assert_eq!(value.text, "set,localhost:9092,$x");
        assert_eq!(value.written_at(4..13), Some(Span::new(13, 22)));
        assert_eq!(value.written_at(14..18), Some(Span::new(24, 28)));
        assert_eq!(value.written_at(0..3), None, "it comes from a variable");
        assert_eq!(value.written_at(4..18), None, "it is spread over two pieces");
        assert_eq!(value.written_at(19..20), None, "it is written as `$$`");
    }

    #[test]
    fn an_escaped_text_survives_interpolation() {
        let text = "$SET $$ ${x $";
        assert_eq!(interpolate(&escape(text), &lookup).map(|value| value.text).as_deref(), Ok(text));
    }

    #[test]
    fn depth_and_length_have_limits() {
        let nested = |depth: usize| "${NONE-".repeat(depth) + &"}".repeat(depth);
        assert_eq!(interpolate(&nested(MAX_DEPTH), &lookup).map(|value| value.text).as_deref(), Ok(""));
        let error = interpolate(&nested(MAX_DEPTH + 1), &lookup).expect_err("too deep");
        assert_eq!((error.offset, error.kind), (MAX_DEPTH * 7, InterpolationErrorKind::TooDeep));
        let half = |_: &str| Some("x".repeat(MAX_INSERTED / 2));
        assert!(interpolate("$A$A", &half).is_ok());
        assert_eq!(interpolate("$A$A$A", &half).map_err(|error| error.kind), Err(InterpolationErrorKind::TooLong));
    }

    #[test]
    fn pieces_make_up_the_result_and_stand_where_they_say_in_every_mixture_of_tokens() {
        const TOKENS: [&str; 9] = ["$", "${", "SET", "NONE", ":-", "}", "é", "+", "\n"];
        for mixture in 0..TOKENS.len().pow(5) {
            let text: String = (0..5).map(|place| TOKENS[mixture / TOKENS.len().pow(place) % TOKENS.len()]).collect();
            let Ok(value) = interpolate(&text, &lookup) else { continue };
            assert_eq!(value, Interpolated::from_pieces(value.pieces.clone()), "{text:?}");
            for piece in &value.pieces {
                let written = piece.written().map(|span| text[span.range()].replace("$$", "$"));
                assert!(written.is_none_or(|written| written == piece.text), "{text:?}: {piece:?}");
            }
        }
    }
}
