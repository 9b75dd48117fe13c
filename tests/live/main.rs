//! The fixes, live: Kafka runs in network namespaces with the configuration that the image of each broker gives it, under the names and
//! ports that Docker Compose resolves, and a client runs in another with its environment. Before the fix there is the error that users
//! report; after it a message is delivered and consumed, the health checks pass, and the host reaches what it reached.
//!
//! The cases are in `cases.toml`. It takes root, `ip`, Java, Docker Compose, the jars of Kafka, PyPI's `confluent-kafka` and npm's
//! `kafkajs`; `ci/test` fetches the packages. `COMPOSEFIX_LIVE=all` runs all cases, `COMPOSEFIX_LIVE=WORD` those with the word in their names, and without it
//! every third runs.

#![allow(clippy::print_stdout, reason = "a test that cannot run here says so")]

mod case;
mod cluster;
#[path = "../harness/mod.rs"]
#[allow(dead_code, reason = "the fixtures of the rules are put to more tests than this")]
mod harness;
mod health;
mod java;
mod network;
mod node;
mod process;
mod project;
#[path = "../support/mod.rs"]
mod support;

use std::process::Command;
use std::time::Instant;

use case::{Case, Laboratory};
use harness::case::Case as Fixture;
use java::Java;
use support::{DockerCompose, is_installed};

/// How many cases run at a time.
const AT_A_TIME: usize = 3;

#[test]
fn a_fix_makes_the_error_go_and_a_message_come() {
    let networks = network::is_possible();
    if let Err(reason) = &networks {
        println!("{reason}");
    }
    let is_ready = [
        is_installed("`ip netns`, with the right to use it,", networks.is_ok()),
        is_installed("confluent-kafka (Python)", succeeds("python3", &["-c", "import confluent_kafka"])),
        is_installed("kafkajs (Node.js)", succeeds("node", &["-e", "require('kafkajs')"])),
    ];
    let (docker_compose, java) = (DockerCompose::reference(), Java::new());
    let (true, Some(docker_compose), Some(java)) = (is_ready.iter().all(|own| *own), docker_compose, java) else {
        return;
    };

    let laboratory = Laboratory { docker_compose, java, fixtures: Fixture::all() };
    let cases = Case::selected(std::env::var("COMPOSEFIX_LIVE").ok().as_deref());
    harness::for_each(&cases, AT_A_TIME, |case| {
        let since = Instant::now();
        let result = case.run(&laboratory);
        let how = if result.is_ok() { "ok" } else { "FAILED" };
        println!("{how} {case} ({:.1} s)", since.elapsed().as_secs_f64());
        result
    });
}

fn succeeds(program: &str, args: &[&str]) -> bool {
    Command::new(program).args(args).output().is_ok_and(|output| output.status.success())
}
