//! The command of a health check, with what the image of its container has.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use composefix::kafka::property::KafkaVersion;
use regex::Regex;

use super::node::Node;

/// Where a family of images has Kafka's tools, how their names end, and whether they are on the path: the Dockerfiles that
/// `src/kafka/catalog/healthchecks.toml` names.
struct Layout {
    families: &'static [&'static str],
    /// The folder with the folder `bin` of the tools; none if there are none.
    home: Option<&'static str>,
    suffix: &'static str,
    is_on_path: bool,
    /// The first version of Kafka whose image has no nc.
    without_nc: Option<KafkaVersion>,
}

const LAYOUTS: [Layout; 6] = [
    Layout { families: &["apache"], home: Some("opt/kafka"), suffix: ".sh", is_on_path: false, without_nc: None },
    Layout { families: &["apache-native"], home: None, suffix: "", is_on_path: false, without_nc: None },
    Layout {
        families: &["confluent", "confluent-server", "confluent-local"],
        home: Some("usr"),
        suffix: "",
        is_on_path: true,
        without_nc: Some(KafkaVersion::new(4, 1, 0)),
    },
    Layout {
        families: &["bitnami"],
        home: Some("opt/bitnami/kafka"),
        suffix: ".sh",
        is_on_path: true,
        without_nc: Some(KafkaVersion::new(0, 0, 0)),
    },
    Layout { families: &["wurstmeister"], home: Some("opt/kafka"), suffix: ".sh", is_on_path: true, without_nc: None },
    Layout { families: &["debezium"], home: Some("kafka"), suffix: ".sh", is_on_path: false, without_nc: None },
];

const TOOLS: [&str; 2] = ["kafka-topics", "kafka-broker-api-versions"];

/// Programs of the machine that every image has, too.
const COMMON: [&str; 16] = [
    "sh", "bash", "test", "[", "timeout", "grep", "cat", "echo", "true", "false", "sleep", "sed", "cut", "tr", "head",
    "wc",
];

/// `nc -z HOST PORT` with options that do not matter here.
const NC: &str =
    "#!/usr/bin/env bash\nfor last; do before=$port port=$last; done\nexec 3<>\"/dev/tcp/$before/$port\"\n";

/// The part of a container's file system with the tools of its image.
pub struct Tools {
    root: PathBuf,
    layout: &'static Layout,
}

impl Tools {
    /// Those of the image of a node, in a folder; `java` are the words that run `Live.java`. `None` for a family whose tools are not Kafka's.
    ///
    /// # Errors
    /// The error of the file system.
    pub fn of(node: &Node, root: PathBuf, java: &[String]) -> Result<Option<Self>, String> {
        let layout = LAYOUTS.iter().find(|layout| layout.families.contains(&node.family));
        let Some(layout) = layout else { return Ok(None) };
        let tools = Self { root, layout };
        let has_nc = layout.without_nc.is_none_or(|without| node.version < without);
        tools.write(java, has_nc).map_err(|error| error.to_string())?;
        Ok(Some(tools))
    }

    fn write(&self, java: &[String], has_nc: bool) -> std::io::Result<()> {
        let (common, kafka) = (self.root.join("bin"), self.home().join("bin"));
        fs::create_dir_all(&common)?;
        fs::create_dir_all(&kafka)?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        for name in COMMON {
            let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.exists());
            found.map_or(Ok(()), |found| symlink(found, common.join(name)))?;
        }
        if has_nc {
            script(&common.join("nc"), NC)?;
        }
        let tools = TOOLS.into_iter().filter(|_| self.layout.home.is_some());
        for tool in tools {
            let line = format!("#!/bin/sh\nPATH='{}' exec {} tool {tool} \"$@\"\n", path.display(), quoted(java));
            script(&kafka.join(format!("{tool}{}", self.layout.suffix)), &line)?;
        }
        Ok(())
    }

    /// The folder in which the container's programs start.
    pub fn home(&self) -> PathBuf {
        self.root.join(self.layout.home.unwrap_or("opt/kafka"))
    }

    /// What runs the words of a health check, and the path on which it finds programs.
    pub fn command(&self, test: &[String]) -> (Vec<String>, String) {
        let here = |word: &String| self.in_root(word);
        let words = match test.split_first() {
            Some((kind, words)) if kind == "CMD-SHELL" => {
                ["sh".to_owned(), "-c".to_owned()].into_iter().chain(words.iter().map(here)).collect()
            }
            Some((_, words)) => words.iter().map(here).collect(),
            None => Vec::new(),
        };
        let common = self.root.join("bin").display().to_string();
        let path =
            if self.layout.is_on_path { format!("{common}:{}", self.home().join("bin").display()) } else { common };
        (words, path)
    }

    /// A word in which paths of images lead to this folder.
    fn in_root(&self, word: &str) -> String {
        let paths = Regex::new(r"(^|[^\w./-])(/opt/(?:bitnami/)?kafka/bin|/kafka/bin|/usr/bin)/").expect("it is one");
        paths
            .replace_all(word, |found: &regex::Captures<'_>| {
                format!("{}{}{}/", &found[1], self.root.display(), &found[2])
            })
            .into_owned()
    }
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ")
}

fn script(path: &Path, text: &str) -> std::io::Result<()> {
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}
