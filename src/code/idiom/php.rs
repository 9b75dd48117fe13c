//! PHP.

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Pattern, Request, is_capitals};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["//", "# "],
    block_comment: Some(("/*", "*/")),
    quotes: &[Quote::new("\"").with_hole("{$"), Quote::new("'")],
    has_characters: false,
    has_slash_patterns: false,
};

static READS: [Pattern; 2] = [
    Pattern::new(&["_ENV", "_SERVER"], r"\b_(?:ENV|SERVER) \[ NAME \]"),
    Pattern::new(&["getenv"], r"\bgetenv \( NAME(?: , (?:true|false))? \)"),
];
static FALLBACKS: [Pattern; 1] = [Pattern::new(&["?"], r"^\)? \?[?:] DEFAULT")];
static IDIOMS: Idioms = Idioms { reads: &READS, fallbacks: &FALLBACKS, keys: &[] };

/// What a web server, not the environment, puts into `$_SERVER`.
const OF_THE_REQUEST: [&str; 12] = [
    "HTTP_",
    "REQUEST_",
    "REMOTE_",
    "SERVER_",
    "SCRIPT_",
    "PHP_",
    "PATH_INFO",
    "QUERY_STRING",
    "DOCUMENT_ROOT",
    "HTTPS",
    "argv",
    "argc",
];

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let mut reads = code.reads(&IDIOMS);
    reads.extend(placeholders(code));
    reads.retain(|read| !OF_THE_REQUEST.iter().any(|name| read.name.starts_with(name)));
    reads
}

/// Symfony's `%env(X)%`, also with processors: `%env(csv:X)%`.
fn placeholders(code: &Code) -> Vec<Request> {
    static PATTERN: Pattern = Pattern::new(&["%env("], r"%env\((?:\w+:)*(\w+)\)%");
    let names = code.source.strings.iter().flat_map(|string| {
        PATTERN.captures_iter(string.text).map(|found| (found[1].to_owned(), string.line)).collect::<Vec<_>>()
    });
    let capitals = names.filter(|(name, _)| is_capitals(name));
    capitals.map(|(name, line)| Request::new(name, None, line)).collect()
}
