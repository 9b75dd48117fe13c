//! The configuration of a broker: the properties that its image passes to Kafka, as far as they are known.

use std::collections::BTreeMap;

use crate::kafka::property::Given;

/// A broker's properties.
pub trait Configuration {
    /// What is known of a property's value.
    fn given(&self, property: &str) -> Given<'_>;

    /// The names of the properties that something sets, known to Kafka or not, in any order.
    fn names(&self) -> Vec<&str>;

    /// The listeners that are bound where these are advertised; `None` if what is bound does not follow from what is advertised.
    fn bound_with(&self, _advertised: &str) -> Option<String> {
        None
    }
}

/// A configuration in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Properties {
    values: BTreeMap<String, Option<String>>,
    is_partial: bool,
}

impl Properties {
    /// A configuration whose other properties may be set elsewhere, to unknown values.
    #[must_use]
    pub fn partial() -> Self {
        Self { values: BTreeMap::new(), is_partial: true }
    }

    /// Copies what a configuration sets, and of `properties` also what it may set. All others count as unset.
    #[must_use]
    pub fn copied(config: &dyn Configuration, properties: &[&str]) -> Self {
        let mut copy = Self::default();
        for name in config.names().into_iter().chain(properties.iter().copied()) {
            match config.given(name) {
                Given::Set(value) => copy.set(name, value),
                Given::Unknown => copy.set_unknown(name),
                Given::Unset => {}
            }
        }
        copy
    }

    /// Sets a property.
    pub fn set(&mut self, property: impl Into<String>, value: impl Into<String>) {
        self.values.insert(property.into(), Some(value.into()));
    }

    /// Sets a property to an unknown value.
    pub fn set_unknown(&mut self, property: impl Into<String>) {
        self.values.insert(property.into(), None);
    }

    /// Takes a property away.
    pub fn unset(&mut self, property: &str) {
        self.values.remove(property);
    }
}

impl Configuration for Properties {
    fn given(&self, property: &str) -> Given<'_> {
        match self.values.get(property) {
            Some(Some(value)) => Given::Set(value),
            Some(None) => Given::Unknown,
            None if self.is_partial => Given::Unknown,
            None => Given::Unset,
        }
    }

    fn names(&self) -> Vec<&str> {
        self.values.keys().map(String::as_str).collect()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Properties {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let values = pairs.into_iter().map(|(name, value)| (name.into(), Some(value.into()))).collect();
        Self { values, is_partial: false }
    }
}
