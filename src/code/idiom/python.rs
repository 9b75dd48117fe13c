//! Python.

use regex::Captures;

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Pattern, Request, is_capitals};
use super::pydantic;

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["#"],
    block_comment: None,
    quotes: &[
        Quote::pair("f\"\"\"", "\"\"\"").over_lines().with_hole("{"),
        Quote::pair("f'''", "'''").over_lines().with_hole("{"),
        Quote::pair("f\"", "\"").with_hole("{"),
        Quote::pair("f'", "'").with_hole("{"),
        Quote::new("\"\"\"").over_lines(),
        Quote::new("'''").over_lines(),
        Quote::new("\""),
        Quote::new("'"),
    ],
    has_characters: false,
    has_slash_patterns: false,
};

static READS: [Pattern; 4] = [
    Pattern::new(
        &["getenv", "environ"],
        r"\b(?:os\.)?(?:getenv|environ\.(?:get|pop|setdefault)) \( (?:key = )?NAME(?: , (?:default = )?DEFAULT)?",
    ),
    Pattern::new(&["environ"], r"\benviron \[ NAME \]"),
    // click, typer
    Pattern::new(&["envvar"], r"\benvvar = \[? NAME(?: \]? , (?:[^\n()]{1,80} , )?default = DEFAULT)?"),
    Pattern::new(&["envvar"], r"\bdefault = DEFAULT , (?:[^\n()]{1,80} , )?envvar = \[? NAME"),
];
static FALLBACKS: [Pattern; 2] =
    [Pattern::new(&["or"], r"^ \)? or DEFAULT"), Pattern::new(&["else"], r"^ (?:\)|\]) if [^\n]{1,80} else DEFAULT")];
static IDIOMS: Idioms = Idioms { reads: &READS, fallbacks: &FALLBACKS, keys: &[] };

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let mut reads = code.reads(&IDIOMS);
    reads.extend(with_keywords(code));
    reads.extend(pydantic::reads(code));
    reads
}

/// What models leave to the settings that hold them.
pub(super) fn keys(code: &Code) -> Vec<Request> {
    pydantic::keys(code)
}

/// Readers whose default is a keyword argument after others: `config("X", cast=str, default="d")` of decouple and starlette,
/// `env.list("X", default=["d"])` of environs and django-environ.
fn with_keywords(code: &Code) -> Vec<Request> {
    static PATTERN: Pattern = Pattern::new(
        &["config", "env"],
        r"\b(?:config|env(?:\.\w+)?|\w*get_?env\w*) \( NAME , (?<rest>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*)",
    );
    static PLAIN: Pattern = Pattern::new(&["config"], r"\bconfig \( NAME \)");
    let request = |found: Captures| {
        let name = found.name("name")?;
        let default = found.name("rest").and_then(|rest| keyword(code, rest.as_str(), &["default"]));
        Some(Request::new(code.value(name.as_str())?.text, default, code.source.line(name.start())))
    };
    let found = PATTERN.captures_iter(code.text()).chain(PLAIN.captures_iter(code.text()));
    found.filter_map(request).filter(|read| is_capitals(&read.name)).collect()
}

/// The value of the first of these keyword arguments that is present.
pub(super) fn keyword(code: &Code, arguments: &str, names: &[&str]) -> Option<super::pattern::Value> {
    static PATTERN: Pattern = Pattern::new(&["="], r"\b(?<keyword>\w+) = DEFAULT");
    let mut found = PATTERN.captures_iter(arguments).filter(|found| names.contains(&&found["keyword"]));
    code.default(arguments, &found.next()?)
}
