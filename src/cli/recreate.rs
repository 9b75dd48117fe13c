//! The command that applies fixes to containers: `docker compose up -d`, because a restart keeps the old environment.

use std::path::{Path, PathBuf};

use crate::cli::requests::canonical;
use crate::cli::targets::Target;
use crate::compose::Selection;
use crate::fixer::Outcome;
use crate::source::{Files, without_dots};

/// The command to run in the working directory after the fixes of a project; `None` if no container has to be recreated.
pub(super) fn recreate_command(target: &Target, outcome: &Outcome) -> Option<String> {
    let services = outcome.services_to_start();
    if services.is_empty() {
        return None;
    }
    let mut words = compose_words(target);
    words.extend(["up", "-d"].into_iter().chain(services).map(str::to_owned));
    shlex::try_join(words.iter().map(String::as_str)).ok()
}

/// `docker compose` for a project, in the working directory.
pub(super) fn compose_command(target: &Target) -> String {
    let words = compose_words(target);
    shlex::try_join(words.iter().map(String::as_str)).unwrap_or_else(|_| "docker compose".to_owned())
}

fn compose_words(target: &Target) -> Vec<String> {
    let mut words = vec!["docker".to_owned(), "compose".to_owned()];
    let selection = &target.selection;
    if !is_found_here(target) {
        let named = [
            ("--project-directory", selection.directory.as_slice()),
            ("--env-file", &selection.env_files),
            ("-f", &selection.files),
        ];
        for (flag, path) in named.iter().flat_map(|(flag, paths)| paths.iter().map(move |path| (flag, path))) {
            words.extend([(*flag).to_owned(), without_dots(path).display().to_string()]);
        }
    }
    words
}

/// Whether Compose reads the same project when it runs in the working directory without arguments.
fn is_found_here(target: &Target) -> bool {
    let found = Selection::upward(&mut Files::new(target.border.clone()), Path::new(""), false);
    let known = |paths: &[PathBuf]| paths.iter().map(|path| canonical(path)).collect::<Vec<_>>();
    let parts =
        |selection: &Selection| (known(&selection.files), selection.directory.clone(), known(&selection.env_files));
    found.is_ok_and(|found| found.is_some_and(|found| parts(&found) == parts(&target.selection)))
}
