//! Where a block scalar ends: yaml-rust2 does not say.

/// The byte offset after the last character of the block scalar whose header (`|` or `>`) stands at `header`; `None` if its lines
/// cannot be those of `value`. A `+` in the header makes the blank lines behind it part of the value, otherwise they are outside.
pub(super) fn end(text: &str, header: usize, value: &str, literal: bool) -> Option<usize> {
    let header_end = line_end(text, header);
    let keep = text[header..header_end].split('#').next()?.contains('+');
    let value_indent = value.split('\n').find(|line| !is_blank(line)).map(indentation);

    let mut end = header_end;
    let mut indent = None;
    let mut content = Vec::new();
    let mut at = after_break(text, header_end);
    while let Some(start) = at {
        let stop = line_end(text, start);
        let line = &text[start..stop];
        at = after_break(text, stop);
        if is_blank(line) {
            // Blanks past the indentation are content; so are whole blank lines where the header keeps them.
            let has_content = indent.is_some_and(|indent| line.len() > indent);
            if has_content || keep && (at.is_some() || stop > start) {
                end = stop;
            }
            content.push(indent.map_or("", |indent| line.get(indent..).unwrap_or("")));
            continue;
        }
        let indent = match (indent, value_indent) {
            (Some(indent), _) => indent,
            (None, Some(value_indent)) => *indent.insert(indentation(line).checked_sub(value_indent)?),
            (None, None) => break,
        };
        if indentation(line) < indent {
            break;
        }
        content.push(&line[indent..]);
        end = stop;
    }
    agrees(&content, value, literal).then_some(end)
}

/// Whether the lines of the source can be decoded to `value`. Folding is compared without its blanks and breaks: the end depends on
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
