//! Files on the disk.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::source::{ReadError, Reader, Wanted};

/// Reads from the disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Reader for Disk {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        let failed = |error| ReadError::Io { path: path.to_owned(), error };
        let regular = |metadata: Metadata| match metadata.is_dir() {
            true => Err(failed(io::ErrorKind::IsADirectory.into())),
            false if metadata.is_file() => Ok(metadata),
            false => Err(ReadError::NotAFile { path: path.to_owned() }),
        };
        // To open a pipe waits for its other end, so what the path names is asked before, and again of what was opened.
        regular(std::fs::metadata(path).map_err(failed)?)?;
        let mut file = File::open(path).map_err(failed)?;
        let metadata = regular(file.metadata().map_err(failed)?)?;
        let capacity = usize::try_from(metadata.len().min(limit)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(capacity + 1);
        (&mut file).take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > limit { Err(ReadError::TooLarge { path: path.to_owned() }) } else { Ok(bytes) }
    }

    fn is_file(&self, path: &Path) -> bool {
        path.metadata().is_ok_and(|metadata| !metadata.is_dir())
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn below(&self, folder: &Path, wanted: Wanted) -> Vec<PathBuf> {
        let walk = ignore::WalkBuilder::new(folder)
            .hidden(false)
            .parents(false)
            .git_global(false)
            .git_exclude(false)
            .require_git(false)
            .max_depth(Some(MAX_DEPTH))
            // The names of each folder by themselves are quickly sorted, and it comes to the same order as that of whole paths.
            .sort_by_file_name(Ord::cmp)
            .filter_entry(move |entry| {
                entry.depth() == 0 || !entry.file_type().is_some_and(|kind| kind.is_dir()) || wanted(entry.path(), true)
            })
            .build();
        let files = walk.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
        files.map(ignore::DirEntry::into_path).filter(|path| wanted(path, false)).take(MAX_FILES).collect()
    }
}

/// Folders in folders, and files, at most: what is more is not a single program.
const MAX_DEPTH: usize = 24;
const MAX_FILES: usize = 100_000;
