//! Elixir and Erlang.

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Pattern, Request};

pub(super) const SYNTAX: Syntax = Syntax {
    // Erlang's comment is one `%`, with which Elixir's maps start; Elixir's is `#`, with which Erlang's records do.
    line_comments: &["%%", "% ", "# "],
    block_comment: None,
    quotes: &[Quote::new("\"\"\"").over_lines().with_hole("#{"), Quote::new("\"").with_hole("#{")],
    has_characters: false,
    has_slash_patterns: false,
};

static READS: [Pattern; 4] = [
    Pattern::new(&["System."], r"\bSystem\.(?:get_env|fetch_env!?)(?: \(|\s) NAME(?: , DEFAULT)?"),
    Pattern::new(&["os:getenv"], r"\bos:getenv \( NAME(?: , DEFAULT)?"),
    // Config.Provider and Confex: `{:system, "X", "d"}`
    Pattern::new(&["system"], r"\{ :?system , (?::\w+ , )?NAME(?: , DEFAULT)?"),
    // Dotenvy
    Pattern::new(&["env!"], r"\benv! \( NAME , [:&\w./]+(?: , DEFAULT)?"),
];
static FALLBACKS: [Pattern; 1] = [Pattern::new(&["||", "or"], r"^\)? (?:\|\||or\b) DEFAULT")];
static IDIOMS: Idioms = Idioms { reads: &READS, fallbacks: &FALLBACKS, keys: &[] };

pub(super) fn reads(code: &Code) -> Vec<Request> {
    code.reads(&IDIOMS)
}
