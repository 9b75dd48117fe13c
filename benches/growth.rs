//! How the cost of a check and of a fix grows with what a project has: `cargo bench --bench growth [-- NAME]`. Each shape is measured at a size and
//! at four times that size; the exponent of a cost that is linear is 1. It fails if one is far above that.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use composefix::Options;
use composefix::source::{Files, Memory};

/// The files of a project, by path.
type Project = Vec<(PathBuf, String)>;

/// How a project grows: its name, its first size, and its files at a size.
type Shape = (&'static str, usize, fn(usize) -> Project);

/// Four times the size must cost less than 5.5 times as much.
const HIGHEST_EXPONENT: f64 = 1.23;

const SHAPES: &[Shape] = &[
    ("services", 500, |size| compose(size, |n| service(n, "environment: {KAFKA_URL: 'broker:9092'}"))),
    ("clients to fix", 250, |size| compose(size, |n| service(n, "environment: {KAFKA_URL: 'localhost:9092'}"))),
    ("other services", 1000, |size| compose(size, |n| service(n, "ports: ['80']"))),
    ("dependencies in a row", 500, |size| {
        compose(size, |n| service(n, &format!("depends_on: [{}]", n.checked_sub(1).map_or("broker".into(), name))))
    }),
    ("clusters", 50, |size| {
        let cluster = |n| format!("  node-{n}: {{image: 'apache/kafka:4.1.0'}}\n");
        let client = |n| service(n, &format!("environment: {{KAFKA_URL: 'localhost:9092'}}, depends_on: [node-{n}]"));
        compose(size, |n| cluster(n) + &client(n))
    }),
    ("heirs of one service", 200, |size| compose(size, |n| service(n, "extends: broker, command: run"))),
    ("heirs in a row", 15, |size| {
        compose(size, |n| {
            service(n, &format!("extends: {}, labels: {{l{n}: x}}", n.checked_sub(1).map_or("broker".into(), name)))
        })
    }),
    ("lines of an env file", 1000, |size| {
        let lines = (0..size).map(|n| format!("OPTION_{n}=value\n")).collect::<String>();
        with(
            compose(1, |n| service(n, "env_file: options.env")),
            [("options.env".into(), lines + "KAFKA_URL=broker:9092\n")],
        )
    }),
    ("source files", 300, |size| {
        let line = "import os, confluent_kafka\nurl = os.getenv('KAFKA_URL', 'broker:9092')\n";
        built((0..size).map(|n| (format!("app/package_{}/module_{n}.py", n / 40).into(), line.to_owned())))
    }),
    ("reads in a source file", 1000, |size| {
        let reads = (0..size).map(|n| format!("setting_{n} = os.getenv('SETTING_{n}', 'x')\n")).collect::<String>();
        built([("app/main.py".into(), format!("import os, confluent_kafka\n{reads}"))])
    }),
    ("configuration files", 150, |size| {
        let line = "kafka.bootstrap.servers=broker:9092\nretries=3\n";
        built((0..size).map(|n| (format!("app/settings/{}/{n}.properties", n / 40).into(), line.to_owned())))
    }),
    ("placeholders", 100, |size| {
        let text =
            |n| (0..5).map(move |k| format!("part{k}: {{bootstrap.servers: '${{URL_{n}_{k}:localhost:9092}}'}}\n"));
        built((0..size).map(|n| (format!("app/part-{n}/application.yml").into(), text(n).collect())))
    }),
    ("files that extend one another twice", 8, |size| {
        let half = |n| format!("---\nservices: {{it: {{extends: {{file: level-{n}.yaml, service: it}}}}}}\n");
        let levels = (0..size).map(|n| (format!("level-{}.yaml", n + 1).into(), half(n).repeat(2)));
        let last = ("level-0.yaml".into(), "services: {it: {image: example}}\n".to_owned());
        let extends = format!("extends: {{file: level-{size}.yaml, service: it}}");
        with(compose(1, |n| service(n, &extends)), levels.chain([last]))
    }),
];

fn name(number: usize) -> String {
    format!("service-{number}")
}

fn service(number: usize, parts: &str) -> String {
    format!("  {}: {{image: example, {parts}}}\n", name(number))
}

/// A broker, and `size` times what `part` is.
fn compose(size: usize, part: impl Fn(usize) -> String) -> Project {
    let mut text = "services:\n  broker: {image: 'apache/kafka:4.1.0'}\n".to_owned();
    (0..size).for_each(|number| text.push_str(&part(number)));
    vec![(PathBuf::from("compose.yaml"), text)]
}

fn with(mut project: Project, files: impl IntoIterator<Item = (PathBuf, String)>) -> Project {
    project.extend(files);
    project
}

/// A service that is built from these files.
fn built(files: impl IntoIterator<Item = (PathBuf, String)>) -> Project {
    with(compose(1, |_| "  app: {build: app}\n".to_owned()), files)
}

/// The least of several times that a run takes.
fn cost(project: &Project, run: fn(&mut Files)) -> Duration {
    let bytes = project.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
    let files = Files::new(Memory(bytes.collect()));
    let once = |_| {
        let start = Instant::now();
        run(&mut files.clone());
        start.elapsed()
    };
    (0..5).map(once).min().unwrap_or_default()
}

fn check(files: &mut Files) {
    composefix::check(files, Path::new("compose.yaml"), &Options::default()).expect("Compose loads it");
}

fn fix(files: &mut Files) {
    composefix::fix(files, Path::new("compose.yaml"), &Options::default()).expect("Compose loads it");
}

#[allow(clippy::print_stdout, reason = "the table is what a person asks for")]
fn main() -> ExitCode {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let mut highest = 0.0_f64;
    for (name, size, project) in SHAPES.iter().filter(|(name, ..)| wanted.as_ref().is_none_or(|own| own == name)) {
        for (verb, run) in [("check", check as fn(&mut Files)), ("fix", fix)] {
            let (small, large) = (cost(&project(*size), run), cost(&project(4 * size), run));
            let exponent = (large.as_secs_f64() / small.as_secs_f64()).log(4.0);
            highest = highest.max(exponent);
            println!("{verb:5} {name:36} {size:4}: {small:10.2?}  {:4}: {large:10.2?}  {exponent:.2}", 4 * size);
        }
    }
    if highest > HIGHEST_EXPONENT { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
