//! The variables of a Dockerfile: `ARG`, `ENV`, and what refers to them.

use std::collections::BTreeMap;

use super::ImageVariable;
use super::instruction::Instruction;

/// How deep a default may hold another reference: `${A:-${B:-…}}`. What is deeper stays as written.
const MAX_DEPTH: usize = 8;

/// How many bytes a value, or a reference in braces, may have. What is longer stays as written.
const MAX_LENGTH: usize = 4096;

/// The variables known at some place.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// The build arguments; only those that an `ARG` declares are visible.
    given: BTreeMap<String, String>,
    arguments: BTreeMap<String, String>,
    environment: BTreeMap<String, String>,
}

impl Scope {
    pub fn new(args: &[(String, String)]) -> Self {
        Self { given: args.iter().cloned().collect(), ..Self::default() }
    }

    /// `ARG name[=default] …`: the build argument, else the default, else the `ARG` of that name before the first stage; otherwise the
    /// empty string.
    pub fn declare(&mut self, instruction: &Instruction, global: Option<&Self>, escape: char) {
        for (_, word) in instruction.words(escape) {
            let (name, default) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let given = self.given.get(name).cloned();
            let value = given.or_else(|| default.map(|default| self.expand(default, escape)));
            let value = value.or_else(|| global.and_then(|global| global.arguments.get(name)).cloned());
            self.arguments.insert(name.to_owned(), value.unwrap_or_default());
        }
    }

    /// `ENV name=value …` or `ENV name value`.
    pub fn variables(&self, instruction: &Instruction, escape: char) -> Vec<ImageVariable> {
        let words = instruction.words(escape);
        let variable = |offset, name: &str, value| ImageVariable {
            name: name.to_owned(),
            value: self.expand(value, escape),
            line: instruction.line_of(offset),
        };
        match words.as_slice() {
            [(offset, name), (begin, _), ..] if !name.contains('=') => {
                let value = instruction.text.get(*begin..).unwrap_or_default().trim_end();
                vec![variable(*offset, name, value)]
            }
            words => {
                let pairs = words.iter().filter_map(|(offset, word)| Some((*offset, word.split_once('=')?)));
                pairs.map(|(offset, (name, value))| variable(offset, name, value)).collect()
            }
        }
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// docs.docker.com/reference/dockerfile/#arg: a variable of the environment comes before an argument of its name.
    fn get(&self, name: &str) -> Option<&str> {
        self.environment.get(name).or_else(|| self.arguments.get(name)).map(String::as_str)
    }

    /// A word without its quotes and escapes, with the values of the variables it refers to; those that are not known, and forms that
    /// are not read here such as `${name#pattern}`, stay as written.
    pub fn expand(&self, word: &str, escape: char) -> String {
        let expanded = self.expand_to(word, escape, MAX_DEPTH);
        if expanded.len() > MAX_LENGTH { word.to_owned() } else { expanded }
    }

    fn expand_to(&self, word: &str, escape: char, depth: usize) -> String {
        let mut expanded = String::with_capacity(word.len());
        let mut quote = None;
        let mut rest = word;
        while let Some(character) = rest.chars().next()
            && expanded.len() <= MAX_LENGTH
        {
            let after = &rest[character.len_utf8()..];
            let is_mark = character == '"' || character == '\'';
            rest = if quote == Some(character) {
                quote = None;
                after
            } else if quote.is_none() && is_mark {
                quote = Some(character);
                after
            } else if character == escape && quote != Some('\'') {
                let escaped = after.chars().next();
                // Inside quotes it is literal, unless a character follows that it can escape.
                if quote.is_some()
                    && escaped.is_none_or(|escaped| escaped != '"' && escaped != '$' && escaped != escape)
                {
                    expanded.push(character);
                }
                expanded.extend(escaped);
                &after[escaped.map_or(0, char::len_utf8)..]
            } else if character == '$' && quote != Some('\'') {
                let reference = reference(after);
                let value = if depth == 0 { None } else { self.value(reference, escape, depth) };
                match value {
                    Some(value) => expanded.push_str(&value),
                    None => expanded.extend(["$", reference]),
                }
                &after[reference.len()..]
            } else {
                expanded.push(character);
                after
            };
        }
        expanded
    }

    /// The value of a reference without its `$`; `None` if it is not known.
    fn value(&self, reference: &str, escape: char, depth: usize) -> Option<String> {
        let Some(inner) = reference.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            return self.get(reference).map(str::to_owned);
        };
        let (name, modifier) = inner.split_at(name_length(inner));
        let known = self.get(name);
        let other = |text| Some(self.expand_to(text, escape, depth - 1));
        let (kind, text) = match modifier.strip_prefix(':') {
            Some(modifier) => (modifier.chars().next(), modifier.get(1..)),
            None => (modifier.chars().next(), modifier.get(1..)),
        };
        // With a colon an empty value counts as none.
        let set = known.filter(|value| !(modifier.starts_with(':') && value.is_empty()));
        match (kind, text) {
            (None, _) if modifier.is_empty() => known.map(str::to_owned),
            (Some('-'), Some(text)) => set.map(str::to_owned).or_else(|| other(text)),
            (Some('+'), Some(text)) => set.map_or_else(|| Some(String::new()), |_| other(text)),
            (Some('?'), _) => set.map(str::to_owned),
            _ => None,
        }
    }
}

/// What belongs to a reference after its `$`: a name, or braces with what is in them; empty if it is none.
fn reference(text: &str) -> &str {
    if !text.starts_with('{') {
        return &text[..name_length(text)];
    }
    let mut depth = 0_usize;
    for (offset, character) in text.char_indices().take(MAX_LENGTH) {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..=offset];
        }
    }
    ""
}

fn name_length(text: &str) -> usize {
    text.find(|character: char| !character.is_ascii_alphanumeric() && character != '_').unwrap_or(text.len())
}
