//! What belongs to a project and is not read.

use std::path::PathBuf;

/// A file or folder that belongs to a project and was not read, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Unread {
    /// It is not where the project may read.
    #[error("{} is outside of the repository, so it is not read", path.display())]
    Outside {
        /// The folder or file.
        path: PathBuf,
    },
    /// A source file that is too large to be written by hand.
    #[error("{} is larger than {}, the limit for a source file; it is not read", path.display(), size(*limit))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// More files than a program has.
    #[error("{} contains more than {limit} source and configuration files; the others are not read", folder.display())]
    TooMany {
        /// The folder.
        folder: PathBuf,
        /// How many are read.
        limit: usize,
    },
    /// Folders in folders in folders.
    #[error("{} is {limit} directories deep; the files below it are not read", folder.display())]
    TooDeep {
        /// The folder.
        folder: PathBuf,
        /// How deep folders are read.
        limit: usize,
    },
}

/// A number of bytes, for people.
pub(super) fn size(bytes: u64) -> String {
    match bytes / 1024 {
        kib if kib % 1024 == 0 => format!("{} MiB", kib / 1024),
        kib => format!("{kib} KiB"),
    }
}
