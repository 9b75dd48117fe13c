//! The modules that a source file takes in: what a reader finds by following its imports.

use std::path::Path;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::code::language::Language;
use crate::text::WordFinder;

/// The words before a module's name in JavaScript.
static JAVASCRIPT: LazyLock<AhoCorasick> = LazyLock::new(|| automaton(["from ", "require(", "import(", "import "]));

/// The words before a module's name in Ruby.
static RUBY: LazyLock<AhoCorasick> = LazyLock::new(|| automaton(["require_relative ", "require ", "load "]));

/// The modules that a source file names, as written: paths in JavaScript and Ruby, dotted names in Python, import paths in Go. Other
/// languages are not followed. `are_all` is what [`shows_modules`] says of the file.
#[must_use]
pub fn modules(language: Language, text: &str, are_all: bool) -> Vec<String> {
    let lines = text.lines().map(str::trim_start);
    match language {
        Language::JavaScript => after_words(&JAVASCRIPT, "//", text).filter_map(quoted).collect(),
        Language::Python => {
            // The names in the settings of a framework are not all taken in.
            let strings = are_all.then_some(text).into_iter().flat_map(named);
            python_statements(text).iter().flat_map(|line| python(line)).chain(strings).collect()
        }
        Language::Go => {
            let import = |line: &str| {
                let line = line.strip_prefix("import ").unwrap_or(line);
                let path = &line[line.find('"')?..];
                let is_import = line.split('"').next().is_some_and(|alias| alias.split_whitespace().count() < 2);
                quoted(path).filter(|path| is_import && path.contains('/') && !path.contains([' ', ':', '%']))
            };
            lines.filter_map(import).collect()
        }
        Language::Ruby => after_words(&RUBY, "#", text).filter_map(quoted).collect(),
        Language::Shell => scripts(text).map(str::to_owned).collect(),
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

/// What may load code by a name that is nowhere written as an import.
static LOADERS: LazyLock<WordFinder> = LazyLock::new(|| {
    WordFinder::new([
        "__import__",
        "autodiscover",
        "celery",
        "django",
        "entry_points",
        "exec(open",
        "hydra",
        "import_string",
        "importlib",
        "os.system",
        "pkgutil",
        "popen",
        "runpy",
        "subprocess",
    ])
});

/// Whether a source file shows all the modules that it takes in: it loads none by a name that is put together, and starts no program.
#[must_use]
pub fn shows_modules(language: Language, text: &str) -> bool {
    match language {
        Language::Python => LOADERS.find_iter(text.as_bytes()).next().is_none(),
        Language::Shell => !scripts(text).any(|script| script.contains(['*', '?', '$'])) && !text.contains("run-parts"),
        _ => false,
    }
}

/// The names of the files with code that a shell script mentions.
fn scripts(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    let is_end = |character: char| character.is_whitespace() || "\"'`;&|()<>=".contains(character);
    let words = lines.flat_map(move |line| line.split(is_end));
    words.filter(|word| Language::of(Path::new(word)).is_some()).filter_map(|word| word.rsplit('/').next())
}

/// Whether a shell script is for the host: it starts programs in containers from outside.
#[must_use]
pub fn drives_docker(text: &str) -> bool {
    let commands = text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split(['|', '&', ';', '(', '`']));
    commands.map(str::trim_start).any(|command| {
        let command = ["if ", "! ", "sudo ", "then ", "do "]
            .iter()
            .fold(command, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
        ["docker-compose ", "docker compose ", "docker exec "].iter().any(|start| command.starts_with(start))
    })
}

/// The modules in strings: `uvicorn.run("app.main:app")`, `include=["app.tasks"]`.
fn named(text: &str) -> impl Iterator<Item = String> {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_alphabetic() || first == '_')
            && name.chars().all(|character| character.is_alphanumeric() || character == '_')
    };
    let strings = text.lines().flat_map(|line| line.split(['"', '\'']).skip(1).step_by(2));
    strings.filter_map(move |string| {
        let (module, item) = string.split_once(':').map_or((string, None), |(module, item)| (module, Some(item)));
        let is_module = module.split('.').all(is_name) && (module.contains('.') || item.is_some());
        (is_module && item.is_none_or(is_name)).then(|| module.to_owned())
    })
}

/// The statements of a Python file that import, each on one line.
fn python_statements(text: &str) -> Vec<String> {
    let mut statements: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        let code = line.split('#').next().unwrap_or_default().trim_end();
        let (code, continues) = code.strip_suffix('\\').map_or((code, false), |code| (code, true));
        match statements.last_mut().filter(|_| is_open) {
            Some(statement) => statement.push_str(code),
            None if line.starts_with("from ") || line.starts_with("import ") => statements.push(code.to_owned()),
            None => continue,
        }
        let statement = statements.last().map_or("", String::as_str);
        is_open = continues || statement.contains('(') && !statement.contains(')');
    }
    statements
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
    fn a_script_for_the_host_starts_programs_in_containers() {
        for (text, expected) in [
            ("docker compose exec kafka kafka-topics.sh --list", true),
            ("if ! docker-compose ps; then exit 1; fi", true),
            ("OUT=$(docker exec kafka env)", true),
            ("# docker compose exec kafka sh\nkafka-topics.sh --list", false),
            ("/docker-entrypoint.sh run", false),
        ] {
            assert_eq!(drives_docker(text), expected, "{text}");
        }
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
                Language::Python,
                "from app import (  # both\n    bus,\n    text,\n)\nfrom . \\\n    import c",
                &["app", "app.bus", "app.text", ".", "..c"],
            ),
            (Language::Python, "uvicorn.run('app.main:api', host=\"0.0.0.0:80\")", &["app.main"]),
            (
                Language::Go,
                "import (\n\t\"fmt\"\n\tk \"example.org/shop/internal/kafka\"\n)",
                &["example.org/shop/internal/kafka"],
            ),
            (Language::Go, "log.Fatal(\"http://x/y failed\")", &[]),
            (Language::Ruby, "require_relative 'lib/consumer'", &["lib/consumer"]),
            (Language::Shell, "#!/bin/sh\n. \"$(dirname $0)/lib.sh\"\npython3 ./load.py", &["lib.sh", "load.py"]),
            (Language::Rust, "mod orders;", &[]),
        ] {
            assert_eq!(modules(language, text, shows_modules(language, text)), expected, "{text}");
        }
    }
}
