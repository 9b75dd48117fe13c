//! Where a key of a service is written: a service may have it from a merge key, and its value may be an alias.

use crate::compose::origin::OriginStep;
use crate::yaml::{Document, NodeId};

/// The value of a service's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The key, where it is written.
    pub key: NodeId,
    /// The value, where it is written: maybe an alias.
    pub value: NodeId,
    /// The merge aliases between the service and the entry; empty if the service's own mapping has it.
    pub merged_through: Vec<NodeId>,
}

impl Section {
    /// Looks a key up in a service's mapping.
    #[must_use]
    pub fn find(document: &Document, service: NodeId, key: &str) -> Option<Self> {
        let entry = document.entry(service, key).filter(|entry| !is_reset(document, entry.value))?;
        Some(Self { key: entry.key_node, value: entry.value, merged_through: entry.merged_through })
    }

    /// Whether the service's own mapping has the key.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.merged_through.is_empty()
    }

    /// What lies between the service and the value.
    #[must_use]
    pub fn steps(&self, document: &Document) -> Vec<OriginStep> {
        let merges = self.merged_through.iter().map(|&alias| OriginStep::Merge(alias));
        let alias = document.is_alias(self.value).then_some(OriginStep::Alias(self.value));
        merges.chain(alias).collect()
    }
}

/// Whether a value removes or replaces earlier definitions instead of being merged over them.
pub(super) fn is_merge_tag(document: &Document, value: NodeId) -> bool {
    matches!(document.tag(document.follow(value)), Some("!reset" | "!override"))
}

/// Whether a value only removes earlier definitions (`!reset`).
pub(super) fn is_reset(document: &Document, value: NodeId) -> bool {
    document.tag(document.follow(value)) == Some("!reset")
}
