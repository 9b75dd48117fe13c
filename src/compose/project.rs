//! A project: a compose file, and the env files beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::compose::command::Command;
use crate::compose::depends_on::DependsOn;
use crate::compose::env_file::{self, Scope};
use crate::compose::environment::{EnvFile, Environment};
use crate::compose::error::{Invalid, ProjectError};
use crate::compose::healthcheck::Healthcheck;
use crate::compose::interpolation::{Interpolated, Piece, PieceSource};
use crate::compose::network::Attachment;
use crate::compose::service::{Build, Service};
use crate::compose::text::Text;
use crate::source::{FileId, Files};
use crate::yaml::{Document, NodeId};

/// A project of one compose file.
#[derive(Clone, Debug)]
pub struct Project {
    /// The project directory, against which relative paths are resolved.
    pub directory: PathBuf,
    /// The compose file.
    pub file: FileId,
    /// Its tree.
    pub document: Arc<Document>,
    /// The project's `.env`.
    pub dot_env: DotEnv,
    /// The services, in the order of the file.
    pub services: Vec<Service>,
    /// Whether the file includes others, whose services are not known here.
    pub includes: bool,
}

/// The project's `.env`: what `${…}` refers to.
#[derive(Clone, Debug, Default)]
pub struct DotEnv {
    /// The file; none if there is no `.env`.
    pub file: Option<FileId>,
    /// Its entries, in order.
    pub entries: Vec<env_file::Entry>,
}

impl DotEnv {
    /// The entry that gives a variable its value: the last of its name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&env_file::Entry> {
        self.entries.iter().rev().find(|entry| entry.name == name && entry.value.is_some())
    }

    /// The value of a variable. The shell, which Compose would ask first, is not asked: what composefix says of a file must not
    /// depend on who runs it.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        self.entry(name)?.value.as_ref().map(|value| value.text.clone())
    }
}

impl Project {
    /// Loads the project of one compose file. Env files that do not exist are noted, not refused: a checkout often lacks them.
    ///
    /// # Errors
    /// [`ProjectError`], with the place, for what Compose refuses in the parts that are read here.
    pub fn load(files: &mut Files, path: &Path) -> Result<Self, ProjectError> {
        let file = files.read(path)?;
        let document =
            Document::parse(files.get(file).shared_text()).map_err(|error| ProjectError::yaml(file, error))?;
        let directory = path.parent().map(Path::to_owned).unwrap_or_default();
        let dot_env = load_dot_env(files, &directory)?;
        let (services, includes) = read_services(&document, file)?;
        let mut project =
            Self { directory, file, document: Arc::new(document), dot_env, services: Vec::new(), includes };
        for (key, node) in services {
            let service = project.read_service(files, key, node)?;
            project.services.push(service);
        }
        Ok(project)
    }

    /// A service by its name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    fn invalid(&self, invalid: Invalid) -> ProjectError {
        let offset = self.document.node(invalid.node).span.start + invalid.within.unwrap_or(0);
        ProjectError::at(self.file, offset, invalid.message)
    }

    fn read_service(&self, files: &mut Files, key: NodeId, node: NodeId) -> Result<Service, ProjectError> {
        let lookup = |name: &str| self.dot_env.value(name);
        let mut service = ServiceReader { document: &self.document, node, lookup: &lookup }
            .read(key)
            .map_err(|invalid| self.invalid(invalid))?;
        self.load_env_files(files, &mut service)?;
        Ok(service)
    }

    fn load_env_files(&self, files: &mut Files, service: &mut Service) -> Result<(), ProjectError> {
        for index in 0..service.env_files.len() {
            let env_file = &service.env_files[index];
            let path = self.directory.join(&env_file.path);
            if !files.is_file(&path) {
                continue;
            }
            let file = files.read(&path)?;
            let text = files.get(file).shared_text();
            // The project's `.env` beats the service's `environment`, and both beat the lines of the file (Docker Compose 2.40.3).
            let outer = |name: &str| {
                let written = || service.environment.get(name)?.value().map(str::to_owned);
                self.dot_env.value(name).or_else(written)
            };
            let earlier = |name: &str| {
                let files = service.env_files[..index].iter().rev().filter_map(|file| file.content.as_ref());
                let mut entries = files.flat_map(|(_, entries)| entries.iter().rev());
                entries.find(|entry| entry.name == name)?.value.as_ref().map(|value| value.text.clone())
            };
            let mut entries = env_file::parse(&text, env_file.format, Scope { outer: &outer, earlier: &earlier })
                .map_err(|error| ProjectError::at(file, error.offset, error.kind.to_string()))?;
            // A bare name takes its value from outside the file.
            for entry in entries.iter_mut().filter(|entry| entry.value.is_none()) {
                let source = PieceSource::Variable { name: entry.name.clone(), reference: entry.name_span };
                let pieces = |text: &String| vec![Piece { text: text.clone(), source }];
                entry.value = outer(&entry.name).map(|text| Interpolated { pieces: pieces(&text), text });
            }
            service.env_files[index].content = Some((file, entries));
        }
        Ok(())
    }
}

fn load_dot_env(files: &mut Files, directory: &Path) -> Result<DotEnv, ProjectError> {
    let path = directory.join(".env");
    if !files.is_file(&path) {
        return Ok(DotEnv::default());
    }
    let file = files.read(&path)?;
    let text = files.get(file).shared_text();
    let nothing = |_: &str| None;
    let entries = env_file::parse(&text, env_file::Format::Dotenv, Scope { outer: &nothing, earlier: &nothing })
        .map_err(|error| ProjectError::at(file, error.offset, error.kind.to_string()))?;
    Ok(DotEnv { file: Some(file), entries })
}

/// The services' keys and values, and whether the file includes others.
fn read_services(document: &Document, file: FileId) -> Result<(Vec<(NodeId, NodeId)>, bool), ProjectError> {
    let &[root] = document.roots() else {
        let (offset, message) = match document.roots().get(1) {
            None => (0, "the file is empty"),
            Some(&second) => (
                document.node(second).span.start,
                "a second YAML document in one file: Compose would merge it into the first, which composefix cannot do yet",
            ),
        };
        return Err(ProjectError::at(file, offset, message));
    };
    let start = document.node(root).span.start;
    if document.entries(root).is_none() {
        return Err(ProjectError::at(file, start, "this is no compose file: its top level is not a map"));
    }
    let includes = document.entry(root, "include").is_some();
    let Some(services) = document.entry(root, "services") else {
        let message = "this is no compose file: it has no `services`";
        return if includes { Ok((Vec::new(), true)) } else { Err(ProjectError::at(file, start, message)) };
    };
    let offset = document.node(services.value).span.start;
    let Some(entries) = document.entries(services.value) else {
        return Err(ProjectError::at(file, offset, "`services` must be a map"));
    };
    let mut found = Vec::with_capacity(entries.len());
    for entry in entries {
        if document.entries(entry.value).is_none() {
            let offset = document.node(entry.key_node).span.start;
            return Err(ProjectError::at(file, offset, format!("the service `{}` must be a map", entry.key)));
        }
        found.push((entry.key_node, entry.value));
    }
    Ok((found, includes))
}

struct ServiceReader<'a> {
    document: &'a Document,
    node: NodeId,
    lookup: &'a dyn Fn(&str) -> Option<String>,
}

impl ServiceReader<'_> {
    fn read(&self, key: NodeId) -> Result<Service, Invalid> {
        let (document, node, lookup) = (self.document, self.node, self.lookup);
        let attachment = Attachment::read(document, node, lookup)?;
        let links: Vec<(String, String)> = self.texts("links")?.iter().map(|link| split_link(link)).collect();
        let mut implied: Vec<String> = links.iter().map(|(service, _)| service.clone()).collect();
        implied.extend(self.texts("volumes_from")?.iter().filter_map(|from| {
            let name = from.split(':').next().unwrap_or_default();
            (name != "container").then(|| name.to_owned())
        }));
        for namespace in ["network_mode", "ipc", "pid"] {
            let value = self.text(namespace)?;
            implied.extend(value.and_then(|text| text.as_str().strip_prefix("service:").map(str::to_owned)));
        }
        Ok(Service {
            name: document.scalar(key).unwrap_or_default().to_owned(),
            key,
            node,
            image: self.text("image")?,
            build: self.build()?,
            command: Command::read(document, node, "command", lookup)?,
            entrypoint: Command::read(document, node, "entrypoint", lookup)?,
            environment: Environment::read(document, node, lookup)?,
            env_files: self.env_files()?,
            labels: self.labels()?,
            depends_on: DependsOn::read(document, node, lookup)?,
            healthcheck: Healthcheck::read(document, node, lookup)?,
            attachment,
            container_name: self.text("container_name")?.map(|text| text.value.text),
            hostname: self.text("hostname")?.map(|text| text.value.text),
            links,
            implied_dependencies: implied,
            profiles: self.texts("profiles")?,
            extends: document.entry(node, "extends").is_some(),
        })
    }

    fn text(&self, key: &str) -> Result<Option<Text>, Invalid> {
        match self.document.entry(self.node, key) {
            Some(entry) => Text::read(self.document, entry.value, self.lookup)
                .map_err(|invalid| Invalid { message: format!("`{key}` {}", invalid.message), ..invalid }),
            None => Ok(None),
        }
    }

    /// The texts of a list.
    fn texts(&self, key: &str) -> Result<Vec<String>, Invalid> {
        let Some(entry) = self.document.entry(self.node, key) else { return Ok(Vec::new()) };
        let Some(items) = self.document.items(entry.value) else {
            return Err(Invalid::new(entry.value, format!("`{key}` must be a list")));
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            texts.extend(Text::read(self.document, item.node, self.lookup)?.map(|text| text.value.text));
        }
        Ok(texts)
    }

    fn labels(&self) -> Result<Vec<(String, Text)>, Invalid> {
        let Some(entry) = self.document.entry(self.node, "labels") else { return Ok(Vec::new()) };
        let mut labels = Vec::new();
        for entry in self.document.entries(entry.value).unwrap_or_default() {
            let text = Text::read(self.document, entry.value, self.lookup)?;
            labels.extend(text.map(|text| (entry.key.to_owned(), text)));
        }
        for item in self.document.items(entry.value).unwrap_or_default() {
            let text = Text::read(self.document, item.node, self.lookup)?;
            labels.extend(text.map(|text| (text.as_str().split('=').next().unwrap_or_default().to_owned(), text)));
        }
        Ok(labels)
    }

    fn build(&self) -> Result<Option<Build>, Invalid> {
        let Some(entry) = self.document.entry(self.node, "build") else { return Ok(None) };
        if self.document.entries(entry.value).is_none() {
            let context = Text::read(self.document, entry.value, self.lookup)?;
            return Ok(context.map(|text| Build { context: text.value.text, dockerfile: None, target: None }));
        }
        let part = |key: &str| match self.document.entry(entry.value, key) {
            Some(entry) => Ok(Text::read(self.document, entry.value, self.lookup)?.map(|text| text.value.text)),
            None => Ok(None),
        };
        let context = part("context")?.unwrap_or_else(|| ".".to_owned());
        Ok(Some(Build { context, dockerfile: part("dockerfile")?, target: part("target")? }))
    }

    fn env_files(&self) -> Result<Vec<EnvFile>, Invalid> {
        let Some(entry) = self.document.entry(self.node, "env_file") else { return Ok(Vec::new()) };
        let nodes = match self.document.items(entry.value) {
            Some(items) => items.iter().map(|item| item.node).collect(),
            None => vec![entry.value],
        };
        nodes.into_iter().map(|node| self.env_file(node)).collect()
    }

    fn env_file(&self, node: NodeId) -> Result<EnvFile, Invalid> {
        let invalid = || Invalid::new(node, "an `env_file` must be a path, or a map with a `path`");
        let part = |key: &str| match self.document.entry(node, key) {
            Some(entry) => Text::read(self.document, entry.value, self.lookup),
            None => Ok(None),
        };
        let (path, required, format) = if self.document.entries(node).is_some() {
            let path = part("path")?.ok_or_else(invalid)?;
            let required = part("required")?.is_none_or(|text| text.as_str() != "false");
            let format = match part("format")? {
                Some(text) if text.as_str() == "raw" => env_file::Format::Raw,
                Some(text) if !text.as_str().is_empty() => {
                    let message = format!("`{}` is no format of env files; Compose knows only `raw`", text.as_str());
                    return Err(Invalid::new(text.node, message));
                }
                _ => env_file::Format::Dotenv,
            };
            (path, required, format)
        } else {
            (Text::read(self.document, node, self.lookup)?.ok_or_else(invalid)?, true, env_file::Format::Dotenv)
        };
        Ok(EnvFile { path: PathBuf::from(path.as_str()), node: path.node, format, required, content: None })
    }
}

/// `service:alias`, or the service alone.
fn split_link(link: &str) -> (String, String) {
    let (service, alias) = link.split_once(':').unwrap_or((link, link));
    (service.to_owned(), alias.to_owned())
}
