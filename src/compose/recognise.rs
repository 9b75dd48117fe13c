//! Recognizes compose files.

/// The keys of a top level that a file without `services` may have (Compose Specification, "Compose file").
const OTHER_KEYS: [&str; 8] = ["include", "networks", "volumes", "configs", "secrets", "name", "version", "models"];

/// Whether Compose supports a top-level key.
pub(super) fn is_known_key(key: &str) -> bool {
    key == "services" || OTHER_KEYS.contains(&key) || key.starts_with("x-")
}

/// Whether a text that cannot be parsed seems to have such a key: at the start of a line, or in quotes, as in JSON. A page that shows code between
/// fences is none, whatever is in the code.
pub(super) fn has_known_key(text: &str) -> bool {
    if text.lines().any(|line| line.starts_with("```")) {
        return false;
    }
    let keys = text.trim_start_matches('\u{feff}').lines().filter_map(|line| Some(line.split_once(':')?.0));
    let unquoted = |key| str::trim_matches(key, [' ', '{']).strip_prefix('"')?.strip_suffix('"');
    keys.map(|key| unquoted(key).unwrap_or(key)).any(is_known_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_compose_file_is_known_by_a_key_of_the_top_level() {
        for text in
            ["# shop\nservices:\n\tkafka:\n", "\u{feff}x-base: [\n", "{\"services\": {]\n", "{\n  \"name\" : [,\n"]
        {
            assert!(has_known_key(text), "{text:?}");
        }
        for text in ["# Shop: a demo\nservices run:\n", "  services:\n", "a\n", "", "# Shop\n```\nservices:\n```\n"] {
            assert!(!has_known_key(text), "{text:?}");
        }
    }
}
