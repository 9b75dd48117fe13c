//! Mutated texts: always the same ones, so that a failure can be looked at again.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::PathBuf;
use std::time::Duration;

/// How long to look, in seconds; `COMPOSEFIX_MUTATION_SECONDS` overrides it.
const SECONDS: u64 = 2;

/// Compose files next to the repository, if they exist; `COMPOSEFIX_CORPUS` names another folder.
const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");

/// How long to look.
pub fn time() -> Duration {
    let named = std::env::var("COMPOSEFIX_MUTATION_SECONDS").ok();
    Duration::from_secs(named.map_or(SECONDS, |value| value.parse().expect("a number of seconds")))
}

/// What is put into a text: the indicators, and what makes them end or begin.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "\"", "'", "[", "]", "{", "}", ",", ":", ": ", "- ", "-", "? ", "?", "#", " # c", "\t", "\n", "\r", "\r\n", " ", "  ", "\n  ", "\n\n",
    "&a ", "*a", "*a ", "&b", "!t ", "!!str ", "!", "!<x> ", "|", ">", "|+\n", ">-\n", "|2\n", "|+1 # c\n", "---", "...", "\n---\n",
    "\n...\n", "--- ", "%YAML 1.1\n---\n", "%x", "\u{feff}", "é", "ключ", "\u{85}", "\u{2028}", "\u{1f980}", "\0", "\u{7}", "<<: *a\n",
    "\\", "\\\n", "''", "\"\"", "[]", "{}", "[a, \"b\"\n]", "a: b\n", "- a\n", "~", "@", "`", "${A}", "$", "=", "key: &a\n", "x:\n\n\n",
];

/// xorshift64*: the same inputs every time (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled").
pub struct Random(u64);

impl Default for Random {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Random {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(bits).unwrap_or(0) % bound.max(1)
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// The byte offset of a character of `text`, or its end.
    pub fn place(&mut self, text: &str) -> usize {
        floor_boundary(text, self.below(text.len() + 1))
    }

    /// A place and another a few bytes later.
    fn stretch(&mut self, text: &str) -> std::ops::Range<usize> {
        let start = self.place(text);
        start..floor_boundary(text, (start + 1 + self.below(12)).min(text.len())).max(start)
    }

    pub fn mutate(&mut self, text: &mut String, others: &[&str]) {
        match self.below(9) {
            0 => drop(text.drain(self.stretch(text))),
            1 => {
                let copy = text[self.stretch(text)].to_owned();
                text.insert_str(self.place(text), &copy);
            }
            2 => {
                let other = self.pick(others);
                let copy = other[self.stretch(other)].to_owned();
                text.insert_str(self.place(text), &copy);
            }
            3 => text.truncate(self.place(text)),
            4 => {
                // One line more or less indented.
                let place = self.place(text);
                let start = text[..place].rfind(['\n', '\r']).map_or(0, |i| i + 1);
                match self.below(3) {
                    0 if text[start..].starts_with(' ') => drop(text.remove(start)),
                    1 => text.insert(start, '\t'),
                    _ => text.insert_str(start, &" ".repeat(1 + self.below(4))),
                }
            }
            5 => {
                let piece = self.pick(PIECES);
                text.replace_range(self.stretch(text), piece);
            }
            _ => text.insert_str(self.place(text), self.pick(PIECES)),
        }
    }
}

/// The nearest character boundary at or before an offset.
pub fn floor_boundary(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The YAML files of the corpus; none where it does not exist.
pub fn corpus() -> Vec<String> {
    let mut texts = Vec::new();
    let mut folders = vec![PathBuf::from(std::env::var("COMPOSEFIX_CORPUS").unwrap_or_else(|_| CORPUS.to_owned()))];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml") {
                texts.extend(std::fs::read_to_string(path));
            }
        }
    }
    texts.sort();
    texts
}
