//! The roles of environment variables, by name.

use std::borrow::Cow;

use serde::Deserialize;

/// The form in which a variable holds broker addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// `host:port`, or several with commas between.
    #[default]
    List,
    /// `kafka://host:port`.
    Url,
    /// A configuration file's text, in YAML, with the addresses somewhere inside.
    Document,
}

/// What a variable is for, judged by its name alone: the value may still contradict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableRole {
    /// A client's broker addresses.
    BrokerAddress(Shape),
    /// A client's broker host; the port is in another variable, in this value, or missing.
    BrokerHost,
    /// The port for such a host.
    BrokerPort,
    /// A setting of a broker or of ZooKeeper: never a client's address.
    BrokerSetting,
    /// Something else about Kafka: a topic, a group, credentials, options of the JVM, the address of a tool around Kafka.
    ClientSetting,
    /// Nothing about Kafka.
    Unrelated,
}

/// The one of `known` that differs from a name by one letter: added, missing, different, or two swapped. A number in a known name matches
/// any number. `None` for a known name.
#[must_use]
pub fn near_miss<'k>(name: &str, known: impl Iterator<Item = &'k str> + Clone) -> Option<String> {
    // Numbers may have more or fewer digits.
    let has_number = has_digit(name);
    let known = known.filter(|known| has_number || known.len().abs_diff(name.len()) <= 1);
    if known.clone().any(|known| is_same_but_numbers(known, name)) {
        return None;
    }
    let mut known = known.map(|known| with_number_of(known, name));
    known.find(|known| is_one_edit(name.as_bytes(), known.as_bytes())).map(Cow::into_owned)
}

fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    match (a, b) {
        ([_, rest @ ..], b) if rest == b => true,
        (a, [_, rest @ ..]) if rest == a => true,
        ([first, second, a @ ..], [x, y, b @ ..]) if first == y && second == x && a == b => true,
        ([_, a @ ..], [_, b @ ..]) => a == b,
        _ => false,
    }
}

/// Whether two names are the same except for case and numbers.
pub(super) fn is_same_but_numbers(a: &str, b: &str) -> bool {
    if !has_digit(a) || !has_digit(b) {
        return a.eq_ignore_ascii_case(b);
    }
    without_numbers(a).eq(without_numbers(b))
}

fn has_digit(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a name begins so, whatever the case and the numbers in it.
pub(super) fn starts_same_but_numbers(start: &str, name: &str) -> bool {
    let mut name = without_numbers(name);
    without_numbers(start).all(|byte| name.next() == Some(byte))
}

/// A known name with the first number of another name, as in the variables of one cluster.
pub(super) fn with_number_of<'k>(known: &'k str, other: &str) -> Cow<'k, str> {
    let number = |name: &str| {
        let start = name.find(|character: char| character.is_ascii_digit())?;
        let length = name[start..].bytes().take_while(u8::is_ascii_digit).count();
        Some(start..start + length)
    };
    match (number(known), number(other)) {
        (Some(own), Some(theirs)) => {
            Cow::Owned(format!("{}{}{}", &known[..own.start], &other[theirs], &known[own.end..]))
        }
        _ => Cow::Borrowed(known),
    }
}

/// The bytes of a name in capitals, with `0` for every number.
fn without_numbers(name: &str) -> impl Iterator<Item = u8> {
    let mut after_digit = false;
    name.bytes().filter_map(move |byte| {
        let is_digit = byte.is_ascii_digit();
        let is_dropped = is_digit && after_digit;
        after_digit = is_digit;
        (!is_dropped).then_some(if is_digit { b'0' } else { byte.to_ascii_uppercase() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_the_names_of_a_tool_count_alike() {
        assert!(is_same_but_numbers("KAFKA_CLUSTERS_0_NAME", "KAFKA_CLUSTERS_12_NAME"));
        assert!(is_same_but_numbers("A_0_B", "a_9_b"));
        assert!(!is_same_but_numbers("A_0_B", "A__B"));
        assert!(!is_same_but_numbers("A_B", "A_C"));
        assert!(starts_same_but_numbers("KAFKA_CLUSTERS_0_", "kafka_clusters_12_name"));
        assert!(!starts_same_but_numbers("KAFKA_CLUSTERS_0_", "KAFKA_CLUSTERS_"));
        assert_eq!(with_number_of("KAFKA_CLUSTERS_0_NAME", "KAFKA_CLUSTERS_12_X_3"), "KAFKA_CLUSTERS_12_NAME");
        assert_eq!(with_number_of("NAME", "X_1"), "NAME");
        assert_eq!(with_number_of("NAME_0", "X"), "NAME_0");
    }
}
