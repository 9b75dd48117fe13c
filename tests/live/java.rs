//! The Java programs of a container: `Live.java` with the jars of one version of Kafka, and ZooKeeper.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use composefix::kafka::property::KafkaVersion;

use super::network::Network;
use super::node::{CLUSTER, LAST_WITH_ZOOKEEPER};
use super::process::Process;
use super::support::kafka::Jars;

/// What keeps a JVM small, and lets it start fast.
const OPTIONS: [&str; 5] = [
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-Dorg.slf4j.simpleLogger.logFile=System.out",
];

/// A broker of any version.
const PLAIN: &str = "\
node.id=1
process.roles=broker,controller
listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.voters=1@localhost:9093
";

/// How long a broker may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// The jars of all versions.
pub struct Java {
    versions: Vec<Version>,
}

/// The class path of one version.
struct Version {
    jars: Jars,
    path: String,
    /// The option for its classes as the JVM has them in memory, which halves the time to start; none if they cannot be written.
    archive: OnceLock<Option<String>>,
}

impl Java {
    /// With all jars that are there; `None` if there are none.
    pub fn new() -> Option<Self> {
        let all = Jars::all();
        let program = packed(&all.last()?.compile(&["live/Live.java"], "live"));
        let version = |jars: Jars| {
            let path = format!("{}:{}", program.display(), jars.class_path());
            Version { jars, path, archive: OnceLock::new() }
        };
        Some(Self { versions: all.into_iter().map(version).collect() })
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
        let jars: Vec<Jars> = self.versions.iter().map(|own| own.jars.clone()).collect();
        let place = Jars::nearest(&jars, version).ok_or("there are no jars of its major version")?;
        let own = &self.versions[place];
        let archive = own.archive.get_or_init(|| own.archived().ok());
        Ok(own.words(archive.as_deref(), class))
    }
}

impl Version {
    fn words(&self, option: Option<&str>, class: &str) -> Vec<String> {
        let options = OPTIONS.into_iter().chain(option);
        ["java"].into_iter().chain(options).chain(["-cp", &self.path, class]).map(str::to_owned).collect()
    }

    /// Writes the archive when a broker ends; returns the option that uses it.
    fn archived(&self) -> Result<String, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let archive = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("live-{}.jsa", self.jars.name));
        let settings = folder.path().join("settings");
        let text = format!("{PLAIN}log.dirs={}\n", folder.path().join("data").display());
        std::fs::write(&settings, text).map_err(|error| error.to_string())?;
        let mut words = self.words(Some(&format!("-XX:ArchiveClassesAtExit={}", archive.display())), "Live");
        words.extend(["node".to_owned(), settings.display().to_string(), CLUSTER.to_owned()]);
        let network = Network::new(["broker".to_owned()])?;
        let mut broker = Process::start(network.command("broker", "broker", &words[0]).args(&words[1..]))?;
        let is_done = broker.waits_for(&["Kafka Server started"], PATIENCE) && broker.stops(PATIENCE);
        if is_done { Ok(format!("-XX:SharedArchiveFile={}", archive.display())) } else { Err(broker.said()) }
    }
}

/// The classes of a folder in a jar: an archive of the JVM takes none from folders.
fn packed(classes: &Path) -> PathBuf {
    let jar = classes.with_extension("jar");
    let output = Command::new("jar").arg("cf").arg(&jar).arg("-C").arg(classes).arg(".").output().expect("jar");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    jar
}
