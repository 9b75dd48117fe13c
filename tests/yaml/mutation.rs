//! Mutated texts: no panic, no lost sync, and the laws of spans on everything that is accepted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use composefix::yaml::Document;

use crate::laws;
use crate::mutated::{Random, corpus, floor_boundary, time};

/// Every construct of YAML at least once.
const SEEDS: &[&str] = &[
    "services:\n  app:\n    image: a\n    environment:\n      BROKERS: kafka:9092   # one\n      EMPTY:\n    depends_on: [kafka, zk]\n",
    "services:\n  app:\n    environment:\n    - BROKERS=kafka:9092\n    -\n    - \"A=b\"   # two\n\n# three\n    ports: ['80:80']\n",
    "x-env: &env\n  A: 1\nx-more: &more {C: 2}\nservices:\n  app:\n    environment:\n      <<: [*env, *more]\n      B: *env\n",
    "script: |\n  one\n    two\n\n  three\nfolded: >-\n  one\n  two\n\n   three\nkeep: |+\n  x\n\nnext: |2-\n    y\n  z\n",
    "plain: one\n  two\n\n  three # four\nsingle: 'it''s\n\n  so'\ndouble: \"a\\\n  b \\\"c\\\" \\u00e9\n  d\"\n",
    "? key\n: value\n? [a, b]\n: - c\n? - d\n: e: f\n*k : g\n\"q\": h\n: i\n",
    "a: [\n  \"x\", # one\n  {b: c, 'd': e, f}, g: h, ? i : j, [k, ], !t &n\n]\nb: {\"x\":1, y: , z}\n",
    "%YAML 1.1\n%TAG !e! tag:example.org,2000:\n--- # one\na: &x !e!t b\n...\n# two\n---\nb: *x\n--- |\n text\n...\n",
    "\u{feff}ключ: \"значение\" # ©\r\nдва:\r\n- 'x\r\n  y'\r\n- |\r\n  строка\r\n  ещё\r\nпосле: ü\r\n",
    "a: 1\rb:\r- x\r- - y\r  - z\rc: \"p\r\rq\"\r",
    "a:\tb\nc: 1\t# t\nd:\t\"x\"\ne:\t[1,\t2]\nf: x\u{85}y\ng: p\u{2028}q\n",
    "&a !t k: &b !reset\n&c d: !!str &e\n!override\n? &f x\n: !<tag:yaml.org,2002:int> 5\n",
    "{\n\t\"services\": {\n\t\t\"app\": {\"image\": \"a\", \"environment\": [\"A=1\",],},\n\t},\n}\n",
    "- - a\n  - b: c\n    d:\n    - e\n-\n  - f\n-   g: h\n    i: j\n- # k\n  - {l: [m]}\n",
    "{a: b}: c\n[d]: e\nf: {[g]: {h: i}}\nj: [{k: l}: m, [n]: o]\n",
    "\"a\\\nb\": c\nd: https://e:1/#f\ng: -h\ni: :j\nk: ?l\nm: -\n",
];

/// Whether the text is accepted.
///
/// # Errors
/// A panic, lost sync, or a law that is broken.
fn examine(text: &str) -> Result<bool, String> {
    match catch_unwind(AssertUnwindSafe(|| Document::parse(text).map(|document| laws::check(&document)))) {
        Err(_) => Err("panic".to_owned()),
        Ok(Err(error)) if error.lost_sync => Err(format!("{error} at byte {}", error.offset)),
        Ok(Err(_)) => Ok(false),
        Ok(Ok(laws)) => laws.map(|()| true),
    }
}

/// The smallest text that still fails, by leaving out ever smaller stretches.
fn shrink(text: &str) -> String {
    let mut text = text.to_owned();
    let mut length = text.len() / 2;
    while length > 0 {
        let mut at = 0;
        while at < text.len() {
            let end = floor_boundary(&text, (at + length).min(text.len()));
            let mut shorter = text.clone();
            shorter.replace_range(floor_boundary(&text, at).min(end)..end, "");
            if shorter.len() < text.len() && examine(&shorter).is_err() { text = shorter } else { at += length }
        }
        length /= 2;
    }
    text
}

#[test]
fn mutated_texts_neither_panic_nor_lose_sync_nor_break_a_law() {
    let (time, files) = (time(), corpus());
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    for text in SEEDS.iter().chain(&files) {
        assert_eq!(examine(text).err(), None, "unchanged: {text:?}");
    }

    let mut random = Random::default();
    let (mut inputs, mut accepted) = (0, 0);
    let mut failures: Vec<(String, String)> = Vec::new();
    let start = Instant::now();
    while start.elapsed() < time && failures.len() < 20 {
        let mut text = if random.below(4) == 0 && !files.is_empty() {
            // A window of a file: whole files would leave time for few inputs.
            let file = random.pick(&files);
            let from = random.place(file);
            let line = file[..from].rfind('\n').map_or(0, |i| i + 1);
            file[line..floor_boundary(file, (from + 600).min(file.len()))].to_owned()
        } else {
            random.pick(SEEDS).to_owned()
        };
        for _ in 0..=random.below(6) {
            random.mutate(&mut text, SEEDS);
        }
        inputs += 1;
        match examine(&text) {
            Ok(fine) => accepted += usize::from(fine),
            Err(_) => {
                let small = shrink(&text);
                let why = examine(&small).err().unwrap_or_default();
                if !failures.iter().any(|(text, _)| *text == small) {
                    failures.push((small, why));
                }
            }
        }
    }
    #[expect(clippy::print_stdout, reason = "how much was tried is the result of the test")]
    {
        println!("{inputs} inputs, {accepted} accepted, {} seconds", start.elapsed().as_secs());
    }
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(accepted > 0, "no mutated text was accepted");
}
