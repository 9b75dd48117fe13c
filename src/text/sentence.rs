//! Parts of sentences.

/// A number with its noun, as in `1 broker`, `2 brokers` and `2 fixes`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    let ending = match count {
        1 => "",
        _ if noun.ends_with('x') => "es",
        _ => "s",
    };
    format!("{count} {noun}{ending}")
}

/// A text that begins with a capital letter, unless it begins with something else than a letter.
#[must_use]
pub fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
