//! Variables that look like settings of a broker but that its image does not read.

use super::EffectiveConfig;
use super::command::Start;
use super::family::Family;
use super::setter::{NamesRead, Setter};
use super::spelling::Spelling;
use super::step::{Step, Variables};
use super::value::{Origin, UnknownReason};

/// A variable that the image does not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// Its name.
    pub variable: String,
    /// The property that it would set in the vocabulary that it is of, by its name alone: whether Kafka has such a property is not looked
    /// at. `None` if it is of none.
    pub property: Option<String>,
    /// What sets that property in this image.
    pub setter: Option<Setter>,
}

/// The prefixes of the vocabularies, the longest first, with their spelling: Bitnami's, and that of the others.
const VOCABULARIES: [(&str, Spelling); 2] = [("KAFKA_CFG_", Spelling::DotsButSasl), ("KAFKA_", Spelling::Counted)];

/// Variables outside of those that are names of a setting in some image.
const OTHER_SETTINGS: [(&str, &str); 9] = [
    ("ADVERTISED_LISTENERS", "advertised.listeners"),
    ("LISTENERS", "listeners"),
    ("ZOOKEEPER_CONNECT", "zookeeper.connect"),
    ("BROKER_ID", "broker.id"),
    ("NODE_ID", "node.id"),
    ("ADVERTISED_HOST", "advertised.host.name"),
    ("ADVERTISED_HOST_NAME", "advertised.host.name"),
    ("ADV_HOST", "advertised.host.name"),
    ("ADVERTISED_PORT", "advertised.port"),
];

/// Variables that Kafka's own start scripts read, in every image that uses them (apache/kafka `bin/kafka-run-class.sh`,
/// `bin/kafka-server-start.sh`), and those of images.
const OF_START_SCRIPTS: [&str; 10] = [
    "KAFKA_OPTS",
    "KAFKA_HEAP_OPTS",
    "KAFKA_JVM_PERFORMANCE_OPTS",
    "KAFKA_LOG4J_OPTS",
    "KAFKA_LOG4J_CMD_OPTS",
    "KAFKA_JMX_OPTS",
    "KAFKA_GC_LOG_OPTS",
    "KAFKA_DEBUG",
    "KAFKA_HOME",
    "KAFKA_VERSION",
];

impl EffectiveConfig {
    /// The variables that look like settings of a broker but that nothing in the container reads, or that become an unknown property: those
    /// of another image's vocabulary. Empty if the container starts an unknown program.
    #[must_use]
    pub fn ignored(&self) -> &[Ignored] {
        self.ignored.get_or_init(|| self.find_ignored())
    }

    /// A variable of [`Self::ignored`].
    #[must_use]
    pub fn ignored_as(&self, name: &str) -> Option<&Ignored> {
        let ignored = self.ignored();
        ignored.binary_search_by(|own| own.variable.as_str().cmp(name)).ok().map(|at| &ignored[at])
    }

    fn find_ignored(&self) -> Vec<Ignored> {
        use UnknownReason::{Built, Command, Unpublished};
        if self.start == Start::Other
            || self.may_be_set().any(|(_, reason)| matches!(reason, Built | Command | Unpublished))
        {
            return Vec::new();
        }
        let by_prefix = self.script_steps().filter_map(|step| match step {
            Step::Variables(step) => Some(step),
            _ => None,
        });
        let read = Read { family: self.family, names: self.names_read(), by_prefix: by_prefix.collect() };
        let variables = self.container.variables.iter().map(|(name, _)| name.as_str());
        let mut ignored: Vec<Ignored> = variables.filter_map(|name| self.ignored_variable(name, &read)).collect();
        ignored.sort_unstable_by(|one, other| one.variable.cmp(&other.variable));
        ignored
    }

    fn ignored_variable(&self, name: &str, read: &Read) -> Option<Ignored> {
        let other = OTHER_SETTINGS.iter().find(|(own, _)| *own == name).map(|(_, property)| (*property).to_owned());
        let vocabulary = VOCABULARIES.iter().find(|(prefix, _)| name.starts_with(prefix));
        let is_setting = other.is_some() || vocabulary.is_some() || name.starts_with("REDPANDA_");
        if !is_setting || OF_START_SCRIPTS.contains(&name) || read.has(name) && !self.is_overwritten(name, read) {
            return None;
        }
        let property = other.or_else(|| {
            let (prefix, spelling) = vocabulary?;
            Some(spelling.property(name.strip_prefix(prefix)?))
        });
        let setter = property.as_deref().and_then(|property| self.setter(property));
        // A variable that sets its own property is read after all.
        let is_own = setter == Some(Setter::Variable(name.to_owned()));
        (!is_own).then(|| Ignored { variable: name.to_owned(), property, setter })
    }

    /// Whether the script reads a variable and then sets its property to a value of its own, such as what another variable says.
    fn is_overwritten(&self, name: &str, read: &Read) -> bool {
        let mut properties = read.by_prefix.iter().filter_map(|step| step.property(name));
        !read.names.has(name)
            && properties.any(|property| self.property(&property).is_some_and(|own| *own.origin == Origin::Image))
    }
}

/// What a container reads of its variables.
struct Read {
    family: &'static Family,
    names: NamesRead,
    by_prefix: Vec<&'static Variables>,
}

impl Read {
    fn has(&self, name: &str) -> bool {
        // With Bitnami's prefix in another image, the rest of the name is not a Kafka property.
        let is_property = |property: String| !property.starts_with("cfg.");
        let is_for_itself = |own: &String| own == name || own.ends_with('_') && name.starts_with(own.as_str());
        self.names.has(name)
            || self.family.reads.iter().any(is_for_itself)
            || self.by_prefix.iter().any(|step| step.property(name).is_some_and(is_property))
    }
}
