//! Files that exist only in memory.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::source::{ReadError, Reader, Walk, Wanted};

/// Files that exist only in memory, by their whole path.
#[derive(Clone, Debug, Default)]
pub struct Memory(pub BTreeMap<PathBuf, Vec<u8>>);

impl Reader for Memory {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.0.get(path) {
            Some(bytes) if bytes.len() as u64 > limit => Err(ReadError::TooLarge { path: path.to_owned(), limit }),
            Some(bytes) => Ok(bytes.clone()),
            None => Err(ReadError::Io { path: path.to_owned(), error: io::ErrorKind::NotFound.into() }),
        }
    }

    fn is_file(&self, path: &Path) -> bool {
        self.0.contains_key(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.0.keys().any(|file| file != path && file.starts_with(path))
    }

    fn below(&self, folder: &Path, wanted: Wanted) -> Walk {
        let is_wanted = |path: &&PathBuf| {
            let Ok(inner) = path.strip_prefix(folder) else { return false };
            let folders = inner.ancestors().skip(1).filter(|part| !part.as_os_str().is_empty());
            folders.map(|part| folder.join(part)).all(|part| wanted(&part, true)) && wanted(path, false)
        };
        Walk { paths: self.0.keys().filter(is_wanted).cloned().collect(), unread: Vec::new() }
    }
}
