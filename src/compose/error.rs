//! Why a project cannot be loaded.

use crate::source::{FileId, Files, ReadError};
use crate::yaml::{NodeId, YamlError};

/// An error for which Compose would reject the project, or which keeps composefix from analyzing it.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// A file that cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A file that is not a compose file, or is empty.
    #[error("{message}")]
    Foreign {
        /// The file.
        file: FileId,
        /// The byte offset in it.
        offset: usize,
        /// What shows it, and what to do.
        message: String,
    },
    /// An error at a place in a file.
    #[error("{message}")]
    Invalid {
        /// The file.
        file: FileId,
        /// The byte offset in it.
        offset: usize,
        /// What is wrong and what to do.
        message: String,
        /// Another place of the same file that belongs to it, with a word about it.
        other: Option<(usize, &'static str)>,
    },
}

impl ProjectError {
    /// A file that is something else than a compose file, at the byte offset where that shows.
    pub(super) fn foreign(file: FileId, offset: usize, reason: &str) -> Self {
        Self::Foreign { file, offset, message: format!("this is not a compose file ({reason}); pass the path of one") }
    }

    /// An empty file.
    pub(super) fn empty(file: FileId) -> Self {
        Self::Foreign { file, offset: 0, message: "the file is empty".to_owned() }
    }

    pub(super) fn at(file: FileId, offset: usize, message: impl Into<String>) -> Self {
        Self::Invalid { file, offset, message: message.into(), other: None }
    }

    pub(super) fn yaml(file: FileId, error: YamlError) -> Self {
        Self::Invalid { file, offset: error.offset, message: error.message, other: error.other }
    }

    /// The error as a user reads it: `path:line:column: what is wrong`.
    #[must_use]
    pub fn describe(&self, files: &Files) -> String {
        match self {
            Self::Read(error) => error.to_string(),
            Self::Foreign { file, offset, message } => format!("{}: {message}", files.get(*file).place(*offset)),
            Self::Invalid { file, offset, message, other } => {
                let file = files.get(*file);
                let place = file.place(*offset);
                match other {
                    Some((offset, about)) => {
                        format!("{place}: {message} ({about} on line {})", file.line_column(*offset).line)
                    }
                    None => format!("{place}: {message}"),
                }
            }
        }
    }
}

/// The error of a reader for a node that it cannot use.
#[derive(Debug)]
pub(super) struct Invalid {
    pub(super) node: NodeId,
    pub(super) message: String,
    /// A byte offset inside the node's decoded text, if the exact place is known.
    pub(super) within: Option<usize>,
}

impl Invalid {
    pub(super) fn new(node: NodeId, message: impl Into<String>) -> Self {
        Self { node, message: message.into(), within: None }
    }
}
