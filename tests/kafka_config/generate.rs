//! Configurations as people write them, and as they break them: bases that some version accepts, with a few changes each.
//!
//! All of it follows from a seed, so that what was found once is found again.

use std::collections::BTreeMap;

use composefix::kafka::property::{
    ADVERTISED_LISTENERS, BROKER_ID, CONTROLLER_NAMES, INTER_BROKER_LISTENER, INTER_BROKER_PROTOCOL, LISTENERS,
    NODE_ID, PROCESS_ROLES, PROTOCOL_MAP, QUORUM_BOOTSTRAP, QUORUM_VOTERS, ZOOKEEPER_CONNECT,
};

use super::definitions;
use super::kafka::{Kafka, Properties};

/// Numbers that are as good as random for tests (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).expect("53 bits fit") % end
    }

    pub fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    fn is_one_in(&mut self, number: usize) -> bool {
        self.below(number) == 0
    }
}

/// Property names, and values that people give them, right and wrong.
const VALUES: [(&str, &[&str]); 14] = [
    (
        PROCESS_ROLES,
        &[
            "broker,controller",
            "controller,broker",
            "broker",
            "controller",
            "",
            "brokers,controller",
            "broker,broker",
            "controller, broker",
            "broker,",
            "Broker",
        ],
    ),
    (NODE_ID, &["1", "0", "2", "-1", "77", "1001", "one", "", " 1 ", "1.0"]),
    (BROKER_ID, &["1", "0", "2", "-1", "-2", "77", "1000", "1001", "", "x"]),
    (ZOOKEEPER_CONNECT, &["zookeeper:2181", "", "localhost:2181/kafka", "zoo1:2181,zoo2:2181"]),
    (
        LISTENERS,
        &[
            "PLAINTEXT://:9092,CONTROLLER://:9093",
            "PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093",
            "PLAINTEXT://:9092",
            "CONTROLLER://:9093",
            "INTERNAL://0.0.0.0:29092,EXTERNAL://0.0.0.0:9092",
            "INTERNAL://:29092,EXTERNAL://:9092,CONTROLLER://:9093",
            "PLAINTEXT://kafka:9092,CONTROLLER://kafka:9093",
            "PLAINTEXT://[::]:9092,CONTROLLER://[::1]:9093",
            "PLAINTEXT://kafka:9092:9093",
            "PLAINTEXT://:9092,CONTROLLER://:9092",
            "PLAINTEXT://127.0.0.1:9092,CONTROLLER://[::1]:9092",
            "PLAINTEXT://:9092,PLAINTEXT://:9094",
            "plaintext://:9092,controller://:9093",
            "SASL_PLAINTEXT://:9092,CONTROLLER://:9093",
            "SSL://:9092,CTRL://:9093",
            "",
            "kafka:9092",
            "PLAINTEXT://:",
            "PLAINTEXT://:99999",
            "PLAINTEXT://:0,CONTROLLER://:0",
            "PLAINTEXT://:-1",
            "PLAINTEXT://:99999999999",
            "PLAINTEXT://1.2.3.4:9092,CONTROLLER://1.2.3.5:9092",
        ],
    ),
    (
        ADVERTISED_LISTENERS,
        &[
            "PLAINTEXT://kafka:9092",
            "PLAINTEXT://localhost:9092",
            "INTERNAL://kafka:29092,EXTERNAL://localhost:9092",
            "PLAINTEXT://0.0.0.0:9092",
            "PLAINTEXT://:9092",
            "PLAINTEXT://kafka:9092,CONTROLLER://kafka:9093",
            "CONTROLLER://kafka:9093",
            "CONTROLLER://:9093",
            "",
            "kafka:9092",
            "http://kafka:9092",
            "PLAINTEXT://kafka",
            "\"PLAINTEXT://kafka:9092\"",
            "INTERNAL://kafka:29092;EXTERNAL://localhost:9092",
            "PLAINTEXT://kafka:9092,PLAINTEXT_HOST://localhost:29092",
            "plaintext://kafka:9092",
            "PLAINTEXT://kafka:9092,CONTROLLER://0.0.0.0:9093",
            "PLAINTEXT://a:9092,INTERNAL://b:9092",
            "PLAINTEXT://ka_fka.x:9092,",
            "://kafka:9092",
        ],
    ),
    (
        PROTOCOL_MAP,
        &[
            "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "PLAINTEXT:PLAINTEXT",
            "CONTROLLER:PLAINTEXT",
            "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAIN_TEXT",
            "PLAINTEXT:PLAINTEXT,EXTRA:TLS",
            "PLAINTEXT:plaintext,CONTROLLER:Plaintext",
            "",
            "PLAINTEXT",
            "PLAINTEXT:PLAINTEXT,",
            "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "plaintext:PLAINTEXT,controller:PLAINTEXT",
            "PLAINTEXT:PLAINTEXT,plaintext:SSL",
            "PLAINTEXT:PLAINTEXT, CONTROLLER : PLAINTEXT",
            "PLAINTEXT=PLAINTEXT",
            ",PLAINTEXT:PLAINTEXT",
            "PLAINTEXT:PLAINTEXT;CONTROLLER:PLAINTEXT",
        ],
    ),
    (
        INTER_BROKER_LISTENER,
        &["PLAINTEXT", "INTERNAL", "EXTERNAL", "CONTROLLER", "NOWHERE", "", "plaintext", " INTERNAL"],
    ),
    (INTER_BROKER_PROTOCOL, &["PLAINTEXT", "SASL_PLAINTEXT", "TLS", "plaintext", ""]),
    (
        CONTROLLER_NAMES,
        &[
            "CONTROLLER",
            "controller",
            "CONTROLLER,CTRL",
            "CONTROLLER, CTRL",
            "CTRL",
            "PLAINTEXT",
            "",
            "CONTROLLER,",
            "SSL",
            "CONTROLLER,CONTROLLER",
            " CONTROLLER ",
        ],
    ),
    (
        QUORUM_VOTERS,
        &[
            "1@kafka:9093",
            "1@localhost:9093",
            "0@kafka:9093",
            "1@k1:9093,2@k2:9093,3@k3:9093",
            "kafka:9093",
            "",
            "1@kafka",
            "1@:9093",
            "1@0.0.0.0:9093",
            "1@kafka:99999",
            "1@CONTROLLER://kafka:9093",
            "'1@kafka:9093'",
            "1@kafka:9093,",
            "one@kafka:9093",
            "-1@kafka:9093",
            "1@ka fka:9093",
            "1@kafka:9093@",
            "1@[::1]:9093",
            "77@kafka:9092",
        ],
    ),
    (QUORUM_BOOTSTRAP, &["kafka:9093", "", "kafka", "CONTROLLER://kafka:9093", "kafka:9093,k2:9093", "kafka:x"]),
    ("log.dirs", &["/var/lib/kafka/data", "/a,/b", "", ",", "/a,/a"]),
    ("compression.type", &["producer", "GZIP", "zip", ""]),
];

/// Changes that keep a value near to what it was.
const EDITS: [fn(&str) -> String; 12] = [
    |value| format!("X_{value}"),
    |value| value.replace(',', ", "),
    |value| value.replace(',', ";"),
    |value| value.to_lowercase(),
    |value| value.replacen("PLAINTEXT:", "CLIENT:", 1),
    |value| value.replace("CONTROLLER", "CTRL"),
    |value| format!("\"{value}\""),
    |value| format!("{value},"),
    |value| format!("  {value} "),
    |value| value.replacen("9093", "9092", 1),
    |value| value.replacen("kafka", "0.0.0.0", 1),
    |value| value.split(',').next().unwrap_or_default().to_owned(),
];

/// Properties that some version or other takes, as images' samples have them.
const BASES: [&[(&str, &str)]; 6] = [
    &[
        (PROCESS_ROLES, "broker,controller"),
        (NODE_ID, "1"),
        (QUORUM_VOTERS, "1@kafka:9093"),
        (CONTROLLER_NAMES, "CONTROLLER"),
        (LISTENERS, "PLAINTEXT://:9092,CONTROLLER://:9093"),
        (ADVERTISED_LISTENERS, "PLAINTEXT://kafka:9092"),
        (PROTOCOL_MAP, "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
    ],
    &[
        (PROCESS_ROLES, "broker,controller"),
        (NODE_ID, "1"),
        (QUORUM_VOTERS, "1@kafka:9093"),
        (CONTROLLER_NAMES, "CONTROLLER"),
        (LISTENERS, "INTERNAL://0.0.0.0:29092,EXTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093"),
        (ADVERTISED_LISTENERS, "INTERNAL://kafka:29092,EXTERNAL://localhost:9092"),
        (INTER_BROKER_LISTENER, "INTERNAL"),
        (PROTOCOL_MAP, "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT"),
    ],
    &[
        (PROCESS_ROLES, "broker"),
        (NODE_ID, "2"),
        (QUORUM_VOTERS, "1@controller:9093"),
        (CONTROLLER_NAMES, "CONTROLLER"),
        (LISTENERS, "PLAINTEXT://:9092"),
        (ADVERTISED_LISTENERS, "PLAINTEXT://kafka:9092"),
    ],
    &[
        (PROCESS_ROLES, "controller"),
        (NODE_ID, "1"),
        (QUORUM_VOTERS, "1@kafka:9093"),
        (CONTROLLER_NAMES, "CONTROLLER"),
        (LISTENERS, "CONTROLLER://:9093"),
    ],
    &[
        (ZOOKEEPER_CONNECT, "zookeeper:2181"),
        (LISTENERS, "PLAINTEXT://:9092"),
        (ADVERTISED_LISTENERS, "PLAINTEXT://kafka:9092"),
    ],
    &[
        (ZOOKEEPER_CONNECT, "zookeeper:2181"),
        (BROKER_ID, "1"),
        (LISTENERS, "INTERNAL://:29092,EXTERNAL://:9092"),
        (ADVERTISED_LISTENERS, "INTERNAL://kafka:29092,EXTERNAL://localhost:9092"),
        (INTER_BROKER_LISTENER, "INTERNAL"),
        (PROTOCOL_MAP, "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT"),
    ],
];

/// Numbers that go together.
static RELATIONS: &str = include_str!("../../src/kafka/startup/relations.tsv");

/// Values for a property that no list above has: by its type, at its limits and beyond.
const NUMBERS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "2",
    "10",
    "500",
    "5000",
    "45000",
    "60000",
    "100000",
    "3000000000",
    "1.5",
    "many",
    "",
    "-9223372036854775808",
    " 5 ",
];
const WORDS: [&str; 8] = ["true", "FALSE", "yes", "1", "", "none", "a,b", "a,,a"];

/// One configuration; `names` are the properties that Kafka knows, by name and type.
pub fn configuration(random: &mut Random, names: &[(String, String)]) -> Properties {
    let base = *random.one(&BASES);
    let mut properties: BTreeMap<String, String> =
        base.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    for _ in 0..random.below(4) {
        change(random, &mut properties, names);
    }
    properties
}

fn change(random: &mut Random, properties: &mut Properties, names: &[(String, String)]) {
    let set: Vec<String> = properties.keys().cloned().collect();
    match random.below(7) {
        0 if !set.is_empty() => {
            properties.remove(random.one(&set));
        }
        1 | 2 if !set.is_empty() => {
            let name = random.one(&set).clone();
            let edit = random.one(&EDITS);
            properties.entry(name).and_modify(|value| *value = edit(value));
        }
        3 | 4 => {
            let (name, values) = random.one(&VALUES);
            properties.insert((*name).to_owned(), (*random.one(values)).to_owned());
        }
        5 => {
            let rows: Vec<&str> = RELATIONS.lines().filter(|line| !line.starts_with('#')).collect();
            let name = random.one(&rows).split('\t').nth(2).expect("it has five columns");
            properties.insert(name.to_owned(), (*random.one(&NUMBERS)).to_owned());
        }
        _ => {
            let (name, kind) = random.one(names);
            let is_word = matches!(kind.as_str(), "boolean" | "text" | "list") != random.is_one_in(8);
            let values: &[&str] = if is_word { &WORDS } else { &NUMBERS };
            properties.insert(name.clone(), (*random.one(values)).to_owned());
        }
    }
}

/// Every property that a version knows, one at a time, with values of every kind, on top of a base that it accepts.
pub fn of_every_property(names: &[(String, String)], base: &Properties) -> Vec<Properties> {
    let values = NUMBERS.iter().chain(&WORDS);
    let with = |(name, value): (&String, &&str)| {
        let mut properties = base.clone();
        properties.insert(name.clone(), (*value).to_owned());
        properties
    };
    names.iter().flat_map(|(name, _)| values.clone().map(move |value| (name, value))).map(with).collect()
}

/// A base that a version accepts.
pub fn accepted_base(kafka: &Kafka) -> Properties {
    let base = if kafka.version.is_from(3, 3) { BASES[0] } else { BASES[4] };
    base.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The properties that a version knows and that the model looks at, by name and type: classes, and what loads them, are not.
pub fn modelled_names(kafka: &Kafka) -> Vec<(String, String)> {
    let table = std::fs::read_to_string(definitions::path()).expect("it is there");
    let rows = definitions::of_version(&table, kafka.version);
    let name = |row: &String| {
        let mut columns = row.split('\t');
        let (name, kind) = (columns.next()?.to_owned(), columns.next()?.to_owned());
        let loads_classes = super::NOT_MODELLED.iter().any(|(pattern, _)| name.contains(pattern));
        (kind != "class" && !loads_classes).then_some((name, kind))
    };
    rows.iter().filter_map(name).collect()
}
