//! The examples work: the project is fixed as its diff shows, and the programs print their documented output.

mod sandbox;

use std::io::{Write as _, stderr};
use std::path::Path;
use std::process::Command;

use sandbox::{Said, Sandbox, in_crate, read};

const PROJECT: &str = "examples/bike-share";
const COMPOSE: &str = "examples/bike-share/compose.yaml";

/// The project, in a folder of its own, at its place below the crate.
fn bike_share() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.copy(&in_crate(PROJECT), PROJECT);
    sandbox
}

fn expected_diff() -> String {
    read("examples/bike-share/expected.diff")
}

/// The compose file after the patch, as `tool` makes it.
fn patched(tool: &str, arguments: &[&str]) -> String {
    let sandbox = bike_share();
    let patch = sandbox.path("patch").display().to_string();
    sandbox.write("patch", &expected_diff());
    let said = sandbox.run(tool, &[arguments, &[patch.as_str()]].concat());
    assert_eq!(said.code, 0, "{said:?}");
    sandbox.read(COMPOSE)
}

#[test]
fn the_diff_is_the_expected_one_and_writes_nothing() {
    let sandbox = bike_share();
    let said = sandbox.composefix(&["diff", PROJECT]);
    assert_eq!((said.code, said.out), (1, expected_diff()));
    assert_eq!(sandbox.read(COMPOSE), read(COMPOSE));
}

#[test]
fn fix_git_and_patch_make_the_same_file_of_it() {
    let sandbox = bike_share();
    let said = sandbox.composefix(&["fix", PROJECT]);
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert!(said.err.contains(&format!(": docker compose -f {COMPOSE} up -d billing\n")), "{}", said.err);
    let fixed = sandbox.read(COMPOSE);
    assert_eq!(patched("git", &["apply"]), fixed);
    assert_eq!(patched("patch", &["-p1", "-i"]), fixed);
}

#[test]
fn fix_touches_no_other_file() {
    let sandbox = bike_share();
    sandbox.composefix(&["fix", PROJECT]);
    for file in ["billing/.env", "billing/index.js", "workers/archive.js"] {
        let file = format!("{PROJECT}/{file}");
        assert_eq!(sandbox.read(&file), read(&file), "{file}");
    }
}

/// After the fix, no command reports or changes anything.
fn assert_is_done(sandbox: &Sandbox, project: &str, compose: &str) {
    let fixed = sandbox.read(compose);
    for command in [&["check", project][..], &["diff", project], &["fix", "--strict", project]] {
        let said = sandbox.composefix(command);
        assert_eq!((said.code, said.out.as_str()), (0, ""), "{command:?}: {}", said.err);
    }
    assert_eq!(sandbox.read(compose), fixed);
}

#[test]
fn a_second_run_finds_nothing_to_do() {
    let sandbox = bike_share();
    sandbox.composefix(&["fix", PROJECT]);
    assert_is_done(&sandbox, PROJECT, COMPOSE);
}

#[test]
fn exit_codes_are_those_of_the_readme() {
    let sandbox = bike_share();
    let codes: Vec<i32> =
        ["check", "diff", "status", "fix"].iter().map(|verb| sandbox.composefix(&[verb, PROJECT]).code).collect();
    assert_eq!(codes, [1, 1, 0, 0]);
    for verb in ["check", "diff", "fix", "status"] {
        assert_eq!(sandbox.composefix(&[verb, "no/such/compose.yaml"]).code, 2, "{verb}");
    }
    assert_eq!(sandbox.composefix(&["explain"]).code, 0);
    assert_eq!(sandbox.composefix(&["explain", "no-such-rule"]).code, 2);
}

#[test]
fn status_names_every_service_with_what_it_gets() {
    let said = bike_share().composefix(&["status", "--format", "json", PROJECT]);
    assert_eq!(said.code, 0, "{}", said.err);
    let status: serde_json::Value = serde_json::from_str(&said.out).expect("it is JSON");
    let project = &status["projects"][0];
    assert_eq!(project["brokers"][0]["addresses"], serde_json::json!(["kafka:29092"]));
    let services: Vec<(&str, &str, Option<&str>)> = project["services"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|service| {
            let text = |key: &str| service[key].as_str();
            (text("name").unwrap_or_default(), text("verdict").unwrap_or_default(), text("address"))
        })
        .collect();
    assert_eq!(
        services,
        [
            ("db", "none", None),
            ("kafka", "none", None),
            ("stations", "reaches", Some("kafka:29092")),
            ("rentals", "reaches", Some("kafka:29092")),
            ("billing", "broken", Some("localhost:9092")),
            ("alerts", "reaches", Some("kafka:29092")),
            ("helpdesk", "none", None),
            ("dispatch-worker", "reaches", Some("kafka:29092")),
            ("fares-worker", "reaches", Some("kafka:29092")),
            ("repairs-worker", "reaches", Some("kafka:29092")),
            ("telemetry-worker", "reaches", Some("kafka:29092")),
            ("archive-worker", "undecided", None),
        ]
    );
}

/// Runs a program of `examples/` as the README says.
fn example(name: &str) -> Said {
    let binary = Path::new(env!("CARGO_BIN_EXE_composefix"));
    let target = binary.ancestors().nth(2).expect("binaries are in target/PROFILE");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["run", "--quiet", "--offline", "--target-dir"]).arg(target);
    if binary.parent().is_some_and(|profile| profile.ends_with("release")) {
        command.arg("--release");
    }
    let output = command.args(["--example", name]).current_dir(in_crate("")).output();
    output.expect("cargo runs").into()
}

#[test]
fn the_programs_print_what_they_promise() {
    let said = example("check_text");
    let findings: Vec<&str> = said.out.lines().collect();
    assert_eq!(findings.len(), 2, "{said:?}");
    assert!(findings[0].starts_with("compose.yaml:11:22: error: "), "{}", findings[0]);
    assert!(findings[1].starts_with("compose.yaml:12:18: warning: "), "{}", findings[1]);

    let said = example("repair_in_memory");
    assert_eq!((said.out, said.err.as_str()), (expected_diff(), ""));

    assert_eq!(example("broker_addresses").out, "kafka: kafka:29092\n");
}

/// The project of the incident that led to composefix is not part of the crate; it is looked for next to it. The result is printed past the
/// test runner, which hides the output of passing tests.
#[test]
fn the_incident_is_repaired_as_it_was_by_hand() {
    const INCIDENT: &str = "../shared/kodingcaravan";
    let incident = in_crate(INCIDENT);
    if !incident.is_dir() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{INCIDENT} must be there where CI=true");
        let _ = writeln!(stderr(), "skipped: {INCIDENT} is not there");
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.copy(&incident, "incident");
    let (project, compose) = ("incident/kc-backend", "incident/kc-backend/docker-compose.yml");

    let before = sandbox.read(compose);
    let diff = sandbox.composefix(&["diff", project]);
    assert_eq!(diff.code, 1, "{}", diff.err);
    assert_eq!(sandbox.composefix(&["fix", project]).code, 0);
    let fixed = sandbox.read(compose);
    assert_eq!(fixed, sandbox.read("incident/expected.yml"));
    assert_is_done(&sandbox, project, compose);

    sandbox.write(compose, &before);
    sandbox.write("patch", &diff.out);
    assert_eq!(sandbox.run("git", &["apply", "patch"]).code, 0);
    assert_eq!(sandbox.read(compose), fixed);
    let _ = writeln!(stderr(), "repaired as by hand: {INCIDENT}");
}
