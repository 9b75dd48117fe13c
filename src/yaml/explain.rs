//! Translates the parser's messages for authors of compose files.

use crate::yaml::error::{TAB_INDENTS, UNKNOWN_ESCAPE, begins_badly};
use crate::yaml::events::MAX_DEPTH;

pub(super) fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH} levels")
}

/// The tab that caused an error reported at `offset`: in the indentation of that line, of a further line of a plain scalar, or of lines
/// above with tabs.
pub(super) fn indenting_tab(info: &str, text: &str, offset: usize) -> Option<usize> {
    let range = match info {
        "while scanning a plain scalar, found a tab" | TEXT_BEGINS_WITH_TAB => offset..text.len(),
        _ if is_about_tabs(info) => return first_of_tabbed_lines(&text[..offset]),
        _ if info.starts_with("while parsing a block") => text[..offset].rfind(['\n', '\r'])?..offset,
        _ => return None,
    };
    let mut tabs = text[range.clone()].match_indices('\t').map(|(i, _)| range.start + i);
    tabs.find(|&tab| text[..tab].trim_end_matches([' ', '\t']).ends_with(['\n', '\r']))
}

const TEXT_BEGINS_WITH_TAB: &str = "a block scalar content cannot start with a tab";

fn is_about_tabs(info: &str) -> bool {
    info == TEXT_BEGINS_WITH_TAB || info.starts_with("tab cannot") || info.starts_with("tabs disallowed")
}

/// The first tab of the lines at the end of `text` that are indented with tabs.
fn first_of_tabbed_lines(text: &str) -> Option<usize> {
    let mut first = None;
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let indentation = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        match indentation.find('\t') {
            Some(tab) => first = first.or(Some(start + tab)),
            None if line.trim().is_empty() => {}
            None => first = None,
        }
        start += line.len();
    }
    first
}

/// Says what the parser missed at the end of the text, whose last character is at `last`.
pub(super) fn explain_end(info: &str, text: &str, last: usize) -> String {
    if info.ends_with("expected node content") || info.starts_with("while parsing a flow") {
        "the file ends here inside brackets or braces: a `]` or `}` is missing".to_owned()
    } else {
        explain(info, text, last)
    }
}

/// Translates a message of the parser for the author of a compose file.
pub(super) fn explain(info: &str, text: &str, offset: usize) -> String {
    let rest = &text[offset..];
    let told = match (info, rest.chars().next()) {
        (_, Some('\t')) | ("'-' must be followed by a valid YAML whitespace", _) => TAB_INDENTS,
        (info, _) if is_about_tabs(info) => TAB_INDENTS,
        (info, Some(sign)) if info.starts_with("unexpected character") || info.ends_with("expected node content") => {
            return begins_badly(sign);
        }
        ("\"-\" is only valid inside a block" | "plain scalar cannot start with '-' followed by ,[]{}", _) => {
            return begins_badly('-');
        }
        ("while parsing node, found unknown anchor", _) => {
            let word = rest.split([' ', '\t', '\n', '\r', ',', ']', '}']).next().unwrap_or_default();
            return format!("`{word}` is an alias of an anchor that is not defined above it");
        }
        // The parser's limit is 255 levels of brackets.
        ("recursion limit exceeded", _) => return too_deep(),
        ("mapping values are not allowed in this context", _) => {
            "a second colon in one entry: put the value in quotes, or check the indentation"
        }
        ("':' must be followed by a valid YAML whitespace" | "illegal placement of ':' indicator", _) => {
            "a colon that does not end a key; put a value that contains it in quotes"
        }
        ("mapping keys are not allowed in this context" | "expected whitespace", _) => {
            "a `?` that does not begin a key; put a value that begins with it in quotes"
        }
        ("simple key expected" | "simple key expect ':'", _) => {
            "expected `key: value`; a colon and a space are missing here or in the line above"
        }
        ("while parsing a block mapping, did not find expected key", _) => {
            "expected a key of the mapping above; check the indentation of this line"
        }
        ("while parsing a block collection, did not find expected '-' indicator", _) => {
            "expected `- ` or the end of the list above; check the indentation of this line"
        }
        ("block sequence entries are not allowed in this context", _) => {
            "a list cannot begin here; put it on its own lines, or put the value in quotes"
        }
        (info, _) if info.starts_with("invalid indentation") => "this line is indented less than its block",
        ("while parsing a flow mapping, did not find expected ',' or '}'", _) => {
            "expected `,` or `}`; put a value that contains brackets, braces, commas or `${…}` in quotes"
        }
        ("while parsing a flow sequence, expected ',' or ']'", _) => {
            "expected `,` or `]`; put a value that contains brackets, braces, commas or `${…}` in quotes"
        }
        ("while scanning a quoted scalar, found unexpected end of stream", _) => "this quote is not closed",
        ("while scanning a quoted scalar, found unexpected document indicator", _) => {
            "a document marker inside quotes: this quote is not closed"
        }
        ("invalid trailing content after double-quoted scalar", _) => {
            "nothing can follow the closing quote; put the whole value in quotes"
        }
        (info, _) if info.starts_with("while parsing a quoted scalar") => UNKNOWN_ESCAPE,
        ("wrongly indented line in block scalar", _) => "this line is indented less than its block of text",
        (info, _) if info.starts_with("while scanning a block scalar") => {
            "only `+` or `-`, a digit from 1, and a comment can follow `|` or `>`; put other text in quotes"
        }
        ("comments must be separated from other tokens by whitespace", _) => "a space is missing before `#`",
        ("while scanning an anchor or alias, did not find expected alphabetic or numeric character", _) => {
            "a name is missing after `*` or `&`; put a value that begins with one of them in quotes"
        }
        ("did not find expected <document start>", _) => {
            "the text above is complete, so nothing can follow it; check its indentation and brackets"
        }
        ("invalid content after document end marker", _) => "nothing can follow `...` on its line",
        (info, _) if info.contains("directive") => {
            "a line that begins with `%` is a directive, and this one is unknown; remove it"
        }
        (info, _) if ["tag", "TAG", "handle"].iter().any(|word| info.contains(word)) => {
            "`!` begins a tag, but this is not a tag; put a value that begins with `!` in quotes"
        }
        ("did not find expected next token", _) => "this character is not allowed here",
        (info, _) => return format!("this is not valid YAML ({info})"),
    };
    told.to_owned()
}
