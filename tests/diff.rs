//! A diff must be a patch: Git and GNU patch apply every one of these and get the text after, byte for byte.

#![allow(clippy::print_stdout, reason = "a test that cannot run here says so")]

mod support;

use std::path::Path;
use std::process::Command;

use composefix::text::unified_diff;

const COMPOSE: &str = "services:\n  api:\n    image: api\n    environment:\n      KAFKA_BROKERS: localhost:9092\n  web:\n    image: web\n  db:\n    image: db\n  cache:\n    image: cache\n";

/// Pairs of texts, each with the twist it is about.
fn pairs() -> Vec<(&'static str, String, String)> {
    let repaired =
        COMPOSE.replace("localhost", "kafka").replace("image: cache\n", "image: cache\n    restart: always\n");
    let twist = |name, change: &dyn Fn(&str) -> String| (name, change(COMPOSE), change(&repaired));
    vec![
        twist("LF", &str::to_owned),
        twist("CRLF", &|text| text.replace('\n', "\r\n")),
        twist("a byte order mark", &|text| format!("\u{feff}{text}")),
        twist("CRLF and a byte order mark", &|text| format!("\u{feff}{}", text.replace('\n', "\r\n"))),
        twist("no final newline", &|text| text.trim_end().to_owned()),
        twist("CRLF and no final newline", &|text| text.trim_end().replace('\n', "\r\n")),
        twist("lone CRs", &|text| text.replace('\n', "\r")),
        twist("a lone CR at the end", &|text| format!("{text}#\r")),
        twist("a lone CR within a line", &|text| text.replace("image: web\n", "image: web\r    # web\n")),
        twist("tabs and blanks at line ends", &|text| text.replace("api\n", "api \t\n")),
        twist("no-break spaces and controls", &|text| text.replace("web\n", "web\u{85}\u{2028}\u{a0}\x1b[2J\n")),
        twist("lines that look like headers", &|text| {
            text.replace("  web:\n", "-- a\n++ b\n@@ -1 +1 @@\n\\ No\n  web:\n")
        }),
        ("a first line", COMPOSE.to_owned(), format!("name: app\n{COMPOSE}")),
        ("mixed line breaks", "a: 1\r\nb: 2\nc: 3\r\n".to_owned(), "a: 1\r\nb: 4\nc: 3\r\n".to_owned()),
        ("a final newline gained", "a: 1".to_owned(), "a: 1\n".to_owned()),
        ("a final newline lost", "a: 1\nb: 2\n".to_owned(), "a: 1\nb: 2".to_owned()),
        ("an empty file filled", String::new(), "a: 1\n".to_owned()),
    ]
}

const PATHS: [&str; 7] = [
    "compose.yml",
    "deploy/dev/compose.yml",
    "my app/docker compose.yml",
    "проект/鍵.yml",
    "tab\there/a b.yml",
    "new\nline/say \"hi\".yml",
    "back\\slash/\u{1b}[2J\u{202e}.yml",
];

/// Writes `before` into a new folder, runs the tool there with the patch as its input, and returns what the file then holds.
fn apply(tool: &[&str], path: &str, before: &str, patch: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|e| e.to_string())?;
    let file = folder.path().join(path);
    std::fs::create_dir_all(file.parent().unwrap_or(Path::new("."))).map_err(|e| e.to_string())?;
    std::fs::write(&file, before).map_err(|e| e.to_string())?;
    let input = folder.path().join("input.patch");
    std::fs::write(&input, patch).map_err(|e| e.to_string())?;
    let output = Command::new(tool[0])
        .args(&tool[1..])
        .arg(&input)
        .current_dir(folder.path())
        // The user's own settings, and a repository above the folder, are not what is tested.
        .env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap_or(folder.path()))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned());
    }
    std::fs::read_to_string(&file).map_err(|e| e.to_string())
}

fn is_installed(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    support::is_installed(tool, found)
}

fn every_diff_applies_with(tool: &[&str]) {
    if !is_installed(tool[0]) {
        return;
    }
    for (name, before, after) in pairs() {
        let patch = unified_diff("compose.yml", &before, &after);
        assert_eq!(apply(tool, "compose.yml", &before, &patch), Ok(after), "{name}:\n{patch}");
    }
    for path in PATHS {
        let patch = unified_diff(path, "a: 1\n", "a: 2\n");
        assert_eq!(apply(tool, path, "a: 1\n", &patch), Ok("a: 2\n".to_owned()), "{path:?}:\n{patch}");
    }
}

#[test]
fn git_applies_every_diff() {
    every_diff_applies_with(&["git", "apply"]);
}

#[test]
fn patch_applies_every_diff() {
    every_diff_applies_with(&["patch", "-p1", "-i"]);
}

#[test]
fn patch_in_binary_mode_applies_every_diff() {
    every_diff_applies_with(&["patch", "-p1", "--binary", "-i"]);
}

#[test]
fn diffs_of_several_files_are_one_patch() {
    if !is_installed("git") {
        return;
    }
    let patch = format!("{}{}", unified_diff("a.yml", "a: 1", "a: 2"), unified_diff("b.yml", "b: 1\r\n", "b: 2\r\n"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [("a.yml", "a: 1"), ("b.yml", "b: 1\r\n"), ("input.patch", &patch)] {
        std::fs::write(folder.path().join(name), text).expect("the folder is ours");
    }
    let output = Command::new("git").args(["apply", "input.patch"]).current_dir(folder.path()).output();
    assert!(output.expect("git runs").status.success());
    let read = |name| std::fs::read_to_string(folder.path().join(name)).expect("the file is there");
    assert_eq!((read("a.yml"), read("b.yml")), ("a: 2".to_owned(), "b: 2\r\n".to_owned()));
}
