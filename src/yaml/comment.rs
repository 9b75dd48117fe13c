//! What a comment is about.

use crate::text::Span;
use crate::yaml::Document;
use crate::yaml::layout::{children, column};

impl Document {
    /// The bytes that a comment, one of [`comments`](Self::comments), is about.
    ///
    /// - before the first key: the whole text
    /// - after something: its line, and the entries and items that begin there, with all of their values
    /// - on its own line: the entries and items that begin on the next line, not counting other comments
    ///
    /// `None` for a comment with a blank line below it, and for one that is indented deeper than the next line: it belongs to the text
    /// above.
    #[must_use]
    pub fn subject(&self, comment: Span) -> Option<Span> {
        let text = self.text();
        let root = self.node(*self.roots().first()?);
        if comment.start < root.span.start {
            return Some(Span::new(0, text.len()));
        }
        let number = self.lines().line(comment.start);
        let before = Span::new(self.lines().line_start(number), comment.start);
        if !self.slice(before).trim().is_empty() {
            return Some(self.beginning_in(before).map_or(before, |begun| begun.join(before)));
        }
        let below = (number + 1..=self.lines().line_count()).map(|line| self.line(line));
        let line = below.into_iter().find(|&line| !self.slice(line).trim_start().starts_with('#'))?;
        let content = line.end - self.slice(line).trim_start().len();
        (column(self, comment.start) <= column(self, content)).then(|| self.beginning_in(line)).flatten()
    }

    /// A 1-based line, with its line break.
    fn line(&self, number: usize) -> Span {
        Span::new(self.lines().line_start(number), self.lines().line_start(number + 1))
    }

    /// From the first to the end of the last of the entries and items that begin in a span.
    fn beginning_in(&self, span: Span) -> Option<Span> {
        let all = self.nodes().flat_map(|(id, _)| children(self, id).unwrap_or_default());
        all.filter(|child| (span.start..span.end).contains(&child.start)).reduce(Span::join)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the comment with a `!` is about.
    fn subject(text: &str) -> Option<String> {
        let document = Document::parse(text).expect("it is YAML");
        let mut comments = document.comments().iter().filter(|&&comment| document.slice(comment).contains('!'));
        let comment = *comments.next().expect("the comment is there");
        document.subject(comment).map(|span| document.slice(span).to_owned())
    }

    #[test]
    fn a_comment_is_about_what_stands_before_it_or_below_it() {
        for (text, expected) in [
            // Before the first key.
            ("# !\n\na: 1\nb: 2\n", "# !\n\na: 1\nb: 2\n"),
            ("\u{feff}# !\r\n---\r\na: 1\r\n", "\u{feff}# !\r\n---\r\na: 1\r\n"),
            // On a line of its own.
            ("a: 1\n# !\nb:\n  c: 1\n  d: 2\ne: 3\n", "b:\n  c: 1\n  d: 2"),
            ("a:\n  # !\n  - b: 1\n    c: 2\n  - d\n", "- b: 1\n    c: 2"),
            ("a:\r\n  # !\r\n  # more\r\n  b: 1\r\n", "b: 1"),
            ("a:\n# !\n  b: &x 1\n  c: *x\n", "b: &x 1"),
            ("a: {\n\t# !\n\tb: 1, c: 2,\n  d: 3 }\n", "b: 1, c: 2"),
            // Behind something.
            ("a: 1\nb: 2\t# !\nc: 3\n", "b: 2\t"),
            ("a: 1\nb: # !\n  c: 1\nd: 2\n", "b: # !\n  c: 1"),
            ("a:\n  - b # !\n  - c\n", "  - b "),
            ("a: [b,\n  c, # !\n  d]\n", "  c, "),
            ("a: [b,\n  c\n  ] # !\n", "  ] "),
        ] {
            assert_eq!(subject(text).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn a_comment_that_ends_something_is_about_nothing() {
        for text in
            ["a: 1\n# !\n\nb: 2\n", "a:\n  b: 1\n  # !\nc: 2\n", "a: 1\n# !", "a: 1\n# !\n", "a: [b\n  # !\n  ]\n"]
        {
            assert_eq!(subject(text), None, "{text:?}");
        }
    }
}
