//! Gives every node its byte span, by walking the source along the parser's events.
//!
//! The container that is open tells which indicator must come next; blanks, line breaks and comments between are consumed. What
//! does not fit means that parser and cursor disagree about the text: *lost sync*, an error that refuses the file, because an edit
//! at a wrong place would be worse than none. There is no recursion: open collections lie on a stack.

use std::collections::HashMap;

use crate::text::{LineIndex, Span};
use crate::yaml::YamlError;
use crate::yaml::block_scalar::{self, Problem};
use crate::yaml::error::{TAB_INDENTS, begins_badly};
use crate::yaml::events::{Event, EventKind, Properties};
use crate::yaml::node::{CollectionStyle, Entry, Item, Node, NodeId, NodeKind, ScalarStyle};

/// The nodes of a text, the roots of its documents, and its comments.
#[derive(Debug, Default)]
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
pub(super) fn build(text: &str, start: usize, lines: &LineIndex, events: Vec<Event>) -> Result<Tree, YamlError> {
    let mut cursor = Cursor {
        text,
        start,
        at: start,
        plain_tail: 0,
        lines,
        tree: Tree::default(),
        open: Vec::new(),
        anchors: HashMap::new(),
    };
    for event in events {
        cursor.step(event)?;
    }
    Ok(cursor.tree)
}

struct Cursor<'a> {
    text: &'a str,
    /// After the byte order mark.
    start: usize,
    at: usize,
    /// Up to here blanks follow a plain scalar: go-yaml reads them with it and takes tabs among them.
    plain_tail: usize,
    lines: &'a LineIndex,
    tree: Tree,
    open: Vec<Frame>,
    anchors: HashMap<usize, NodeId>,
}

/// A collection whose end has not come yet.
struct Frame {
    node: NodeId,
    style: CollectionStyle,
    kind: FrameKind,
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

/// What was consumed on the way to a node.
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
            EventKind::DocumentEnd => self.skip_document_ends(),
            EventKind::StreamEnd => {
                self.skip_document_ends()?;
                if self.at == self.text.len() { Ok(()) } else { Err(self.lost("the end of the text")) }
            }
            EventKind::SequenceEnd | EventKind::MappingEnd => self.close(),
            kind => {
                let lead = self.lead_in()?;
                self.begin(kind, lead, event.line, event.column)
            }
        }
    }

    fn document_start(&mut self) -> Step<()> {
        loop {
            self.skip_trivia()?;
            if self.peek() == Some(b'%') && self.at_line_start() {
                if self.rest().starts_with("%YAML 1.2") {
                    return Err(self.error("Compose reads YAML 1.1 and rejects this directive; remove it"));
                }
                self.skip_line();
            } else if !self.eat_marker("...") {
                break;
            }
        }
        if !self.eat_marker("---") && !self.tree.roots.is_empty() {
            return Err(self.error("a further document begins with `---`"));
        }
        Ok(())
    }

    fn skip_document_ends(&mut self) -> Step<()> {
        loop {
            self.skip_trivia()?;
            if !self.eat_marker("...") {
                return Ok(());
            }
        }
    }

    /// Consumes the indicators that the open collection has before its next node.
    fn lead_in(&mut self) -> Step<Lead> {
        let Some(frame) = self.open.last() else { return Ok(Lead::default()) };
        let flow = frame.style == CollectionStyle::Flow;
        let mut lead = Lead::default();
        match &frame.kind {
            FrameKind::Sequence(items) if flow => {
                if !items.is_empty() {
                    self.expect(b',')?;
                }
            }
            FrameKind::Sequence(_) => lead.dash = Some(self.expect(b'-')?),
            FrameKind::Mapping { pending: Some(PendingKey { question, key }), .. } if flow => {
                let (explicit, start) = (question.is_some(), self.node(*key).outer_span().start);
                lead.colon = self.eat_after_trivia(b':')?;
                if lead.colon.is_some_and(|colon| !explicit && self.text[start..colon].contains(['\n', '\r'])) {
                    return Err(YamlError::new("a key and its colon belong on one line", start));
                }
            }
            FrameKind::Mapping { pending: Some(_), .. } => lead.colon = self.eat_block_indicator(b':')?,
            FrameKind::Mapping { entries, pending: None, .. } => {
                if flow && !entries.is_empty() {
                    self.expect(b',')?;
                }
                lead.question = self.eat_block_indicator(b'?')?;
                if let Some(question) = lead.question.filter(|_| flow) {
                    self.skip_trivia()?;
                    if matches!(self.peek(), Some(b':' | b',' | b']' | b'}')) {
                        // The parser takes the bracket behind for the value: `[? ],]`. So does libyaml.
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
                self.skip_trivia()?;
                let start = self.at;
                if self.peek() != Some(b'*') {
                    return Err(self.lost("an alias"));
                }
                self.skip_name();
                let span = Span::new(start, self.at);
                let Some(&target) = self.anchors.get(&anchor) else {
                    return Err(YamlError::new(
                        format!("`{}` is an alias of an anchor that is not defined above it", &self.text[span.range()]),
                        start,
                    ));
                };
                if self.open.iter().any(|frame| frame.node == target) {
                    let message = format!("`{}` stands inside the node that it names", &self.text[span.range()]);
                    return Err(YamlError::new(message, start));
                }
                let node = self.push_node(span, (None, None), NodeKind::Alias { target });
                self.attach(node, lead)
            }
            EventKind::Scalar { mut value, style, properties } => {
                let marks = self.properties(properties)?;
                let span = if value.is_empty() && style == ScalarStyle::Plain {
                    Span::empty(self.at)
                } else {
                    self.skip_trivia()?;
                    let start = self.at;
                    self.skip_scalar(&value, style)?;
                    Span::new(start, self.at)
                };
                let sign = self.text[span.range()].chars().next().filter(|sign| matches!(sign, '|' | '>'));
                let at_end = self.at == self.text.len() && !self.text.ends_with([' ', '\n', '\r']);
                if at_end && matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) && value.ends_with('\n') {
                    // The parser ends the last line with a break even where the text has none; go-yaml does not.
                    value.pop();
                }
                if let (Some(sign), ScalarStyle::Plain) = (sign, style) {
                    // Inside brackets, where no block scalar can stand, the parser takes it for a letter.
                    return Err(YamlError::new(begins_badly(sign), span.start));
                }
                let node = self.push_node(span, marks, NodeKind::Scalar { style, value });
                self.name_anchor(properties, node);
                self.attach(node, lead)
            }
            EventKind::SequenceStart(properties) => {
                let marks = self.properties(properties)?;
                self.skip_trivia()?;
                let flow = self.peek() == Some(b'[');
                let kind = FrameKind::Sequence(Vec::new());
                self.open_collection(flow, flow, kind, (properties, marks), lead)
            }
            EventKind::MappingStart(properties) => {
                let marks = self.properties(properties)?;
                self.skip_trivia()?;
                // A brace may as well open the first key, a flow map, of a block map or of a pair without braces: then the parser
                // marks the map elsewhere, at the key's colon.
                let braces = self.peek() == Some(b'{') && self.line_column(self.at) == (line, column);
                let flow = braces || self.open.last().is_some_and(|frame| frame.style == CollectionStyle::Flow);
                let kind = FrameKind::Mapping { entries: Vec::new(), pending: None, braces };
                self.open_collection(flow, braces, kind, (properties, marks), lead)
            }
            EventKind::DocumentStart
            | EventKind::DocumentEnd
            | EventKind::StreamEnd
            | EventKind::SequenceEnd
            | EventKind::MappingEnd => Err(self.lost("a node")),
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
            return Err(self.error("put braces around a pair in brackets whose value has brackets: `[{a: [b]}]`"));
        }
        let node = self.push_node(Span::empty(self.at), marks, node_kind);
        self.name_anchor(properties, node);
        self.attach(node, lead)?;
        if brackets {
            self.at += 1;
        }
        self.open.push(Frame { node, style, kind });
        Ok(())
    }

    fn close(&mut self) -> Step<()> {
        let bracket_end = self.close_bracket()?;
        let Some(frame) = self.open.pop() else { return Err(self.lost("an open collection")) };
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
        let node = &mut self.tree.nodes[frame.node.0 as usize];
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
        self.eat_after_trivia(b',')?;
        self.expect(bracket).map(|at| Some(at + 1))
    }

    fn entry_end(&self, entry: &Entry) -> usize {
        let key_end = self.node(entry.key).outer_span().end;
        let colon_end = entry.colon.map_or(0, |colon| colon + 1);
        let value = self.node(entry.value).outer_span();
        key_end.max(colon_end).max(value.end)
    }

    /// Hands a node to the collection it stands in.
    fn attach(&mut self, node: NodeId, lead: Lead) -> Step<()> {
        let Some(frame) = self.open.last_mut() else {
            self.tree.roots.push(node);
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
        &self.tree.nodes[id.0 as usize]
    }

    fn push_node(&mut self, span: Span, (anchor, tag): Marks, kind: NodeKind) -> NodeId {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).expect("a text has fewer than four billion nodes"));
        let parent = self.open.last().map(|frame| frame.node);
        self.tree.nodes.push(Node { span, anchor, tag, kind, parent });
        id
    }

    fn name_anchor(&mut self, properties: Properties, node: NodeId) {
        if properties.anchor > 0 {
            self.anchors.insert(properties.anchor, node);
        }
    }

    /// Consumes `&anchor` and `!tag`, in either order, where the event has them.
    fn properties(&mut self, expected: Properties) -> Step<Marks> {
        let (mut anchor, mut tag) = (None, None);
        while expected.anchor > 0 && anchor.is_none() || expected.tagged && tag.is_none() {
            self.skip_trivia()?;
            let start = self.at;
            match self.peek() {
                Some(b'&') if anchor.is_none() => {
                    self.skip_name();
                    anchor = Some(Span::new(start, self.at));
                }
                Some(b'!') if tag.is_none() => {
                    self.skip_tag();
                    tag = Some(Span::new(start, self.at));
                }
                _ => return Err(self.lost("an anchor or a tag")),
            }
        }
        Ok((anchor, tag))
    }

    fn skip_name(&mut self) {
        let is_end = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | ',' | '[' | ']' | '{' | '}' | '\u{feff}');
        self.at += self.rest().find(is_end).unwrap_or(self.rest().len());
    }

    fn skip_tag(&mut self) {
        let rest = self.rest();
        let verbatim = if rest.starts_with("!<") { rest.find('>').map(|i| i + 1) } else { None };
        let is_end = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | ',' | '[' | ']' | '{' | '}');
        self.at += verbatim.or_else(|| rest.find(is_end)).unwrap_or(rest.len());
    }

    fn skip_scalar(&mut self, value: &str, style: ScalarStyle) -> Step<()> {
        match style {
            ScalarStyle::Plain => self.skip_plain(value),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => self.skip_quoted(style),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let literal = style == ScalarStyle::Literal;
                if self.peek() != Some(if literal { b'|' } else { b'>' }) {
                    return Err(self.lost("a block scalar"));
                }
                self.at = block_scalar::end(self.text, self.at, value, literal).map_err(|problem| match problem {
                    Problem::Tab(offset) => YamlError::new(TAB_INDENTS, offset),
                    Problem::Disagreement => self.lost("the lines of a block scalar"),
                })?;
                Ok(())
            }
        }
    }

    fn skip_quoted(&mut self, style: ScalarStyle) -> Step<()> {
        let bytes = self.text.as_bytes();
        let quote = if style == ScalarStyle::SingleQuoted { b'\'' } else { b'"' };
        if self.peek() != Some(quote) {
            return Err(self.lost("a quoted scalar"));
        }
        let mut at = self.at + 1;
        loop {
            match bytes.get(at) {
                None => return Err(self.lost("the closing quote")),
                Some(b'\\') if quote == b'"' => at += 2,
                Some(&byte) if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 2,
                Some(&byte) if byte == quote => break,
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        Ok(())
    }

    /// Walks source and value together: a run of blanks with one line break is one blank of the value, with n breaks n − 1 line
    /// feeds, without a break it stands in the value as it is.
    fn skip_plain(&mut self, value: &str) -> Step<()> {
        let mut wanted = value;
        while let Some(next) = wanted.chars().next() {
            let run = blank_run(self.rest());
            if run.is_empty() {
                if !self.rest().starts_with(next) {
                    return Err(self.lost("a plain scalar"));
                }
                self.at += next.len_utf8();
                wanted = &wanted[next.len_utf8()..];
                continue;
            }
            let breaks = run.bytes().filter(|&b| b == b'\n').count() + lone_carriage_returns(run);
            let folded = match breaks {
                0 => run.to_owned(),
                1 => " ".to_owned(),
                n => "\n".repeat(n - 1),
            };
            self.check_tabs(run)?;
            let Some(left) = wanted.strip_prefix(folded.as_str()) else {
                return Err(self.lost("a line of a plain scalar"));
            };
            self.at += run.len();
            wanted = left;
        }
        let tail = blank_run(&self.text[self.at..]);
        self.plain_tail = self.at + tail.len();
        self.check_tabs(tail)
    }

    /// go-yaml takes no tab in the indentation of a plain scalar's further lines, not even inside brackets.
    fn check_tabs(&self, run: &str) -> Step<()> {
        let block = self.open.iter().rev().find(|frame| frame.style == CollectionStyle::Block);
        for (tab, _) in run.match_indices('\t') {
            let Some(line_break) = run[..tab].rfind(['\n', '\r']) else { continue };
            let indentation = block.map_or(0, |frame| self.line_column(self.node(frame.node).span.start).1 + 1);
            if tab - line_break - 1 < indentation {
                return Err(YamlError::new(TAB_INDENTS, self.at + tab));
            }
        }
        Ok(())
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn at_line_start(&self) -> bool {
        self.at == self.start || matches!(self.text.as_bytes()[self.at - 1], b'\n' | b'\r')
    }

    /// The line and column of a place as the parser counts them, where U+FEFF takes a column.
    fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.line(offset);
        let line_start = self.lines.line_start(line).max(self.start);
        (line, self.text[line_start..offset].chars().count())
    }

    /// Consumes `---` or `...` at the start of a line.
    fn eat_marker(&mut self, marker: &str) -> bool {
        let found = self.at_line_start()
            && self
                .rest()
                .strip_prefix(marker)
                .is_some_and(|after| after.is_empty() || after.starts_with([' ', '\t', '\n', '\r']));
        if found {
            self.at += marker.len();
        }
        found
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find(['\n', '\r']).unwrap_or(self.rest().len());
    }

    /// Consumes blanks, line breaks and comments.
    fn skip_trivia(&mut self) -> Step<()> {
        let in_flow = self.open.last().is_some_and(|frame| frame.style == CollectionStyle::Flow);
        while let Some(byte) = self.peek() {
            match byte {
                b'\t' if !in_flow && self.at >= self.plain_tail && self.tab_indents() => {
                    return Err(self.error(TAB_INDENTS));
                }
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'#' => {
                    let start = self.at;
                    self.skip_line();
                    self.tree.comments.push(Span::new(start, self.at));
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// Outside brackets go-yaml takes no tab where a key may begin: at the start of a line, after a dash, after a question mark.
    fn tab_indents(&self) -> bool {
        let before = self.text[..self.at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with(['\n', '\r', '\u{feff}']) || {
            let line = before.rfind(['\n', '\r']).map_or(before, |i| &before[i + 1..]);
            line.ends_with(['-', '?']) && line.chars().all(|c| matches!(c, ' ' | '-' | '?'))
        }
    }

    fn expect(&mut self, indicator: u8) -> Step<usize> {
        match self.eat_after_trivia(indicator)? {
            Some(at) => Ok(at),
            None => Err(self.lost(&format!("`{}`", char::from(indicator)))),
        }
    }

    /// Consumes an indicator and what stands before it; nothing at all if another comes.
    fn eat_after_trivia(&mut self, indicator: u8) -> Step<Option<usize>> {
        self.eat_indicator(indicator, |_| true)
    }

    /// The same for an indicator that is one only before a blank, as in `? key`; `?key` is a plain scalar.
    fn eat_block_indicator(&mut self, indicator: u8) -> Step<Option<usize>> {
        self.eat_indicator(indicator, |after| after.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')))
    }

    fn eat_indicator(&mut self, indicator: u8, is_one_before: fn(Option<u8>) -> bool) -> Step<Option<usize>> {
        let (at, comments) = (self.at, self.tree.comments.len());
        self.skip_trivia()?;
        if self.peek() == Some(indicator) && is_one_before(self.text.as_bytes().get(self.at + 1).copied()) {
            self.at += 1;
            return Ok(Some(self.at - 1));
        }
        self.at = at;
        self.tree.comments.truncate(comments);
        Ok(None)
    }

    fn error(&self, message: impl Into<String>) -> YamlError {
        YamlError::new(message, self.at)
    }

    fn lost(&self, wanted: &str) -> YamlError {
        YamlError::lost_sync(wanted, self.at)
    }
}

/// The spans of an anchor and a tag.
type Marks = (Option<Span>, Option<Span>);

fn blank_run(text: &str) -> &str {
    &text[..text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len()]
}

fn lone_carriage_returns(run: &str) -> usize {
    run.matches('\r').count() - run.matches("\r\n").count()
}
