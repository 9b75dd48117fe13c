//! Unified diffs that `git apply` and `patch -p1` take.

use std::fmt::Write as _;
use std::ops::Range;

use anstyle::{AnsiColor, Effects, Style};
use similar::{Change, ChangeTag, DiffTag, TextDiff};

use crate::text::terminal::{is_command, is_hidden};
use crate::text::{Colour, Span, TextEdit, visible};

/// Lines around a change, as in `git diff`.
const CONTEXT_LINES: usize = 3;

/// The unified diff of one file, for programs: empty where the texts are equal, and otherwise every byte as it is in the file, CRLF
/// and byte order mark included. Diffs of several files are one patch when written after each other.
///
/// `path` is relative, with `/` between its parts. The headers are `--- a/PATH` and `+++ b/PATH`; a path with a space is followed by a tab,
/// and one with a quote, a backslash or a hidden character is quoted as in C, both as Git does (`quote.c` and `diff.c` of git/git).
/// Printable characters outside ASCII stay as they are, as with Git's `core.quotePath=false`.
///
/// Only LF ends a line here, as in Git and GNU patch. A lone CR, which is a line break in YAML, is an ordinary character of its line.
#[must_use]
pub fn unified_diff(path: &str, before: &str, after: &str) -> String {
    let mut out = String::new();
    for_each_line(path, before, after, |_, line| {
        out.push_str(line);
        out.push('\n');
    });
    out
}

/// The diff of [`unified_diff`], for people: in the colors of `git diff` if wanted, [`visible`], and without the CR of a CRLF.
#[must_use]
pub fn terminal_diff(path: &str, before: &str, after: &str, colour: Colour) -> String {
    let mut out = String::new();
    for_each_line(path, before, after, |kind, line| {
        let style = if colour == Colour::Always { kind.style() } else { Style::new() };
        let line = visible(line.strip_suffix('\r').unwrap_or(line));
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{style}{line}{style:#}");
    });
    out
}

/// For each line of `after`, the same line in `before`, from 1; `None` for a new line.
#[must_use]
pub fn old_lines(before: &str, after: &str) -> Vec<Option<usize>> {
    let (old, new): (Vec<_>, Vec<_>) = (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let mut lines = vec![None; new.len()];
    for op in TextDiff::configure().diff_slices(&old, &new).ops() {
        if op.tag() == DiffTag::Equal {
            op.new_range().zip(op.old_range()).for_each(|(new, old)| lines[new] = Some(old + 1));
        }
    }
    lines
}

/// The edits, by whole lines, that make `after` of `before`.
#[must_use]
pub fn edits_between(before: &str, after: &str) -> Vec<TextEdit> {
    let (old, new): (Vec<_>, Vec<_>) = (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let diff = TextDiff::configure().diff_slices(&old, &new);
    let mut edits: Vec<TextEdit> = Vec::new();
    let mut start = 0;
    for op in diff.ops() {
        let end = start + old[op.old_range()].iter().map(|line| line.len()).sum::<usize>();
        let text = new[op.new_range()].concat();
        match edits.last_mut() {
            _ if op.tag() == DiffTag::Equal => {}
            // Lines removed and lines added in one place are one edit.
            Some(last) if last.span.end == start => {
                last.span.end = end;
                last.replacement.push_str(&text);
            }
            _ => edits.push(TextEdit::replace(Span::new(start, end), text)),
        }
        start = end;
    }
    edits
}

#[derive(Clone, Copy)]
enum LineKind {
    Header,
    Hunk,
    Removed,
    Added,
    Context,
    Hint,
}

impl LineKind {
    const fn style(self) -> Style {
        match self {
            Self::Header => Style::new().effects(Effects::BOLD),
            Self::Hunk => AnsiColor::Cyan.on_default(),
            Self::Removed => AnsiColor::Red.on_default(),
            Self::Added => AnsiColor::Green.on_default(),
            Self::Context | Self::Hint => Style::new(),
        }
    }
}

/// Hands the lines of the diff to `emit`, each without its LF.
fn for_each_line(path: &str, before: &str, after: &str, mut emit: impl FnMut(LineKind, &str)) {
    // The crate's own splitting also breaks lines at a lone CR, which git apply then calls a corrupt patch.
    let (old, new): (Vec<_>, Vec<_>) = (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let diff = TextDiff::configure().diff_slices(&old, &new);
    let changes: Vec<Change<&str>> = diff.iter_all_changes().collect();
    for (i, hunk) in hunks(&changes).into_iter().enumerate() {
        if i == 0 {
            emit(LineKind::Header, &format!("--- {}", header_path("a/", path)));
            emit(LineKind::Header, &format!("+++ {}", header_path("b/", path)));
        }
        let side = |other| {
            let has_it = |change: &&Change<&str>| change.tag() != other;
            let (before, within) = (&changes[..hunk.start], &changes[hunk.clone()]);
            range(before.iter().filter(has_it).count(), within.iter().filter(has_it).count())
        };
        emit(LineKind::Hunk, &format!("@@ -{} +{} @@", side(ChangeTag::Insert), side(ChangeTag::Delete)));
        for change in &changes[hunk] {
            let (kind, sign) = match change.tag() {
                ChangeTag::Delete => (LineKind::Removed, '-'),
                ChangeTag::Insert => (LineKind::Added, '+'),
                ChangeTag::Equal => (LineKind::Context, ' '),
            };
            let line = change.value();
            let content = line.strip_suffix('\n');
            emit(kind, &format!("{sign}{}", content.unwrap_or(line)));
            if content.is_none() {
                emit(LineKind::Hint, "\\ No newline at end of file");
            }
        }
    }
}

/// The parts of a diff that are shown: the changes and the lines around them, up to a line that a CI runner would execute as a command. A
/// patch with less context still applies.
fn hunks(changes: &[Change<&str>]) -> Vec<Range<usize>> {
    let is_context = |at: &usize| changes[*at].tag() == ChangeTag::Equal && !is_command(changes[*at].value());
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for at in (0..changes.len()).filter(|&at| changes[at].tag() != ChangeTag::Equal) {
        let before = (0..at).rev().take(CONTEXT_LINES).take_while(is_context).count();
        let after = (at + 1..changes.len()).take(CONTEXT_LINES).take_while(is_context).count();
        match hunks.last_mut() {
            Some(last) if last.end >= at - before => last.end = last.end.max(at + 1 + after),
            _ => hunks.push(at - before..at + 1 + after),
        }
    }
    hunks
}

/// The first line and the number of lines of a hunk, as in the header.
fn range(before: usize, lines: usize) -> String {
    match lines {
        0 => format!("{before},0"),
        1 => (before + 1).to_string(),
        lines => format!("{},{lines}", before + 1),
    }
}

fn header_path(side: &str, path: &str) -> String {
    if !path.contains(|c| is_hidden(c) || matches!(c, '"' | '\\')) && !is_command(path) {
        let tab = if path.contains(' ') { "\t" } else { "" };
        return format!("{side}{path}{tab}");
    }
    let mut quoted = format!("\"{side}");
    for c in path.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            // After `##`, a CI runner would read it as a command.
            '[' if is_command(path) => quoted.push_str("\\133"),
            c if is_hidden(c) => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a string cannot fail.
                    let _ = write!(quoted, "\\{byte:03o}");
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_an_empty_diff() {
        assert_eq!(unified_diff("a.yml", "a: 1\n", "a: 1\n"), "");
        assert_eq!(unified_diff("a.yml", "", ""), "");
    }

    #[test]
    fn kept_lines_have_their_number_in_the_first_text() {
        assert_eq!(old_lines("a\nb\nc\n", "a\nx\nc\nz\n"), [Some(1), None, Some(3), None]);
    }

    #[test]
    fn a_hunk_has_three_lines_of_context() {
        assert_eq!(
            unified_diff("app/compose.yml", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
            "--- a/app/compose.yml\n+++ b/app/compose.yml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn a_command_of_a_runner_is_no_context() {
        assert_eq!(
            unified_diff("a.yml", "1\n2\n  ::error::x\n3\n4\n5\n", "1\n2\n  ::error::x\nthree\n4\n5\n"),
            "--- a/a.yml\n+++ b/a.yml\n@@ -4,3 +4,3 @@\n-3\n+three\n 4\n 5\n"
        );
        assert_eq!(
            unified_diff("a.yml", "1\n##[error]x\n3\n", "one\n##[error]x\n3\n4\n"),
            "--- a/a.yml\n+++ b/a.yml\n@@ -1 +1 @@\n-1\n+one\n@@ -3 +3,2 @@\n 3\n+4\n"
        );
    }

    #[test]
    fn every_byte_of_a_line_is_kept() {
        assert_eq!(
            unified_diff("a.yml", "\u{feff}a: 1\r\nb: 2", "\u{feff}a: 1\r\nb: 3"),
            "--- a/a.yml\n+++ b/a.yml\n@@ -1,2 +1,2 @@\n \u{feff}a: 1\r\n-b: 2\n\\ No newline at end of file\n+b: 3\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn paths_are_quoted_as_git_does() {
        for (path, header) in [
            ("deploy/compose.yml", "a/deploy/compose.yml"),
            ("my app/compose.yml", "a/my app/compose.yml\t"),
            ("проект/compose.yml", "a/проект/compose.yml"),
            ("a\tb c.yml", r#""a/a\tb c.yml""#),
            ("a\nb.yml", r#""a/a\nb.yml""#),
            ("say \"hi\".yml", r#""a/say \"hi\".yml""#),
            ("##[error]a.yml", r#""a/##\133error]a.yml""#),
            ("back\\slash.yml", r#""a/back\\slash.yml""#),
            ("\x1b[2J\u{202e}.yml", r#""a/\033[2J\342\200\256.yml""#),
        ] {
            assert_eq!(header_path("a/", path), header);
        }
    }

    #[test]
    fn a_terminal_gets_colours_and_no_control_characters_of_the_file() {
        let diff = |colour| terminal_diff("a.yml", "a: \x1b[2J\r\n-- b\r\n", "a: \x1b[2J\r\n", colour);
        assert_eq!(diff(Colour::Never), "--- a/a.yml\n+++ b/a.yml\n@@ -1,2 +1 @@\n a: ␛[2J\n--- b\n");
        assert_eq!(
            diff(Colour::Always),
            "\x1b[1m--- a/a.yml\x1b[0m\n\x1b[1m+++ b/a.yml\x1b[0m\n\x1b[36m@@ -1,2 +1 @@\x1b[0m\n a: ␛[2J\n\x1b[31m--- b\x1b[0m\n"
        );
    }
}
