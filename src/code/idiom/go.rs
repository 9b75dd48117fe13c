//! Go.

use regex::Captures;

use super::go_struct::{self, Field};
use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Pattern, Request, Value};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[Quote::new("\""), Quote::new("`").raw()],
    has_characters: true,
    has_slash_patterns: false,
};

static READS: [Pattern; 6] = [
    Pattern::new(&["os.", "syscall."], r"\b(?:os|syscall)\.(?:Getenv|LookupEnv) \( NAME \)"),
    Pattern::new(&["cmp.Or"], r"\bcmp\.Or \( os\.Getenv \( NAME \) , DEFAULT"),
    // urfave/cli
    Pattern::new(&["EnvVars"], r"\bEnvVars : \[\]string \{ NAME[^{}]*\} , Value : (?:cli\.NewStringSlice \( )?DEFAULT"),
    Pattern::new(
        &["EnvVars"],
        r"\bValue : (?:cli\.NewStringSlice \( )?DEFAULT (?:\) )?, (?:Usage : [^,]{1,80} , )?EnvVars : \[\]string \{ NAME",
    ),
    Pattern::new(&["EnvVars"], r"\bEnvVars : \[\]string \{ NAME"),
    Pattern::new(&["EnvVar"], r"\bEnvVar : NAME"),
];
static FALLBACKS: [Pattern; 3] = [
    // if x == "" { x = "d" }
    Pattern::new(&["if"], r#"^ ;? if [!\w.]+(?: == "\d+")? \{ [\w.]+ = DEFAULT"#),
    // if x := os.Getenv("X"); x != "" { return x }; return "d"
    Pattern::new(&["return"], r"^ ; [\w.]+(?: != \S+)? \{ return [^{}]*\} return DEFAULT"),
    Pattern::new(&["return"], r#"^ if [\w.]+(?: != "\d+")? \{ return [^{}]*\} return DEFAULT"#),
];
static KEYS: [Pattern; 2] = [
    // viper
    Pattern::new(
        &[".Get", ".SetDefault", ".IsSet"],
        r"\b(?:\w*[vV]iper|\w*[cC]onf\w*|v|vp)\.(?:Get\w*|SetDefault|IsSet) \( NAME(?: , DEFAULT)?",
    ),
    Pattern::new(&[".BindEnv"], r"\.BindEnv \( NAME"),
];
static IDIOMS: Idioms = Idioms { reads: &READS, fallbacks: &FALLBACKS, keys: &KEYS };

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let mut reads = code.reads(&IDIOMS);
    let fields = go_struct::paths(code);
    reads.extend(tagged(code, &fields));
    reads.extend(processed(code, &fields));
    reads.extend(bound_by_viper(code, &fields));
    reads
}

/// The keys that viper is asked for.
pub(super) fn keys(code: &Code) -> Vec<Request> {
    let keys = code.keys(&IDIOMS).into_iter();
    keys.filter(|key| !key.name.is_empty() && !key.name.contains([' ', '/'])).collect()
}

/// What struct tags name: `env:"X"` of caarlos0/env, cleanenv, sethvargo/go-envconfig and kong, after the prefixes of the structs around.
/// Where the file takes in no such library, a struct of another file may be around, and only what names Kafka is sure to be the whole name.
fn tagged(code: &Code, fields: &[Vec<Field>]) -> Vec<Request> {
    let is_library = |text: &str| {
        text.contains('/') && ["/env", "env/", "envconfig", "/kong"].iter().any(|name| text.contains(name))
    };
    let has_library = code.source.strings.iter().any(|string| is_library(string.text));
    let prefix = |field: &Field| {
        let option = || field.tag("env").and_then(|tag| tag.split_once("prefix=")).map(|(_, prefix)| prefix);
        field.tag("envPrefix").or_else(|| field.tag("env-prefix")).or_else(option).unwrap_or_default().to_owned()
    };
    let read = |path: &Vec<Field>| {
        let (field, around) = path.split_last()?;
        let name = field.tag("env")?.split(',').next().filter(|name| !name.is_empty())?;
        let is_whole = has_library || !around.is_empty() || name.contains("KAFKA");
        is_whole.then(|| request(around.iter().map(prefix).chain([name.to_owned()]).collect(), field))
    };
    fields.iter().filter_map(read).collect()
}

/// What kelseyhightower/envconfig reads: the path of a field after the prefix, in capitals, or the name in its tag alone.
fn processed(code: &Code, fields: &[Vec<Field>]) -> Vec<Request> {
    static PREFIX: Pattern = Pattern::new(&["envconfig."], r"\benvconfig\.(?:Must)?Process \( NAME");
    let process = PREFIX.captures(code.text()).and_then(|found| code.value(&found["name"]));
    let name = |field: &Field| match (field.tag("envconfig"), field.name) {
        (Some(tag), _) => Some(tag.to_owned()),
        (None, Some(name)) if field.tag("split_words") == Some("true") => Some(split_words(name)),
        (None, name) => name.map(str::to_owned),
    };
    let mut reads = Vec::new();
    for path in fields {
        let Some(field) = path.last() else { continue };
        if let Some(prefix) = &process {
            let parts = std::iter::once(prefix.text.clone()).chain(path.iter().filter_map(name));
            let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
            reads.push(request(parts.join("_").to_ascii_uppercase(), field));
        }
        reads.extend(field.tag("envconfig").map(|tag| request(tag.to_ascii_uppercase(), field)));
    }
    reads
}

fn request(name: String, field: &Field) -> Request {
    let default = ["envDefault", "env-default", "default"].iter().find_map(|key| field.tag(key));
    let option = || field.tag("env").and_then(|tag| tag.split_once("default=")).map(|(_, default)| default);
    let default = default.or_else(option).map(|text| Value { text: text.to_owned(), strings: vec![] });
    Request::new(name, default, field.line)
}

/// `KafkaBrokers` as `Kafka_Brokers`.
fn split_words(name: &str) -> String {
    let mut words = String::new();
    for symbol in name.chars() {
        if symbol.is_uppercase() && words.ends_with(char::is_lowercase) {
            words.push('_');
        }
        words.push(symbol);
    }
    words
}

/// The keys of viper, where `AutomaticEnv` makes each a variable: in capitals, after the prefix, with the replacer's changes. `BindEnv`
/// names its own.
fn bound_by_viper(code: &Code, fields: &[Vec<Field>]) -> Vec<Request> {
    static BOUND: Pattern = Pattern::new(&[".BindEnv"], r#"\.BindEnv \( "\d+" , NAME"#);
    static ALONE: Pattern = Pattern::new(&[".BindEnv"], r"\.BindEnv \( NAME \)");
    static PREFIX: Pattern = Pattern::new(&[".SetEnvPrefix"], r"\.SetEnvPrefix \( NAME");
    static REPLACER: Pattern =
        Pattern::new(&["strings.NewReplacer"], r#"strings\.NewReplacer \((?<pairs>(?: "\d+" ,?)+)"#);
    let named = |pattern: &Pattern| -> Vec<Request> {
        let name = |found: Captures| {
            let name = found.name("name")?;
            Some(Request::new(code.value(name.as_str())?.text, None, code.source.line(name.start())))
        };
        pattern.captures_iter(code.text()).filter_map(name).collect()
    };
    let mut reads = named(&BOUND);
    let text = |pattern: &Pattern| Some(code.value(&pattern.captures(code.text())?["name"])?.text);
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
    // `mapstructure:"a"` in a struct with `mapstructure:"b"` is the key `b.a`.
    let part = |field: &Field| match field.tag("mapstructure").map(|tag| tag.split(',').next().unwrap_or(tag)) {
        Some(part) => part.to_owned(),
        None => field.name.unwrap_or_default().to_owned(),
    };
    let is_mapped = |path: &&Vec<Field>| path.iter().any(|field| field.tag("mapstructure").is_some());
    let tags = fields.iter().filter(is_mapped).filter_map(|path| {
        let parts: Vec<String> = path.iter().map(part).filter(|part| !part.is_empty()).collect();
        Some(request(parts.join("."), path.last()?))
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
