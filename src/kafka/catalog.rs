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
use image::ImageIndex;
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
    words: Vec<String>,
    not_client: BTreeMap<String, Vec<ImagePattern>>,
    /// The entries of `not_client` by image.
    #[serde(skip)]
    not_client_by_image: ImageIndex,
    retired: Vec<RetiredImage>,
}

impl Images {
    /// With the entries of a user.
    fn with(mut self, additions: &Additions) -> Self {
        for (kind, images) in &additions.not_client {
            self.not_client.entry(kind.clone()).or_default().extend(images.iter().cloned());
        }
        self.not_client_by_image = ImageIndex::new(self.not_client.values().map(Vec::as_slice));
        let own = additions.broker.iter().flat_map(|family| &family.images);
        self.words.extend(own.map(longest_word));
        self
    }
}

/// The longest part of a pattern that stands for itself, in small letters.
fn longest_word(pattern: &ImagePattern) -> String {
    let pattern = pattern.as_str().to_ascii_lowercase();
    pattern.split('*').max_by_key(|part| part.len()).unwrap_or_default().to_owned()
}

/// An image of which the tags with a version were moved to another repository of Docker Hub.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetiredImage {
    /// The repository where they were.
    pub repository: String,
    /// The repository where they are.
    pub moved_to: String,
    /// Whether it is of interest only where a service with it uses Kafka.
    #[serde(default)]
    pub for_clients: bool,
}

impl Catalog {
    /// The ready-made Kafka client that an image runs: of several versions that its tag may mean, the one that asks for less.
    #[must_use]
    pub fn client(&self, image: &Image) -> Option<&KafkaClient> {
        self.programs.of_image(image)
    }

    /// The ready-made Kafka client that the variables of a service show, whatever the name of its image.
    #[must_use]
    pub fn client_by_variables(&self, service: &Service) -> Option<&KafkaClient> {
        self.programs.all().iter().find(|program| program.is_known_by(service))
    }

    /// The ready-made Kafka client that the words of a command start.
    #[must_use]
    pub fn client_by_command<'w>(&self, mut words: impl Iterator<Item = &'w str>) -> Option<&KafkaClient> {
        words.find_map(|word| self.programs.started_by(word))
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
    pub fn words(&self) -> &[String] {
        &self.images.words
    }

    /// What an image is that is certainly no Kafka client: `database`, `cache`, `proxy` …
    #[must_use]
    pub fn not_client(&self, image: &Image) -> Option<&str> {
        let kind = |entry| self.images.not_client.iter().nth(entry);
        let mut kinds = self.images.not_client_by_image.entries(image).into_iter().filter_map(kind);
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

    /// The health check known to work in a broker image of this family, or why none is to be written.
    #[must_use]
    pub fn healthcheck(&self, image: &Image, family: &str) -> HealthcheckAdvice<'_> {
        self.healthchecks.advice(image, family)
    }

    /// Whether a health check of this image cannot run a command, as a shell would look it up: the tool is not in the image, or not on its
    /// `PATH` under that name. Where some versions lack it, it counts as there if the tag does not tell the version.
    #[must_use]
    pub fn lacks(&self, image: &Image, family: &str, command: &str) -> bool {
        self.healthchecks.lacks(image, family, command)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kafka::effective::FAMILIES;

    fn image(text: &str) -> Image {
        Image::parse(text).expect("an image")
    }

    #[test]
    fn the_built_in_catalog_is_consistent() {
        for family in CATALOG.healthchecks.families() {
            assert!(FAMILIES.named(family).is_some(), "no family {family}");
        }
    }

    #[test]
    fn every_broker_image_has_one_of_the_words() {
        let brokers =
            FAMILIES.iter().flat_map(|family| family.images.iter().map(ImagePattern::as_str).chain(family.copies()));
        // That a client uses Kafka is written elsewhere in the project.
        let retired = CATALOG.images.retired.iter().filter(|retired| !retired.for_clients);
        let retired = retired.map(|retired| retired.repository.as_str());
        for image in brokers.chain(retired) {
            assert!(CATALOG.words().iter().any(|word| image.to_ascii_lowercase().contains(word)), "{image}");
        }
    }

    #[test]
    fn no_image_is_listed_twice() {
        let images = &CATALOG.images;
        let brokers = FAMILIES.iter().flat_map(|family| &family.images);
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
}
