//! Java properties: the syntax of `java.util.Properties.load` (docs.oracle.com, Java SE API).

use super::{Entry, MAX_ENTRIES, MAX_KEY_BYTES, span_of};
use crate::text::Span;

/// The entries of each document of a text: a line `#---` or `!---` divides them (docs.spring.io, Spring Boot, "Working With Multi-Document
/// Files").
pub(super) fn documents(text: &str) -> Vec<Vec<Entry>> {
    let mut documents = vec![Vec::new()];
    let mut lines = text.lines();
    let mut count = 0;
    while let Some(line) = lines.next() {
        if matches!(line.trim_end(), "#---" | "!---") {
            documents.push(Vec::new());
            continue;
        }
        let line = line.trim_start_matches(is_blank);
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        let mut logical = line.to_owned();
        let mut last = line;
        while ends_in_open_backslash(&logical) {
            logical.pop();
            let Some(next) = lines.next() else { break };
            last = next;
            logical.push_str(next.trim_start_matches(is_blank));
        }
        count += 1;
        if count > MAX_ENTRIES {
            break;
        }
        let (key, value) = key_and_value(&logical);
        let key = unescaped(key);
        if key.len() <= MAX_KEY_BYTES
            && let Some(document) = documents.last_mut()
        {
            let written = Span::new(span_of(text, line).start, span_of(text, last.trim_end()).end);
            let start = (written.start + span_of(&logical, value).start).min(written.end);
            let value = unescaped(value).trim_end().to_owned();
            document.push(Entry { key, value, span: Span::new(start, written.end) });
        }
    }
    documents
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{c}')
}

fn ends_in_open_backslash(line: &str) -> bool {
    line.bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 1
}

/// Key and value of a line as written: `=`, `:` or spaces end the key, unless a backslash comes before.
fn key_and_value(line: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = line.find(|character: char| {
        let ends = !escaped && (matches!(character, '=' | ':') || is_blank(character));
        escaped = !escaped && character == '\\';
        ends
    });
    let (key, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_start_matches(is_blank);
    (key, rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start_matches(is_blank))
}

/// A text with its escapes decoded; a wrong one loses its backslash.
fn unescaped(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        decoded.push_str(before);
        let mut characters = behind.chars();
        let code = behind.strip_prefix('u').and_then(|hex| u32::from_str_radix(hex.get(..4)?, 16).ok());
        rest = match (code.and_then(char::from_u32), characters.next()) {
            (Some(character), _) => {
                decoded.push(character);
                &behind[5..]
            }
            (None, Some(character)) => {
                decoded.push(match character {
                    't' => '\t',
                    'n' => '\n',
                    'r' => '\r',
                    'f' => '\u{c}',
                    other => other,
                });
                characters.as_str()
            }
            (None, None) => "",
        };
    }
    decoded + rest
}
