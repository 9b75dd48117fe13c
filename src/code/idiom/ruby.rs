//! Ruby.

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Pattern, Request};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["#"],
    block_comment: Some(("\n=begin", "\n=end")),
    quotes: &[
        Quote::new("\"").with_hole("#{"),
        Quote::new("'"),
        Quote::pair("%w[", "]").of_words(),
        Quote::pair("%w(", ")").of_words(),
        Quote::pair("%w{", "}").of_words(),
    ],
    has_characters: false,
    has_slash_patterns: true,
};

static READS: [Pattern; 3] = [
    Pattern::new(&["ENV"], r"\bENV \[ NAME \]"),
    Pattern::new(&["ENV.fetch"], r"\bENV\.fetch(?: \(|\s) NAME(?:(?: ,| \)? \{) DEFAULT)?"),
    Pattern::new(&["ENV.dig"], r"\bENV\.dig \( NAME"),
];
static FALLBACKS: [Pattern; 1] = [Pattern::new(&["||", "or"], r"^(?:\.presence)? (?:\|\||or\b) DEFAULT")];
static IDIOMS: Idioms = Idioms { reads: &READS, fallbacks: &FALLBACKS, keys: &[] };

pub(super) fn reads(code: &Code) -> Vec<Request> {
    code.reads(&IDIOMS)
}
