//! Rust. `env!` and `option_env!` read the environment of the compiler, and are not meant.

use std::sync::LazyLock;

use regex::Regex;

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Request, compiled};
use super::rust_settings;

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[
        Quote::pair("r##\"", "\"##").raw(),
        Quote::pair("r#\"", "\"#").raw(),
        Quote::pair("r\"", "\"").raw(),
        Quote::new("\"").over_lines(),
    ],
    has_characters: true,
    has_slash_patterns: false,
};

static IDIOMS: LazyLock<Idioms> = LazyLock::new(|| {
    Idioms::new(
        &[
            r"\b(?:env|dotenv|dotenvy) :: var(?:_os)? \( NAME \)",
            r"\bfrom = NAME(?: , default = DEFAULT)?",
            // clap
            r"\benv = NAME(?: , default_value(?:_t)? = DEFAULT)?",
            r"\bdefault_value(?:_t)? = DEFAULT , env = NAME",
            r"\. env \( NAME \)(?: \. default_value \( DEFAULT)?",
        ],
        &[
            r"(?: \. ok \( \))? \. unwrap_or \( DEFAULT",
            r"(?: \. ok \( \))? \. unwrap_or \( String::from \( DEFAULT",
            r"(?: \. ok \( \))? \. unwrap_or_else \( \|\w*\| \{? (?:String::from \( )?DEFAULT",
            r"(?: \. ok \( \))? \. (?:or|or_else|map_or) \( (?:\|\w*\| )?(?:Ok|Some)? \(? (?:String::from \( )?DEFAULT",
            r" \{ Ok [^{}]* Err \( \w+ \) => \{? (?:String::from \( )?DEFAULT",
            r" \{ Ok [^{}]* _ => \{? (?:String::from \( )?DEFAULT",
        ],
        &[],
    )
});

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let mut reads = code.reads(&IDIOMS);
    reads.extend(named_after_fields(code));
    reads.extend(rust_settings::reads(code));
    reads
}

/// clap's `#[arg(env)]`: the field's name in capitals.
fn named_after_fields(code: &Code) -> Vec<Request> {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        let options = r"#\[ (?:arg|clap) \((?<options>(?:[^()]|\([^()]*\))*)\) \]";
        let field = r"(?: #\[[^\]]*\])* (?:pub (?:\(\w+\) )?)?(?<word>[a-z_]\w*) :";
        compiled(&format!("{options}{field}"))
    });
    static ENV: LazyLock<Regex> = LazyLock::new(|| compiled(r"(?:^|,) env (?:,|$)"));
    static DEFAULT: LazyLock<Regex> = LazyLock::new(|| compiled(r"\bdefault_value(?:_t)? = DEFAULT"));
    let found = PATTERN.captures_iter(code.text()).filter(|found| ENV.is_match(&found["options"]));
    let read = |found: regex::Captures| {
        let (options, word) = (found.name("options")?.as_str(), found.name("word")?);
        let default = DEFAULT.captures(options).and_then(|found| code.default(options, &found));
        Some(Request { name: word.as_str().to_ascii_uppercase(), default, line: code.source.line(word.start()) })
    };
    found.filter_map(read).collect()
}
