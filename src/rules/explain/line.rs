//! A line of a log as its program printed it: without the container's name, colors and JSON around it.

use serde_json::Value;

/// JSON messages may contain JSON again, as written by Docker's log driver and by log shippers.
const NESTED_JSON: usize = 3;

/// How far into a line JSON may begin: after a time, at most.
const BEFORE_JSON: usize = 64;

/// The keys that hold the message, in the order in which they are tried: those of zap, logrus, zerolog, pino, winston, Logback,
/// Docker's json-file driver and Fluent Bit.
const MESSAGE_KEYS: [&str; 7] = ["message", "msg", "log", "short_message", "MESSAGE", "error", "err"];

/// A line, cleaned.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The container, where `docker compose logs` names it.
    pub container: Option<String>,
    /// The message alone, for people.
    pub message: String,
    /// The message and, from JSON, the other fields as `key=value`.
    pub text: String,
}

impl Line {
    /// Reads any bytes, without their line break.
    pub fn read(raw: &[u8]) -> Self {
        // PowerShell writes UTF-16: without the zero bytes, its ASCII is what it was.
        let bytes: Vec<u8> = raw.iter().copied().filter(|byte| *byte != 0).collect();
        let decoded = String::from_utf8_lossy(&bytes);
        let plain = without_colours(decoded.trim_start_matches(['\u{feff}', '\u{fffd}']));
        let (container, rest) = without_container(&plain);
        let (message, text) = match fields(rest, NESTED_JSON) {
            Some((message, others)) => (message.clone(), format!("{message}{others}")),
            None => (rest.trim().to_owned(), rest.trim().to_owned()),
        };
        Self { container, message: message.lines().next().unwrap_or_default().trim().to_owned(), text }
    }
}

/// Drops the escape sequences of ECMA-48: colors, cursor movements, window titles.
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\u{1b}') {
            (_, true) => match chars.next() {
                Some('[') => drop(chars.find(|c| ('\u{40}'..='\u{7e}').contains(c))),
                Some(']') => drop(chars.find(|c| matches!(c, '\u{7}' | '\\'))),
                _ => {}
            },
            ('\r', _) => {}
            _ => out.push(c),
        }
    }
    out
}

/// Splits `kafka-1  | message` and `kafka-1 exited with code 1`, as Compose prints them, into the container's name and the message.
fn without_container(text: &str) -> (Option<String>, &str) {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.-@".contains(c);
    let is_name = |name: &str| name.chars().all(fits) && name.contains(|c: char| c.is_ascii_alphabetic());
    if let Some((before, after)) = text.split_once('|') {
        let name = before.trim_end();
        if name.len() < before.len() && is_name(name) {
            return (Some(name.to_owned()), after.strip_prefix(' ').unwrap_or(after));
        }
    }
    let exited = text.split_once(' ').filter(|(name, rest)| rest.starts_with("exited with code ") && is_name(name));
    (exited.map(|(name, _)| name.to_owned()), text)
}

/// The message of a line in JSON, and its other fields, each after a space.
fn fields(text: &str, depth: usize) -> Option<(String, String)> {
    let text = text.trim();
    let start = text.find('{').filter(|start| *start <= BEFORE_JSON && text.ends_with('}') && depth > 0)?;
    let Ok(Value::Object(map)) = serde_json::from_str(&text[start..]) else { return None };
    let key = MESSAGE_KEYS.into_iter().find(|key| map.get(*key).is_some_and(Value::is_string));
    let mut others = String::new();
    for (name, value) in map.iter().filter(|(name, _)| Some(name.as_str()) != key) {
        add_field(&mut others, name, value);
    }
    let message = key.and_then(|key| map[key].as_str()).unwrap_or_default();
    match fields(message, depth - 1) {
        Some((inner, inner_others)) => Some((inner, inner_others + &others)),
        None => Some((message.to_owned(), others)),
    }
}

/// How deep the value nests is limited by the JSON parser.
fn add_field(out: &mut String, name: &str, value: &Value) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| add_field(out, name, value)),
        Value::Array(items) => items.iter().for_each(|item| add_field(out, name, item)),
        Value::String(text) => out.extend([" ", name, "=", text]),
        other => out.extend([" ", name, "=", other.to_string().as_str()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> (Option<String>, String) {
        let Line { container, text, .. } = Line::read(raw.as_bytes());
        (container, text)
    }

    #[test]
    fn the_name_of_the_container_is_taken_off() {
        for (raw, container, text) in [
            ("payment-1  | connect ECONNREFUSED ::1:9092", Some("payment-1"), "connect ECONNREFUSED ::1:9092"),
            ("\u{1b}[36mshop_app_1 |\u{1b}[0m \u{1b}[31mERROR\u{1b}[39m refused", Some("shop_app_1"), "ERROR refused"),
            (
                "%3|1718878105.022|FAIL|rdkafka#producer-1| kafka",
                None,
                "%3|1718878105.022|FAIL|rdkafka#producer-1| kafka",
            ),
            ("12:00 WARN [admin | ui] refused", None, "12:00 WARN [admin | ui] refused"),
            ("2024 | refused", None, "2024 | refused"),
            ("kafka-1 exited with code 1", Some("kafka-1"), "kafka-1 exited with code 1"),
        ] {
            assert_eq!(read(raw), (container.map(str::to_owned), text.to_owned()), "{raw}");
        }
    }

    #[test]
    fn json_becomes_its_message_and_its_fields() {
        let line = Line::read(br#"app | {"level":"ERROR","broker":"kafka:9092","message":"refused\nat x","n":1}"#);
        assert_eq!(line.message, "refused");
        assert_eq!(line.text, "refused\nat x broker=kafka:9092 level=ERROR n=1");
        let (_, text) =
            read(r#"2024-01-01T00:00:00Z {"log":"{\"msg\":\"no broker\",\"addr\":\"kafka:9092\"}\n","tag":"app"}"#);
        assert_eq!(text, "no broker addr=kafka:9092 tag=app");
    }

    #[test]
    fn what_is_not_json_stays() {
        for raw in ["{orders=LEADER_NOT_AVAILABLE}", "{", "}", "{\"a\":", "metadata : {orders=NOT_LEADER}"] {
            assert_eq!(read(raw).1, raw);
        }
    }

    #[test]
    fn any_bytes_are_read() {
        assert_eq!(Line::read(b"\xff\xfer\0e\0f\0u\0s\0e\0d\0").text, "refused");
        assert_eq!(Line::read(b"a\xc3\x28\x1b[").text, "a\u{fffd}(");
        assert_eq!(Line::read(b"\x1b]0;title\x07a\x1b[2Jb\r").text, "ab");
        let deep = "[".repeat(100_000);
        assert_eq!(read(&format!("{{\"a\":{deep}}}")).1.len(), deep.len() + 6);
    }
}
