//! What is known of a broker's container.

use super::before::Before;
use super::command::Start;
use super::environment::{Entry, Environment};
use super::family::{FAMILIES, Family};
use super::run::{Open, Outcome, mounted_at};
use super::shell::expanded;
use super::value::{Origin, Unknown, UnknownReason, Value};
use super::version::Versions;
use crate::code::BuiltImage;
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
    /// Its names on a network: its host name, or the service's name, comes first and represents its address.
    pub names: Vec<String>,
}

impl Container {
    /// A container of an image, of a service of this name.
    #[must_use]
    pub fn of_image(image: &str, service: &str) -> Self {
        Self { image: Some(image.to_owned()), names: vec![service.to_owned()], ..Self::default() }
    }

    /// The container of a service, whose own image is `built` if the project builds it.
    #[must_use]
    pub fn of(service: &Service, built: Option<&BuiltImage>) -> Self {
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
            names: unique,
        }
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
        let mut outcome =
            Outcome { environment, properties: Default::default(), open: Vec::new(), refusals: Vec::new() };
        let path = file.map(|file| match &family.home {
            Some(home) if !file.starts_with('/') => format!("{home}/{}", file.trim_start_matches("./")),
            _ => file.to_owned(),
        });
        let known =
            path.as_deref().filter(|path| before != Before::EditsAny && mounted_at(&self.mounts, path).is_none());
        let distributed = known.and_then(|path| {
            let home = family.home.as_deref()?;
            FAMILIES.file(path.strip_prefix(home)?.trim_start_matches('/'), kafka)
        });
        match distributed {
            Some(properties) => {
                let entry = |value: &String| Entry { value: Value::known(value), origin: Origin::Image };
                outcome.properties = properties.iter().map(|(name, value)| (name.clone(), entry(value))).collect();
            }
            None => {
                let reason = path.map_or(UnknownReason::Command, UnknownReason::File);
                outcome.open.push(Open { prefix: String::new(), reason });
            }
        }
        outcome
    }
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
