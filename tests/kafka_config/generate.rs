//! Configurations as people write them, and as they break them: bases that some version accepts, with a few changes each. What they are
//! made of is in `values.toml`.
//!
//! All of it follows from a seed, so that what was found once is found again.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::definitions;
use super::kafka::{Kafka, Properties};

/// Numbers that go together.
static RELATIONS: &str = include_str!("../../src/kafka/startup/relations.tsv");

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

/// Numbers that are as good as random for tests (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).expect("53 bits fit") % end
    }

    fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}

/// What configurations of one version are made of.
pub struct Generator {
    pool: Pool,
    values: Vec<(String, Vec<String>)>,
    /// The properties that the version knows and that the model looks at, by name and type.
    known: Vec<(String, String)>,
    related: Vec<String>,
}

#[derive(Deserialize)]
struct Pool {
    numbers: Vec<String>,
    words: Vec<String>,
    values: BTreeMap<String, Vec<String>>,
    base: Vec<Properties>,
}

impl Generator {
    pub fn new(kafka: &Kafka) -> Self {
        let mut pool: Pool = toml::from_str(include_str!("values.toml")).expect("it is TOML");
        let values = std::mem::take(&mut pool.values).into_iter().collect();
        let rows = RELATIONS.lines().filter(|line| !line.starts_with('#'));
        let related = rows.filter_map(|row| row.split('\t').nth(2).map(str::to_owned)).collect();
        Self { pool, values, known: known(kafka), related }
    }

    /// One configuration.
    pub fn configuration(&self, random: &mut Random) -> Properties {
        let mut properties = random.one(&self.pool.base).clone();
        for _ in 0..random.below(4) {
            self.change(random, &mut properties);
        }
        properties
    }

    fn change(&self, random: &mut Random, properties: &mut Properties) {
        let set: Vec<String> = properties.keys().cloned().collect();
        match random.below(7) {
            0 if !set.is_empty() => {
                properties.remove(random.one(&set));
            }
            1 | 2 if !set.is_empty() => {
                let edit = random.one(&EDITS);
                properties.entry(random.one(&set).clone()).and_modify(|value| *value = edit(value));
            }
            3 | 4 => {
                let (name, values) = random.one(&self.values);
                properties.insert(name.clone(), random.one(values).clone());
            }
            5 => {
                properties.insert(random.one(&self.related).clone(), random.one(&self.pool.numbers).clone());
            }
            _ => {
                let (name, kind) = random.one(&self.known);
                // A word where a number is meant, now and then.
                let is_word = matches!(kind.as_str(), "boolean" | "text" | "list") != (random.below(8) == 0);
                let values = if is_word { &self.pool.words } else { &self.pool.numbers };
                properties.insert(name.clone(), random.one(values).clone());
            }
        }
    }

    /// Every property that the version knows, one at a time, with values of every kind, on top of a base that it accepts.
    pub fn of_every_property(&self, kafka: &Kafka) -> Vec<Properties> {
        let is_accepted = |base: &&Properties| base.contains_key("process.roles") == kafka.version.is_from(3, 3);
        let base = self.pool.base.iter().find(is_accepted).expect("there is one with roles, and one without");
        let values = || self.pool.numbers.iter().chain(&self.pool.words);
        let with = |name: &str, value: &str| {
            let mut properties = base.clone();
            properties.insert(name.to_owned(), value.to_owned());
            properties
        };
        self.known.iter().flat_map(|(name, _)| values().map(move |value| with(name, value))).collect()
    }
}

fn known(kafka: &Kafka) -> Vec<(String, String)> {
    let table = std::fs::read_to_string(definitions::path()).expect("it is there");
    let name = |row: &String| {
        let mut columns = row.split('\t');
        let (name, kind) = (columns.next()?.to_owned(), columns.next()?.to_owned());
        let is_modelled = kind != "class" && !super::NOT_MODELLED.iter().any(|(pattern, _)| name.contains(pattern));
        is_modelled.then_some((name, kind))
    };
    definitions::of_version(&table, kafka.version).iter().filter_map(name).collect()
}
