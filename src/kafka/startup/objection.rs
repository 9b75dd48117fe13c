//! What Kafka has against a configuration.

pub use crate::kafka::startup::check::{Check, Consequence};
use crate::text::Span;

/// Something that Kafka, in one version, has against a configuration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Objection {
    /// The check.
    pub check: Check,
    /// The places of the problem; the first is the primary one.
    pub places: Vec<Place>,
    /// What it is about, by [`Check`]: names of listeners, of properties or of topics, ids, numbers or words.
    pub subjects: Vec<String>,
}

/// A property, set or not, or a part of its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The name of the property.
    pub property: String,
    /// The part, in bytes of the value; `None` for all of it, or if the property is not set.
    pub entry: Option<Span>,
}

impl Objection {
    /// An objection to properties as a whole.
    pub(super) fn new(check: Check, properties: &[&str]) -> Self {
        let places =
            properties.iter().map(|property| Place { property: (*property).to_owned(), entry: None }).collect();
        Self { check, places, subjects: Vec::new() }
    }

    /// An objection to a part of a property.
    pub(super) fn to_entry(check: Check, property: &str, entry: Span) -> Self {
        Self { check, places: vec![Place { property: property.to_owned(), entry: Some(entry) }], subjects: Vec::new() }
    }

    /// The same, about these.
    pub(super) fn about<S: ToString>(mut self, subjects: impl IntoIterator<Item = S>) -> Self {
        self.subjects.extend(subjects.into_iter().map(|subject| subject.to_string()));
        self
    }

    /// The same, with another place.
    pub(super) fn and(mut self, property: &str) -> Self {
        self.places.push(Place { property: property.to_owned(), entry: None });
        self
    }

    /// The same, with a part of a property for another place.
    pub(super) fn and_entry(mut self, property: &str, entry: Span) -> Self {
        self.places.push(Place { property: property.to_owned(), entry: Some(entry) });
        self
    }

    /// Whether one of its places is in this property.
    #[must_use]
    pub fn is_about(&self, property: &str) -> bool {
        self.places.iter().any(|place| place.property == property)
    }
}
