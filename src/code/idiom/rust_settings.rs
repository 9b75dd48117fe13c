//! The settings of Rust programs, whose fields are variables that are not written in the source: those of envy, of config's `Environment`
//! and of figment's `Env` (docs.rs).

use std::collections::{BTreeMap, HashMap, HashSet};

use super::pattern::{Code, Pattern, Request, Value};

/// The limit for the depth of nested structs, and for the number of fields: the same struct may be in many others.
const DEPTH: usize = 4;
const MAX_FIELDS: usize = 1000;

/// A key by its parts, and its line.
type Key = (Vec<String>, usize);

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let Some((prefix, separator)) = environment(code) else { return vec![] };
    let defaults = defaults(code);
    let read = |(key, line): Key| {
        // Without a separator no variable reaches into what is nested.
        let separator = separator.as_deref().or_else(|| (key.len() == 1).then_some(""))?;
        let name = format!("{prefix}{}", key.join(separator)).to_ascii_uppercase();
        Some(Request::new(name, defaults.get(&key.join(".")).cloned(), line))
    };
    asked_for(code).into_iter().chain(fields(code)).filter_map(read).collect()
}

/// The prefix of the variables, and the separator of the parts of a key, if the file reads settings from the environment.
fn environment(code: &Code) -> Option<(String, Option<String>)> {
    static CONFIG: Pattern =
        Pattern::new(&["Environment"], r"\bEnvironment :: (?:default|with_prefix) \( (?:NAME)? \)");
    static OTHERS: Pattern = Pattern::new(
        &["envy", "Env"],
        r"\b(?:envy :: (?:from_env|prefixed)|Env :: (?:raw|prefixed)) (?::: <[^()]*> )?\( (?:NAME)?",
    );
    static SEPARATOR: Pattern = Pattern::new(&["separator", "split"], r"\. (?:separator|split) \( NAME \)");
    static AFTER_PREFIX: Pattern = Pattern::new(&["prefix_separator"], r"\. prefix_separator \( NAME \)");
    let text = |name: regex::Match| code.value(name.as_str()).map(|value| value.text);
    let option = |pattern: &Pattern| text(pattern.captures(code.text())?.name("name")?);
    // A prefix that the source does not spell out leaves the names unknown.
    let prefix = |pattern: &Pattern| pattern.captures(code.text())?.name("name").map_or(Some(String::new()), text);
    let separator = option(&SEPARATOR);
    if !CONFIG.is_match(code.text()) {
        return Some((prefix(&OTHERS)?, separator));
    }
    // What follows the prefix is the separator, else an underscore.
    let behind = option(&AFTER_PREFIX).or_else(|| separator.clone()).unwrap_or_else(|| "_".to_owned());
    let prefix = prefix(&CONFIG)?;
    Some((if prefix.is_empty() { prefix } else { prefix + &behind }, separator))
}

/// `set_default("a.b", "d")`
fn defaults(code: &Code) -> HashMap<String, Value> {
    static PATTERN: Pattern = Pattern::new(&["set_default"], r"\. set_default \( NAME , DEFAULT");
    let found = PATTERN.captures_iter(code.text());
    found.filter_map(|found| Some((code.value(&found["name"])?.text, code.default(code.text(), &found)?))).collect()
}

/// `get_string("a.b")`, `get::<T>("a.b")`
fn asked_for(code: &Code) -> Vec<Key> {
    static PATTERN: Pattern =
        Pattern::new(&["get"], r"\. (?:get_string|get_array|get(?: :: <[^()]{1,60}>)) \( NAME \)");
    let found = PATTERN.captures_iter(code.text()).filter_map(|found| {
        let name = found.name("name")?;
        let key = code.value(name.as_str())?.text;
        Some((key.split('.').map(str::to_owned).collect(), code.source.line(name.start())))
    });
    found.collect()
}

/// The fields of the top-level structs and of the structs in them.
fn fields(code: &Code) -> Vec<Key> {
    static STRUCT: Pattern = Pattern::new(&["struct"], r"\bstruct\s+(?<name>\w+) \{(?<body>[^{}]*)\}");
    static FIELD: Pattern =
        Pattern::new(&[":"], r"(?m)(?:^|,) (?:pub(?:\([^)]*\))?\s+)?(?<name>[a-z_]\w*) : (?<kind>[^,\n]+)");
    let text = code.text();
    let mut structs: BTreeMap<&str, Vec<(&str, &str, usize)>> = BTreeMap::new();
    for found in STRUCT.captures_iter(text) {
        let (Some(name), Some(body)) = (found.name("name"), found.name("body")) else { continue };
        let fields = FIELD.captures_iter(body.as_str()).filter_map(|field| {
            let (name, kind) = (field.name("name")?, field.name("kind")?);
            Some((name.as_str(), kind.as_str().trim(), code.source.line(body.start() + name.start())))
        });
        structs.insert(name.as_str(), fields.collect());
    }
    let inner: HashSet<&str> = structs.values().flatten().map(|(_, kind, _)| *kind).collect();
    let mut open: Vec<(Vec<String>, &str)> = vec![];
    open.extend(structs.keys().filter(|name| !inner.contains(*name)).map(|name| (vec![], *name)));
    let mut keys = Vec::new();
    while let Some((key, name)) = open.pop() {
        for (field, kind, line) in structs.get(name).into_iter().flatten().take(MAX_FIELDS) {
            let key = [&key[..], &[(*field).to_owned()]].concat();
            if keys.len() + open.len() >= MAX_FIELDS {
                return keys;
            }
            match structs.contains_key(kind) {
                true if key.len() < DEPTH => open.push((key, kind)),
                true => {}
                false => keys.push((key, *line)),
            }
        }
    }
    keys
}
