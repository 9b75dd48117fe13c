//! JavaScript and TypeScript.

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Pattern, Request, is_capitals};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[Quote::new("\""), Quote::new("'"), Quote::new("`").over_lines().with_hole("${")],
    has_characters: false,
    has_slash_patterns: true,
};

static READS: [Pattern; 6] = [
    Pattern::new(&["process", "Bun"], r"\b(?:process|Bun) (?:!|\?)?\. env (?:!|\?)?\. (?<word>[A-Za-z_]\w*)"),
    Pattern::new(&["env[", "env?.["], r"\benv(?:\?\.)?\[ NAME \]"),
    Pattern::new(&["Deno.env.get"], r"\bDeno\.env\.get \( NAME \)"),
    // Nest's ConfigService; its dotted keys are no variables.
    Pattern::new(&["onfig"], r"[cC]onfig\w*\.get(?:OrThrow)? (?:<[^()]*>)? \( NAME(?: , DEFAULT)?"),
    // convict
    Pattern::new(&["default"], r"\benv : NAME , (?:[^{}]{1,80} , )?default : DEFAULT"),
    Pattern::new(&["default"], r"\bdefault : DEFAULT , (?:[^{}]{1,80} , )?env : NAME"),
];
static FALLBACKS: [Pattern; 2] = [
    Pattern::new(&["||", "??"], r"^!? (?:as string )?\)? (?:(?:\|\||\?\?) process\.env\.\w+ )*(?:\|\||\?\?) DEFAULT"),
    // process.env.X?.split(',') ?? ['d']
    Pattern::new(&["split"], r#"^!? \?? \. split \( "\d+" \) (?:\|\||\?\?) DEFAULT"#),
];
static IDIOMS: Idioms = Idioms { reads: &READS, fallbacks: &FALLBACKS, keys: &[] };

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let mut reads = code.reads(&IDIOMS);
    reads.retain(|read| !read.name.contains('.'));
    reads.extend(destructured(code));
    reads.extend(validated(code));
    reads
}

/// `const { X, Y = 'd' } = process.env`
fn destructured(code: &Code) -> Vec<Request> {
    static PATTERN: Pattern = Pattern::new(
        &["}:", "} :", "}=", "} ="],
        r"\{(?<fields>[^{}]*)\}(?:\x20?: [\w.]+ |\x20)?= (?:(?:process|Bun) \. )?env\b",
    );
    static FIELD: Pattern = Pattern::without_word(r"(?:^|,) (?<word>[A-Za-z_]\w*)(?: : \w+)?(?: = DEFAULT)?");
    let mut values = code.text().split('=').skip(1).map(str::trim_start);
    if !values.any(|value| ["process", "Bun", "env"].iter().any(|word| value.starts_with(word))) {
        return Vec::new();
    }
    let mut reads = Vec::new();
    for found in PATTERN.captures_iter(code.text()) {
        let Some(fields) = found.name("fields") else { continue };
        for field in FIELD.captures_iter(fields.as_str()) {
            let Some(word) = field.name("word") else { continue };
            reads.push(Request::new(
                word.as_str().to_owned(),
                code.default(fields.as_str(), &field),
                code.source.line(fields.start() + word.start()),
            ));
        }
    }
    reads
}

/// The keys of a schema that the environment is held against: `X: z.string().default('d')`, and so for Joi, yup and
/// others, and envalid's `X: str({ default: 'd' })`.
fn validated(code: &Code) -> Vec<Request> {
    static PATTERN: Pattern = Pattern::new(
        &[":"],
        concat!(
            r"\b(?<word>[A-Z_][A-Z0-9_]*) : ",
            r"(?<check>(?:z|[jJ]oi|yup|v|envalid|str|num|bool|url|host|port|json|email)",
            r"(?: \. \w+| \((?:[^()]|\([^()]*\))*\))+)"
        ),
    );
    static DEFAULT: Pattern = Pattern::new(&["default", "catch"], r"\b(?:default|catch) (?:\(|:) DEFAULT");
    let ends_in_capitals =
        |text: &str| text.trim_end().ends_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if !code.text().match_indices(':').any(|(at, _)| ends_in_capitals(&code.text()[..at])) {
        return Vec::new();
    }
    let found = PATTERN.captures_iter(code.text()).filter(|found| is_capitals(&found["word"]));
    let read = |found: regex::Captures| {
        let (word, check) = (found.name("word")?, found.name("check")?);
        let default = DEFAULT.captures(check.as_str()).and_then(|found| code.default(check.as_str(), &found));
        Some(Request::new(word.as_str().to_owned(), default, code.source.line(word.start())))
    };
    found.filter_map(read).collect()
}
