//! Text of files in Markdown: nothing in it starts an element, a link, a mention or HTML.

use std::fmt::Write as _;

use crate::text::visible;

/// A sentence in which values are quoted by backticks: these stay code, all else is plain text.
pub(super) fn sentence(text: &str) -> String {
    let text = visible(text);
    let parts: Vec<&str> = text.split('`').collect();
    let has_pair = |number: usize| number % 2 == 1 && number + 1 < parts.len();
    let mut out = String::with_capacity(text.len());
    for (number, part) in parts.iter().enumerate() {
        match number {
            number if has_pair(number) => out.push_str(&code(part)),
            number if number % 2 == 1 => out.push_str(&format!("\\`{}", plain(part))),
            _ => out.push_str(&plain(part)),
        }
    }
    out
}

/// A text that may hold anything, as code.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    if text.is_empty() {
        return String::new();
    }
    // A span of code ends at as many backticks as it began with (CommonMark, "Code spans").
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// A cell of a table; in one, a `|` ends the cell even in code (GitHub Flavored Markdown, "Tables").
pub(super) fn cell(markdown: &str) -> String {
    markdown.replace('|', "\\|")
}

/// A fenced block; the fence is longer than any in the text.
pub(super) fn block(language: &str, text: &str) -> String {
    let longest = text.lines().map(|line| line.len() - line.trim_start_matches('`').len()).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let lines: String = text.lines().map(|line| format!("{}\n", visible(line))).collect();
    format!("{fence}{language}\n{lines}{fence}\n")
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            // Between letters an underscore is one.
            '_' if is_word(before) && is_word(rest.peek().copied()) => out.push(c),
            '\\' | '*' | '_' | '[' | ']' | '~' | '#' | '|' | '!' | '$' => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // No mention, and no link of a bare address.
            '@' => out.push_str("&#64;"),
            ':' if rest.peek() == Some(&'/') => {
                let _ = write!(out, "&#58;");
            }
            c => out.push(c),
        }
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_a_sentence_stay_code_and_the_rest_is_plain() {
        for (text, expected) in [
            ("`a` waits for `b*`", "`a` waits for `b*`"),
            ("set KAFKA_BROKERS to kafka:9092", "set KAFKA_BROKERS to kafka:9092"),
            ("*a* _b_ [c](http://d) @e", "\\*a\\* \\_b\\_ \\[c\\](http&#58;//d) &#64;e"),
            ("<img src=x> & ![a]", "&lt;img src=x&gt; &amp; \\!\\[a\\]"),
            ("`x`` @all", "`x`\\` &#64;all"),
            ("a\n# b", "a␊\\# b"),
        ] {
            assert_eq!(sentence(text), expected);
        }
    }

    #[test]
    fn code_is_quoted_by_more_backticks_than_it_has() {
        for (text, expected) in [("a", "`a`"), ("a`b", "``a`b``"), ("``", "``` `` ```"), ("a\nb", "`a␊b`"), ("", "")]
        {
            assert_eq!(code(text), expected);
        }
        assert_eq!(block("text", "```\n@all\n"), "````text\n```\n@all\n````\n");
    }
}
