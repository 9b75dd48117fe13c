//! A project: its compose files, merged as Compose merges them, and the env files beside them.

use std::path::PathBuf;
use std::sync::Arc;

use crate::compose::dot_env::DotEnv;
use crate::compose::error::ProjectError;
use crate::compose::load::Loader;
use crate::compose::selection::Selection;
use crate::compose::service::Service;
use crate::source::{FileId, Files};
use crate::text::Span;
use crate::yaml::{Document, NodeId};

/// A project.
#[derive(Clone, Debug)]
pub struct Project {
    /// The project directory, against which relative paths are resolved.
    pub directory: PathBuf,
    /// The compose files that were read: those of the project in their order, those they include or extend as they were met.
    pub sources: Vec<Source>,
    /// What `${…}` in the project's own files refers to.
    pub dot_env: DotEnv,
    /// The services, in the order in which they first appear.
    pub services: Vec<Service>,
}

/// A compose file of a project. Its place among the sources is its document's number.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub file: FileId,
    /// Its tree.
    pub document: Arc<Document>,
}

impl Project {
    /// Loads a project: the one of a [`Selection`], or of a single compose file by its path. Env files that do not exist are noted, not refused: a checkout often lacks them.
    ///
    /// # Errors
    /// [`ProjectError`], with the place, for what Compose refuses in the parts that are read here.
    pub fn load(files: &mut Files, selection: impl Into<Selection>) -> Result<Self, ProjectError> {
        Loader::new(files).load(&selection.into())
    }

    /// A service by its name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The tree that a node is in.
    #[must_use]
    pub fn document(&self, node: NodeId) -> &Document {
        &self.sources[usize::from(node.document.0)].document
    }

    /// The file that a node is in.
    #[must_use]
    pub fn file(&self, node: NodeId) -> FileId {
        self.sources[usize::from(node.document.0)].file
    }

    /// The bytes of a node in its file.
    #[must_use]
    pub fn span(&self, node: NodeId) -> Span {
        self.document(node).node(node).span
    }
}
