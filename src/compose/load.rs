//! Loads a project in the order in which Compose does (compose-spec/compose-go v2.9.1, loader/loader.go): file by file, document by
//! document, each interpolated, its `extends` resolved, then merged over what came before; what a file includes comes with it.

mod env_files;
mod extends;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use extends::{Base, BaseKey, ByName};

use crate::compose::dot_env::DotEnv;
use crate::compose::env_file;
use crate::compose::error::{Invalid, ProjectError};
use crate::compose::note::{Note, NoteKind, OLDER_VERSION, REFERENCE_VERSION, missing_variables};
use crate::compose::project::{Project, Source, normalized};
use crate::compose::recognise::{has_known_key, is_known_key};
use crate::compose::resolved::facts;
use crate::compose::section::{is_merge_tag, is_reset};
use crate::compose::selection::Selection;
use crate::compose::service::Service;
use crate::compose::services::Services;
use crate::compose::text::Text;
use crate::source::{FileId, Files};
use crate::yaml::{Document, DocumentId, NodeId, Resolved, Scalar};

/// The limit for the depth and for the number of included files, counting repeated ones.
const MAX_INCLUDES: usize = 32;
const MAX_INCLUDED: usize = 1_000;

pub(super) struct Loader<'f> {
    files: &'f mut Files,
    sources: Vec<Source>,
    by_file: HashMap<FileId, DocumentId>,
    /// The trees of an earlier load, to be used again where the text is the same.
    earlier: &'f [Source],
    /// The services that each YAML document writes, by name, once they were looked for.
    written: HashMap<(NodeId, FileRole), Arc<ByName>>,
    /// The services that others extend, read once.
    bases: HashMap<BaseKey, Arc<Base>>,
    /// How many parts those bases gave to others so far.
    inherited: usize,
    /// How many scenes there were, to number them.
    scenes: usize,
    /// The entries of env files that no reader's variables change.
    env_files: HashMap<(FileId, env_file::Format), Arc<Vec<env_file::Entry>>>,
    /// How many files were included so far.
    included: usize,
    /// The networks that the project's files declare.
    networks: HashSet<String>,
    /// Those of them that are external.
    external: HashSet<String>,
    notes: Vec<Note>,
}

/// Where relative paths start, and what `${…}` refers to.
struct Scene {
    /// Which of the scenes it is, as far as variables go.
    number: usize,
    directory: PathBuf,
    dot_env: DotEnv,
    /// How many includes lead here.
    depth: usize,
}

/// What a file is read for. Of one that is only extended Compose judges nothing but the service it takes, which may be null.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum FileRole {
    Project,
    Extended,
}

impl<'f> Loader<'f> {
    pub(super) fn new(files: &'f mut Files) -> Self {
        Self::reusing(files, &[])
    }

    /// A loader that parses no text again that one of `earlier` was made from.
    pub(super) fn reusing(files: &'f mut Files, earlier: &'f [Source]) -> Self {
        Self {
            files,
            sources: Vec::new(),
            by_file: HashMap::new(),
            earlier,
            written: HashMap::new(),
            bases: HashMap::new(),
            inherited: 0,
            scenes: 0,
            env_files: HashMap::new(),
            included: 0,
            networks: HashSet::new(),
            external: HashSet::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn load(mut self, selection: &Selection) -> Result<Project, ProjectError> {
        let directory = selection.project_directory();
        let dot_env = DotEnv::load(self.files, &directory, &selection.env_files)?.awaiting(&directory);
        let working_directory = normalized(&self.files.absolute(&directory));
        let name = self.project_name(&selection.files, &working_directory, &dot_env)?;
        let dot_env = dot_env.of_project(working_directory, name);
        let scene = Scene { number: self.next_scene(), directory, dot_env, depth: 0 };
        let mut services = self.load_files(&selection.files, &scene)?;
        if let Some(first) = self.sources.first()
            && self.sources.iter().all(|source| source.document.roots().is_empty())
        {
            return Err(ProjectError::empty(first.file));
        }
        for service in services.iter_mut() {
            self.load_env_files(&scene.dot_env, service)?;
        }
        let (services, by_name) = services.numbered();
        let (sources, networks, external_networks, notes) = (self.sources, self.networks, self.external, self.notes);
        Ok(Project {
            directory: scene.directory,
            sources,
            dot_env: scene.dot_env,
            services,
            by_name,
            networks,
            external_networks,
            notes,
            sharing: OnceLock::new(),
        })
    }

    fn next_scene(&mut self) -> usize {
        self.scenes += 1;
        self.scenes
    }

    fn load_files(&mut self, paths: &[PathBuf], scene: &Scene) -> Result<Services, ProjectError> {
        let mut services = Services::default();
        for path in paths {
            let document = self.read(path)?;
            let source = &mut self.sources[usize::from(document.0)];
            source.is_named |= scene.depth == 0;
            source.is_included |= scene.depth > 0;
            self.judge_values(document, scene)?;
            for root in self.roots(document)? {
                let mut included = self.load_includes(document, root, scene)?;
                self.declare_networks(document, root)?;
                let tree = self.document(document);
                if tree.entry(root, "services").is_some_and(|services| is_merge_tag(&tree, services.value)) {
                    services = Services::default();
                }
                for (key, node) in self.written_services(document, root, FileRole::Project)? {
                    if is_reset(&tree, node) {
                        services.take(tree.scalar(key).unwrap_or_default());
                        continue;
                    }
                    let own = self.service(root, key, node, scene, &mut Vec::new())?.service;
                    services.merge(match included.take(&own.name) {
                        Some(other) => {
                            self.note_two_origins(&other, &own);
                            own.over(other)
                        }
                        None => *own,
                    });
                }
                included.into_iter().for_each(|service| services.merge(service));
            }
        }
        Ok(services)
    }

    /// The last `name` in the files, else that of the directory, as far as Compose lets it be one (compose-spec/compose-go v2.9.1,
    /// loader/loader.go, `NormalizeProjectName`).
    fn project_name(&mut self, paths: &[PathBuf], directory: &Path, dot_env: &DotEnv) -> Result<String, ProjectError> {
        let mut name = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for path in paths {
            let id = self.read(path)?;
            let document = self.document(id);
            for entry in document.roots().iter().filter_map(|&root| document.entry(root, "name")) {
                let text = Text::read_string(&document, entry.value, &|name: &str| dot_env.value(name));
                name = text.map_err(|invalid| self.invalid(invalid))?.map_or(name, |text| text.value.text);
            }
        }
        let is_allowed = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        let name: String = name.to_lowercase().chars().filter(is_allowed).collect();
        Ok(name.trim_start_matches(['-', '_']).to_owned())
    }

    /// Parses a file, once.
    fn read(&mut self, path: &Path) -> Result<DocumentId, ProjectError> {
        let file = self.files.read(path)?;
        if let Some(&id) = self.by_file.get(&file) {
            return Ok(id);
        }
        let id = u16::try_from(self.sources.len()).map(DocumentId);
        let id = id.map_err(|_| ProjectError::at(file, 0, "the project has too many files"))?;
        let text = self.files.get(file).shared_text();
        let is_same = |source: &&Source| source.file == file && source.document.is_of(id, &text);
        let document = match self.earlier.iter().find(is_same) {
            Some(source) => Arc::clone(&source.document),
            None => Arc::new(Document::parse_as(id, Arc::clone(&text)).map_err(|error| {
                match error.lost_sync || has_known_key(&text) {
                    true => ProjectError::yaml(file, error),
                    false => ProjectError::foreign(file, error.offset, "it is not valid YAML from here on"),
                }
            })?),
        };
        self.sources.push(Source { file, path: path.to_owned(), is_named: false, is_included: false, document });
        self.by_file.insert(file, id);
        Ok(id)
    }

    fn document(&self, id: DocumentId) -> Arc<Document> {
        Arc::clone(&self.sources[usize::from(id.0)].document)
    }

    fn error(&self, node: NodeId, message: impl Into<String>) -> ProjectError {
        let source = &self.sources[usize::from(node.document.0)];
        ProjectError::at(source.file, source.document.node(node).span.start, message)
    }

    fn foreign(&self, node: NodeId, reason: &str) -> ProjectError {
        let source = &self.sources[usize::from(node.document.0)];
        ProjectError::foreign(source.file, source.document.node(node).span.start, reason)
    }

    fn invalid(&self, invalid: Invalid) -> ProjectError {
        let source = &self.sources[usize::from(invalid.node.document.0)];
        let offset = source.document.node(invalid.node).span.start + invalid.within.unwrap_or(0);
        ProjectError::at(source.file, offset, invalid.message)
    }

    /// The YAML documents of a file, none of an empty one; Compose merges each over those before it.
    fn roots(&self, id: DocumentId) -> Result<Vec<NodeId>, ProjectError> {
        let document = self.document(id);
        if let Some(&root) = document.roots().iter().find(|&&root| document.entries(root).is_none()) {
            let reason = "its top level is not a map";
            let has_own_key =
                |root: &NodeId| document.entries(*root).unwrap_or_default().iter().any(|entry| is_known_key(entry.key));
            return Err(match !document.roots().iter().any(has_own_key) {
                true => self.foreign(root, reason),
                false => self.error(root, format!("this is not part of a compose file: {reason}")),
            });
        }
        Ok(document.roots().to_vec())
    }

    /// The keys and values of a document's services.
    fn written_services(
        &self,
        id: DocumentId,
        root: NodeId,
        role: FileRole,
    ) -> Result<Vec<(NodeId, NodeId)>, ProjectError> {
        let document = self.document(id);
        let Some(services) = document.entry(root, "services") else {
            // A file may contain only networks; a file without any key of Compose is not a compose file.
            let is_compose = document.entries(root).unwrap_or_default().iter().any(|entry| is_known_key(entry.key));
            return if is_compose { Ok(Vec::new()) } else { Err(self.foreign(root, "it has no `services`")) };
        };
        let Some(entries) = document.entries(services.value) else {
            return Err(self.error(services.value, "`services` must be a map"));
        };
        let no_map = entries.iter().find(|entry| {
            document.entries(entry.value).is_none()
                && document.tag(document.follow(entry.value)).is_none()
                && !(role == FileRole::Extended && document.is_null(entry.value))
        });
        if let Some(entry) = no_map {
            return Err(self.error(entry.key_node, format!("the service `{}` must be a map", entry.key)));
        }
        if let Some(entry) = entries.iter().find(|entry| role == FileRole::Project && !is_service_name(entry.key)) {
            let message =
                format!("`{}` is not a valid service name: use only letters, digits, `.`, `_` and `-`", entry.key);
            return Err(self.error(entry.key_node, message));
        }
        Ok(entries.iter().map(|entry| (entry.key_node, entry.value)).collect())
    }

    fn declare_networks(&mut self, id: DocumentId, root: NodeId) -> Result<(), ProjectError> {
        let document = self.document(id);
        let Some(networks) = document.entry(root, "networks") else { return Ok(()) };
        match document.entries(networks.value) {
            Some(entries) => {
                let is_external = |entry: &&Resolved<'_>| {
                    let external = document.entry(entry.value, "external");
                    external.is_some_and(|external| document.scalar(external.value) != Some("false"))
                };
                self.external.extend(entries.iter().filter(is_external).map(|entry| entry.key.to_owned()));
                self.networks.extend(entries.iter().map(|entry| entry.key.to_owned()));
            }
            None if document.is_null(networks.value) => {}
            None => return Err(self.error(networks.value, "`networks` must be a map")),
        }
        Ok(())
    }

    /// A service in two files of which one includes the other, or which a third file includes, is merged; older versions of Compose accept
    /// it only if both definitions are the same.
    fn note_two_origins(&mut self, one: &Service, other: &Service) {
        if facts(one) != facts(other) {
            let message = format!(
                "the service `{}` is also in an included file: Docker Compose {REFERENCE_VERSION} merges the two, but {OLDER_VERSION} rejects them",
                one.name
            );
            let help = "rename one of them, or move its additions to an override file".to_owned();
            let source = &self.sources[usize::from(other.key.document.0)];
            let (file, span) = (source.file, source.document.node(other.key).span);
            self.notes.push(Note { kind: NoteKind::VersionsDiffer, file, span, message, help });
        }
    }

    /// Compose's errors for the values of a file, in any place.
    fn judge_values(&mut self, id: DocumentId, scene: &Scene) -> Result<(), ProjectError> {
        let document = self.document(id);
        let is_infinite =
            |id: NodeId| matches!(document.scalar_value(id), Some(Scalar::Float(value)) if !value.is_finite());
        if let Some((node, _)) = document.nodes().find(|&(id, _)| is_infinite(id)) {
            return Err(self.error(node, "Compose does not accept an infinite number; put it in quotes"));
        }
        let file = self.sources[usize::from(id.0)].file;
        for (node, name, said) in missing_variables(&document, &|name: &str| scene.dot_env.value(name)) {
            let separator = if said.is_empty() { "" } else { ": " };
            let message = format!("required variable {name} is missing a value{separator}{said}");
            let help = format!("set `{name}` in the shell or in `.env`");
            let span = document.node(node).span;
            self.notes.push(Note { kind: NoteKind::MissingVariable, file, span, message, help });
        }
        Ok(())
    }

    fn load_includes(&mut self, id: DocumentId, root: NodeId, scene: &Scene) -> Result<Services, ProjectError> {
        let document = self.document(id);
        let Some(include) = document.entry(root, "include") else { return Ok(Services::default()) };
        let Some(items) = document.items(include.value) else {
            return Err(self.error(include.value, "`include` must be a list"));
        };
        self.included += items.len();
        if scene.depth >= MAX_INCLUDES || self.included > MAX_INCLUDED {
            return Err(self.error(include.value, "files include one another in a cycle"));
        }
        let mut services = Services::default();
        for item in items {
            let part = |key: &str| self.texts(&document, item.node, key, scene);
            let paths = match document.entries(item.node) {
                Some(_) => part("path")?,
                None => self.text(&document, item.node, scene)?.into_iter().collect(),
            };
            let paths: Vec<PathBuf> = paths.iter().map(|path| scene.directory.join(path)).collect();
            if let Some(path) = paths.iter().find(|path| !self.files.is_file(path)) {
                return Err(self.error(item.node, format!("{}: no such file", path.display())));
            }
            let own = Selection::files(paths);
            let directory = match part("project_directory")?.first() {
                Some(directory) => scene.directory.join(directory),
                None => own.project_directory(),
            };
            let env_files: Vec<PathBuf> = part("env_file")?.iter().map(|path| scene.directory.join(path)).collect();
            let dot_env = scene.dot_env.or(DotEnv::load(self.files, &directory, &env_files)?);
            let inner = Scene { number: self.next_scene(), directory, dot_env, depth: scene.depth + 1 };
            let mut included = self.load_files(&own.files, &inner)?;
            for service in included.iter_mut() {
                self.load_env_files(&inner.dot_env, service)?;
            }
            for service in included {
                match services.get_mut(&service.name) {
                    Some(earlier) => {
                        self.note_two_origins(earlier, &service);
                        *earlier = earlier.clone().over(service);
                    }
                    None => services.merge(service),
                }
            }
        }
        Ok(services)
    }

    /// The text of a key, or the texts of its list.
    fn texts(&self, document: &Document, map: NodeId, key: &str, scene: &Scene) -> Result<Vec<String>, ProjectError> {
        let Some(entry) = document.entry(map, key) else { return Ok(Vec::new()) };
        let nodes = match document.items(entry.value) {
            Some(items) => items.iter().map(|item| item.node).collect(),
            None => vec![entry.value],
        };
        let mut texts = Vec::new();
        for node in nodes {
            texts.extend(self.text(document, node, scene)?);
        }
        Ok(texts)
    }

    fn text(&self, document: &Document, node: NodeId, scene: &Scene) -> Result<Option<String>, ProjectError> {
        let lookup = |name: &str| scene.dot_env.value(name);
        let text = Text::read(document, node, &lookup).map_err(|invalid| self.invalid(invalid))?;
        Ok(text.map(|text| text.value.text))
    }
}

/// As in the schema of the Compose Specification: `^[a-zA-Z0-9._-]+$`.
fn is_service_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}
