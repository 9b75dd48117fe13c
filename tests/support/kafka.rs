//! The jars of Kafka, a folder for each version.

use std::path::{Path, PathBuf};
use std::process::Command;

use composefix::kafka::property::KafkaVersion;

/// A version of Kafka whose jars are there.
#[derive(Clone, Debug)]
pub struct Jars {
    /// The version, as the name of their folder.
    pub name: String,
    /// The version.
    pub version: KafkaVersion,
    /// Their folder.
    pub folder: PathBuf,
}

impl Jars {
    /// All versions in the folder `COMPOSEFIX_KAFKA`, or in `target/kafka-jars`, where `ci/test` puts them; oldest first. Where there is none,
    /// or no Java, the test says that it was skipped.
    pub fn all() -> Vec<Self> {
        let root = std::env::var_os("COMPOSEFIX_KAFKA").map(PathBuf::from);
        let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/kafka-jars"));
        let has_java = Command::new("javac").arg("-version").output().is_ok_and(|output| output.status.success());
        let folders = std::fs::read_dir(root).ok().filter(|_| has_java);
        let mut all: Vec<Self> = folders.into_iter().flatten().flatten().filter_map(|entry| Self::of(&entry)).collect();
        all.sort_by_key(|jars| jars.version);
        if all.is_empty() {
            super::skip("Java or the jars of Kafka are not there (ci/kafka-jars VERSION target/kafka-jars/VERSION)");
        }
        all
    }

    fn of(folder: &std::fs::DirEntry) -> Option<Self> {
        let name = folder.file_name().into_string().ok()?;
        let is_version = name.chars().all(|character| character.is_ascii_digit() || character == '.');
        let version = KafkaVersion::parse(&name).filter(|_| is_version && folder.path().is_dir())?;
        Some(Self { name, version, folder: folder.path() })
    }

    /// The place of the one that stands for a version: that version, else the last release of its line, else of the next line of the same
    /// major version, else the last one before it.
    pub fn nearest(all: &[Self], version: KafkaVersion) -> Option<usize> {
        let lines = all.iter().map(|jars| jars.version.line());
        let line = lines.filter(|line| line.0 == version.line().0 && *line >= version.line()).min();
        let of_line = all.iter().rposition(|jars| Some(jars.version.line()) == line);
        let exact = all.iter().position(|jars| jars.version == version);
        let before = || all.iter().rposition(|jars| jars.version.line().0 == version.line().0);
        exact.or(of_line).or_else(before)
    }

    /// What a class path has to name.
    pub fn class_path(&self) -> String {
        self.folder.join("*").display().to_string()
    }

    /// Compiles programs of Java against them, into the folder for temporary files of the tests; returns where their classes are.
    pub fn compile(&self, programs: &[&str], folder: &str) -> PathBuf {
        let classes = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        let programs = programs.iter().map(|program| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(program));
        let mut javac = Command::new("javac");
        javac.args(["-proc:none", "-nowarn", "-cp", &self.class_path()]).arg("-d").arg(&classes).args(programs);
        let output = javac.output().expect("javac");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        classes
    }
}
