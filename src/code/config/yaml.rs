//! YAML.

use super::{MAX_DEPTH, MAX_SETTINGS, join, setting};
use crate::code::Setting;
use crate::yaml::{Document, NodeId};

/// The entries of each YAML document of a text; `None` if it cannot be parsed.
pub(super) fn documents(text: &str) -> Option<Vec<Vec<Setting>>> {
    let document = Document::parse(text).ok()?;
    let entries = |&root: &NodeId| {
        let mut settings = Vec::new();
        collect(&document, root, "", MAX_DEPTH, &mut settings);
        settings
    };
    Some(document.roots().iter().map(entries).collect())
}

fn collect(document: &Document, id: NodeId, key: &str, depth: usize, settings: &mut Vec<Setting>) {
    if depth == 0 || settings.len() >= MAX_SETTINGS {
        return;
    }
    let mut below = |part: &str, child: NodeId| {
        if let Some(key) = join(key, part) {
            collect(document, child, &key, depth - 1, settings);
        }
    };
    if let Some(entries) = document.entries(id) {
        entries.into_iter().for_each(|entry| below(entry.key, entry.value));
    } else if let Some(items) = document.items(id) {
        items.iter().enumerate().for_each(|(index, item)| below(&index.to_string(), item.node));
    } else if let Some(value) = document.scalar(id) {
        let value = if document.is_null(id) { "" } else { value };
        let line = document.lines().line(document.node(id).outer_span().start);
        settings.push(setting(key, value, line));
    }
}
