//! Rust. `env!` and `option_env!` read the environment of the compiler and are not included.

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Pattern, Request};
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

static READS: [Pattern; 5] = [
    Pattern::new(&["var"], r"\b(?:env|dotenv|dotenvy) :: var(?:_os)? \( NAME \)"),
    Pattern::new(&["from"], r"\bfrom = NAME(?: , default = DEFAULT)?"),
    // clap
    Pattern::new(&["env"], r"\benv = NAME(?: , default_value(?:_t)? = DEFAULT)?"),
    Pattern::new(&["default_value"], r"\bdefault_value(?:_t)? = DEFAULT , env = NAME"),
    Pattern::new(&["env"], r"\. env \( NAME \)(?: \. default_value \( DEFAULT)?"),
];
static FALLBACKS: [Pattern; 6] = [
    Pattern::new(&["unwrap_or"], r"^(?: \. ok \( \))? \. unwrap_or \( DEFAULT"),
    Pattern::new(&["String::from"], r"^(?: \. ok \( \))? \. unwrap_or \( String::from \( DEFAULT"),
    Pattern::new(
        &["unwrap_or_else"],
        r"^(?: \. ok \( \))? \. unwrap_or_else \( \|\w*\| \{? (?:String::from \( )?DEFAULT",
    ),
    Pattern::new(
        &["or"],
        r"^(?: \. ok \( \))? \. (?:or|or_else|map_or) \( (?:\|\w*\| )?(?:Ok|Some)? \(? (?:String::from \( )?DEFAULT",
    ),
    Pattern::new(&["Err"], r"^ \{ Ok [^{}]* Err \( \w+ \) => \{? (?:String::from \( )?DEFAULT"),
    Pattern::new(&["=>"], r"^ \{ Ok [^{}]* _ => \{? (?:String::from \( )?DEFAULT"),
];
static IDIOMS: Idioms = Idioms { reads: &READS, fallbacks: &FALLBACKS, keys: &[] };

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let mut reads = code.reads(&IDIOMS);
    reads.extend(named_after_fields(code));
    reads.extend(rust_settings::reads(code));
    reads
}

/// clap's `#[arg(env)]`: the field's name in capitals.
fn named_after_fields(code: &Code) -> Vec<Request> {
    static PATTERN: Pattern = Pattern::new(
        &["arg", "clap"],
        concat!(
            r"#\[ (?:arg|clap) \((?<options>(?:[^()]|\([^()]*\))*)\) \]",
            r"(?: #\[[^\]]*\])* (?:pub (?:\(\w+\) )?)?(?<word>[a-z_]\w*) :",
        ),
    );
    static ENV: Pattern = Pattern::new(&["env"], r"(?:^|,) env (?:,|$)");
    static DEFAULT: Pattern = Pattern::new(&["default_value"], r"\bdefault_value(?:_t)? = DEFAULT");
    let found = PATTERN.captures_iter(code.text()).filter(|found| ENV.is_match(&found["options"]));
    let read = |found: regex::Captures| {
        let (options, word) = (found.name("options")?.as_str(), found.name("word")?);
        let default = DEFAULT.captures(options).and_then(|found| code.default(options, &found));
        Some(Request::new(word.as_str().to_ascii_uppercase(), default, code.source.line(word.start())))
    };
    found.filter_map(read).collect()
}
