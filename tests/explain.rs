//! How `explain` understands the lines that clients, brokers, images and Compose print.
//!
//! `tests/explain/*.toml` has the lines. Each has the public `source` that prints it (repository and file), the `first` two likely causes by
//! their names in `src/rules/explain/causes.toml`, and, if known, the program that prints it (`by`), the `address`, and who gave it to the
//! client (`given_by`: `client`, `broker`, or `node` with its number).

#[allow(dead_code, reason = "other tests use the rest")]
mod sandbox;

use std::fmt::Write as _;
use std::time::Instant;

use composefix::report::explanation;
use composefix::rules::explain::{Explanation, Giver, ProjectFinding, read};
use sandbox::in_crate;
use serde::Deserialize;

#[derive(Deserialize)]
struct Lines {
    line: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    source: String,
    text: String,
    first: Vec<String>,
    by: Option<String>,
    address: Option<String>,
    given_by: Option<String>,
}

fn lines() -> Vec<Line> {
    let mut files: Vec<_> = std::fs::read_dir(in_crate("tests/explain"))
        .expect("the lines are there")
        .flatten()
        .map(|file| file.path())
        .collect();
    files.sort();
    let parse = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("it is text");
        toml::from_str::<Lines>(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())).line
    };
    files.iter().flat_map(parse).collect()
}

fn explain(log: impl AsRef<[u8]>) -> Explanation {
    read(log.as_ref()).expect("bytes can be read")
}

/// The explanation of a line, in the fields of the data.
fn seen(text: &str) -> String {
    let explanation = explain(text);
    let Some(found) = explanation.observations.first() else { return "not recognized\n".to_owned() };
    let causes: Vec<&str> = found.causes.iter().map(|(name, _)| *name).take(2).collect();
    let mut out = format!("first = {causes:?}\n");
    for (key, value) in [
        ("by", found.library.clone()),
        ("address", found.address.as_ref().map(ToString::to_string)),
        ("given_by", given_by(found.giver)),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {value:?}");
        }
    }
    out
}

fn given_by(giver: Giver) -> Option<String> {
    match giver {
        Giver::Unknown => None,
        Giver::Client => Some("client".to_owned()),
        Giver::Broker(None) => Some("broker".to_owned()),
        Giver::Broker(Some(node)) => Some(format!("node {node}")),
    }
}

#[test]
fn every_line_leads_to_its_causes() {
    let lines = lines();
    assert!(lines.len() > 250, "the lines are found");
    let mut wrong = String::new();
    for line in &lines {
        let mut expected = format!("first = {:?}\n", line.first);
        for (key, value) in [("by", &line.by), ("address", &line.address), ("given_by", &line.given_by)] {
            if let Some(value) = value {
                let _ = writeln!(expected, "{key} = {value:?}");
            }
        }
        let seen = seen(&line.text);
        if seen != expected {
            let _ = writeln!(wrong, "{}\n  ({})\n--- expected\n{expected}--- seen\n{seen}", line.text, line.source);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn rendered(log: impl AsRef<[u8]>) -> String {
    explanation::render(&explain(log), None)
}

/// The kinds of the messages that are found, with the container and how often.
fn kinds(log: &str) -> Vec<String> {
    let found = explain(log).observations;
    found.iter().map(|it| format!("{} {} x{}", it.symptom, it.container.as_deref().unwrap_or("-"), it.count)).collect()
}

#[test]
fn a_log_of_several_containers_is_explained_for_each_the_broker_first() {
    let log = "\
kafka-1    | [2025-03-02 08:11:38,001] INFO Registered kafka:type=kafka.Log4jController MBean
kafka-1    | java.lang.IllegalArgumentException: requirement failed: inter.broker.listener.name must be a listener name defined in advertised.listeners.
payment-1  | {\"level\":\"ERROR\",\"logger\":\"kafkajs\",\"message\":\"[Connection] Connection error: getaddrinfo ENOTFOUND kafka\",\"broker\":\"kafka:9092\"}
payment-1  | {\"level\":\"ERROR\",\"logger\":\"kafkajs\",\"message\":\"[Connection] Connection error: getaddrinfo ENOTFOUND kafka\",\"broker\":\"kafka:9092\"}
payment-1  | KafkaJSNumberOfRetriesExceeded: getaddrinfo ENOTFOUND kafka
payment-1  | KafkaJSNumberOfRetriesExceeded
kafka-1 exited with code 1
";
    assert_eq!(kinds(log), ["listeners-contradict kafka-1 x1", "name-unknown payment-1 x2"]);
}

#[test]
fn colours_and_windows_line_breaks_do_not_matter() {
    let plain = "app-1  | connect ECONNREFUSED ::1:9092\n";
    let coloured = "\u{1b}[33mapp-1  |\u{1b}[0m \u{1b}[31mconnect ECONNREFUSED ::1:9092\u{1b}[0m\r\n";
    assert_eq!(rendered(coloured), rendered(plain));
    let utf_16: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(rendered([b"\xff\xfe".as_slice(), &utf_16].concat()), rendered(plain));
}

#[test]
fn what_other_lines_show_of_the_clients_own_addresses_settles_who_gave_one() {
    let refused =
        "orders-1  | Failed to connect to localhost:9092: dial tcp 127.0.0.1:9092: connect: connection refused\n";
    let first = |log: &str| explain(log).observations[0].causes[0].0;
    assert_eq!(first(refused), "client-at-localhost");
    let own = "orders-1  | \tbootstrap.servers = [kafka:9092]\n";
    assert_eq!(first(&format!("{own}{refused}")), "redirected-to-localhost");
    let own = "orders-1  | \tbootstrap.servers = [localhost:9092]\n";
    assert_eq!(first(&format!("{own}{refused}")), "client-at-localhost");
    let sent = "orders-1  | [sarama] client/brokers registered new broker #1 at localhost:9092\n";
    assert_eq!(first(&format!("{refused}{sent}")), "redirected-to-localhost");
    let of_another = "audit-1  | \tbootstrap.servers = [kafka:9092]\n";
    assert_eq!(first(&format!("{of_another}{refused}")), "client-at-localhost");
}

#[test]
fn one_failed_connection_is_one_problem_however_many_lines_it_has() {
    let log = "\
WARN [Producer clientId=p] Connection to node -1 (localhost/127.0.0.1:9092) could not be established. Node may not be available.
INFO [Producer clientId=p] Node -1 disconnected.
WARN [Producer clientId=p] Bootstrap broker localhost:9092 (id: -1 rack: null) disconnected
org.apache.kafka.common.errors.TimeoutException: Topic orders not present in metadata after 60000 ms.
";
    assert_eq!(kinds(log), ["refused - x1"]);
}

#[test]
fn other_programs_are_not_taken_for_kafka() {
    let log = "app | connect ECONNREFUSED 172.18.0.2:5432\napp | Error: connect ECONNREFUSED 127.0.0.1:6379\n";
    let explanation = explain(log);
    assert!(explanation.observations.is_empty());
    assert_eq!(explanation.others, [("PostgreSQL".to_owned(), 1), ("Redis".to_owned(), 1)]);
    let with_kafka =
        format!("{log}app | connect ECONNREFUSED\napp | kafka:9092 connect ECONNREFUSED 172.18.0.3:9092\n");
    assert_eq!(kinds(&with_kafka), ["refused app x1"], "a line without Kafka counts only where no line has it");
}

#[test]
fn a_line_without_a_known_problem_is_shown_with_what_is_in_it() {
    for (line, expected) in [
        (
            "something new at kafka:9092",
            "not recognized: `something new at kafka:9092`\nIt names the address `kafka:9092`.",
        ),
        ("connect ECONNREFUSED 172.18.0.2:5432", "Not about Kafka, by the port: 1 line (PostgreSQL)."),
        ("[sarama] client/brokers registered new broker #1 at kafka:9092", "Possibly printed by: sarama."),
    ] {
        let shown = explanation::unknown(&explain(line));
        assert!(shown.contains(expected), "{shown}");
    }
    assert!(explanation::unknown(&explain("")).starts_with("there is no line to explain\n"));
}

#[test]
fn what_a_healthy_start_prints_is_no_problem() {
    let mut log = String::from(
        "kafka-1  | INFO Opening socket connection to server zookeeper/172.18.0.2:2181. (org.apache.zookeeper.ClientCnxn)\n\
         app-1  | WARN Error while fetching metadata with correlation id 1 : {orders=LEADER_NOT_AVAILABLE}\n",
    );
    assert_eq!(kinds(&log).len(), 2, "a few lines are what somebody asks about");
    log.push_str(&"app-1  | INFO all is well\n".repeat(30));
    assert_eq!(kinds(&log), [""; 0]);
    log.push_str(
        &"app-1  | WARN Error while fetching metadata with correlation id 9 : {orders=LEADER_NOT_AVAILABLE}\n"
            .repeat(9),
    );
    assert_eq!(kinds(&log), ["leader-not-available app-1 x10"]);
}

#[test]
fn no_bytes_make_it_fail_and_no_control_character_is_shown() {
    let log = b"\x00\xff\x1b]0;x\x07 \x9b2J connect ECONNREFUSED ::1:9092 \x08\x7f \xe2\x80\xae evil\n";
    let shown = rendered(log);
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
    assert!(!shown.contains('\u{202e}'), "{shown:?}");
    for line in lines() {
        for end in 0..=line.text.len().min(90) {
            explain(&line.text.as_bytes()[..end]);
        }
        explain(line.text.bytes().rev().collect::<Vec<u8>>());
    }
}

/// A log of `copies` times the same lines: messages of several clients, JSON, and what is not known.
fn big_log(copies: usize) -> Vec<u8> {
    let mut lines = String::new();
    for line in lines_of_one_copy() {
        let _ = writeln!(lines, "app-1  | {line}");
    }
    lines.repeat(copies).into_bytes()
}

fn lines_of_one_copy() -> Vec<String> {
    let known = lines().into_iter().map(|line| line.text);
    let unknown = (0..2_000)
        .map(|n| format!("2025-03-02T08:11:40.120Z INFO request {n} to /orders took 12 ms, cache=miss user=u{n}"));
    known.chain(unknown).collect()
}

#[test]
fn time_grows_with_the_log_and_no_faster() {
    // The fastest of several runs, because other programs use the machine too.
    let time = |log: &[u8]| {
        let run = |_| {
            let start = Instant::now();
            explain(log);
            start.elapsed()
        };
        (0..3).map(run).min().unwrap_or_default()
    };
    let (small, large) = (time(&big_log(1)), time(&big_log(8)));
    // A cost that grew with the square would take 64 times as long.
    assert!(large < small * 40, "{large:?} for eight times of what took {small:?}");
}

#[test]
fn a_line_without_end_is_read_in_part() {
    let mut log = vec![b'x'; 3 << 20];
    log.extend(b" ECONNREFUSED 127.0.0.1:9092\nENOTFOUND kafka\n");
    assert_eq!(explain(&log).observations.iter().map(|it| it.symptom).collect::<Vec<_>>(), ["name-unknown"]);
    let host = "k".repeat(60_000);
    assert_eq!(explain(format!("ENOTFOUND {host}")).observations[0].address, None, "no name is so long");
    let nested = format!("{{\"message\":{}", "{\"a\":".repeat(30_000));
    explain(nested);
}

fn finding(rule: &str, service: &str) -> ProjectFinding {
    ProjectFinding {
        rule: rule.to_owned(),
        service: service.to_owned(),
        message: format!("`{service}` connects to `localhost:9092`"),
        place: "compose.yaml:7:22".to_owned(),
        is_error: true,
        is_unsafe: false,
        fix: Some("set KAFKA_BROKERS to kafka:9092".to_owned()),
        by_hand: None,
    }
}

#[test]
fn the_finding_of_the_project_that_explains_a_line_is_named() {
    let project = [
        finding("loopback-broker-address", "orders"),
        finding("loopback-broker-address", "payment"),
        finding("loopback-advertised-listener", "kafka"),
        finding("retired-image", "kafka"),
    ];
    let named = |log: &str| {
        let found = explain(log);
        let found = found.observations[0].found_in(&project).into_iter();
        found.map(|finding| format!("{} of {}", finding.rule, finding.service)).collect::<Vec<_>>()
    };
    assert_eq!(
        named("payment-1  | connect ECONNREFUSED 127.0.0.1:9092"),
        ["loopback-broker-address of payment", "loopback-advertised-listener of kafka"],
        "a client's line is not explained by the finding of another client"
    );
    assert_eq!(
        named("shop_payment_1 | x node 1 (localhost/127.0.0.1:9092) could not be established"),
        ["loopback-advertised-listener of kafka"]
    );
    assert_eq!(
        named("connect ECONNREFUSED 127.0.0.1:9092"),
        [
            "loopback-broker-address of orders",
            "loopback-broker-address of payment",
            "loopback-advertised-listener of kafka"
        ]
    );
    let shown = explanation::render(&explain("payment-1  | connect ECONNREFUSED ::1:9092"), Some(&project));
    assert!(
        shown.contains("Findings in this project that explain it:\n  loopback-broker-address at compose.yaml:7:22: `payment` connects"),
        "{shown}"
    );
    assert!(shown.contains("\n    fix: set KAFKA_BROKERS to kafka:9092\n"), "{shown}");
    assert!(shown.contains("`composefix diff` shows the fixes"), "{shown}");
    let in_code = ProjectFinding {
        rule: "hard-coded-broker-address".to_owned(),
        fix: None,
        by_hand: Some("write `kafka:9092` in main.go:3".to_owned()),
        ..finding("", "payment")
    };
    let shown = explanation::render(&explain("payment-1  | connect ECONNREFUSED ::1:9092"), Some(&[in_code]));
    assert!(shown.contains("\n    by hand: write `kafka:9092` in main.go:3\n"), "{shown}");
    assert!(!shown.contains("composefix diff"), "{shown}");
    let shown = explanation::render(&explain("payment-1  | connect ECONNREFUSED ::1:9092"), Some(&[]));
    assert!(
        shown.contains("finds none of these causes in this project. A log may be older than the last fix.\n"),
        "{shown}"
    );
    let wrong_port = ProjectFinding {
        message: "payment connects to `kafka:29092`, but the broker does not listen on that port".to_owned(),
        ..finding("hard-coded-broker-address", "payment")
    };
    let early = ProjectFinding { is_error: false, ..finding("broker-dependency-not-healthy", "payment") };
    let unsafe_fix = ProjectFinding { is_unsafe: true, ..finding("retired-image", "kafka") };
    let project = [early, unsafe_fix, wrong_port];
    let shown = explanation::render(&explain("payment-1  | connect ECONNREFUSED kafka:29092"), Some(&project));
    let (certain, possible) = shown.split_once("Warnings in this project that may explain it:").expect(&shown);
    assert!(certain.contains("Findings in this project that explain it:\n  hard-coded-broker-address at"), "{shown}");
    assert!(certain.contains("    unsafe fix: "), "{shown}");
    assert!(possible.contains("  broker-dependency-not-healthy at"), "{shown}");
    let others = [finding("retired-image", "kafka")];
    let shown = explanation::render(&explain("payment-1  | connect ECONNREFUSED ::1:9092"), Some(&others));
    assert!(shown.contains("none of these causes in this project, but it reports 1 other problem. A log"), "{shown}");
}

#[test]
fn no_sentence_is_longer_than_160_characters() {
    for line in lines() {
        let (log, shown) = (explain(&line.text), rendered(&line.text));
        for shown in shown.lines().filter(|shown| log.observations.iter().all(|it| it.message != **shown)) {
            assert!(shown.chars().count() <= 160, "{shown}");
        }
    }
}
