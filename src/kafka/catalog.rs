//! What is known of images, variables and health checks: data in `catalog/*.toml`, each fact with its public source.

mod additions;
mod address_form;
mod healthcheck;
mod image;
mod program;
mod variable;
mod vocabulary;
mod words;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

pub use additions::{Additions, extend};
pub use address_form::AddressForm;
pub use healthcheck::{Healthcheck, HealthcheckAdvice, Probe, ProbeContext};
pub use image::{Image, ImagePattern, glob as is_glob};
pub use program::{ClientVariable, ConfigFile, KafkaClient, Reading};
pub use variable::{Shape, VariableRole, near_miss};

use crate::compose::Service;
pub(crate) use additions::additions;
use address_form::AddressForms;
use healthcheck::Healthchecks;
use program::Programs;
use vocabulary::Vocabulary;

/// The catalog that is part of the program.
pub static CATALOG: Catalog = Catalog {
    images: LazyLock::new(|| read::<Images>(table!("kafka/catalog/images")).with(additions())),
    programs: LazyLock::new(|| Programs::of(read(table!("kafka/catalog/programs")), additions())),
    address_forms: LazyLock::new(|| read(table!("kafka/catalog/address_forms"))),
    vocabulary: LazyLock::new(|| Vocabulary::of(read(table!("kafka/catalog/vocabulary")), additions())),
    healthchecks: LazyLock::new(|| read::<Healthchecks>(table!("kafka/catalog/healthchecks")).with(additions())),
};

/// Images, programs, variables and health checks; each part is read when it is first asked for.
#[derive(Debug)]
pub struct Catalog {
    images: LazyLock<Images>,
    programs: LazyLock<Programs>,
    address_forms: LazyLock<AddressForms>,
    vocabulary: LazyLock<Vocabulary>,
    healthchecks: LazyLock<Healthchecks>,
}

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> T {
    serde_json::from_str(text).expect("the built-in catalog parses, as its test shows")
}

/// `images.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Images {
    broker: Vec<BrokerFamily>,
    not_client: BTreeMap<String, Vec<ImagePattern>>,
    retired: Vec<RetiredImage>,
}

impl Images {
    /// With the entries of a user.
    fn with(mut self, additions: &Additions) -> Self {
        for family in &mut self.broker {
            family.images.extend(additions.images_of(&family.name));
        }
        let is_new = |own: &&BrokerFamily| self.broker.iter().all(|family| family.name != own.name);
        let new: Vec<BrokerFamily> = additions.broker.iter().filter(is_new).cloned().collect();
        self.broker.splice(0..0, new);
        for (kind, images) in &additions.not_client {
            self.not_client.entry(kind.clone()).or_default().extend(images.iter().cloned());
        }
        self
    }
}

/// An image of which the tags with a version were moved to another repository of Docker Hub.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetiredImage {
    /// The repository where they were.
    pub repository: String,
    /// The repository where they are.
    pub moved_to: String,
}

/// Broker images with the same configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BrokerFamily {
    /// Its name in the catalog.
    pub name: String,
    /// The images; none for the family of unknown images.
    pub images: Vec<ImagePattern>,
    /// The prefixes of variables that set broker properties: with `KAFKA_`, `KAFKA_ADVERTISED_LISTENERS` sets `advertised.listeners`. The
    /// first prefix wins.
    pub prefixes: Vec<String>,
    /// The variables of properties that do not follow from a prefix, by property.
    pub variables: BTreeMap<String, String>,
    /// Variables that hold nothing but the advertised host; the first wins.
    pub host_variables: Vec<String>,
    /// The variables for its port.
    pub port_variables: Vec<String>,
    /// What the broker binds if nothing is configured, as the text of `listeners`.
    pub default_listeners: Option<String>,
    /// The default for the advertised listeners; an empty host is the container's own. `None` if the image does not start without them, or
    /// the default is unknown.
    pub default_advertised: Option<String>,
    /// Whether it does not start without `advertised.listeners`.
    pub advertised_required: bool,
    /// The tag of the last image whose Kafka has ZooKeeper, if newer ones have none.
    pub last_with_zookeeper: Option<String>,
    /// Variables for the advertised host before `advertised.listeners` existed; they have no effect now.
    pub former_host_variables: Vec<String>,
    /// The variables for its port.
    pub former_port_variables: Vec<String>,
    /// Whether unset `listeners` follow from the advertised ones, bound to every interface.
    pub derives_listeners: bool,
    /// Whether one variable of the broker is enough to make its defaults go.
    pub variables_replace_defaults: bool,
    /// The other defaults that differ from Kafka's own: properties and their values.
    pub default_settings: Vec<(String, String)>,
    /// Whether `listeners` and `advertised.listeners`, where they are set, count more than the host variables.
    pub listeners_beat_host: bool,
    /// Whether unset properties have Kafka's defaults as soon as one variable is set. The properties files of other images contain their
    /// own settings, such as one replica for the internal topics.
    pub has_defaults_of_kafka: bool,
    /// Whether its default listeners are bound to the container's address, so that localhost is refused inside.
    pub binds_own_address: bool,
    /// Whether listeners have Redpanda's form, where name and port are optional.
    pub nameless_listeners: bool,
}

impl BrokerFamily {
    /// The variables that set a broker property such as `advertised.listeners`, the one that wins first.
    pub fn variables_of(&self, property: &str) -> impl Iterator<Item = String> {
        let suffix = property.to_ascii_uppercase().replace('.', "_");
        let own = self.variables.get(property).cloned();
        own.into_iter().chain(self.prefixes.iter().map(move |prefix| format!("{prefix}{suffix}")))
    }
}

impl Catalog {
    /// The family of a broker image.
    #[must_use]
    pub fn broker_family(&self, image: &Image) -> Option<&BrokerFamily> {
        self.images.broker.iter().find(|family| family.images.iter().any(|pattern| pattern.matches(image)))
    }

    /// The family for brokers whose image is unknown or built by the project: every usual variable, no default.
    #[must_use]
    pub fn unknown_broker_family(&self) -> &BrokerFamily {
        self.images
            .broker
            .iter()
            .find(|family| family.images.is_empty())
            .expect("the catalog has it, as its test shows")
    }

    /// The ready-made Kafka client that an image runs: of several versions that its tag may mean, the one that asks for less.
    #[must_use]
    pub fn client(&self, image: &Image) -> Option<&KafkaClient> {
        self.programs.of_image(image)
    }

    /// The ready-made Kafka client that runs in a service by its variables, whatever its image is called.
    #[must_use]
    pub fn client_by_variables(&self, service: &Service) -> Option<&KafkaClient> {
        self.programs.all().iter().find(|program| program.is_known_by(service))
    }

    /// The ready-made Kafka client that the words of a command start.
    #[must_use]
    pub fn client_by_command(&self, words: &[String]) -> Option<&KafkaClient> {
        words.iter().find_map(|word| self.programs.all().iter().find(|program| program.is_started_by(word)))
    }

    /// How a client library reads a list of addresses, by the name of the library in a [`Mention`](crate::code::Mention) or in
    /// [`KafkaClient::form`].
    #[must_use]
    pub fn address_form(&self, library: &str) -> Option<&AddressForm> {
        self.address_forms.of(library)
    }

    /// Words in small letters of which one is in every compose file with a broker, or with an image that can no longer be pulled: in the name
    /// of the image, or in that of a variable.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut words = vec!["kafka".to_owned(), "redpanda".to_owned()];
        let brokers = self.images.broker.iter().flat_map(|family| &family.images).map(ImagePattern::as_str);
        let retired = self.images.retired.iter().map(|retired| retired.repository.as_str());
        for image in brokers.chain(retired) {
            let image = image.to_ascii_lowercase();
            let longest = image.split('*').max_by_key(|part| part.len()).unwrap_or_default();
            if !words.iter().any(|word| longest.contains(word.as_str())) {
                words.push(longest.to_owned());
            }
        }
        words
    }

    /// What an image is that is certainly no Kafka client: `database`, `cache`, `proxy` …
    #[must_use]
    pub fn not_client(&self, image: &Image) -> Option<&str> {
        let mut kinds = self.images.not_client.iter();
        let (kind, _) = kinds.find(|(_, patterns)| patterns.iter().any(|pattern| pattern.matches(image)))?;
        Some(kind)
    }

    /// The new name of an image that can no longer be pulled under its name; `None` for one from another registry, with a digest, or with a
    /// tag that is not a version.
    #[must_use]
    pub fn retired(&self, image: &Image) -> Option<&RetiredImage> {
        let is_hub = image.registry.as_deref().is_none_or(|registry| registry == "docker.io");
        let was_moved = is_hub && image.digest.is_none() && image.has_version();
        self.images.retired.iter().find(|retired| was_moved && retired.repository == image.repository)
    }

    /// The role of the variable `name` for a service that runs `client`, or for an unknown program if that is `None`.
    #[must_use]
    pub fn variable_role(&self, name: &str, client: Option<&KafkaClient>) -> VariableRole {
        let own = client.and_then(|client| client.variable(name));
        own.map_or_else(|| self.vocabulary.role(name), ClientVariable::role)
    }

    /// What a key of a configuration file holds, such as `spring.kafka.bootstrap-servers`: the names of the levels above it are joined by dots.
    /// Case, separators and the indexes of lists do not count.
    #[must_use]
    pub fn key_role(&self, key: &str) -> VariableRole {
        self.vocabulary.key_role(key)
    }

    /// The health check known to work in a broker image, or why none is to be written.
    #[must_use]
    pub fn healthcheck(&self, image: &Image) -> HealthcheckAdvice<'_> {
        self.healthchecks.advice(image, self.broker_family(image))
    }

    /// The commands that a health check of this image cannot run, as a shell would look them up: tools that are not in the image, or not on
    /// its `PATH` under that name. Commands that only some versions lack are not included if the tag does not show the version.
    pub fn absent_commands(&self, image: &Image) -> impl Iterator<Item = &str> {
        self.healthchecks.absent_commands(image, self.broker_family(image))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kafka::listener::kafka_listeners;

    fn image(text: &str) -> Image {
        Image::parse(text).expect("an image")
    }

    #[test]
    fn the_built_in_catalog_is_consistent() {
        let catalog = &CATALOG;
        assert_eq!(catalog.unknown_broker_family().name, "unknown");
        for family in &catalog.images.broker {
            for text in family.default_listeners.iter().chain(&family.default_advertised) {
                kafka_listeners(text).expect(&family.name);
            }
        }
        let families: Vec<&str> = catalog.images.broker.iter().map(|family| family.name.as_str()).collect();
        for family in catalog.healthchecks.families() {
            assert!(families.contains(&family), "no family {family}");
        }
    }

    #[test]
    fn no_image_is_listed_twice() {
        let images = &CATALOG.images;
        let brokers = images.broker.iter().flat_map(|family| &family.images);
        // A program has an entry for each range of its versions.
        let of_program =
            |program: &'static KafkaClient| program.images.iter().map(|image| (&program.name, image.as_str()));
        let programs: BTreeSet<_> = CATALOG.programs.all().iter().flat_map(of_program).collect();
        let clients = programs.into_iter().map(|(_, image)| image);
        let others = images.not_client.values().flatten();
        let mut patterns: Vec<&str> = brokers.chain(others).map(ImagePattern::as_str).chain(clients).collect();
        patterns.sort_unstable();
        let count = patterns.len();
        patterns.dedup();
        assert_eq!(patterns.len(), count);
    }

    #[test]
    fn broker_images_have_families() {
        for (text, expected) in [
            ("apache/kafka:4.1.0", Some("apache")),
            ("apache/kafka-native", Some("apache-native")),
            ("confluentinc/cp-kafka:7.5.0", Some("confluent")),
            ("funcacr.azurecr.io/cache/confluentinc/cp-enterprise-kafka:5.3.1", Some("confluent")),
            ("confluentinc/confluent-local", Some("confluent-local")),
            ("docker.io/bitnamilegacy/kafka:3.9.0", Some("bitnami")),
            ("docker.redpanda.com/redpandadata/redpanda:v25.3.4", Some("redpanda")),
            ("quay.io/debezium/kafka:", Some("debezium")),
            ("quay.io/strimzi/kafka:0.43.0-kafka-3.8.0", Some("strimzi")),
            ("ghcr.io/openzipkin/zipkin-kafka", Some("zipkin")),
            ("confluentinc/cp-kafka-connect:7.6.0", None),
            ("confluentinc/cp-kafka-rest:7.6.0", None),
            ("apache/kafka-tools", None),
            ("redpandadata/console", None),
            ("acme/kafka", None),
        ] {
            assert_eq!(CATALOG.broker_family(&image(text)).map(|family| family.name.as_str()), expected, "{text}");
        }
    }

    #[test]
    fn clients_and_others_are_told_apart() {
        for (text, client, kind) in [
            ("provectuslabs/kafka-ui:latest", Some("kafka-ui"), None),
            ("harbor.example.com/library/confluentinc/cp-kafka-connect-custom:7.7.0", Some("kafka-connect"), None),
            ("debezium/connect:2.4", Some("debezium-connect"), None),
            ("docker.redpanda.com/redpandadata/console:v3.0.0", Some("redpanda-console"), None),
            ("apicurio/apicurio-registry-kafkasql:2.6.13.Final", Some("apicurio-registry"), None),
            ("apicurio/apicurio-registry:3.0.6", Some("apicurio-registry"), None),
            ("postgres:16-alpine", None, Some("database")),
            ("docker.io/library/redis:7", None, Some("cache")),
            ("bitnami/redis", None, Some("cache")),
            ("quay.io/debezium/example-postgres:2.1", None, Some("database")),
            ("confluentinc/cp-zookeeper", None, Some("coordination")),
            ("acme/orders", None, None),
            ("acme/postgres-kafka-sync", None, None),
        ] {
            let found = CATALOG.client(&image(text)).map(|client| client.name.as_str());
            assert_eq!((found, CATALOG.not_client(&image(text))), (client, kind), "{text}");
        }
    }

    #[test]
    fn a_ready_made_client_reads_its_own_variables() {
        let console = CATALOG.client(&image("redpandadata/console"));
        let role = |name| CATALOG.variable_role(name, console);
        assert_eq!(role("CONSOLE_CONFIG_FILE"), VariableRole::BrokerAddress(Shape::Document));
        assert_eq!(role("KAFKA_BROKERS"), VariableRole::BrokerAddress(Shape::List));
        let ui = CATALOG.client(&image("kafbat/kafka-ui"));
        let role = CATALOG.variable_role("KAFKA_CLUSTERS_12_BOOTSTRAPSERVERS", ui);
        assert_eq!(role, VariableRole::BrokerAddress(Shape::List));
    }

    #[test]
    fn the_variables_of_a_property_follow_from_the_prefix() {
        let variables = |text, property| -> Vec<String> {
            CATALOG.broker_family(&image(text)).expect(text).variables_of(property).collect()
        };
        assert_eq!(variables("bitnami/kafka", "listeners"), ["KAFKA_CFG_LISTENERS", "KAFKA_LISTENERS"]);
        assert_eq!(variables("debezium/kafka", "process.roles"), ["NODE_ROLE", "KAFKA_PROCESS_ROLES"]);
        assert_eq!(variables("vectorized/redpanda", "listeners"), ["REDPANDA_KAFKA_ADDRESS"]);
    }
}
