//! Env files: the dotenv dialect of Compose, and the raw format of `docker run`.
//!
//! Both are those of Docker Compose 2.40.3: the first as in compose-spec/compose-go v2.9.1, `dotenv/parser.go`, the second
//! (`format: raw`) as in docker/cli, `pkg/kvfile`.

use std::collections::HashMap;

use super::interpolation::{Interpolated, InterpolationErrorKind, Lookup, Piece, PieceSource, interpolate};
use crate::text::Span;

/// How an env file is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Names, quotes, comments and interpolation: `.env`, and an `env_file` that names no format.
    #[default]
    Dotenv,
    /// Everything behind `=` is the value (`format: raw`).
    Raw,
}

/// One statement of an env file. A later one of the same name wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name of the variable; empty for a line such as `=x`, which Compose accepts.
    pub name: String,
    /// The value; its spans are byte offsets in the file. `None` for a name alone, which takes its value from outside the file
    /// and changes nothing if there is none.
    pub value: Option<Interpolated>,
    /// The bytes of the name.
    pub name_span: Span,
    /// The bytes of the value as written, quotes included, blanks and comment around it not. Empty where nothing is written.
    pub value_span: Span,
}

/// What the values of an env file may refer to beside its own lines.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Beats the lines of the file: the shell and the project's `.env`, then the service's `environment`.
    pub outer: &'a Lookup<'a>,
    /// Is beaten by the lines of the file: the env files before it.
    pub earlier: &'a Lookup<'a>,
}

/// Says why an env file cannot be read; Compose refuses the whole project then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct EnvFileError {
    /// The byte offset of the fault in the file.
    pub offset: usize,
    /// What is wrong there.
    pub kind: EnvFileErrorKind,
}

/// What can be wrong with a line of an env file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvFileErrorKind {
    /// Something before `=` that no name can have, be it that the line is not of the form `NAME=value`.
    #[error("{0:?} cannot stand in the name of a variable: write NAME=value, and `#` before a comment")]
    UnexpectedCharacter(char),
    /// Two words before `=`.
    #[error("the name `{0}` has a blank inside: write NAME=value")]
    BlankInName(String),
    /// `export` with nothing behind it, or in the raw format `=` with nothing before it.
    #[error("the name of the variable is missing: write NAME=value")]
    MissingName,
    /// A quote that no other one of its kind closes.
    #[error("the quote {0} is never closed: close it, or put the value in quotes of the other kind")]
    UnclosedQuote(char),
    /// A line of the raw format that Compose's reader cannot hold.
    #[error("the line is longer than {MAX_RAW_LINE} bytes: shorten it")]
    LineTooLong,
    /// A value that cannot be interpolated.
    #[error(transparent)]
    Interpolation(#[from] InterpolationErrorKind),
}

/// The longest line of a raw file in bytes, without its line feed (one less than `MaxScanTokenSize` of Go's package bufio).
pub const MAX_RAW_LINE: usize = 64 * 1024 - 1;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Reads an env file. The entries are in the order of the file.
///
/// # Errors
/// [`EnvFileError`] where Compose rejects the file, and beyond the limits of [`interpolate`].
pub fn parse(text: &str, format: Format, scope: Scope) -> Result<Vec<Entry>, EnvFileError> {
    match format {
        Format::Dotenv => Dotenv::new(text, scope).parse(),
        Format::Raw => parse_raw(text),
    }
}

fn parse_raw(text: &str) -> Result<Vec<Entry>, EnvFileError> {
    let mut entries = Vec::new();
    let mut line_start = 0;
    for line in text.split('\n') {
        let (start, length) = (line_start, line.len());
        line_start += length + 1;
        if length > MAX_RAW_LINE {
            return Err(EnvFileError { offset: start, kind: EnvFileErrorKind::LineTooLong });
        }
        let line = if start == 0 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        let statement = line.trim_start();
        let start = start + length - statement.len();
        let statement = statement.strip_suffix('\r').unwrap_or(statement);
        if statement.is_empty() || statement.starts_with('#') {
            continue;
        }
        let error = |kind| EnvFileError { offset: start, kind };
        let (name, value) = match statement.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (statement, None),
        };
        if name.is_empty() {
            return Err(error(EnvFileErrorKind::MissingName));
        }
        if name.contains([' ', '\t']) {
            return Err(error(EnvFileErrorKind::BlankInName(name.trim_end().to_owned())));
        }
        let name_span = Span::new(start, start + name.len());
        let value_span = Span::new(start + statement.len() - value.map_or(0, str::len), start + statement.len());
        entries.push(Entry {
            name: name.to_owned(),
            value: value.map(|value| Written::verbatim(value, value_span.start).uninterpolated()),
            name_span,
            value_span,
        });
    }
    Ok(entries)
}

/// A reader of the dotenv dialect, at the byte `at` of `text`.
struct Dotenv<'a> {
    text: &'a str,
    at: usize,
    scope: Scope<'a>,
    values: HashMap<String, String>,
}

impl<'a> Dotenv<'a> {
    fn new(text: &'a str, scope: Scope<'a>) -> Self {
        let at = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Self { text, at, scope, values: HashMap::new() }
    }

    fn parse(mut self) -> Result<Vec<Entry>, EnvFileError> {
        let mut entries = Vec::new();
        while self.find_statement() {
            entries.push(self.statement()?);
        }
        Ok(entries)
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        self.at = self.text.len() - self.rest().trim_start_matches(skipped).len();
    }

    /// Goes to the next statement; `false` if there is none.
    fn find_statement(&mut self) -> bool {
        self.skip(char::is_whitespace);
        while self.rest().starts_with('#') {
            self.skip(|c| c != '\n');
            self.skip(char::is_whitespace);
        }
        !self.rest().is_empty()
    }

    fn statement(&mut self) -> Result<Entry, EnvFileError> {
        // A line break may follow `export`, which is then a statement of its own with an empty name.
        if let Some(exported) = self.rest().strip_prefix("export")
            && exported.starts_with(['\t', '\n', '\u{c}', '\r', ' '])
        {
            self.at = self.text.len() - exported.len();
            self.skip(is_blank);
        }
        let (name_span, end) = self.name()?;
        let name = self.text[name_span.range()].to_owned();
        if name.contains(' ') {
            return Err(EnvFileError { offset: name_span.start, kind: EnvFileErrorKind::BlankInName(name) });
        }
        if end == Some('\n') {
            return Ok(Entry { name, value: None, name_span, value_span: Span::empty(name_span.end) });
        }
        self.skip(is_blank);
        let (value_span, value) = match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
            _ => self.unquoted()?,
        };
        self.values.insert(name.clone(), value.text.clone());
        Ok(Entry { name, value: Some(value), name_span, value_span })
    }

    /// Reads a name and the character that ends it. At the end of the file Compose takes a name alone for the value of a variable
    /// without a name.
    fn name(&mut self) -> Result<(Span, Option<char>), EnvFileError> {
        let start = self.at;
        for (i, c) in self.rest().char_indices() {
            match c {
                '=' | ':' | '\n' => {
                    let name = self.rest()[..i].trim_end();
                    self.at = start + i + 1;
                    return Ok((Span::new(start, start + name.len()), Some(c)));
                }
                '_' | '.' | '-' | '[' | ']' => {}
                _ if is_blank(c) || c.is_alphanumeric() => {}
                _ => {
                    return Err(EnvFileError { offset: start + i, kind: EnvFileErrorKind::UnexpectedCharacter(c) });
                }
            }
        }
        if self.rest().is_empty() {
            return Err(EnvFileError { offset: start, kind: EnvFileErrorKind::MissingName });
        }
        Ok((Span::empty(start), None))
    }

    fn unquoted(&mut self) -> Result<(Span, Interpolated), EnvFileError> {
        let start = self.at;
        let line = self.rest().split('\n').next().unwrap_or_default();
        self.at = (start + line.len() + 1).min(self.text.len());
        let value = line.split(" #").next().unwrap_or_default().trim_end();
        let written = Written::verbatim(value, start);
        Ok((Span::new(start, start + value.len()), self.interpolate(&written)?))
    }

    /// Reads a value that begins with `quote`. Whatever follows the closing quote is the next statement.
    fn quoted(&mut self, quote: char) -> Result<(Span, Interpolated), EnvFileError> {
        let open = self.at;
        let mut written = Written::default();
        let mut characters = self.rest().char_indices().map(|(i, c)| (open + i, c)).skip(1);
        while let Some((at, c)) = characters.next() {
            if c == quote {
                written.origins.push(at);
                self.at = at + 1;
                let value = match quote {
                    '"' => self.interpolate(&written.unescaped())?,
                    _ => written.uninterpolated(),
                };
                return Ok((Span::new(open, self.at), value));
            }
            let escaped = if c == '\\' { characters.next() } else { None };
            match escaped {
                Some((_, escaped)) if escaped == quote => written.push(quote, at),
                Some((escaped_at, escaped)) => {
                    written.push(c, at);
                    written.push(escaped, escaped_at);
                }
                None => written.push(c, at),
            }
        }
        Err(EnvFileError { offset: open, kind: EnvFileErrorKind::UnclosedQuote(quote) })
    }

    fn interpolate(&self, written: &Written) -> Result<Interpolated, EnvFileError> {
        let lookup = |name: &str| {
            let Scope { outer, earlier } = self.scope;
            outer(name).or_else(|| self.values.get(name).cloned()).or_else(|| earlier(name))
        };
        match interpolate(&written.text, &lookup) {
            Ok(value) => Ok(written.locate(value)),
            Err(error) => Err(EnvFileError { offset: written.origins[error.offset], kind: error.kind.into() }),
        }
    }
}

/// White space other than a line feed.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// What a value says before interpolation, and where the file says it.
#[derive(Default)]
struct Written {
    text: String,
    /// For each byte of the text the offset in the file of what it was written as, be it a character or an escape; one more for
    /// the end.
    origins: Vec<usize>,
}

impl Written {
    fn verbatim(text: &str, start: usize) -> Self {
        Self { text: text.to_owned(), origins: (start..=start + text.len()).collect() }
    }

    /// Adds a character that stands at `origin` in the file.
    fn push(&mut self, c: char, origin: usize) {
        self.text.push(c);
        self.origins.extend(origin..origin + c.len_utf8());
    }

    /// Adds what an escape at `origin` in the file stands for.
    fn push_escape(&mut self, text: &str, origin: usize) {
        self.text.push_str(text);
        self.origins.resize(self.text.len(), origin);
    }

    /// The text with its escapes replaced, as between double quotes.
    fn unescaped(&self) -> Self {
        let mut out = Self::default();
        let mut at = 0;
        while let Some(c) = self.text[at..].chars().next() {
            let origin = self.origins[at];
            if let Some((length, meaning)) = escape(&self.text[at..]) {
                out.push_escape(&meaning, origin);
                at += length;
            } else {
                out.push(c, origin);
                at += c.len_utf8();
            }
        }
        out.origins.push(self.origins[at]);
        out
    }

    /// The value where nothing is interpolated.
    fn uninterpolated(&self) -> Interpolated {
        let source = PieceSource::Literal(Span::new(0, self.text.len()));
        self.locate(Interpolated::from_pieces(vec![Piece { text: self.text.clone(), source }]))
    }

    /// The same value with its spans counted in the file. Pieces are split so that each is verbatim or an escape.
    fn locate(&self, value: Interpolated) -> Interpolated {
        let is_verbatim = |i: usize| self.origins[i + 1] == self.origins[i] + 1;
        let mut pieces = Vec::new();
        for piece in value.pieces {
            let whole = *piece.source.clone().span_mut();
            let splits = piece.written().is_some_and(|span| span.len() == piece.text.len());
            let mut start = whole.start;
            loop {
                let end = if splits && start < whole.end {
                    (start + 1..whole.end).find(|&i| is_verbatim(i) != is_verbatim(start)).unwrap_or(whole.end)
                } else {
                    whole.end
                };
                let text = if splits { &piece.text[start - whole.start..end - whole.start] } else { &piece.text };
                let mut source = piece.source.clone();
                *source.span_mut() = Span::new(self.origins[start], self.origins[end]);
                pieces.push(Piece { text: text.to_owned(), source });
                start = end;
                if start == whole.end {
                    break;
                }
            }
        }
        Interpolated { text: value.text, pieces }
    }
}

/// The length in bytes of the escape at the beginning of `text`, and what it stands for; `None` if there is none.
fn escape(text: &str) -> Option<(usize, String)> {
    let code = text.strip_prefix('\\')?;
    let meaning = match code.bytes().next()? {
        b'a' => "\u{7}",
        b'b' => "\u{8}",
        b'f' => "\u{c}",
        b'n' => "\n",
        b'r' => "\r",
        b't' => "\t",
        b'v' => "\u{b}",
        b'\\' => "\\",
        // Interpolation comes next, and makes one of the two.
        b'$' => "$$",
        b'0' => {
            let digits = code[1..].bytes().take(3).take_while(u8::is_ascii_digit).count();
            let number = &code[1..=digits];
            let byte = u8::from_str_radix(number, 8).ok().filter(|_| digits == 3);
            // Compose drops the zero even where the rest is no octal number of a byte.
            let meaning = byte.map_or_else(|| format!("\\{number}"), |byte| char::from(byte).to_string());
            return Some((2 + digits, meaning));
        }
        _ => return None,
    };
    Some((2, meaning.to_owned()))
}
