//! Converts names of variables to names of properties, and back.

use serde::Deserialize;

/// How a script turns the rest of a variable's name, after the prefix, into a property's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spelling {
    /// Every underscore is a dot: no property with an underscore or a dash can be set.
    Dots,
    /// The same, and `sasl.ssl` and `sasl.plaintext` become `sasl_ssl` and `sasl_plaintext` again: what is left of the name of a
    /// listener.
    DotsButSasl,
    /// One underscore is a dot, two are an underscore, three are a dash, read from left to right.
    Counted,
    /// The same, where one underscore counts only between two other characters, as `dub` of Confluent's images has it.
    CountedBetween,
    /// The same, where one underscore counts only if the character before it was not the one after another, as `ub` has it: `A_B_C`
    /// is `a.b_c`.
    CountedInPairs,
}

impl Spelling {
    /// The property that a variable sets, by the rest of the variable's name.
    pub(super) fn property(self, rest: &str) -> String {
        match self {
            Self::Dots => dotted(rest),
            Self::DotsButSasl => match dotted(rest) {
                name if name.contains("sasl.") => {
                    name.replace("sasl.ssl", "sasl_ssl").replace("sasl.plaintext", "sasl_plaintext")
                }
                name => name,
            },
            Self::Counted => match dotted(rest) {
                name if name.contains("..") => name.replace("...", "-").replace("..", "_"),
                name => name,
            },
            Self::CountedBetween => doubled(single_underscores(rest, true)),
            Self::CountedInPairs => doubled(single_underscores(rest, false)),
        }
    }

    /// The rest of the name of the variable that sets a property; `None` if no variable can.
    pub(super) fn variable(self, property: &str) -> Option<String> {
        let rest = match self {
            Self::Dots | Self::DotsButSasl => property.replace('.', "_"),
            Self::Counted | Self::CountedBetween | Self::CountedInPairs => {
                let mut rest = String::with_capacity(property.len());
                for c in property.chars() {
                    match c {
                        '-' => rest.push_str("___"),
                        '_' => rest.push_str("__"),
                        '.' => rest.push('_'),
                        c => rest.push(c),
                    }
                }
                rest
            }
        };
        let rest = rest.to_ascii_uppercase();
        (self.property(&rest) == property).then_some(rest)
    }
}

/// In small letters, with a dot for each underscore.
fn dotted(rest: &str) -> String {
    rest.chars().map(|c| if c == '_' { '.' } else { c.to_ascii_lowercase() }).collect()
}

/// In small letters, with a dot for each single underscore. If `overlapping`, the character between two underscores counts as next to both,
/// else only as next to the first.
fn single_underscores(text: &str, overlapping: bool) -> String {
    let bytes = text.as_bytes();
    let is_other = |index: Option<usize>| index.and_then(|index| bytes.get(index)).is_some_and(|byte| *byte != b'_');
    let mut result = String::with_capacity(text.len());
    let mut taken = None;
    for (at, c) in text.char_indices() {
        let before = at.checked_sub(1);
        let is_free = overlapping || before != taken;
        if c == '_' && is_other(before) && is_other(Some(at + 1)) && is_free {
            result.push('.');
            taken = Some(at + 1);
        } else {
            result.push(c.to_ascii_lowercase());
        }
    }
    result
}

fn doubled(text: String) -> String {
    if text.contains("__") { text.replace("___", "-").replace("__", "_") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_names_a_property() {
        use Spelling::{Counted, CountedBetween, CountedInPairs, Dots, DotsButSasl};
        for (spelling, rest, expected) in [
            (Dots, "ADVERTISED_LISTENERS", "advertised.listeners"),
            (Dots, "A__B", "a..b"),
            (DotsButSasl, "LISTENER_NAME_SASL_SSL_PLAIN_X", "listener.name.sasl_ssl.plain.x"),
            (Counted, "LISTENER_NAME_IN__SIDE_A___B", "listener.name.in_side.a-b"),
            (CountedBetween, "LISTENER_NAME_IN__SIDE_A___B", "listener.name.in_side.a-b"),
            (CountedBetween, "A_B_C", "a.b.c"),
            (CountedBetween, "_A_", "_a_"),
            (CountedInPairs, "A_B_C", "a.b_c"),
            (CountedInPairs, "LOG_DIRS_X", "log.dirs.x"),
        ] {
            assert_eq!(spelling.property(rest), expected, "{spelling:?} {rest}");
        }
    }

    #[test]
    fn a_property_names_its_variable_where_one_can_set_it() {
        use Spelling::{Counted, Dots, DotsButSasl};
        for (spelling, property, expected) in [
            (Dots, "node.id", Some("NODE_ID")),
            (Dots, "listener.name.in_side.x", None),
            (DotsButSasl, "listener.name.sasl_ssl.x", Some("LISTENER_NAME_SASL_SSL_X")),
            (Counted, "listener.name.in_side.x", Some("LISTENER_NAME_IN__SIDE_X")),
            (Counted, "a-b", Some("A___B")),
            (Dots, "zookeeper.clientCnxnSocket", None),
        ] {
            assert_eq!(spelling.variable(property).as_deref(), expected, "{spelling:?} {property}");
        }
    }
}
