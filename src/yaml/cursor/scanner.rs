//! Consumes characters: spaces and comments, indicators, names and tags, scalars.

use crate::text::{LineIndex, Span};
use crate::yaml::YamlError;
use crate::yaml::block_scalar::{self, Problem};
use crate::yaml::cursor::Step;
use crate::yaml::error::{TAB_INDENTS, UNKNOWN_ESCAPE};
use crate::yaml::events::Properties;
use crate::yaml::layout::line_end;
use crate::yaml::node::ScalarStyle;

/// The spans of an anchor and a tag.
pub(super) type Marks = (Option<Span>, Option<Span>);

/// A place in a text, and the state at that place.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    lines: &'a LineIndex,
    /// After the byte order mark.
    start: usize,
    pub(super) at: usize,
    /// The end of the spaces after a plain scalar: go-yaml reads them with the scalar and accepts tabs among them.
    plain_tail: usize,
    pub(super) surroundings: Surroundings,
    /// From `#` to the end of the line, in order.
    pub(super) comments: Vec<Span>,
}

/// Where the open collections allow tabs.
#[derive(Clone, Copy, Default)]
pub(super) struct Surroundings {
    /// Whether the innermost is a flow collection.
    pub(super) in_flow: bool,
    /// How many columns belong to the indentation of the innermost block collection's content.
    pub(super) indentation: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, start: usize, lines: &'a LineIndex) -> Self {
        let surroundings = Surroundings::default();
        Self { text, lines, start, at: start, plain_tail: 0, surroundings, comments: Vec::new() }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn at_line_start(&self) -> bool {
        self.at == self.start || matches!(self.text.as_bytes()[self.at - 1], b'\n' | b'\r')
    }

    /// The line and column as the parser counts them, where U+FEFF takes a column.
    pub(super) fn line_column(&self) -> (usize, usize) {
        let line = self.lines.line(self.at);
        let line_start = self.lines.line_start(line).max(self.start);
        (line, self.text[line_start..self.at].chars().count())
    }

    /// Consumes spaces, line breaks and comments.
    pub(super) fn skip_trivia(&mut self) -> Step<()> {
        while let Some(byte) = self.peek() {
            match byte {
                b'\t' if !self.surroundings.in_flow && self.at >= self.plain_tail && self.tab_indents() => {
                    return Err(self.error(TAB_INDENTS));
                }
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'#' => {
                    let start = self.at;
                    self.skip_line();
                    self.comments.push(Span::new(start, self.at));
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

    fn skip_line(&mut self) {
        self.at = line_end(self.text, self.at);
    }

    /// Consumes the text before a document: the end of the previous one, and directives.
    pub(super) fn skip_directives(&mut self) -> Step<()> {
        loop {
            self.skip_document_ends()?;
            if self.peek() != Some(b'%') || !self.at_line_start() {
                return Ok(());
            }
            let version =
                self.rest().strip_prefix("%YAML").map(|rest| rest.split(['#', '\n', '\r']).next().unwrap_or_default());
            if version.is_some_and(|version| version.trim() != "1.1") {
                return Err(self.error("Compose reads YAML 1.1 and rejects this directive; remove it"));
            }
            self.skip_line();
        }
    }

    pub(super) fn skip_document_ends(&mut self) -> Step<()> {
        loop {
            self.skip_trivia()?;
            if !self.eat_marker("...") {
                return Ok(());
            }
        }
    }

    /// Consumes `---` or `...` at the start of a line.
    pub(super) fn eat_marker(&mut self, marker: &str) -> bool {
        let after = self.rest().strip_prefix(marker).filter(|_| self.at_line_start());
        let found = after.is_some_and(|after| after.is_empty() || after.starts_with([' ', '\t', '\n', '\r']));
        if found {
            self.at += marker.len();
        }
        found
    }

    /// Consumes an indicator and the trivia before it, and returns its place.
    pub(super) fn expect(&mut self, indicator: u8) -> Step<usize> {
        match self.eat_after_trivia(indicator)? {
            Some(at) => Ok(at),
            None => Err(self.lost(&format!("`{}`", char::from(indicator)))),
        }
    }

    /// The same where another may come; then it consumes nothing at all.
    pub(super) fn eat_after_trivia(&mut self, indicator: u8) -> Step<Option<usize>> {
        self.eat_indicator(indicator, |_| true)
    }

    /// The same for an indicator that must be followed by a space, as in `? key`; `?key` is a plain scalar.
    pub(super) fn eat_block_indicator(&mut self, indicator: u8) -> Step<Option<usize>> {
        self.eat_indicator(indicator, |after| after.is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')))
    }

    fn eat_indicator(&mut self, indicator: u8, is_one_before: fn(Option<u8>) -> bool) -> Step<Option<usize>> {
        let (at, comments) = (self.at, self.comments.len());
        self.skip_trivia()?;
        if self.peek() == Some(indicator) && is_one_before(self.text.as_bytes().get(self.at + 1).copied()) {
            self.at += 1;
            return Ok(Some(self.at - 1));
        }
        self.at = at;
        self.comments.truncate(comments);
        Ok(None)
    }

    /// Consumes `&anchor` and `!tag`, in either order, where the event has them.
    pub(super) fn properties(&mut self, expected: Properties) -> Step<Marks> {
        let (mut anchor, mut tag) = (None, None);
        while expected.anchor > 0 && anchor.is_none() || expected.tagged && tag.is_none() {
            self.skip_trivia()?;
            match self.peek() {
                Some(b'&') if anchor.is_none() => anchor = Some(self.name()),
                Some(b'!') if tag.is_none() => tag = Some(self.tag()),
                _ => return Err(self.lost("an anchor or a tag")),
            }
        }
        Ok((anchor, tag))
    }

    /// Consumes `*name` and the trivia before it.
    pub(super) fn alias(&mut self) -> Step<Span> {
        self.skip_trivia()?;
        if self.peek() == Some(b'*') { Ok(self.name()) } else { Err(self.lost("an alias")) }
    }

    fn name(&mut self) -> Span {
        let is_end = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | ',' | '[' | ']' | '{' | '}' | '\u{feff}');
        self.take(self.rest().find(is_end))
    }

    fn tag(&mut self) -> Span {
        let rest = self.rest();
        let verbatim = if rest.starts_with("!<") { rest.find('>').map(|i| i + 1) } else { None };
        let is_end = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | ',' | '[' | ']' | '{' | '}');
        self.take(verbatim.or_else(|| rest.find(is_end)))
    }

    /// Consumes so many bytes, or the rest of the text.
    fn take(&mut self, length: Option<usize>) -> Span {
        let start = self.at;
        self.at = length.map_or(self.text.len(), |length| start + length);
        Span::new(start, self.at)
    }

    /// Consumes the scalar with this value and the trivia before it, unless the scalar is empty.
    pub(super) fn scalar(&mut self, value: &str, style: ScalarStyle) -> Step<Span> {
        if value.is_empty() && style == ScalarStyle::Plain {
            return Ok(Span::empty(self.at));
        }
        self.skip_trivia()?;
        let start = self.at;
        match style {
            ScalarStyle::Plain => self.skip_plain(value)?,
            ScalarStyle::SingleQuoted => self.skip_quoted(b'\'')?,
            ScalarStyle::DoubleQuoted => self.skip_quoted(b'"')?,
            ScalarStyle::Literal => self.skip_block(b'|', value)?,
            ScalarStyle::Folded => self.skip_block(b'>', value)?,
        }
        Ok(Span::new(start, self.at))
    }

    fn skip_block(&mut self, sign: u8, value: &str) -> Step<()> {
        if self.peek() != Some(sign) {
            return Err(self.lost("a block scalar"));
        }
        let start = self.at;
        self.at = block_scalar::end(self.text, start, value, sign == b'|').map_err(|problem| match problem {
            Problem::Tab(offset) => YamlError::new(TAB_INDENTS, offset),
            Problem::Disagreement => self.lost("the lines of a block scalar"),
        })?;
        let header_end = line_end(self.text, start);
        self.comments.extend(self.text[start..header_end].find('#').map(|at| Span::new(start + at, header_end)));
        Ok(())
    }

    /// Removes the line breaks that the parser adds to a block scalar and go-yaml does not: a scalar without lines is empty with any
    /// header, and a last line without a line break stays without one.
    pub(super) fn correct_block(&self, span: Span, value: &mut String) {
        let last_line = self.text.rsplit(['\n', '\r']).next().unwrap_or_default();
        if !self.text[span.range()].contains(['\n', '\r']) {
            value.clear();
        } else if self.is_at_end() && !last_line.trim_matches(' ').is_empty() && value.ends_with('\n') {
            value.pop();
        }
    }

    fn skip_quoted(&mut self, quote: u8) -> Step<()> {
        let bytes = self.text.as_bytes();
        if self.peek() != Some(quote) {
            return Err(self.lost("a quoted scalar"));
        }
        let mut at = self.at + 1;
        loop {
            match bytes.get(at) {
                None => return Err(self.lost("the closing quote")),
                Some(b'\\') if quote == b'"' && bytes.get(at + 1) == Some(&b'/') => {
                    return Err(YamlError::new(UNKNOWN_ESCAPE, at));
                }
                Some(b'\\') if quote == b'"' => at += 2,
                Some(&byte) if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&quote) => at += 2,
                Some(&byte) if byte == quote => break,
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        Ok(())
    }

    /// Walks source and value together: spaces with one line break are one space in the value, with n breaks they are n − 1 line feeds, and
    /// without a break they are in the value unchanged.
    fn skip_plain(&mut self, value: &str) -> Step<()> {
        let mut wanted = value;
        while !wanted.is_empty() {
            let run = blank_run(self.rest());
            if run.is_empty() {
                let mut pairs = self.rest().bytes().zip(wanted.bytes());
                let mut same = pairs
                    .position(|(is, should)| is != should || is_blank(is))
                    .unwrap_or_else(|| self.rest().len().min(wanted.len()));
                while !wanted.is_char_boundary(same) {
                    same -= 1;
                }
                if same == 0 {
                    return Err(self.lost("a plain scalar"));
                }
                self.at += same;
                wanted = &wanted[same..];
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
        let tail = blank_run(self.rest());
        self.plain_tail = self.at + tail.len();
        self.check_tabs(tail)
    }

    /// go-yaml takes no tab in the indentation of a plain scalar's further lines, not even inside brackets.
    fn check_tabs(&self, run: &str) -> Step<()> {
        for (tab, _) in run.match_indices('\t') {
            let Some(line_break) = run[..tab].rfind(['\n', '\r']) else { continue };
            if tab - line_break - 1 < self.surroundings.indentation {
                return Err(YamlError::new(TAB_INDENTS, self.at + tab));
            }
        }
        Ok(())
    }

    pub(super) fn error(&self, message: impl Into<String>) -> YamlError {
        YamlError::new(message, self.at)
    }

    pub(super) fn lost(&self, wanted: &str) -> YamlError {
        YamlError::lost_sync(wanted, self.at)
    }
}

fn blank_run(text: &str) -> &str {
    &text[..text.bytes().position(|byte| !is_blank(byte)).unwrap_or(text.len())]
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn lone_carriage_returns(run: &str) -> usize {
    run.matches('\r').count() - run.matches("\r\n").count()
}
