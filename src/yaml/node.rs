//! The nodes of a YAML text, each with its place.

use crate::text::Span;

/// The number of a text, assigned by the reader, to distinguish texts that are read together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub u16);

/// Names a node, and the [`Document`](super::Document) it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// The document.
    pub document: DocumentId,
    index: u32,
}

impl NodeId {
    pub(super) fn new(document: DocumentId, index: usize) -> Self {
        let index = u32::try_from(index).expect("a text has fewer than four billion nodes");
        Self { document, index }
    }

    /// Its number in the order of the text.
    pub(super) fn index(self) -> usize {
        self.index as usize
    }
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalarStyle {
    /// `text`; nothing at all is an empty plain scalar, which is null.
    Plain,
    /// `'text'`
    SingleQuoted,
    /// `"text"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// How a collection is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CollectionStyle {
    /// By indentation.
    Block,
    /// In brackets or braces; a pair without braces inside brackets (`[a: b]`) counts as flow.
    Flow,
}

/// A node's value, the spans of what belongs to it, and its parent.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value alone: a scalar with its quotes or its block header, a collection from its first key or dash, or from bracket to
    /// bracket. Empty where nothing is written; trailing comments and line breaks are outside.
    pub span: Span,
    /// `&name`, with the ampersand.
    pub anchor: Option<Span>,
    /// `!tag`, with the exclamation mark.
    pub tag: Option<Span>,
    /// What it is.
    pub kind: NodeKind,
    /// Its collection; `None` for the root of a document.
    pub parent: Option<NodeId>,
}

impl Node {
    /// The value with its anchor and tag.
    #[must_use]
    pub fn outer_span(&self) -> Span {
        [self.anchor, self.tag].into_iter().flatten().fold(self.span, Span::join)
    }

    /// The decoded text of a scalar.
    #[must_use]
    pub fn as_scalar(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { value, .. } => Some(value),
            _ => None,
        }
    }
}

/// The kinds of node.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// Text, as YAML decodes it (line folding and escapes undone, CRLF become LF).
    Scalar {
        /// How it is written.
        style: ScalarStyle,
        /// The decoded text.
        value: String,
    },
    /// `*name`: a reference to the node with the anchor.
    Alias {
        /// That node.
        target: NodeId,
    },
    /// A list.
    Sequence {
        /// How it is written.
        style: CollectionStyle,
        /// Its items, in order.
        items: Vec<Item>,
    },
    /// A map, with every entry as written: merge keys are not resolved, keys may repeat.
    Mapping {
        /// How it is written.
        style: CollectionStyle,
        /// Its entries, in order.
        entries: Vec<Entry>,
    },
}

/// An item of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The byte offset of its dash; none in a flow sequence.
    pub dash: Option<usize>,
    /// Its value.
    pub node: NodeId,
}

/// An entry of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The byte offset of a `?` before the key.
    pub question: Option<usize>,
    /// Its key.
    pub key: NodeId,
    /// The byte offset of the colon; `{a}` and `? a` have none.
    pub colon: Option<usize>,
    /// Its value.
    pub value: NodeId,
}
