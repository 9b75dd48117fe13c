//! Java properties: the syntax of `java.util.Properties.load` (docs.oracle.com, Java SE API).

use super::{MAX_KEY_BYTES, MAX_SETTINGS, setting};
use crate::code::Setting;

/// The entries of each document of a text: a line `#---` or `!---` divides them (docs.spring.io, Spring Boot, "Working With Multi-Document
/// Files").
pub(super) fn documents(text: &str) -> Vec<Vec<Setting>> {
    let mut documents = vec![Vec::new()];
    let mut lines = text.lines().enumerate();
    let mut count = 0;
    while let Some((index, line)) = lines.next() {
        if matches!(line.trim_end(), "#---" | "!---") {
            documents.push(Vec::new());
            continue;
        }
        let line = line.trim_start_matches(is_blank);
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        let mut logical = line.to_owned();
        while ends_in_open_backslash(&logical) {
            logical.pop();
            let Some((_, next)) = lines.next() else { break };
            logical.push_str(next.trim_start_matches(is_blank));
        }
        let (key, value) = entry(&logical);
        count += 1;
        if count > MAX_SETTINGS {
            break;
        }
        if key.len() <= MAX_KEY_BYTES
            && let Some(document) = documents.last_mut()
        {
            document.push(setting(key, value.trim_end(), index + 1));
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

/// Key and value of a line: `=`, `:` or blanks end the key, unless a backslash stands before.
fn entry(line: &str) -> (String, String) {
    let mut escaped = false;
    let end = line.find(|character: char| {
        let ends = !escaped && (matches!(character, '=' | ':') || is_blank(character));
        escaped = !escaped && character == '\\';
        ends
    });
    let (key, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_start_matches(is_blank);
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start_matches(is_blank);
    (unescaped(key), unescaped(value))
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
