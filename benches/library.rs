//! How long the library takes: `cargo bench --bench library`.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;

use composefix::Options;
use composefix::kafka::catalog::CATALOG;
use composefix::report::status::Status;
use composefix::source::{Files, Memory};
use composefix::yaml::Document;
use criterion::{BatchSize, Criterion, Throughput};

const COMPOSE: &str = "compose.yaml";

/// A broker, and services each built from a folder of its name; every fifth connects to localhost, and none waits for the broker.
fn compose_file(services: usize) -> String {
    let mut text = "\
services:
  kafka:
    image: apache/kafka:4.0.0
    environment:
      KAFKA_LISTENERS: PLAINTEXT://:9092,HOST://:29092
      KAFKA_ADVERTISED_LISTENERS: PLAINTEXT://kafka:9092,HOST://localhost:29092
"
    .to_owned();
    for number in 0..services {
        let broker = if number % 5 == 0 { "localhost:29092" } else { "kafka:9092" };
        let _ = write!(
            text,
            "
  service-{number}:
    build: ./service-{number}
    environment:
      LOG_LEVEL: info # of the service alone
      KAFKA_BROKERS: {broker}
    ports: [\"{}:4000\"]
",
            4000 + number
        );
    }
    text
}

/// The compose file and the sources of its services: of the files in each folder one uses Kafka.
fn write_tree(root: &Path, folders: usize, files: usize) {
    let write = |path: &str, text: &str| fs::write(root.join(path), text).expect("the folder is ours");
    write(COMPOSE, &compose_file(folders));
    for folder in 0..folders {
        fs::create_dir(root.join(format!("service-{folder}"))).expect("the folder is ours");
        write(&format!("service-{folder}/package.json"), r#"{"dependencies": {"express": "4", "kafkajs": "2"}}"#);
        write(
            &format!("service-{folder}/index.js"),
            "const { Kafka } = require('kafkajs')\nnew Kafka({ brokers: process.env.KAFKA_BROKERS.split(',') })\n",
        );
        for file in 2..files {
            let line =
                format!("export const route{file} = app.get('/{file}', (request, reply) => reply.send({file}))\n");
            write(&format!("service-{folder}/route{file}.js"), &line.repeat(50));
        }
    }
}

fn parse(criterion: &mut Criterion) {
    let text = compose_file(1000);
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("1000 services", |bencher| bencher.iter(|| Document::parse(black_box(text.as_str()))));
    group.finish();
}

/// Names of variables as projects have them: most are not about Kafka.
fn names(criterion: &mut Criterion) {
    let kinds =
        ["LOG_LEVEL", "DATABASE_URL", "KAFKA_BROKERS", "spring.kafka.bootstrap-servers", "KAFKA_CLUSTERS_0_NAME"];
    let names: Vec<String> = (0..1000).map(|number| format!("{}_{number}", kinds[number % kinds.len()])).collect();
    let mut group = criterion.benchmark_group("names");
    group.throughput(Throughput::Elements(names.len() as u64));
    group.bench_function("1000 variables", |bencher| {
        bencher.iter(|| names.iter().map(|name| CATALOG.variable_role(black_box(name), None)).collect::<Vec<_>>());
    });
    group.finish();
}

fn check_and_fix(criterion: &mut Criterion) {
    let files = Files::new(Memory([(COMPOSE.into(), compose_file(20).into())].into()));
    let (path, options) = (Path::new(COMPOSE), Options::default());
    let fixed = composefix::fix(&mut files.clone(), path, &options).expect("Compose loads it");
    assert_eq!((fixed.changed.len(), fixed.left.findings.len()), (1, 0), "there is something to repair, and it is");

    let mut group = criterion.benchmark_group("20 services");
    group.bench_function("check", |bencher| {
        let check = |mut files| composefix::check(&mut files, path, &options);
        bencher.iter_batched(|| files.clone(), check, BatchSize::SmallInput);
    });
    group.bench_function("fix", |bencher| {
        let fix = |mut files| composefix::fix(&mut files, path, &options);
        bencher.iter_batched(|| files.clone(), fix, BatchSize::SmallInput);
    });
    group.finish();
}

fn status(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_tree(folder.path(), 50, 200);
    let path = folder.path().join(COMPOSE);
    let status = || {
        let (mut files, options) = (Files::default(), Options::default());
        let status = composefix::status(&mut files, &path, &options).expect("Compose loads it");
        Status::new(vec![status], Vec::new()).to_json()
    };
    assert!(status().is_ok_and(|json| json.contains("kafkajs")), "the code of the services is seen");

    let mut group = criterion.benchmark_group("50 folders of 200 source files");
    group.sample_size(10);
    group.bench_function("status", |bencher| bencher.iter(status));
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    parse(&mut criterion);
    names(&mut criterion);
    check_and_fix(&mut criterion);
    status(&mut criterion);
    criterion.final_summary();
}
