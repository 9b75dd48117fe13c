//! Tells strings and comments from code, for all languages by one table each.

/// How a language writes comments and strings.
pub(super) struct Syntax {
    /// What starts a comment that ends with its line.
    pub line_comments: &'static [&'static str],
    /// What starts and ends a comment over several lines.
    pub block_comment: Option<(&'static str, &'static str)>,
    /// The quotes, each before those that it starts with.
    pub quotes: &'static [Quote],
    /// Whether `'x'` is a single character, and a lone `'` means something else.
    pub has_characters: bool,
    /// Whether a slash may start a regular expression.
    pub has_slash_patterns: bool,
}

/// One way to write a string.
pub(super) struct Quote {
    open: &'static str,
    close: &'static str,
    /// Whether a backslash takes the meaning of what follows it.
    escapes: bool,
    /// Whether the string may go over several lines. One that may not ends with its line, so that a stray quote does no
    /// harm below it.
    lines: bool,
    /// What starts a piece of code within the string; a brace ends it.
    hole: Option<&'static str>,
    /// Whether it quotes a list of words.
    words: bool,
}

impl Quote {
    /// A string of one line, with escapes.
    pub const fn new(quote: &'static str) -> Self {
        Self { open: quote, close: quote, escapes: true, lines: false, hole: None, words: false }
    }

    pub const fn pair(open: &'static str, close: &'static str) -> Self {
        Self { open, close, escapes: true, lines: false, hole: None, words: false }
    }

    pub const fn over_lines(self) -> Self {
        Self { lines: true, ..self }
    }

    pub const fn raw(self) -> Self {
        Self { escapes: false, lines: true, ..self }
    }

    /// The quotes around a list of words, each a string.
    pub const fn of_words(self) -> Self {
        Self { words: true, ..self }
    }

    pub const fn with_hole(self, hole: &'static str) -> Self {
        Self { hole: Some(hole), ..self }
    }
}

/// A string of the source.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text<'t> {
    /// What is between the quotes, escapes and holes as written.
    pub text: &'t str,
    /// Whether code within it decides its value.
    pub has_holes: bool,
    /// The line of its opening quote, from 1.
    pub line: usize,
    /// Where its number is in the code, in bytes.
    pub at: usize,
}

/// A source file in which every string is replaced by its number.
pub(super) struct Source<'t> {
    /// The code: without comments, each string written as `"0"`, `"1"`, … by its place in `strings`. It has the lines
    /// of the file. The code in a string's holes follows the string's number, in braces.
    pub code: String,
    pub strings: Vec<Text<'t>>,
    /// Where each line of `code` starts, in bytes.
    line_starts: Vec<usize>,
}

impl<'t> Source<'t> {
    /// The source as `syntax` reads it, in time linear in the text.
    pub fn new(syntax: &Syntax, text: &'t str) -> Self {
        let mut lexer = Lexer { syntax, text, at: 0, line: 1, code: String::new(), strings: Vec::new(), open: vec![] };
        lexer.run();
        let ends = lexer.code.match_indices('\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(ends).collect();
        Self { code: lexer.code, strings: lexer.strings, line_starts }
    }

    /// The line, from 1, of a byte of `code`.
    pub fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= at)
    }

    /// The string for a number in `code`, without its quotes.
    pub fn string(&self, number: &str) -> Option<&Text<'t>> {
        self.strings.get(number.parse::<usize>().ok()?)
    }
}

/// A string that waits for a piece of code within it to end.
struct Open<'s> {
    quote: &'s Quote,
    string: usize,
    /// Where its text starts.
    start: usize,
    /// How many braces are open in its code.
    braces: usize,
}

struct Lexer<'s, 't> {
    syntax: &'s Syntax,
    text: &'t str,
    at: usize,
    line: usize,
    code: String,
    strings: Vec<Text<'t>>,
    open: Vec<Open<'s>>,
}

impl<'s, 't> Lexer<'s, 't> {
    fn run(&mut self) {
        while let Some(next) = self.rest().chars().next() {
            if let Some(end) = self.comment() {
                self.skip(end);
            } else if let Some(end) = self.character().or_else(|| self.slash_pattern()) {
                self.code.push('\'');
                self.skip(end);
                self.code.push('\'');
            } else if let Some(quote) = self.syntax.quotes.iter().find(|quote| self.rest().starts_with(quote.open)) {
                if quote.words {
                    self.words(quote);
                    continue;
                }
                self.push(Text { text: "", has_holes: false, line: self.line, at: self.code.len() });
                self.at += quote.open.len();
                self.string(Open { quote, string: self.strings.len() - 1, start: self.at, braces: 0 });
            } else {
                self.symbol(next);
            }
        }
        for open in std::mem::take(&mut self.open) {
            self.strings[open.string].text = &self.text[open.start..];
        }
    }

    /// Adds a string, and its number to the code.
    fn push(&mut self, text: Text<'t>) {
        self.code.push_str(&format!("\"{}\"", self.strings.len()));
        self.strings.push(text);
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Skips the text before `end`, except line breaks.
    fn skip(&mut self, end: usize) {
        let lines = self.text[self.at..end].matches('\n').count();
        self.code.push(' ');
        self.code.extend(std::iter::repeat_n('\n', lines));
        self.line += lines;
        self.at = end;
    }

    /// One character of code.
    fn symbol(&mut self, symbol: char) {
        match (symbol, self.open.last_mut()) {
            ('{', Some(open)) => open.braces += 1,
            ('}', Some(open)) if open.braces > 0 => open.braces -= 1,
            ('}', Some(_)) => {
                self.code.push('}');
                self.at += 1;
                if let Some(open) = self.open.pop() {
                    self.string(open);
                }
                return;
            }
            ('\n', _) => self.line += 1,
            _ => {}
        }
        self.code.push(symbol);
        self.at += symbol.len_utf8();
    }

    /// A list of words: a list of strings.
    fn words(&mut self, quote: &Quote) {
        let inner = &self.rest()[quote.open.len()..];
        let inner = &inner[..inner.find(quote.close).unwrap_or(inner.len())];
        let start = self.at + quote.open.len();
        self.code.push('[');
        for line in inner.split_inclusive('\n') {
            for word in line.split_whitespace() {
                self.push(Text { text: word, has_holes: false, line: self.line, at: self.code.len() });
                self.code.push_str(", ");
            }
            if line.ends_with('\n') {
                self.code.push('\n');
                self.line += 1;
            }
        }
        self.code.push(']');
        self.at = (start + inner.len() + quote.close.len()).min(self.text.len());
    }

    /// Goes on in a string, to its end or to the next code in it.
    fn string(&mut self, open: Open<'s>) {
        let (quote, bytes) = (open.quote, self.text.as_bytes());
        let mut end = self.at;
        while end < bytes.len() {
            let rest = &bytes[end..];
            if quote.escapes && rest[0] == b'\\' {
                end += 2;
            } else if rest.starts_with(quote.close.as_bytes()) || (rest[0] == b'\n' && !quote.lines) {
                break;
            } else if quote.hole.is_some_and(|hole| starts_hole(rest, hole)) {
                let end = end + quote.hole.map_or(0, str::len);
                self.strings[open.string].has_holes = true;
                self.newlines(end);
                self.code.push('{');
                self.at = end;
                self.open.push(open);
                return;
            } else {
                end += if rest.starts_with(b"{{") { 2 } else { 1 };
            }
        }
        // An escape may have led past the end, or into a character.
        while end < self.text.len() && !self.text.is_char_boundary(end) {
            end += 1;
        }
        let end = end.min(self.text.len());
        self.strings[open.string].text = &self.text[open.start..end];
        self.newlines(end);
        self.at = if self.text[end..].starts_with(quote.close) { end + quote.close.len() } else { end };
    }

    fn newlines(&mut self, end: usize) {
        let lines = self.text[self.at..end].matches('\n').count();
        self.code.extend(std::iter::repeat_n('\n', lines));
        self.line += lines;
    }

    /// Where the comment ends that starts here.
    fn comment(&self) -> Option<usize> {
        let rest = self.rest();
        if let Some((open, close)) = self.syntax.block_comment
            && let Some(inner) = rest.strip_prefix(open)
        {
            let length = inner.find(close).map_or(inner.len(), |at| at + close.len());
            return Some(self.at + open.len() + length);
        }
        self.syntax.line_comments.iter().find(|open| rest.starts_with(**open))?;
        Some(self.at + rest.find('\n').unwrap_or(rest.len()))
    }

    /// Where the single character ends that starts here.
    fn character(&self) -> Option<usize> {
        let inner = self.syntax.has_characters.then(|| self.rest().strip_prefix('\''))??;
        let first = inner.chars().next()?;
        let after = first.len_utf8() + if first == '\\' { inner[1..].chars().next()?.len_utf8() } else { 0 };
        // The longest is `'\u{10FFFF}'`.
        let close = inner[after..].char_indices().take(if first == '\\' { 9 } else { 1 }).find(|(_, c)| *c == '\'')?.0;
        Some(self.at + 1 + after + close + 1)
    }

    /// Where the regular expression ends that starts here.
    fn slash_pattern(&self) -> Option<usize> {
        let inner = self.syntax.has_slash_patterns.then(|| self.rest().strip_prefix('/'))??;
        let before = self.code.trim_end_matches([' ', '\t']).chars().next_back().unwrap_or('\n');
        if !"(,=:[!&|?{};\n".contains(before) {
            return None;
        }
        let (mut in_class, mut escaped) = (false, false);
        for (at, symbol) in inner.char_indices() {
            match symbol {
                '\n' => return None,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => return Some(self.at + 1 + at + 1),
                _ => {}
            }
        }
        None
    }
}

/// Whether code starts here. A doubled brace is the brace itself where a single one starts code.
fn starts_hole(rest: &[u8], hole: &str) -> bool {
    rest.starts_with(hole.as_bytes()) && !(hole == "{" && rest.starts_with(b"{{"))
}
