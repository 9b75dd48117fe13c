//! The result of a shell in the container for a text, as far as it is known without running it.

use super::value::{Unknown, UnknownReason, Value};

/// The output of a command, such as `HOSTNAME_COMMAND`: `echo` with words, or the container's own name or address.
pub(super) fn output(command: &str, own_name: &str) -> Value {
    let words: Vec<&str> = command.split_ascii_whitespace().collect();
    let is_plain = |word: &&str| !word.contains(['$', '`', '|', ';', '&', '<', '>', '(', '*', '\\', '\'', '"']);
    match words.as_slice() {
        ["echo", rest @ ..] if !rest.is_empty() && rest.iter().all(is_plain) => Value::known(rest.join(" ")),
        ["hostname"] | ["hostname", "-s" | "-f" | "-i" | "-I"] => Value::known(own_name),
        _ => Value::unknown(UnknownReason::Shell(command.to_owned())),
    }
}

/// A text after a shell's expansion of `$X`, `${X}`, `${X:-default}` and `$$X` as Compose writes them, `lookup` telling the container's
/// variables. Other expressions stay in the shape.
pub(super) fn expanded(text: &str, lookup: &dyn Fn(&str) -> Value) -> Value {
    let mut result = Value::known("");
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        result = joined(result, Value::known(&rest[..dollar]));
        let behind = rest[dollar..].trim_start_matches('$');
        let (value, after) = reference(behind, lookup).unwrap_or_else(|| {
            let shell = UnknownReason::Shell(format!("${behind}"));
            (Value::Unknown(Unknown { reason: shell, shape: Some("${…}".to_owned()) }), "")
        });
        result = joined(result, value);
        rest = after;
    }
    joined(result, Value::known(rest))
}

/// The value of the reference that follows a dollar, and what follows it.
fn reference<'a>(behind: &'a str, lookup: &dyn Fn(&str) -> Value) -> Option<(Value, &'a str)> {
    let name_end = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let Some(inside) = behind.strip_prefix('{') else {
        let end = name_end(behind);
        return (end > 0).then(|| (lookup(&behind[..end]), &behind[end..]));
    };
    let (inside, after) = inside.split_once('}')?;
    let (name, operator) = inside.split_at(name_end(inside));
    let value = match operator {
        "" => lookup(name),
        _ => {
            let default = operator.strip_prefix(":-").or_else(|| operator.strip_prefix('-'))?;
            match lookup(name) {
                Value::Known(text) if text.is_empty() => Value::known(default),
                value => value,
            }
        }
    };
    (!name.is_empty()).then_some((value, after))
}

/// Two values one after the other.
pub(super) fn joined(first: Value, second: Value) -> Value {
    match (first, second) {
        (Value::Known(first), Value::Known(second)) => Value::Known(first + &second),
        (first, second) => {
            let shape = |value: &Value| value.shape().unwrap_or("${…}").to_owned();
            let shape = Some(shape(&first) + &shape(&second));
            let reason = first.reason().or(second.reason()).cloned().unwrap_or(UnknownReason::Script);
            Value::Unknown(Unknown { reason, shape })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_prints_a_constant_is_understood() {
        for (command, expected) in [
            ("echo kafka", Some("kafka")),
            ("hostname", Some("own")),
            ("hostname -i", Some("own")),
            ("echo $HOST", None),
            ("curl http://169.254.169.254/latest/meta-data/public-hostname", None),
            ("docker info | grep ^Name: | cut -d' ' -f 2", None),
        ] {
            assert_eq!(output(command, "own").text(), expected, "{command}");
        }
    }

    #[test]
    fn a_reference_takes_the_containers_variable() {
        let lookup = |name: &str| Value::known(if name == "HOST" { "kafka" } else { "" });
        for (text, expected) in [
            ("A://$HOST:1", Some("A://kafka:1")),
            ("A://$${HOST}:1", Some("A://kafka:1")),
            ("A://${NONE:-localhost}:1", Some("A://localhost:1")),
            ("A://${NONE}:1", Some("A://:1")),
            ("A://$(hostname):1", None),
            ("A://:1", Some("A://:1")),
        ] {
            assert_eq!(expanded(text, &lookup).text(), expected, "{text}");
        }
        assert_eq!(expanded("A://$(hostname):1", &lookup).shape(), Some("A://${…}"));
    }
}
