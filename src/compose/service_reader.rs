//! Reads one definition of a service.

use std::path::Path;

use crate::compose::command::Command;
use crate::compose::depends_on::{DependsOn, ImpliedDependency};
use crate::compose::env_file;
use crate::compose::environment::{EnvFile, Environment};
use crate::compose::error::Invalid;
use crate::compose::healthcheck::Healthcheck;
use crate::compose::interpolation::Lookup;
use crate::compose::network::Attachment;
use crate::compose::parts::Parts;
use crate::compose::port::PublishedPorts;
use crate::compose::section::{Section, is_merge_tag, is_reset};
use crate::compose::service::{
    BindMount, Build, Definition, Extends, InlineFile, MergeTags, Service, ServiceId, VariableTable,
};
use crate::compose::text::Text;
use crate::yaml::{Document, NodeId, Resolved};

/// Reads the definition of a service in one file.
pub(super) struct ServiceReader<'a> {
    pub(super) document: &'a Document,
    pub(super) node: NodeId,
    /// Where relative paths start.
    pub(super) directory: &'a Path,
    pub(super) lookup: &'a Lookup<'a>,
}

impl ServiceReader<'_> {
    pub(super) fn read(&self, key: NodeId) -> Result<Service, Invalid> {
        let (document, node, lookup) = (self.document, self.node, self.lookup);
        let (attachment, has_mode_and_networks) = Attachment::read(document, node, lookup)?;
        let links: Vec<(String, String)> = self.texts("links")?.iter().map(|link| split_link(link)).collect();
        let implied_dependencies = self.implied_dependencies(&links)?;
        let environment = Environment::read(document, node, lookup)?;
        let depends_on = DependsOn::read(document, node, lookup)?;
        let tags = self.merge_tags();
        let definition = Definition {
            key,
            node,
            environment: environment.clone(),
            depends_on: depends_on.clone(),
            networks: Section::find(document, node, "networks"),
            forgotten: tags.forgotten.clone(),
        };
        Ok(Service {
            id: ServiceId::default(),
            name: document.scalar(key).unwrap_or_default().to_owned(),
            key,
            definitions: vec![definition],
            image: self.text("image")?,
            build: self.build()?,
            command: Command::read(document, node, "command", lookup)?,
            entrypoint: Command::read(document, node, "entrypoint", lookup)?,
            environment,
            env_files: self.env_files()?,
            labels: self.labels()?,
            depends_on,
            healthcheck: Healthcheck::read(document, node, lookup)?,
            ports: PublishedPorts::read(document, node, lookup)?,
            mounts: self.mounts()?,
            attachment,
            container_name: self.text("container_name")?.map(|text| text.value.text),
            hostname: self.text("hostname")?.map(|text| text.value.text),
            links,
            extra_hosts: self.extra_hosts()?,
            implied_dependencies,
            profiles: self.texts("profiles")?,
            working_dir: self.text("working_dir")?.map(|text| text.value.text),
            bind_mounts: self.bind_mounts(),
            inline_files: self.inline_files(),
            extends: self.extends()?,
            has_provider: self.entry("provider").is_some(),
            has_mode_and_networks,
            parts: Parts::read(document, node),
            tags,
            variables: VariableTable::default(),
        })
    }

    fn implied_dependencies(&self, links: &[(String, String)]) -> Result<Vec<ImpliedDependency>, Invalid> {
        let restarted = |service: String, by| ImpliedDependency { service, by, restart: true };
        let mut implied: Vec<ImpliedDependency> =
            links.iter().map(|(service, _)| restarted(service.clone(), "links")).collect();
        for namespace in ["network_mode", "ipc", "pid"] {
            let value = self.text(namespace)?;
            let service = value.and_then(|text| text.as_str().strip_prefix("service:").map(str::to_owned));
            implied.extend(service.map(|service| restarted(service, namespace)));
        }
        for from in self.texts("volumes_from")? {
            let service = from.split(':').next().unwrap_or_default();
            if service != "container" && !implied.iter().any(|other| other.service == service) {
                implied.push(ImpliedDependency { service: service.to_owned(), by: "volumes_from", restart: false });
            }
        }
        Ok(implied)
    }

    fn text(&self, key: &str) -> Result<Option<Text>, Invalid> {
        match self.entry(key) {
            Some(entry) => Text::read_string(self.document, entry.value, self.lookup)
                .map_err(|invalid| Invalid { message: format!("`{key}` {}", invalid.message), ..invalid }),
            None => Ok(None),
        }
    }

    /// The texts of a list; null is none.
    fn texts(&self, key: &str) -> Result<Vec<String>, Invalid> {
        let Some(entry) = self.entry(key).filter(|entry| !self.document.is_null(entry.value)) else {
            return Ok(Vec::new());
        };
        let Some(items) = self.document.items(entry.value) else {
            return Err(Invalid::new(entry.value, format!("`{key}` must be a list")));
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            texts.extend(Text::read_string(self.document, item.node, self.lookup)?.map(|text| text.value.text));
        }
        Ok(texts)
    }

    /// The names of `extra_hosts`: keys of a map, or the part before `:` or `=` in a list.
    fn extra_hosts(&self) -> Result<Vec<String>, Invalid> {
        let Some(entry) = self.entry("extra_hosts") else { return Ok(Vec::new()) };
        if let Some(entries) = self.document.entries(entry.value) {
            return Ok(entries.iter().map(|entry| entry.key.to_owned()).collect());
        }
        let name = |host: &String| host.split([':', '=']).next().unwrap_or_default().to_owned();
        Ok(self.texts("extra_hosts")?.iter().map(name).collect())
    }

    /// Where `volumes` and `configs` put something; of the short form what follows the first colon, if there is one.
    fn mounts(&self) -> Result<Vec<String>, Invalid> {
        let lists = ["volumes", "configs"].into_iter().filter_map(|key| self.entry(key));
        let nodes: Vec<NodeId> =
            lists.flat_map(|list| self.document.items(list.value).unwrap_or_default()).map(|item| item.node).collect();
        let mut mounts = Vec::new();
        for node in nodes {
            let node = match self.document.entries(node) {
                Some(_) => self.document.entry(node, "target").map(|target| target.value),
                None => Some(node),
            };
            let Some(node) = node else { continue };
            let text = Text::read(self.document, node, self.lookup)?.map(|text| text.value.text).unwrap_or_default();
            // `./app:/app:ro`, and a drive of Windows before it.
            let target = text.split(':').skip(1).find(|part| part.starts_with('/'));
            mounts.push(target.unwrap_or(&text).to_owned());
        }
        Ok(mounts)
    }

    /// The labels; one without a value has an empty one.
    fn labels(&self) -> Result<Vec<(String, String)>, Invalid> {
        let Some(entry) = self.entry("labels") else { return Ok(Vec::new()) };
        let mut labels = Vec::new();
        let text = |node| Text::read(self.document, node, self.lookup);
        for entry in self.document.entries(entry.value).unwrap_or_default() {
            let value = text(entry.value)?.map_or_else(String::new, |text| text.value.text);
            labels.push((entry.key.to_owned(), value));
        }
        for item in self.document.items(entry.value).unwrap_or_default() {
            let Some(text) = text(item.node)? else { continue };
            let (name, value) = text.as_str().split_once('=').unwrap_or((text.as_str(), ""));
            labels.push((name.to_owned(), value.to_owned()));
        }
        Ok(labels)
    }

    fn build(&self) -> Result<Option<Build>, Invalid> {
        let Some(entry) = self.entry("build") else { return Ok(None) };
        let node = entry.value;
        let of_context = |context| Build {
            context,
            dockerfile: None,
            dockerfile_inline: None,
            target: None,
            args: Vec::new(),
            additional_contexts: Vec::new(),
            node,
        };
        if self.document.entries(node).is_none() {
            let context = Text::read(self.document, node, self.lookup)?;
            return Ok(context.map(|text| of_context(text.value.text)));
        }
        let part = |key: &str| match self.document.entry(node, key) {
            Some(entry) => Ok(Text::read(self.document, entry.value, self.lookup)?.map(|text| text.value.text)),
            None => Ok(None),
        };
        let context = part("context")?.unwrap_or_else(|| ".".to_owned());
        let (dockerfile, target, dockerfile_inline) =
            (part("dockerfile")?, part("target")?, part("dockerfile_inline")?);
        let additional_contexts =
            self.pairs(node, "additional_contexts").into_iter().map(|(_, folder)| folder).collect();
        Ok(Some(Build {
            dockerfile,
            dockerfile_inline,
            target,
            args: self.pairs(node, "args"),
            additional_contexts,
            ..of_context(context)
        }))
    }

    /// The entries of a mapping, or the `name=value` items of a list; those that are something else are left out.
    fn pairs(&self, node: NodeId, key: &str) -> Vec<(String, String)> {
        let Some(entry) = self.document.entry(node, key) else { return Vec::new() };
        let text = |node| Text::read(self.document, node, self.lookup).ok().flatten().map(|text| text.value.text);
        let entries = self.document.entries(entry.value).unwrap_or_default().into_iter();
        let named = entries.filter_map(|entry| Some((entry.key.to_owned(), text(entry.value)?)));
        let items = self.document.items(entry.value).unwrap_or_default().iter();
        let split = |item: String| item.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        named.chain(items.filter_map(|item| split(text(item.node)?))).collect()
    }

    /// The bind mounts and the files that are mounted alike, short (`./app:/app:ro`) and long; anything else is left to Compose.
    fn bind_mounts(&self) -> Vec<BindMount> {
        let mut mounts: Vec<BindMount> = Vec::new();
        for (section, folder) in [("configs", "/"), ("secrets", "/run/secrets/")] {
            let files = self.granted(section, folder, "file").into_iter();
            mounts.extend(files.map(|(file, target, node)| BindMount { source: file.value.text, target, node }));
        }
        let Some(entry) = self.entry("volumes") else { return mounts };
        let text = |node| Text::read(self.document, node, self.lookup).ok().flatten().map(|text| text.value.text);
        let mount = |node: NodeId| {
            if self.document.entries(node).is_some() {
                let part = |key: &str| text(self.document.entry(node, key)?.value);
                let is_bind = part("type").is_some_and(|kind| kind == "bind");
                return Some(BindMount { source: part("source").filter(|_| is_bind)?, target: part("target")?, node });
            }
            let text = text(node)?;
            let (source, rest) = text.split_once(':')?;
            let target = rest.split(':').next().unwrap_or(rest).to_owned();
            source.starts_with(['.', '/', '~']).then(|| BindMount { source: source.to_owned(), target, node })
        };
        let items = self.document.items(entry.value).unwrap_or_default();
        mounts.extend(items.iter().filter_map(|item| mount(item.node)));
        mounts
    }

    /// The files that the compose file has itself.
    fn inline_files(&self) -> Vec<InlineFile> {
        let contents = self.granted("configs", "/", "content").into_iter();
        contents.map(|(text, target, _)| InlineFile { node: text.node, text: text.value.text, target }).collect()
    }

    /// What `configs` or `secrets` put into the container: the text at `key` where the same document defines it, the path, and where the service
    /// names it. One without a path of its own, or with only a name, is in `folder`.
    fn granted(&self, section: &str, folder: &str, key: &str) -> Vec<(Text, String, NodeId)> {
        let Some(entry) = self.entry(section) else { return Vec::new() };
        let text = |node| Text::read(self.document, node, self.lookup).ok().flatten().map(|text| text.value.text);
        let of = |name: &str| {
            let all = self.document.roots().iter().find_map(|&root| self.document.entry(root, section))?;
            let own = self.document.entry(all.value, name)?;
            Text::read(self.document, self.document.entry(own.value, key)?.value, self.lookup).ok().flatten()
        };
        let at = |name: &str| if name.starts_with('/') { name.to_owned() } else { format!("{folder}{name}") };
        let mount = |node: NodeId| {
            if self.document.entries(node).is_some() {
                let part = |key: &str| text(self.document.entry(node, key)?.value);
                let name = part("source")?;
                let target = at(part("target").as_deref().unwrap_or(&name));
                return Some((of(&name)?, target, node));
            }
            let name = text(node)?;
            Some((of(&name)?, at(&name), node))
        };
        self.document.items(entry.value).unwrap_or_default().iter().filter_map(|item| mount(item.node)).collect()
    }

    fn extends(&self) -> Result<Option<Extends>, Invalid> {
        let Some(entry) = self.entry("extends") else { return Ok(None) };
        let node = entry.value;
        let part = |key: &str| match self.document.entry(node, key) {
            Some(entry) => {
                Text::read(self.document, entry.value, self.lookup).map(|text| text.map(|text| text.value.text))
            }
            None => Ok(None),
        };
        let (service, file) = match self.document.entries(node) {
            Some(_) => (part("service")?, part("file")?),
            None => (Text::read(self.document, node, self.lookup)?.map(|text| text.value.text), None),
        };
        match service {
            Some(service) => Ok(Some(Extends { service, file, node })),
            None => Err(Invalid::new(node, "`extends` must name a service")),
        }
    }

    /// The sections and entries with a tag that only means something to the definitions before this one.
    fn merge_tags(&self) -> MergeTags {
        let mut forgotten = Vec::new();
        for section in self.document.entries(self.node).unwrap_or_default() {
            // A null command is none, whatever was before; null elsewhere leaves that as it is (observed).
            let is_no_command = matches!(section.key, "command" | "entrypoint") && self.document.is_null(section.value);
            if is_no_command || is_merge_tag(self.document, section.value) {
                forgotten.push(section.key.to_owned());
            }
            let entries = self.document.entries(section.value).unwrap_or_default();
            let tagged = entries.iter().filter(|entry| is_merge_tag(self.document, entry.value));
            forgotten.extend(tagged.map(|entry| format!("{}.{}", section.key, entry.key)));
        }
        MergeTags { forgotten, replaces: is_merge_tag(self.document, self.node) }
    }

    /// A key of the service, unless it only resets.
    fn entry(&self, key: &str) -> Option<Resolved<'_>> {
        self.document.entry(self.node, key).filter(|entry| !is_reset(self.document, entry.value))
    }

    fn env_files(&self) -> Result<Vec<EnvFile>, Invalid> {
        let Some(entry) = self.entry("env_file") else { return Ok(Vec::new()) };
        let nodes = match self.document.items(entry.value) {
            Some(items) => items.iter().map(|item| item.node).collect(),
            None if self.document.is_null(entry.value) => Vec::new(),
            None if self.document.entries(entry.value).is_some() => {
                return Err(Invalid::new(entry.value, "`env_file` must be a path or a list; write `- path: …`"));
            }
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
                    let message =
                        format!("`{}` is not a format of env files; Compose supports only `raw`", text.as_str());
                    return Err(Invalid::new(text.node, message));
                }
                _ => env_file::Format::Dotenv,
            };
            (path, required, format)
        } else {
            (Text::read(self.document, node, self.lookup)?.ok_or_else(invalid)?, true, env_file::Format::Dotenv)
        };
        Ok(EnvFile { path: self.directory.join(path.as_str()), node: path.node, format, required, content: None })
    }
}

/// `service:alias`, or the service alone.
fn split_link(link: &str) -> (String, String) {
    let (service, alias) = link.split_once(':').unwrap_or((link, link));
    (service.to_owned(), alias.to_owned())
}
