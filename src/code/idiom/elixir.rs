//! Elixir and Erlang.

use std::sync::LazyLock;

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Request};

pub(super) const SYNTAX: Syntax = Syntax {
    // Erlang's comment is one `%`, with which Elixir's maps start; Elixir's is `#`, with which Erlang's records do.
    line_comments: &["%%", "% ", "# "],
    block_comment: None,
    quotes: &[Quote::new("\"\"\"").over_lines().with_hole("#{"), Quote::new("\"").with_hole("#{")],
    has_characters: false,
    has_slash_patterns: false,
};

static IDIOMS: LazyLock<Idioms> = LazyLock::new(|| {
    Idioms::new(
        &[
            r"\bSystem\.(?:get_env|fetch_env!?)(?: \(|\s) NAME(?: , DEFAULT)?",
            r"\bos:getenv \( NAME(?: , DEFAULT)?",
            // Config.Provider and Confex: `{:system, "X", "d"}`
            r"\{ :?system , (?::\w+ , )?NAME(?: , DEFAULT)?",
            // Dotenvy
            r"\benv! \( NAME , [:&\w./]+(?: , DEFAULT)?",
        ],
        &[r"\)? (?:\|\||or\b) DEFAULT"],
        &[],
    )
});

pub(super) fn reads(code: &Code) -> Vec<Request> {
    code.reads(&IDIOMS)
}
