//! The diffs of a run, with paths from one root.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::fixer::Changed;
use crate::report::findings::FindingReport;
use crate::source::tree::repository_root;
use crate::text::{Colour, terminal_diff, unified_diff};

/// Of each file that changes the text before the first fix, and after the last.
#[derive(Default)]
pub(super) struct Diffs(BTreeMap<PathBuf, (Arc<str>, Arc<str>)>);

impl Diffs {
    /// Adds the files that a project's fixes change; another project may have changed them before.
    pub(super) fn add(&mut self, files: Vec<Changed>) {
        for changed in files {
            let absolute = || std::path::absolute(&changed.path).unwrap_or_else(|_| changed.path.clone());
            let path = changed.path.canonicalize().unwrap_or_else(|_| absolute());
            let after = Arc::clone(&changed.after);
            self.0.entry(path).or_insert((changed.before, changed.after)).1 = after;
        }
    }

    /// All diffs, in the order of the paths.
    pub(super) fn render(&self, colour: Colour) -> String {
        let root = common_root(&self.0.keys().collect::<Vec<_>>());
        let one = |(path, (before, after)): (&PathBuf, &(Arc<str>, Arc<str>))| {
            let path = relative(path, root.as_deref());
            match colour {
                Colour::Never => unified_diff(&path, before, after),
                Colour::Always => terminal_diff(&path, before, after, colour),
            }
        };
        self.0.iter().map(one).collect()
    }
}

/// Sets the paths of reports relative to the root of the repository, as code scanning and annotations require.
pub(super) fn from_root(reports: &mut [FindingReport]) {
    let real = |path: &str| PathBuf::from(path).canonicalize().unwrap_or_else(|_| PathBuf::from(path));
    let places = || reports.iter().flat_map(FindingReport::places).map(|place| place.path.as_str());
    let paths: BTreeMap<String, PathBuf> = places().map(|path| (path.to_owned(), real(path))).collect();
    let root = if paths.is_empty() { None } else { common_root(&paths.values().collect::<Vec<_>>()) };
    for place in reports.iter_mut().flat_map(FindingReport::places_mut) {
        if let Some(path) = paths.get(&place.path) {
            place.path = relative(path, root.as_deref());
        }
    }
}

/// What the paths of a diff start from: the repository that holds all of them, else the working directory, else the nearest directory
/// that holds them.
fn common_root(paths: &[&PathBuf]) -> Option<PathBuf> {
    let mut roots = paths.iter().map(|path| repository_root(path));
    let first = roots.next()?;
    let repository = first.filter(|first| roots.all(|root| root.as_ref() == Some(first)));
    let holds_all = |directory: &Path| paths.iter().all(|path| path.starts_with(directory));
    let current = || std::env::current_dir().ok()?.canonicalize().ok().filter(|directory| holds_all(directory));
    let nearest = || paths[0].ancestors().skip(1).find(|directory| holds_all(directory)).map(Path::to_owned);
    repository.or_else(current).or_else(nearest)
}

/// A path for a diff, with slashes.
fn relative(path: &Path, root: Option<&Path>) -> String {
    let shown = root.and_then(|root| path.strip_prefix(root).ok()).unwrap_or(path);
    let parts = shown.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.filter(|part| part != "." && part != "/").collect::<Vec<_>>().join("/")
}
