//! What a scalar means: go-yaml v3, which Compose uses, reads YAML 1.1 numbers and YAML 1.2 booleans.

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
    /// A date or a time with a date, which Compose accepts nowhere.
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
    let tag = node.tag.map(|span| document.slice(span));
    Some(match (tag, style) {
        (Some("!!str" | "!"), _) => Scalar::Text(value.clone()),
        (Some("!!int" | "!!float" | "!!bool" | "!!null"), _) | (_, ScalarStyle::Plain) => resolve_plain(value),
        _ => Scalar::Text(value.clone()),
    })
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
    if is_timestamp(text) {
        return Scalar::Timestamp(text.to_owned());
    }
    let digits = text.replace('_', "");
    if let Some(number) = integer(&digits) {
        return number;
    }
    if is_float(&digits)
        && let Ok(number) = digits.parse()
    {
        return Scalar::Float(number);
    }
    Scalar::Text(text.to_owned())
}

/// Go's `strconv.ParseInt(text, 0, 64)` and `ParseUint`: `0x`, `0b`, `0o`, and a leading 0 for octal. A number out of range is a float.
fn integer(text: &str) -> Option<Scalar> {
    let (negative, magnitude) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = magnitude.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        _ if lower.len() > 1 && lower.starts_with('0') && lower.bytes().all(|b| matches!(b, b'0'..=b'7')) => {
            (8, &lower[1..])
        }
        // `08` is no octal number; go-yaml then reads a float, which prints as 8.
        _ if lower.len() > 1 && lower.starts_with('0') => return None,
        _ => (10, lower.as_str()),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let value = i128::from_str_radix(digits, radix).ok()?;
    let value = if negative { -value } else { value };
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value).then_some(Scalar::Int(value))
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

/// The layouts that go-yaml tries: `2006-1-2`, and the same with a time after `T`, `t` or a blank.
fn is_timestamp(text: &str) -> bool {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some(text[at + 1..].trim_start())),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()));
    let date_fits = matches!(parts[..], [year, month, day]
        if year.len() == 4 && number(year).is_some()
            && month.len() <= 2 && matches!(number(month), Some(1..=12))
            && day.len() <= 2 && matches!(number(day), Some(1..=31)));
    date_fits && time.is_none_or(|time| time.starts_with(|c: char| c.is_ascii_digit()) && time.contains(':'))
}

/// Go's `%v` of a float64: the shortest digits that read back the same, with an exponent below -4 and from 21 on.
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
    if value != 0.0 && !(-4..GO_EXPONENT).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    if value == 0.0 { "0".to_owned() } else { format!("{value}") }
}

/// From this decimal exponent on Go's `%v` switches to the exponent form (observed: `100000000.0` is `1e+08`, `1e3` is `1000`).
const GO_EXPONENT: i32 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    /// Each pair was observed with Docker Compose 2.40.3.
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
            ("-0", "0"),
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
        for written in ["2024-01-02", "2024-1-2", "2024-01-02T03:04:05Z", "2024-01-02 03:04:05"] {
            assert!(matches!(resolve_plain(written), Scalar::Timestamp(_)), "{written}");
        }
        assert!(matches!(resolve_plain("2024-01-02-03"), Scalar::Text(_)));
    }
}
