//! What is known of a broker's container.

use std::sync::Arc;

use super::before::Before;
use super::command::{self, Start};
use super::environment::{Entry, Environment};
use super::family::{FAMILIES, Family};
use super::file::ReadProperties;
use super::recognise::recognise;
use super::run::{Outcome, mounted_at};
use super::shell::expanded;
use super::value::{Origin, Unknown, UnknownReason, Value};
use super::version::{Tag, Version, Versions};
use crate::code::{BuiltImage, WrittenProperties};
use crate::compose::{PieceSource, Service, Text, Variable};

/// What is known of a broker's container before it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// The reference of its image, in which unset variables are empty; `None` if it is built and has no name.
    pub image: Option<String>,
    /// Whether the project builds the image, so its content is unknown except for its base image.
    pub is_built: bool,
    /// The reference of the image that it is built on, if that can be told.
    pub base: Option<String>,
    /// Its variables, each name once.
    pub variables: Vec<(String, Value)>,
    /// Why it may have more variables; `None` if those are all.
    pub more_variables: Option<UnknownReason>,
    /// The words of `entrypoint`; `None` for the image's own.
    pub entrypoint: Option<Vec<String>>,
    /// The words of `command`; `None` for the image's own.
    pub command: Option<Vec<String>>,
    /// The paths at which something is mounted.
    pub mounts: Vec<String>,
    /// Properties files of the project that its broker may read.
    pub files: Vec<ReadProperties>,
    /// The folder in which its command starts; `None` if the image decides.
    pub working_dir: Option<String>,
    /// The version of Kafka that its Dockerfile unpacks.
    pub unpacked: Option<Version>,
    /// Its names on a network: its host name, or the service's name, comes first and represents its address.
    pub names: Vec<String>,
}

impl Container {
    /// A container of an image, of a service of this name.
    #[must_use]
    pub fn of_image(image: &str, service: &str) -> Self {
        Self { image: Some(image.to_owned()), names: vec![service.to_owned()], ..Self::default() }
    }

    /// The container of a service, whose own image is `built` if the project builds it. `find` tells which properties file the project puts
    /// at a path of it.
    #[must_use]
    pub fn of(service: &Service, built: Option<&BuiltImage>, find: FindFile<'_>) -> Self {
        let mut container = Self::without_files(service, built);
        let targets = service.bind_mounts.iter().map(|mount| mount.target.clone());
        let paths = container.paths_of_files(targets);
        let found = paths.into_iter().filter_map(|at| Some(ReadProperties { file: find(&at)?, at }));
        container.files = found.collect();
        container
    }

    fn without_files(service: &Service, built: Option<&BuiltImage>) -> Self {
        let missing = service.env_files.iter().find(|file| file.content.is_none());
        let words = |command: &Option<crate::compose::Command>| {
            command.as_ref().map(|command| command.words.clone()).filter(|words| !words.is_empty())
        };
        let names = service.hostname.iter().map(String::as_str).chain([service.name.as_str()]);
        let mut unique: Vec<String> = Vec::new();
        for name in names.chain(service.other_names()) {
            if !unique.iter().any(|own| own == name) {
                unique.push(name.to_owned());
            }
        }
        let mut variables: Vec<(String, Value)> =
            service.variables().filter_map(|own| Some((own.name().to_owned(), value_of(&own)?))).collect();
        // Later instructions count more, and the service's own variables most.
        for own in built.into_iter().flat_map(|built| built.environment.iter().rev()) {
            if service.variable(&own.name).is_none() && variables.iter().all(|(name, _)| *name != own.name) {
                let is_known = !own.value.contains('$');
                let value = if is_known { Value::known(&own.value) } else { Value::unknown(UnknownReason::Built) };
                variables.push((own.name.clone(), value));
            }
        }
        let of_image = |words: &[String]| Some(words.to_vec()).filter(|words| !words.is_empty());
        let entrypoint = words(&service.entrypoint);
        // An entrypoint takes the place of both.
        let image = built.filter(|_| entrypoint.is_none());
        Self {
            image: service.image.as_ref().map(|image| image.as_str().trim().to_owned()),
            is_built: service.build.is_some() || built.is_some(),
            base: built.map(|built| built.base.clone()),
            variables,
            more_variables: missing.map(|file| UnknownReason::MissingEnvFile(file.path.display().to_string())),
            command: words(&service.command).or_else(|| of_image(&image?.command)),
            entrypoint: entrypoint.or_else(|| of_image(&image?.entrypoint)),
            mounts: service.mounts.clone(),
            files: Vec::new(),
            working_dir: service.working_dir.clone().or_else(|| built?.workdir.clone()),
            unpacked: built.and_then(unpacked),
            names: unique,
        }
    }

    /// The family of its image, or of the one that it is built on, and its tag; that of unknown images if it has none.
    #[must_use]
    pub fn recognised(&self) -> (&'static Family, Tag) {
        let recognised = self.base.as_deref().and_then(recognise);
        let recognised = recognised.or_else(|| self.image.as_deref().and_then(recognise));
        recognised.map_or((FAMILIES.unknown(), Tag::Unknown), |own| (own.family, own.tag))
    }

    /// The paths at which its broker may find its properties: those that its script reads, or its command names, or of an unknown image all
    /// at which the project mounts properties.
    fn paths_of_files(&self, mounted: impl Iterator<Item = String>) -> Vec<String> {
        let (family, _) = self.recognised();
        let start = command::start(family, self.entrypoint.as_deref(), self.command.as_deref());
        match &start {
            Start::Server { file: Some(file), .. } => {
                self.absolute(family, file, &self.environment(&start)).into_iter().collect()
            }
            Start::Script { .. } if family.is_unknown() => {
                mounted.filter(|path| path.ends_with(".properties")).collect()
            }
            Start::Script { .. } => {
                family.mounts.iter().filter(|file| file.as_is).map(|file| file.path.clone()).collect()
            }
            Start::Server { file: None, .. } | Start::Other => Vec::new(),
        }
    }

    /// A path of its command from the root; `None` if it is not known.
    fn absolute(&self, family: &Family, path: &str, environment: &Environment) -> Option<String> {
        let path = expanded(path, &|name| environment.value(name));
        let path = path.text()?;
        if path.starts_with('/') {
            return Some(path.to_owned());
        }
        let folder = self.working_dir.as_ref().or(family.home.as_ref())?;
        Some(format!("{}/{}", folder.trim_end_matches('/'), path.trim_start_matches("./")))
    }

    /// The properties file of the project at a path.
    pub(super) fn file_at(&self, path: &str) -> Option<ReadProperties> {
        self.files.iter().find(|file| file.at == path).cloned()
    }

    /// The only one of its files that configures a broker.
    pub(super) fn file_of_broker(&self) -> Option<ReadProperties> {
        let mut files = self.files.iter().filter(|file| file.is_of_broker());
        files.next().filter(|_| files.next().is_none()).cloned()
    }

    /// The value of a variable; `None` if it is not set.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Value> {
        self.variables.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.variables.push((name.to_owned(), Value::known(value)));
    }

    /// Takes a variable away.
    pub fn remove(&mut self, name: &str) {
        self.variables.retain(|(own, _)| own != name);
    }

    /// Whether its variables are surely those of a broker with ZooKeeper.
    pub(super) fn uses_zookeeper(&self) -> bool {
        let is_blank = |value: &Value| value.text().is_some_and(|text| text.trim().is_empty());
        let is_set =
            |property: &str| self.variables.iter().any(|(name, value)| name.ends_with(property) && !is_blank(value));
        self.more_variables.is_none() && is_set("ZOOKEEPER_CONNECT") && !is_set("PROCESS_ROLES")
    }

    /// The words of its entrypoint and its command.
    pub(super) fn words(&self) -> Vec<String> {
        self.entrypoint.iter().chain(&self.command).flatten().cloned().collect()
    }

    /// Every word in the entrypoint and the command that can be the name of a variable.
    pub(super) fn variables_of_command(&self) -> impl Iterator<Item = String> {
        let words = self.words();
        let names = words.iter().flat_map(|word| word.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>().into_iter()
    }

    /// The variables that the image's script finds.
    pub(super) fn environment(&self, start: &Start) -> Environment {
        let own_name = self.names.first().map_or("localhost", String::as_str);
        let built = self.is_built.then_some(UnknownReason::Built);
        let mut environment = Environment::new(own_name, self.more_variables.clone().or(built));
        for (name, value) in &self.variables {
            environment.set(name, Entry { value: value.clone(), origin: Origin::Variable(name.clone()) });
        }
        if let Start::Script { assigned, .. } = start {
            for (name, text) in assigned {
                let value = expanded(text, &|name| environment.value(name));
                environment.set(name, Entry { value, origin: Origin::Flag(name.clone()) });
            }
        }
        environment
    }

    /// The properties of a file that Kafka is started with directly.
    pub(super) fn served(
        &self,
        family: &Family,
        file: Option<&str>,
        before: Before,
        kafka: &Versions,
        environment: Environment,
    ) -> Outcome {
        let path = file.and_then(|file| self.absolute(family, file, &environment));
        let known = path.as_deref().filter(|_| before != Before::EditsAny);
        if let Some(file) = known.and_then(|path| self.file_at(path)) {
            return Outcome::of_file(environment, file);
        }
        let distributed = known.filter(|path| mounted_at(&self.mounts, path).is_none()).and_then(|path| {
            let home = family.home.as_deref()?;
            FAMILIES.file(path.strip_prefix(home)?.trim_start_matches('/'), kafka)
        });
        let Some(properties) = distributed else {
            let reason = path.map_or(UnknownReason::Command, UnknownReason::File);
            return Outcome::unknown(environment, reason);
        };
        let entry = |value: &String| Entry { value: Value::known(value), origin: Origin::Image };
        let properties = properties.iter().map(|(name, value)| (name.clone(), entry(value))).collect();
        Outcome { environment, properties, open: Vec::new(), refusals: Vec::new(), file: None }
    }
}

/// Finds the properties file that the project puts at a path of a container.
pub type FindFile<'f> = &'f dyn Fn(&str) -> Option<Arc<WrittenProperties>>;

/// The version of Kafka whose archive an image downloads or copies, `kafka_2.13-3.9.0.tgz`, if it is one.
fn unpacked(built: &BuiltImage) -> Option<Version> {
    let texts = built.steps.iter().map(|step| step.text.as_str());
    let texts = texts.chain(built.copies.iter().flat_map(|copied| copied.sources.iter().map(String::as_str)));
    let mut found: Option<Version> = None;
    for name in texts.flat_map(|text| text.split("kafka_2.").skip(1)) {
        let number = name.split_once('-').filter(|(scala, _)| scala.bytes().all(|byte| byte.is_ascii_digit()));
        let end = |text: &str| text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let version = number.and_then(|(_, rest)| Version::parse(rest[..end(rest)].trim_end_matches('.')));
        let version = version.filter(|version| found.as_ref().is_none_or(|known| known == version));
        found = Some(version?);
    }
    found
}

/// The value of a service's variable; `None` if it is passed through, and certainly not set.
fn value_of(variable: &Variable<'_>) -> Option<Value> {
    match variable {
        Variable::Environment(written) => match &written.text {
            Some(text) => Some(interpolated(text, written.value_start)),
            None => Some(match &written.passed_through {
                Some(text) => Value::known(text),
                None => Value::unknown(UnknownReason::PassedThrough(written.name.clone())),
            }),
        },
        Variable::EnvFile(_, _, entry) => {
            let value = entry.value.as_ref()?;
            Some(of_pieces(value.pieces.iter().map(|piece| (piece.text.as_str(), &piece.source))))
        }
    }
}

fn interpolated(text: &Text, start: usize) -> Value {
    let mut at = 0;
    let pieces = text.value.pieces.iter().filter_map(|piece| {
        let from = at;
        at += piece.text.len();
        let is_blank = matches!(piece.source, PieceSource::Unset { .. });
        let skipped = start.saturating_sub(from);
        (is_blank && from >= start || skipped < piece.text.len())
            .then(|| (piece.text.get(skipped..).unwrap_or_default(), &piece.source))
    });
    of_pieces(pieces)
}

/// A text of pieces: known, unless a variable that is not set is among them.
fn of_pieces<'a>(pieces: impl Iterator<Item = (&'a str, &'a PieceSource)>) -> Value {
    let mut shape = String::new();
    let mut blank = None;
    for (text, source) in pieces {
        match source {
            PieceSource::Unset { name, .. } => {
                shape.push_str(&format!("${{{name}}}"));
                blank.get_or_insert(name);
            }
            _ => shape.push_str(text),
        }
    }
    match blank {
        None => Value::Known(shape),
        Some(name) => Value::Unknown(Unknown { reason: UnknownReason::Blank(name.clone()), shape: Some(shape) }),
    }
}
