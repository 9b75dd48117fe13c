//! Durations of a compose file: `1m30s`.

use std::fmt;

/// The units, the longest first, in nanoseconds: those of Go's `time.ParseDuration`, with a day and a week as Compose has them
/// (xhit/go-str2duration; observed in Docker Compose 2.40.3).
const UNITS: [(&str, u64); 10] = [
    ("w", 7 * 24 * 3_600 * SECOND),
    ("d", 24 * 3_600 * SECOND),
    ("h", 3_600 * SECOND),
    ("m", 60 * SECOND),
    ("s", SECOND),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ns", 1),
];
const SECOND: u64 = 1_000_000_000;

/// A span of time in nanoseconds; it may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration(i64);

impl Duration {
    /// Reads numbers, each with its unit: `90s`, `1h30m`, `1.5s`, `2d`. Only `0` needs no unit.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (is_negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Some(Self(0));
        }
        if rest.is_empty() {
            return None;
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let number = &rest[..rest.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap_or(rest.len())];
            rest = &rest[number.len()..];
            let unit = &rest[..rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len())];
            rest = &rest[unit.len()..];
            let (_, scale) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
            total = total.checked_add(nanoseconds(number, scale)?)?;
        }
        let total = i64::try_from(total).ok()?;
        Some(Self(if is_negative { -total } else { total }))
    }
}

/// A number with or without a fraction, in a unit of `scale` nanoseconds; what is less than one of them is dropped.
fn nanoseconds(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // Eighteen digits of a week are far below a nanosecond.
    let fraction = &fraction[..fraction.len().min(18)];
    let parts: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let part = parts * u128::from(scale) / 10_u128.pow(u32::try_from(fraction.len()).ok()?);
    whole.checked_mul(scale)?.checked_add(u64::try_from(part).ok()?)
}

impl fmt::Display for Duration {
    /// As Compose prints it: `1m30s`, `1h0m0s`, `500ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.0.unsigned_abs();
        f.write_str(if self.0 < 0 { "-" } else { "" })?;
        match total {
            0 => f.write_str("0s"),
            1..1_000 => write!(f, "{total}ns"),
            1_000..1_000_000 => write!(f, "{}\u{b5}s", decimal(total, 1_000)),
            1_000_000..SECOND => write!(f, "{}ms", decimal(total, 1_000_000)),
            _ => {
                let minutes = total / (60 * SECOND);
                if minutes >= 60 {
                    write!(f, "{}h", minutes / 60)?;
                }
                if minutes > 0 {
                    write!(f, "{}m", minutes % 60)?;
                }
                write!(f, "{}s", decimal(total % (60 * SECOND), SECOND))
            }
        }
    }
}

/// `value / unit`, exactly; `unit` is a power of ten.
fn decimal(value: u64, unit: u64) -> String {
    let digits = unit.ilog10() as usize;
    let text = format!("{}.{:0digits$}", value / unit, value % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_print_as_compose_does() {
        let cases = [
            ("10s", Some("10s")),
            ("90s", Some("1m30s")),
            ("1.5s", Some("1.5s")),
            (".5s", Some("500ms")),
            ("5.s", Some("5s")),
            ("1h", Some("1h0m0s")),
            ("1h1h", Some("2h0m0s")),
            ("1.5d", Some("36h0m0s")),
            ("1w2d", Some("216h0m0s")),
            ("1500us", Some("1.5ms")),
            ("1μs", Some("1µs")),
            ("999ns", Some("999ns")),
            ("1h0.000000001s", Some("1h0m0.000000001s")),
            ("1.0000000009s", Some("1s")),
            ("-5s", Some("-5s")),
            ("+3s", Some("3s")),
            ("0", Some("0s")),
            ("106751d", Some("2562024h0m0s")),
            ("3000000h", None),
            ("10", None),
            ("1 s", None),
            ("5S", None),
            ("1y", None),
            (".s", None),
            ("1.2.3s", None),
            ("-", None),
            ("", None),
        ];
        for (text, printed) in cases {
            assert_eq!(Duration::parse(text).map(|duration| duration.to_string()).as_deref(), printed, "{text}");
        }
    }
}
