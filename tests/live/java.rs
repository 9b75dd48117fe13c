//! The Java programs of a container: `Live.java` with the jars of one version of Kafka, and ZooKeeper.

use std::path::PathBuf;

use composefix::kafka::property::KafkaVersion;

use super::node::LAST_WITH_ZOOKEEPER;
use super::support::kafka::Jars;

/// What keeps a JVM small, and lets it start fast.
const OPTIONS: [&str; 5] = [
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-Dorg.slf4j.simpleLogger.logFile=System.out",
];

/// The jars, and the classes of `Live.java`.
pub struct Java {
    jars: Vec<Jars>,
    classes: PathBuf,
}

impl Java {
    /// With all jars that are there; `None` if there are none.
    pub fn new() -> Option<Self> {
        let jars = Jars::all();
        let classes = jars.last()?.compile(&["live/Live.java"], "live");
        Some(Self { jars, classes })
    }

    /// The words that run `Live.java` with a version of Kafka.
    ///
    /// # Errors
    /// There is none of its major version.
    pub fn live(&self, version: KafkaVersion) -> Result<Vec<String>, String> {
        self.program(version, "Live")
    }

    /// The words that run a ZooKeeper.
    ///
    /// # Errors
    /// There is no Kafka with one.
    pub fn zookeeper(&self) -> Result<Vec<String>, String> {
        self.program(LAST_WITH_ZOOKEEPER, "org.apache.zookeeper.server.quorum.QuorumPeerMain")
    }

    fn program(&self, version: KafkaVersion, class: &str) -> Result<Vec<String>, String> {
        let place = Jars::nearest(&self.jars, version).ok_or("there are no jars of its major version")?;
        let path = format!("{}:{}", self.classes.display(), self.jars[place].class_path());
        Ok(["java"].into_iter().chain(OPTIONS).chain(["-cp", &path, class]).map(str::to_owned).collect())
    }
}
