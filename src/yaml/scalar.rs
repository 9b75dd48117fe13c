//! What a scalar means: go-yaml v3, which Compose uses, reads YAML 1.1 numbers and YAML 1.2 booleans.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use crate::yaml::document::Document;
use crate::yaml::node::{Node, NodeKind, ScalarStyle};

/// The value of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Nothing, `~`, `null`, `Null`, `NULL`.
    Null,
    /// `true`, `True`, `TRUE` and their opposites; not `yes`, `no`, `on`, `off`.
    Bool(bool),
    /// A whole number that fits 64 bits.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// A date or a time with a date, as Go prints it: `2024-01-02 00:00:00 +0000 UTC`.
    Timestamp(String),
    /// Text.
    Text(String),
}

impl Scalar {
    /// The text that a container gets for `environment: {KEY: scalar}`; `None` for null, which passes the variable through.
    ///
    /// Numbers are printed as Go prints them (`strconv.FormatFloat(f, 'g', -1, 64)` with Go's `%v` exponents): `1.10` is `1.1`, `1e3` is
    /// `1000`, `0x1F` is `31`.
    #[must_use]
    pub fn to_environment(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Bool(value) => Some(value.to_string()),
            Self::Int(value) => Some(value.to_string()),
            Self::Float(value) => Some(go_float(*value)),
            Self::Timestamp(text) | Self::Text(text) => Some(text.clone()),
        }
    }
}

/// The meaning of a scalar node; `None` for another kind of node.
#[must_use]
pub(super) fn resolve(document: &Document, node: &Node) -> Option<Scalar> {
    let NodeKind::Scalar { style, value } = &node.kind else { return None };
    Some(match (node.tag.map(|span| core_tag(document.slice(span))), style) {
        (Some("binary"), _) => Scalar::Text(decoded(value).unwrap_or_else(|| value.clone())),
        (None, ScalarStyle::Plain) | (Some("int" | "bool" | "null"), _) => resolve_plain(value),
        (Some("float"), _) => match resolve_plain(value) {
            Scalar::Int(whole) => Scalar::Float(whole as f64),
            other => other,
        },
        (Some("timestamp"), _) => timestamp(value).map_or_else(|| Scalar::Text(value.clone()), Scalar::Timestamp),
        _ => Scalar::Text(value.clone()),
    })
}

/// The name of a tag of a YAML core type, in its short or its long form; another tag unchanged.
pub(super) fn core_tag(tag: &str) -> &str {
    let long = || tag.strip_prefix("!<tag:yaml.org,2002:")?.strip_suffix('>');
    tag.strip_prefix("!!").or_else(long).unwrap_or(tag)
}

/// The decoded value of `!!binary`; `None` if it is not Base64.
fn decoded(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let bytes = BINARY.decode(digits).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Base64 as Go's `base64.StdEncoding` takes it: with its padding, and with anything in the bits that are left over.
const BINARY: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Whether a tag of a YAML core type fits its scalar; Compose rejects the file if not.
pub(super) fn suits_tag(document: &Document, node: &Node) -> bool {
    let (Some(tag), NodeKind::Scalar { value, .. }) = (node.tag, &node.kind) else { return true };
    match (core_tag(document.slice(tag)), resolve_plain(value)) {
        ("binary", _) => decoded(value).is_some(),
        ("int", meaning) => matches!(meaning, Scalar::Int(_)),
        ("float", meaning) => matches!(meaning, Scalar::Int(_) | Scalar::Float(_)),
        ("bool", meaning) => matches!(meaning, Scalar::Bool(_)),
        _ => true,
    }
}

/// The meaning of an unquoted text (go-yaml v3, resolve.go).
#[must_use]
pub(super) fn resolve_plain(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Scalar::Text(text.to_owned());
    }
    if let Some(time) = timestamp(text) {
        return Scalar::Timestamp(time);
    }
    if text == "-0" {
        return Scalar::Float(-0.0);
    }
    let digits = text.replace('_', "");
    if let Some(number) = integer(&digits) {
        return number;
    }
    match digits.parse::<f64>() {
        // What is too large for a float stays text.
        Ok(value) if is_float(&digits) && value.is_finite() => Scalar::Float(value),
        _ => Scalar::Text(text.to_owned()),
    }
}

/// Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`, which takes no sign: `0x`, `0b`, `0o`, and a leading 0 for octal. A number
/// out of range is a float.
fn integer(text: &str) -> Option<Scalar> {
    let (sign, magnitude, limit) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..], i128::from(i64::MAX)),
        b'+' => (1, &text[1..], i128::from(i64::MAX)),
        _ => (1, text, i128::from(u64::MAX)),
    };
    let lower = magnitude.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        _ if lower.len() > 1 && lower.starts_with('0') && lower.bytes().all(|b| matches!(b, b'0'..=b'7')) => {
            (8, &lower[1..])
        }
        // `08` is not an octal number; go-yaml reads it as a float, which prints as 8.
        _ if lower.len() > 1 && lower.starts_with('0') => return None,
        _ => (10, lower.as_str()),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = sign * i128::from_str_radix(digits, radix).ok()?;
    (i128::from(i64::MIN)..=limit).contains(&value).then_some(Scalar::Int(value))
}

/// go-yaml's own test: `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, fraction)) => {
            all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty())
        }
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    mantissa_fits
        && exponent.is_none_or(|exponent| {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !digits.is_empty() && all_digits(digits)
        })
}

/// The layouts that go-yaml tries (resolve.go): `2006-1-2`, the same with a time of day after spaces, and with a time and a zone after `T`
/// or `t`; bounds as in Go's `time.Parse`.
fn timestamp(text: &str) -> Option<String> {
    let (year, rest) = digits(text, 4).filter(|(_, rest)| text.len() - rest.len() == 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let days = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if !(1..=12).contains(&month) || !(1..=days).contains(&day) {
        return None;
    }
    let printed = |clock: &str, zone: &str| format!("{year:04}-{month:02}-{day:02} {clock} {zone}");
    if rest.is_empty() {
        return Some(printed("00:00:00", UTC));
    }
    let zoned = rest.strip_prefix(['T', 't']);
    let clock = zoned.or_else(|| rest.strip_prefix(' ').map(|rest| rest.trim_start_matches(' ')))?;
    let (hour, rest) = digits(clock, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let fraction = rest.strip_prefix(['.', ',']).filter(|fraction| fraction.starts_with(|c: char| c.is_ascii_digit()));
    let after = fraction.map_or(rest, |fraction| fraction.trim_start_matches(|c: char| c.is_ascii_digit()));
    let zone = match (zoned, after) {
        (Some(_), "Z") | (None, "") => UTC.to_owned(),
        (Some(_), offset) => zone(offset)?,
        (None, _) => return None,
    };
    let digits = fraction.map_or("", |fraction| &fraction[..fraction.len() - after.len()]);
    let nanoseconds = digits[..digits.len().min(9)].trim_end_matches('0');
    let point = if nanoseconds.is_empty() { "" } else { "." };
    let clock = format!("{hour:02}:{minute:02}:{second:02}{point}{nanoseconds}");
    (hour < 24 && minute < 60 && second < 60).then(|| printed(&clock, &zone))
}

const UTC: &str = "+0000 UTC";

/// `+01:00`, as Go prints a zone without a name.
fn zone(text: &str) -> Option<String> {
    let offset = text.strip_prefix(['+', '-']).filter(|offset| offset.len() == "01:00".len())?;
    let (hours, rest) = digits(offset, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let digits = text.replace(':', "");
    (hours <= 24 && minutes <= 60 && rest.is_empty())
        .then(|| if (hours, minutes) == (0, 0) { UTC.to_owned() } else { format!("{digits} {digits}") })
}

/// The number that at most so many digits at the start of `text` spell, and what follows; `None` without a digit.
fn digits(text: &str, at_most: usize) -> Option<(u32, &str)> {
    let length = text.bytes().take(at_most).take_while(u8::is_ascii_digit).count();
    Some((text[..length].parse().ok()?, &text[length..]))
}

/// Go's `%v` of a float64: the shortest digits that read back the same, with an exponent below 1e-4 and from 1e+06 on.
fn go_float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..GO_EXPONENT).contains(&exponent) {
        return value.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// From this decimal exponent on `%v` switches to the exponent form (observed: `1000000.0` is `1e+06`, `100000.0` is `100000`).
const GO_EXPONENT: i32 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    /// Each pair was observed with Docker Compose 5.6.0.
    #[test]
    fn a_container_gets_what_compose_resolves() {
        let cases = [
            ("yes", "yes"),
            ("no", "no"),
            ("on", "on"),
            ("True", "true"),
            ("FALSE", "false"),
            ("1.0", "1"),
            ("1.", "1"),
            ("1.10", "1.1"),
            ("1e3", "1000"),
            ("100000000.0", "1e+08"),
            ("123456789012345678901234567890", "1.2345678901234568e+29"),
            ("010", "8"),
            ("0o10", "8"),
            ("08", "8"),
            ("0777", "511"),
            ("0x1F", "31"),
            ("0b11", "3"),
            ("1_000", "1000"),
            ("+5", "5"),
            ("-0", "-0"),
            ("-0.0", "-0"),
            ("1.5_0", "1.5"),
            (".5_0", "0.5"),
            ("18446744073709551615", "18446744073709551615"),
            ("+18446744073709551615", "1.8446744073709552e+19"),
            ("1000000.0", "1e+06"),
            ("123456.7", "123456.7"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("1e400", "1e400"),
            ("2024-01-02T03:04:05", "2024-01-02T03:04:05"),
            ("2024-1-2", "2024-01-02 00:00:00 +0000 UTC"),
            ("2024-01-02T03:04:05.60Z", "2024-01-02 03:04:05.6 +0000 UTC"),
            ("2024-01-02t3:4:5-05:30", "2024-01-02 03:04:05 -0530 -0530"),
            ("2024-01-02 03:04:05", "2024-01-02 03:04:05 +0000 UTC"),
            ("12:30:45", "12:30:45"),
            (".inf", "+Inf"),
            (".nan", "NaN"),
            ("kafka:9092", "kafka:9092"),
            ("-", "-"),
            ("1.2.3", "1.2.3"),
        ];
        for (written, wanted) in cases {
            assert_eq!(resolve_plain(written).to_environment().as_deref(), Some(wanted), "{written}");
        }
    }

    #[test]
    fn null_has_no_text() {
        for written in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(resolve_plain(written).to_environment(), None, "{written}");
        }
    }

    #[test]
    fn dates_are_told_apart() {
        let timestamps = [
            "2024-01-02",
            "2024-1-2",
            "2024-02-29",
            "2024-01-02T3:4:5.6Z",
            "2024-01-02t03:04:05-01:00",
            "2024-01-02  03:04:05,5",
        ];
        for written in timestamps {
            assert!(matches!(resolve_plain(written), Scalar::Timestamp(_)), "{written}");
        }
        let texts = [
            "2024-01-02-03",
            "2023-02-29",
            "24-01-02",
            "2024-01-02T03:04",
            "2024-01-02 03:04:05Z",
            "2024-01-02T03:04:05+1:00",
        ];
        for written in texts {
            assert!(matches!(resolve_plain(written), Scalar::Text(_)), "{written}");
        }
    }

    #[test]
    fn a_tag_decides() {
        let cases = [
            ("!!str 010", "010"),
            ("!<tag:yaml.org,2002:str> 5", "5"),
            ("!!int '5'", "5"),
            ("!!float 1000000", "1e+06"),
            ("! true", "true"),
            ("!other 010", "010"),
            ("!other", ""),
        ];
        for (written, wanted) in cases {
            let document = Document::parse(written).expect("YAML");
            let scalar = resolve(&document, document.node(document.roots()[0])).expect("a scalar");
            assert_eq!(scalar.to_environment().as_deref(), Some(wanted), "{written}");
        }
    }
}
