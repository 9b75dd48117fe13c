//! Generates `src/kafka/startup/properties.tsv` from the definitions of every version of Kafka.

use std::collections::BTreeMap;
use std::path::Path;

use composefix::kafka::property::KafkaVersion;

use super::kafka::Kafka;

/// The newest line of versions, which has no end yet.
const NEWEST: (u16, u16) = KafkaVersion::NEWEST.line();

/// Every line of versions in the table.
pub const LINES: [(u16, u16); 24] = [
    (2, 0),
    (2, 1),
    (2, 2),
    (2, 3),
    (2, 4),
    (2, 5),
    (2, 6),
    (2, 7),
    (2, 8),
    (3, 0),
    (3, 1),
    (3, 2),
    (3, 3),
    (3, 4),
    (3, 5),
    (3, 6),
    (3, 7),
    (3, 8),
    (3, 9),
    (4, 0),
    (4, 1),
    (4, 2),
    (4, 3),
    (4, 4),
];

pub fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kafka/startup/properties.tsv")
}

/// The table of these versions, which are one a line of versions.
pub fn table(versions: &[Kafka]) -> String {
    let mut rows: BTreeMap<String, Vec<(usize, usize, String)>> = BTreeMap::new();
    for (at, kafka) in versions.iter().enumerate() {
        for definition in kafka.definitions() {
            let (name, rest) = definition.split_once('\t').expect("it has four columns");
            let of_name = rows.entry(name.to_owned()).or_default();
            match of_name.last_mut() {
                Some((_, last, same)) if *last + 1 == at && same == rest => *last = at,
                _ => of_name.push((at, at, rest.to_owned())),
            }
        }
    }
    let mut table = HEADER.to_owned();
    for (name, of_name) in rows {
        for (first, last, rest) in of_name {
            let line = |at: usize| versions[at].version.line();
            let text = |(major, minor): (u16, u16)| format!("{major}.{minor}");
            let last = if line(last) == NEWEST { "-".to_owned() } else { text(line(last)) };
            table += &format!("{name}\t{}\t{last}\t{rest}\n", text(line(first)));
        }
    }
    table
}

/// The definitions of one version in the committed table, in Kafka's form.
pub fn of_version(table: &str, version: KafkaVersion) -> Vec<String> {
    let is_in = |first: &str, last: &str| {
        let line = |text: &str| KafkaVersion::parse(text).map(KafkaVersion::line);
        line(first).is_some_and(|first| first <= version.line()) && line(last).is_none_or(|last| version.line() <= last)
    };
    let rows = table.lines().filter(|line| !line.starts_with('#')).filter_map(|row| {
        let columns: Vec<&str> = row.split('\t').collect();
        let [name, first, last, rest @ ..] = columns.as_slice() else { panic!("a row has six columns: {row}") };
        is_in(first, last).then(|| [&[*name], rest].concat().join("\t"))
    });
    rows.collect()
}

const HEADER: &str = "\
# The properties of a Kafka broker, from Kafka's own definition (apache/kafka, kafka.server.KafkaConfig and the classes that it gathers).
# Generated, not written by hand: put the jars of one release of each line of versions into folders named by their versions, side by
# side (`ci/kafka-jars 3.9.1 FOLDER/3.9.1`), and run
#     COMPOSEFIX_KAFKA=FOLDER UPDATE_FIXTURES=1 cargo test --test kafka_config the_table
# Columns: name; first and last line of versions with this definition (- if there is no end); type; default (= before a value, - for
# none, ! where the property must be set); what a value may be: a range, one of these words; set, a list without
# empty entries in which an entry that is there twice counts once; filled, not empty; or - for anything.
";
