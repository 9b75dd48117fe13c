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

#[cfg(test)]
mod tests {
    use super::is_list;

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
