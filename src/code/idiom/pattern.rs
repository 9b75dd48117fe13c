//! Patterns over code in which strings are numbers, and what they find.
//!
//! They are regular expressions with three extensions. A space matches any white space or none, `NAME` a string or a constant that contains
//! one, and `DEFAULT` a string, a number, a list of strings or a constant.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::hash::Hasher as _;
use std::sync::OnceLock;

use regex::{Captures, Match, Regex};
use rustc_hash::FxHasher;

use super::lexer::{Source, Syntax};

const NAME: &str = r#"(?<name>"\d+"|[A-Za-z_][\w.]*)"#;
const DEFAULT: &str = r#"(?<default>\[ "\d+"(?: , "\d+")* ,? \]|"\d+"|\d+\b|[A-Za-z_][\w.]*)"#;
/// Matches a string or a name without capturing it.
const ANY: &str = r#"(?:"\d+"|[A-Za-z_][\w.]*)"#;
/// Matches the definition of a constant, with or without its type.
static CONSTANTS: [Pattern; 2] = [
    Pattern::new(&["="], r#"\b(?<word>[A-Za-z_]\w*)(?: : [&'\w?]+| string)? :?= "(?<number>\d+)""#),
    Pattern::new(&["#define"], r#"#define\s+(?<word>[A-Za-z_]\w*)\s+"(?<number>\d+)""#),
];
/// A function with `env` in its name, or in that of its owner, asked for a name in capitals.
static HELPER: Pattern = Pattern::without_word(concat!(
    r"\b(?<function>(?:\w+\??\.)?\w*[eE](?:nv|NV)\w*(?:(?:\.|::)\w+)?)(?:<[\w\[\],]*>)?",
    r" \( NAME(?: , (?:default [:=] )?DEFAULT)?"
));
/// A function that by its name may read any settings: with a name in capitals and a default, it reads the environment.
static SETTING: Pattern = Pattern::without_word(concat!(
    r"\b(?<function>\w*(?:[sS]etting|[cC]onf|[lL]ookup|[pP]aram|[oO]ption|[fF]allback|[dD]efault)\w*)(?:<[\w\[\],]*>)?",
    r" \( NAME , (?:default [:=] )?DEFAULT"
));
/// The head of a function, in the languages that have a sign before its body.
static FUNCTION: Pattern = Pattern::without_word(
    r"\b(?<function>[A-Za-z_]\w*)(?: = (?:async )?)? \((?<parameters>[^()]*)\)(?: (?:->|:)? [\w\[\]<>?,.&* ]{1,60}?)? (?:\{|=>|:|=)",
);
/// What those functions have in their names.
const HELPER_WORDS: &[&str] = &["env", "Env", "ENV", "eNV"];
const SETTING_WORDS: &[&str] = &["etting", "onf", "ookup", "aram", "ption", "allback", "efault"];
/// The limit for the number of functions of a file, and for the length of their names, which form a pattern.
const MAX_WRAPPERS: usize = 16;
const MAX_NAME: usize = 64;
/// The largest distance from a read to its default, in characters of code.
const REACH: usize = 400;

/// A pattern that is compiled when a text first has one of its words: most files have none, and compiling costs more than looking through
/// all of a file.
#[derive(Debug)]
pub(super) struct Pattern {
    /// Every match has one of them in it.
    words: &'static [&'static str],
    text: &'static str,
    regex: OnceLock<Regex>,
}

impl Pattern {
    pub const fn new(words: &'static [&'static str], text: &'static str) -> Self {
        Self { words, text, regex: OnceLock::new() }
    }

    /// A pattern that may match without a fixed word.
    pub const fn without_word(text: &'static str) -> Self {
        Self::new(&[""], text)
    }

    /// The expression, if `text` may match it.
    fn regex(&self, text: &str) -> Option<&Regex> {
        let compiled = || self.regex.get_or_init(|| compiled(self.text));
        let may_match = self.words.iter().any(|word| text.contains(word));
        debug_assert!(may_match || !compiled().is_match(text), "{} needs none of {:?}", self.text, self.words);
        may_match.then(compiled)
    }

    /// Whether a text has one of the words that every match has.
    pub fn may_match(&self, text: &str) -> bool {
        self.words.iter().any(|word| text.contains(word))
    }

    pub fn is_match(&self, text: &str) -> bool {
        self.regex(text).is_some_and(|regex| regex.is_match(text))
    }

    pub fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.regex(text)?.find(text)
    }

    pub fn replace_all<'t>(&self, text: &'t str, with: &str) -> Cow<'t, str> {
        self.regex(text).map_or(Cow::Borrowed(text), |regex| regex.replace_all(text, with))
    }

    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.regex(text)?.captures(text)
    }

    pub fn find_iter<'t>(&self, text: &'t str) -> impl Iterator<Item = Match<'t>> {
        self.regex(text).into_iter().flat_map(|regex| regex.find_iter(text))
    }

    pub fn captures_iter<'t>(&self, text: &'t str) -> impl Iterator<Item = Captures<'t>> {
        self.regex(text).into_iter().flat_map(|regex| regex.captures_iter(text))
    }
}

/// A pattern as a regular expression.
fn compiled(pattern: &str) -> Regex {
    let pattern = pattern.replace("ANY", ANY).replace("NAME", NAME).replace("DEFAULT", DEFAULT).replace(' ', r"\s*");
    Regex::new(&ascii(&pattern)).expect("the patterns are constants that the tests compile")
}

/// The pattern with ASCII classes: Unicode classes take a hundred times as long to compile, and their tables are not in the program.
pub fn ascii(pattern: &str) -> String {
    let mut ascii = String::with_capacity(2 * pattern.len());
    let mut symbols = pattern.chars();
    while let Some(symbol) = symbols.next() {
        let class = if symbol == '\\' { symbols.next() } else { None };
        match (symbol, class) {
            (_, Some('w')) => ascii.push_str("[0-9A-Za-z_]"),
            (_, Some('d')) => ascii.push_str("[0-9]"),
            (_, Some('s')) => ascii.push_str(r"[\t-\r ]"),
            (_, Some('S')) => ascii.push_str(r"[^\t-\r ]"),
            (_, Some('b')) => ascii.push_str(r"(?-u:\b)"),
            (_, Some(other)) => {
                debug_assert!(
                    !other.is_ascii_alphabetic() || "nrtx".contains(other),
                    "\\{other} has no ASCII class here"
                );
                ascii.extend(['\\', other]);
            }
            (_, None) => ascii.push(symbol),
        }
    }
    ascii
}

/// The patterns of a language.
pub(super) struct Idioms {
    /// What reads a variable. They capture the name in `NAME`, or bare in a group `word`, which some write for a member: `process.env.X`.
    pub reads: &'static [Pattern],
    /// Patterns for a default after a read. They start with `^`.
    pub fallbacks: &'static [Pattern],
    /// What asks for a key of the configuration.
    pub keys: &'static [Pattern],
}

/// A value in source code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// Items of a list are joined by commas.
    pub text: String,
    /// The strings it was taken from, by their number.
    pub strings: Vec<usize>,
}

/// Something that a source asks its surroundings for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub name: String,
    pub default: Option<Value>,
    /// The keys, the arguments and the names that it is given to.
    pub given_to: Vec<String>,
    /// The line, from 1.
    pub line: usize,
}

impl Request {
    /// One of which nothing shows what it is given to.
    pub(super) const fn new(name: String, default: Option<Value>, line: usize) -> Self {
        Self { name, default, given_to: Vec::new(), line }
    }
}

/// A source with the constants it defines.
pub(super) struct Code<'t> {
    pub source: Source<'t>,
    /// The number of the string that each constant holds; `None` for a name that is given several.
    constants: OnceCell<HashMap<String, Option<usize>>>,
    /// The hash of each word and its place, sorted: one pass for all names that are looked for.
    words: OnceCell<Vec<(u64, usize)>>,
}

impl<'t> Code<'t> {
    pub fn new(syntax: &Syntax, text: &'t str) -> Self {
        Self { source: Source::new(syntax, text), constants: OnceCell::new(), words: OnceCell::new() }
    }

    /// The number of the string that a constant holds.
    fn constant(&self, name: &str) -> Option<usize> {
        let read = || {
            let mut constants = HashMap::new();
            for found in CONSTANTS.iter().flat_map(|pattern| pattern.captures_iter(self.text())) {
                let end = found.get(0).map_or(0, |whole| whole.end());
                let number = found["number"].parse().ok().filter(|_| is_whole(&self.text()[end..]));
                constants.entry(found["word"].to_owned()).and_modify(|held| *held = None).or_insert(number);
            }
            constants
        };
        *self.constants.get_or_init(read).get(name)?
    }

    /// The places of a word in the code, in order.
    pub fn places_of(&self, word: &str) -> impl Iterator<Item = usize> {
        let read = || {
            let mut words = Vec::new();
            let mut at = 0;
            for part in self.text().split_inclusive(|c| !is_word(c)) {
                let word = part.trim_end_matches(|c| !is_word(c));
                words.extend((!word.is_empty()).then(|| (hash(word), at)));
                at += part.len();
            }
            words.sort_unstable();
            words
        };
        let (words, own) = (self.words.get_or_init(read), hash(word));
        let first = words.partition_point(|(hash, _)| *hash < own);
        let same = words[first..].iter().take_while(move |(hash, _)| *hash == own);
        same.map(|(_, at)| *at).filter(move |at| self.text()[*at..].starts_with(word))
    }

    /// The text of the code, in which strings are numbers.
    pub fn text(&self) -> &str {
        &self.source.code
    }

    /// The value of `token`, a capture of `NAME` or `DEFAULT`, if the source contains it.
    pub fn value(&self, token: &str) -> Option<Value> {
        let strings: Vec<usize> = if token.contains('"') {
            token.split('"').skip(1).step_by(2).map(|number| number.parse().ok()).collect::<Option<_>>()?
        } else if token.starts_with(|c: char| c.is_ascii_digit()) {
            return Some(Value { text: token.to_owned(), strings: vec![] });
        } else {
            vec![self.constant(token.rsplit('.').next()?)?]
        };
        let text =
            |&number: &usize| self.source.strings.get(number).filter(|text| !text.has_holes).map(|text| text.text);
        let texts: Vec<&str> = strings.iter().map(text).collect::<Option<_>>()?;
        Some(Value { text: texts.join(","), strings })
    }

    /// The value of the group `default` of what was found in `text`, if it is the whole of an expression.
    pub fn default(&self, text: &str, found: &Captures) -> Option<Value> {
        let token = found.name("default")?;
        if is_whole(&text[token.end()..]) { self.value(token.as_str()) } else { None }
    }

    /// What the patterns of `idioms` find to be read.
    pub fn reads(&self, idioms: &Idioms) -> Vec<Request> {
        let mut reads = self.requests(idioms.reads, idioms.fallbacks);
        reads.extend(self.helpers(idioms.fallbacks));
        reads.extend(self.wrapped(idioms));
        reads
    }

    /// What the patterns of `idioms` find to be asked of the configuration.
    pub fn keys(&self, idioms: &Idioms) -> Vec<Request> {
        self.requests(idioms.keys, idioms.fallbacks)
    }

    fn requests(&self, patterns: &[Pattern], fallbacks: &[Pattern]) -> Vec<Request> {
        let found = patterns.iter().flat_map(|pattern| pattern.captures_iter(self.text()));
        found.filter_map(|found| self.request(&found, fallbacks)).collect()
    }

    /// The calls of functions that by their names seem to read the environment.
    fn helpers(&self, fallbacks: &[Pattern]) -> Vec<Request> {
        let [helpers, settings] = [HELPER_WORDS, SETTING_WORDS].map(|words| self.calls_one_of(words));
        let helpers = helpers.then(|| HELPER.captures_iter(self.text())).into_iter().flatten();
        let settings = settings.then(|| SETTING.captures_iter(self.text())).into_iter().flatten();
        let calls = helpers.chain(settings).filter(|found| {
            // `command.env(X, value)` is how a child process is given one.
            let before = found.get(0).map_or("", |whole| &self.text()[..whole.start()]).trim_end();
            let of_another = &found["function"] == "env" && before.ends_with('.');
            !is_setter(&found["function"]) && !of_another
        });
        calls.filter_map(|found| self.request(&found, fallbacks)).filter(|read| is_capitals(&read.name)).collect()
    }

    /// Whether a function is called with one of `words` in its name, or in that of its owner.
    fn calls_one_of(&self, words: &[&str]) -> bool {
        self.text().match_indices('(').any(|(at, _)| {
            let name = self.text()[..at].trim_end().rsplit(|c: char| !is_word(c) && !".:<>[],".contains(c)).next();
            let mut name = name.unwrap_or_default().rsplit(['.', ':']).filter(|part| !part.is_empty()).take(2);
            name.any(|part| words.iter().any(|word| part.contains(word)))
        })
    }

    /// The calls of functions of the same file that read the variable they are given the name of, whatever they are called.
    fn wrapped(&self, idioms: &Idioms) -> Vec<Request> {
        let reads = idioms.reads.iter().flat_map(|pattern| pattern.captures_iter(self.text()));
        if !reads.filter_map(|found| found.name("name")).any(|name| !name.as_str().starts_with('"')) {
            return vec![];
        }
        let reads_its_parameter = |found: &Captures| {
            let body = found.get(0).map_or("", |whole| self.reach(whole.end()));
            let is_parameter = |name: &str| found["parameters"].split(|c: char| !is_word(c)).any(|word| word == name);
            let mut reads = idioms.reads.iter().filter_map(|pattern| pattern.captures(body)?.name("name"));
            reads.any(|name| is_parameter(name.as_str()))
        };
        let wrappers = FUNCTION.captures_iter(self.text()).filter(reads_its_parameter);
        let names = wrappers.map(|found| found["function"].to_owned()).filter(|name| name.len() <= MAX_NAME);
        let names: Vec<String> = names.take(MAX_WRAPPERS).collect();
        if names.is_empty() {
            return vec![];
        }
        let calls = compiled(&format!(r"\b(?:{}) \( NAME(?: , DEFAULT)?", names.join("|")));
        let found = calls.captures_iter(self.text()).filter_map(|found| self.request(&found, idioms.fallbacks));
        found.filter(|read| is_capitals(&read.name)).collect()
    }

    /// The code from `start` on that belongs to the read.
    fn reach(&self, start: usize) -> &str {
        let behind = &self.text()[start..];
        &behind[..behind.char_indices().nth(REACH).map_or(behind.len(), |(at, _)| at)]
    }

    fn request(&self, found: &Captures, fallbacks: &[Pattern]) -> Option<Request> {
        let end = found.get(0)?.end();
        let at = found.name("word").or(found.name("name"))?;
        let name = if found.name("word").is_some() { at.as_str().to_owned() } else { self.value(at.as_str())?.text };
        let behind = &self.text()[end..];
        // What is given a value there is not read.
        if behind.trim_start().starts_with('=') && !behind.trim_start().starts_with("==") {
            return None;
        }
        let default = self.default(self.text(), found).or_else(|| self.fallback(end, fallbacks));
        let given_to = found.get(0).map(|whole| self.given_to(whole.start())).unwrap_or_default();
        Some(Request { name, default, given_to, line: self.source.line(at.start()) })
    }

    /// The default of the read that ends at `end`.
    fn fallback(&self, end: usize, patterns: &[Pattern]) -> Option<Value> {
        let behind = self.reach(end);
        patterns.iter().find_map(|pattern| self.default(behind, &pattern.captures(behind)?))
    }
}

/// Whether an expression ends before `behind`.
fn is_whole(behind: &str) -> bool {
    !behind.trim_start().starts_with(['+', '(', '%'])
}

/// Whether a function sets or removes a variable, sets a prefix, or is an object's `env`, which may do either.
fn is_setter(function: &str) -> bool {
    static SETTER: Pattern = Pattern::without_word(concat!(
        r"(?:^|[.:])(?:set|unset|put|with|add|del|delete|remove|has|is|prefixed)",
        r"(?:env[a-z_]*|item|var|default|conf(?:ig)?|param|option|_[a-z_]*)?$|[.:]env$",
    ));
    SETTER.is_match(&function.to_ascii_lowercase())
}

fn hash(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(word.as_bytes());
    hasher.finish()
}

pub(super) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether a name is written as those of variables mostly are.
pub(super) fn is_capitals(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}
