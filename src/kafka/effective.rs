//! The configuration that an image creates for its broker.
//!
//! An image's script turns the variables of a container into Kafka's properties: data in `catalog/families`, one entry for each family of
//! images and range of versions, read by [`EffectiveConfig::of`]. Each property has a value and an origin, or a reason why its value is
//! unknown. Unknown is never the same as unset.
//!
//! ```
//! use composefix::kafka::effective::{Container, EffectiveConfig};
//! use composefix::kafka::property::Given;
//!
//! let mut container = Container::of_image("apache/kafka:4.1.0", "kafka");
//! container.set("KAFKA_ADVERTISED_LISTENERS", "PLAINTEXT://kafka:9092");
//! let config = EffectiveConfig::of(container);
//! assert_eq!(config.given("listeners"), Given::Set("PLAINTEXT://0.0.0.0:9092"));
//! assert_eq!(config.given("process.roles"), Given::Unset); // one variable makes the image's own configuration go
//! ```

mod before;
mod command;
mod condition;
mod container;
mod environment;
mod family;
mod file;
mod ignored;
mod listeners;
mod merge;
mod part;
mod properties;
mod recognise;
mod run;
mod setter;
mod shell;
mod spelling;
mod step;
mod value;
mod version;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::OnceLock;

pub use container::{Container, FindFile};
pub use family::{FAMILIES, Families, Family, Script};
pub use file::ReadProperties;
pub use ignored::Ignored;
pub use listeners::{Address, Host, Listener, ListenerRole, Listeners};
pub use recognise::{Recognised, recognise};
pub use run::{Refusal, RefusalKind};
pub use setter::Setter;
pub use spelling::Spelling;
pub use value::{Computation, FilePlace, Origin, Unknown, UnknownReason, Value};
pub use version::{Tag, Version, Versions};

use crate::kafka::command::{flag, words};
use crate::kafka::effective::before::Before;
use crate::kafka::effective::command::Start;
use crate::kafka::effective::environment::{Entry, Environment};
use crate::kafka::effective::run::{Open, Outcome};
use crate::kafka::property::{Given, LISTENERS};
use crate::kafka::startup::configuration::Configuration;

/// A property of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property<'a> {
    /// Its name in Kafka's documentation: `advertised.listeners`.
    pub name: &'a str,
    /// Its value as Kafka reads it.
    pub value: &'a Value,
    /// Its origin; never [`Origin::Kafka`].
    pub origin: &'a Origin,
}

/// The configuration that an image creates for its broker.
#[derive(Clone, Debug)]
pub struct EffectiveConfig {
    container: Container,
    family: &'static Family,
    tag: Tag,
    kafka: Versions,
    start: Start,
    environment: Environment,
    properties: BTreeMap<String, Entry>,
    open: Vec<Open>,
    refusals: Vec<Refusal>,
    file: Option<ReadProperties>,
    /// See [`Self::ignored`].
    ignored: OnceLock<Vec<Ignored>>,
    /// See [`Self::reduced`].
    reduced: OnceLock<Box<Self>>,
}

impl EffectiveConfig {
    /// What the image of a container, or the one that it is built on, makes of its variables. An image that is not known, or none, is taken for
    /// one that turns every usual variable into a property and has no defaults.
    #[must_use]
    pub fn of(container: Container) -> Self {
        let (family, tag) = container.recognised();
        Self::in_family(container, family, tag)
    }

    /// The first version of the image whose script does not ask for a variable that the script of this one asks for, with all else as it is;
    /// `None` if none is known, or if this image has no version.
    #[must_use]
    pub fn version_without(&self, refused: &str) -> Option<String> {
        let Tag::Version(own) = &self.tag else { return None };
        let later = self.family.script.iter().filter_map(|script| script.from.as_ref()).filter(|from| *from > own);
        let accepts = |from: &&Version| {
            let config = Self::in_family(self.container.clone(), self.family, Tag::Version((*from).clone()));
            !config.refusals().iter().any(|refusal| refusal.variable == refused)
        };
        later.into_iter().find(accepts).map(ToString::to_string)
    }

    /// The same for a container that is known to be of a family: its image is built from one of it.
    #[must_use]
    pub fn in_family(container: Container, family: &'static Family, tag: Tag) -> Self {
        let tag = match tag {
            Tag::Unknown if family.last_with_zookeeper.is_some() && container.uses_zookeeper() => Tag::WithZooKeeper,
            tag => tag,
        };
        let kafka = container.unpacked.as_ref().map_or_else(|| family.kafka_versions(&tag), Versions::of);
        let start = command::start(family, container.entrypoint.as_deref(), container.command.as_deref());
        let environment = container.environment(&start);
        let outcomes: Vec<Outcome> = match &start {
            Start::Script { .. } => {
                let scripts = family.scripts(&tag).into_iter();
                scripts.map(|script| run::run(family, script, &kafka, &container, environment.clone())).collect()
            }
            Start::Server { file, before } => {
                vec![container.served(family, file.as_deref(), *before, &kafka, environment.clone())]
            }
            Start::Other => Vec::new(),
        };
        let outcome = outcomes.into_iter().reduce(merge::merged);
        let outcome = outcome.unwrap_or_else(|| Outcome::unknown(environment, UnknownReason::Command));
        let mut config = Self {
            container,
            family,
            tag,
            kafka,
            start,
            environment: outcome.environment,
            properties: outcome.properties,
            open: outcome.open,
            refusals: outcome.refusals,
            file: outcome.file,
            ignored: OnceLock::new(),
            reduced: OnceLock::new(),
        };
        config.take_flags();
        config.allow_for_changes();
        config
    }

    /// The configuration that the last image with ZooKeeper creates; `None` if this one has ZooKeeper, or if the broker does not use it.
    #[must_use]
    pub fn with_zookeeper(&self) -> Option<Self> {
        let last = self.family.last_with_zookeeper.as_ref().filter(|_| self.container.uses_zookeeper())?;
        let has_none = self.kafka.are_at_least(&Version::parse("4.0")?);
        has_none.then(|| Self::in_family(self.container.clone(), self.family, Tag::Version(last.clone())))
    }

    /// The flags of the command go over everything else.
    fn take_flags(&mut self) {
        let words = words(&self.container.words());
        for (flag_name, property) in &self.family.flags {
            if let Some(text) = flag(&words, flag_name) {
                self.set_by_flag(property, flag_name.clone(), &text);
            }
        }
        for key in words.iter().zip(words.iter().skip(1)).filter(|(flag, _)| *flag == "--set").map(|(_, key)| key) {
            for (_, property) in self.family.sets.iter().filter(|(own, _)| key.starts_with(own.as_str())) {
                let value = Value::unknown(UnknownReason::Command);
                self.properties.insert(property.clone(), Entry { value, origin: Origin::Flag("--set".to_owned()) });
            }
        }
        if self.start != Start::Other {
            for (property, text) in command::overrides(&words) {
                self.set_by_flag(&property, format!("--override {property}"), &text);
            }
        }
    }

    fn set_by_flag(&mut self, property: &str, flag: String, text: &str) {
        let value = shell::expanded(text, &|name| self.environment.value(name));
        let variable = crate::kafka::command::variable_reference(text);
        let origin = variable.map_or(Origin::Flag(flag), |name| Origin::Variable(name.to_owned()));
        self.properties.insert(property.to_owned(), Entry { value, origin });
    }

    /// What the command may change before it starts the script is not known, nor what a Dockerfile has changed.
    fn allow_for_changes(&mut self) {
        let before = match self.start {
            Start::Script { before, .. } => before,
            _ => Before::Nothing,
        };
        // Of a built image that starts Kafka itself with a file of the project, that file is everything.
        let is_built = self.container.is_built && !self.is_served_from_project();
        if before == Before::Nothing && !is_built {
            return;
        }
        // What is refused may be just what is taken out of the script.
        self.refusals.clear();
        let reason = if is_built { UnknownReason::Built } else { UnknownReason::Command };
        if before == Before::EditsAny || is_built {
            self.open.push(Open { prefix: String::new(), reason: reason.clone() });
            let may_change = |origin: &Origin| match origin {
                Origin::Image => true,
                Origin::File(_) => before == Before::EditsAny,
                _ => false,
            };
            let changed = self.properties.values_mut().filter(|entry| may_change(&entry.origin));
            changed.for_each(|entry| entry.value = Value::unknown(reason.clone()));
        }
    }

    /// The properties file of the project that the broker reads.
    #[must_use]
    pub fn file(&self) -> Option<&ReadProperties> {
        self.file.as_ref()
    }

    /// Whether the container starts Kafka itself with a properties file of the project, so that everything is in that file and the command.
    #[must_use]
    pub fn is_served_from_project(&self) -> bool {
        matches!(self.start, Start::Server { .. }) && self.file.is_some()
    }

    /// What is known of the value of a property.
    #[must_use]
    pub fn given(&self, property: &str) -> Given<'_> {
        match self.properties.get(property).map(|entry| entry.value.text()) {
            Some(Some(text)) => Given::Set(text),
            Some(None) => Given::Unknown,
            None if self.is_open(property).is_some() => Given::Unknown,
            None => Given::Unset,
        }
    }

    /// A property that is set, possibly to an unknown value; `None` if Kafka's default applies, or if it is unknown whether the property is
    /// set: see [`Self::why_unknown`].
    #[must_use]
    pub fn property(&self, name: &str) -> Option<Property<'_>> {
        let (name, entry) = self.properties.get_key_value(name)?;
        Some(Property { name, value: &entry.value, origin: &entry.origin })
    }

    /// All properties that something sets, by name.
    pub fn properties(&self) -> impl Iterator<Item = Property<'_>> {
        self.properties.iter().map(|(name, entry)| Property { name, value: &entry.value, origin: &entry.origin })
    }

    /// Why the value of a property is not known; `None` if it is, or if the property is not set.
    #[must_use]
    pub fn why_unknown(&self, property: &str) -> Option<&UnknownReason> {
        match self.properties.get(property) {
            Some(entry) => entry.value.reason(),
            None => self.is_open(property),
        }
    }

    /// Why any property that is not among [`Self::properties`] may be set; `None` if those are all.
    #[must_use]
    pub fn why_incomplete(&self) -> Option<&UnknownReason> {
        self.open.iter().find(|open| open.prefix.is_empty()).map(|open| &open.reason)
    }

    /// What the names of properties begin with that may be set although nothing known sets them, and why; an empty text for all.
    pub fn may_be_set(&self) -> impl Iterator<Item = (&str, &UnknownReason)> {
        self.open.iter().map(|open| (open.prefix.as_str(), &open.reason))
    }

    fn is_open(&self, property: &str) -> Option<&UnknownReason> {
        self.open.iter().find(|open| property.starts_with(&open.prefix)).map(|open| &open.reason)
    }

    /// Why the script of the image does not start the broker, in the order in which it looks; empty if nothing known keeps it from that.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// The versions of Kafka that the image may have.
    #[must_use]
    pub fn kafka(&self) -> &Versions {
        &self.kafka
    }

    /// The family of its image.
    #[must_use]
    pub fn family(&self) -> &'static Family {
        self.family
    }

    /// The tag of its image.
    #[must_use]
    pub fn tag(&self) -> &Tag {
        &self.tag
    }

    /// The scripts that its image may run: one if the tag shows the version.
    #[must_use]
    pub fn scripts(&self) -> Vec<&'static Script> {
        self.family.scripts(&self.tag)
    }

    /// What it was made from.
    #[must_use]
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// Whether the container starts the image's script, and not Kafka itself or something else.
    #[must_use]
    pub fn is_started_by_script(&self) -> bool {
        matches!(self.start, Start::Script { .. })
    }

    /// A variable as the script leaves it, such as `KAFKA_REST_BOOTSTRAP_SERVERS`, which confluent-local's REST proxy reads; with its
    /// origin. `None` if it is not set, or may not be.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<(&Value, &Origin)> {
        self.environment.get(name).map(|entry| (&entry.value, &entry.origin))
    }

    /// The id of the cluster that the script formats the storage with, with the variable that holds it and its origin; `None` if none is
    /// set, and the family has no default.
    #[must_use]
    pub fn cluster_id(&self) -> Option<(&str, &Value, &Origin)> {
        let mut names = self.family.cluster_id.iter();
        names.find_map(|name| {
            let (value, origin) = self.variable(name)?;
            (value.text() != Some("")).then_some((name.as_str(), value, origin))
        })
    }

    /// The variable that holds the id of the cluster, or that would; `None` if the image takes none.
    #[must_use]
    pub fn cluster_id_variable(&self) -> Option<&str> {
        self.cluster_id().map(|(name, ..)| name).or(self.family.cluster_id.first().map(String::as_str))
    }

    /// The configuration as it would be with other variables: `None` takes one away.
    #[must_use]
    pub fn with(&self, variables: &[(&str, Option<&str>)]) -> Self {
        let mut container = self.container.clone();
        for (name, value) in variables {
            match value {
                Some(value) => container.set(name, value),
                None => container.remove(name),
            }
        }
        Self::in_family(container, self.family, self.tag.clone())
    }

    /// The image's properties that would be lost if one more variable were set, because the image drops its default configuration then. To
    /// keep them, they must be written out with the variable.
    #[must_use]
    pub fn lost_with(&self, variable: &str) -> Vec<Property<'_>> {
        let after = self.with(&[(variable, Some("x"))]);
        let is_lost = |own: &Property<'_>| *own.origin == Origin::Image && after.given(own.name) == Given::Unset;
        self.properties().filter(is_lost).collect()
    }
}

impl Configuration for EffectiveConfig {
    fn given(&self, property: &str) -> Given<'_> {
        Self::given(self, property)
    }

    fn names(&self) -> Vec<&str> {
        self.properties.keys().map(String::as_str).collect()
    }

    fn bound_with(&self, advertised: &str) -> Option<String> {
        let own = self.property(LISTENERS)?;
        if !matches!(own.origin, Origin::Computed { how: Computation::BoundEverywhere, .. }) {
            return None;
        }
        let [variable] = own.origin.variables() else { return None };
        let after = self.with(&[(variable, Some(advertised))]);
        after.properties.get(LISTENERS)?.value.text().map(str::to_owned)
    }
}
