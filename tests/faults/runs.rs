//! Two runs at once over the same projects.

use std::process::{Command, Stdio};

use crate::sandbox::Said;
use crate::{State, Tree, either};

#[test]
fn two_runs_at_once_do_the_work_of_one() {
    let tree = Tree::new(either(8, 20));
    let rounds = either(6, 200);
    let mut refused = 0;
    for _ in 0..rounds {
        tree.reset();
        let start = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_composefix"));
            command.args(["fix", "tree"]).current_dir(tree.sandbox.path(".")).stdin(Stdio::null());
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
        };
        let said = [start(), start()].map(|child| Said::from(child.wait_with_output().expect("it ends")));
        for said in &said {
            let errors = said.err.lines().filter(|line| line.starts_with("error: "));
            let others = errors.clone().filter(|error| {
                !error.contains("the file changed after it was read; nothing was written")
                    && !error.contains("another run of composefix is writing the file; nothing was written")
            });
            assert_eq!(others.collect::<Vec<_>>(), [""; 0], "{said:?}");
            assert_eq!(said.code, if errors.clone().count() > 0 { 2 } else { 0 }, "{said:?}");
            refused += errors.count();
        }
        for project in &tree.projects {
            assert_eq!(tree.states(project), [State::New, State::New], "{project}: {said:?}");
        }
        assert_eq!(tree.temporary_files(), [""; 0], "{said:?}");
        tree.assert_next_run_ends_it("two runs");
    }
    println!(
        "{rounds} times two runs at once over {} projects: {refused} writes left to the other run",
        tree.projects.len()
    );
}
