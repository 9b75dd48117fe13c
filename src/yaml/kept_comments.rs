//! The law of comments: an edit leaves every comment where it is, at the node that it belongs to.

use crate::text::Span;
use crate::yaml::document::Document;
use crate::yaml::layout::{column, entry_bounds, item_bounds};
use crate::yaml::node::{CollectionStyle, NodeId, NodeKind};

/// A step from a collection to one of its entries or items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The key, or the text of an item; none for an item that is a collection.
    pub name: Option<String>,
    /// Its number among its neighbors, from 0.
    pub index: usize,
}

impl Step {
    /// Whether this names the same place after an edit: by its name, or by its number, for a list may have become a map.
    fn is(&self, after: &Self) -> bool {
        self.index == after.index || self.name.is_some() && self.name == after.name
    }
}

/// Checks that every comment of one text is in another, in order and at the same node, or below it if a comment precedes added lines.
/// `is_removed` decides by the path of a node, from the root of its YAML document, whether the node was removed on purpose, together with
/// its comments.
///
/// # Errors
/// The first comment of `before` that is lost or moved to another node.
pub fn comments_kept(before: &Document, after: &Document, is_removed: impl Fn(&[Step]) -> bool) -> Result<(), Span> {
    let owners_after = owners(after);
    let mut candidates = owners_after.iter();
    for (comment, path) in owners(before).iter().filter(|(_, path)| !is_removed(path)) {
        let is_it = |(other, at): &(Span, Vec<Step>)| {
            after.slice(*other) == before.slice(*comment)
                && path.len() <= at.len()
                && path.iter().zip(at).all(|(step, other)| step.is(other))
        };
        if !candidates.any(is_it) {
            return Err(*comment);
        }
    }
    Ok(())
}

/// Every comment, with the path to the entry or item that it belongs to.
fn owners(document: &Document) -> Vec<(Span, Vec<Step>)> {
    let tree = Tree::of(document);
    let mut owners = Vec::with_capacity(document.comments().len());
    // Backwards, so that the end of a block of comments is looked for once.
    let mut below: Option<(Span, usize)> = None;
    for &comment in document.comments().iter().rev() {
        let blanks = |from: usize, to: usize| document.slice(Span::new(from, to)).trim().is_empty();
        let content = match below {
            Some((next, content)) if blanks(comment.end, next.start) => content,
            _ => document.text().len() - document.text()[comment.end..].trim_start().len(),
        };
        below = Some((comment, content));
        owners.push((comment, tree.path(tree.owner(comment, content))));
    }
    owners.reverse();
    owners
}

/// The entries and items of a text, in its order, outer before inner.
struct Tree<'d> {
    document: &'d Document,
    children: Vec<Child>,
}

struct Child {
    span: Span,
    flow: bool,
    step: Step,
    parent: Option<usize>,
    /// Whether it is an item with a single entry: it is not a step of the path, because such an item may become that entry.
    is_transparent: bool,
}

impl<'d> Tree<'d> {
    fn of(document: &'d Document) -> Self {
        let mut tree = Self { document, children: Vec::new() };
        let mut child_of_value: Vec<Option<usize>> = vec![None; document.nodes().count()];
        for (id, node) in document.nodes() {
            let parent = child_of_value[id.index()];
            let mut add = |value: NodeId, span, flow, name: Option<&str>, index| {
                child_of_value[value.index()] = Some(tree.children.len());
                let step = Step { name: name.map(str::to_owned), index };
                let is_transparent = name.is_none() && document.written_entries(value).len() == 1;
                tree.children.push(Child { span, flow, step, parent, is_transparent });
            };
            match &node.kind {
                NodeKind::Sequence { style, items } => items.iter().enumerate().for_each(|(index, item)| {
                    let (flow, name) = (*style == CollectionStyle::Flow, document.scalar(item.node));
                    add(item.node, item_bounds(document, item), flow, name, index);
                }),
                NodeKind::Mapping { style, entries } => entries.iter().enumerate().for_each(|(index, entry)| {
                    let (flow, name) = (*style == CollectionStyle::Flow, document.scalar(entry.key));
                    add(entry.value, entry_bounds(document, entry), flow, name, index);
                }),
                NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
            }
        }
        tree.in_the_order_of_the_text()
    }

    fn in_the_order_of_the_text(mut self) -> Self {
        let mut order: Vec<usize> = (0..self.children.len()).collect();
        order.sort_by_key(|&index| (self.children[index].span.start, index));
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
        self.children.iter_mut().for_each(|child| child.parent = child.parent.map(|parent| place[parent]));
        let mut children: Vec<Option<Child>> = self.children.into_iter().map(Some).collect();
        let children = order.into_iter().filter_map(|old| children[old].take()).collect();
        Self { document: self.document, children }
    }

    /// The entry or item that a comment belongs to: on a line with content, the outermost that begins or ends there; otherwise the one that
    /// begins at `content`, unless it is indented less than the comment; otherwise the innermost one above that contains the comment.
    fn owner(&self, comment: Span, content: usize) -> Option<usize> {
        let lines = self.document.lines();
        let line_start = lines.line_start(lines.line(comment.start));
        let begun = self.children.partition_point(|child| child.span.start < comment.start);
        let begun_above = self.children.partition_point(|child| child.span.start < line_start);
        let above = || std::iter::successors(begun.checked_sub(1), |&child| self.children[child].parent);
        let is_alone =
            self.document.slice(Span::new(line_start, comment.start)).trim_start_matches('\u{feff}').trim().is_empty();
        if !is_alone {
            let ended = |&child: &usize| (line_start..=comment.start).contains(&self.children[child].span.end);
            let begins = (begun_above < begun).then_some(begun_above);
            return begins.or_else(|| above().filter(ended).last()).or_else(|| begun.checked_sub(1));
        }
        let own_column = column(self.document, comment.start);
        let column = |child: usize| column(self.document, self.children[child].span.start);
        let next = self.children.partition_point(|child| child.span.start < content);
        let is_next = self.children.get(next).is_some_and(|child| child.span.start == content);
        if is_next && (self.children[next].flow || own_column <= column(next)) {
            return Some(next);
        }
        above().find(|&child| {
            let Child { span, flow, .. } = self.children[child];
            span.end > comment.start || !flow && column(child) < own_column
        })
    }

    fn path(&self, owner: Option<usize>) -> Vec<Step> {
        let ancestors = std::iter::successors(owner, |&child| self.children[child].parent);
        let counts = |&child: &usize| Some(child) == owner || !self.children[child].is_transparent;
        let mut path: Vec<Step> = ancestors.filter(counts).map(|child| self.children[child].step.clone()).collect();
        path.reverse();
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The comments of a text with the paths to what they belong to: `services/a #c`.
    fn paths(text: &str) -> Vec<String> {
        let document = Document::parse(text).expect("it is YAML");
        let name = |step: &Step| step.name.clone().unwrap_or_else(|| step.index.to_string());
        let line = |(comment, path): (Span, Vec<Step>)| {
            format!("{} {}", path.iter().map(name).collect::<Vec<_>>().join("/"), document.slice(comment))
        };
        owners(&document).into_iter().map(line).collect()
    }

    fn lost(before: &str, after: &str) -> Option<String> {
        let [before, after] = [before, after].map(|text| Document::parse(text).expect("it is YAML"));
        comments_kept(&before, &after, |path| path.last().is_some_and(|step| step.name.as_deref() == Some("gone")))
            .err()
            .map(|comment| before.slice(comment).to_owned())
    }

    #[test]
    fn a_comment_belongs_to_what_stands_before_it_or_below_it() {
        for (text, expected) in [
            ("# top\na: 1 # one\n", &["a # top", "a # one"][..]),
            ("a:\n  b: 1\n  # end\nc: 2\n", &["a # end"]),
            ("a:\n  b: 1\n    # deeper\n  c: 1\n", &["a/b # deeper"]),
            ("a:\n  # first\n\n  # second\n  b: 1\n# last\n", &["a/b # first", "a/b # second", " # last"]),
            ("a: [b, # x\n  c\n] # y\n", &["a # x", "a # y"]),
            ("a: { # x\n  # y\n}\n", &["a # x", "a # y"]),
            ("a:\n  - b: 1 # x\n    c: 2 # y\n", &["a/0 # x", "a/0/c # y"]),
            ("a:\n  - b:\n      c: 2 # y\n", &["a/b/c # y"]),
            ("a: | # x\n  # no comment\n", &["a # x"]),
            ("a:\n# x\n- b\n", &["a/b # x"]),
        ] {
            assert_eq!(paths(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_comment_that_goes_or_moves_to_another_node_is_lost() {
        for (before, after) in [
            ("a: {} # x\n", "a: {}\n"),
            ("a: 1 # x\nb: 2\n", "a: 1\nb: 2 # x\n"),
            ("a: {\n  # x\n}\n", "a:\n  b: 1\n"),
            ("a:\n  b: 1 # x\nc: 1 # x\n", "a:\n  b: 1\nc: 1 # x\n"),
            ("# x\na: 1\n# y\nb: 1\n", "# y\na: 1\n# x\nb: 1\n"),
        ] {
            assert_eq!(lost(before, after).as_deref(), Some("# x"), "{before:?}");
        }
    }

    #[test]
    fn a_comment_that_stays_is_kept_through_every_kind_of_edit() {
        for (before, after) in [
            ("a: # x\nb: 2 # y\n", "a: # x\n  c: 1\nb: 2 # y\n"),
            ("a:\n  # x\n", "a:\n  # x\n  c: 1\n"),
            ("a: [ # x\n]\n", "a: { # x\n  c: d\n}\n"),
            ("a:\n  - b # x\n  # y\n  - c\n", "a:\n  b: # x\n    d: 1\n  # y\n  c:\n    d: 1\n"),
            ("a:\n  - b: # x\n      c: 1 # y\n", "a:\n  b: # x\n    c: 1 # y\n    d: 1\n"),
            ("a: 1 # x\nc: 1 # z\n", "a: 1 # x\nb: 1\nc: 1 # z\n"),
            ("a:\n  gone: 1 # x\n  b: 1 # y\n", "a:\n  b: 1 # y\n"),
            ("a:\n  - gone # x\n  - b # y\n", "a:\n  - b # y\n"),
        ] {
            assert_eq!(lost(before, after), None, "{before:?}");
        }
    }
}
