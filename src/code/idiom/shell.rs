//! The Bourne shell and its heirs, whose strings hold code everywhere.

use std::collections::HashSet;

use super::super::{Literal, Read};
use super::address;
use super::pattern::Pattern;

/// A use of a name in capitals, with what follows it in braces.
static USE: Pattern =
    Pattern::new(&["$"], r"\$(?:(?<bare>[A-Z_][A-Z0-9_]*)|\{(?<word>[A-Z_][A-Z0-9_]*)(?::?[-=](?<default>[^}]*))?)");
/// Matches an assignment.
static ASSIGNED: Pattern = Pattern::new(
    &["=", "for", "read"],
    concat!(
        r"(?:^|[\s;&|(])(?:(?<word>[A-Z_][A-Z0-9_]*)\+?=",
        r"|for\s+(?<each>[A-Z_]\w*)\s+in\b|read\s+(?:-\w+\s+)*(?<input>[A-Z_]\w*))",
    ),
);
static WORD: Pattern = Pattern::without_word(r#"[^\s"'`=(){}<>|&;,]+(?:,[^\s"'`=(){}<>|&;,]+)*"#);

/// What the shell itself sets.
const OF_THE_SHELL: [&str; 10] =
    ["PWD", "OLDPWD", "HOME", "PATH", "BASH_SOURCE", "RANDOM", "IFS", "OPTARG", "OPTIND", "LINENO"];

/// The lines without their comments, numbered from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| {
        let comment = if line.trim_start().starts_with('#') { Some(0) } else { line.find(" #") };
        (index + 1, comment.map_or(line, |at| &line[..at]))
    })
}

/// The variables that are used before the script sets them.
pub(super) fn reads(text: &str) -> Vec<Read> {
    let (mut reads, mut own) = (Vec::new(), HashSet::new());
    for (number, line) in lines(text) {
        let assigned = || ASSIGNED.captures_iter(line);
        own.extend(assigned().filter_map(|found| found.name("each").or(found.name("input"))).map(|name| name.as_str()));
        for found in USE.captures_iter(line) {
            let Some(name) = found.name("bare").or(found.name("word")).map(|name| name.as_str()) else { continue };
            if own.contains(name) || OF_THE_SHELL.contains(&name) {
                continue;
            }
            let default = found.name("default").map(|value| value.as_str().trim_matches(['"', '\'']));
            let default = default.filter(|value| !value.contains(['$', '`'])).map(str::to_owned);
            reads.push(Read::new(name.to_owned(), default, number));
        }
        // `X=${X:-d}` reads before it assigns.
        own.extend(assigned().filter_map(|found| found.name("word")).map(|name| name.as_str()));
    }
    reads
}

/// Words that are addresses. A default in braces is none of them.
pub(super) fn literals(text: &str) -> Vec<Literal> {
    let words = lines(text).filter(|(_, text)| text.contains(':')).flat_map(|(line, text)| {
        let plain = USE.replace_all(text, "${");
        WORD.find_iter(&plain)
            .map(|word| word.as_str().to_owned())
            .collect::<Vec<_>>()
            .into_iter()
            .map(move |w| (line, w))
    });
    words.filter(|(_, text)| address::is_list(text)).map(|(line, text)| Literal { text, call: None, line }).collect()
}
