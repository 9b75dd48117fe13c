//! From byte offsets to the lines and columns that people read.

use memchr::memchr2_iter;

use crate::text::Span;

/// A place as an editor shows it: both numbers are 1-based, the column counts characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

impl std::fmt::Display for LineColumn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// Where each line of a text begins. LF, CRLF and a lone CR end a line, as in YAML 1.2 (section 5.4); U+0085 and U+2028 do not.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    length: usize,
}

impl LineIndex {
    /// Reads the line starts of `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends_line = |&i: &usize| bytes[i] == b'\n' || bytes.get(i + 1) != Some(&b'\n');
        let breaks = memchr2_iter(b'\n', b'\r', bytes).filter(ends_line);
        let starts = std::iter::once(0).chain(breaks.map(|i| i + 1)).collect();
        Self { starts, length: bytes.len() }
    }

    /// The number of lines; a text that ends with a line break has an empty last one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// The 1-based line that holds the byte at `offset`.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset)
    }

    /// The offset of the first byte of a 1-based line; the end of the text where there is no such line.
    #[must_use]
    pub fn line_start(&self, line: usize) -> usize {
        self.starts.get(line - 1).copied().unwrap_or(self.length)
    }

    /// Line and column of the byte at `offset` of `text`, the text this index was made from. A byte order mark takes no column.
    #[must_use]
    pub fn line_column(&self, text: &str, offset: usize) -> LineColumn {
        let line = self.line(offset);
        let before = &text[self.line_start(line)..floor_char_boundary(text, offset)];
        LineColumn { line, column: before.chars().filter(|&c| c != '\u{feff}').count() + 1 }
    }

    /// The 1-based lines that `span` touches; an empty span touches the line that contains it.
    #[must_use]
    pub fn lines(&self, span: Span) -> std::ops::RangeInclusive<usize> {
        self.line(span.start)..=self.line(span.end.saturating_sub(1).max(span.start))
    }
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: usize) -> (usize, usize) {
        let LineColumn { line, column } = LineIndex::new(text).line_column(text, offset);
        (line, column)
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(at("ключ: x\nb: y", 8), (1, 5));
        assert_eq!(at("ключ: x\nb: y", 12), (2, 1));
    }

    #[test]
    fn every_kind_of_line_break_counts_once() {
        assert_eq!(at("a\r\nb", 3), (2, 1));
        assert_eq!(at("a\rb", 2), (2, 1));
        assert_eq!(at("a\u{85}b\u{2028}c", 7), (1, 5));
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        assert_eq!(at("\u{feff}a: b", 3), (1, 1));
    }

    #[test]
    fn the_end_of_the_text_has_a_place() {
        assert_eq!(at("a\n", 2), (2, 1));
        assert_eq!(at("", 0), (1, 1));
    }
}
