//! What the fixtures of the rules are run with.

pub mod case;
pub mod compose;
pub mod git;
pub mod lines;
pub mod twins;
pub mod wording;

use std::fmt::Display;
use std::sync::atomic::{AtomicUsize, Ordering};

use case::Case;

/// Runs a check on every case of the rules, and fails with the message for each.
pub fn for_each_case(check: impl Fn(&Case) -> Result<(), String> + Sync) {
    let cases = Case::all();
    assert!(!cases.is_empty(), "there is no case in {}", case::directory().display());
    for_each(&cases, 2, check);
}

/// Runs a check on every case, in parallel, and fails with the message for each.
pub fn for_each<C: Display + Sync>(cases: &[C], at_a_time: usize, check: impl Fn(&C) -> Result<(), String> + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut failures = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            failures.extend(check(case).err().map(|reason| format!("{case}: {reason}")));
        }
        failures
    };
    let failures: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..at_a_time).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a check of a case panicked")).collect()
    });
    println!("{} cases", cases.len());
    assert!(failures.is_empty(), "{} of {} cases fail:\n\n{}", failures.len(), cases.len(), failures.join("\n\n"));
}
