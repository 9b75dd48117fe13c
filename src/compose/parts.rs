//! Which keys of a service have a value: Compose ignores null after an earlier value, and rejects it if there is none
//! (Docker Compose 2.40.3).

use std::collections::HashSet;

use crate::compose::section::is_reset;
use crate::yaml::{Document, NodeId};

/// The keys that may not be null without an earlier value, of those that are read here. `environment` is not among them: a fix may fill it.
const NEED_VALUE: [&str; 14] = [
    "build",
    "container_name",
    "depends_on",
    "env_file",
    "healthcheck",
    "hostname",
    "image",
    "ipc",
    "labels",
    "links",
    "network_mode",
    "networks",
    "profiles",
    "volumes_from",
];

/// The other keys that may be null (observed; a null `extends` is refused elsewhere).
const MAY_BE_NULL: [&str; 5] = ["command", "deploy", "develop", "entrypoint", "extends"];

/// From a service to a key: `["depends_on", "kafka", "restart"]`.
type Path = Vec<String>;

/// The keys of a service, as far as it matters whether they have a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    filled: HashSet<Path>,
    /// The keys without a value, in the order of the file.
    empty: Vec<(Path, NodeId)>,
}

impl Parts {
    pub(super) fn read(document: &Document, service: NodeId) -> Self {
        let mut parts = Self::default();
        for section in document.entries(service).unwrap_or_default() {
            if MAY_BE_NULL.contains(&section.key) || section.key.starts_with("x-") {
                continue;
            }
            parts.add(document, &[section.key], section.key_node, section.value);
            if !matches!(section.key, "depends_on" | "healthcheck") {
                continue;
            }
            for item in document.items(section.value).unwrap_or_default() {
                // A short entry means that too.
                let service = document.scalar(document.follow(item.node)).unwrap_or_default();
                parts.add(document, &[section.key, service, "required"], item.node, item.node);
            }
            for entry in document.entries(section.value).unwrap_or_default() {
                // A dependency without a value is malformed: a fix may fill it.
                if section.key != "depends_on" {
                    parts.add(document, &[section.key, entry.key], entry.key_node, entry.value);
                }
                for inner in document.entries(entry.value).unwrap_or_default() {
                    parts.add(document, &[section.key, entry.key, inner.key], inner.key_node, inner.value);
                }
            }
        }
        parts
    }

    fn add(&mut self, document: &Document, path: &[&str], key: NodeId, value: NodeId) {
        let path = path.iter().map(|&key| key.to_owned()).collect();
        if is_reset(document, value) {
            return;
        }
        if document.is_null(value) {
            self.empty.push((path, key));
        } else {
            self.filled.insert(path);
        }
    }

    /// These over those of an earlier definition.
    pub(super) fn over(mut self, base: Self) -> Self {
        // A test replaces the earlier one.
        self.empty.retain(|(path, _)| !base.filled.contains(path) || *path == ["healthcheck", "test"]);
        self.filled.extend(base.filled);
        self.empty.extend(base.empty);
        self
    }

    /// Forgets a key and all below it, as `!reset` and `!override` ask.
    pub(super) fn forget(&mut self, path: &[&str]) {
        self.filled.retain(|filled| !path.iter().eq(filled.iter().take(path.len())));
    }

    /// A key without a value, for which the project cannot be read, and the path to it.
    pub(super) fn first_empty(&self) -> Option<(String, NodeId)> {
        let mut needed = self.empty.iter().filter(|(path, _)| needs_value(path));
        needed.next().map(|(path, key)| (path.join("."), *key))
    }

    /// The other keys without a value.
    pub(super) fn optional_empties(&self) -> impl Iterator<Item = (&str, NodeId)> {
        let others = self.empty.iter().filter(|(path, _)| !needs_value(path));
        others.map(|(path, key)| (path[0].as_str(), *key))
    }
}

fn needs_value(path: &Path) -> bool {
    NEED_VALUE.contains(&path[0].as_str())
}
