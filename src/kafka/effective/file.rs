//! A properties file of the project that a broker reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::environment::Entry;
use super::value::{FilePlace, Origin, Unknown, UnknownReason, Value};
use crate::code::WrittenProperties;
use crate::kafka::property::{
    ADVERTISED_LISTENERS, BROKER_ID, LISTENERS, LOG_DIRS, NODE_ID, PROCESS_ROLES, ZOOKEEPER_CONNECT,
};

/// The properties that a broker reads from a file of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadProperties {
    /// Its path in the container.
    pub at: String,
    /// What it says.
    pub file: Arc<WrittenProperties>,
}

/// What a node of a cluster is (Apache Kafka's documentation, "Broker Configs").
const OF_NODES: [&str; 3] = [PROCESS_ROLES, NODE_ID, BROKER_ID];

/// What it does: without any of these it is a part of a configuration.
const OF_SERVERS: [&str; 4] = [LISTENERS, ADVERTISED_LISTENERS, LOG_DIRS, ZOOKEEPER_CONNECT];

/// What a program next to a broker has, be it one with listeners of its own such as Connect.
const OF_CLIENTS: [&str; 2] = ["bootstrap.servers", "group.id"];

/// What a value has in it that something else fills in: a script, or Kafka from another file.
const PLACEHOLDERS: [&str; 4] = ["$", "{{", "<", "@@"];

impl ReadProperties {
    /// Whether it configures a broker, not a program that uses one.
    #[must_use]
    pub fn is_of_broker(&self) -> bool {
        self.file.has_any(&OF_NODES) && self.file.has_any(&OF_SERVERS) && !self.file.has_any(&OF_CLIENTS)
    }

    /// Its entries; the last one of a name counts.
    pub(super) fn properties(&self) -> BTreeMap<String, Entry> {
        let entries = self.file.entries.iter().map(|own| {
            let is_filled_in = PLACEHOLDERS.iter().any(|placeholder| own.value.contains(placeholder));
            let value = match is_filled_in {
                true => Value::Unknown(Unknown {
                    reason: UnknownReason::File(self.at.clone()),
                    shape: Some(own.value.clone()),
                }),
                false => Value::known(&own.value),
            };
            let place = FilePlace { path: self.file.path.clone(), line: Some(own.line) };
            (own.name.clone(), Entry { value, origin: Origin::File(place) })
        });
        entries.collect()
    }
}
