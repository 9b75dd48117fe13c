//! Block scalars in the text: where one ends, which yaml-rust2 does not report, and where a part of its value is.

use crate::text::Span;

/// Why a block scalar has no end.
pub(super) enum Problem {
    /// A tab indents a line; its byte offset. go-yaml takes none there (scannerc.go, `yaml_parser_scan_block_scalar_breaks`).
    Tab(usize),
    /// The lines cannot be those of the value.
    Disagreement,
}

/// The byte offset after the last character of the block scalar with the header (`|` or `>`) at `header` and the value `value`. With a `+`
/// in the header, the blank lines after it are part of the value.
pub(super) fn end(text: &str, header: usize, value: &str, literal: bool) -> Result<usize, Problem> {
    let header_end = line_end(text, header);
    let signs = text[header..header_end].split('#').next().unwrap_or_default();
    let (keep, indent_is_given) = (signs.contains('+'), signs.contains(|c: char| c.is_ascii_digit()));
    // The lines before the first that is not empty in the value correspond one to one, even where it is folded.
    let first = value.split('\n').enumerate().find(|(_, line)| !line.is_empty());

    let mut end = header_end;
    let mut problem = Problem::Disagreement;
    let mut indent = None;
    let mut content = Vec::new();
    let mut at = after_break(text, header_end);
    while let Some(start) = at {
        let stop = line_end(text, start);
        let line = &text[start..stop];
        at = after_break(text, stop);
        let blanks = indentation(line);
        if line[blanks..].starts_with('\t') {
            let unindented = indent.map_or(!indent_is_given, |indent| blanks < indent);
            problem = Problem::Tab(start + blanks);
            if unindented {
                return Err(problem);
            }
        }
        if let Some((_, first)) = first.filter(|&(number, _)| number == content.len()) {
            let Some(blanks) = blanks.checked_sub(indentation(first)) else { return Err(problem) };
            indent = Some(blanks);
        }
        if is_blank(line) {
            // Spaces after the indentation are content; so are blank lines if the header keeps them.
            let has_content = indent.is_some_and(|indent| line.len() > indent);
            if has_content || keep && (at.is_some() || stop > start) {
                end = stop;
            }
            content.push(indent.map_or("", |indent| line.get(indent..).unwrap_or("")));
            continue;
        }
        let Some(indent) = indent.filter(|&indent| blanks >= indent) else { break };
        if indent == 0 && is_document_end(line) {
            break;
        }
        content.push(&line[indent..]);
        end = stop;
    }
    if agrees(&content, value, literal) { Ok(end) } else { Err(problem) }
}

/// Whether the lines of the source can be decoded to `value`. Folded text is compared without spaces and line breaks: the end depends on
/// the lines, not on how they fold.
fn agrees(content: &[&str], value: &str, literal: bool) -> bool {
    if literal {
        let lines = content.join("\n");
        lines.trim_end_matches('\n') == value.trim_end_matches('\n')
    } else {
        let squeeze = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect::<String>();
        squeeze(&content.concat()) == squeeze(value)
    }
}

/// Where the text of a literal block scalar has the part of its value that is to change, and what to write there: `source` is the scalar from
/// its header on. `None` if the change is not within one line.
pub(super) fn change_in_line<'n>(source: &str, old: &str, new: &'n str) -> Option<(Span, &'n str)> {
    let same = |(a, b): &(char, char)| a == b;
    let start: usize = old.chars().zip(new.chars()).take_while(same).map(|(char, _)| char.len_utf8()).sum();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end: usize =
        old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(same).map(|(char, _)| char.len_utf8()).sum();
    let (removed, added) = (&old_rest[..old_rest.len() - end], &new_rest[..new_rest.len() - end]);
    if removed.contains('\n') || added.contains('\n') {
        return None;
    }
    let line_start = old[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = old[line_start..].split('\n').next()?;
    let mut at = after_break(source, line_end(source, 0))?;
    for _ in 0..old[..start].matches('\n').count() {
        at = after_break(source, line_end(source, at))?;
    }
    let written = &source[at..line_end(source, at)];
    let indent = written.strip_suffix(line)?;
    let place = at + indent.len() + (start - line_start);
    Some((Span::new(place, place + removed.len()), added))
}

fn is_document_end(line: &str) -> bool {
    line.strip_prefix("...").is_some_and(|after| after.is_empty() || after.starts_with([' ', '\t']))
}

fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| byte == b' ')
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |i| at + i)
}

/// The start of the line after the break at `at`; none where the text ends without one.
fn after_break(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    if rest.starts_with("\r\n") { Some(at + 2) } else { (!rest.is_empty()).then_some(at + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_within_a_line_is_found_in_the_text() {
        let source = "|\n    a: 1\n\n      b: localhost:1\n";
        let change = change_in_line(source, "a: 1\n\n  b: localhost:1\n", "a: 1\n\n  b: kafka:1\n");
        assert_eq!(change.map(|(span, new)| (&source[span.range()], new)), Some(("localhost", "kafka")));
        assert_eq!(change_in_line(source, "a: 1\n\n  b: localhost:1\n", "a: 2\n\n  b: kafka:1\n"), None);
    }
}
