//! What a value in code is given to: a key, an argument or a name, and what that name is given to elsewhere in the file.

use super::pattern::{Code, Pattern, is_word};
use crate::code::Call;

/// The key or name before `:`, `=`, `=>` or a comma, and before what opens a list or a call.
static TARGET: Pattern =
    Pattern::without_word(r#"(?<name>"\d+"|[A-Za-z_][\w.]*) \]? (?:=>|:=|[:=,]) (?:[\w.&\]]* [\[({] )*$"#);
/// The name that holds the result of the call which comes after it.
static HOLDER: Pattern =
    Pattern::without_word(r"\b(?<name>[A-Za-z_]\w*) (?:: [\w.\[\]| ]{1,60})? = (?:\w+\.)?(?:Option|Argument) $");
/// How far before a value that may be, and how far before it its call may begin, in characters of code.
const BEFORE: usize = 120;
const CALL: usize = 400;
/// The limit for the places at which a name is looked for.
const MAX_PLACES: usize = 64;

/// What a value is given to.
enum Target {
    /// A string: a key.
    Key(String),
    /// A name: an argument, a field, a variable.
    Name(String),
}

impl Target {
    fn into_text(self) -> String {
        match self {
            Self::Key(text) | Self::Name(text) => text,
        }
    }
}

impl Code<'_> {
    /// What the expression at `start` is given to, and what the name that holds it is given to.
    pub(super) fn given_to(&self, start: usize) -> Vec<String> {
        let target = self.target(start);
        let of_flag = self.flag(start);
        let name = of_flag.as_deref().or(match &target {
            Some(Target::Name(name)) => Some(name.as_str()),
            _ => None,
        });
        let others = name.map(|name| self.targets_of(name)).unwrap_or_default();
        target.into_iter().chain(others).map(Target::into_text).collect()
    }

    /// What the expression at `start` is given to.
    fn target(&self, start: usize) -> Option<Target> {
        // It may be a member: `os.environ`, `args.servers`.
        let before = self.before(start, BEFORE).trim_end_matches(|c: char| is_word(c) || c == '.');
        let found = TARGET.captures(before)?;
        let name = found.name("name")?.as_str();
        match name.strip_prefix('"').and_then(|number| number.strip_suffix('"')) {
            Some(number) => Some(Target::Key(self.source.string(number)?.text.to_owned())),
            None => name.rsplit('.').next().map(|name| Target::Name(name.to_owned())),
        }
    }

    /// What a name is given to, unless it is given several values.
    fn targets_of(&self, name: &str) -> Vec<Target> {
        let (mut targets, mut definitions) = (Vec::new(), 0);
        for at in self.places_of(name).take(MAX_PLACES) {
            let behind = &self.text()[at + name.len()..];
            if behind.starts_with(|c: char| is_word(c) || "(\"".contains(c)) {
                continue;
            }
            if defines(behind, name) {
                definitions += 1;
            } else if !behind.starts_with('.') || behind.starts_with(".split(") {
                targets.extend(self.target(at));
            }
        }
        if definitions > 1 { Vec::new() } else { targets }
    }

    /// The call in which the expression at `start` is the value of a setting.
    pub(super) fn call(&self, start: usize) -> Option<Call> {
        let (Target::Key(setting) | Target::Name(setting)) = self.target(start)?;
        let (before, open) = self.open_call(start)?;
        let function = before[..open].trim_end().rsplit(|c: char| !is_word(c)).next()?;
        (!function.is_empty()).then(|| Call { function: function.to_owned(), setting })
    }

    /// The code before `start`, and where in it the call opens that `start` is in.
    fn open_call(&self, start: usize) -> Option<(&str, usize)> {
        let before = self.before(start, CALL);
        let mut depth = 0;
        let open = before.char_indices().rev().find_map(|(at, symbol)| {
            depth += match symbol {
                ')' => 1,
                '(' => -1,
                _ => 0,
            };
            (depth < 0).then_some(at)
        })?;
        Some((before, open))
    }

    /// The name of the flag whose value or default an expression is: of argparse's and click's `--name`, of a parameter in typer.
    fn flag(&self, start: usize) -> Option<String> {
        let (before, open) = self.open_call(start)?;
        let strings = before[open..].split('"').skip(1).step_by(2).filter_map(|number| self.source.string(number));
        let flag = strings.filter_map(|string| string.text.strip_prefix("--")).next();
        let held = || Some(HOLDER.captures(&before[..open])?["name"].to_owned());
        flag.map(|flag| flag.replace('-', "_")).or_else(held)
    }

    /// The code before `end`, at most this many characters.
    fn before(&self, end: usize, length: usize) -> &str {
        let before = &self.text()[..end];
        let from = before.char_indices().rev().nth(length).map_or(0, |(at, _)| at);
        &before[from..]
    }
}

/// Whether a name gets a value where this is behind it; what is passed on under its own name is none.
fn defines(behind: &str, name: &str) -> bool {
    static VALUE: Pattern = Pattern::without_word(r"^ (?:: [\w.\[\]|<> ]{1,60})? :?= (?<value>[^=\s][^\s,)]*)");
    VALUE.captures(behind).is_some_and(|found| &found["value"] != name)
}
