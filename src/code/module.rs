//! The modules that a source file takes in: what a reader finds by following its imports.

use crate::code::language::Language;

/// The modules that a source file names, as written: paths in JavaScript and Ruby, dotted names in Python, import paths in Go. Other
/// languages are not followed.
#[must_use]
pub fn modules(language: Language, text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_start);
    match language {
        Language::JavaScript => lines
            .filter(|line| !line.starts_with("//"))
            .flat_map(|line| after_any(line, &["from ", "require(", "import(", "import "]).filter_map(quoted))
            .collect(),
        Language::Python => lines.flat_map(python).collect(),
        Language::Go => {
            let import = |line: &str| {
                let line = line.strip_prefix("import ").unwrap_or(line);
                let path = &line[line.find('"')?..];
                let is_import = line.split('"').next().is_some_and(|alias| alias.split_whitespace().count() < 2);
                quoted(path).filter(|path| is_import && path.contains('/') && !path.contains([' ', ':', '%']))
            };
            lines.filter_map(import).collect()
        }
        Language::Ruby | Language::Shell => lines
            .filter(|line| !line.starts_with('#'))
            .flat_map(|line| after_any(line, &["require_relative ", "require ", "load "]).filter_map(quoted))
            .collect(),
        _ => Vec::new(),
    }
}

/// The other projects that a .NET project takes in, as paths with `/` (learn.microsoft.com, "Common MSBuild project items").
#[must_use]
pub fn project_references(text: &str) -> Vec<String> {
    let references = text.split("<ProjectReference").skip(1);
    let path = |reference: &str| quoted(&reference[reference.find("Include=")? + "Include=".len()..]);
    references.filter_map(path).map(|path| path.replace('\\', "/")).collect()
}

/// What stands behind each of `words` in a line.
fn after_any<'l>(line: &'l str, words: &'l [&str]) -> impl Iterator<Item = &'l str> {
    words.iter().filter_map(|word| line.find(word).map(|at| line[at + word.len()..].trim_start()))
}

/// The text in the quotes that `text` begins with.
fn quoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|quote| ['"', '\'', '`'].contains(quote))?;
    let inner = &text[1..];
    inner.find(quote).map(|end| inner[..end].to_owned())
}

fn python(line: &str) -> Vec<String> {
    if let Some(rest) = line.strip_prefix("from ") {
        let Some((module, names)) = rest.split_once(" import ") else { return Vec::new() };
        let module = module.trim();
        let names = names.split(['#', '\\']).next().unwrap_or_default().trim_matches(['(', ')', ' ']);
        let inner = names.split(',').map(|name| name.split_whitespace().next().unwrap_or_default());
        let joined = inner.filter(|name| !name.is_empty()).map(|name| format!("{module}.{name}"));
        return std::iter::once(module.to_owned()).chain(joined).collect();
    }
    let Some(rest) = line.strip_prefix("import ") else { return Vec::new() };
    let names = rest.split('#').next().unwrap_or_default().split(',');
    names.filter_map(|name| name.split_whitespace().next().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_names_those_that_it_takes_in() {
        let text = r#"<ItemGroup><ProjectReference Include="..\Bus\Bus.csproj" /><ProjectReference Include='A/A.csproj'/></ItemGroup>"#;
        assert_eq!(project_references(text), ["../Bus/Bus.csproj", "A/A.csproj"]);
    }

    #[test]
    fn imports_are_found_as_written() {
        for (language, text, expected) in [
            (Language::JavaScript, "import { send } from './kafka/producer.js'", &["./kafka/producer.js"][..]),
            (Language::JavaScript, "const kafka = require(\"../kafka\");", &["../kafka"]),
            (Language::JavaScript, "// import x from './old'\nimport './setup'", &["./setup"]),
            (
                Language::Python,
                "from app.kafka import producer, consumer as c",
                &["app.kafka", "app.kafka.producer", "app.kafka.consumer"],
            ),
            (Language::Python, "import os, app.worker", &["os", "app.worker"]),
            (
                Language::Go,
                "import (\n\t\"fmt\"\n\tk \"example.org/shop/internal/kafka\"\n)",
                &["example.org/shop/internal/kafka"],
            ),
            (Language::Go, "log.Fatal(\"http://x/y failed\")", &[]),
            (Language::Ruby, "require_relative 'lib/consumer'", &["lib/consumer"]),
            (Language::Rust, "mod orders;", &[]),
        ] {
            assert_eq!(modules(language, text), expected, "{text}");
        }
    }
}
