//! The syntax of one reference to a variable.

use super::{InterpolationError, InterpolationErrorKind};
use crate::text::Span;

/// A reference as it is written.
pub(super) struct Reference<'a> {
    /// The name of the variable.
    pub(super) name: &'a str,
    /// All of it, from `$` on.
    pub(super) span: Span,
    /// What follows the name: the operator and the place of its operand.
    pub(super) operation: Option<(Operator, Span)>,
}

/// What decides between the variable and the operand.
pub(super) struct Operator {
    /// The sign.
    pub(super) kind: OperatorKind,
    /// Written with a colon: an empty variable counts as unset.
    pub(super) colon: bool,
}

/// The sign of an operator.
pub(super) enum OperatorKind {
    /// `-`: the operand if the variable is unset.
    Default,
    /// `+`: the operand if the variable is set.
    Alternative,
    /// `?`: an error with the operand as message if the variable is unset.
    Required,
}

impl<'a> Reference<'a> {
    /// The reference whose `$` is the byte at `dollar`; `None` if the `$` is literal.
    pub(super) fn read(text: &'a str, dollar: usize) -> Result<Option<Self>, InterpolationError> {
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

    /// The reference whose `$` is the byte at `dollar` and whose name, `name`, follows `${`; `None` if it is not well formed.
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

/// The byte offset of the `}` that ends the reference at the beginning of `text`: the one that balances its `{`, else the last on the line.
/// A byte directly after a `{` is not counted, so `{}` opens a brace and closes none.
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
