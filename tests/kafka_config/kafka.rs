//! The real Kafka: one process of Java a version, which answers to `KafkaSays.java`.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use composefix::kafka::property::KafkaVersion;

/// A version of Kafka whose jars are there.
#[derive(Clone, Debug)]
pub struct Kafka {
    /// The version, as the name of the folder of its jars.
    pub name: String,
    /// The version.
    pub version: KafkaVersion,
    jars: PathBuf,
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
    /// All versions whose jars are in a folder of `COMPOSEFIX_KAFKA`, or of `target/kafka`, where `ci/test` puts them; oldest first. Also
    /// none if Java is missing.
    pub fn all() -> Vec<Self> {
        let root = std::env::var_os("COMPOSEFIX_KAFKA").map(PathBuf::from);
        let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/kafka"));
        let has_java = Command::new("javac").arg("-version").output().is_ok_and(|output| output.status.success());
        let folders = std::fs::read_dir(root).ok().filter(|_| has_java);
        let of_folder = |folder: std::fs::DirEntry| {
            let name = folder.file_name().into_string().ok()?;
            let is_version = name.chars().all(|character| character.is_ascii_digit() || character == '.');
            let version = KafkaVersion::parse(&name).filter(|_| is_version && folder.path().is_dir())?;
            Some(Self { name, version, jars: folder.path() })
        };
        let mut all: Vec<Self> = folders.into_iter().flatten().flatten().filter_map(of_folder).collect();
        all.sort_by_key(|kafka| kafka.version);
        all
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
        let classes = CLASSES.get_or_init(|| compiled(&self.jars));
        let path = format!("{}:{}", classes.display(), self.jars.join("*").display());
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

fn compiled(jars: &Path) -> PathBuf {
    let classes = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kafka_config");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kafka_config/KafkaSays.java");
    let mut javac = Command::new("javac");
    javac.args(["-proc:none", "-nowarn", "-cp"]).arg(jars.join("*")).arg("-d").arg(&classes).arg(program);
    let output = javac.output().expect("javac");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    classes
}
