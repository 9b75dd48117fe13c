//! The report in Markdown contains what a person would write about the fix, and nothing in it is interpreted as markup.

#[allow(dead_code, reason = "other tests use the rest")]
mod sandbox;

use sandbox::{Sandbox, in_crate};

const PROJECT: &str = "examples/bike-share";

/// The report of the fixed example: a client whose env file has localhost, next to seven correct ones.
fn report() -> String {
    let sandbox = Sandbox::new();
    sandbox.copy(&in_crate(PROJECT), PROJECT);
    let said = sandbox.composefix(&["fix", "--format", "markdown", PROJECT]);
    assert_eq!(said.code, 0, "{said:?}");
    said.out
}

/// The text below a heading.
fn section<'r>(report: &'r str, heading: &str) -> &'r str {
    let sections = report.split("\n## ").find_map(|section| section.strip_prefix(heading));
    sections.unwrap_or_else(|| panic!("there is no section `{heading}` in\n{report}"))
}

#[test]
fn the_report_covers_every_point_of_a_report_by_hand() {
    let report = report();
    for (point, heading, texts) in [
        ("the error of the client", "Problem", &["connect ECONNREFUSED ::1:9092"][..]),
        ("the address that it uses", "Problem", &["`billing` connects to `localhost:9092` (`KAFKA_BROKERS`)"]),
        ("what does not happen", "Problem", &["`billing` can neither send nor receive messages"]),
        (
            "the broker is sound",
            "Problem",
            &["broker `kafka` (`apache/kafka:4.0.0`) is not the problem", "`kafka:29092`"],
        ),
        (
            "where the address comes from",
            "Root cause",
            &["billing/.env:2`", "compose.yaml:71`: the service reads this env"],
        ),
        ("why localhost is wrong", "Root cause", &["inside a container `localhost` is that container"]),
        ("the variable that was added", "Changes", &["line 77, `billing`: set KAFKA_BROKERS to kafka:29092"]),
        (
            "the dependency that was added",
            "Changes",
            &["lines 78-80, `billing`: add to depends_on: kafka (service_healthy)"],
        ),
        (
            "the services that were right",
            "Clients that were already correct",
            &[
                "| `stations` | `KAFKA_BROKERS=kafka:29092` | `examples/bike-share/compose.yaml:46` |",
                "| `telemetry-worker` | `KAFKA_BROKERS=kafka:29092` | `examples/bike-share/compose.yaml:136` |",
            ],
        ),
        ("the services that are not known", "Undecided services", &["`archive-worker`: `kafkajs`", "--client"]),
        ("how to apply it", "How to apply", &["docker compose -f examples/bike-share/compose.yaml up -d billing"]),
        ("why not to restart", "How to apply", &["`docker compose restart` is not enough"]),
        ("the connection", "Expected behavior", &["`billing` connects to its broker at `kafka:29092`"]),
        (
            "the events",
            "Expected behavior",
            &["The broker accepts the messages of the services", "consumers receive them"],
        ),
        ("no more errors", "Expected behavior", &["ECONNREFUSED ::1:9092` no longer appears"]),
        ("the log", "How to verify", &["logs --since 5m billing | grep -iE 'kafka|broker|topic|group'"]),
        ("the producer", "How to verify", &["A producer logs no refused connections"]),
        (
            "the consumer",
            "How to verify",
            &["A consumer joins its group (KafkaJS logs `Consumer has joined the group`)"],
        ),
        ("the other services", "How to verify", &["--follow stations rentals alerts dispatch-worker"]),
        (
            "the broker answers",
            "How to verify",
            &["exec kafka /opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server localhost:29092"],
        ),
        ("the env file", "Note on env files", &["billing/.env:2` still sets `KAFKA_BROKERS` to `localhost:9092`"]),
    ] {
        for text in texts {
            let section = section(&report, heading);
            assert!(section.contains(text), "{point}: `{text}` is not in\n{section}");
        }
    }
}

#[test]
fn the_lines_of_the_report_are_those_of_the_fixed_file() {
    let sandbox = Sandbox::new();
    sandbox.copy(&in_crate(PROJECT), PROJECT);
    sandbox.composefix(&["fix", "--format", "markdown", PROJECT]);
    let fixed = sandbox.read(&format!("{PROJECT}/compose.yaml"));
    let lines: Vec<&str> = fixed.lines().collect();
    assert_eq!(lines[76].trim(), "KAFKA_BROKERS: kafka:29092");
    assert_eq!(lines[77..80].join("\n"), "    depends_on:\n      kafka:\n        condition: service_healthy");
    assert_eq!((lines[45].trim(), lines[135].trim()), ("KAFKA_BROKERS: kafka:29092", "KAFKA_BROKERS: kafka:29092"));
}

#[test]
fn check_and_diff_propose_what_fix_makes() {
    let sandbox = Sandbox::new();
    sandbox.copy(&in_crate(PROJECT), PROJECT);
    let check = sandbox.composefix(&["check", "--format", "markdown", PROJECT]);
    let diff = sandbox.composefix(&["diff", "--format", "markdown", PROJECT]);
    assert_eq!((check.code, diff.code), (1, 1));
    let patch = sandbox.composefix(&["diff", PROJECT]).out;
    assert_eq!(diff.out, format!("{}\n## Diff\n\n```diff\n{patch}```\n", check.out));
    let made = report().replace("# Fix the Kafka connections", "# Kafka connections: problems and fixes");
    let made = made.replace("## Changes", "## Proposed changes");
    // What is still on the disk has the lines of the disk: the fixes are four lines above these clients.
    let made = made.replace("Line numbers here and below are", "Line numbers in this section are");
    let mut made = made.replace("\n\nLine numbers up to here are those before the fixes.", "");
    for line in [85, 105, 114, 123, 132] {
        made = made.replace(&format!("compose.yaml:{}` |", line + 4), &format!("compose.yaml:{line}` |"));
    }
    let proposed = check.out.replace("Apply the fixes with `composefix fix`. Then:\n\n", "");
    assert_eq!(proposed, made);
}

#[test]
fn a_report_promises_nothing_that_remaining_errors_prevent() {
    let sandbox = Sandbox::new();
    let compose = "services:
  kafka:
    image: confluentinc/cp-kafka:8.0.0
    environment:
      KAFKA_ZOOKEEPER_CONNECT: zookeeper:2181
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092
  orders:
    image: acme/orders
    environment: {KAFKA_BROKERS: 'kafka:9092'}
    depends_on: [kafka]
";
    sandbox.write("compose.yaml", compose);
    let report = sandbox.composefix(&["fix", "--format", "markdown", "."]).out;
    let left = section(&report, "Not fixed");
    assert!(left.contains("; apply with --unsafe-fixes"), "{report}");
    let expected = section(&report, "Expected behavior");
    assert_eq!(expected.trim(), "- The errors of `kafka` remain: see “Not fixed”.", "{report}");
}

#[test]
fn nothing_in_a_project_is_markdown_or_html() {
    let sandbox = Sandbox::new();
    let folder = "a`b <img src=x>|@all";
    let compose = "services:
  kafka:
    image: apache/kafka:4.0.0
    environment: {KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092'}
  orders:
    image: acme/orders
    env_file: './`_<b>@all [x](http://evil).env'
";
    for name in ["one", "two"] {
        sandbox.write(&format!("{folder}/{name}/compose.yaml"), compose);
        sandbox.write(&format!("{folder}/{name}/`_<b>@all [x](http:/evil).env"), "KAFKA_BROKERS=localhost:9092\n");
    }
    let said = sandbox.composefix(&["diff", "--format", "markdown", "."]);
    // Between the fences.
    let prose: Vec<&str> = said.out.split("\n```").step_by(2).flat_map(str::lines).collect();
    assert!(prose.iter().any(|line| line.contains("localhost:9092")), "{}", said.out);
    for line in prose {
        // What is outside of code: spans end at as many backticks as they began with.
        let mut outside = String::new();
        let mut rest = line;
        while let Some(start) = rest.find('`') {
            outside.push_str(&rest[..start]);
            let fence = &rest[start..start + rest[start..].chars().take_while(|c| *c == '`').count()];
            let inside = &rest[start + fence.len()..];
            let end = inside.find(fence).unwrap_or_else(|| panic!("an open span: {line}"));
            rest = &inside[end + fence.len()..];
        }
        outside.push_str(rest);
        assert!(!outside.contains(['<', '@']) && !outside.contains("]("), "{line}");
    }
}
