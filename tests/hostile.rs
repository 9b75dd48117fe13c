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
const VERBS: [&[&str]; 8] = [
    &["check"],
    &["check", "--format", "json"],
    &["check", "--format", "sarif"],
    &["check", "--format", "github"],
    &["status"],
    &["status", "--format", "json"],
    &["diff"],
    &["fix"],
];

fn in_every_way(project: impl Fn(&Sandbox), look: impl Fn(&[&str], &Said)) {
    for verb in VERBS {
        let sandbox = Sandbox::new();
        project(&sandbox);
        look(verb, &sandbox.composefix(&[verb, &["shop"]].concat()));
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
        let hidden = |c: char| {
            c != '\t' && c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}')
        };
        assert!(!line.contains(hidden), "{verb:?}: {line:?}");
    }
}

#[test]
fn no_name_and_no_value_is_a_command_or_hidden() {
    for hostile in [
        r"\n::error file=README.md::forged",
        r"\r::add-mask::x",
        r"\e[2J",
        r"\u202Egro",
        r"\x9b2J",
        r"%0A::error::x",
        r"##[error]x",
        r"a\u200Bb\u00ADc",
    ] {
        let raw_service = format!("{BROKER}  \"ok{hostile}\":\n    image: x\n    depends_on: [none]\n{CLIENT}");
        let raw_value =
            format!("{BROKER}{}", CLIENT.replace("localhost:9092", &format!("localhost:9092{hostile},localhost:9093")));
        let raw_variable =
            format!("{BROKER}{}", CLIENT.replace("KAFKA_BROKERS", &format!("\"KAFKA_BROKERS{hostile}\"")));
        let raw_image = format!("{BROKER}{}", CLIENT.replace("example/app", &format!("\"bitnami/kafka{hostile}\"")));
        for compose in [raw_service, raw_value, raw_variable, raw_image] {
            in_every_way(
                |sandbox| sandbox.write("shop/compose.yaml", &compose),
                |verb, said| assert_nothing_raw(verb, said),
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn no_path_and_no_line_near_a_change_is_a_command() {
    let lines = format!("{BROKER}{CLIENT}").replace(
        "    depends_on: {kafka",
        "    labels:\n      x: |\n        a\n        ::error::forged\n    depends_on: {kafka",
    );
    for folder in ["::error file=x::y", "a\n::error::y", "##[error]z"] {
        in_every_way(
            |sandbox| sandbox.write(&format!("shop/{folder}/compose.yaml"), &lines),
            |verb, said| assert_nothing_raw(verb, said),
        );
    }
}

#[test]
fn no_secret_is_shown_or_copied() {
    let planted = [
        ("KAFKA_URL: kafka+ssl://u:SECRETA@localhost:9092", ""),
        ("KAFKA_BROKERS: \"u:SECRETA@localhost:9092\"", ""),
        ("KAFKA_BROKERS: \"kafka://:SECRETA@localhost:9092,kafka://:SECRETA@localhost:9093\"", ""),
        ("{KAFKA_BROKERS: \"localhost:9092\", DSN: SECRETA}", ""),
        ("{KAFKA_BROKERS: \"localhost:9092\", DB_PASSWORD: 'SECRETA'}", ""),
        ("[KAFKA_BROKERS=localhost:9092, DSN=SECRETA]", ""),
        ("KAFKA_BROKERS: ${URL}", "URL=kafka://u:SECRETA@localhost:9092\n"),
        (
            "KAFKA_BROKERS: localhost:9092\n      KAFKA_SASL_JAAS_CONFIG: 'x required username=\"u\" password=\"SECRETA\";'",
            "",
        ),
        (
            "SPRING_APPLICATION_JSON: '{\"spring.kafka.bootstrap-servers\": \"localhost:9092\", \"db.password\": \"SECRETA\"}'",
            "",
        ),
        ("[\"KAFKA_BROKERS: localhost:9092\", \"DSN: SECRETA\"]", ""),
    ];
    for (environment, dot_env) in planted {
        let environment = if environment.starts_with(['{', '[']) {
            format!(" {environment}")
        } else {
            format!("\n      {environment}")
        };
        let client = CLIENT.replace(" {KAFKA_BROKERS: \"localhost:9092\"}", &environment);
        in_every_way(
            |sandbox| {
                sandbox.write("shop/compose.yaml", &format!("{BROKER}{client}"));
                sandbox.write("shop/.env", dot_env);
            },
            // A diff has the lines of the file as they are.
            |verb, said| assert!(verb == ["diff"] || !format!("{said:?}").contains("SECRETA"), "{verb:?}: {said:?}"),
        );
    }
    let sandbox = Sandbox::new();
    let client = CLIENT.replace("environment: {KAFKA_BROKERS: \"localhost:9092\"}", "env_file: app.env");
    sandbox.write("shop/compose.yaml", &format!("{BROKER}{client}"));
    sandbox.write("shop/app.env", "KAFKA_URL=kafka://u:SECRETA@localhost:9092\n");
    for verb in VERBS {
        let said = sandbox.composefix(&[verb, &["shop"]].concat());
        assert!(!format!("{said:?}").contains("SECRETA"), "{verb:?}: {said:?}");
    }
    assert!(sandbox.composefix(&["check", "shop"]).out.contains("must not be copied"));
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
    sandbox.write("good/compose.yaml", &format!("{BROKER}{CLIENT}"));
    sandbox.write("bad/compose.yaml", "services:\n  kafka:\n\timage: x\n");
    for verb in VERBS {
        let said = sandbox.composefix(&[verb, &["."]].concat());
        let all = format!("{}{}", said.out, said.err);
        assert!(
            said.code == 2 && all.contains("good/compose.yaml") && all.contains("bad/compose.yaml:3:1"),
            "{verb:?}: {said:?}"
        );
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
