//! The corpus: the compose projects of public repositories. It is not part of this one.

use std::path::{Path, PathBuf};

/// Its projects: two levels down, each folder of `$COMPOSEFIX_CORPUS`, else of `../shared/corpus`. Where it is not, the test says that it
/// was skipped.
pub fn projects() -> Option<Vec<PathBuf>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("COMPOSEFIX_CORPUS").map_or_else(beside, PathBuf::from);
    if !corpus.is_dir() {
        super::skip("the corpus is not here");
        return None;
    }
    Some(subfolders(&corpus).iter().flat_map(|set| subfolders(set)).collect())
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    children(folder).into_iter().filter(|path| path.is_dir()).collect()
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().expect("the corpus can be read");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("the corpus can be read").path()).collect();
    paths.sort();
    paths
}

/// The YAML files of a project, given from its folder.
pub fn yaml_files(project: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![project.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in children(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml") {
                let file = path.strip_prefix(project).expect("it stands in the project");
                files.push(file.to_str().expect("the corpus has plain names").to_owned());
            }
        }
    }
    files
}
