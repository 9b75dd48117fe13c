//! The modules of `src/` use each other in one direction, and the exclusions of ARCHITECTURE.md hold.

use std::path::{Path, PathBuf};

use composefix::rules::{RULES, Rule};

fn in_crate(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The modules, from left to right.
fn modules() -> Vec<String> {
    let architecture = std::fs::read_to_string(in_crate("ARCHITECTURE.md")).expect("the page is there");
    let line =
        architecture.lines().map(str::trim).find(|line| line.starts_with("text ← ")).expect("the order is there");
    line.split(" ← ").map(str::to_owned).collect()
}

struct Source {
    /// Relative to `src/`, with slashes.
    path: String,
    text: String,
}

impl Source {
    fn module(&self) -> &str {
        self.path.split_once('/').map_or(self.path.trim_end_matches(".rs"), |(module, _)| module)
    }

    /// Whether it is the crate's root or the program.
    fn is_root(&self) -> bool {
        ["lib", "main"].contains(&self.module())
    }

    /// The lines of code, each with its number from 1, without comments that fill a line.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        lines.filter(|(_, line)| !line.starts_with("//"))
    }
}

fn files_below(folder: &Path, wanted: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).flatten() {
        if entry.path().is_dir() { files_below(&entry.path(), wanted) } else { wanted(&entry.path()) }
    }
}

fn sources() -> Vec<Source> {
    let root = in_crate("src");
    let mut sources = Vec::new();
    files_below(&root, &mut |path| {
        if path.extension().is_some_and(|extension| extension == "rs") {
            let relative = path.strip_prefix(&root).expect("it is below").components();
            let parts: Vec<_> = relative.map(|part| part.as_os_str().to_string_lossy()).collect();
            let text = std::fs::read_to_string(path).expect("sources are UTF-8");
            sources.push(Source { path: parts.join("/"), text });
        }
    });
    assert!(sources.len() > 50, "the sources are found");
    sources
}

/// The places where `found` accepts a line of code, in files that `is_allowed` does not accept.
fn places(found: impl Fn(&str) -> bool, is_allowed: impl Fn(&Source) -> bool) -> Vec<String> {
    let sources = sources();
    let strangers = sources.iter().filter(|source| !is_allowed(source));
    let place = |(source, number, line): (&Source, usize, &str)| format!("{}:{number}: {line}", source.path);
    let lines = strangers.flat_map(|source| source.lines().map(move |(number, line)| (source, number, line)));
    lines.filter(|(.., line)| found(line)).map(place).collect()
}

const NONE: [&str; 0] = [];

#[test]
fn every_module_uses_only_modules_to_its_left() {
    let modules = modules();
    let place = |module: &str| modules.iter().position(|other| other == module);
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_root()) {
        let own =
            place(source.module()).unwrap_or_else(|| panic!("{} is in no module of ARCHITECTURE.md", source.path));
        for (number, line) in source.lines() {
            for path in line.split("crate::").skip(1) {
                assert!(!path.starts_with('{'), "{}:{number}: name one module a line", source.path);
                let used = path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
                if place(used).is_none_or(|used| used > own) {
                    wrong.push(format!("{}:{number}: {} uses {used}", source.path, source.module()));
                }
            }
        }
    }
    assert_eq!(wrong, NONE);
}

#[test]
fn every_module_is_on_the_disk() {
    for module in modules() {
        let (file, folder) = (in_crate(&format!("src/{module}.rs")), in_crate(&format!("src/{module}/mod.rs")));
        assert!(file.is_file() || folder.is_file(), "{module}");
    }
}

#[test]
fn only_the_events_name_the_yaml_parser() {
    assert_eq!(places(|line| line.contains("yaml_rust2"), |source| source.path == "yaml/events.rs"), NONE);
}

#[test]
fn only_the_program_names_clap_and_the_streams() {
    let words = ["clap::", "stdout", "stderr", "stdin()", "println!", "print!(", "process::exit"];
    let found = |line: &str| words.iter().any(|word| line.contains(word));
    assert_eq!(places(found, |source| ["cli", "main"].contains(&source.module())), NONE);
}

#[test]
fn only_two_rooms_touch_the_disk_and_one_file_writes() {
    let words = ["std::fs", "std::env", "fs::", "File::", ".canonicalize()", ".exists()", "tempfile"];
    let found = |line: &str| words.iter().any(|word| line.contains(word));
    assert_eq!(places(found, |source| ["source", "cli"].contains(&source.module())), NONE);
    let writes =
        |line: &str| ["fs::write", "File::create", "tempfile", ".write(true)"].iter().any(|w| line.contains(w));
    // Beside the writer, tests of what may be written, and of committed schemas.
    let of_tests = ["cli/schema_test.rs", "source/border.rs"];
    let is_allowed = |source: &Source| source.path.starts_with("cli/write") || of_tests.contains(&source.path.as_str());
    assert_eq!(places(writes, is_allowed), NONE);
}

#[test]
fn nothing_speaks_to_the_network_or_starts_a_program() {
    let words =
        ["TcpStream", "TcpListener", "UdpSocket", "UnixStream", "ToSocketAddrs", "process::Command", "Command::new"];
    let found = |line: &str| words.iter().any(|word| line.contains(word));
    assert_eq!(places(found, |_| false), NONE);
}

#[test]
fn no_source_file_is_longer_than_500_lines_and_no_rule_than_200() {
    let is_rule = |source: &Source| {
        let names = |rule: &&Rule| {
            let name = rule.name.replace('-', "_");
            [format!("rules/{name}.rs"), format!("rules/{name}/mod.rs")].contains(&source.path)
        };
        RULES.iter().any(|rule| names(&rule))
    };
    let limit = |source: &Source| if is_rule(source) { 200 } else { 500 };
    let lines = |source: &Source| source.text.lines().count();
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| lines(source) > limit(source))
        .map(|source| format!("{}: {} lines", source.path, lines(source)))
        .collect();
    assert_eq!(long, NONE);
}

#[test]
fn every_rule_has_its_file_and_its_page_and_every_page_its_rule() {
    let names: Vec<String> = RULES.iter().map(|rule| rule.name.replace('-', "_")).collect();
    for name in &names {
        let places = [format!("src/rules/{name}.rs"), format!("src/rules/{name}/mod.rs")];
        assert!(places.iter().any(|place| in_crate(place).is_file()), "{name}");
    }
    let mut pages = Vec::new();
    files_below(&in_crate("src/rules"), &mut |path| {
        if path.extension().is_some_and(|extension| extension == "md") {
            // A rule that is a folder has its page inside.
            let named = if path.ends_with("page.md") { path.parent().unwrap_or(path) } else { path };
            pages.push(named.file_stem().unwrap_or_default().to_string_lossy().into_owned());
        }
    });
    pages.sort();
    let mut expected = names.clone();
    expected.sort();
    assert_eq!(pages, expected);
}

#[test]
fn every_rule_has_fixtures() {
    for rule in RULES {
        let folder = in_crate("tests/rules").join(rule.name);
        assert!(folder.is_dir(), "tests/rules/{} holds its cases", rule.name);
    }
}

#[test]
fn no_text_names_a_place_of_one_machine() {
    // Put together, so that this file does not name them itself.
    let places: Vec<String> = ["home", "Users", "root", "work", "tmp"].iter().map(|name| format!("/{name}/")).collect();
    let mut found = Vec::new();
    for folder in ["src", "tests", "examples", "ci", ".ci"] {
        files_below(&in_crate(folder), &mut |path| {
            let Ok(text) = std::fs::read_to_string(path) else { return };
            // A path starts after a space or a quote; `a/tmp/b` inside a container's path is none.
            let starts = |line: &str, place: &String| {
                line.match_indices(place.as_str()).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric()))
            };
            // Folders inside of images: of Kafka's own configuration files, canal/canal-server and getsentry/relay.
            let of_images = ["-logs", "/canal-server/", "/.relay/"];
            let lines = text.lines().filter(|line| !of_images.iter().any(|folder| line.contains(folder)));
            for line in lines.filter(|line| places.iter().any(|place| starts(line, place))) {
                found.push(format!("{}: {}", path.display(), line.trim()));
            }
        });
    }
    assert_eq!(found, NONE);
}

/// The tables in `value`, by their path in it, and whether each names its source.
fn sources_of_facts(value: &toml::Value, path: &str, found: &mut Vec<(String, bool)>) {
    match value {
        toml::Value::Table(table) => {
            let source = table.get("source").and_then(toml::Value::as_str);
            found.push((path.to_owned(), source.is_some_and(|source| !source.trim().is_empty())));
            table.iter().for_each(|(key, value)| sources_of_facts(value, &format!("{path}.{key}"), found));
        }
        toml::Value::Array(values) => values.iter().for_each(|value| sources_of_facts(value, path, found)),
        _ => {}
    }
}

#[test]
fn facts_name_their_sources() {
    let (mut named, mut lacking) = (0, Vec::new());
    files_below(&in_crate("src"), &mut |file| {
        if file.extension().is_none_or(|extension| extension != "toml") {
            return;
        }
        let text = std::fs::read_to_string(file).expect("tables are UTF-8");
        let table: toml::Table = toml::from_str(&text).expect("it is a table");
        let mut found = Vec::new();
        sources_of_facts(&table.into(), "", &mut found);
        let count = found.iter().filter(|(_, is_named)| *is_named).count();
        let of_facts = |path: &String| found.iter().any(|(other, is_named)| *is_named && other == path);
        lacking.extend(
            found
                .iter()
                .filter(|(path, is_named)| !is_named && of_facts(path))
                .map(|(path, _)| format!("{}: an entry of `{path}` has no source", file.display())),
        );
        named += count;
    });
    assert_eq!(lacking, Vec::<String>::new());
    assert!(named > 400, "{named} facts with a source");
}
