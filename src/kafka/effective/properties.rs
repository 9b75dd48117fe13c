//! The text of Java's properties files, which the images' scripts write and Kafka reads.

/// Reads one logical line as `java.util.Properties.load` does: the key ends at the first `=`, `:` or space, spaces before the value are
/// dropped, and a backslash escapes the next character. `None` for an empty line and a comment.
pub(super) fn entry(line: &str) -> Option<(String, String)> {
    let line = line.trim_start_matches(is_blank);
    if line.is_empty() || line.starts_with(['#', '!']) {
        return None;
    }
    let mut end = line.len();
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if !escaped && (is_blank(c) || c == '=' || c == ':') {
            end = at;
            break;
        }
        escaped = c == '\\' && !escaped;
    }
    let rest = line[end..].trim_start_matches(is_blank);
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    Some((unescaped(&line[..end]), unescaped(rest.trim_start_matches(is_blank))))
}

/// The entries of a text, in order: a line that ends in an odd number of backslashes continues on the next.
pub(super) fn entries(text: &str) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let mut logical = String::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let line = if logical.is_empty() { line } else { line.trim_start_matches(is_blank) };
        let goes_on = line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        if goes_on {
            logical.push_str(&line[..line.len() - 1]);
            continue;
        }
        logical.push_str(line);
        entries.extend(entry(&logical));
        logical.clear();
    }
    entries.extend(entry(&logical));
    entries
}

/// Whether `key=value` is one line that is read as just that: most are.
pub(super) fn is_plain(key: &str, value: &str) -> bool {
    let is_special = |c: char| is_blank(c) || matches!(c, '=' | ':' | '\\' | '\n' | '\r');
    !key.is_empty()
        && !key.starts_with(['#', '!'])
        && !key.contains(is_special)
        && !value.starts_with(is_blank)
        && !value.contains(['\\', '\n', '\r'])
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{c}')
}

fn unescaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        match characters.next() {
            Some('t') => result.push('\t'),
            Some('n') => result.push('\n'),
            Some('r') => result.push('\r'),
            Some('f') => result.push('\u{c}'),
            Some('u') => {
                let digits: String = characters.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok();
                result.extend(code.and_then(char::from_u32));
            }
            Some(other) => result.push(other),
            None => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_java_reads_it() {
        for (line, expected) in [
            ("listeners=PLAINTEXT://:9092", Some(("listeners", "PLAINTEXT://:9092"))),
            ("listeners= PLAINTEXT://:9092 ", Some(("listeners", "PLAINTEXT://:9092 "))),
            ("a b=c", Some(("a", "b=c"))),
            ("a: b", Some(("a", "b"))),
            ("a:=b", Some(("a", "=b"))),
            ("a", Some(("a", ""))),
            (r"a=C:\data\new", Some(("a", "C:data\new"))),
            (r"a\=b=c", Some(("a=b", "c"))),
            (r"a=\u0041", Some(("a", "A"))),
            ("# a=b", None),
            ("", None),
        ] {
            let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
            assert_eq!(entry(line), expected, "{line:?}");
        }
    }

    #[test]
    fn a_backslash_at_the_end_joins_lines_and_other_lines_are_entries_of_their_own() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(entries("a=1,\\\n  2\nb=3"), [pair("a", "1,2"), pair("b", "3")]);
        assert_eq!(entries("a=A://:1,\nB://:2"), [pair("a", "A://:1,"), pair("B", "//:2")]);
    }
}
