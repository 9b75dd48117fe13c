//! The real Kafka: one process of Java a version, which answers to `KafkaSays.java`.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::ops::Deref;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use composefix::kafka::property::KafkaVersion;

use crate::support::kafka::Jars;

/// A version of Kafka whose jars are there.
#[derive(Clone, Debug)]
pub struct Kafka(Jars);

impl Deref for Kafka {
    type Target = Jars;

    fn deref(&self) -> &Jars {
        &self.0
    }
}

/// Kafka's verdict on a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It would start.
    Accept,
    /// It stops, with these words.
    Reject(String),
}

/// A configuration: properties and their values.
pub type Properties = BTreeMap<String, String>;

impl Kafka {
    /// All versions, oldest first.
    pub fn all() -> Vec<Self> {
        Jars::all().into_iter().map(Self).collect()
    }

    /// The place of the one that judges for a version.
    pub fn nearest(all: &[Self], version: KafkaVersion) -> Option<usize> {
        let jars: Vec<Jars> = all.iter().map(|kafka| kafka.0.clone()).collect();
        Jars::nearest(&jars, version)
    }

    /// Kafka's answers to configurations, in their order.
    pub fn answers(&self, configurations: &[Properties]) -> Vec<Answer> {
        let line = |properties: &Properties| {
            let pairs: Vec<String> = properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
            pairs.join("\u{1f}") + "\n"
        };
        let lines: String = configurations.iter().map(line).collect();
        let said = self.run("check", &lines);
        let answer = |line: &str| match line.split_once('\t') {
            Some((_, words)) => Answer::Reject(words.to_owned()),
            None => Answer::Accept,
        };
        let answers: Vec<Answer> = said.lines().map(answer).collect();
        assert_eq!(answers.len(), configurations.len(), "{}: not every configuration was answered", self.name);
        answers
    }

    /// Its definition of each property: name, type, default and allowed values, with tabs between them.
    pub fn definitions(&self) -> Vec<String> {
        self.run("define", "").lines().map(str::to_owned).collect()
    }

    fn run(&self, what: &str, input: &str) -> String {
        let classes = CLASSES.get_or_init(|| self.compile(&["kafka_config/KafkaSays.java"], "kafka_config"));
        let path = format!("{}:{}", classes.display(), self.class_path());
        let mut command = Command::new("java");
        command.args(["-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", &path, "KafkaSays", what]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("java");
        let stdin = child.stdin.take().expect("it is piped");
        // Kafka answers while it still reads.
        let Output { status, stdout, stderr } = std::thread::scope(|scope| {
            scope.spawn(move || BufWriter::new(stdin).write_all(input.as_bytes()));
            child.wait_with_output().expect("java runs")
        });
        assert!(status.success(), "Kafka {}: {}", self.name, String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).expect("it prints UTF-8")
    }
}

/// The program's classes, which run with every version whichever they were compiled with.
static CLASSES: OnceLock<PathBuf> = OnceLock::new();
