//! The edit that tools for compose files are measured by, at real sites: a service gets `KAFKA_BROKERS: <broker>:9092` and waits for its
//! broker to be healthy. Docker Compose itself judges what the file then means, a diff of lines what else was touched.
//!
//! The corpus is looked for next to the crate, Docker Compose 5.6.0 under the name in `COMPOSE_5_BIN` or where `ci/test` built it. Where
//! one is missing the test says so and passes, unless `CI` is `true`.

#![allow(clippy::print_stdout, reason = "the figures are what the test is for")]

mod choose;
mod compose;
mod edit;
mod judge;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use choose::Case;
use judge::Verdict;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");
const THREADS: usize = 2;

#[test]
fn real_sites_get_exactly_the_edit() {
    let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    let missing = if Path::new(CORPUS).is_dir() { compose::missing() } else { Some(format!("no corpus at {CORPUS}")) };
    if let Some(reason) = missing {
        assert!(!in_ci, "{reason}");
        println!("skipped: {reason}");
        return;
    }
    let cases = choose::cases(Path::new(CORPUS));
    let verdicts: Mutex<Vec<(String, Vec<&'static str>, Verdict)>> = Mutex::default();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let judged = judge_case(case);
                    verdicts.lock().expect("no thread panics with the lock").extend(judged);
                }
            });
        }
    });
    let mut verdicts = verdicts.into_inner().expect("no thread panicked");
    verdicts.sort_by(|a, b| a.0.cmp(&b.0));
    let wrong = print_figures(&verdicts);
    assert!(verdicts.len() >= 300, "only {} sites", verdicts.len());
    assert!(wrong == 0, "{wrong} sites are wrong");
}

/// The verdict on each site of a file; none if Compose does not load the file.
fn judge_case(case: &Case) -> Vec<(String, Vec<&'static str>, Verdict)> {
    let Ok(before) = compose::config(&case.path, &case.text) else { return Vec::new() };
    let place =
        |service: &str| format!("{}: {service}", case.path.strip_prefix(CORPUS).unwrap_or(&case.path).display());
    if let Some(reason) = &case.unread {
        return vec![(place("-"), vec!["file not read"], Verdict::Refused(reason.clone()))];
    }
    let copy = case.is_copied.then(|| choose::with_crlf(case));
    let sites = std::iter::once(case).chain(&copy).flat_map(|case| case.sites.iter().map(move |site| (case, site)));
    sites.map(|(case, site)| (place(&site.service), site.kinds.clone(), judge::judge(case, site, &before))).collect()
}

/// Prints a line for each kind of site, then what went wrong and what was refused; returns how many went wrong.
fn print_figures(verdicts: &[(String, Vec<&'static str>, Verdict)]) -> usize {
    let mut figures: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for (_, kinds, verdict) in verdicts {
        for kind in kinds.iter().chain([&choose::ALL]) {
            let counts = figures.entry(kind).or_default();
            counts[0] += 1;
            match verdict {
                Verdict::Right { anchor } => {
                    counts[1] += 1;
                    counts[3] += usize::from(*anchor);
                }
                Verdict::Refused(_) => counts[2] += 1,
                Verdict::Wrong(_) => {}
            }
        }
    }
    println!("{:<40} {:>5} {:>7} {:>7} {:>7} {:>10}", "kind of site", "n", "right", "wrong", "refused", "new anchor");
    for (kind, [n, right, refused, anchor]) in &figures {
        println!("{kind:<40} {n:>5} {right:>7} {:>7} {refused:>7} {anchor:>10}", n - right - refused);
    }
    let mut wrong = 0;
    for (place, _, verdict) in verdicts {
        match verdict {
            Verdict::Right { .. } => {}
            Verdict::Refused(reason) => println!("refused  {place}: {reason}"),
            Verdict::Wrong(reason) => {
                wrong += 1;
                println!("wrong    {place}: {reason}");
            }
        }
    }
    wrong
}
