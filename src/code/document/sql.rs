//! SQL: the strings that are options (`kafka_broker_list = 'a:1'`, `'properties.bootstrap.servers' = 'a:1'`, `BROKER 'a:1'`) or arguments
//! (`Kafka('a:1', …)`).

use super::{Entry, MAX_DEPTH, MAX_ENTRIES, join, span_of};

/// The entries of each statement of a text: the key of an option is its name, the key of an argument is the function with its index
/// (`Kafka.0`).
pub(super) fn statements(text: &str) -> Vec<Vec<Entry>> {
    let mut statements = Vec::new();
    let mut entries = Vec::new();
    let mut count = 0;
    // Of each open parenthesis the word before it, and how many arguments are complete.
    let mut calls: Vec<(&str, usize)> = Vec::new();
    let mut before = Before::Other;
    let mut tokens = Tokens { rest: text };
    while let Some(token) = tokens.next() {
        let mut add = |key: Option<String>, value: &str| {
            let span = span_of(text, value);
            entries.extend(key.map(|key| Entry { key, value: value.replace("''", "'"), span }));
            count += 1;
        };
        before = match (token, before) {
            (Token::Word(word), _) => Before::Word(word),
            (Token::Sign('='), Before::Word(name)) => Before::Assigned(name),
            (Token::Sign('('), before) => {
                calls.push((if let Before::Word(name) = before { name } else { "" }, 0));
                Before::Argument
            }
            (Token::Sign(')'), _) => {
                calls.pop();
                Before::Other
            }
            (Token::Sign(','), _) => {
                if let Some((_, arguments)) = calls.last_mut() {
                    *arguments += 1;
                }
                Before::Argument
            }
            (Token::Sign(';'), _) => {
                statements.push(std::mem::take(&mut entries));
                calls.clear();
                Before::Other
            }
            (Token::Sign(_), _) => Before::Other,
            (Token::Text(text), _) if tokens.rest.trim_start().starts_with('=') => Before::Word(text),
            (Token::Text(text), Before::Assigned(name) | Before::Word(name)) => {
                add(join("", name), text);
                Before::Other
            }
            (Token::Text(text), Before::Argument) => {
                if let Some(&(function, index)) = calls.last().filter(|(function, _)| !function.is_empty()) {
                    add(join(function, &index.to_string()), text);
                }
                Before::Other
            }
            (Token::Text(_), Before::Other) => Before::Other,
        };
        if calls.len() > MAX_DEPTH || count >= MAX_ENTRIES {
            break;
        }
    }
    statements.push(entries);
    statements
}

/// What comes before a token.
#[derive(Clone, Copy)]
enum Before<'a> {
    Word(&'a str),
    /// A name and an equals sign.
    Assigned(&'a str),
    /// An opening parenthesis or a comma.
    Argument,
    Other,
}

enum Token<'a> {
    /// A keyword, or a name that may have dots.
    Word(&'a str),
    /// A string or a name in quotes, without them.
    Text(&'a str),
    Sign(char),
}

struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    fn skip(&mut self, bytes: usize) -> &'a str {
        let (skipped, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        skipped
    }

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with("--") {
                self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
            } else {
                break;
            }
        }
        let first = self.rest.chars().next()?;
        let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
        if is_word(first) {
            let end = self.rest.find(|character| !is_word(character)).unwrap_or(self.rest.len());
            return Some(Token::Word(self.skip(end)));
        }
        self.skip(first.len_utf8());
        if !matches!(first, '\'' | '"' | '`') {
            return Some(Token::Sign(first));
        }
        let mut end = 0;
        // A quote that is doubled belongs to the string.
        while let Some(at) = self.rest[end..].find(first) {
            end += at;
            if !self.rest[end + 1..].starts_with(first) {
                let inside = self.skip(end);
                self.skip(1);
                return Some(Token::Text(inside));
            }
            end += 2;
        }
        Some(Token::Text(self.skip(self.rest.len())))
    }
}
