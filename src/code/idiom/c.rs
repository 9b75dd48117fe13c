//! C and C++.

use std::sync::LazyLock;

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Request};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[Quote::new("\"")],
    has_characters: true,
    has_slash_patterns: false,
};

static IDIOMS: LazyLock<Idioms> = LazyLock::new(|| {
    Idioms::new(
        &[r"\b(?:secure_)?getenv \( NAME \)"],
        &[
            r"\)? \?: DEFAULT",
            r" \? [^?;]{1,80} : DEFAULT",
            // x = getenv("X"); if (!x) x = "d";
            r" ; if \( (?:! \w+|\w+ == \w+) \) \{? \w+ = DEFAULT",
            // x = getenv("X"); y = x ? x : "d";
            r" ; [\w:*& ]{1,60} = \w+ (?:!= \w+ )?\? [^?:;]{1,80} : DEFAULT",
        ],
        &[],
    )
});

pub(super) fn reads(code: &Code) -> Vec<Request> {
    code.reads(&IDIOMS)
}
