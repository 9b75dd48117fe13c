//! C and C++.

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Pattern, Request};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[Quote::new("\"")],
    has_characters: true,
    has_slash_patterns: false,
};

static READS: [Pattern; 1] = [Pattern::new(&["getenv"], r"\b(?:secure_)?getenv \( NAME \)")];
static FALLBACKS: [Pattern; 4] = [
    Pattern::new(&["?:"], r"^\)? \?: DEFAULT"),
    Pattern::new(&["?"], r"^ \? [^?;]{1,80} : DEFAULT"),
    // x = getenv("X"); if (!x) x = "d";
    Pattern::new(&["if"], r"^ ; if \( (?:! \w+|\w+ == \w+) \) \{? \w+ = DEFAULT"),
    // x = getenv("X"); y = x ? x : "d";
    Pattern::new(&["?"], r"^ ; [\w:*& ]{1,60} = \w+ (?:!= \w+ )?\? [^?:;]{1,80} : DEFAULT"),
];
static IDIOMS: Idioms = Idioms { reads: &READS, fallbacks: &FALLBACKS, keys: &[] };

pub(super) fn reads(code: &Code) -> Vec<Request> {
    code.reads(&IDIOMS)
}
