//! The events of yaml-rust2, in the coordinates of the original text. No other file names that crate.
//!
//! yaml-rust2 provides the structure and the decoded values. It has no byte offsets and no ends of nodes (its `Marker::index` is neither
//! bytes nor characters after a block scalar), so only its lines and columns are used, as a cross-check; the [`cursor`](super::cursor)
//! finds the places. It also rejects a few texts that libyaml and go-yaml accept. Those are parsed from a *shadow*, a copy in which spaces
//! are added at the start of a line or before a comment, a tab is replaced with a space, or `\\'` with another escape.

use yaml_rust2::Event as RawEvent;
use yaml_rust2::parser::Parser;
use yaml_rust2::scanner::{ScanError, TScalarStyle};

use crate::yaml::explain::{explain, explain_end, indenting_tab, too_deep};
use crate::yaml::{ScalarStyle, YamlError};

/// What a node carries before its value; an anchor is a number that no other anchor of the text has, 0 for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Properties {
    pub(super) anchor: usize,
    pub(super) tagged: bool,
}

/// One step through the structure of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EventKind {
    DocumentStart,
    DocumentEnd,
    Alias { anchor: usize },
    Scalar { value: String, style: ScalarStyle, properties: Properties },
    SequenceStart(Properties),
    SequenceEnd,
    MappingStart(Properties),
    MappingEnd,
    StreamEnd,
}

/// An event with the line (from 1; 0 for none) and column (from 0, in characters) of the parser, which is often not where the node begins.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) kind: EventKind,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// The limit of nesting. No compose file needs more, and the limit keeps recursive walks of the tree within the stack.
pub(super) const MAX_DEPTH: usize = 128;

/// The number of times that the shadow is relaxed before the parser's error is final; each time costs a parse. Real files need fewer than
/// twenty.
const MAX_RELAXATIONS: usize = 256;

/// Reads all events of `text`, which has no byte order mark.
///
/// # Errors
/// The first error, with its byte offset in `text`.
pub(super) fn read(text: &str) -> Result<Vec<Event>, YamlError> {
    let mut events = read_as_given(text)?;
    // Where blanks at the end of the text are a line of a block scalar, the parser adds the line break that they lack.
    let kept = text.trim_end_matches(' ');
    if kept.len() < text.len()
        && kept.ends_with(['\n', '\r'])
        && let Some(last) = last_block_scalar(&mut events)
        && let Ok(mut without) = read_as_given(kept)
        && let Some(shorter) = last_block_scalar(&mut without)
        && last != shorter
        && last.ends_with('\n')
    {
        last.pop();
    }
    Ok(events)
}

/// The value of the last scalar, if it is a block scalar.
fn last_block_scalar(events: &mut [Event]) -> Option<&mut String> {
    let mut scalars = events.iter_mut().rev().filter_map(|event| match &mut event.kind {
        EventKind::Scalar { value, style, .. } => Some((value, *style)),
        _ => None,
    });
    let (value, style) = scalars.next()?;
    matches!(style, ScalarStyle::Literal | ScalarStyle::Folded).then_some(value)
}

fn read_as_given(text: &str) -> Result<Vec<Event>, YamlError> {
    let mut shadow = Shadow::new(text);
    let mut relaxations = 0;
    loop {
        match read_once(&shadow) {
            Ok(mut events) => {
                shadow.restore_apostrophes(&mut events);
                return Ok(events);
            }
            Err(Failure::Nesting { line, column }) => {
                return Err(YamlError::new(too_deep(), shadow.original_offset(line, column)));
            }
            Err(Failure::Syntax(error)) => {
                relaxations += 1;
                if relaxations > MAX_RELAXATIONS || !shadow.relax(&error) {
                    let marker = error.marker();
                    let offset = shadow.original_offset(marker.line(), marker.col());
                    let offset = indenting_tab(error.info(), text, offset).unwrap_or(offset);
                    if text[offset..].trim_matches([' ', '\r', '\n']).is_empty() {
                        let last = last_offset(text);
                        return Err(YamlError::new(explain_end(error.info(), text, last), last));
                    }
                    return Err(YamlError::new(explain(error.info(), text, offset), offset));
                }
            }
        }
    }
}

enum Failure {
    Syntax(ScanError),
    Nesting { line: usize, column: usize },
}

fn read_once(shadow: &Shadow<'_>) -> Result<Vec<Event>, Failure> {
    let mut parser = Parser::new_from_str(&shadow.text);
    let mut events = Vec::with_capacity(shadow.text.len() / 12);
    let mut depth = 0;
    loop {
        // The pull API: `Parser::load` calls itself for every level, and a deep text would end the process.
        let (event, marker) = parser.next_token().map_err(Failure::Syntax)?;
        let (line, column) = (marker.line(), marker.col());
        let properties = |anchor, tag: Option<_>| Properties { anchor, tagged: tag.is_some() };
        let kind = match event {
            RawEvent::StreamStart | RawEvent::Nothing => continue,
            RawEvent::StreamEnd => EventKind::StreamEnd,
            RawEvent::DocumentStart => EventKind::DocumentStart,
            RawEvent::DocumentEnd => EventKind::DocumentEnd,
            RawEvent::Alias(anchor) => EventKind::Alias { anchor },
            RawEvent::Scalar(value, style, anchor, tag) => {
                EventKind::Scalar { value, style: style.into(), properties: properties(anchor, tag) }
            }
            RawEvent::SequenceStart(anchor, tag) => EventKind::SequenceStart(properties(anchor, tag)),
            RawEvent::SequenceEnd => EventKind::SequenceEnd,
            RawEvent::MappingStart(anchor, tag) => EventKind::MappingStart(properties(anchor, tag)),
            RawEvent::MappingEnd => EventKind::MappingEnd,
        };
        match kind {
            EventKind::SequenceStart(_) | EventKind::MappingStart(_) => depth += 1,
            EventKind::SequenceEnd | EventKind::MappingEnd => depth -= 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(Failure::Nesting { line, column });
        }
        let column = shadow.original_column(line, column);
        // A pair in brackets is sometimes marked at the brace of its key, a flow map, which is marked there too and owns the brace.
        if let (
            Some(Event { kind: EventKind::MappingStart(_), line: last_line, column: last_column }),
            EventKind::MappingStart(_),
        ) = (events.last_mut(), &kind)
            && (*last_line, *last_column) == (line, column)
        {
            *last_line = 0;
        }
        let done = kind == EventKind::StreamEnd;
        events.push(Event { kind, line, column });
        if done {
            return Ok(events);
        }
    }
}

impl From<TScalarStyle> for ScalarStyle {
    fn from(style: TScalarStyle) -> Self {
        match style {
            TScalarStyle::Plain => Self::Plain,
            TScalarStyle::SingleQuoted => Self::SingleQuoted,
            TScalarStyle::DoubleQuoted => Self::DoubleQuoted,
            TScalarStyle::Literal => Self::Literal,
            TScalarStyle::Folded => Self::Folded,
        }
    }
}

/// The text as the parser is given it.
struct Shadow<'a> {
    original: &'a str,
    text: String,
    /// Blanks added before each line, by its 0-based number; empty until a line needs some.
    padding: Vec<usize>,
    /// More than any indentation of the text.
    width: usize,
    /// What an escaped apostrophe is read as.
    apostrophe: Option<char>,
}

/// One-letter escapes and their characters, which YAML does not allow unescaped.
const CONTROL_ESCAPES: [(char, char); 6] =
    [('a', '\u{7}'), ('b', '\u{8}'), ('v', '\u{b}'), ('f', '\u{c}'), ('e', '\u{1b}'), ('0', '\0')];

impl<'a> Shadow<'a> {
    fn new(original: &'a str) -> Self {
        Self { original, text: original.to_owned(), padding: Vec::new(), width: 0, apostrophe: None }
    }

    /// Changes the shadow so that the parser comes past `error`, if go-yaml would not have made it.
    fn relax(&mut self, error: &ScanError) -> bool {
        let (line, column) = (error.marker().line(), error.marker().col());
        match error.info() {
            // YAML 1.1 ignores indentation inside brackets.
            "invalid indentation"
            | "invalid indentation in flow construct"
            // The cursor rejects these tabs where they indent.
            | "tab cannot be used as indentation"
            | "tabs disallowed within this context (block indentation)" => self.pad(line),
            "invalid indentation in quoted scalar" => self.pad_quoted(line, column),
            "':' must be followed by a valid YAML whitespace" => self.blank_out_tabs_before(line, column),
            "comments must be separated from other tokens by whitespace" => self.separate_comment(line, column),
            info if info.ends_with("found unknown escape character") => self.rewrite_apostrophes(line, column),
            _ => false,
        }
    }

    /// go-yaml accepts a comment directly after a bracket, a quote, a comma or the header of a block scalar. Only the comment follows on
    /// the line, so no column changes.
    fn separate_comment(&mut self, line: usize, column: usize) -> bool {
        let comment = offset_in(&self.text, line, column);
        let is_comment = self.text[comment..].starts_with('#') && !self.text[..comment].ends_with([' ', '\t']);
        if is_comment {
            self.text.insert(comment, ' ');
        }
        is_comment
    }

    /// go-yaml reads `\'` in double quotes as an apostrophe: in the scalar at a place the shadow gets another escape of the same length,
    /// for a character that is not used elsewhere. The cursor rejects escapes that go-yaml does not support.
    fn rewrite_apostrophes(&mut self, line: usize, column: usize) -> bool {
        let text = self.original.to_lowercase();
        let is_unused = |&(letter, character): &(char, char)| {
            let code = u32::from(character);
            let spellings =
                [format!("\\{letter}"), format!("\\x{code:02x}"), format!("\\u{code:04x}"), format!("\\u{code:08x}")];
            !spellings.iter().any(|spelling| text.contains(spelling))
        };
        let Some(&(letter, character)) = CONTROL_ESCAPES.iter().find(|escape| is_unused(escape)) else { return false };
        let start = offset_in(&self.text, line, column);
        let mut apostrophes = Vec::new();
        let mut rest = self.text[start..].char_indices().skip(1);
        while let Some((_, c)) = rest.next() {
            match c {
                '"' => break,
                '\\' => {
                    apostrophes.extend(rest.next().filter(|&(_, escaped)| escaped == '\'').map(|(at, _)| start + at))
                }
                _ => {}
            }
        }
        let letter = letter.to_string();
        apostrophes.iter().for_each(|&at| self.text.replace_range(at..=at, &letter));
        self.apostrophe = Some(character);
        !apostrophes.is_empty()
    }

    fn restore_apostrophes(&self, events: &mut [Event]) {
        let Some(character) = self.apostrophe else { return };
        for event in events {
            if let EventKind::Scalar { value, .. } = &mut event.kind {
                *value = value.replace(character, "'");
            }
        }
    }

    fn pad(&mut self, line: usize) -> bool {
        let line = line - 1;
        if self.padding.is_empty() {
            let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
            self.width = self.original.split(['\n', '\r']).map(indentation).max().unwrap_or(0) + 1;
            self.padding = vec![0; self.original.split(['\n', '\r']).count()];
        }
        if self.padding.get(line).is_none_or(|&padding| padding > 0) {
            return false;
        }
        let start = line_start(&self.text, line);
        if ["---", "..."].iter().any(|marker| self.text[start..].starts_with(marker)) {
            return false;
        }
        self.padding[line] = self.width;
        self.text.insert_str(start, &" ".repeat(self.width));
        true
    }

    /// Indents every further line of the quoted scalar that begins at a place.
    fn pad_quoted(&mut self, line: usize, column: usize) -> bool {
        let start = offset_in(&self.text, line, column);
        let Some(quote) = self.text[start..].chars().next().filter(|c| matches!(c, '"' | '\'')) else { return false };
        let mut breaks = 0;
        let mut rest = self.text[start + 1..].chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\\' if quote == '"' => drop(rest.next_if(|&c| c != '\n' && c != '\r')),
                '\r' if rest.peek() == Some(&'\n') => {}
                '\n' | '\r' => breaks += 1,
                c if c == quote && rest.peek() != Some(&quote) => break,
                c if c == quote => drop(rest.next()),
                _ => {}
            }
        }
        let mut changed = false;
        for line in line + 1..=line + breaks {
            changed |= self.pad(line);
        }
        changed
    }

    fn blank_out_tabs_before(&mut self, line: usize, column: usize) -> bool {
        let end = offset_in(&self.text, line, column);
        let start = self.text[..end].trim_end_matches('\t').len();
        self.text.replace_range(start..end, &" ".repeat(end - start));
        start < end
    }

    fn original_column(&self, line: usize, column: usize) -> usize {
        column.saturating_sub(line.checked_sub(1).and_then(|i| self.padding.get(i)).copied().unwrap_or(0))
    }

    fn original_offset(&self, line: usize, column: usize) -> usize {
        offset_in(self.original, line, self.original_column(line, column))
    }
}

/// The byte offset at which a 0-based line begins.
fn line_start(text: &str, line: usize) -> usize {
    crate::text::LineIndex::new(text).line_start(line + 1)
}

/// The byte offset of a line (from 1) and a column (from 0, in characters), inside the text.
fn offset_in(text: &str, line: usize, column: usize) -> usize {
    let start = line_start(text, line.max(1) - 1);
    start + text[start..].char_indices().nth(column).map_or(text.len() - start, |(i, _)| i)
}

/// The byte offset of the last character that is not a space, where an error at the end of the text is reported.
fn last_offset(text: &str) -> usize {
    text.trim_end().char_indices().next_back().map_or(0, |(offset, _)| offset)
}
