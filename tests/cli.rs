//! The output of the program, by example: every folder `tests/cli/<case>/` is a project, and `transcript.txt` shows commands with their
//! output.
//!
//! A line that begins with `$ ` is a command, run by `sh` in a copy of the folder, one after the other. It is followed by its standard
//! output, its standard error with `! ` before each line, and its exit code.
//!
//! `UPDATE_FIXTURES=1 cargo test --test cli` writes the transcripts again, to be read before they are committed.

#[allow(dead_code, reason = "other tests use the rest")]
mod sandbox;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sandbox::{Sandbox, in_crate};

const TRANSCRIPT: &str = "transcript.txt";

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(in_crate("tests/cli")).expect("the cases are there").flatten();
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    cases.sort();
    cases
}

/// Runs the commands of a transcript, and writes down what is seen.
fn play(case: &Path, transcript: &str) -> String {
    let sandbox = Sandbox::new();
    sandbox.copy(case, "project");
    let mut seen = String::new();
    for command in transcript.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let script =
            format!("composefix() {{ '{}' \"$@\"; }}\ncd project\n{command}", env!("CARGO_BIN_EXE_composefix"));
        let said = sandbox.run("sh", &["-c", &script]);
        let _ = writeln!(seen, "$ {command}\n{}", said.out.trim_end_matches('\n'));
        if said.out.is_empty() {
            seen.pop();
        }
        for line in said.err.lines() {
            let _ = writeln!(seen, "{}", format!("! {line}").trim_end());
        }
        let _ = writeln!(seen, "[exit {}]\n", said.code);
    }
    seen.trim_end().to_owned() + "\n"
}

#[test]
fn every_transcript_is_what_a_user_sees() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some_and(|value| value == "1");
    let mut wrong = Vec::new();
    for case in cases() {
        let path = case.join(TRANSCRIPT);
        let expected = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let seen = play(&case, &expected);
        if update {
            fs::write(&path, seen).expect("the fixtures can be written");
        } else if seen != expected {
            wrong.push(format!("{}\n--- expected\n{expected}--- seen\n{seen}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
