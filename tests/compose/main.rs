//! `Project::load` next to Docker Compose: what each makes of the same files, service by service.
//!
//! `cargo test --test compose -- --nocapture` prints the figures.

#![allow(clippy::print_stdout, reason = "the figures are the point")]

mod case;
mod corpus;
mod facts;
mod suite;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::sync::Mutex;

use case::{Case, Verdict};
use composefix::compose::{Note, NoteKind, Project, Selection};
use composefix::source::Files;
use facts::Facts;
use support::DockerCompose;

const THREADS: usize = 2;

#[test]
fn written_projects_mean_to_composefix_what_they_mean_to_docker_compose() {
    let (Some(reference), Some(older)) = (DockerCompose::reference(), DockerCompose::older()) else { return };
    let cases = case::all();
    let judged = in_parallel(cases, |case| {
        judge(&reference, &case)
            .and_then(|verdict| compare(&older, &case, verdict))
            .map_err(|fault| format!("{}: {fault}", case.name))
    });
    let faults: Vec<String> = judged.iter().filter_map(|judged| judged.clone().err()).collect();
    let count = |verdict: &Verdict| judged.iter().flatten().filter(|judged| *judged == verdict).count();
    println!("{:5} written projects", judged.len());
    println!("{:5} loaded by both, with equal facts", count(&Verdict::Accepted));
    println!("{:5} rejected by both", count(&Verdict::Rejected));
    println!("{:5} rejected by Docker Compose alone, for the reason given", count(&Verdict::RejectedByComposeAlone));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The verdict on a case, or what differs from it.
fn judge(compose: &DockerCompose, case: &Case) -> Result<Verdict, String> {
    let folder = case.write();
    let theirs = compose.resolve(&case.place(folder.path()), &case.arguments()).map(|model| Facts::of_compose(&model));
    let ours = load(case.selection(folder.path()));
    let notes = ours.as_ref().map(|project| project.notes.clone()).unwrap_or_default();
    let verdict = match (theirs, ours.map(|project| Facts::of_project(&project))) {
        (Ok(theirs), Ok(ours)) => match ours.differences(&theirs).as_slice() {
            [] if notes.iter().any(|note| note.kind != NoteKind::VersionsDiffer) => {
                return Err(format!("a note says that Docker Compose refuses it, and it does not: {notes:?}"));
            }
            [] => Verdict::Accepted,
            differences => return Err(differences.join("\n    ")),
        },
        (Err(_), Err(_)) => Verdict::Rejected,
        (Err(said), Ok(_)) if case.verdict != Verdict::RejectedByComposeAlone => {
            return Err(format!("only Docker Compose rejects it: {said}"));
        }
        (Err(said), Ok(_)) if case.is_noted() => {
            let words = |note: &&Note| {
                said.contains(note.message.trim_start_matches("validating: ").trim_end_matches(" not found"))
            };
            match notes.iter().any(|note| words(&note)) {
                true => Verdict::RejectedByComposeAlone,
                false => return Err(format!("no note says what Docker Compose says: {said}\n    {notes:?}")),
            }
        }
        (Err(_), Ok(_)) => Verdict::RejectedByComposeAlone,
        (Ok(_), Err(error)) => return Err(format!("only composefix rejects it: {error}")),
    };
    if verdict == case.verdict { Ok(verdict) } else { Err(format!("it is {verdict:?}, and not {:?}", case.verdict)) }
}

/// The verdict, if the older version agrees with it, or does not where the case says so.
fn compare(older: &DockerCompose, case: &Case, verdict: Verdict) -> Result<Verdict, String> {
    let folder = case.write();
    let theirs = older.resolve(&case.place(folder.path()), &case.arguments()).map(|model| Facts::of_compose(&model));
    let ours = load(case.selection(folder.path()));
    let is_noted =
        ours.as_ref().is_ok_and(|project| project.notes.iter().any(|note| note.kind == NoteKind::VersionsDiffer));
    let agrees = match (theirs, ours.map(|project| Facts::of_project(&project))) {
        (Ok(theirs), Ok(ours)) => ours.differences(&theirs).is_empty(),
        (theirs, _) => theirs.is_err() == (verdict != Verdict::Accepted),
    };
    match (agrees, &case.older) {
        (true, None) => Ok(verdict),
        (true, Some(said)) => Err(format!("the older version does not differ: {said}")),
        (false, None) => Err("the older version differs".to_owned()),
        (false, Some(_)) if verdict == Verdict::Accepted && !is_noted && !case.is_harmless() => {
            Err("no note says that the versions differ".to_owned())
        }
        (false, Some(_)) => Ok(verdict),
    }
}

/// Loads a project, or returns why not.
fn load(selection: impl FnOnce(&mut Files) -> Result<Selection, String>) -> Result<Project, String> {
    let mut files = Files::default();
    let selection = selection(&mut files)?;
    Project::load(&mut files, selection).map_err(|error| error.describe(&files))
}

/// What is discovered from a folder.
fn discover(files: &mut Files, folder: &Path, is_project_directory: bool) -> Result<Selection, String> {
    let found = Selection::upward(files, folder, is_project_directory).map_err(|error| error.describe(files))?;
    found.ok_or_else(|| "there is no compose file".to_owned())
}

/// What `work` makes of each item, in any order.
fn in_parallel<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let items = Mutex::new(items.into_iter());
    let next = || items.lock().expect("taking an item does not panic").next();
    let worker = || std::iter::from_fn(next).map(&work).collect::<Vec<R>>();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no work panics")).collect()
    })
}
