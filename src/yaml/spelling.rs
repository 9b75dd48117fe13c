//! How new text is spelt: with quotes where YAML or a reader of another YAML version needs them, otherwise as the neighbors are.

use crate::yaml::document::Document;
use crate::yaml::node::{NodeId, NodeKind, ScalarStyle};
use crate::yaml::scalar::{Scalar, resolve_plain};

/// The quotes that a collection's texts use by habit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    /// None; `Single` or `Double` are what is used where some are needed.
    Plain { fallback: char },
    /// Always these.
    Always(char),
}

impl Quotes {
    /// No quotes unless needed, then double ones.
    pub(super) const PLAIN: Self = Self::Plain { fallback: '"' };

    /// The usual style of `nodes`. A text that needs quotes only shows which kind the author prefers.
    pub(super) fn of(document: &Document, nodes: impl Iterator<Item = NodeId>, flow: bool) -> Self {
        let (mut plain, mut single, mut double, mut fallback) = (0, 0, 0, '"');
        for id in nodes {
            let NodeKind::Scalar { style, value } = &document.node(id).kind else { continue };
            let needed = !is_plain_safe(value, flow);
            match style {
                ScalarStyle::Plain if !value.is_empty() => plain += 1,
                ScalarStyle::SingleQuoted if needed => fallback = '\'',
                ScalarStyle::SingleQuoted => single += 1,
                ScalarStyle::DoubleQuoted if !needed => double += 1,
                _ => {}
            }
        }
        if single + double <= plain {
            let fallback = if single > double { '\'' } else { fallback };
            Self::Plain { fallback }
        } else {
            Self::Always(if single > double { '\'' } else { '"' })
        }
    }

    /// Writes a string scalar.
    pub(super) fn spell(self, text: &str, flow: bool) -> String {
        match self {
            Self::Plain { .. } if is_plain_safe(text, flow) => text.to_owned(),
            Self::Plain { fallback: quote } | Self::Always(quote) => quoted(text, quote),
        }
    }
}

/// Writes a string scalar in the style of the one it replaces.
pub(super) fn spell_like(style: ScalarStyle, text: &str, flow: bool) -> String {
    match style {
        ScalarStyle::SingleQuoted => quoted(text, '\''),
        ScalarStyle::DoubleQuoted => quoted(text, '"'),
        ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => Quotes::PLAIN.spell(text, flow),
    }
}

/// A quoted scalar; double quotes where single ones cannot hold the text.
fn quoted(text: &str, quote: char) -> String {
    if quote == '\'' && !text.contains(char::is_control) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether a text means itself without quotes, to go-yaml and to readers of YAML 1.1 and 1.2 alike (yaml.org/spec/1.2.2, 7.3.3).
pub(super) fn is_plain_safe(text: &str, flow: bool) -> bool {
    const INDICATORS: &[char] = &[',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`', '='];
    let mut chars = text.chars();
    let starts_well = match (chars.next(), chars.next()) {
        (None, _) => false,
        (Some('-' | '?' | ':'), second) => second.is_some_and(|c| c.is_ascii_alphanumeric()),
        (Some(first), _) => !first.is_whitespace() && !INDICATORS.contains(&first),
    };
    let has_indicator = text.ends_with([' ', ':'])
        || text.contains(": ")
        || text.contains(" #")
        || text.contains(|c: char| c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}'))
        || flow && text.contains([',', '[', ']', '{', '}'])
        || text.starts_with("...")
        || text.starts_with("<<");
    starts_well && !has_indicator && matches!(resolve_plain(text), Scalar::Text(_)) && !is_yaml_1_1_special(text)
}

/// What YAML 1.1 readers, podman-compose's among them, take for a boolean or a number in base 60 (yaml.org/type/bool.html, int.html).
fn is_yaml_1_1_special(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null")
        || text.contains(':')
            && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'_' | b'+' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_no_quotes() {
        for text in
            ["kafka:9092", "PLAINTEXT://kafka:9092", "${KAFKA_BROKERS:-kafka:9092}", "a=b", "C:\\x", "-x", "a#b"]
        {
            assert!(is_plain_safe(text, false), "{text}");
        }
    }

    #[test]
    fn what_yaml_would_read_differently_does() {
        let texts = [
            "",
            " a",
            "a ",
            "a: b",
            "a #b",
            "a:",
            "- a",
            "-",
            "[a]",
            "{a}",
            "*a",
            "&a",
            "!a",
            "|",
            "%a",
            "@a",
            "yes",
            "No",
            "ON",
            "true",
            "null",
            "~",
            "12",
            "1.5",
            "1e3",
            "0x1F",
            "2024-01-02",
            "12:30:45",
            "<<",
            "=",
            "a\nb",
            "---",
            "...",
        ];
        for text in texts {
            assert!(!is_plain_safe(text, false), "{text:?}");
        }
    }

    #[test]
    fn brackets_and_commas_need_quotes_inside_brackets_only() {
        for text in ["a,b", "${X}", "a]"] {
            assert!(is_plain_safe(text, false) && !is_plain_safe(text, true), "{text}");
        }
    }

    #[test]
    fn quoting_keeps_the_text() {
        for (text, single, double) in [
            ("it's", "'it''s'", "\"it's\""),
            ("a\"b\\c", "'a\"b\\c'", "\"a\\\"b\\\\c\""),
            ("a\nb", "\"a\\nb\"", "\"a\\nb\""),
        ] {
            assert_eq!(quoted(text, '\''), single);
            assert_eq!(quoted(text, '"'), double);
        }
    }
}
