//! Placeholders for variables and other entries in the values of configuration files.

/// The limit for nested placeholders in defaults, and for the length in bytes of a value with placeholders.
const MAX_DEPTH: usize = 16;
const MAX_VALUE_BYTES: usize = 4096;

/// A place in a value that is filled when the file is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// The variable, or another entry's key.
    pub name: String,
    /// Its default, which may contain placeholders too.
    pub default: Option<String>,
}

/// A value falls into these.
enum Piece<'a> {
    Text(&'a str),
    Placeholder(Placeholder),
}

/// The placeholders of a value; one in another's default comes after that one.
///
/// `${X}`, `${X:default}` (Spring, Micronaut, SmallRye), `${X:-default}` (shells), `${?X}` (HOCON), `${env:X}` (OpenTelemetry Collector),
/// `%env(X)%` (Symfony), `#{ENV['X']}` and `<%= ENV.fetch("X", "default") %>` (Ruby), `#{systemEnvironment['X']}` (Spring),
/// `{{ .Env.X }}` and `{{ getenv "X" }}` (templates).
#[must_use]
pub fn placeholders(value: &str) -> Vec<Placeholder> {
    let mut found = Vec::new();
    collect(value, MAX_DEPTH, &mut found);
    found
}

fn collect(value: &str, depth: usize, found: &mut Vec<Placeholder>) {
    for piece in pieces(value) {
        if let Piece::Placeholder(placeholder) = piece {
            let default = placeholder.default.clone();
            found.push(placeholder);
            if let (Some(default), 1..) = (default, depth) {
                collect(&default, depth - 1, found);
            }
        }
    }
}

/// The value with its placeholders filled: from `lookup`, which returns the value of a variable or of another entry, else from their
/// defaults. `None` if one has neither.
#[must_use]
pub fn resolve(value: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    resolve_within(value, lookup, MAX_DEPTH)
}

fn resolve_within(value: &str, lookup: &dyn Fn(&str) -> Option<String>, depth: usize) -> Option<String> {
    let mut resolved = String::new();
    for piece in pieces(value) {
        match piece {
            Piece::Text(text) => resolved.push_str(text),
            Piece::Placeholder(Placeholder { name, default }) => match lookup(&name) {
                Some(value) => resolved.push_str(&value),
                None if depth > 0 => resolved.push_str(&resolve_within(&default?, lookup, depth - 1)?),
                None => return None,
            },
        }
    }
    Some(resolved)
}

fn pieces(value: &str) -> Vec<Piece<'_>> {
    if value.len() > MAX_VALUE_BYTES {
        return vec![Piece::Text(value)];
    }
    let mut pieces = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.find(['$', '%', '#', '<', '{']) {
        let (before, at) = rest.split_at(start);
        let (piece, length) = match placeholder(at) {
            Some((placeholder, length)) => (Piece::Placeholder(placeholder), length),
            None => (Piece::Text(&at[..1]), 1),
        };
        pieces.extend([Piece::Text(before), piece]);
        rest = &at[length..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The placeholder that a text begins with, and its length in bytes.
pub(super) fn placeholder(text: &str) -> Option<(Placeholder, usize)> {
    let between = |open: &str, close: &str| {
        let body = text.strip_prefix(open)?;
        let end = body.find(close)?;
        Some((&body[..end], open.len() + end + close.len()))
    };
    if let Some(body) = text.strip_prefix("${") {
        let end = closing_brace(body)?;
        return Some((of_braces(&body[..end])?, end + 3));
    }
    if let Some((body, length)) = between("%env(", ")%") {
        let name = body.rsplit(':').next().unwrap_or(body).to_owned();
        return Some((Placeholder { name, default: None }, length));
    }
    if let Some((body, length)) = between("#{", "}").or_else(|| between("<%=", "%>")) {
        let reads = body.contains("ENV") || body.contains("systemEnvironment");
        return reads.then_some(of_call(body)?).map(|placeholder| (placeholder, length));
    }
    let (body, length) = between("{{", "}}")?;
    Some((of_template(body).into_iter().next()?, length))
}

/// The place of the brace that closes what is open before `body`.
fn closing_brace(body: &str) -> Option<usize> {
    let mut open = 1usize;
    body.char_indices().find_map(|(at, character)| {
        match character {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        (open == 0).then_some(at)
    })
}

/// The content of `${…}`.
fn of_braces(body: &str) -> Option<Placeholder> {
    let body = body.strip_prefix('?').unwrap_or(body);
    let is_variable = |text: &str| text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    let body = body.strip_prefix("env:").filter(|rest| is_variable(rest)).unwrap_or(body);
    let (name, default) = body.split_once(':').map_or((body, None), |(name, default)| (name, Some(default)));
    let name = name.trim();
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']' | '/');
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let default = match default {
        Some(default) if default.starts_with(['?', '+']) => None,
        // Micronaut takes backquotes around a default with colons (docs.micronaut.io, "Property Placeholders").
        Some(default) => Some(default.strip_prefix('-').unwrap_or(default).trim_matches('`').to_owned()),
        None => None,
    };
    Some(Placeholder { name: name.to_owned(), default })
}

/// What a call such as `ENV.fetch("X", "default")` or `ENV["X"] || "default"` reads: its first text, else its second.
fn of_call(body: &str) -> Option<Placeholder> {
    let mut texts = quoted(body).into_iter();
    Some(Placeholder { name: texts.next()?.to_owned(), default: texts.next().map(str::to_owned) })
}

/// The variables that a tag of a template reads.
pub(super) fn of_template(tag: &str) -> Vec<Placeholder> {
    let has_word = |wanted: &[&str]| tag.split(|c: char| !is_word(c)).any(|word| wanted.contains(&word));
    let names = tag.split(".Env.").skip(1).map(|behind| behind.split(|c: char| !is_word(c)).next().unwrap_or_default());
    let default = if has_word(&["default"]) { quoted(tag).into_iter().next().map(str::to_owned) } else { None };
    let read: Vec<Placeholder> = names
        .filter(|name| !name.is_empty())
        .map(|name| Placeholder { name: name.to_owned(), default: default.clone() })
        .collect();
    match read.is_empty() && has_word(&["getenv", "env", "mustEnv", "env_var"]) {
        true => of_call(tag).into_iter().collect(),
        false => read,
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// The texts in single or double quotes.
fn quoted(body: &str) -> Vec<&str> {
    let mut texts = Vec::new();
    let mut rest = body;
    while let Some(start) = rest.find(['"', '\'']) {
        let (quote, inside) = rest[start..].split_at(1);
        let Some((text, behind)) = inside.split_once(quote) else { break };
        texts.push(text);
        rest = behind;
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name and default of a placeholder.
    type Expected = (&'static str, Option<&'static str>);

    #[test]
    fn placeholders_of_every_family_are_found() {
        let cases: [(&str, &[Expected]); 22] = [
            ("kafka:9092", &[]),
            ("${X}", &[("X", None)]),
            ("${X:}", &[("X", Some(""))]),
            ("${X:localhost:9092}", &[("X", Some("localhost:9092"))]),
            ("${X:-localhost:9092}", &[("X", Some("localhost:9092"))]),
            ("${X:?must be set}", &[("X", None)]),
            ("${X:`kafka:9092`}", &[("X", Some("kafka:9092"))]),
            ("${?X}", &[("X", None)]),
            ("${env:X}", &[("X", None)]),
            ("${env:X:-a:1}", &[("X", Some("a:1"))]),
            ("${env:dev}", &[("env", Some("dev"))]),
            ("${A:${B:d}}", &[("A", Some("${B:d}")), ("B", Some("d"))]),
            ("${HOST:localhost}:${PORT:9092}", &[("HOST", Some("localhost")), ("PORT", Some("9092"))]),
            ("${spring.kafka.bootstrap-servers}", &[("spring.kafka.bootstrap-servers", None)]),
            ("#{'${X:a}'.split(',')}", &[("X", Some("a"))]),
            ("%env(resolve:X)%", &[("X", None)]),
            ("#{ENV['X']}", &[("X", None)]),
            ("#{systemEnvironment['X'] ?: 'd'}", &[("X", Some("d"))]),
            ("<%= ENV.fetch(\"X\", \"d\") %>", &[("X", Some("d"))]),
            ("{{ .Env.X }}", &[("X", None)]),
            ("{{ getenv \"X\" \"d\" }}:{{ default .Env.Y \"1\" }}", &[("X", Some("d")), ("Y", Some("1"))]),
            ("${ ${} %env( #{} <%= %> {{ }} $", &[]),
        ];
        for (value, expected) in cases {
            let found = placeholders(value);
            let found: Vec<_> = found.iter().map(|found| (found.name.as_str(), found.default.as_deref())).collect();
            assert_eq!(found, expected, "{value}");
        }
    }

    #[test]
    fn values_are_filled_from_the_environment_then_by_defaults() {
        let environment = |name: &str| (name == "HOST").then(|| "kafka".to_owned());
        for (value, expected) in [
            ("a:1", Some("a:1")),
            ("${HOST:localhost}:${PORT:9092}", Some("kafka:9092")),
            ("${HOST}:${PORT}", None),
            ("${A:${HOST}}", Some("kafka")),
            ("${A:${B:d}}", Some("d")),
            ("50% of $5 # {x}", Some("50% of $5 # {x}")),
            ("{{ .Env.HOST }}:1", Some("kafka:1")),
        ] {
            assert_eq!(resolve(value, &environment).as_deref(), expected, "{value}");
        }
        let deep = "${A:".repeat(100) + &"}".repeat(100);
        assert_eq!(resolve(&deep, &environment), None);
    }
}
