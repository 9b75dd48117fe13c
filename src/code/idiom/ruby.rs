//! Ruby.

use std::sync::LazyLock;

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Request};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["#"],
    block_comment: Some(("\n=begin", "\n=end")),
    quotes: &[Quote::new("\"").with_hole("#{"), Quote::new("'")],
    has_characters: false,
    has_slash_patterns: true,
};

static IDIOMS: LazyLock<Idioms> = LazyLock::new(|| {
    Idioms::new(
        &[r"\bENV \[ NAME \]", r"\bENV\.fetch(?: \(|\s) NAME(?:(?: ,| \)? \{) DEFAULT)?", r"\bENV\.dig \( NAME"],
        &[r"(?:\.presence)? (?:\|\||or\b) DEFAULT"],
        &[],
    )
});

pub(super) fn reads(code: &Code) -> Vec<Request> {
    code.reads(&IDIOMS)
}
