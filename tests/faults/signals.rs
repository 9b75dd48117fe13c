//! Signals at any time of a run over many projects.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{State, Tree, either, random};

fn start(tree: &Tree) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_composefix"));
    command.args(["fix", "--quiet", "tree"]).current_dir(tree.sandbox.path("."));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

#[test]
fn a_signal_leaves_whole_files_and_the_next_run_ends_the_work() {
    let tree = Tree::new(either(12, 300));
    let begin = Instant::now();
    assert!(start(&tree).wait().expect("it ends").success());
    let whole = u64::try_from(begin.elapsed().as_micros()).expect("less than a million years");
    let rounds = either(9, 300);
    let (mut ended, mut partly, mut left) = (0, 0, 0);
    for round in 0..rounds {
        let signal = ["KILL", "TERM", "INT"][round % 3];
        tree.reset();
        let mut child = start(&tree);
        std::thread::sleep(Duration::from_micros(random(whole)));
        let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success(), "it waits for us, so it is there");
        ended += usize::from(!child.wait().expect("it ends").success());
        let mut new = 0;
        for project in &tree.projects {
            let states = tree.states(project);
            assert!(!states.iter().any(|state| matches!(state, State::Torn(_))), "{signal}: {project}: {states:?}");
            // Nothing can wait for the end of a project under KILL.
            assert!(signal == "KILL" || states[0] == states[1], "{signal}: {project}: {states:?}");
            new += usize::from(states[1] == State::New);
        }
        partly += usize::from(new > 0 && new < tree.projects.len());
        let temporary = tree.temporary_files();
        left += temporary.len();
        assert!(signal == "KILL" || temporary.is_empty(), "{signal}: {temporary:?}");
        tree.assert_next_run_ends_it(signal);
    }
    println!(
        "{rounds} signals over {} projects: {ended} ended the run, {partly} in the middle of the writes, {left} temporary files left to the next run",
        tree.projects.len()
    );
}
