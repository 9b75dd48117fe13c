//! Gives every node its byte span, by walking the source along the parser's events.
//!
//! The open container determines which indicator must come next; spaces, line breaks and comments between are consumed. Anything else means
//! that parser and cursor disagree about the text: *lost sync*, an error that rejects the file, because an edit at a wrong place would be
//! worse than none. There is no recursion: open collections are on a stack.

mod scanner;

use std::collections::HashMap;

use crate::text::{LineIndex, Span};
use crate::yaml::YamlError;
use crate::yaml::error::begins_badly;
use crate::yaml::events::{Event, EventKind, Properties};
use crate::yaml::node::{CollectionStyle, DocumentId, Entry, Item, Node, NodeId, NodeKind, ScalarStyle};

use scanner::{Marks, Scanner, Surroundings};

/// The nodes of a text, the roots of its documents, and its comments.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) roots: Vec<NodeId>,
    /// From `#` to the end of the line, in order.
    pub(super) comments: Vec<Span>,
}

/// Builds the tree of `text` from its `events`; `start` is the length of the byte order mark.
///
/// # Errors
/// A tab where Compose allows none, an anchor that contains itself, or lost sync.
pub(super) fn build(
    id: DocumentId,
    text: &str,
    start: usize,
    lines: &LineIndex,
    events: Vec<Event>,
) -> Result<Tree, YamlError> {
    let mut cursor = Cursor {
        id,
        scan: Scanner::new(text, start, lines),
        nodes: Vec::new(),
        roots: Vec::new(),
        open: Vec::new(),
        anchors: HashMap::new(),
    };
    for event in events {
        cursor.step(event)?;
    }
    Ok(Tree { nodes: cursor.nodes, roots: cursor.roots, comments: cursor.scan.comments })
}

struct Cursor<'a> {
    id: DocumentId,
    scan: Scanner<'a>,
    nodes: Vec<Node>,
    roots: Vec<NodeId>,
    open: Vec<Frame>,
    anchors: HashMap<usize, NodeId>,
}

/// A collection whose end has not come yet.
struct Frame {
    node: NodeId,
    style: CollectionStyle,
    kind: FrameKind,
    /// What surrounds the collection itself.
    outside: Surroundings,
}

enum FrameKind {
    Sequence(Vec<Item>),
    Mapping { entries: Vec<Entry>, pending: Option<PendingKey>, braces: bool },
}

impl Frame {
    /// Whether a value comes next, in `[a: b]`.
    fn is_pair_before_its_value(&self) -> bool {
        self.style == CollectionStyle::Flow
            && matches!(self.kind, FrameKind::Mapping { pending: Some(_), braces: false, .. })
    }
}

/// The key of an entry whose value has not come yet.
#[derive(Clone, Copy)]
struct PendingKey {
    question: Option<usize>,
    key: NodeId,
}

/// The text consumed before a node.
#[derive(Clone, Copy, Default)]
struct Lead {
    dash: Option<usize>,
    question: Option<usize>,
    colon: Option<usize>,
}

type Step<T> = Result<T, YamlError>;

impl Cursor<'_> {
    fn step(&mut self, event: Event) -> Step<()> {
        match event.kind {
            EventKind::DocumentStart => self.document_start(),
            EventKind::DocumentEnd => self.scan.skip_document_ends(),
            EventKind::StreamEnd => {
                self.scan.skip_document_ends()?;
                if self.scan.is_at_end() { Ok(()) } else { Err(self.scan.lost("the end of the text")) }
            }
            EventKind::SequenceEnd | EventKind::MappingEnd => self.close(),
            kind => {
                let lead = self.lead_in()?;
                self.begin(kind, lead, event.line, event.column)
            }
        }
    }

    fn document_start(&mut self) -> Step<()> {
        self.scan.skip_directives()?;
        if !self.scan.eat_marker("---") && !self.roots.is_empty() {
            return Err(self.scan.error("a second document begins here; composefix reads files with one document"));
        }
        Ok(())
    }

    /// Consumes the indicators that the open collection has before its next node.
    fn lead_in(&mut self) -> Step<Lead> {
        let Some(frame) = self.open.last() else { return Ok(Lead::default()) };
        let flow = frame.style == CollectionStyle::Flow;
        let mut lead = Lead::default();
        match &frame.kind {
            FrameKind::Sequence(items) if flow => {
                if !items.is_empty() {
                    self.scan.expect(b',')?;
                }
            }
            FrameKind::Sequence(_) => lead.dash = Some(self.scan.expect(b'-')?),
            FrameKind::Mapping { pending: Some(PendingKey { question, key }), .. } if flow => {
                let (explicit, start) = (question.is_some(), self.node(*key).outer_span().start);
                lead.colon = self.scan.eat_after_trivia(b':')?;
                if lead.colon.is_some_and(|colon| !explicit && self.scan.text[start..colon].contains(['\n', '\r'])) {
                    return Err(YamlError::new("a key and its colon must be on one line", start));
                }
            }
            FrameKind::Mapping { pending: Some(_), .. } => lead.colon = self.scan.eat_block_indicator(b':')?,
            FrameKind::Mapping { entries, pending: None, .. } => {
                if flow && !entries.is_empty() {
                    self.scan.expect(b',')?;
                }
                lead.question = self.scan.eat_block_indicator(b'?')?;
                if let Some(question) = lead.question.filter(|_| flow) {
                    self.scan.skip_trivia()?;
                    if matches!(self.scan.peek(), Some(b':' | b',' | b']' | b'}')) {
                        // The parser reads the next bracket as the value: `[? ],]`. So does libyaml.
                        return Err(YamlError::new("a `?` without a key", question));
                    }
                }
            }
        }
        Ok(lead)
    }

    fn begin(&mut self, kind: EventKind, lead: Lead, line: usize, column: usize) -> Step<()> {
        match kind {
            EventKind::Alias { anchor } => {
                let span = self.scan.alias()?;
                let written = &self.scan.text[span.range()];
                let Some(&target) = self.anchors.get(&anchor) else {
                    let message = format!("`{written}` is an alias of an anchor that is not defined above it");
                    return Err(YamlError::new(message, span.start));
                };
                if self.open.iter().any(|frame| frame.node == target) {
                    let message = format!("`{written}` is inside the node to which it refers");
                    return Err(YamlError::new(message, span.start));
                }
                let node = self.push_node(span, (None, None), NodeKind::Alias { target });
                self.attach(node, lead)
            }
            EventKind::Scalar { mut value, style, properties } => {
                let marks = self.scan.properties(properties)?;
                let span = self.scan.scalar(&value, style)?;
                let sign = self.scan.text[span.range()].chars().next().filter(|sign| matches!(sign, '|' | '>'));
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    self.scan.correct_block(span, &mut value);
                }
                if let (Some(sign), ScalarStyle::Plain) = (sign, style) {
                    // Inside brackets, where a block scalar is not possible, the parser reads it as a letter.
                    return Err(YamlError::new(begins_badly(sign), span.start));
                }
                let node = self.push_node(span, marks, NodeKind::Scalar { style, value });
                self.name_anchor(properties, node);
                self.attach(node, lead)
            }
            EventKind::SequenceStart(properties) => {
                let marks = self.scan.properties(properties)?;
                self.scan.skip_trivia()?;
                let flow = self.scan.peek() == Some(b'[');
                let kind = FrameKind::Sequence(Vec::new());
                self.open_collection(flow, flow, kind, (properties, marks), lead)
            }
            EventKind::MappingStart(properties) => {
                let marks = self.scan.properties(properties)?;
                self.scan.skip_trivia()?;
                // A brace may as well open the first key, a flow map, of a block map or of a pair without braces: then the parser
                // marks the map elsewhere, at the key's colon.
                let braces = self.scan.peek() == Some(b'{') && self.scan.line_column() == (line, column);
                let flow = braces || self.scan.surroundings.in_flow;
                let kind = FrameKind::Mapping { entries: Vec::new(), pending: None, braces };
                self.open_collection(flow, braces, kind, (properties, marks), lead)
            }
            EventKind::DocumentStart
            | EventKind::DocumentEnd
            | EventKind::StreamEnd
            | EventKind::SequenceEnd
            | EventKind::MappingEnd => Err(self.scan.lost("a node")),
        }
    }

    fn open_collection(
        &mut self,
        flow: bool,
        brackets: bool,
        kind: FrameKind,
        (properties, marks): (Properties, Marks),
        lead: Lead,
    ) -> Step<()> {
        let style = if flow { CollectionStyle::Flow } else { CollectionStyle::Block };
        let node_kind = match kind {
            FrameKind::Sequence(_) => NodeKind::Sequence { style, items: Vec::new() },
            FrameKind::Mapping { .. } => NodeKind::Mapping { style, entries: Vec::new() },
        };
        if brackets && self.open.last().is_some_and(Frame::is_pair_before_its_value) {
            // In `[a: {b, c}]` the parser ends the braces at the comma.
            return Err(self.scan.error("put braces around a pair in brackets whose value has brackets: `[{a: [b]}]`"));
        }
        let node = self.push_node(Span::empty(self.scan.at), marks, node_kind);
        self.name_anchor(properties, node);
        self.attach(node, lead)?;
        if brackets {
            self.scan.at += 1;
        }
        let outside = self.scan.surroundings;
        self.scan.surroundings = if flow {
            Surroundings { in_flow: true, ..outside }
        } else {
            Surroundings { in_flow: false, indentation: self.scan.line_column().1 + 1 }
        };
        self.open.push(Frame { node, style, kind, outside });
        Ok(())
    }

    fn close(&mut self) -> Step<()> {
        let bracket_end = self.close_bracket()?;
        let Some(frame) = self.open.pop() else { return Err(self.scan.lost("an open collection")) };
        self.scan.surroundings = frame.outside;
        let (style, start) = (frame.style, self.node(frame.node).span.start);
        let (last_end, kind) = match frame.kind {
            FrameKind::Sequence(items) => {
                let end = |item: &Item| self.node(item.node).outer_span().end.max(item.dash.map_or(0, |dash| dash + 1));
                (items.last().map(end), NodeKind::Sequence { style, items })
            }
            FrameKind::Mapping { entries, .. } => {
                (entries.last().map(|entry| self.entry_end(entry)), NodeKind::Mapping { style, entries })
            }
        };
        let node = &mut self.nodes[frame.node.index()];
        node.span = Span::new(start, bracket_end.or(last_end).unwrap_or(start));
        node.kind = kind;
        Ok(())
    }

    /// Consumes the bracket or brace that ends the innermost collection, if it has one.
    fn close_bracket(&mut self) -> Step<Option<usize>> {
        let bracket = match self.open.last() {
            Some(Frame { kind: FrameKind::Mapping { braces: true, .. }, .. }) => b'}',
            Some(Frame { kind: FrameKind::Sequence(_), style: CollectionStyle::Flow, .. }) => b']',
            _ => return Ok(None),
        };
        self.scan.eat_after_trivia(b',')?;
        self.scan.expect(bracket).map(|at| Some(at + 1))
    }

    fn entry_end(&self, entry: &Entry) -> usize {
        let key_end = self.node(entry.key).outer_span().end;
        let colon_end = entry.colon.map_or(0, |colon| colon + 1);
        let value = self.node(entry.value).outer_span();
        key_end.max(colon_end).max(value.end)
    }

    /// Adds a node to its collection.
    fn attach(&mut self, node: NodeId, lead: Lead) -> Step<()> {
        let Some(frame) = self.open.last_mut() else {
            self.roots.push(node);
            return Ok(());
        };
        match &mut frame.kind {
            FrameKind::Sequence(items) => items.push(Item { dash: lead.dash, node }),
            FrameKind::Mapping { entries, pending, .. } => match pending.take() {
                None => *pending = Some(PendingKey { question: lead.question, key: node }),
                Some(PendingKey { question, key }) => {
                    entries.push(Entry { question, key, colon: lead.colon, value: node });
                }
            },
        }
        Ok(())
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    fn push_node(&mut self, span: Span, (anchor, tag): Marks, kind: NodeKind) -> NodeId {
        let id = NodeId::new(self.id, self.nodes.len());
        let parent = self.open.last().map(|frame| frame.node);
        self.nodes.push(Node { span, anchor, tag, kind, parent });
        id
    }

    fn name_anchor(&mut self, properties: Properties, node: NodeId) {
        if properties.anchor > 0 {
            self.anchors.insert(properties.anchor, node);
        }
    }
}
