//! Runs the commands of docs/automation.md in three repositories: one has a problem, one is correct, and one has a compose file that
//! Compose rejects. Programs that need a server have stand-ins in `tests/automation/`.

#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

#[allow(dead_code, reason = "other tests use the rest")]
mod sandbox;
mod support;

use std::process::Command;

use sandbox::{Said, Sandbox, in_crate, read};
use support::is_installed;

const WRONG: &str = "services:
  kafka:
    image: apache/kafka:4.0.0
    environment:
      KAFKA_NODE_ID: 1
      KAFKA_PROCESS_ROLES: broker,controller
      KAFKA_LISTENERS: PLAINTEXT://:9092,CONTROLLER://:9093
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
      KAFKA_CONTROLLER_LISTENER_NAMES: CONTROLLER
      KAFKA_CONTROLLER_QUORUM_VOTERS: 1@localhost:9093
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: 1
    healthcheck:
      test: [CMD, /opt/kafka/bin/kafka-broker-api-versions.sh, --bootstrap-server, localhost:9092]
  orders:
    image: example/orders
    environment:
      KAFKA_BROKERS: localhost:9092
    depends_on:
      kafka:
        condition: service_healthy
";

/// A folder with the three repositories in `repositories/`, and bare ones in `forge/`.
fn repositories() -> Sandbox {
    let sandbox = Sandbox::new();
    let right = WRONG.replace("BROKERS: localhost", "BROKERS: kafka");
    for (name, text) in [("wrong", WRONG), ("right", &right), ("broken", "services:\n  kafka:\n    image: *\n")] {
        sandbox.write(&format!("repositories/{name}/compose.yaml"), text);
        let script = format!(
            "cd repositories/{name} && git init --quiet --initial-branch main && git add --all && git commit --quiet --message Start \
             && git clone --quiet --bare . ../../forge/{name}"
        );
        assert_eq!(shell(&sandbox, &script).code, 0);
    }
    sandbox.write("reports/.keep", "");
    sandbox
}

/// Runs a script with the programs of the page on the PATH, and without the user's settings.
fn shell(sandbox: &Sandbox, script: &str) -> Said {
    let program = in_crate(env!("CARGO_BIN_EXE_composefix"));
    let own = program.parent().expect("a program is in a folder").display().to_string();
    let path =
        format!("{own}:{}:{}", in_crate("tests/automation").display(), std::env::var("PATH").unwrap_or_default());
    let path = format!("{path}:{}", in_crate("tests/automation/absent").display());
    let forge = sandbox.path("forge");
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .current_dir(sandbox.path("."))
        .env("PATH", path)
        .env("FORGE", forge)
        .env("NO_COLOR", "1");
    command.env("GIT_CEILING_DIRECTORIES", sandbox.path(".")).env("GIT_CONFIG_GLOBAL", "/dev/null");
    for name in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{name}_NAME"), "A").env(format!("GIT_{name}_EMAIL"), "a@example.com");
    }
    // Hosts of GNU parallel are reached by the stand-in; it has its files elsewhere than in somebody's home.
    command.env("PARALLEL_SSH", "ssh").env("PARALLEL_HOME", sandbox.path("parallel"));
    command.output().expect("there is a shell").into()
}

/// The block of the page with this info string.
fn recipe(info: &str) -> String {
    let page = read("docs/automation.md");
    let start = page.find(&format!("```{info}\n")).unwrap_or_else(|| panic!("there is no block `{info}`"));
    page[start..].lines().skip(1).take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect()
}

/// The commands after `key` in a YAML block.
fn commands(yaml: &str, key: &str) -> Vec<String> {
    yaml.lines()
        .filter_map(|line| line.trim_start().trim_start_matches("- ").strip_prefix(key))
        .map(str::to_owned)
        .collect()
}

/// What changed on a branch of a bare repository; `None` if it has no such branch.
fn changed_on(sandbox: &Sandbox, repository: &str, branch: &str) -> Option<String> {
    let said = shell(sandbox, &format!("git -C {repository} diff --unified=0 main {branch} -- | grep '^[+-] '"));
    (said.code == 0).then_some(said.out)
}

const FIXED: &str = "-      KAFKA_BROKERS: localhost:9092\n+      KAFKA_BROKERS: kafka:9092\n";

/// That the one repository has the fix on a branch, and the others have none.
#[track_caller]
fn assert_only_wrong_changed(sandbox: &Sandbox, folder: &str, branch: &str) {
    let changed = ["wrong", "right", "broken"].map(|name| changed_on(sandbox, &format!("{folder}/{name}"), branch));
    assert_eq!(changed, [Some(FIXED.to_owned()), None, None]);
}

#[test]
fn a_loop_commits_in_each_repository_that_changes() {
    let sandbox = repositories();
    let said = shell(&sandbox, &recipe("sh loop"));
    assert!(said.err.contains("error: compose.yaml:3:12: "), "{said:?}");
    assert_only_wrong_changed(&sandbox, "repositories", "kafka-connections");
    assert!(sandbox.read("reports/wrong.md").contains("line 18, `orders`: set KAFKA_BROKERS to kafka:9092"));
}

#[test]
fn a_plan_is_applied_in_another_run() {
    let sandbox = repositories();
    let said = shell(&sandbox, &recipe("sh plan"));
    assert_eq!(said.code, 0, "{said:?}");
    assert!(sandbox.read("repositories/wrong/compose.yaml").contains("KAFKA_BROKERS: kafka:9092"));
    assert!(sandbox.read("plan.json").contains("a name is missing"), "what could not be examined is in the plan");
}

#[test]
fn gnu_parallel_fixes_over_ssh() {
    let sandbox = repositories();
    let said = shell(&sandbox, &recipe("sh parallel"));
    let codes: Vec<String> = sandbox
        .read("fixes.tsv")
        .lines()
        .skip(1)
        .map(|line| line.split('\t').nth(6).unwrap_or("").to_owned())
        .collect();
    assert_eq!((said.code, codes.iter().filter(|code| *code == "0").count(), codes.len()), (1, 2, 3), "{said:?}");
    let servers = sandbox.read("ssh.log");
    assert!(servers.contains("server1\n") && servers.contains("server2\n"), "{servers}");
    assert!(sandbox.read("repositories/wrong/compose.yaml").contains("KAFKA_BROKERS: kafka:9092"));
}

#[test]
fn multi_gitter_opens_a_pull_request_for_what_changed() {
    let sandbox = repositories();
    let said = shell(&sandbox, &recipe("sh multi-gitter"));
    assert_eq!((said.code, said.out.as_str()), (0, "failed: broken\npull request: wrong\n"), "{said:?}");
    assert_only_wrong_changed(&sandbox, "forge", "kafka-connections");
}

#[test]
fn turbolift_goes_through_its_list() {
    let sandbox = repositories();
    sandbox.write("kafka-connections/repos.txt", "example/wrong\nexample/right\nexample/broken\n");
    let said = shell(&sandbox, &format!("cd kafka-connections\n{}", recipe("sh turbolift")));
    assert_eq!((said.code, said.out.as_str()), (0, "failed: example/broken\n"), "{said:?}");
    assert_only_wrong_changed(&sandbox, "forge", "kafka-connections");
}

#[test]
fn a_batch_change_has_the_report_as_its_description() {
    let sandbox = repositories();
    sandbox.write("batch.yaml", &recipe("yaml batch"));
    let said = shell(&sandbox, &recipe("sh batch"));
    assert_eq!(said.code, 0, "{said:?}");
    assert_only_wrong_changed(&sandbox, "forge", "kafka-connections");
    assert!(sandbox.read("changesets/wrong.md").starts_with("# Fix the Kafka connections\n"));
}

#[test]
fn pre_commit_fixes_what_is_committed() {
    let sandbox = repositories();
    if !is_installed("pre-commit", shell(&sandbox, "python3 -m pre_commit --version").code == 0) {
        return;
    }
    // The hooks of this repository, with the program that is here: building it takes minutes and a network.
    let hooks = read(".pre-commit-hooks.yaml").replace("language: rust", "language: system");
    sandbox.write("hooks/.pre-commit-hooks.yaml", &hooks);
    let made = shell(
        &sandbox,
        "cd hooks && git init --quiet && git add --all && git commit --quiet --message Hooks && git rev-parse HEAD",
    );
    let address = sandbox.path("hooks").display().to_string();
    let config = recipe("yaml pre-commit").replace("<the address of this repository>", &address);
    let config = config.replace("<a tag or a commit>", made.out.trim());
    sandbox.write("repositories/wrong/.pre-commit-config.yaml", &config);
    let run = "cd repositories/wrong && git add --all && PRE_COMMIT_HOME=../../pre-commit python3 -m pre_commit run --all-files";
    let said = shell(&sandbox, run);
    assert!(said.code == 1 && said.out.contains("files were modified by this hook"), "{said:?}");
    assert!(sandbox.read("repositories/wrong/compose.yaml").contains("KAFKA_BROKERS: kafka:9092"));
    let said = shell(&sandbox, run);
    assert!(said.code == 0 && said.out.contains("Passed"), "{said:?}");
}

#[test]
fn the_steps_of_the_workflow_report_and_only_the_first_fails() {
    let sandbox = repositories();
    let steps = commands(&recipe("yaml github"), "run: ");
    let run = |step: &String| {
        shell(&sandbox, &format!("cd repositories/wrong; export GITHUB_STEP_SUMMARY=summary.md; set -e; {step}"))
    };
    let said: Vec<Said> = steps.iter().map(run).collect();
    assert_eq!(said.iter().map(|said| said.code).collect::<Vec<_>>(), [1, 0, 0], "{said:?}");
    assert!(
        said[0].out.starts_with("::error title=composefix loopback-broker-address,file=compose.yaml,line=18,"),
        "{said:?}"
    );
    assert!(sandbox.read("repositories/wrong/summary.md").starts_with("# Kafka connections: problems and fixes\n"));
    assert!(sandbox.read("repositories/wrong/composefix.sarif").contains("\"2.1.0\""));
    // What could not be examined fails its step.
    let broken = shell(&sandbox, &format!("cd repositories/broken; set -e; {}", steps[2]));
    assert_eq!(broken.code, 1);
}

#[test]
fn the_script_of_gitlab_leaves_both_reports() {
    let sandbox = repositories();
    let page = recipe("yaml gitlab");
    let script: Vec<String> =
        commands(&page, "composefix check").iter().map(|line| format!("composefix check{line}")).collect();
    let said = shell(&sandbox, &format!("cd repositories/wrong; set -e; {}", script.join("\n")));
    assert_eq!((script.len(), said.code), (2, 1), "{said:?}");
    assert!(sandbox.read("repositories/wrong/composefix.xml").contains("failures=\"1\""));
    let quality: serde_json::Value =
        serde_json::from_str(&sandbox.read("repositories/wrong/composefix.json")).expect("it is JSON");
    assert_eq!(quality[0]["location"]["path"], "compose.yaml");
}
