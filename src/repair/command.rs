//! Changes words in the command and the entrypoint of a service.

use std::collections::HashSet;

use crate::compose::{Change, CommandPart, Project, Service};
use crate::repair::reach;
use crate::repair::{Refusal, Repair};
use crate::text::{Span, TextEdit};

/// The characters that end a word: spaces, and separators and quotes between a flag and its value.
const SEPARATORS: [char; 7] = [' ', '\n', '\r', '\t', '=', '"', '\''];

/// Replaces words of a service's entrypoint and command: in a string, an item of a list, or a shell script. `with` gets a word as written
/// and the word before it, and returns the replacement. The rest of the text stays the same, so a script keeps its lines.
/// Without such a word the repair is empty.
///
/// # Errors
/// [`Refusal`] if the change would reach another service through an anchor, or the words of a text cannot be found in its form.
pub fn replace_words(
    project: &Project,
    service: &Service,
    with: impl Fn(&str, &str) -> Option<String>,
) -> Result<Repair, Refusal> {
    let mut repair = Repair::default();
    for part in [CommandPart::Entrypoint, CommandPart::Command] {
        let Some(command) = part.of(service) else { continue };
        let (mut edits, mut texts) = (Vec::new(), Vec::new());
        let mut before = String::new();
        for text in &command.texts {
            let document = project.document(text.node);
            let span = document.node(text.node).span;
            let in_text = replacements(&text.raw, &before, &with);
            let in_file = replacements(document.slice(span), &before, &with);
            before = words(&text.raw).last().map_or(before, |word| text.raw[word.range()].to_owned());
            if in_text.len() != in_file.len() {
                return Err(Refusal(format!(
                    "composefix cannot edit its `{}` in the form in which it is written",
                    part.as_str()
                )));
            }
            texts.push((text.raw.clone(), replaced(&text.raw, &in_text)));
            edits.extend(in_file.into_iter().map(|(word, new)| TextEdit::replace(word.shifted_by(span.start), new)));
        }
        let changed: HashSet<String> =
            texts.iter().filter(|(old, new)| old != new).map(|(old, _)| old.clone()).collect();
        texts.retain(|(old, _)| changed.contains(old));
        let [first, others @ ..] = command.texts.as_slice() else { continue };
        let place = project.document(first.node).node(first.node).parent.filter(|_| !others.is_empty());
        let change =
            |service: &Service| vec![Change::Command { service: service.name.clone(), part, texts: texts.clone() }];
        if !edits.is_empty() {
            repair =
                repair.and(reach::declared(project, service, place.unwrap_or(first.node), edits, |_| false, change)?);
        }
    }
    Ok(repair)
}

/// The words to replace, each with its replacement.
fn replacements(text: &str, before: &str, with: impl Fn(&str, &str) -> Option<String>) -> Vec<(Span, String)> {
    let mut before = before;
    let mut found = Vec::new();
    for word in words(text) {
        let written = &text[word.range()];
        found.extend(with(before, written).map(|new| (word, new)));
        before = written;
    }
    found
}

fn replaced(text: &str, replacements: &[(Span, String)]) -> String {
    let mut new = text.to_owned();
    for (word, instead) in replacements.iter().rev() {
        new.replace_range(word.range(), instead);
    }
    new
}

fn words(text: &str) -> Vec<Span> {
    let mut words = Vec::new();
    let mut start = 0;
    for piece in text.split_inclusive(SEPARATORS) {
        let word = piece.trim_end_matches(SEPARATORS);
        if !word.is_empty() {
            words.push(Span::new(start, start + word.len()));
        }
        start += piece.len();
    }
    words
}
