//! Nested blocks of settings: Logstash's pipelines (`kafka { bootstrap_servers => "…" }`), HCL and Grafana Alloy (`brokers = ["…"]`), and the
//! parameters of rsyslog's objects (`action(type="omkafka" broker=["…"])`).

use super::{Entry, MAX_DEPTH, MAX_ENTRIES, Repeated, join, span_of};

/// The entries of a text: every value after `=>` or `=`, and the items of a list there, below the names of the blocks around them.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut reader = Reader::new(text);
    let mut tokens = Tokens { rest: text };
    while let Some(token) = tokens.next() {
        if reader.entries.len() >= MAX_ENTRIES || !reader.take(&token) {
            break;
        }
    }
    reader.entries
}

struct Reader<'a> {
    text: &'a str,
    entries: Vec<Entry>,
    /// The keys of the blocks that are open; none for one whose key is longer than is kept.
    blocks: Vec<Option<String>>,
    repeated: Repeated,
    /// The last word: the name of the setting or block that may follow.
    last: &'a str,
    /// Whether the block that may follow has a condition and no name.
    is_conditional: bool,
    /// The setting that gets a value next.
    assigned: Option<Assigned<'a>>,
}

struct Assigned<'a> {
    name: &'a str,
    /// In a list, the index of its next item.
    next_item: Option<usize>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let (entries, blocks, repeated) = (Vec::new(), Vec::new(), Repeated::default());
        Self { text, entries, blocks, repeated, last: "", is_conditional: false, assigned: None }
    }

    /// Takes a token; `false` if blocks nest too deeply.
    fn take(&mut self, token: &Token<'a>) -> bool {
        match *token {
            Token::Open => {
                let name = self.assigned.take().map_or(self.last, |assigned| assigned.name);
                let key = if self.is_conditional || name.is_empty() {
                    self.key("")
                } else {
                    self.key(name).and_then(|key| self.repeated.key(&key))
                };
                self.blocks.push(key);
                (self.last, self.is_conditional) = ("", false);
            }
            Token::Close => {
                self.blocks.pop();
                (self.assigned, self.last) = (None, "");
            }
            Token::Assign => self.assigned = Some(Assigned { name: self.last, next_item: None }),
            Token::OpenList => {
                if let Some(assigned) = &mut self.assigned {
                    assigned.next_item = Some(0);
                }
            }
            Token::CloseList => self.assigned = None,
            Token::Text(text) | Token::Word(text) => match self.assigned.take() {
                Some(assigned) => self.value(assigned, text),
                // The label of a block (`loki.source.kafka "in" {`) does not name it.
                None if matches!(token, Token::Word(_)) => {
                    self.is_conditional |= matches!(text, "if" | "else");
                    self.last = text;
                }
                None => {}
            },
        }
        self.blocks.len() <= MAX_DEPTH
    }

    fn value(&mut self, assigned: Assigned<'a>, value: &'a str) {
        let key = self.key(assigned.name);
        let key = match assigned.next_item {
            Some(index) => key.and_then(|key| join(&key, &index.to_string())),
            None => key,
        };
        let span = span_of(self.text, value);
        self.entries.extend(key.map(|key| Entry { key, value: unescaped(value), span }));
        if let Some(index) = assigned.next_item {
            self.assigned = Some(Assigned { next_item: Some(index + 1), ..assigned });
        } else {
            self.last = "";
        }
    }

    /// The key of something in the innermost block.
    fn key(&self, name: &str) -> Option<String> {
        match self.blocks.last() {
            Some(block) => join(block.as_deref()?, name),
            None => join("", name),
        }
    }
}

/// A string with the quotes in it decoded.
fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\'", "'")
}

enum Token<'a> {
    /// `{` or `(`.
    Open,
    Close,
    OpenList,
    CloseList,
    /// `=>` or `=`.
    Assign,
    /// A string, without its quotes.
    Text(&'a str),
    Word(&'a str),
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
            let first = self.rest.chars().next()?;
            let is_comment = first == '#' || self.rest.starts_with("//");
            if is_comment {
                self.skip(self.rest.find('\n').unwrap_or(self.rest.len()));
                continue;
            }
            if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
                continue;
            }
            if is_word(first) {
                let end = self.rest.find(|character| !is_word(character)).unwrap_or(self.rest.len());
                return Some(Token::Word(self.skip(end)));
            }
            if matches!(first, '"' | '\'') {
                return Some(Token::Text(self.string(first)));
            }
            // Comparisons in Logstash's conditions assign nothing.
            let operator =
                ["==", "!=", "<=", ">=", "=~", "!~", "=>", "="].iter().find(|sign| self.rest.starts_with(**sign));
            if let Some(operator) = operator {
                self.skip(operator.len());
                if matches!(*operator, "=>" | "=") {
                    return Some(Token::Assign);
                }
                continue;
            }
            self.skip(first.len_utf8());
            match first {
                '{' | '(' => return Some(Token::Open),
                '}' | ')' => return Some(Token::Close),
                '[' => return Some(Token::OpenList),
                ']' => return Some(Token::CloseList),
                _ => {}
            }
        }
    }

    fn string(&mut self, quote: char) -> &'a str {
        self.skip(1);
        let mut is_escaped = false;
        let end = self.rest.find(|character| {
            let ends = character == quote && !is_escaped;
            is_escaped = character == '\\' && !is_escaped;
            ends
        });
        let inside = self.skip(end.unwrap_or(self.rest.len()));
        self.skip(usize::from(end.is_some()));
        inside
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '-' | ':' | '@' | '$' | '*')
}
