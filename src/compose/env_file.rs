//! Env files: the dotenv dialect of Compose, and the raw format of `docker run`.
//!
//! Both are those of Docker Compose 2.40.3: the first as in compose-spec/compose-go v2.9.1, `dotenv/parser.go`, the second
//! (`format: raw`) as in docker/cli, `pkg/kvfile`.

mod written;

use std::collections::HashMap;

use self::written::Written;
use super::interpolation::{Interpolated, InterpolationErrorKind, Lookup, interpolate};
use crate::text::Span;

/// How an env file is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Names, quotes, comments and interpolation: `.env`, and an `env_file` that names no format.
    #[default]
    Dotenv,
    /// Everything after `=` is the value (`format: raw`).
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
    /// The bytes of the value as written, with quotes but without surrounding spaces and comment. Empty if there is no value.
    pub value_span: Span,
}

/// The variables to which the values of an env file may refer, other than its own.
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
    /// The byte offset of the problem in the file.
    pub offset: usize,
    /// What is wrong there.
    pub kind: EnvFileErrorKind,
}

/// What can be wrong with a line of an env file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvFileErrorKind {
    /// Something before `=` that no name can have, be it that the line is not of the form `NAME=value`.
    #[error("{0:?} is not allowed in the name of a variable: write NAME=value, and `#` before a comment")]
    UnexpectedCharacter(char),
    /// Two words before `=`.
    #[error("the name `{0}` contains a space: write NAME=value")]
    BlankInName(String),
    /// `export` without a name, or, in the raw format, `=` without a name.
    #[error("the name of the variable is missing: write NAME=value")]
    MissingName,
    /// A quote that no other one of its kind closes.
    #[error("the quote {0} is not closed: close it, or use the other kind of quotes")]
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
/// `EnvFileError` where Compose rejects the file, and beyond the limits of [`interpolate`].
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::interpolation::PieceSource;

    fn outer(name: &str) -> Option<String> {
        (name == "SHELL").then(|| "shell".to_owned())
    }

    fn earlier(name: &str) -> Option<String> {
        matches!(name, "OLD" | "SHELL" | "A").then(|| "old".to_owned())
    }

    fn read(text: &str, format: Format) -> Result<Vec<Entry>, EnvFileError> {
        parse(text, format, Scope { outer: &outer, earlier: &earlier })
    }

    /// The statements as `NAME=value`, or the name alone.
    fn statements(text: &str, format: Format) -> Vec<String> {
        let statement = |Entry { name, value, .. }: Entry| match value {
            Some(value) => format!("{name}={}", value.text),
            None => name,
        };
        read(text, format).expect("a valid file").into_iter().map(statement).collect()
    }

    fn only(text: &str) -> Entry {
        read(text, Format::Dotenv).expect("a valid file").pop().expect("an entry")
    }

    #[test]
    fn dotenv_files_are_read_as_compose_reads_them() {
        let cases: &[(&str, &[&str])] = &[
            ("A=x # c\nB=x#c\nC=x\t# c", &["A=x", "B=x#c", "C=x\t# c"]),
            ("A= # c\nB=#x\nC=\nD", &["A=# c", "B=#x", "C=", "=D"]),
            ("A=\"x # y\" # z\nB='$X'", &["A=x # y", "B=$X"]),
            ("A=\"a\\nb\"\nB=\"a\nb\"\nC='a\nb'", &["A=a\nb", "B=a\nb", "C=a\nb"]),
            ("A='a\\n'\nB=a\\nb\nC=\"a\\c\\\\n\"", &["A=a\\n", "B=a\\nb", "C=a\\c\\n"]),
            ("A=\"\\\"q\\\" \\t\\$X\"\nB='it\\'s'", &["A=\"q\" \t$X", "B=it's"]),
            ("A=\"\\0101 \\0351 \\0400 \\07\"", &["A=A é \\400 \\7"]),
            ("export A=1\nexport\tB=1\nexportC=1", &["A=1", "B=1", "exportC=1"]),
            ("export\nA=1", &["", "A=1"]),
            (" A = 1\nB: 1\nC:1", &["A=1", "B=1", "C=1"]),
            ("A==x\nB=a b\nC=1 D=2", &["A==x", "B=a b", "C=1 D=2"]),
            ("A=[\"k:1\"]\nA=2", &["A=[\"k:1\"]", "A=2"]),
            ("A=\"x\"y\nB=\"x\" C=2", &["A=x", "y", "B=x", "C=2"]),
            (
                "1N=x\na.b=x\na-b=x\nA[0]=x\né=x\nA\tB=x\n=x",
                &["1N=x", "a.b=x", "a-b=x", "A[0]=x", "é=x", "A\tB=x", "=x"],
            ),
            ("A\nB \r\n", &["A", "B"]),
            ("\u{feff}A=1\r\n\r\n# c\r\n B='2'\r\n#", &["A=1", "B=2"]),
            ("A=${X:-d}\nB=$$X", &["A=d", "B=$X"]),
            ("SHELL=file\nB=$SHELL", &["SHELL=file", "B=shell"]),
            ("B=$OLD $A\nA=new\nC=$OLD $A", &["B=old old", "A=new", "C=old new"]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(statements(text, Format::Dotenv), *expected, "{text:?}");
        }
    }

    #[test]
    fn what_compose_rejects_in_a_dotenv_file_is_an_error_with_its_place() {
        let unexpected = EnvFileErrorKind::UnexpectedCharacter;
        let cases = [
            ("A=\"k:1\",\"k:2\"", 7, unexpected(',')),
            ("A='it''s'", 6, unexpected('\'')),
            ("A=\"x\\\"", 2, EnvFileErrorKind::UnclosedQuote('"')),
            ("A='it", 2, EnvFileErrorKind::UnclosedQuote('\'')),
            ("A B=1", 0, EnvFileErrorKind::BlankInName("A B".to_owned())),
            ("B=1\nset A=1", 4, EnvFileErrorKind::BlankInName("set A".to_owned())),
            ("free text\n", 0, EnvFileErrorKind::BlankInName("free text".to_owned())),
            ("; A=1", 0, unexpected(';')),
            ("// x", 0, unexpected('/')),
            ("{\"A\":1}", 0, unexpected('{')),
            ("- A=1", 0, EnvFileErrorKind::BlankInName("- A".to_owned())),
            ("\u{feff}\u{feff}A=1", 3, unexpected('\u{feff}')),
            ("export ", 7, EnvFileErrorKind::MissingName),
            ("A=1\nB= x${X", 8, InterpolationErrorKind::Invalid("${X".to_owned()).into()),
            ("B=\"\\n${X\"", 5, InterpolationErrorKind::Invalid("${X".to_owned()).into()),
            (
                "A=${X:?m}",
                2,
                InterpolationErrorKind::MissingRequired { name: "X".to_owned(), message: "m".to_owned() }.into(),
            ),
        ];
        for (text, offset, kind) in cases {
            assert_eq!(read(text, Format::Dotenv), Err(EnvFileError { offset, kind }), "{text:?}");
        }
    }

    #[test]
    fn raw_files_are_taken_literally() {
        let text = "\u{feff} A=\"q\" # c \r\n\n # c\nB=$HOME\nC\nD:1\nE==\n$x=";
        assert_eq!(statements(text, Format::Raw), ["A=\"q\" # c ", "B=$HOME", "C", "D:1", "E==", "$x="]);
        for (text, offset, kind) in [
            ("A = 2", 0, EnvFileErrorKind::BlankInName("A".to_owned())),
            ("A=1\nexport A=1", 4, EnvFileErrorKind::BlankInName("export A".to_owned())),
            ("=x", 0, EnvFileErrorKind::MissingName),
            (&format!("A={}\r", "x".repeat(MAX_RAW_LINE - 2)), 0, EnvFileErrorKind::LineTooLong),
        ] {
            assert_eq!(read(text, Format::Raw), Err(EnvFileError { offset, kind }), "{text:?}");
        }
        assert!(read(&format!("A={}\n", "x".repeat(MAX_RAW_LINE - 2)), Format::Raw).is_ok());
    }

    #[test]
    fn spans_are_those_of_the_file_as_it_stands() {
        for (text, format, name, value) in [
            ("\u{feff}export A = x y # c\r\n", Format::Dotenv, "A", "x y"),
            ("A: \"x\\n\" # c", Format::Dotenv, "A", "\"x\\n\""),
            ("A='x'", Format::Dotenv, "A", "'x'"),
            ("é", Format::Dotenv, "", "é"),
            ("A=\nB=", Format::Dotenv, "B", ""),
            ("\u{feff}\tA= \"x\" # c\r\n", Format::Raw, "A", " \"x\" # c"),
        ] {
            let entry = read(text, format).expect("a valid file").pop().expect("an entry");
            assert_eq!((&text[entry.name_span.range()], &text[entry.value_span.range()]), (name, value), "{text:?}");
        }
        assert_eq!(only("A= \nB = \n").value_span, Span::empty(8));
        assert_eq!(only("AB \n").value_span, Span::empty(2));
    }

    #[test]
    fn pieces_lead_from_a_value_to_the_bytes_it_is_written_as() {
        let text = "A=\"{\\\"b\\\":\\\"localhost:9092\\\"}\\n${X:-d}$OLD\"";
        let value = only(text).value.expect("a value");
        assert_eq!(value.text, "{\"b\":\"localhost:9092\"}\ndold");
        let host = value.written_at(6..15).expect("a host as it is written");
        assert_eq!((&text[host.range()], host), ("localhost", Span::new(12, 21)));
        assert_eq!(value.written_at(5..15), None, "the quote is escaped");
        let default = PieceSource::Default { name: "X".to_owned(), span: Span::new(36, 37) };
        let variable = PieceSource::Variable { name: "OLD".to_owned(), reference: Span::new(38, 42) };
        assert_eq!(value.pieces.iter().map(|piece| &piece.source).skip(10).collect::<Vec<_>>(), [&default, &variable]);
    }

    #[test]
    fn pieces_make_up_the_value_and_stand_where_they_say_in_every_mixture_of_tokens() {
        const TOKENS: [&str; 11] = ["A", "=", "\"", "'", "\\", "n", "$", "${", "é", " #", "\n"];
        for mixture in 0..TOKENS.len().pow(5) {
            let token = |place| TOKENS[mixture / TOKENS.len().pow(place) % TOKENS.len()];
            let text = (0..5).map(token).fold("A=\"".to_owned(), |text, token| text + token) + "\"";
            for entry in read(&text, Format::Dotenv).unwrap_or_default() {
                let Some(value) = entry.value else { continue };
                assert_eq!(value, Interpolated::from_pieces(value.pieces.clone()), "{text:?}");
                for (piece, span) in value.pieces.iter().filter_map(|piece| Some((piece, piece.written()?))) {
                    assert!(entry.value_span.contains(span), "{text:?}: {piece:?}");
                    assert!(span.len() > piece.text.len() || text[span.range()] == piece.text, "{text:?}: {piece:?}");
                }
            }
        }
    }
}
