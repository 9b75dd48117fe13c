//! Where a node is, in words that stay when an edit moves it: the keys that lead there.

use std::fmt;

use crate::yaml::document::Document;
use crate::yaml::node::{NodeId, NodeKind};

/// The path from the root of a YAML document to a node: `services.orders.environment.KAFKA_BROKERS`.
///
/// An item of a list is named by the text before its first `=`, so that `- KAFKA_BROKERS=kafka:9092` and the entry of a map have the same
/// path; an item that is not text is named by its index, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodePath(Vec<String>);

impl NodePath {
    /// The keys, from the root.
    #[must_use]
    pub fn parts(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for NodePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("."))
    }
}

impl Document {
    /// The path of a node; a key has that of its entry.
    #[must_use]
    pub fn path(&self, id: NodeId) -> NodePath {
        let mut parts = Vec::new();
        let mut child = id;
        while let Some(parent) = self.node(child).parent {
            parts.push(self.name_in(parent, child));
            child = parent;
        }
        let root = self.roots().iter().position(|&root| root == child).filter(|&number| number > 0);
        parts.extend(root.map(|number| format!("({number})")));
        parts.reverse();
        NodePath(parts)
    }

    /// What a node is called in the collection that holds it. Children are numbered in the order of the text.
    fn name_in(&self, parent: NodeId, child: NodeId) -> String {
        match &self.node(parent).kind {
            NodeKind::Mapping { entries, .. } => {
                let index = entries.partition_point(|entry| entry.value < child);
                let entry = entries.get(index).filter(|entry| entry.key == child || entry.value == child);
                entry.and_then(|entry| self.scalar(entry.key)).unwrap_or_default().to_owned()
            }
            NodeKind::Sequence { items, .. } => {
                let index = items.partition_point(|item| item.node < child);
                match self.scalar(child).and_then(|text| text.split(['=', '\n']).next()) {
                    Some(name) => name.to_owned(),
                    None => format!("[{index}]"),
                }
            }
            NodeKind::Scalar { .. } | NodeKind::Alias { .. } => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_has_the_path_of_its_keys() {
        let text = "a: {b: [x=1, [y], {c: 2}]}\nd:\n  e: f\n---\ng: h\n";
        let document = Document::parse(text).expect("it is YAML");
        let paths = ["x=1", "y", "2", "e", "f", "h"].map(|text| {
            let (id, _) = document.nodes().find(|(_, node)| node.as_scalar() == Some(text)).expect(text);
            document.path(id).to_string()
        });
        assert_eq!(paths, ["a.b.x", "a.b.[1].y", "a.b.[2].c", "d.e", "d.e", "(1).g"]);
    }
}
