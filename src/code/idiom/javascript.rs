//! JavaScript and TypeScript.

use std::sync::LazyLock;

use regex::Regex;

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Request, compiled, is_capitals};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[Quote::new("\""), Quote::new("'"), Quote::new("`").over_lines().with_hole("${")],
    has_characters: false,
    has_slash_patterns: true,
};

static IDIOMS: LazyLock<Idioms> = LazyLock::new(|| {
    Idioms::new(
        &[
            r"\b(?:process|Bun) (?:!|\?)?\. env (?:!|\?)?\. (?<word>[A-Za-z_]\w*)",
            r"\benv (?:\?\.)?\[ NAME \]",
            r"\bDeno\.env\.get \( NAME \)",
            // Nest's ConfigService; its dotted keys are no variables.
            r"[cC]onfig\w*\.get(?:OrThrow)? (?:<[^()]*>)? \( NAME(?: , DEFAULT)?",
            // convict
            r"\benv : NAME , default : DEFAULT",
            r"\bdefault : DEFAULT , env : NAME",
        ],
        &[
            r"!? (?:as string )?\)? (?:(?:\|\||\?\?) process\.env\.\w+ )*(?:\|\||\?\?) DEFAULT",
            // process.env.X?.split(',') ?? ['d']
            r#"!? \?? \. split \( "\d+" \) (?:\|\||\?\?) DEFAULT"#,
        ],
        &[],
    )
});

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let mut reads = code.reads(&IDIOMS);
    reads.retain(|read| !read.name.contains('.'));
    reads.extend(destructured(code));
    reads.extend(validated(code));
    reads
}

/// `const { X, Y = 'd' } = process.env`
fn destructured(code: &Code) -> Vec<Request> {
    static PATTERN: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"\{(?<fields>[^{}]*)\}(?: : [\w.]+)? = (?:(?:process|Bun) \. )?env\b"));
    static FIELD: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"(?:^|,) (?<word>[A-Za-z_]\w*)(?: : \w+)?(?: = DEFAULT)?"));
    let mut reads = Vec::new();
    for found in PATTERN.captures_iter(code.text()) {
        let Some(fields) = found.name("fields") else { continue };
        for field in FIELD.captures_iter(fields.as_str()) {
            let Some(word) = field.name("word") else { continue };
            reads.push(Request {
                name: word.as_str().to_owned(),
                default: code.default(fields.as_str(), &field),
                line: code.source.line(fields.start() + word.start()),
            });
        }
    }
    reads
}

/// The keys of a schema that the environment is held against: `X: z.string().default('d')`, and so for Joi, yup and
/// others, and envalid's `X: str({ default: 'd' })`.
fn validated(code: &Code) -> Vec<Request> {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        let kinds = "z|[jJ]oi|yup|v|envalid|str|num|bool|url|host|port|json|email";
        let chain = r"(?: \. \w+| \((?:[^()]|\([^()]*\))*\))+";
        compiled(&format!(r"\b(?<word>[A-Z_][A-Z0-9_]*) : (?<check>(?:{kinds}){chain})"))
    });
    static DEFAULT: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b(?:default|catch) (?:\(|:) DEFAULT"));
    let found = PATTERN.captures_iter(code.text()).filter(|found| is_capitals(&found["word"]));
    let read = |found: regex::Captures| {
        let (word, check) = (found.name("word")?, found.name("check")?);
        let default = DEFAULT.captures(check.as_str()).and_then(|found| code.default(check.as_str(), &found));
        Some(Request { name: word.as_str().to_owned(), default, line: code.source.line(word.start()) })
    };
    found.filter_map(read).collect()
}
