//! Go.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Request, Value, compiled};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[Quote::new("\""), Quote::new("`").raw()],
    has_characters: true,
    has_slash_patterns: false,
};

static IDIOMS: LazyLock<Idioms> = LazyLock::new(|| {
    Idioms::new(
        &[
            r"\b(?:os|syscall)\.(?:Getenv|LookupEnv) \( NAME \)",
            r"\bcmp\.Or \( os\.Getenv \( NAME \) , DEFAULT",
            // urfave/cli
            r"\bEnvVars : \[\]string \{ NAME",
            r"\bEnvVar : NAME",
        ],
        &[
            // if x == "" { x = "d" }
            r#" ;? if [!\w.]+(?: == "\d+")? \{ [\w.]+ = DEFAULT"#,
            // if x := os.Getenv("X"); x != "" { return x }; return "d"
            r" ; [\w.]+(?: != \S+)? \{ return [^{}]*\} return DEFAULT",
            r#" if [\w.]+(?: != "\d+")? \{ return [^{}]*\} return DEFAULT"#,
        ],
        // viper
        &[
            r"\b(?:\w*[vV]iper|\w*[cC]onf\w*|v|vp)\.(?:Get\w*|SetDefault|IsSet) \( NAME(?: , DEFAULT)?",
            r"\.BindEnv \( NAME",
        ],
    )
});

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let mut reads = code.reads(&IDIOMS);
    reads.extend(tagged(code));
    reads.extend(bound_by_viper(code));
    reads
}

/// The keys that viper is asked for.
pub(super) fn keys(code: &Code) -> Vec<Request> {
    let keys = code.keys(&IDIOMS).into_iter();
    keys.filter(|key| !key.name.is_empty() && !key.name.contains([' ', '/'])).collect()
}

/// What struct tags name: `env:"X"` of caarlos0/env, cleanenv, sethvargo/go-envconfig and kong, `envconfig:"X"` of
/// kelseyhightower/envconfig.
fn tagged(code: &Code) -> Vec<Request> {
    static TAG: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"\b(env|envconfig):"([^",]+)([^"]*)""#).expect("a constant pattern"));
    static DEFAULT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"\b(?:envDefault|env-default|default):"([^"]*)""#).expect("a constant pattern"));
    static PREFIX: LazyLock<Regex> = LazyLock::new(|| compiled(r"\benvconfig\.(?:Must)?Process \( NAME"));
    let prefix =
        PREFIX.captures(code.text()).and_then(|found| code.value(&found["name"])).map_or(String::new(), |prefix| {
            if prefix.text.is_empty() { prefix.text } else { prefix.text.to_ascii_uppercase() + "_" }
        });
    let mut reads = Vec::new();
    for string in &code.source.strings {
        let Some(tag) = TAG.captures(string.text) else { continue };
        let after = tag[3].split_once("default=").map(|(_, value)| value.to_owned());
        let default = DEFAULT.captures(string.text).map(|found| found[1].to_owned()).or(after);
        // envconfig looks for the name with the prefix, then for the name alone.
        let prefixes = if &tag[1] == "envconfig" && !prefix.is_empty() { vec![&prefix[..], ""] } else { vec![""] };
        for prefix in prefixes {
            let default = default.clone().map(|text| Value { text, strings: vec![] });
            reads.push(Request { name: format!("{prefix}{}", &tag[2]), default, line: string.line });
        }
    }
    reads
}

/// The keys of viper, where `AutomaticEnv` makes each a variable: in capitals, behind the prefix, with the replacer's
/// changes. `BindEnv` names its own.
fn bound_by_viper(code: &Code) -> Vec<Request> {
    static BOUND: LazyLock<Regex> = LazyLock::new(|| compiled(r#"\.BindEnv \( "\d+" , NAME"#));
    static ALONE: LazyLock<Regex> = LazyLock::new(|| compiled(r"\.BindEnv \( NAME \)"));
    static PREFIX: LazyLock<Regex> = LazyLock::new(|| compiled(r"\.SetEnvPrefix \( NAME"));
    static REPLACER: LazyLock<Regex> = LazyLock::new(|| compiled(r#"strings\.NewReplacer \((?<pairs>(?: "\d+" ,?)+)"#));
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"\bmapstructure:"([^",]+)[^"]*"(?:.*\bdefault:"([^"]*)")?"#).expect("a constant pattern")
    });
    let named = |pattern: &Regex| -> Vec<Request> {
        let name = |found: Captures| {
            let name = found.name("name")?;
            Some(Request { name: code.value(name.as_str())?.text, default: None, line: code.source.line(name.start()) })
        };
        pattern.captures_iter(code.text()).filter_map(name).collect()
    };
    let mut reads = named(&BOUND);
    let text = |pattern: &Regex| Some(code.value(&pattern.captures(code.text())?["name"])?.text);
    let prefix = text(&PREFIX).filter(|prefix| !prefix.is_empty()).map_or(String::new(), |prefix| prefix + "_");
    let pairs = REPLACER.captures(code.text()).map_or(vec![], |found| {
        let numbers = found["pairs"].split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        numbers.iter().filter_map(|number| code.source.string(number)).map(|text| text.text).collect()
    });
    let variable = |key: &str| {
        let mut name = format!("{prefix}{key}").to_uppercase();
        for pair in pairs.chunks_exact(2) {
            name = name.replace(&pair[0].to_uppercase(), pair[1]);
        }
        name
    };
    let tags = code.source.strings.iter().filter_map(|string| {
        let found = FIELD.captures(string.text)?;
        let default = found.get(2).map(|text| Value { text: text.as_str().to_owned(), strings: vec![] });
        Some(Request { name: found[1].to_owned(), default, line: string.line })
    });
    let is_automatic = code.text().contains("AutomaticEnv");
    let keys: Vec<Request> = if is_automatic { keys(code).into_iter().chain(tags).collect() } else { named(&ALONE) };
    let defaults: Vec<Request> = keys.iter().filter(|key| key.default.is_some()).cloned().collect();
    for mut key in keys {
        if key.default.is_none() {
            key.default = defaults.iter().find(|other| other.name == key.name).and_then(|other| other.default.clone());
        }
        reads.push(Request { name: variable(&key.name), ..key });
    }
    reads
}
