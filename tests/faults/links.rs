//! Files and folders become links out of the tree while it is worked on.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::{FILES, State, Tree, before, either};

/// Exchanges two names, back and forth, until it is told to stop; then they are as they were.
fn exchange_until(stop: &AtomicBool, count: &AtomicUsize, pairs: &[(PathBuf, PathBuf)]) {
    let exchange = |(one, other): &(PathBuf, PathBuf)| renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE);
    while !stop.load(Ordering::Relaxed) {
        for pair in pairs {
            // Where composefix has just renamed the file, the next turn is soon enough.
            if exchange(pair).is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
                std::thread::yield_now();
                exchange(pair).expect("nobody else uses these names");
            }
        }
    }
}

#[test]
fn what_becomes_a_link_leads_nowhere() {
    let tree = Tree::new(either(8, 20));
    let rounds = either(5, 200);
    let path = |path: &str| tree.sandbox.path(path);
    // Outside of the tree lie the same texts.
    for (number, file) in FILES.iter().enumerate() {
        tree.sandbox.write(&format!("outside/{file}"), &before(number));
    }
    let outside = fs::canonicalize(path("outside")).expect("it is there");
    // Of every third project the folder is swapped, of every third a file.
    let mut pairs = Vec::new();
    for (number, project) in tree.projects.iter().enumerate() {
        let (name, target): (String, &Path) = match number % 3 {
            0 => (project.clone(), &outside),
            1 => (format!("{project}/{}", FILES[1]), &outside.join(FILES[1])),
            _ => continue,
        };
        let link = path(&format!("link{number}"));
        symlink(target, &link).expect("the folder is ours");
        pairs.push((path(&name), link));
    }
    let count = AtomicUsize::new(0);
    let mut refused = 0;
    for _ in 0..rounds {
        tree.reset();
        let stop = AtomicBool::new(false);
        let said = std::thread::scope(|scope| {
            scope.spawn(|| exchange_until(&stop, &count, &pairs));
            let said = tree.fix();
            stop.store(true, Ordering::Relaxed);
            said
        });
        let errors = said.err.lines().filter(|line| line.starts_with("error: ")).count();
        assert_eq!(said.code, if errors > 0 { 2 } else { 0 }, "{said:?}");
        refused += errors;
        for (number, file) in FILES.iter().enumerate() {
            assert_eq!(tree.sandbox.read(&format!("outside/{file}")), before(number), "{said:?}");
        }
        assert_eq!(fs::read_dir(&outside).expect("it is there").count(), FILES.len(), "{said:?}");
        for project in &tree.projects {
            let states = tree.states(project);
            assert!(!states.iter().any(|state| matches!(state, State::Torn(_))), "{project}: {states:?}: {said:?}");
        }
        tree.assert_next_run_ends_it("links");
    }
    println!("{rounds} runs while files and folders became links {} times: {refused} refusals", count.into_inner());
}
