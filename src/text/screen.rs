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

    /// Wraps each line of a text, and indents its further lines as the line itself.
    #[must_use]
    pub fn wrap_lines(self, text: &str) -> String {
        let Some(width) = self.width else { return text.to_owned() };
        let wrapped = |line: &str| {
            let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
            let options = options(width).initial_indent(indent).subsequent_indent(indent);
            textwrap::fill(line.trim_start_matches(' '), options) + "\n"
        };
        text.lines().map(wrapped).collect()
    }
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
        let text =
            "  1. The client's own setting is localhost, which inside a container is the container itself.\n\nshort\n";
        assert_eq!(
            screen.wrap_lines(text),
            "  1. The client's own setting is\n  localhost, which inside a container is\n  the container itself.\n\nshort\n"
        );
        assert_eq!(Screen::from(Colour::Never).wrap_lines(text), text);
        assert_eq!(screen.wrap(&"x".repeat(90), 0), "x".repeat(90), "a name is not broken");
    }
}
