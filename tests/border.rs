//! What a project may read and write: nothing outside of its repository, or of the folder that was named, whichever way leads there.

#![cfg(unix)]

#[allow(dead_code, reason = "other tests use the rest")]
mod sandbox;

use std::fs;
use std::os::unix::fs::symlink;

use composefix::source::{Border, Borders, ReadError, Reader as _};
use sandbox::{Said, Sandbox};

/// A project with one problem, which composefix fixes.
const BROKEN: &str = concat!(
    include_str!("sandbox/broker.yaml"),
    "  app:
    image: example/app
    environment:
      KAFKA_BROKERS: localhost:9092
    depends_on:
      kafka:
        condition: service_healthy
"
);

fn repaired() -> String {
    BROKEN.replace("KAFKA_BROKERS: localhost:9092", "KAFKA_BROKERS: kafka:9092")
}

const PLAIN: &str = "services:\n  x: {image: y}\n";

/// A folder `repo`, and next to it `outside` with a broken project.
fn two_folders() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("outside/compose.yaml", BROKEN);
    fs::create_dir_all(sandbox.path("repo")).expect("the folder is ours");
    sandbox
}

fn text(sandbox: &Sandbox, path: &str) -> String {
    fs::read_to_string(sandbox.path(path)).expect("the file is there")
}

#[track_caller]
fn assert_refused(sandbox: &Sandbox, said: &Said) {
    assert_eq!(text(sandbox, "outside/compose.yaml"), BROKEN, "{said:?}");
    assert!(said.err.contains("composefix reads and writes nothing outside of"), "{said:?}");
    assert_eq!(said.code, 2, "{said:?}");
}

#[test]
fn compose_file_of_a_dot_env_does_not_lead_out() {
    let sandbox = two_folders();
    sandbox.write("repo/compose.yaml", BROKEN);
    let absolute = sandbox.path("outside/compose.yaml").display().to_string();
    for outside in ["../outside/compose.yaml", absolute.as_str()] {
        sandbox.write("repo/.env", &format!("COMPOSE_FILE={outside}\n"));
        assert_refused(&sandbox, &sandbox.composefix(&["fix", "repo"]));
        assert_refused(
            &sandbox,
            &sandbox.run("sh", &["-c", &format!("cd repo && '{}' fix", env!("CARGO_BIN_EXE_composefix"))]),
        );
    }
}

#[test]
fn links_do_not_lead_out() {
    let extending = "services:\n  x:\n    extends: {file: parts/compose.yaml, service: app}\n";
    for (named, link, target, including) in [
        ("repo/compose.yaml", "repo/compose.yaml", "../outside/compose.yaml", ""),
        ("repo", "repo/compose.override.yaml", "../outside/compose.yaml", PLAIN),
        ("repo", "repo/part.yaml", "../outside/compose.yaml", "include: [part.yaml]\n"),
        ("repo", "repo/parts", "../outside", "include: [parts/compose.yaml]\n"),
        ("repo", "repo/parts", "../outside", extending),
    ] {
        let sandbox = two_folders();
        if !including.is_empty() {
            sandbox.write("repo/compose.yaml", including);
        }
        symlink(target, sandbox.path(link)).expect("the folder is ours");
        // The search passes over folders without a word about Kafka.
        sandbox.write("repo/other.yaml", "services:\n  kafka: {image: apache/kafka:4.0.0}\n");
        assert_refused(&sandbox, &sandbox.composefix(&["fix", named]));
    }
}

#[test]
fn without_a_repository_the_folder_that_was_searched_is_the_border() {
    let sandbox = two_folders();
    fs::rename(sandbox.path("outside/compose.yaml"), sandbox.path("outside/it.txt")).expect("the folder is ours");
    sandbox.write("repo/compose.yaml", "include: [part.yaml]\n");
    symlink("../outside/it.txt", sandbox.path("repo/part.yaml")).expect("the folder is ours");
    let said = sandbox.composefix(&["fix", "repo"]);
    assert_eq!((said.code, text(&sandbox, "outside/it.txt")), (2, BROKEN.to_owned()), "{said:?}");
    let said = sandbox.composefix(&["fix", "."]);
    assert_eq!((said.code, text(&sandbox, "outside/it.txt")), (0, repaired()), "{said:?}");
    assert!(fs::symlink_metadata(sandbox.path("repo/part.yaml")).expect("it is there").is_symlink());
}

#[test]
fn a_named_file_without_a_repository_reads_below_the_working_directory_and_writes_beside_itself() {
    let sandbox = two_folders();
    sandbox.write(
        "common.yaml",
        "services:\n  app: {image: example/app, environment: {KAFKA_BROKERS: 'localhost:9092'}}\n",
    );
    let app = "  app:\n    extends: {file: ../common.yaml, service: app}\n";
    let broker = BROKEN.split("  app:\n").next().expect("it has a broker");
    sandbox.write("repo/compose.yaml", &format!("{broker}{app}"));
    let said = sandbox.composefix(&["fix", "repo/compose.yaml"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(text(&sandbox, "repo/compose.yaml").contains("KAFKA_BROKERS: kafka:9092"), "{said:?}");
    sandbox.write("repo/.env", "COMPOSE_FILE=../outside/compose.yaml\n");
    sandbox.write("repo/compose.yaml", &format!("include: [../outside/compose.yaml]\n{PLAIN}"));
    sandbox.composefix(&["fix", "repo/compose.yaml"]);
    assert_eq!(text(&sandbox, "outside/compose.yaml"), BROKEN);
}

#[test]
fn one_repository_does_not_lead_into_another() {
    let sandbox = two_folders();
    fs::create_dir_all(sandbox.path("repo/.git")).expect("the folder is ours");
    fs::rename(sandbox.path("outside/compose.yaml"), sandbox.path("outside/it.txt")).expect("the folder is ours");
    sandbox.write("repo/compose.yaml", "include: [part.yaml]\n");
    symlink("../outside/it.txt", sandbox.path("repo/part.yaml")).expect("the folder is ours");
    let said = sandbox.composefix(&["fix", "."]);
    assert_eq!((said.code, text(&sandbox, "outside/it.txt")), (2, BROKEN.to_owned()), "{said:?}");
}

#[test]
fn inside_of_a_repository_a_link_may_lead_anywhere() {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("repo/.git")).expect("the folder is ours");
    fs::create_dir_all(sandbox.path("repo/deploy")).expect("the folder is ours");
    sandbox.write("repo/shared/kafka.yaml", BROKEN);
    symlink(sandbox.path("repo/shared/kafka.yaml"), sandbox.path("repo/deploy/compose.yaml")).expect("it is ours");
    let said = sandbox.composefix(&["fix", "repo/deploy/compose.yaml"]);
    assert_eq!((said.code, text(&sandbox, "repo/shared/kafka.yaml")), (0, repaired()), "{said:?}");
}

#[test]
fn code_and_env_files_outside_are_not_read_and_that_is_told() {
    let sandbox = Sandbox::new();
    sandbox.write("elsewhere/app.env", "KAFKA_BROKERS=localhost:9092\n");
    sandbox.write(
        "elsewhere/main.py",
        "from kafka import KafkaProducer\nKafkaProducer(bootstrap_servers='localhost:9092')\n",
    );
    let app = "  app:\n    build: ../elsewhere\n    env_file: ../elsewhere/app.env\n  top:\n    build: /usr\n";
    let broker = &BROKEN[..BROKEN.find("  app:").expect("it is there")];
    sandbox.write("repo/compose.yaml", &format!("{broker}{app}"));
    let said = sandbox.composefix(&["check", "repo"]);
    for path in ["elsewhere", "elsewhere/app.env", "/usr"] {
        let line = format!("{path} is outside of the repository, so it is not read");
        assert!(said.err.lines().any(|own| own.starts_with("note: ") && own.ends_with(&line)), "{path}: {said:?}");
    }
    assert!(!said.out.contains("localhost"), "{said:?}");
}

#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let sandbox = Sandbox::new();
    let pipe = sandbox.path("repo/pipe");
    fs::create_dir_all(sandbox.path("repo")).expect("the folder is ours");
    if sandbox.run("mkfifo", &[&pipe.display().to_string()]).code != 0 {
        return;
    }
    for compose in [
        "services:\n  x:\n    extends: {file: pipe, service: y}\n".to_owned(),
        format!("include: [pipe]\n{PLAIN}"),
        "services:\n  x: {image: y, env_file: pipe}\n".to_owned(),
    ] {
        sandbox.write("repo/compose.yaml", &compose);
        let said = sandbox.composefix(&["check", "repo/compose.yaml"]);
        assert!(said.code == 2 && said.err.contains("not a regular file"), "{said:?}");
    }
    sandbox.write("repo/compose.yaml", &BROKEN.replace("image: example/app", "build: {context: ., dockerfile: pipe}"));
    assert_eq!(sandbox.composefix(&["check", "repo/compose.yaml"]).code, 1);
}

#[test]
fn what_a_killed_run_left_is_removed_by_the_next() {
    let sandbox = Sandbox::new();
    sandbox.write("repo/compose.yaml", &repaired());
    sandbox.write("repo/.composefix-0123456789abcdef-new-compose.yaml", BROKEN);
    sandbox.write("repo/.composefix-notes", "the user's own\n");
    let said = sandbox.composefix(&["check", "repo"]);
    assert!(sandbox.path("repo/.composefix-0123456789abcdef-new-compose.yaml").exists(), "{said:?}");
    let said = sandbox.composefix(&["fix", "repo"]);
    assert!(!sandbox.path("repo/.composefix-0123456789abcdef-new-compose.yaml").exists(), "{said:?}");
    assert!(said.err.contains("an interrupted run of composefix left it behind"), "{said:?}");
    assert!(sandbox.path("repo/.composefix-notes").exists());
    assert_eq!(text(&sandbox, "repo/compose.yaml"), repaired());
}

#[test]
fn a_file_that_was_half_overwritten_gets_its_former_content_and_is_repaired() {
    let sandbox = Sandbox::new();
    let new = repaired().replace("services:", "services: # the new text");
    let torn = format!("{}{}", &new[..40], &BROKEN[40..]);
    sandbox.write("repo/compose.yaml", &torn);
    sandbox.write("repo/.composefix-0123456789abcdef-new-compose.yaml", &new);
    sandbox.write("repo/.composefix-0123456789abcdef-old-compose.yaml", BROKEN);
    let said = sandbox.composefix(&["fix", "repo"]);
    assert!(said.err.contains("restored to its former content"), "{said:?}");
    assert_eq!(text(&sandbox, "repo/compose.yaml"), repaired());
    assert_eq!(fs::read_dir(sandbox.path("repo")).expect("it is there").count(), 1);
}

#[test]
fn the_temporary_file_of_a_living_run_stays() {
    let sandbox = Sandbox::new();
    sandbox.write("repo/compose.yaml", BROKEN);
    let path = sandbox.path("repo/.composefix-0123456789abcdef-new-compose.yaml");
    fs::write(&path, BROKEN).expect("the folder is ours");
    let file = fs::File::open(&path).expect("it is there");
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive).expect("nobody else has it");
    sandbox.composefix(&["fix", "repo"]);
    assert!(path.exists());
}

/// A folder `inside` with `sub/a.yml`, a folder `outside` with `a.yml`, and the border around the first.
fn folders() -> (tempfile::TempDir, Border) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("inside/sub")).expect("the folder is ours");
    fs::create_dir_all(path("outside")).expect("the folder is ours");
    fs::write(path("inside/sub/a.yml"), "own").expect("the folder is ours");
    fs::write(path("outside/a.yml"), "foreign").expect("the folder is ours");
    let border = Borders::default().around(&[path("inside")], None, &[]);
    (folder, border)
}

#[test]
fn a_folder_that_becomes_a_link_leads_nowhere() {
    let (folder, border) = folders();
    let path = folder.path().join("inside/sub/a.yml");
    assert_eq!(border.read(&path, 10).expect("it is inside"), b"own");
    let place = border.locate(&path).expect("it is inside");
    fs::rename(folder.path().join("inside/sub"), folder.path().join("inside/moved")).expect("it is ours");
    symlink("../outside", folder.path().join("inside/sub")).expect("it is ours");
    assert!(matches!(border.read(&path, 10), Err(ReadError::Outside { .. })));
    assert!(matches!(border.locate(&path), Err(ReadError::Outside { .. })));
    // The folder that was opened before is still the one that was meant.
    assert_eq!(place.folder.read_to_string(&place.name).expect("it is there"), "own");
}

#[test]
fn dots_and_links_that_stay_inside_are_followed() {
    let (folder, border) = folders();
    let inside = folder.path().join("inside");
    symlink(inside.join("sub/a.yml"), inside.join("absolute.yml")).expect("it is ours");
    symlink("sub/a.yml", inside.join("relative.yml")).expect("it is ours");
    for path in
        ["absolute.yml", "relative.yml", "sub/../sub/a.yml", "../inside/sub/a.yml", "../outside/../inside/sub/a.yml"]
    {
        assert_eq!(border.read(&inside.join(path), 10).expect(path), b"own");
    }
    assert!(matches!(border.read(&inside.join("../outside/a.yml"), 10), Err(ReadError::Outside { .. })));
    assert!(border.read(&inside.join("no.yml"), 10).expect_err("there is none").is_not_found());
}

#[test]
fn a_named_file_is_inside_alone() {
    let (folder, _) = folders();
    let border =
        Borders::default().around(&[folder.path().join("inside")], None, &[folder.path().join("outside/a.yml")]);
    fs::write(folder.path().join("outside/b.yml"), "foreign").expect("the folder is ours");
    assert_eq!(border.read(&folder.path().join("outside/a.yml"), 10).expect("it was named"), b"foreign");
    assert!(border.read(&folder.path().join("outside/b.yml"), 10).is_err());
}
