//! What may reach a terminal: a compose file is somebody else's text, and may hold what moves the cursor or hides a word.

use std::borrow::Cow;

/// Whether output may carry ANSI colours. The caller knows the stream and the wishes of its user; nothing here looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// No escape sequence at all.
    Never,
    /// Colours, as ANSI escape sequences.
    Always,
}

/// `text` as one line that a terminal shows as it is written.
///
/// A control character becomes its picture (`␛`, `␍`, `␊`); what is hidden otherwise, or reorders the text around it, becomes `�`. A
/// tab stays, and a byte order mark goes, as in [`LineIndex`](crate::text::LineIndex): every other character still takes one column.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\t' || !is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    text.chars().filter(|&c| c != '\u{feff}').map(picture).collect()
}

fn picture(c: char) -> char {
    match c {
        '\t' => c,
        // The block of pictures has the order of the controls: https://www.unicode.org/charts/PDF/U2400.pdf
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '␡',
        c if is_hidden(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// Whether a terminal would obey a character, or show nothing, rather than show it: controls, line and paragraph separators, what
/// reorders text (the property Bidi_Control of the Unicode Character Database, PropList.txt; why, in Unicode Technical Standard 55),
/// zero-width spaces and joiners of words, and tags. The joiners that scripts and emoji need (U+200C, U+200D) are not meant.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        for (text, shown) in [
            ("kafka:9092", "kafka:9092"),
            ("\tключ 鍵 👩‍💻", "\tключ 鍵 👩‍💻"),
            ("\x1b[2Jgone", "␛[2Jgone"),
            ("a\rb\nc\0\x7f", "a␍b␊c␀␡"),
            ("\u{9b}2J", "�2J"),
            ("user\u{202e}nimda", "user�nimda"),
            ("kafka\u{200b}:9092", "kafka�:9092"),
            ("\u{feff}a: 1", "a: 1"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
