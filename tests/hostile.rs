//! What a hostile repository can make the program print: no command of a CI runner, no secret, and no other repository's result hidden.

#[allow(dead_code, reason = "other tests use the rest")]
mod sandbox;

use sandbox::{Said, Sandbox};

const BROKER: &str = include_str!("sandbox/broker.yaml");

/// A client whose broker is the container itself.
const CLIENT: &str = "  app:
    image: example/app
    environment: {KAFKA_BROKERS: \"localhost:9092\"}
    depends_on: {kafka: {condition: service_healthy}}
";

/// Every verb in every format.
const VERBS: [&[&str]; 17] = [
    &["check"],
    &["check", "--statistics"],
    &["check", "--show-files"],
    &["check", "--format", "concise"],
    &["check", "--format", "json"],
    &["check", "--format", "sarif"],
    &["check", "--format", "github"],
    &["check", "--format", "gitlab"],
    &["check", "--format", "junit"],
    &["check", "--format", "markdown"],
    &["status"],
    &["status", "--format", "json"],
    &["diff"],
    &["diff", "--format", "json"],
    &["diff", "--format", "markdown"],
    &["fix"],
    &["fix", "--format", "markdown"],
];

/// Runs every verb on a tree of its own, and in the end what a plan says.
fn in_every_way(tree: impl Fn(&Sandbox), look: impl Fn(&[&str], &Said)) {
    for verb in VERBS {
        let sandbox = Sandbox::new();
        tree(&sandbox);
        let said = sandbox.composefix(&[verb, &["shop"]].concat());
        look(verb, &said);
        if verb == ["diff", "--format", "json"] {
            sandbox.write("plan.json", &said.out);
            look(&["apply"], &sandbox.composefix(&["apply", "plan.json"]));
        }
    }
}

/// What a terminal or a runner would obey; commands that composefix means are left aside.
#[track_caller]
fn assert_nothing_raw(verb: &[&str], said: &Said) {
    for line in said.out.lines().chain(said.err.lines()) {
        let is_own = verb.contains(&"github")
            && (line.starts_with("::error title=composefix") || line.starts_with("::warning title=composefix"));
        assert!(is_own || !line.trim_start().starts_with("::"), "{verb:?}: {line:?}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "{verb:?}: {line:?}");
        // What GitHub decodes again.
        assert!(!(is_own && line.contains("%0A::error")), "{verb:?}: {line:?}");
        let hidden = |c: char| {
            c != '\t' && c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}')
        };
        assert!(!line.contains(hidden), "{verb:?}: {line:?}");
    }
}

/// Texts that a terminal, a log or a runner would obey if they were printed as they are.
const HOSTILE: [&str; 8] = [
    r"\n::error file=README.md::forged",
    r"\r::add-mask::x",
    r"\e[2J",
    r"\u202Egro",
    r"\x9b2J",
    r"%0A::error::x",
    r"##[error]x",
    r"a\u200Bb\u00ADc",
];

#[test]
fn no_name_and_no_value_is_a_command_or_hidden() {
    let tree = |sandbox: &Sandbox| {
        for (number, hostile) in HOSTILE.iter().enumerate() {
            let service = format!("{BROKER}  \"ok{hostile}\":\n    image: x\n    depends_on: [none]\n{CLIENT}");
            let value = CLIENT.replace("localhost:9092", &format!("localhost:9092{hostile},localhost:9093"));
            let variable = CLIENT.replace("KAFKA_BROKERS", &format!("\"KAFKA_BROKERS{hostile}\""));
            let image = CLIENT.replace("example/app", &format!("\"bitnami/kafka{hostile}\""));
            let key = CLIENT.replace("    image", &format!("    \"key{hostile}\": 1\n    image"));
            sandbox.write(&format!("shop/service{number}/compose.yaml"), &service);
            for (name, client) in [("value", value), ("variable", variable), ("image", image), ("key", key)] {
                sandbox.write(&format!("shop/{name}{number}/compose.yaml"), &format!("{BROKER}{client}"));
            }
        }
    };
    in_every_way(tree, assert_nothing_raw);
    let sandbox = Sandbox::new();
    for said in ["\u{1b}[2J", "\u{202e}gro", "\n::error::forged", "\u{9b}2J", "##[error]x"] {
        let said = sandbox.composefix(&["explain", &format!("x{said} connect ECONNREFUSED 127.0.0.1:9092{said}")]);
        assert_nothing_raw(&["explain"], &said);
    }
}

#[cfg(unix)]
#[test]
fn no_path_and_no_line_near_a_change_is_a_command() {
    let lines = format!("{BROKER}{CLIENT}").replace(
        "    depends_on: {kafka",
        "    labels:\n      x: |\n        a\n        ::error::forged\n    depends_on: {kafka",
    );
    let folders =
        ["::error file=x::y", "a\n::error::y", "##[error]z", "\u{1b}[2J", "\u{202e}gro", "\u{9b}2J", "%0A::error::x"];
    let tree = |sandbox: &Sandbox| {
        for folder in folders {
            sandbox.write(&format!("shop/{folder}/compose.yaml"), &lines);
        }
    };
    in_every_way(tree, assert_nothing_raw);
}

/// Where secrets are in files, each with another: the environment of a client, and the `.env` beside it.
const PLANTED: [(&str, &str); 15] = [
    ("KAFKA_URL: kafka+ssl://u:SECRET@localhost:9092", ""),
    ("KAFKA_BROKERS: \"u:SECRET@localhost:9092\"", ""),
    ("KAFKA_BROKERS: \"kafka://:SECRET@localhost:9092,kafka://:SECRET@localhost:9093\"", ""),
    ("{KAFKA_BROKERS: \"localhost:9092\", DSN: SECRET}", ""),
    ("{KAFKA_BROKERS: \"localhost:9092\", DB_PASSWORD: 'SECRET'}", ""),
    ("[KAFKA_BROKERS=localhost:9092, DSN=SECRET]", ""),
    ("KAFKA_BROKERS: ${URL}", "URL=kafka://u:SECRET@localhost:9092\n"),
    (
        "KAFKA_BROKERS: localhost:9092\n      KAFKA_SASL_JAAS_CONFIG: 'x required username=\"u\" password=\"SECRET\";'",
        "",
    ),
    (
        "SPRING_APPLICATION_JSON: '{\"spring.kafka.bootstrap-servers\": \"localhost:9092\", \"db.password\": \"SECRET\"}'",
        "",
    ),
    ("[\"KAFKA_BROKERS: localhost:9092\", \"DSN: SECRET\"]", ""),
    ("KAFKA_BROKERS: localhost:9092 # password=SECRET", ""),
    ("KAFKA_BROKERS: localhost:9092\n    command: [run, --sasl-password, SECRET, --brokers, \"localhost:9092\"]", ""),
    ("KAFKA_BROKERS: localhost:9092\n    env_file: .env", "KAFKA_SASL_PASSWORD=SECRET\nKAFKA_URL=localhost:9092\n"),
    ("KAFKA_BROKERS: ${BROKERS:-u:SECRET@localhost:9092}", ""),
    ("KAFKA_BROKERS: localhost:9092\n    build: {context: ., args: {API_TOKEN: SECRET}}", ""),
];

#[test]
fn no_secret_is_shown_or_copied() {
    let tree = |sandbox: &Sandbox| {
        for (number, (environment, dot_env)) in PLANTED.iter().enumerate() {
            let environment = if environment.starts_with(['{', '[']) {
                format!(" {environment}")
            } else {
                format!("\n      {environment}")
            };
            let client = CLIENT.replace(" {KAFKA_BROKERS: \"localhost:9092\"}", &environment);
            let planted = |text: &str| text.replace("SECRET", &format!("HIDDEN{number}"));
            sandbox.write(&format!("shop/p{number}/compose.yaml"), &planted(&format!("{BROKER}{client}")));
            sandbox.write(&format!("shop/p{number}/.env"), &planted(dot_env));
        }
        // In code, which is read for a client that is built.
        let client =
            CLIENT.replace("image: example/app", "build: .").replace("KAFKA_BROKERS: \"localhost:9092\"", "TZ: UTC");
        sandbox.write("shop/code/compose.yaml", &format!("{BROKER}{client}"));
        let code = "from kafka import KafkaProducer\nproducer = KafkaProducer(bootstrap_servers='localhost:9092', sasl_plain_password='HIDDEN')\n";
        sandbox.write("shop/code/app.py", code);
        sandbox.write("shop/code/requirements.txt", "kafka-python==2.0.2\n");
    };
    in_every_way(tree, |verb, said| {
        let all = format!("{}{}", said.out, said.err);
        assert!(verb == ["apply"] || !all.is_empty(), "{verb:?} says nothing");
        // A diff has the lines of the file as they are, and a plan the new text.
        let is_of_diff = |line: &str| verb[0] == "diff" && line.starts_with(['+', '-', ' ']);
        let shown: Vec<&str> = all.lines().filter(|line| line.contains("HIDDEN") && !is_of_diff(line)).collect();
        assert_eq!(shown, [""; 0], "{verb:?}");
    });
    let sandbox = Sandbox::new();
    let said =
        sandbox.composefix(&["explain", "cannot connect to kafka://u:HIDDEN@localhost:9092: Connection refused"]);
    assert!(!format!("{said:?}").contains("HIDDEN"), "{said:?}");
}

#[test]
fn a_secret_of_an_env_file_is_not_copied() {
    let sandbox = Sandbox::new();
    let client = CLIENT.replace("environment: {KAFKA_BROKERS: \"localhost:9092\"}", "env_file: app.env");
    sandbox.write("shop/compose.yaml", &format!("{BROKER}{client}"));
    sandbox.write("shop/app.env", "KAFKA_URL=kafka://u:HIDDEN@localhost:9092\n");
    for verb in VERBS {
        let said = sandbox.composefix(&[verb, &["shop"]].concat());
        assert!(!format!("{said:?}").contains("HIDDEN"), "{verb:?}: {said:?}");
    }
    assert!(sandbox.composefix(&["check", "shop"]).out.contains("must not be copied"));
}

#[test]
fn two_hundred_repositories_in_one_run() {
    let sandbox = Sandbox::new();
    let broken = format!("{BROKER}{CLIENT}");
    let fragments = [
        ("docker-compose.override.yml", "services:\n  app:\n    environment:\n      KAFKA_BROKERS: localhost:9092\n"),
        ("compose.yaml", "# kafka: to be written\n"),
        ("compose.yml", "- kafka\n"),
    ];
    let mut left_out = Vec::new();
    for number in 0..200 {
        let repository = format!("repositories/r{number:03}");
        std::fs::create_dir_all(sandbox.path(&format!("{repository}/.git"))).expect("the folder is ours");
        match number {
            57 => sandbox.write(&format!("{repository}/compose.yaml"), "services:\n  kafka:\n\timage: x\n"),
            101 => sandbox.write(
                &format!("{repository}/compose.yaml"),
                &broken.replace("localhost:9092\"}", "localhost:9092\\n::error::forged\"}"),
            ),
            _ if number % 10 == 3 => {
                let (name, text) = fragments[number / 10 % fragments.len()];
                left_out.push(format!("{repository}/{name}"));
                sandbox.write(&format!("{repository}/{name}"), text);
            }
            _ if number % 10 == 4 => {
                sandbox.write(&format!("{repository}/compose.yaml"), &broken.replace("\"localhost:", "\"kafka:"))
            }
            _ => sandbox.write(&format!("{repository}/compose.yaml"), &broken),
        }
    }
    let said = sandbox.composefix(&["fix", "repositories"]);
    assert_nothing_raw(&["fix"], &said);
    assert_eq!(said.code, 2, "{said:?}");
    let errors: Vec<&str> = said.err.lines().filter(|line| line.starts_with("error: ")).collect();
    assert!(matches!(errors[..], [one] if one.contains("repositories/r057/compose.yaml:3:1")), "{errors:?}");
    let notes: Vec<&str> = said.err.lines().filter(|line| line.starts_with("note: ")).collect();
    assert_eq!((notes.len(), left_out.len()), (20, 20), "{notes:?}");
    for (note, path) in notes.iter().zip(&left_out) {
        assert!(note.starts_with(&format!("note: {path}")), "{note}");
    }
    let summary = said.err.lines().last().unwrap_or_default();
    assert!(
        summary.contains("158 files changed, 158 fixes applied") && summary.contains("20 files skipped"),
        "{summary}"
    );
    for number in [0, 58, 100, 102, 199] {
        let text = sandbox.read(&format!("repositories/r{number:03}/compose.yaml"));
        assert_eq!(text, broken.replace("\"localhost:", "\"kafka:"), "r{number:03}");
    }
    // Without the broken one there is nothing left to do.
    std::fs::remove_dir_all(sandbox.path("repositories/r057")).expect("the folder is ours");
    let said = sandbox.composefix(&["fix", "repositories"]);
    assert!(said.code == 0 && !said.err.contains("changed"), "{said:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_closed_pipe_stop_nothing_and_are_never_findings() {
    let run = |script: &str| {
        let sandbox = Sandbox::new();
        for name in ["a", "b"] {
            sandbox.write(&format!("{name}/compose.yaml"), &format!("{BROKER}{CLIENT}"));
        }
        let script = script.replace("composefix", &format!("'{}'", env!("CARGO_BIN_EXE_composefix")));
        let said = sandbox.run("sh", &["-c", &script]);
        let texts = ["a", "b"]
            .map(|name| std::fs::read_to_string(sandbox.path(&format!("{name}/compose.yaml"))).expect("it is there"));
        (said, texts.iter().all(|text| text.contains("kafka:9092\"}")))
    };
    for script in [
        "composefix check . > /dev/full",
        "composefix check --format json . > /dev/full",
        "composefix diff . > /dev/full",
        "composefix status . > /dev/full",
    ] {
        let (said, _) = run(script);
        assert!(said.code == 2 && said.err.contains("cannot write to standard output"), "{script}: {said:?}");
    }
    for script in [
        "composefix fix . 2> /dev/full",
        "(composefix fix .; echo $? >&3) 3>&1 2>&1 >/dev/null | true; sleep 1",
        "composefix fix . 2>&-",
    ] {
        let (said, are_fixed) = run(script);
        assert!(said.code == 0 && are_fixed, "{script}: {said:?}");
    }
}

#[test]
fn fragments_that_a_search_meets_are_notes_and_named_they_are_errors() {
    let sandbox = Sandbox::new();
    let fragments = [
        ("empty/compose.yaml", "# kafka: to be written\n"),
        (
            "lone/docker-compose.override.yml",
            "services:\n  app:\n    environment:\n      KAFKA_BROKERS: localhost:9092\n",
        ),
        ("part/docker-compose.prod.yml", "services:\n  kafka:\n    environment: {KAFKA_X: 1}\n"),
        ("tool/compose.yml", "- kafka\n"),
        ("docs/compose.yml", "---\ntitle: Kafka\n---\n# How to\nText.\n"),
        ("page/compose.yml", "# Kafka\n```\nservices:\n```\n"),
    ];
    for (path, text) in fragments {
        sandbox.write(path, text);
    }
    sandbox.write("good/compose.yaml", &format!("{BROKER}{CLIENT}"));
    let said = sandbox.composefix(&["fix", "."]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(!said.err.contains("error: "), "{said:?}");
    assert!(said.err.contains("1 file changed, 1 fix applied; 6 files skipped"), "{said:?}");
    for (path, text) in fragments {
        assert!(said.err.lines().any(|line| line.starts_with(&format!("note: {path}"))), "{path}: {said:?}");
        let named = sandbox.composefix(&["fix", path]);
        assert!(named.code == 2 && named.err.starts_with("error: "), "{path}: {named:?}");
        assert_eq!(std::fs::read_to_string(sandbox.path(path)).expect("it is there"), text);
    }
}

#[test]
fn one_broken_project_hides_no_other_in_any_format() {
    let sandbox = Sandbox::new();
    sandbox.write("bad/compose.yaml", "services:\n  kafka:\n\timage: x\n");
    for verb in VERBS {
        sandbox.write("good/compose.yaml", &format!("{BROKER}{CLIENT}"));
        let said = sandbox.composefix(&[verb, &["."]].concat());
        let all = format!("{}{}", said.out, said.err);
        let good = if verb == ["check", "--statistics"] { "loopback-broker-address" } else { "good/compose.yaml" };
        assert!(said.code == 2 && all.contains(good) && all.contains("bad/compose.yaml:3:1"), "{verb:?}: {said:?}");
        let is_for_programs = verb.contains(&"json") || verb.contains(&"sarif") || verb.contains(&"github");
        assert!(!is_for_programs || said.out.contains("bad/compose.yaml:3:1"), "{verb:?}: {said:?}");
    }
    // The last verb was a fix.
    let said = sandbox.composefix(&["check", "good"]);
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn annotations_and_sarif_have_paths_from_the_root_of_the_repository() {
    let sandbox = Sandbox::new();
    std::fs::create_dir_all(sandbox.path("repo/.git")).expect("the folder is ours");
    sandbox.write("repo/sub/compose.yaml", &format!("{BROKER}{CLIENT}"));
    for (format, path) in [("github", "file=sub/compose.yaml,"), ("sarif", "\"uri\": \"sub/compose.yaml\"")] {
        let script = format!("cd repo/sub && '{}' check --format {format}", env!("CARGO_BIN_EXE_composefix"));
        let said = sandbox.run("sh", &["-c", &script]);
        assert!(said.out.contains(path), "{said:?}");
    }
}

#[test]
fn findings_are_no_failure_where_that_is_asked_for() {
    let sandbox = Sandbox::new();
    sandbox.write("shop/compose.yaml", &format!("{BROKER}{CLIENT}"));
    assert_eq!(sandbox.composefix(&["check", "shop"]).code, 1);
    assert_eq!(sandbox.composefix(&["check", "shop", "--exit-zero"]).code, 0);
    assert_eq!(sandbox.composefix(&["check", "nowhere", "--exit-zero"]).code, 2);
}
