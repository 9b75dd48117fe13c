//! HOCON (lightbend/config, HOCON.md), and with it JSON, with comments or without. A tolerant reader, which skips what it cannot parse.

use super::{Entry, MAX_DEPTH, MAX_ENTRIES, join};
use crate::text::Span;

/// An object or a list that is open; its key is missing where that is longer than is kept.
struct Frame {
    key: Option<String>,
    /// The index of the next item; `None` for an object.
    next_item: Option<usize>,
}

impl Frame {
    fn object(key: Option<String>) -> Self {
        Self { key, next_item: None }
    }

    fn below(&self, part: &str) -> Option<String> {
        join(self.key.as_deref()?, part)
    }
}

/// The entries of a text. Of two for one key the later wins, unless it refers to a variable that is not set (`${?X}`): both are there.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut cursor = Cursor { text, at: 0 };
    let mut frames = vec![Frame::object(Some(String::new()))];
    let mut entries = Vec::new();
    while entries.len() < MAX_ENTRIES {
        cursor.skip_to_entry();
        let Some(next) = cursor.peek() else { break };
        if matches!(next, '}' | ']') {
            cursor.bump();
            if frames.len() > 1 {
                frames.pop();
            }
            continue;
        }
        let Some(frame) = frames.last_mut() else { break };
        let key = match &mut frame.next_item {
            Some(index) => {
                *index += 1;
                let part = (*index - 1).to_string();
                frame.below(&part)
            }
            // Braces around a whole file, and stray ones.
            None if matches!(next, '{' | '[') => frame.key.clone(),
            None => {
                let (name, _) = cursor.scalar(|character| matches!(character, ':' | '=' | '{' | '+'));
                cursor.skip_blanks();
                match cursor.peek() {
                    Some(':' | '=' | '+') => cursor.skip_separator(),
                    Some('{') => {}
                    // An `include`, or no HOCON at all.
                    _ => continue,
                }
                frame.below(&name)
            }
        };
        match cursor.peek() {
            Some(open @ ('{' | '[')) => {
                cursor.bump();
                if frames.len() > MAX_DEPTH {
                    return Vec::new();
                }
                frames.push(Frame { key, next_item: (open == '[').then_some(0) });
            }
            _ => {
                let (value, span) = cursor.scalar(|character| character == '{');
                entries.extend(key.clone().map(|key| Entry { key, value, span }));
                if cursor.peek() == Some('{') && frames.len() <= MAX_DEPTH {
                    // `${base} { … }` adds to what is referred to.
                    cursor.bump();
                    frames.push(Frame::object(key));
                }
            }
        }
    }
    entries
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// Goes on by `length` bytes, which must end between two characters.
    fn skip(&mut self, length: usize) -> &'a str {
        let skipped = &self.rest()[..length];
        self.at += length;
        skipped
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.skip(rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len());
    }

    fn is_at_comment(&self) -> bool {
        ["#", "//", "/*"].iter().any(|mark| self.rest().starts_with(mark))
    }

    /// To the next entry or closing bracket: over space, commas and comments.
    fn skip_to_entry(&mut self) {
        loop {
            let rest = self.rest();
            self.skip(
                rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).len(),
            );
            let rest = self.rest();
            if rest.starts_with("/*") {
                self.skip(rest.find("*/").map_or(rest.len(), |end| end + 2));
            } else if self.is_at_comment() {
                self.skip(rest.find('\n').unwrap_or(rest.len()));
            } else {
                return;
            }
        }
    }

    /// `:`, `=` or `+=`, and the spaces after it; a value may begin on a later line.
    fn skip_separator(&mut self) {
        if self.bump() == Some('+') && self.peek() == Some('=') {
            self.bump();
        }
        let rest = self.rest();
        self.skip(rest.len() - rest.trim_start().len());
    }

    /// The pieces up to a line break, comma, closing bracket, comment, or what `ends` it outside of quotes and references; and where they
    /// are, without the quotes around a single piece.
    fn scalar(&mut self, ends: impl Fn(char) -> bool) -> (String, Span) {
        let mut value = String::new();
        let mut kept = 0;
        let start = self.at;
        // Of a piece in quotes that is all there is.
        let mut inside = None;
        while let Some(next) = self.peek() {
            let rest = self.rest();
            if matches!(next, '\n' | ',' | '}' | ']') || ends(next) || self.is_at_comment() {
                break;
            }
            if next == '"' {
                let is_first = self.at == start;
                let span = self.quoted(&mut value);
                inside = is_first.then_some(span);
                kept = value.len();
            } else if rest.starts_with("${") {
                let end = rest.find(['}', '\n']).map_or(rest.len(), |end| end + 1);
                value.push_str(self.skip(end));
                (kept, inside) = (value.len(), None);
            } else {
                value.extend(self.bump());
                inside = inside.filter(|_| next.is_whitespace());
            }
        }
        // Blanks count inside of quotes and between pieces, not at the end.
        let end = value.trim_end().len().max(kept);
        value.truncate(end);
        let written = self.text[start..self.at].trim_end();
        (value, inside.unwrap_or(Span::new(start, start + written.len())))
    }

    /// A string in quotes or in three of them, decoded; and where its inside is.
    fn quoted(&mut self, value: &mut String) -> Span {
        let rest = self.rest();
        if let Some(inside) = rest.strip_prefix("\"\"\"") {
            let length = inside.find("\"\"\"").unwrap_or(inside.len());
            value.push_str(&inside[..length]);
            let start = self.at + 3;
            self.skip((length + 6).min(rest.len()));
            return Span::new(start, start + length);
        }
        self.bump();
        let start = self.at;
        loop {
            let end = self.at;
            match self.bump() {
                None | Some('"' | '\n') => return Span::new(start, end),
                Some('\\') => self.escaped(value),
                Some(other) => value.push(other),
            }
        }
    }

    /// What follows a backslash, decoded.
    fn escaped(&mut self, value: &mut String) {
        match self.bump() {
            Some('n') => value.push('\n'),
            Some('t') => value.push('\t'),
            Some('r') => value.push('\r'),
            Some('u') => {
                let code = self.rest().get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                if let Some(character) = code.and_then(char::from_u32) {
                    value.push(character);
                    self.skip(4);
                }
            }
            other => value.extend(other),
        }
    }
}
