//! Texts that are addresses.

/// Whether the whole text is `host:port`, or several by commas, each with or without a scheme.
pub(super) fn is_list(text: &str) -> bool {
    let text = text.trim_end();
    text.strip_suffix(',').unwrap_or(text).split(',').all(is_address)
}

fn is_address(text: &str) -> bool {
    let consists_of = |text: &str, others: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c));
    let is_scheme = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic()) && consists_of(&text[1..], "_+.-");
    let Some((start, port)) = text.trim_matches(BLANKS).rsplit_once(':') else { return false };
    let host = match start.split_once("://") {
        Some((scheme, host)) if is_scheme(scheme) => host,
        _ => start,
    };
    let is_part = |text: &str| (1..=3).contains(&text.len()) && is_number(text);
    let is_ip = || host.split('.').count() == 4 && host.split('.').all(is_part);
    let is_name = || consists_of(host, "._-") && host.contains(|c: char| c.is_ascii_alphabetic());
    (2..=5).contains(&port.len()) && is_number(port) && (is_name() || is_ip())
}

const BLANKS: [char; 6] = ['\t', '\n', '\u{b}', '\u{c}', '\r', ' '];

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text with holes, or a part of one, joins a host to a port: `{host}:{port}`, `%s:%d`, `:9092`.
pub(super) fn joins_port(text: &str) -> bool {
    let joins = |text: &str, is_port: fn(&str) -> bool| {
        text.split_once(':').is_some_and(|(host, port)| !host.contains('/') && is_port(port))
    };
    let is_port = |text: &str| match text {
        "" => true,
        _ if begins_with_hole(text) => !text.contains('\n'),
        _ => matches!(text.as_bytes(), [b'%', b'a'..=b'z']) || (4..=5).contains(&text.len()) && is_number(text),
    };
    let begins_with_port = |text: &str| {
        let is_format = matches!(text.as_bytes(), [b'%', b'a'..=b'z', ..]);
        is_format || begins_with_hole(text) || text.get(..4).is_some_and(is_number)
    };
    joins(text, is_port) || text.split("://").skip(1).any(|behind| joins(behind, begins_with_port))
}

fn begins_with_hole(text: &str) -> bool {
    text.strip_prefix(['$', '#']).unwrap_or(text).starts_with('{')
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
