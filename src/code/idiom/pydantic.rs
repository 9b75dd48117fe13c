//! The settings classes of pydantic, whose fields are variables that are not written in the source.
//!
//! A field is read from `env_prefix` and its name in capitals, or from its alias without the prefix (docs.pydantic.dev, "Settings
//! Management").

use std::collections::HashMap;

use super::pattern::{Code, Pattern, Request};
use super::python::keyword;

struct Class<'c> {
    name: &'c str,
    bases: &'c str,
    /// The lines below its head that are indented.
    body: &'c str,
    /// Where they start, in bytes of the code.
    start: usize,
}

/// How deep settings may be nested. Each level is written out in the source, and few have two.
const DEPTH: usize = 4;

pub(super) fn reads(code: &Code) -> Vec<Request> {
    let classes = classes(code.text());
    let by_name: HashMap<&str, &Class> = classes.iter().map(|class| (class.name, class)).collect();
    let mut reads = Vec::new();
    for class in classes.iter().filter(|class| class.bases.contains("Settings")) {
        let option = |name| keyword(code, class.body, &[name]).map(|value| value.text);
        let delimiter = option("env_nested_delimiter");
        let mut wanted = vec![(class, option("env_prefix").unwrap_or_default())];
        for _ in 0..DEPTH {
            let mut nested = Vec::new();
            for (class, prefix) in wanted {
                for (kind, field) in fields(code, class, &prefix) {
                    match (
                        &delimiter,
                        kind.split(|c: char| !c.is_alphanumeric() && c != '_').find_map(|w| by_name.get(w)),
                    ) {
                        (Some(delimiter), Some(class)) => nested.push((*class, format!("{}{delimiter}", field.name))),
                        _ => reads.push(field),
                    }
                }
            }
            wanted = nested;
        }
    }
    reads.into_iter().map(|read| Request { name: read.name.to_ascii_uppercase(), ..read }).collect()
}

/// The fields of models that are not settings themselves. Settings in another file may contain them.
pub(super) fn keys(code: &Code) -> Vec<Request> {
    let classes = classes(code.text());
    let models = classes.iter().filter(|class| class.bases.contains("BaseModel"));
    models.flat_map(|class| fields(code, class, "")).map(|(_, field)| field).collect()
}

fn classes(text: &str) -> Vec<Class<'_>> {
    static HEAD: Pattern =
        Pattern::new(&["class"], r"(?m)^class[\t\x20]+(?<name>\w+)[\t\x20]*(?:\((?<bases>[^()]*)\))?[\t\x20]*:");
    static END: Pattern = Pattern::new(&["\n"], r"\n[^\s)\]}]");
    let heads = HEAD.captures_iter(text).filter_map(|found| {
        let (start, name) = (found.get(0)?.end(), found.name("name")?.as_str());
        let end = END.find(&text[start..]).map_or(text.len(), |end| start + end.start());
        Some(Class {
            name,
            bases: found.name("bases").map_or("", |bases| bases.as_str()),
            body: &text[start..end],
            start,
        })
    });
    heads.collect()
}

/// The fields of a class, each with its type, and read from under a prefix.
fn fields<'c>(code: &'c Code, class: &Class<'c>, prefix: &str) -> Vec<(&'c str, Request)> {
    static FIELD: Pattern = Pattern::new(
        &[":"],
        concat!(
            r"(?m)^(?<indent>[\t\x20]+)(?<word>[A-Za-z]\w*)[\t\x20]*:[\t\x20]*(?<kind>[^=\n]+)",
            r"(?:=[\t\x20]*(?<value>\w+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^\n]*))?",
        ),
    );
    static ALIAS: Pattern = Pattern::new(
        &["alias", "env"],
        r#"\b(?:validation_alias|alias|env) = (?:AliasChoices \(|[\[{(])? (?<names>"\d+"(?: , "\d+")*)"#,
    );
    static FIRST: Pattern = Pattern::without_word(r"^(?:Field \( )?DEFAULT");
    let indent =
        class.body.lines().find(|line| !line.trim().is_empty()).map_or(0, |line| line.len() - line.trim_start().len());
    let mut fields = Vec::new();
    for found in FIELD.captures_iter(class.body) {
        let (Some(word), Some(kind)) = (found.name("word"), found.name("kind")) else { continue };
        if found["indent"].len() != indent || word.as_str() == "model_config" {
            continue;
        }
        let value = found.name("value").map_or("", |value| value.as_str());
        let default = keyword(code, value, &["default"])
            .or_else(|| FIRST.captures(value).and_then(|found| code.default(value, &found)));
        let line = code.source.line(class.start + word.start());
        let field = |name| (kind.as_str(), Request::new(name, default.clone(), line));
        match ALIAS.captures(value) {
            Some(alias) => {
                let numbers = alias["names"].split('"').skip(1).step_by(2);
                let names = numbers.filter_map(|number| code.source.string(number));
                fields.extend(names.map(|name| field(name.text.to_owned())));
            }
            None => fields.push(field(format!("{prefix}{}", word.as_str()))),
        }
    }
    fields
}
