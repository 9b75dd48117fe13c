//! How programs read their environment: the variables in one source file, found by patterns over its code.
//!
//! Nothing is evaluated. A name or a default counts if it is a string, or a constant of the same file.

mod address;
mod c;
mod dotnet;
mod elixir;
mod given;
mod go;
mod go_struct;
mod javascript;
mod jvm;
mod lexer;
mod overlay;
mod pattern;
mod php;
mod pydantic;
mod python;
mod ruby;
mod rust;
mod rust_settings;
mod shell;

use std::collections::HashSet;

use super::{Language, Literal, Read, Setting};
use lexer::Syntax;
pub use overlay::Overlay;
pub(super) use pattern::ascii;
use pattern::{Code, Request};

/// How a language is read.
struct Reader {
    syntax: Syntax,
    reads: fn(&Code) -> Vec<Request>,
    keys: fn(&Code) -> Vec<Request>,
}

/// The reader of a language; the shell has none, as its strings are code.
fn reader(language: Language) -> Option<Reader> {
    let none: fn(&Code) -> Vec<Request> = |_| vec![];
    let (syntax, reads, keys): (_, fn(&Code) -> Vec<Request>, _) = match language {
        Language::JavaScript => (javascript::SYNTAX, javascript::reads, none),
        Language::Python => (python::SYNTAX, python::reads, python::keys as fn(&Code) -> Vec<Request>),
        Language::Jvm => (jvm::SYNTAX, jvm::reads, jvm::keys as fn(&Code) -> Vec<Request>),
        Language::Go => (go::SYNTAX, go::reads, go::keys as fn(&Code) -> Vec<Request>),
        Language::DotNet => (dotnet::SYNTAX, dotnet::reads, dotnet::keys as fn(&Code) -> Vec<Request>),
        Language::Rust => (rust::SYNTAX, rust::reads, none),
        Language::Ruby => (ruby::SYNTAX, ruby::reads, none),
        Language::Php => (php::SYNTAX, php::reads, none),
        Language::Elixir => (elixir::SYNTAX, elixir::reads, none),
        Language::C => (c::SYNTAX, c::reads, none),
        Language::Shell => return None,
    };
    Some(Reader { syntax, reads, keys })
}

/// The environment variables and keys that a source file reads.
#[derive(Debug, Default)]
pub struct Said {
    /// The environment variables that it reads, by line, each with its default.
    pub reads: Vec<Read>,
    /// The configuration keys that it asks for, by lines, each with its default as the value, or nothing: `A:B` in .NET, the properties of
    /// Spring and MicroProfile, the keys of Go's viper, and the fields of pydantic's models.
    pub keys: Vec<Setting>,
    /// Its strings that are addresses, by lines, without those that are the default of a variable or a key.
    pub literals: Vec<Literal>,
    /// Whether a string of it joins a host to a port.
    pub joins_port: bool,
}

/// The loaders of a source file that let variables override configuration files, whatever else is in it.
#[must_use]
pub fn overlays(language: Language, text: &str) -> Vec<Overlay> {
    match reader(language).filter(|_| overlay::may_have(language, text)) {
        Some(reader) => overlay::overlays(language, &Code::new(&reader.syntax, text)),
        None => Vec::new(),
    }
}

/// Looks at a source file.
#[must_use]
pub fn look(language: Language, text: &str) -> Said {
    let Some(reader) = reader(language) else {
        let (reads, literals) = (shell::reads(text), shell::literals(text));
        return Said { reads, keys: Vec::new(), literals, joins_port: true };
    };
    let code = Code::new(&reader.syntax, text);
    let (reads, keys) = ((reader.reads)(&code), (reader.keys)(&code));
    let defaults = reads.iter().chain(&keys).filter_map(|request| request.default.as_ref());
    let defaults: HashSet<usize> = defaults.flat_map(|value| &value.strings).copied().collect();
    let strings = code.source.strings.iter().enumerate().filter(|(number, _)| !defaults.contains(number));
    let texts = &code.source.strings;
    let has_key = |number: usize| number.checked_sub(1).is_some_and(|key| ADDRESS_KEYS.contains(&texts[key].text));
    let addresses = strings.filter(|(number, string)| {
        !string.has_holes && (address::is_list(string.text) || string.text == "localhost" && has_key(*number))
    });
    let literal = |(_, string): (usize, &lexer::Text<'_>)| Literal {
        text: string.text.to_owned(),
        call: code.call(string.at),
        line: string.line,
    };
    let literals = addresses.map(literal).collect();
    let read = |request: Request| {
        let default = request.default.map(|value| value.text);
        Read { variable: request.name, default, given_to: request.given_to, line: request.line }
    };
    let setting = |request: Request| {
        let value = request.default.map(|value| value.text).unwrap_or_default();
        Setting { key: request.name, value, profile: None, line: request.line }
    };
    Said {
        reads: in_order(reads).into_iter().filter(|request| is_name(&request.name)).map(read).collect(),
        keys: in_order(keys).into_iter().filter(|request| !request.name.is_empty()).map(setting).collect(),
        literals,
        joins_port: code.source.strings.iter().any(|string| address::joins_port(string.text)),
    }
}

/// The settings of client libraries after which a host alone is an address (confluentinc/librdkafka CONFIGURATION.md).
const ADDRESS_KEYS: [&str; 2] = ["bootstrap.servers", "metadata.broker.list"];

/// Sorted by line, with each name once per line; a read with a default is preferred.
fn in_order(mut requests: Vec<Request>) -> Vec<Request> {
    requests.sort_by(|a, b| (a.line, &a.name, a.default.is_none()).cmp(&(b.line, &b.name, b.default.is_none())));
    requests.dedup_by(|later, earlier| later.line == earlier.line && later.name == earlier.name);
    requests
}

/// Whether a text can be the name of a variable. Some platforms allow more than letters, and .NET's keys have colons.
fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:-".contains(c))
}

#[cfg(test)]
mod tests;
