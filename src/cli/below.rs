//! Compose files below the working directory that a run without a path leaves out, because there is a project in the directory itself.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::cli::args::ProjectArgs;
use crate::cli::requests::canonical;
use crate::compose::is_compose_name;
use crate::source::tree::Search;
use crate::text::visible;

/// How many folders deep is looked: a run without a path may be in a home directory.
const DEPTH: usize = 4;

/// A note for people; none if a path was named, or if all files below were read.
pub(super) fn note(args: &ProjectArgs, read: &HashSet<PathBuf>) -> Option<String> {
    if !args.paths.is_empty() || !args.files.is_empty() || args.project_directory.is_some() {
        return None;
    }
    let found = Search {
        is_of_kind: &is_compose_name,
        mark: &|_| 1,
        excluded: &args.exclude,
        threads: args.jobs,
        depth: Some(DEPTH),
    }
    .below(Path::new("."));
    let below = found.folders.iter().filter(|folder| !folder.path.as_os_str().is_empty());
    let files = below.flat_map(|folder| folder.files.iter().map(|(name, _)| folder.path.join(name)));
    let mut left = files.filter(|path| !read.contains(&canonical(path)));
    let first = visible(&left.next()?.display().to_string()).into_owned();
    let what = match left.count() {
        0 => format!("1 compose file in a subdirectory is not read ({first})"),
        more => format!("{} compose files in subdirectories are not read ({first}, …)", more + 1),
    };
    Some(format!("note: {what}; pass `.` to include subdirectories\n"))
}
