//! A project: its compose files, merged as in Compose, and its env files.

use std::collections::{HashMap, HashSet};
use std::ops::{Deref, Index};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::compose::dot_env::DotEnv;
use crate::compose::environment::{Variable, Written};
use crate::compose::error::ProjectError;
use crate::compose::interpolation::{Piece, PieceSource};
use crate::compose::load::Loader;
use crate::compose::names::DEFAULT_NAMES;
use crate::compose::note::Note;
use crate::compose::port::{PublishedPorts, WrittenPorts};
use crate::compose::selection::Selection;
use crate::compose::service::{Service, ServiceId};
use crate::compose::sharing::Sharing;
use crate::compose::validate::validate;
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
    /// The variables for `${…}` in the project's own files.
    pub dot_env: DotEnv,
    /// The services, in the order in which they first appear; [`ServiceId`] is the place.
    pub services: Vec<Service>,
    /// The place of each, by its name.
    pub(super) by_name: HashMap<String, ServiceId>,
    /// The networks that the files declare.
    pub networks: HashSet<String>,
    /// Those of them that others make, so that containers of other projects may be on them.
    pub external_networks: HashSet<String>,
    /// What Compose refuses, or an older version reads otherwise, though the project could be read.
    pub notes: Vec<Note>,
    /// What services share, once it was asked for.
    pub(super) sharing: OnceLock<Sharing>,
}

/// A compose file of a project. Its place among the sources is its document's number.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub file: FileId,
    /// Its path, as it was read.
    pub path: PathBuf,
    /// Whether it is one of the files that make up the project, not one that those include or extend.
    pub is_named: bool,
    /// Whether another file includes it.
    pub is_included: bool,
    /// Its tree.
    pub document: Arc<Document>,
}

impl Project {
    /// Whether the value of a variable is to come from a `.env` that is not there: the repository keeps it out, or has a sample of it.
    #[must_use]
    pub fn awaits_dot_env(&self, files: &Files, variable: Variable<'_>) -> bool {
        let Variable::Environment(Written { name, text, passed_through, .. }) = variable else { return false };
        let is_awaited = |piece: &Piece| match &piece.source {
            PieceSource::Unset { name, .. } => self.dot_env.awaits(files, name),
            _ => false,
        };
        match text {
            Some(text) => text.value.pieces.iter().any(is_awaited),
            None => passed_through.is_none() && self.dot_env.awaits(files, name),
        }
    }

    /// Loads a project: the one of a [`Selection`], or of a single compose file by its path. A missing env file is noted and is not an
    /// error: a checkout often lacks them.
    ///
    /// # Errors
    /// [`ProjectError`], with the place, if Compose rejects a part that is read here, or the services together: an unknown dependency or
    /// network, a cycle. Errors in other parts are in [`Self::notes`].
    pub fn load(files: &mut Files, selection: impl Into<Selection>) -> Result<Self, ProjectError> {
        Self::read(files, selection)?.validated()
    }

    /// A project that was read, as [`Self::load`] gives it.
    ///
    /// # Errors
    /// [`ProjectError`] for what does not go together.
    fn validated(mut self) -> Result<Self, ProjectError> {
        validate(&self)?;
        self.take_notes();
        Ok(self)
    }

    /// The project that a file belongs to, with its selection. The file was read alone: it is the whole project; else, as people use a variant
    /// such as `docker-compose.prod.yml`, it is put over the base beside it.
    ///
    /// # Errors
    /// Those of [`Self::load`] of the file alone, if that is no whole project and has no base.
    pub fn with_base(self, files: &mut Files, path: &Path) -> (Selection, Result<Self, ProjectError>) {
        let has_source = |service: &Service| service.image.is_some() || service.build.is_some();
        let has_sources = self.services.iter().all(has_source);
        let alone = self.validated();
        if has_sources && alone.is_ok() {
            return (Selection::file(path), alone);
        }
        let directory = path.parent().unwrap_or(Path::new(""));
        let mut bases = DEFAULT_NAMES.iter().map(|name| directory.join(name));
        let base = bases.find(|base| base != path && files.is_file(base));
        let both = base.map(|base| Selection::files(vec![base, path.to_owned()]));
        match both.map(|both| (Self::load(files, &both), both)) {
            Some((Ok(project), both)) => (both, Ok(project)),
            _ => (Selection::file(path), alone),
        }
    }

    /// Reads a part of a project, as [`Self::load`] does, without asking whether its services go together.
    ///
    /// # Errors
    /// [`ProjectError`], with the place, for what Compose refuses in the parts that are read here.
    pub fn read(files: &mut Files, selection: impl Into<Selection>) -> Result<Self, ProjectError> {
        Loader::new(files).load(&selection.into())
    }

    /// Loads the project again after an edit: only the files whose text changed are parsed.
    ///
    /// # Errors
    /// Those of [`Self::load`].
    pub fn reload(&self, files: &mut Files, selection: &Selection) -> Result<Self, ProjectError> {
        Loader::reusing(files, &self.sources).load(selection)?.validated()
    }

    /// The ports of a service that its own definitions write.
    #[must_use]
    pub fn written_ports(&self, service: &Service) -> Vec<WrittenPorts> {
        let lookup = |name: &str| self.dot_env.value(name);
        let definitions = service.definitions.iter().map(|definition| definition.node);
        let written = definitions.filter_map(|node| PublishedPorts::written(self.document(node), node, &lookup).ok());
        written.flatten().collect()
    }

    /// A service by its name, in constant time.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.get(self.service_id(name)?.index())
    }

    /// The place of a service by its name, in constant time.
    #[must_use]
    pub fn service_id(&self, name: &str) -> Option<ServiceId> {
        self.by_name.get(name).copied()
    }

    /// A service with the project that it is of: cheap to clone, and free of lifetimes.
    #[must_use]
    pub fn handle(self: &Arc<Self>, id: ServiceId) -> ServiceHandle {
        ServiceHandle { project: Arc::clone(self), id }
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

    /// The path of the file that a node is in.
    #[must_use]
    pub fn path_of(&self, node: NodeId) -> &Path {
        &self.sources[usize::from(node.document.0)].path
    }

    /// The path of the file that a node is in, if that file is none of this project: it lies outside the project directory, where other
    /// projects may use it too.
    #[must_use]
    pub fn foreign_path(&self, node: NodeId) -> Option<&Path> {
        let source = &self.sources[usize::from(node.document.0)];
        let is_inside = normalized(&source.path).starts_with(normalized(&self.directory));
        (!source.is_named && !is_inside).then_some(&source.path)
    }

    /// Whether a file of the project is named for `docker stack`, which rejects dependencies with a condition and orders nothing
    /// (docker/cli, cli/compose/types/types.go).
    #[must_use]
    pub fn is_for_swarm(&self) -> bool {
        let named = |source: &Source| {
            let name =
                source.path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
            let words: Vec<&str> = name.split(['.', '-', '_']).collect();
            words.contains(&"swarm") || matches!(words[..], ["docker", "stack", ..] | ["stack", "yml" | "yaml"])
        };
        self.sources.iter().any(named)
    }

    /// The containers that the files ask for by a number greater than one; `None` for one, and where that is not known.
    #[must_use]
    pub fn replicas(&self, service: &Service) -> Option<u32> {
        self.counts(service).filter_map(|count| count?.parse().ok()).find(|count| *count > 1)
    }

    /// Whether the files ask for several containers of a service, or for a number of them that a variable decides.
    #[must_use]
    pub fn is_scaled(&self, service: &Service) -> bool {
        self.counts(service).any(|count| count != Some("1"))
    }

    /// The settings for the number of a service's containers, as written.
    fn counts<'s>(&'s self, service: &'s Service) -> impl Iterator<Item = Option<&'s str>> {
        service.definitions.iter().flat_map(|definition| {
            let document = self.document(definition.node);
            let deploy = document.entry(definition.node, "deploy");
            let replicas = deploy.and_then(|deploy| document.entry(deploy.value, "replicas"));
            let scale = document.entry(definition.node, "scale");
            [replicas, scale].into_iter().flatten().map(|count| document.scalar(count.value))
        })
    }

    /// The bytes of a node in its file.
    #[must_use]
    pub fn span(&self, node: NodeId) -> Span {
        self.document(node).node(node).span
    }
}

impl Index<ServiceId> for Project {
    type Output = Service;

    fn index(&self, id: ServiceId) -> &Service {
        &self.services[id.index()]
    }
}

/// A service of a project, with shared ownership.
#[derive(Clone)]
pub struct ServiceHandle {
    project: Arc<Project>,
    id: ServiceId,
}

impl Deref for ServiceHandle {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.project[self.id]
    }
}

impl std::fmt::Debug for ServiceHandle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "ServiceHandle({})", self.name)
    }
}

/// A path without `.` and, as far as they can be resolved by words alone, `..`.
#[must_use]
pub fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
