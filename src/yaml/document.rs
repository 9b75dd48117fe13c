//! A YAML text and its tree: immutable, every part with its place.

use std::collections::HashMap;
use std::sync::Arc;

use crate::text::{LineIndex, Newline, Span};
use crate::yaml::node::{DocumentId, Entry, Item, Node, NodeId, NodeKind, ScalarStyle};
use crate::yaml::scalar::{Scalar, resolve, suits_tag};
use crate::yaml::{YamlError, cursor, events};

/// Limits for a text with all aliases expanded, so that a hostile file cannot consume too much. go-yaml also rejects "excessive aliasing"
/// (gopkg.in/yaml.v3, decode.go).
const MAX_EXPANDED_NODES: usize = 1_000_000;
const MAX_EXPANDED_BYTES: usize = 32 << 20;
const MAX_EXPANDED_DEPTH: usize = 512;

/// The merge key of YAML 1.1 (yaml.org/type/merge.html).
pub const MERGE_KEY: &str = "<<";

/// A parsed text. One text may hold several YAML documents, each with a root.
#[derive(Clone, Debug)]
pub struct Document {
    id: DocumentId,
    text: Arc<str>,
    lines: LineIndex,
    newline: Newline,
    nodes: Vec<Node>,
    roots: Vec<NodeId>,
    comments: Vec<Span>,
}

/// An entry of a mapping as a reader of the data meets it.
#[derive(Clone, Debug)]
pub struct Resolved<'d> {
    /// The decoded key.
    pub key: &'d str,
    /// Where the key is written.
    pub key_node: NodeId,
    /// The value, where it is written: maybe an alias.
    pub value: NodeId,
    /// The aliases between the mapping and the entry, outermost first; empty unless the entry was merged.
    pub merged_through: Vec<NodeId>,
}

/// The size of a node with its aliases expanded.
#[derive(Clone, Copy, Default)]
struct Expanded {
    nodes: usize,
    /// Bytes of text in its scalars.
    bytes: usize,
    /// How many nodes are inside of one another.
    depth: usize,
}

impl Expanded {
    /// This node with a child more.
    fn around(self, child: Self) -> Self {
        Self {
            nodes: self.nodes.saturating_add(child.nodes),
            bytes: self.bytes.saturating_add(child.bytes),
            depth: self.depth.max(child.depth + 1),
        }
    }
}

impl Document {
    /// Parses a text, which may begin with a byte order mark.
    ///
    /// # Errors
    /// [`YamlError`] for a text that Compose's YAML reader rejects: bad syntax, a duplicate key, an alias without its anchor, tabs as
    /// indentation, control characters. Also for more than 128 levels, aliases that expand too far, and lost sync.
    pub fn parse(text: impl Into<Arc<str>>) -> Result<Self, YamlError> {
        Self::parse_as(DocumentId::default(), text)
    }

    /// Parses a text that is read together with others, as [`Self::parse`] does.
    ///
    /// # Errors
    /// Those of [`Self::parse`].
    pub fn parse_as(id: DocumentId, text: impl Into<Arc<str>>) -> Result<Self, YamlError> {
        let text: Arc<str> = text.into();
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        if let Some((offset, control)) = text.char_indices().find(|&(_, c)| is_forbidden(c)) {
            return Err(YamlError::new(
                format!("YAML does not allow the control character U+{:04X}; remove it", u32::from(control)),
                offset,
            ));
        }
        let lines = LineIndex::new(&text);
        let events = events::read(&text[start..]).map_err(|error| error.shifted_by(start))?;
        let tree = cursor::build(id, &text, start, &lines, events)?;
        let newline = Newline::of(&text);
        let document = Self { id, lines, newline, nodes: tree.nodes, roots: tree.roots, comments: tree.comments, text };
        document.check_line_breaks()?;
        document.check_tags()?;
        document.check_keys()?;
        document.check_expansion()?;
        Ok(document)
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it was parsed from this very text (not just an equal one) as the document `id`.
    #[must_use]
    pub fn is_of(&self, id: DocumentId, text: &Arc<str>) -> bool {
        self.id == id && Arc::ptr_eq(&self.text, text)
    }

    /// The text of a span.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// Where the lines begin.
    #[must_use]
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// The line break the text uses most.
    #[must_use]
    pub fn newline(&self) -> Newline {
        self.newline
    }

    /// The root node of each YAML document.
    #[must_use]
    pub fn roots(&self) -> &[NodeId] {
        &self.roots
    }

    /// The comments, from `#` to the end of the line, in order; including those after the `|` or `>` of a block scalar.
    #[must_use]
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// A node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The node itself, or the one it is an alias of.
    #[must_use]
    pub fn follow(&self, id: NodeId) -> NodeId {
        match self.node(id).kind {
            NodeKind::Alias { target } => target,
            _ => id,
        }
    }

    /// Whether a node is an alias.
    #[must_use]
    pub fn is_alias(&self, id: NodeId) -> bool {
        matches!(self.node(id).kind, NodeKind::Alias { .. })
    }

    /// The decoded text of a scalar, through an alias.
    #[must_use]
    pub fn scalar(&self, id: NodeId) -> Option<&str> {
        self.node(self.follow(id)).as_scalar()
    }

    /// The meaning of a scalar, through an alias; `None` for a collection.
    #[must_use]
    pub fn scalar_value(&self, id: NodeId) -> Option<Scalar> {
        resolve(self, self.node(self.follow(id)))
    }

    /// Whether a node is null, written or not, through an alias.
    #[must_use]
    pub fn is_null(&self, id: NodeId) -> bool {
        self.scalar_value(id) == Some(Scalar::Null)
    }

    /// The entries of a mapping as written; none for another kind of node. Aliases are not followed.
    #[must_use]
    pub fn written_entries(&self, id: NodeId) -> &[Entry] {
        match &self.node(id).kind {
            NodeKind::Mapping { entries, .. } => entries,
            _ => &[],
        }
    }

    /// The items of a sequence, through an alias; `None` for another kind of node.
    #[must_use]
    pub fn items(&self, id: NodeId) -> Option<&[Item]> {
        match &self.node(self.follow(id)).kind {
            NodeKind::Sequence { items, .. } => Some(items),
            _ => None,
        }
    }

    /// The entries of a mapping, through an alias, with merge keys resolved; `None` for another kind of node.
    ///
    /// A key of the mapping itself hides a merged one wholly, and an earlier mapping of a merge list hides a later one
    /// (yaml.org/type/merge.html; Docker Compose 2.40.3 does the same). Own entries come first, in the order of the text.
    #[must_use]
    pub fn entries(&self, id: NodeId) -> Option<Vec<Resolved<'_>>> {
        let mapping = self.follow(id);
        let NodeKind::Mapping { entries: own, .. } = &self.node(mapping).kind else { return None };
        let mut resolved: Vec<Resolved<'_>> = Vec::with_capacity(own.len());
        for entry in own {
            if let Some(key) = self.scalar(entry.key)
                && !self.is_merge_key(entry.key)
            {
                let (key_node, value) = (entry.key, entry.value);
                resolved.push(Resolved { key, key_node, value, merged_through: Vec::new() });
            }
        }
        for entry in own.iter().filter(|entry| self.is_merge_key(entry.key)) {
            for source in self.merge_sources(entry.value) {
                let list = Some(entry.value).filter(|&value| value != source && self.is_alias(value));
                let through = list.into_iter().chain(self.is_alias(source).then_some(source));
                for mut merged in self.entries(source).unwrap_or_default() {
                    if !resolved.iter().any(|entry| entry.key == merged.key) {
                        merged.merged_through.splice(0..0, through.clone());
                        resolved.push(merged);
                    }
                }
            }
        }
        Some(resolved)
    }

    /// The entry of a mapping with a key, as [`Self::entries`] resolves it.
    #[must_use]
    pub fn entry(&self, id: NodeId, key: &str) -> Option<Resolved<'_>> {
        let mapping = self.follow(id);
        let NodeKind::Mapping { entries: own, .. } = &self.node(mapping).kind else { return None };
        let is_it = |entry: &&Entry| self.scalar(entry.key) == Some(key) && !self.is_merge_key(entry.key);
        if let Some(entry) = own.iter().find(is_it) {
            let key = self.scalar(entry.key)?;
            return Some(Resolved { key, key_node: entry.key, value: entry.value, merged_through: Vec::new() });
        }
        if !own.iter().any(|entry| self.is_merge_key(entry.key)) {
            return None;
        }
        self.entries(mapping)?.into_iter().find(|entry| entry.key == key)
    }

    /// Whether a key is an unquoted `<<`.
    #[must_use]
    pub fn is_merge_key(&self, key: NodeId) -> bool {
        let node = self.node(key);
        node.as_scalar() == Some(MERGE_KEY) && self.slice(node.span) == MERGE_KEY
    }

    /// The nodes that a merge key's value names: itself, or the items of a list, possibly through an alias.
    #[must_use]
    pub fn merge_sources(&self, value: NodeId) -> Vec<NodeId> {
        match &self.node(self.follow(value)).kind {
            NodeKind::Sequence { items, .. } => items.iter().map(|item| item.node).collect(),
            _ => vec![value],
        }
    }

    /// The name of a node's anchor, without the ampersand.
    #[must_use]
    pub fn anchor_name(&self, id: NodeId) -> Option<&str> {
        self.node(id).anchor.map(|span| &self.text[span.start + 1..span.end])
    }

    /// The tag of a node, with the exclamation mark.
    #[must_use]
    pub fn tag(&self, id: NodeId) -> Option<&str> {
        self.node(id).tag.map(|span| self.slice(span))
    }

    /// Every node, in the order of the text, with its id.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(index, node)| (NodeId::new(self.id, index), node))
    }

    /// NEL, LS and PS end lines in go-yaml, which reads YAML 1.1, but are letters to the parser, so they are accepted only in quotes.
    fn check_line_breaks(&self) -> Result<(), YamlError> {
        if self.text.is_ascii() {
            return Ok(());
        }
        let is_quoted = |node: &&Node| {
            matches!(node.kind, NodeKind::Scalar { style: ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, .. })
        };
        let mut quoted = self.nodes.iter().filter(is_quoted).peekable();
        for (offset, line_break) in self.text.match_indices(['\u{85}', '\u{2028}', '\u{2029}']) {
            while quoted.next_if(|node| node.span.end <= offset).is_some() {}
            if quoted.peek().is_none_or(|node| offset < node.span.start) {
                let code = line_break.chars().next().map_or(0, u32::from);
                let message = format!(
                    "the invisible character U+{code:04X} ends a line in Compose; replace it with a line break, or put the text in quotes"
                );
                return Err(YamlError::new(message, offset));
            }
        }
        Ok(())
    }

    fn check_tags(&self) -> Result<(), YamlError> {
        let wrong = self.nodes.iter().find(|node| !suits_tag(self, node));
        wrong.and_then(|node| node.tag).map_or(Ok(()), |tag| {
            let message = format!("the value is not of the type `{}` of its tag; remove the tag", self.slice(tag));
            Err(YamlError::new(message, tag.start))
        })
    }

    /// A duplicate key, a key that is not a string, and a merge of something other than a mapping: go-yaml and Compose reject them; other
    /// readers silently use the last key.
    fn check_keys(&self) -> Result<(), YamlError> {
        for node in &self.nodes {
            let NodeKind::Mapping { entries, .. } = &node.kind else { continue };
            let mut seen: HashMap<&str, NodeId> = HashMap::with_capacity(entries.len());
            for entry in entries {
                let (place, key) = (self.node(entry.key).span.start, self.text_key(entry.key)?);
                if let Some(first) = seen.insert(key, entry.key) {
                    let message = format!("the key `{key}` appears twice in this mapping; remove one");
                    let first = self.node(first).span.start;
                    return Err(YamlError::new(message, place).with_other(first, "first"));
                }
                let merges_mappings = || {
                    let sources = self.merge_sources(entry.value);
                    sources.iter().all(|&id| matches!(self.node(self.follow(id)).kind, NodeKind::Mapping { .. }))
                };
                if self.is_merge_key(entry.key) && !merges_mappings() {
                    return Err(YamlError::new("`<<` requires a mapping or a list of mappings", place));
                }
            }
        }
        Ok(())
    }

    /// The decoded text of a key.
    fn text_key(&self, key: NodeId) -> Result<&str, YamlError> {
        let target = self.node(self.follow(key));
        let message = match crate::yaml::scalar::resolve(self, target) {
            Some(crate::yaml::Scalar::Text(_)) => return Ok(target.as_scalar().unwrap_or_default()),
            Some(crate::yaml::Scalar::Null) => "an entry without a key".to_owned(),
            Some(_) => format!("the key `{}` is not a string; put it in quotes", self.slice(target.span)),
            None => "a key must be a string, not a list or a mapping".to_owned(),
        };
        Err(YamlError::new(message, self.node(key).span.start))
    }

    /// An anchor is closed before an alias refers to it, so a pass in post-order sees every node after the nodes that it expands to.
    fn check_expansion(&self) -> Result<(), YamlError> {
        let mut sizes = vec![Expanded::default(); self.nodes.len()];
        for index in self.post_order() {
            let id = NodeId::new(self.id, index);
            let of = |child: NodeId| sizes[child.index()];
            let own = Expanded { nodes: 1, ..Expanded::default() };
            let size = match &self.node(id).kind {
                NodeKind::Scalar { value, .. } => Expanded { bytes: value.len(), ..own },
                NodeKind::Alias { target } => own.around(of(*target)),
                NodeKind::Sequence { items, .. } => items.iter().map(|item| of(item.node)).fold(own, Expanded::around),
                NodeKind::Mapping { entries, .. } => {
                    entries.iter().flat_map(|entry| [entry.key, entry.value]).map(of).fold(own, Expanded::around)
                }
            };
            if size.nodes > MAX_EXPANDED_NODES || size.bytes > MAX_EXPANDED_BYTES || size.depth > MAX_EXPANDED_DEPTH {
                let message = format!(
                    "with its aliases expanded, this is more than {MAX_EXPANDED_NODES} nodes, {} MiB of text or {MAX_EXPANDED_DEPTH} levels",
                    MAX_EXPANDED_BYTES >> 20
                );
                return Err(YamlError::new(message, self.node(id).span.start));
            }
            sizes[index] = size;
        }
        Ok(())
    }

    /// The node numbers: every node after its children, otherwise in the order of the text.
    fn post_order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut open: Vec<usize> = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            while let Some(&last) = open.last() {
                if node.parent.map(NodeId::index) == Some(last) {
                    break;
                }
                order.extend(open.pop());
            }
            open.push(index);
        }
        order.extend(open.into_iter().rev());
        order
    }
}

/// What YAML 1.1 does not count as printable (section 5.1).
fn is_forbidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}') || matches!(c, '\u{fffe}' | '\u{ffff}')
}
