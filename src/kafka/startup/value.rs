//! Values as Kafka reads them: the texts of numbers, words and lists (apache/kafka, `ConfigDef.parseType`, `Csv`).

use crate::text::Span;

/// A part of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'v> {
    /// Its trimmed text.
    pub text: &'v str,
    /// Where it is, in bytes of the value.
    pub span: Span,
}

/// A value as trimmed by Java's `String.trim`, which removes spaces and control characters.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(is_blank)
}

fn is_blank(character: char) -> bool {
    character <= ' '
}

/// A whole number in a range of its type, as `Integer.parseInt` and its like read it.
#[must_use]
pub fn integer(text: &str) -> Option<i64> {
    trimmed(text).parse().ok()
}

/// A number with a fraction, as `Double.parseDouble` reads it. `None` for a hexadecimal one too.
#[must_use]
pub fn double(text: &str) -> Option<f64> {
    let text = trimmed(text);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned == "NaN" || unsigned == "Infinity" {
        return text.parse().ok();
    }
    let digits = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let is_number = |character: char| character.is_ascii_digit() || ".eE+-".contains(character);
    digits.chars().all(is_number).then(|| digits.parse().ok())?
}

/// A truth value in any case.
#[must_use]
pub fn boolean(text: &str) -> Option<bool> {
    let text = trimmed(text);
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("true") { Some(true) } else { is("false").then_some(false) }
}

/// The entries of a list, including empty ones, separated by commas and spaces. An empty text has none.
#[must_use]
pub fn list(text: &str) -> Vec<Entry<'_>> {
    if trimmed(text).is_empty() { Vec::new() } else { pieces(text) }
}

/// The entries of a text that Kafka itself takes apart: empty ones count for nothing.
#[must_use]
pub fn csv(text: &str) -> Vec<Entry<'_>> {
    let mut entries = pieces(text);
    entries.retain(|entry| !entry.text.is_empty());
    entries
}

fn pieces(text: &str) -> Vec<Entry<'_>> {
    let mut start = 0;
    let piece = |piece: &'_ str| {
        let at = start + (piece.len() - piece.trim_start_matches(is_blank).len());
        start += piece.len() + 1;
        Span::new(at, at + trimmed(piece).len())
    };
    text.split(',').map(piece).map(|span| Entry { text: &text[span.range()], span }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blanks_of_ascii_are_taken_away() {
        assert_eq!(trimmed(" \t9092\r\n"), "9092");
        assert_eq!(trimmed("\u{a0}9092"), "\u{a0}9092");
    }

    #[test]
    fn numbers_are_those_of_java() {
        for (text, expected) in
            [("5", Some(5)), (" +5 ", Some(5)), ("-0", Some(0)), ("5.0", None), ("5L", None), ("", None)]
        {
            assert_eq!(integer(text), expected, "{text:?}");
        }
        for (text, expected) in [
            ("0.5", Some(0.5)),
            ("1e3", Some(1000.0)),
            (".5f", Some(0.5)),
            ("2.D", Some(2.0)),
            ("inf", None),
            ("f", None),
            ("", None),
        ] {
            assert_eq!(double(text), expected, "{text:?}");
        }
        assert_eq!(double("-Infinity"), Some(f64::NEG_INFINITY));
        assert_eq!([boolean("TRUE"), boolean(" false "), boolean("yes")], [Some(true), Some(false), None]);
    }

    #[test]
    fn entries_know_where_they_are() {
        let text = " a , b,,c";
        let read = |entries: Vec<Entry<'_>>| {
            entries.iter().map(|entry| text[entry.span.range()].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(read(list(text)), ["a", "b", "", "c"]);
        assert_eq!(read(csv(text)), ["a", "b", "c"]);
        assert_eq!(list(" ").len(), 0);
        assert_eq!(list("a,").len(), 2);
    }
}
