//! The definition of each of a broker's properties, by Kafka's version: `properties.tsv`, which is made from Kafka's own.

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use crate::kafka::property::{KafkaVersion, VersionRange};
use crate::kafka::startup::value::{boolean, double, integer, list, trimmed};
use crate::text::nearest;

/// One property and version range a row.
static TABLE: &str = include_str!("properties.tsv");

/// The rows of the table, sorted by name.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|row| !row.starts_with('#'));
    let row = |(name, text)| Row { name, text, letters: letters(name), definition: OnceLock::new() };
    let mut table = Vec::with_capacity(TABLE.lines().count());
    table.extend(rows.filter_map(|row| row.split_once('\t')).map(row));
    table
});

/// A row of the table.
struct Row {
    name: &'static str,
    text: &'static str,
    /// See [`letters`].
    letters: u64,
    /// What it says, read when it is first looked for.
    definition: OnceLock<Option<Definition>>,
}

impl Row {
    fn definition(&self) -> Option<Definition> {
        *self.definition.get_or_init(|| Definition::read(self.name, self.text))
    }
}

/// What Kafka reads a value as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number of 16, 32 or 64 bits.
    Integer {
        /// The number of its bits.
        bits: u32,
    },
    /// A number with a fraction.
    Double,
    /// Any text.
    Text,
    /// Texts with commas between them.
    List,
    /// The name of a class of Java.
    Class,
}

impl fmt::Display for Kind {
    /// Its name in Kafka's documentation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "boolean",
            Self::Integer { bits: 16 } => "short",
            Self::Integer { bits: 32 } => "int",
            Self::Integer { .. } => "long",
            Self::Double => "double",
            Self::Text => "string",
            Self::List => "list",
            Self::Class => "class",
        })
    }
}

/// A property as one or more versions of Kafka define it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// The versions that define it so.
    pub versions: VersionRange,
    /// What its value is read as.
    pub kind: Kind,
    /// Its value where nothing sets it.
    pub default: Option<&'static str>,
    /// Whether Kafka refuses to start without it.
    pub is_required: bool,
    /// What its value may be, in the form of the table's fifth column.
    allowed: &'static str,
}

/// Why Kafka does not take a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueFault {
    /// It is not of the property's type.
    WrongType(Kind),
    /// It is below the least or above the greatest number.
    OutOfRange {
        /// The least one.
        least: Option<f64>,
        /// The greatest one.
        greatest: Option<f64>,
    },
    /// It is none of the words that there are.
    NotAllowed {
        /// Those words, with `|` between them.
        words: &'static str,
    },
    /// It is empty, or one of its entries is.
    Empty,
}

impl Definition {
    /// A property in a version; `None` if that version does not have it.
    #[must_use]
    pub fn of(name: &str, version: KafkaVersion) -> Option<Self> {
        all(name).find(|definition| definition.versions.contains(version))
    }

    /// Why Kafka rejects a value for this property, if it does.
    ///
    /// The voters of a quorum and protocol versions have special forms, which are checked elsewhere.
    #[must_use]
    pub fn fault(&self, text: &str) -> Option<ValueFault> {
        let is_of_type = match self.kind {
            Kind::Boolean => boolean(text).is_some(),
            Kind::Integer { bits } => {
                integer(text).is_some_and(|number| number == number << (64 - bits) >> (64 - bits))
            }
            Kind::Double => double(text).is_some(),
            Kind::Class => !trimmed(text).is_empty(),
            Kind::Text | Kind::List => true,
        };
        if !is_of_type {
            return Some(ValueFault::WrongType(self.kind));
        }
        let number = double(text);
        if number.is_some_and(|number| self.also_allowed().any(|other| other == number)) {
            return None;
        }
        self.allowed.split(' ').find_map(|rule| self.broken(rule, text, number))
    }

    /// Whether a duplicate entry of the list counts once.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.allowed.split(' ').any(|rule| rule == "set")
    }

    /// Numbers that are allowed outside the range.
    fn also_allowed(&self) -> impl Iterator<Item = f64> {
        self.allowed.split(' ').filter_map(|rule| rule.parse().ok())
    }

    fn broken(&self, rule: &'static str, text: &str, number: Option<f64>) -> Option<ValueFault> {
        if let Some((least, greatest)) = rule.split_once("..") {
            let (number, least, greatest) = (number?, least.parse().ok(), greatest.parse().ok());
            let is_outside =
                least.is_some_and(|least| number < least) || greatest.is_some_and(|greatest| number > greatest);
            return is_outside.then_some(ValueFault::OutOfRange { least, greatest });
        }
        let entries: Vec<&str> = match self.kind {
            Kind::List => list(text).iter().map(|entry| entry.text).collect(),
            _ => vec![trimmed(text)],
        };
        let is_fault = |is_fault: bool, fault| is_fault.then_some(fault);
        match rule.split_once(':') {
            Some(("one", words)) => {
                let is_other = |entry: &&str| !words.split('|').any(|word| word == *entry);
                is_fault(entries.iter().any(is_other), ValueFault::NotAllowed { words })
            }
            Some(("any-case", words)) => {
                let is_other = |entry: &&str| !words.split('|').any(|word| word.eq_ignore_ascii_case(entry));
                is_fault(entries.iter().any(is_other), ValueFault::NotAllowed { words })
            }
            _ if rule == "filled" => is_fault(entries.is_empty() || entries.contains(&""), ValueFault::Empty),
            _ if rule == "set" => is_fault(entries.contains(&""), ValueFault::Empty),
            _ => None,
        }
    }

    /// Reads a row; `None` if it is none.
    fn read(name: &'static str, row: &'static str) -> Option<Self> {
        let mut columns = row.split('\t');
        let mut next = || columns.next();
        let (first, last, kind, default, allowed) = (next()?, next()?, next()?, next()?, next()?);
        let line = |text| KafkaVersion::parse(text).map(KafkaVersion::line);
        let (major, minor) = line(first)?;
        let last = line(last).map(|(major, minor)| KafkaVersion::minor(major, minor));
        let kind = match kind {
            "boolean" => Kind::Boolean,
            "short" => Kind::Integer { bits: 16 },
            "int" => Kind::Integer { bits: 32 },
            "long" => Kind::Integer { bits: 64 },
            "double" => Kind::Double,
            "list" => Kind::List,
            "class" => Kind::Class,
            _ => Kind::Text,
        };
        let versions = VersionRange { first: KafkaVersion::new(major, minor, 0), last };
        Some(Self { name, versions, kind, default: default.strip_prefix('='), is_required: default == "!", allowed })
    }
}

/// The first and the last version that has a property; `None` if no version does.
#[must_use]
pub fn known_in(name: &str) -> Option<VersionRange> {
    let mut definitions = all(name);
    let first = definitions.next()?;
    let last = definitions.last().unwrap_or(first);
    Some(VersionRange { first: first.versions.first, last: last.versions.last })
}

/// The one property of a version whose name is nearly this one: one letter off, or two if it is long.
#[must_use]
pub fn nearly(name: &str, version: KafkaVersion) -> Option<&'static str> {
    let limit = if name.len() < 12 { 1 } else { 2 };
    let own_letters = letters(name);
    // The distance itself costs the product of both lengths. An edit adds a letter, takes one away, or does both.
    let is_possible = |row: &&Row| {
        row.name.len().abs_diff(name.len()) <= limit
            && (row.letters ^ own_letters).count_ones() as usize <= 2 * limit
            && letters_apart(row.name, name) <= 2 * limit
    };
    let near = ROWS.iter().filter(is_possible).filter_map(|row| {
        let distance = strsim::osa_distance(row.name, name);
        let definition = row.definition().filter(|_| distance <= limit)?;
        definition.versions.contains(version).then_some((distance, definition.name))
    });
    nearest(near, limit)
}

/// Which letters a name has, one bit for each; some letters share a bit.
fn letters(name: &str) -> u64 {
    name.bytes().fold(0, |letters, byte| letters | 1 << (byte % 64))
}

/// How many letters one name has that the other has not, and the reverse: at most twice the number of edits between them.
fn letters_apart(one: &str, other: &str) -> usize {
    let mut counts = [0_i32; 256];
    one.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    other.bytes().for_each(|byte| counts[usize::from(byte)] -= 1);
    counts.iter().map(|count| count.unsigned_abs() as usize).sum()
}

/// The definitions of a property, the one of the first version first.
fn all(name: &str) -> impl Iterator<Item = Definition> {
    let start = ROWS.partition_point(|row| row.name < name);
    ROWS[start..].iter().take_while(move |row| row.name == name).filter_map(Row::definition)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> KafkaVersion {
        KafkaVersion::parse(text).expect("it is a version")
    }

    #[test]
    fn every_row_is_found_by_its_name() {
        assert!(TABLE.is_ascii());
        let mut count = 0;
        for definition in ROWS.iter().filter_map(Row::definition) {
            let found = Definition::of(definition.name, definition.versions.first);
            assert_eq!(found, Some(definition), "{}", definition.name);
            count += 1;
        }
        assert!(count > 500, "{count} rows");
    }

    #[test]
    fn a_property_is_defined_by_version() {
        let is_known = |name: &str, text: &str| Definition::of(name, version(text)).is_some();
        assert!(is_known("zookeeper.connect", "3.9.1") && !is_known("zookeeper.connect", "4.0.0"));
        assert!(!is_known("process.roles", "2.7.2") && is_known("process.roles", "2.8.2"));
        assert!(!is_known("no.such.property", "4.0.0") && !is_known("", "4.0.0") && !is_known("zzz", "4.0.0"));
        assert_eq!(known_in("advertised.host.name").and_then(|range| range.last), Some(version("2.8")));
    }

    #[test]
    fn values_have_a_type_and_limits() {
        let fault = |name: &str, text: &str| Definition::of(name, version("4.4")).expect(name).fault(text);
        assert_eq!(fault("num.partitions", "3"), None);
        assert_eq!(fault("num.partitions", "three"), Some(ValueFault::WrongType(Kind::Integer { bits: 32 })));
        assert_eq!(fault("num.partitions", "3000000000"), Some(ValueFault::WrongType(Kind::Integer { bits: 32 })));
        assert_eq!(fault("num.partitions", "0"), Some(ValueFault::OutOfRange { least: Some(1.0), greatest: None }));
        assert_eq!(fault("auto.create.topics.enable", "yes"), Some(ValueFault::WrongType(Kind::Boolean)));
        assert_eq!([fault("compression.gzip.level", "-1"), fault("compression.gzip.level", "9")], [None, None]);
        assert!(matches!(fault("compression.gzip.level", "0"), Some(ValueFault::OutOfRange { .. })));
        assert!(matches!(fault("compression.type", "GZIP"), Some(ValueFault::NotAllowed { .. })));
        assert_eq!(fault("group.consumer.migration.policy", "upgrade"), None);
        assert!(matches!(fault("process.roles", "brokers,controller"), Some(ValueFault::NotAllowed { .. })));
        assert_eq!(fault("process.roles", ""), Some(ValueFault::Empty));
        assert_eq!(fault("process.roles", "broker,broker"), None);
    }

    #[test]
    fn a_name_is_nearly_another() {
        for (name, expected) in [
            ("advertised.listener", Some("advertised.listeners")),
            ("advertized.listeners", Some("advertised.listeners")),
            ("controller.quorum.voter", Some("controller.quorum.voters")),
            ("offset.topic.replication.factor", Some("offsets.topic.replication.factor")),
            ("listener", Some("listeners")),
            ("super.users", None),
            ("confluent.license.topic.replication.factor", None),
        ] {
            assert_eq!(nearly(name, version("3.9")), expected, "{name}");
        }
    }
}
