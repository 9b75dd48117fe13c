//! Text for a terminal: a compose file is untrusted text and may contain characters that move the cursor or hide a word.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::text::secret::masked;

/// Whether output has ANSI colors. The caller decides by the stream and the user's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// No escape sequence at all.
    Never,
    /// Colours, as ANSI escape sequences.
    Always,
}

/// `text` as one line that a terminal shows as it is written and that no program interprets as a command.
///
/// A control character becomes its picture (`␛`, `␍`, `␊`); other hidden characters, and those that reorder the text around them, become
/// `�`. A tab stays, and a byte order mark is removed, as in [`LineIndex`](crate::text::LineIndex): every other character still takes one
/// column. In text that the runners of GitHub, Azure and TeamCity execute as a command (`::error` at the start, `##[error]` and the like
/// anywhere), one character is replaced with a lookalike. The result for the start of a text does not depend on the rest.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c == '\t' || !is_hidden(c) && !is_joiner(c);
    if text.chars().all(is_plain) && !text.contains("##") && !text.trim_start().starts_with("::") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().filter(|&c| c != '\u{feff}').peekable();
    let mut before = None;
    while let Some(c) = rest.next() {
        out.push(match c {
            ':' if before == Some(':') && out.trim_start() == ":" => '∶',
            '[' if COMMANDS.iter().any(|command| out.ends_with(command)) => '⁅',
            // Scripts and emoji need them only between their own characters.
            c if is_joiner(c) && [before, rest.peek().copied()].iter().any(|c| c.is_none_or(|c| c.is_ascii())) => {
                char::REPLACEMENT_CHARACTER
            }
            c => picture(c),
        });
        before = Some(c);
    }
    Cow::Owned(out)
}

/// A text of a file, a message or a log: without its secrets ([`masked`]), and [`visible`].
#[must_use]
pub fn shown(text: &str) -> String {
    visible(&masked(text)).into_owned()
}

/// The start of a text, for a message: without secrets, and at most `most` characters long. The secrets go first, because part of one is not
/// recognized as a secret.
#[must_use]
pub fn excerpt(text: &str, most: usize) -> String {
    let text = masked(text);
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// JSON in which every character that [`visible`] would change is escaped. Its value stays the same.
#[must_use]
pub fn escaped_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        let is_command = c == '[' && COMMANDS.iter().any(|command| out.ends_with(command));
        if c != '\n' && (is_hidden(c) || is_joiner(c) || is_command) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// The prefix before the bracket of a command in the output of a step, anywhere in a line (actions/runner, ActionCommand.cs;
/// microsoft/azure-pipelines-agent, Command.cs; TeamCity's service messages).
const COMMANDS: [&str; 3] = ["##", "##vso", "##teamcity"];

/// Whether a CI runner would execute a line of output as a command.
pub(super) fn is_command(line: &str) -> bool {
    line.trim_start().starts_with("::")
        || COMMANDS
            .iter()
            .any(|command| line.match_indices(command).any(|(at, _)| line[at + command.len()..].starts_with('[')))
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

/// Whether a terminal would interpret a character, or show nothing, instead of showing it: controls, line and paragraph separators,
/// characters that reorder text (the property Bidi_Control of the Unicode Character Database, PropList.txt; why, in Unicode Technical
/// Standard 55), invisible characters (Default_Ignorable_Code_Point, DerivedCoreProperties.txt), and annotations.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'
                | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Characters that join or shape the characters around them, and are invisible next to others.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
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
            ("kaf\u{200d}ka\u{200c}\u{ad}\u{3164}", "kaf�ka���"),
            (" ::error file=x::y", " :∶error file=x::y"),
            ("a ::b [::]:1 ## [x]", "a ::b [::]:1 ## [x]"),
            ("a##[error]b ##vso[task.x]", "a##⁅error]b ##vso⁅task.x]"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn json_says_the_same_with_nothing_hidden_in_it() {
        let text = "a\u{9b}\u{202e}\u{e0041}\u{200d}##[error]\u{7f}é";
        let json = serde_json::to_string_pretty(&[text]).expect("a text is JSON");
        let escaped = escaped_json(&json);
        assert_eq!(escaped, "[\n  \"a\\u009b\\u202e\\udb40\\udc41\\u200d##\\u005berror]\\u007fé\"\n]");
        assert_eq!(serde_json::from_str::<[String; 1]>(&escaped).expect("it is JSON"), [text]);
    }
}
