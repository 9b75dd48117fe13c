//! The words of a name.

use std::borrow::Cow;
use std::ops::Range;

/// The words of a name in capitals, without the digits at the end of a word.
pub(super) struct Words<'a> {
    /// The words with `_` between them.
    text: Cow<'a, str>,
    /// Where each begins.
    starts: Vec<usize>,
}

impl<'a> Words<'a> {
    /// Takes a name apart at whatever is neither a letter nor a digit, and at a change of case: `kafkaURL` is `KAFKA` and `URL`, `HTTPServer`
    /// is `HTTP` and `SERVER`.
    pub(super) fn of(name: &'a str) -> Self {
        Self::of_plain(name).unwrap_or_else(|| {
            let upper = name.to_ascii_uppercase();
            Self::joined(word_ranges(name).map(|word| &upper[word]))
        })
    }

    /// Takes words in capitals, in each of which there may be several with `_` between them.
    pub(super) fn joined(words: impl Iterator<Item = impl AsRef<str>>) -> Self {
        let (mut text, mut starts) = (String::with_capacity(64), Vec::with_capacity(8));
        for word in words {
            if !text.is_empty() {
                text.push('_');
            }
            let start = text.len();
            text.push_str(word.as_ref());
            starts.push(start);
            starts.extend(word.as_ref().match_indices('_').map(|(at, _)| start + at + 1));
        }
        Self { text: text.into(), starts }
    }

    /// Most names need no work: they are nothing but capitals with `_` between words.
    fn of_plain(name: &'a str) -> Option<Self> {
        let mut starts = Vec::with_capacity(8);
        let mut is_start = true;
        for (at, byte) in name.bytes().enumerate() {
            if byte.is_ascii_uppercase() {
                if is_start {
                    starts.push(at);
                }
                is_start = false;
            } else if byte == b'_' && !is_start {
                is_start = true;
            } else {
                return None;
            }
        }
        (!is_start).then_some(Self { text: name.into(), starts })
    }

    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// All of them, with `_` between.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// One of them.
    pub(super) fn at(&self, index: usize) -> &str {
        &self.text[self.starts[index]..self.end_of(index)]
    }

    /// The words before one of them that is not the first.
    pub(super) fn before(&self, index: usize) -> &str {
        &self.text[..self.starts[index].saturating_sub(1)]
    }

    /// The words from one on.
    pub(super) fn from(&self, index: usize) -> &str {
        &self.text[self.starts[index]..]
    }

    /// The words from one to before another.
    pub(super) fn range(&self, from: usize, to: usize) -> &str {
        &self.text[self.starts[from]..self.end_of(to - 1)]
    }

    fn end_of(&self, index: usize) -> usize {
        self.starts.get(index + 1).map_or(self.text.len(), |next| next - 1)
    }
}

/// Where the words of a name are that have more than digits.
fn word_ranges(name: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = name.as_bytes();
    let starts_word = |at: usize| {
        let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        bytes[at].is_ascii_uppercase()
            && (bytes[at - 1].is_ascii_lowercase() || (bytes[at - 1].is_ascii_uppercase() && next_is_lower))
    };
    let mut at = 0;
    let ranges = std::iter::from_fn(move || {
        while bytes.get(at).is_some_and(|byte| !byte.is_ascii_alphanumeric()) {
            at += 1;
        }
        let start = at;
        while bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) && (at == start || !starts_word(at)) {
            at += 1;
        }
        let digits = bytes[start..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        (at > start).then_some(start..at - digits)
    });
    ranges.filter(|range| !range.is_empty())
}
