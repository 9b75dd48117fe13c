//! The data of a text, without places, for comparing two texts.

use crate::yaml::document::Document;
use crate::yaml::node::{NodeId, NodeKind};
use crate::yaml::scalar::{Scalar, core_tag, resolve};

/// Data as a reader of YAML meets it: aliases expanded, merge keys resolved.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A scalar.
    Scalar(Scalar),
    /// A list.
    List(Vec<Value>),
    /// A map, in the order of its own and then its merged entries.
    Map(Vec<(String, Value)>),
    /// A value with an application tag, such as Compose's `!reset`.
    Tagged(String, Box<Value>),
}

impl Value {
    /// Text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Scalar(Scalar::Text(text.into()))
    }

    /// The entries of a map, tagged or not.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Map(entries) => Some(entries),
            Self::Tagged(_, value) => value.as_map(),
            _ => None,
        }
    }

    /// The value without its tag, to change it.
    pub fn untagged_mut(&mut self) -> &mut Self {
        match self {
            Self::Tagged(_, value) => value.untagged_mut(),
            value => value,
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value of a key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match self.untagged_mut() {
            Self::Map(entries) => entries.iter_mut().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a scalar that is a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Scalar(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Sorts the keys of every map: for readers their order means nothing.
    pub fn sort_keys(&mut self) {
        match self {
            Self::Scalar(_) => {}
            Self::List(items) => items.iter_mut().for_each(Self::sort_keys),
            Self::Map(entries) => {
                entries.sort_by(|a, b| a.0.cmp(&b.0));
                entries.iter_mut().for_each(|(_, value)| value.sort_keys());
            }
            Self::Tagged(_, value) => value.sort_keys(),
        }
    }
}

impl Document {
    /// The data of every YAML document of the text. How far aliases may expand was bounded when the text was parsed.
    #[must_use]
    pub fn values(&self) -> Vec<Value> {
        self.roots().iter().map(|&root| self.value(root)).collect()
    }

    /// The data of a node.
    #[must_use]
    pub fn value(&self, id: NodeId) -> Value {
        let id = self.follow(id);
        let node = self.node(id);
        let value = match &node.kind {
            NodeKind::Sequence { items, .. } => Value::List(items.iter().map(|item| self.value(item.node)).collect()),
            NodeKind::Mapping { .. } => {
                let entries = self.entries(id).unwrap_or_default();
                Value::Map(entries.into_iter().map(|entry| (entry.key.to_owned(), self.value(entry.value))).collect())
            }
            NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {
                Value::Scalar(resolve(self, node).unwrap_or(Scalar::Null))
            }
        };
        match self.tag(id) {
            Some(tag) if core_tag(tag) == tag => Value::Tagged(tag.to_owned(), Box::new(value)),
            _ => value,
        }
    }
}
