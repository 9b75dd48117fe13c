//! The modules that a source file takes in: what a reader finds by following its imports.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::code::language::Language;

/// The words before a module's name in JavaScript.
static JAVASCRIPT: LazyLock<AhoCorasick> = LazyLock::new(|| automaton(["from ", "require(", "import(", "import "]));

/// The words before a module's name in Ruby; the shell's are not distinguished.
static RUBY: LazyLock<AhoCorasick> = LazyLock::new(|| automaton(["require_relative ", "require ", "load "]));

/// The modules that a source file names, as written: paths in JavaScript and Ruby, dotted names in Python, import paths in Go. Other
/// languages are not followed.
#[must_use]
pub fn modules(language: Language, text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_start);
    match language {
        Language::JavaScript => after_words(&JAVASCRIPT, "//", text).filter_map(quoted).collect(),
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
        Language::Ruby | Language::Shell => after_words(&RUBY, "#", text).filter_map(quoted).collect(),
        _ => Vec::new(),
    }
}

fn automaton<const N: usize>(words: [&str; N]) -> AhoCorasick {
    let mut builder = AhoCorasick::builder();
    // The automaton that searches fastest takes longer to build than a project's sources to read.
    let built = builder.match_kind(MatchKind::LeftmostFirst).kind(Some(AhoCorasickKind::ContiguousNFA)).build(words);
    built.expect("a few short words make an automaton")
}

/// The text after the first of `words` on every line that does not begin as a comment.
fn after_words<'t>(words: &'t AhoCorasick, comment: &'t str, text: &'t str) -> impl Iterator<Item = &'t str> {
    let mut end = 0;
    let mut is_comment = false;
    let mut seen: Vec<usize> = Vec::new();
    words.find_iter(text).filter_map(move |word| {
        if word.start() >= end {
            let start = text[..word.start()].rfind('\n').map_or(0, |newline| newline + 1);
            end = text[word.end()..].find('\n').map_or(text.len(), |newline| word.end() + newline);
            is_comment = text[start..end].trim_start().starts_with(comment);
            seen.clear();
        }
        let is_first = !seen.contains(&word.pattern().as_usize());
        seen.push(word.pattern().as_usize());
        (is_first && !is_comment).then(|| text[word.end()..end].trim_start())
    })
}

/// The other projects that a .NET project takes in, as paths with `/` (learn.microsoft.com, "Common MSBuild project items").
#[must_use]
pub fn project_references(text: &str) -> Vec<String> {
    let references = text.split("<ProjectReference").skip(1);
    let path = |reference: &str| quoted(&reference[reference.find("Include=")? + "Include=".len()..]);
    references.filter_map(path).map(|path| path.replace('\\', "/")).collect()
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
                Language::JavaScript,
                "let a\r\n  import x from './x'; import y from './y'\r\nlet b\nrequire('./z'); from './w'",
                &["./x", "./z", "./w"],
            ),
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
