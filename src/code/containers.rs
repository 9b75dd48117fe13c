//! What the files of a project show of its containers: the images that it builds, and the files that it puts into them.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::code::context::{dockerfile_in, resolve};
use crate::code::dockerfile::{BuiltImage, Dockerfile};
use crate::code::document::{self, Syntax};
use crate::code::tree::{MAX_BYTES, Sources};
use crate::compose::{Build, Project, Service, ServiceId, normalized};
use crate::source::Files;
use crate::text::LineIndex;

/// The images that a project builds, as their Dockerfiles say, and the files that it puts into its containers.
#[derive(Clone, Debug, Default)]
pub struct Containers {
    images: HashMap<ServiceId, Option<BuiltImage>>,
    /// The services with an image of somebody else.
    ready_made: HashSet<ServiceId>,
    /// What can be read; `None` if nothing can.
    files: Option<Files>,
    /// What was read.
    read: Arc<Mutex<HashMap<PathBuf, Option<Arc<WrittenProperties>>>>>,
}

/// Java properties as a file has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenProperties {
    /// Its path.
    pub path: PathBuf,
    /// Its entries, in order.
    pub entries: Vec<PropertyEntry>,
}

/// An entry of a file of Java properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyEntry {
    /// The name of the property.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The line, from 1.
    pub line: usize,
}

impl WrittenProperties {
    /// Reads the text of a file.
    #[must_use]
    pub fn of(path: PathBuf, text: &str) -> Self {
        let lines = LineIndex::new(text);
        let entries = document::entries(text, Syntax::Properties).into_iter();
        let entry =
            |own: document::Entry| PropertyEntry { name: own.key, value: own.value, line: lines.line(own.span.start) };
        Self { path, entries: entries.map(entry).collect() }
    }

    /// Whether it has one of some properties.
    #[must_use]
    pub fn has_any(&self, names: &[&str]) -> bool {
        self.entries.iter().any(|entry| names.contains(&entry.name.as_str()))
    }
}

impl Containers {
    /// Reads the Dockerfile of every service whose image the project builds. The code of an image that `is_ready_made` is not in the
    /// repository, which may be large: nobody looks for it there by the image's name.
    #[must_use]
    pub fn of(project: &Project, files: &Files, sources: &Sources, is_ready_made: fn(&Service) -> bool) -> Self {
        let image = |service: &Service| Some((service.id, built_image(project, service, files, sources)?));
        let images = project.services.iter().filter_map(image).collect();
        let ready_made = project.services.iter().filter(|service| service.build.is_none() && is_ready_made(service));
        let ready_made = ready_made.map(|service| service.id).collect();
        Self { images, ready_made, files: Some(files.clone()), read: Arc::default() }
    }

    /// Whether a service runs an image of somebody else.
    pub(super) fn is_ready_made(&self, service: ServiceId) -> bool {
        self.ready_made.contains(&service)
    }

    /// The image that is built for a service; `None` if none is, or if its Dockerfile cannot be read.
    #[must_use]
    pub fn image(&self, service: ServiceId) -> Option<&BuiltImage> {
        self.images.get(&service)?.as_ref()
    }

    /// What the Dockerfile of a service makes; `None` if it cannot be read, and `Some(None)` if it does not have the stage that is built.
    pub(super) fn dockerfile(&self, service: ServiceId) -> Option<&Option<BuiltImage>> {
        self.images.get(&service)
    }

    /// The properties file of the project at a path in the container of a service: one that is mounted there, or that the service's
    /// Dockerfile copies. `None` if something else may be there.
    #[must_use]
    pub fn properties_file(&self, project: &Project, service: &Service, at: &str) -> Option<Arc<WrittenProperties>> {
        let files = self.files.as_ref()?;
        let path = self.path_of(files, project, service, at)?;
        if !files.is_inside(&path) || !files.is_file(&path) {
            return None;
        }
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let file = read.entry(path).or_insert_with_key(|path| {
            let text = files.peek(path, MAX_BYTES)?;
            Some(Arc::new(WrittenProperties::of(path.clone(), &text)))
        });
        file.clone()
    }

    fn path_of(&self, files: &Files, project: &Project, service: &Service, at: &str) -> Option<PathBuf> {
        let rest_below = |target: &str| {
            let rest = at.strip_prefix(target.trim_end_matches('/'))?;
            (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/').to_owned())
        };
        // Of several mounts the innermost is on top.
        let of_project = service.bind_mounts.iter().map(|mount| (mount.target.as_str(), Some(mount)));
        let mounts = of_project.chain(service.mounts.iter().map(|target| (target.as_str(), None)));
        let mounts = mounts.filter_map(|(target, mount)| Some((rest_below(target)?, mount)));
        if let Some((rest, mount)) = mounts.min_by_key(|(rest, _)| rest.len()) {
            let mount = mount?;
            let source = resolve(project, files, mount.node, &mount.source)?;
            return Some(if rest.is_empty() { source } else { normalized(&source.join(rest)) });
        }
        let build = project.build_of(service)?;
        let folder = resolve(project, files, build.node, &build.context)?;
        let in_context = |source: &str| normalized(&folder.join(source));
        let source = self.image(service.id)?.file_at(at, |source| files.is_file(&in_context(source)))?;
        Some(in_context(&source))
    }
}

/// The text of a Dockerfile; `None` if it cannot be read.
fn text_of_dockerfile(folder: &Path, build: &Build, files: &Files, sources: &Sources) -> Option<String> {
    if let Some(text) = &build.dockerfile_inline {
        return Some(text.clone());
    }
    let path = Some(dockerfile_in(folder, build)).filter(|path| files.is_inside(path))?;
    sources.read(files, &path)?.text.clone()
}

/// The image that the project builds for a service, as its Dockerfile says, if it has the stage that is built; `None` if there is no
/// Dockerfile to be read.
fn built_image(project: &Project, service: &Service, files: &Files, sources: &Sources) -> Option<Option<BuiltImage>> {
    let build = project.build_of(service)?;
    let folder = resolve(project, files, build.node, &build.context).filter(|folder| files.is_inside(folder))?;
    let text = text_of_dockerfile(&folder, build, files, sources)?;
    Some(Dockerfile::parse(&text).stage(build.target.as_deref(), &build.args))
}
