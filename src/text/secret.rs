//! What must not be shown: compose files, env files and logs hold passwords, and what is printed ends up in the logs of others.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::WordFinder;

/// `text` with `***` in place of each secret: the user and the password of an address, and the value of what a name calls a secret.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let secrets = secrets(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for secret in secrets {
        out.push_str(&text[end..secret.start]);
        out.push_str("***");
        end = secret.end;
    }
    out.push_str(&text[end..]);
    Cow::Owned(out)
}

/// A line of a file with a `*` for each byte of a secret, so that all offsets stay the same. The values of other variables on the line are
/// secrets too, unless they are addresses, numbers or words of Kafka, or one of `shown` (byte offsets) points into them.
#[must_use]
pub fn masked_line(line: &str, shown: &[usize]) -> String {
    let mut secrets = secrets(line);
    secrets.extend(values(line).into_iter().filter(|value| !shown.iter().any(|at| value.contains(at))));
    let is_secret = |at: &usize| secrets.iter().any(|secret| secret.contains(at));
    let bytes = line.bytes().enumerate().map(|(at, byte)| if is_secret(&at) { b'*' } else { byte }).collect();
    // Whole characters are replaced, so it is still UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}

/// The secrets in a text, in their order, none over another.
#[must_use]
pub fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    if text.contains('@') {
        found.extend(credentials(text));
    }
    let named = says_secret(text).then(|| NAMED.captures_iter(text.as_bytes())).into_iter().flatten();
    found.extend(named.filter_map(|found| {
        let value = found.name("quoted").or_else(|| found.name("plain"))?;
        // A variable reference is not a secret.
        (!value.is_empty() && !value.as_bytes().starts_with(b"$")).then(|| value.range())
    }));
    found.sort_by_key(|range| range.start);
    found.dedup_by(|next, before| {
        let is_within = next.start < before.end;
        before.end = if is_within { before.end.max(next.end) } else { before.end };
        is_within
    });
    found
}

/// Whether a text contains a word that marks a secret. Most texts do not, and compiling the pattern is the most expensive step.
fn says_secret(text: &str) -> bool {
    static WORDS: LazyLock<WordFinder> =
        LazyLock::new(|| WordFinder::new(["pass", "pwd", "secret", "token", "credential", "key"]));
    WORDS.find_iter(text.as_bytes()).next().is_some()
}

/// A name that marks a secret, and its value, which ends at an ASCII character or with the text. It matches bytes, because a pattern with
/// Unicode classes and Unicode case takes ten times as long to compile.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let secret =
        "(?:password|passwd|passphrase|pwd|secret|token|credentials?|api[_.-]?key|private[_.-]?key|access[_.-]?key)";
    let name = format!(r"[A-Za-z0-9_.-]*{secret}[A-Za-z0-9_.-]*");
    let sign = format!(r#"(?:{name}\\?["']?[ \t]*[=:][ \t]*|--?{name}(?:[ \t]+|\\?["']?[ \t]*,[ \t]*))"#);
    let value = r#"(?:\\?"(?P<quoted>[^"\\]*)|(?P<plain>[^ \t\r\n,;&"'`{}\[\]]+))"#;
    let pattern = format!("{sign}{}", value.replace(r#"|(?P<plain>"#, r#"|'?(?P<plain>"#));
    let built = RegexBuilder::new(&pattern).unicode(false).case_insensitive(true).build();
    built.expect("it is a regular expression")
});

/// The part before the `@` of addresses: `user:password@host`, with a scheme or without.
fn credentials(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for piece in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>')) {
        let schemes: Vec<usize> = piece.match_indices("://").map(|(at, _)| at + 3).collect();
        let plain = &piece[..schemes.first().copied().unwrap_or(piece.len())];
        found.extend(without_scheme(plain).into_iter().map(|range| start + range.start..start + range.end));
        for (number, &from) in schemes.iter().enumerate() {
            let address = &piece[from..schemes.get(number + 1).copied().unwrap_or(piece.len())];
            let Some(at) = address.rfind('@') else { continue };
            let authority = address.split('/').next().unwrap_or(address);
            let is_path = !authority.contains('@')
                && authority.split_once(':').is_none_or(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
            if !is_path && at > 0 {
                found.push(start + from..start + from + at);
            }
        }
        start += piece.len();
    }
    found
}

/// The `user:password` of the addresses of a list that have no scheme; the digest of an image has an `@` as well.
fn without_scheme(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for item in text.split_inclusive(',') {
        if let Some(at) = item.rfind('@').filter(|at| !item[at + 1..].starts_with("sha")) {
            let before = &item[..at];
            let from =
                before.find(':').and_then(|colon| before[..colon].rfind(['=', '(', '{', '['])).map_or(0, |at| at + 1);
            let has_password =
                before[from..].split_once(':').is_some_and(|(user, password)| !user.is_empty() && !password.is_empty());
            if has_password {
                found.push(start + from..start + at);
            }
        }
        start += item.len();
    }
    found
}

/// The values of environment variables in lines of a compose file or an env file, except addresses and numbers.
#[must_use]
pub fn values(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut named = named_values(line).peekable();
    while let Some((name, value_start)) = named.next() {
        // `A= B=c` clears the first.
        let is_cleared = named.peek().is_some_and(|(next, _)| next.start == value_start);
        if is_cleared || OWN_NAMES.iter().any(|prefix| line[name.clone()].starts_with(prefix)) {
            continue;
        }
        let rest = line[value_start..].split('\n').next().unwrap_or_default();
        let is_flow = line[..name.start].contains(['{', '[']);
        let (skip, length) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => (1, rest[1..].find(quote).unwrap_or(rest.len() - 1)),
            _ if is_flow => (0, rest.find([',', '}', ']']).unwrap_or(rest.len())),
            _ => (0, rest.find(" #").unwrap_or(rest.len())),
        };
        let start = value_start + skip;
        let value = line[start..start + length].trim_end();
        if !is_plain(value) {
            found.push(start..start + value.len());
        }
    }
    found
}

/// The names in capitals that are given a value, in quotes or not, each with where the value starts.
fn named_values(text: &str) -> impl Iterator<Item = (Range<usize>, usize)> {
    let is_in_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = text.as_bytes();
    let is_start = move |at: &usize| bytes[*at].is_ascii_uppercase() && (*at == 0 || !is_in_word(bytes[at - 1]));
    (0..bytes.len()).filter(is_start).filter_map(move |start| {
        let word = text[start..].split(|c: char| !c.is_ascii() || !is_in_word(c as u8)).next()?;
        let rest = &text[start + word.len()..];
        let sign = rest.strip_prefix(['"', '\'']).unwrap_or(rest).trim_start_matches(BLANKS);
        let value = match sign.strip_prefix(':') {
            Some(value) => value.strip_prefix([' ', '\t', '\r', '\n'])?,
            None => sign.strip_prefix('=')?,
        };
        let is_name = word.len() > 2 && !word.bytes().any(|byte| byte.is_ascii_lowercase());
        is_name.then(|| (start..start + word.len(), text.len() - value.trim_start_matches(BLANKS).len()))
    })
}

const BLANKS: [char; 2] = [' ', '\t'];

/// Whether a value is an address or several, a number, a word for yes or no, or a reference.
fn is_plain(value: &str) -> bool {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_word = ["true", "false", "yes", "no", "on", "off"].contains(&value);
    let mut addresses = value.split(',').enumerate();
    let without_blanks = |at: usize, text| if at == 0 { text } else { str::trim_start_matches(text, BLANKS) };
    is_number || is_word || value.starts_with('$') || addresses.all(|(at, text)| is_address(without_blanks(at, text)))
}

/// Whether a text is an address with a port, such as `kafka://broker:9092/` and `[::]:80`.
fn is_address(text: &str) -> bool {
    let consists_of = |text: &str, others: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c));
    let Some((start, port)) = text.strip_suffix('/').unwrap_or(text).rsplit_once(':') else { return false };
    let host = match start.split_once("://") {
        Some((scheme, host)) if !scheme.is_empty() && consists_of(scheme, "_.+-") => host,
        _ => start,
    };
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && consists_of(host, "_.[]:*-")
}

/// Prefixes of the variables of Kafka's own programs. Their values are roles, protocols and names; a password is recognized by its name.
const OWN_NAMES: [&str; 9] = [
    "KAFKA_",
    "CLUSTER_ID",
    "CONNECT_",
    "SCHEMA_REGISTRY_",
    "KSQL_",
    "CONTROL_CENTER_",
    "REDPANDA_",
    "ZOOKEEPER_",
    "ZOO_",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_passwords_and_named_secrets_are_masked() {
        for (text, shown) in [
            ("kafka://u:pw@localhost:9092,kafka+ssl://u:p@w@b:1", "kafka://***@localhost:9092,kafka+ssl://***@b:1"),
            ("[run, --sasl-password, hush, --brokers, b:1]", "[run, --sasl-password, ***, --brokers, b:1]"),
            (r#"["--token", "hush", "x"]"#, r#"["--token", "***", "x"]"#),
            ("`amqp://token@host/v`", "`amqp://***@host/v`"),
            ("redis://:p/w@host", "redis://***@host"),
            ("u:pw@localhost:9092,v:pw@b:1", "***@localhost:9092,***@b:1"),
            ("KAFKA_URL=u:p=w@localhost:9092", "KAFKA_URL=***@localhost:9092"),
            ("DB_PASSWORD: hunter2, USER: x", "DB_PASSWORD: ***, USER: x"),
            (r#"{"sasl.password": "a b", "x": 1}"#, r#"{"sasl.password": "***", "x": 1}"#),
            (r#"required username=\"u\" password=\"pw\";"#, r#"required username=\"u\" password=\"***\";"#),
            ("API_KEY='s3cret'", "API_KEY='***'"),
            ("run --broker kafka:9092 --sasl-password hunter2", "run --broker kafka:9092 --sasl-password ***"),
            ("?access_token=abc&x=1", "?access_token=***&x=1"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for text in [
            "kafka:9092",
            "1@kafka:9093,2@other:9093",
            "apache/kafka:3.9.0@sha256:0123",
            "https://github.com/apache/kafka@3.9",
            "http://host:80/a@b",
            "PASSWORD: ${PASSWORD}",
            "git@github.com:apache/kafka",
            "PLAINTEXT://:9092,CONTROLLER://:9093",
            "the listeners require credentials or certificates",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn other_values_of_a_line_are_masked_in_their_length() {
        let line = "environment: {KAFKA_BROKERS: localhost:9092, DSN: s3cret, PORT: 80, URL: http://h:1}";
        assert_eq!(masked_line(line, &[29]), line.replace("s3cret", "******"));
        assert_eq!(masked_line("- DSN: s3c,ret", &[2]), "- DSN: *******");
        assert_eq!(masked_line("  DSN: 'näh' # why", &[7]), "  DSN: '****' # why");
        assert_eq!(masked_line("  HOST: kafka", &[8]), "  HOST: kafka");
        assert_eq!(masked_line("U=kafka://u:pw@h:1", &[2]), "U=kafka://****@h:1");
        assert_eq!(masked_line("JMX_PORT= KAFKA_OPTS= kafka-topics", &[]), "JMX_PORT= KAFKA_OPTS= kafka-topics");
        assert_eq!(masked_line("DSN: USER=joe", &[]), "DSN: USER=***");
    }
}
