//! Java, Kotlin, Groovy and Scala.

use regex::Captures;

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Pattern, Request, Value, is_capitals};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[Quote::new("\"\"\"").over_lines().with_hole("${"), Quote::new("\"").with_hole("${"), Quote::new("'")],
    has_characters: false,
    has_slash_patterns: false,
};

static READS: [Pattern; 7] = [
    Pattern::new(&["System.getenv"], r"\bSystem\.getenv \( NAME \)"),
    Pattern::new(&["requireNonNullElse"], r"\brequireNonNullElse \( System\.getenv \( NAME \) , DEFAULT"),
    Pattern::new(
        &["System."],
        r"\bSystem\.(?:getenv(?: \( \))?|env) \. (?:getOrDefault|get|getValue|getOrElse) \( NAME(?: , DEFAULT)?",
    ),
    Pattern::new(&["System."], r"\bSystem\.(?:getenv \( \)|env) \[ NAME \]"),
    Pattern::new(&["sys.env"], r"\bsys\.env(?:\.(?:getOrElse|get|apply))? \( NAME(?: , DEFAULT)?"),
    Pattern::new(&["env.getOrElse"], r"\b(?:sys\.)?env\.getOrElse \( NAME , DEFAULT"),
    Pattern::new(&["dotenv"], r"\bdotenv(?: \( \))?(?:\.get)? [(\[] NAME(?: , DEFAULT)?"),
];
static FALLBACKS: [Pattern; 5] = [
    Pattern::new(&["?:"], r"^ \)? \?: DEFAULT"),
    Pattern::new(&["rElse"], r"^ \)? \. (?:getOrElse|orElse|orElseGet|getOrElseGet) [({] (?:\( \) -> )?DEFAULT"),
    Pattern::new(&["!="], r"^ \)? != null (?:&& [^?;]{1,100})?\? [^:;]{1,100} : DEFAULT"),
    Pattern::new(&["=="], r"^ \)? == null (?:\|\| [^?;]{1,100})?\? DEFAULT"),
    // String x = System.getenv("X"); if (x == null) { x = "d"; }
    Pattern::new(&["=="], r"^ ;? if \( \w+ == null[^{}=;]{0,60}\{? \w+ = DEFAULT"),
];
static KEYS: [Pattern; 5] = [
    Pattern::new(&["@ConfigProperty"], r"@ConfigProperty \( name = NAME(?: , defaultValue = DEFAULT)?"),
    Pattern::new(&["@ConfigProperty"], r"@ConfigProperty \( defaultValue = DEFAULT , name = NAME"),
    Pattern::new(&["@Property"], r"@Property \( name = NAME(?: , defaultValue = DEFAULT)?"),
    Pattern::new(
        &["Property"],
        r"\b[eE]nv\w*(?:\( \))?\.get(?:Required)?Property \( NAME(?: , (?:String\.class , )?DEFAULT)?",
    ),
    Pattern::new(&["onfig"], r"\b\w*[cC]onfig(?:Provider\.getConfig \( \))? \. get(?:Optional)?Value \( NAME"),
];
static IDIOMS: Idioms = Idioms { reads: &READS, fallbacks: &FALLBACKS, keys: &KEYS };

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let mut reads = code.reads(&IDIOMS);
    reads.extend(code.keys(&IDIOMS).into_iter().chain(placeholders(code)).filter(|key| is_capitals(&key.name)));
    reads
}

/// The properties that are asked for by name.
pub(super) fn keys(code: &Code) -> Vec<Request> {
    let mut keys = code.keys(&IDIOMS);
    keys.extend(placeholders(code));
    keys.retain(|key| !is_capitals(&key.name));
    keys.extend(bound(code));
    keys
}

/// `${a.b:d}` in the texts of annotations, as in `@Value`.
fn placeholders(code: &Code) -> Vec<Request> {
    static ANNOTATION: Pattern = Pattern::new(&["@"], r"@(?:\w+:)?\w+ \((?:[^()]|\([^()]*\))*\)");
    static PLACEHOLDER: Pattern = Pattern::new(&["${"], r"\\?\$\{ ([\w.\[\]-]+)(?:(:)([^{}]*))?\}");
    let mut found = Vec::new();
    for annotation in ANNOTATION.find_iter(code.text()) {
        for number in
            annotation.as_str().split('"').skip(1).step_by(2).filter_map(|number| number.parse::<usize>().ok())
        {
            let Some(string) = code.source.strings.get(number) else { continue };
            for placeholder in PLACEHOLDER.captures_iter(string.text) {
                let text = placeholder.get(2).map(|_| placeholder[3].to_owned());
                let default = text.map(|text| Value { text, strings: vec![number] });
                found.push(Request::new(placeholder[1].to_owned(), default, string.line));
            }
        }
    }
    found
}

/// The fields of a class that holds the properties under a prefix.
fn bound(code: &Code) -> Vec<Request> {
    static CLASS: Pattern = Pattern::new(
        &["@Config"],
        r"@(?:ConfigurationProperties|ConfigMapping) \( (?:(?:prefix|value) = )?NAME[^)]{0,200}\)",
    );
    static HEAD: Pattern = Pattern::without_word(r"\b(?:class|record|interface|trait)\s+\w+");
    static FIELD: Pattern = Pattern::without_word(concat!(
        r"\b(?:va[lr]\s+(?<kotlin>\w+) : \w+[\w<>, ?]*(?: = DEFAULT)?",
        r"|private\s+(?:final\s+)?[\w<>,.\[\]]+(?:<[\w<>, ]*>)?\s+(?<java>\w+) [=;])"
    ));
    static GIVEN: Pattern = Pattern::without_word(r"^ DEFAULT ;");
    let mut keys = Vec::new();
    for class in CLASS.captures_iter(code.text()) {
        let Some(prefix) = class.name("name").and_then(|name| code.value(name.as_str())) else { continue };
        let start = class.get(0).map_or(0, |whole| whole.end());
        let Some(head) = HEAD.find(&code.text()[start..]) else { continue };
        let start = start + head.end();
        // To the next class that is bound, or the end.
        let end = code.text()[start..].find("@ConfigurationProperties").map_or(code.text().len(), |at| start + at);
        let body = &code.text()[start..end];
        for field in FIELD.captures_iter(body) {
            let Some(name) = field.name("kotlin").or(field.name("java")) else { continue };
            let rest = field.get(0).map_or("", |whole| &body[whole.end()..]);
            let given = |rest: &str, found: Captures| code.default(rest, &found);
            let default =
                code.default(body, &field).or_else(|| GIVEN.captures(rest).and_then(|found| given(rest, found)));
            let key = format!("{}.{}", prefix.text, kebab_case(name.as_str()));
            keys.push(Request::new(key, default, code.source.line(start + name.start())));
        }
    }
    keys
}

/// `bootstrapServers` as `bootstrap-servers`.
fn kebab_case(name: &str) -> String {
    let mut kebab = String::new();
    for symbol in name.chars() {
        if symbol.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(symbol.to_lowercase());
    }
    kebab
}
