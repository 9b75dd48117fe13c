//! The terminal of a stream: its colors and its width.

use crate::text::Colour;

/// Shorter lines than this are not worth wrapping to.
const NARROWEST: usize = 40;

/// What the output of a stream is shown on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Whether it shows colors.
    pub colour: Colour,
    /// The number of columns of a terminal; `None` for anything else, whose lines are not wrapped.
    pub width: Option<usize>,
}

impl From<Colour> for Screen {
    /// Something that is not a terminal.
    fn from(colour: Colour) -> Self {
        Self { colour, width: None }
    }
}

impl Screen {
    /// Wraps a line of text that begins after `used` columns. The result has further lines without indentation.
    #[must_use]
    pub fn wrap(self, line: &str, used: usize) -> String {
        match self.width {
            Some(width) => textwrap::fill(line, options(width.saturating_sub(used))),
            None => line.to_owned(),
        }
    }

    /// Wraps each line of a text, and indents its further lines as its text: after a number, or in the last column.
    #[must_use]
    pub fn wrap_lines(self, text: &str) -> String {
        let Some(width) = self.width else { return text.to_owned() };
        let wrapped = |line: &str| {
            let (start, content) = line.split_at(text_column(line));
            let indent = " ".repeat(start.chars().count());
            textwrap::fill(content, options(width).initial_indent(start).subsequent_indent(&indent)) + "\n"
        };
        text.lines().map(wrapped).collect()
    }
}

/// Where the text of a line begins: after its indentation, a number, and columns that are separated by several spaces.
fn text_column(line: &str) -> usize {
    let content = line.trim_start_matches(' ');
    let last_column = content.rfind("  ").map_or(content, |at| &content[at + 2..]);
    let after_digits = last_column.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = after_digits.len() < last_column.len();
    let text = after_digits.strip_prefix(". ").filter(|_| is_numbered).unwrap_or(last_column);
    line.len() - text.len()
}

/// Lines end at spaces only, so that names and values stay whole.
fn options<'o>(width: usize) -> textwrap::Options<'o> {
    textwrap::Options::new(width.max(NARROWEST))
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_at_spaces_and_keep_their_indentation() {
        let screen = Screen { colour: Colour::Never, width: Some(40) };
        let text = "  1. The client's own setting is localhost, the container itself.\n\n     rule    what it finds there, if it finds it\n";
        assert_eq!(
            screen.wrap_lines(text),
            "  1. The client's own setting is\n     localhost, the container itself.\n\n     rule    what it finds there, if it\n             finds it\n"
        );
        assert_eq!(Screen::from(Colour::Never).wrap_lines(text), text);
        assert_eq!(screen.wrap(&"x".repeat(90), 0), "x".repeat(90), "a name is not broken");
    }
}
