//! Texts that are addresses.

use super::pattern::Pattern;

/// Whether the whole text is `host:port`, or several by commas, each with or without a scheme.
pub(super) fn is_list(text: &str) -> bool {
    static ONE: Pattern = Pattern::new(
        &[":"],
        r"^ (?:[A-Za-z][\w+.-]*://)?(?:[A-Za-z0-9._-]*[A-Za-z][A-Za-z0-9._-]*|(?:\d{1,3}\.){3}\d{1,3}):\d{2,5} $",
    );
    let text = text.trim_end();
    text.strip_suffix(',').unwrap_or(text).split(',').all(|part| ONE.is_match(part))
}

/// Whether a text with holes, or a part of one, joins a host to a port: `{host}:{port}`, `%s:%d`, `:9092`.
pub(super) fn joins_port(text: &str) -> bool {
    static JOIN: Pattern =
        Pattern::new(&[":"], r"^[^:/]*:(?:[0-9]{4,5}|%[a-z]|[$\#]?\{.*)?$|://[^:/]*:(?:[0-9]{4,5}|%[a-z]|[$\#]?\{)");
    JOIN.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::{is_list, joins_port};

    #[test]
    fn a_host_may_be_joined_to_a_port() {
        for text in ["{host}:{port}", "%s:%d", ":9092", ":", "${host}:9092", "kafka://{h}:{p}", "#{host}:9092"] {
            assert!(joins_port(text), "{text}");
        }
        for text in ["topic", "a: b", "{a}{b}", "http://x/y", "12:30"] {
            assert!(!joins_port(text), "{text}");
        }
    }

    #[test]
    fn an_address_has_a_host_and_a_port() {
        let yes = [
            "kafka:9092",
            "localhost:29092",
            "a:9092,b:9093",
            "a:9092, b:9093",
            "PLAINTEXT://kafka:9092",
            "10.0.0.1:9092",
        ];
        let no = [
            "kafka",
            "kafka:",
            ":9092",
            "10:30",
            "12:30:45",
            "http://kafka:9092/x",
            "a:9092 b:9092",
            "name:tag",
            "${X}:9092",
        ];
        for text in yes {
            assert!(is_list(text), "{text}");
        }
        for text in no {
            assert!(!is_list(text), "{text}");
        }
    }
}
