//! Entries that users add to the catalog: images, programs, variables and health checks.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::healthcheck::FamilyProbe;
use super::image::ImagePattern;
use super::program::KafkaClient;

static ADDITIONS: OnceLock<Additions> = OnceLock::new();

/// What users add to the catalog. Where an entry is about the same thing as a built-in one, the user's counts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Additions {
    /// Your images of a built-in family.
    pub(crate) broker: Vec<OwnBroker>,
    /// Images that are certainly no Kafka clients, by what they are.
    pub(super) not_client: BTreeMap<String, Vec<ImagePattern>>,
    /// Ready-made programs that connect to Kafka.
    pub(super) program: Vec<KafkaClient>,
    /// Names of variables.
    pub(super) variables: OwnNames,
    /// Health checks of broker images.
    pub(super) healthcheck: Vec<FamilyProbe>,
}

/// Broker images of a user.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OwnBroker {
    /// The name of the family whose script they run: `confluent`.
    pub(crate) name: String,
    /// The images.
    pub(crate) images: Vec<ImagePattern>,
}

/// Names of variables, in capitals. `_*` at the end means that more words follow, `*` at the start that anything comes before.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct OwnNames {
    /// A client's list of broker addresses.
    pub(super) address_names: Vec<String>,
    /// The same with a scheme.
    pub(super) url_names: Vec<String>,
    /// A client's broker host, whose port is in another variable.
    pub(super) host_names: Vec<String>,
    /// Settings of brokers.
    pub(super) broker_names: Vec<String>,
    /// Other settings of clients.
    pub(super) client_names: Vec<String>,
}

impl Additions {
    /// The names of the families that get images.
    pub(crate) fn families(&self) -> impl Iterator<Item = &str> {
        self.broker.iter().map(|own| own.name.as_str())
    }

    /// The images that are added to the family of this name.
    pub(crate) fn images_of<'a>(&'a self, family: &'a str) -> impl Iterator<Item = ImagePattern> + 'a {
        let same = self.broker.iter().filter(move |own| own.name == family);
        same.flat_map(|own| own.images.iter().cloned())
    }
}

/// Adds entries to the catalog of this process, once, before it is first used; false if entries were added before.
#[must_use]
pub fn extend(additions: Additions) -> bool {
    ADDITIONS.set(additions).is_ok()
}

/// What was added; nothing if nothing was.
pub(crate) fn additions() -> &'static Additions {
    static NONE: OnceLock<Additions> = OnceLock::new();
    ADDITIONS.get().unwrap_or_else(|| NONE.get_or_init(Additions::default))
}
