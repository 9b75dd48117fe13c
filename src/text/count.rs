//! Numbers of things, in words.

/// A number with its noun, as in `1 broker` and `2 brokers`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
