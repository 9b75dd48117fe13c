//! Every system call of a write fails, once and for good.

use std::collections::HashMap;
use std::fs;
use std::process::Command;

use crate::sandbox::Said;
use crate::{FILES, State, Tree, either};

const ERRORS: [&str; 5] = ["ENOSPC", "EIO", "EACCES", "EDQUOT", "EROFS"];

/// How a file gets its new content (`cli/write.rs`).
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Both change their names.
    Exchange,
    /// The system cannot exchange names.
    Rename,
    /// The file has another name, which an exchange would cut off.
    InPlace,
}

impl Way {
    fn prepare(self, tree: &Tree) {
        if let Self::InPlace = self {
            let [path, link] =
                ["tree/p000/compose.override.yaml", "tree/other-name"].map(|path| tree.sandbox.path(path));
            let _ = fs::remove_file(&link);
            fs::hard_link(path, link).expect("the folder is ours");
        }
    }

    /// What strace is told besides.
    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Rename => &["-e", "inject=renameat2:error=EINVAL"],
            Self::Exchange | Self::InPlace => &[],
        }
    }
}

/// A system call of the thread that writes: its name, and which of that name it is.
#[derive(Clone, Debug)]
struct Call {
    name: String,
    number: usize,
    line: String,
}

/// Runs `fix` on the project under strace.
fn traced(tree: &Tree, arguments: &[&str]) -> Said {
    let own = ["--seccomp-bpf", "-f", "-y", "-o", "log", "-e", "trace=%file,%desc"];
    let fix = [env!("CARGO_BIN_EXE_composefix"), "fix", "--jobs", "1", "tree/p000/compose.yaml"];
    tree.sandbox.run("strace", &[&own[..], arguments, &fix].concat())
}

/// The calls of a write, from the first file that is opened for it.
fn calls(tree: &Tree) -> Vec<Call> {
    let log = tree.sandbox.read("log");
    let folder = tree.sandbox.path("tree").canonicalize().expect("it is there").display().to_string();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut calls = Vec::new();
    let (mut writer, mut has_begun) = (None, false);
    for line in log.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, _)) = call.trim_start().split_once('(') else { continue };
        if *writer.get_or_insert(thread) != thread || name.contains(['<', '+', '-']) {
            continue;
        }
        let number = counts.entry(name.to_owned()).and_modify(|count| *count += 1).or_insert(1);
        has_begun |= call.contains("O_RDWR") && call.contains(FILES[0]);
        if has_begun && (call.contains(&folder) || call.contains("write(2<")) {
            calls.push(Call { name: name.to_owned(), number: *number, line: call.to_owned() });
        }
    }
    calls
}

/// Whether what was said of the project is true of it.
fn is_true(said: &Said, states: &[State; 2]) -> Result<(), String> {
    let is_open = |file: usize| said.err.contains(&format!("{} could not be restored", FILES[file]));
    let open = [0, 1].map(is_open);
    let is_whole = (0..2).all(|file| open[file] || !matches!(states[file], State::Torn(_)));
    let are_together = states[0] == states[1] || open.contains(&true);
    let code = match states {
        [State::New, State::New] if open == [false, false] => 0,
        _ => 2,
    };
    let is_said = code == 0 || said.err.contains("error: ") || said.err.is_empty();
    let says_nothing_written = said.err.contains("nothing was written") && open == [false, false];
    let is_old = *states == [State::Old, State::Old];
    let right = [
        (is_whole, "a file is torn"),
        (are_together, "one file is new and one is old"),
        (said.code == code, "the exit code"),
        (is_said, "no error is reported"),
        (!says_nothing_written || is_old, "something was written"),
    ];
    match right.iter().find(|(is_right, _)| !is_right) {
        Some((_, what)) => Err((*what).to_owned()),
        None => Ok(()),
    }
}

fn every_call_fails(way: Way) {
    let found = Command::new("strace").arg("-V").output().is_ok_and(|output| output.status.success());
    let is_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(found || !is_ci, "strace must be installed where CI=true");
    if !found {
        println!("skipped: strace is not installed");
        return;
    }
    let tree = Tree::new(1);
    way.prepare(&tree);
    let undisturbed = traced(&tree, way.arguments());
    assert_eq!(tree.states("tree/p000"), [State::New, State::New], "{undisturbed:?}");
    let calls = calls(&tree);
    assert!(calls.len() > 20, "a write takes more calls: {calls:?}");
    let (mut runs, mut stopped, mut failures) = (0, 0, Vec::new());
    let all = ERRORS.iter().flat_map(|error| [(error, ""), (error, "+")]).collect::<Vec<_>>();
    // In the short form every sixth call fails, in one way.
    for (place, call) in calls.iter().enumerate().step_by(either(6, 1)) {
        for &(error, lasts) in either(&all[place / 6 % all.len()..][..1], &all[..]) {
            let inject = format!("inject={}:error={error}:when={}{lasts}", call.name, call.number);
            tree.reset();
            way.prepare(&tree);
            let said = traced(&tree, &[way.arguments(), &["-e", &inject]].concat());
            let states = tree.states("tree/p000");
            runs += 1;
            stopped += usize::from(said.code == 2);
            let what = format!("{way:?}, {inject}, {}", call.line);
            match is_true(&said, &states) {
                Ok(()) => tree.assert_next_run_ends_it(&format!("{what}: {said:?}")),
                Err(wrong) => failures.push(format!("{wrong}: {what}\n{states:?}\n{said:?}")),
            }
        }
    }
    println!("{way:?}: {} calls, {runs} failures injected, {stopped} of which stopped the write", calls.len());
    assert!(stopped > 0, "no failure had an effect");
    assert!(failures.is_empty(), "{} of {runs}:\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn every_call_of_an_exchange_fails() {
    every_call_fails(Way::Exchange);
}

#[test]
fn every_call_of_a_rename_fails() {
    every_call_fails(Way::Rename);
}

#[test]
fn every_call_of_a_write_in_place_fails() {
    every_call_fails(Way::InPlace);
}
