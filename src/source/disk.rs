//! Files on the disk.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use crate::source::{ReadError, Reader, Unread, Walk, Wanted};

/// Reads from the disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Reader for Disk {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        let failed = |error| ReadError::Io { path: path.to_owned(), error };
        // To open a pipe waits for its other end, so what the path names is asked before, and again of what was opened.
        require_regular(&std::fs::metadata(path).map_err(failed)?, path)?;
        read_regular(File::open(path).map_err(failed)?, path, limit)
    }

    fn is_file(&self, path: &Path) -> bool {
        path.metadata().is_ok_and(|metadata| !metadata.is_dir())
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn below(&self, folder: &Path, wanted: Wanted) -> Walk {
        let walk = ignore::WalkBuilder::new(folder)
            .hidden(false)
            // Named so, it is obeyed without the search of all folders above for others that `parents(false)` then ignores.
            .add_custom_ignore_filename(".gitignore")
            .git_ignore(false)
            .parents(false)
            .git_global(false)
            .git_exclude(false)
            .max_depth(Some(MAX_DEPTH))
            // Sorting the names of each folder is fast, and gives the same order as sorting whole paths.
            .sort_by_file_name(Ord::cmp)
            .filter_entry(move |entry| {
                entry.depth() == 0 || !entry.file_type().is_some_and(|kind| kind.is_dir()) || wanted(entry.path(), true)
            })
            .build();
        let mut found = Walk::default();
        for entry in walk.flatten() {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            if is_folder && entry.depth() == MAX_DEPTH {
                found.unread.push(Unread::TooDeep { folder: entry.into_path(), limit: MAX_DEPTH });
            } else if entry.file_type().is_some_and(|kind| kind.is_file()) && wanted(entry.path(), false) {
                if found.paths.len() == MAX_FILES {
                    found.unread.push(Unread::TooMany { folder: folder.to_owned(), limit: MAX_FILES });
                    break;
                }
                found.paths.push(entry.into_path());
            }
        }
        found
    }
}

/// The bytes of an open file, if it is a regular one.
pub(super) fn read_regular(mut file: File, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let failed = |error| ReadError::Io { path: path.to_owned(), error };
    let metadata = file.metadata().map_err(failed)?;
    require_regular(&metadata, path)?;
    let capacity = usize::try_from(metadata.len().min(limit)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(capacity + 1);
    (&mut file).take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit { Err(ReadError::TooLarge { path: path.to_owned(), limit }) } else { Ok(bytes) }
}

fn require_regular(metadata: &Metadata, path: &Path) -> Result<(), ReadError> {
    let path = || path.to_owned();
    match metadata.is_dir() {
        true => Err(ReadError::Io { path: path(), error: io::ErrorKind::IsADirectory.into() }),
        false if metadata.is_file() => Ok(()),
        false => Err(ReadError::NotAFile { path: path() }),
    }
}

/// Folders in folders, and files, at most: what is more is not a single program.
const MAX_DEPTH: usize = 24;
const MAX_FILES: usize = 100_000;
