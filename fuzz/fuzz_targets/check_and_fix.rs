//! Whatever the project: a run ends, asks for no bug report, and has nothing left to do the second time.

#![no_main]

use std::path::PathBuf;

use composefix::finding::Applicability;
use composefix::fixer::{self, Options};
use composefix::source::{Files, Memory};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let path = PathBuf::from("compose.yaml");
    // The text after the separator line is the env file.
    let (compose, env) = text.split_once("\n%%\n").unwrap_or((text, ""));
    let files = |compose: &str| {
        let files = [("compose.yaml", compose), (".env", env), ("app.env", env)];
        Files::new(Memory(files.map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec())).into_iter().collect()))
    };
    for threshold in [Applicability::Safe, Applicability::Unsafe] {
        let options = Options { threshold, ..Options::default() };
        let Ok(outcome) = fixer::fix(&mut files(compose), &path, &options) else { return };
        let asks = outcome.left.iter().filter_map(|finding| finding.fix.as_ref().err()).find(|reason| reason.contains("as a bug"));
        assert_eq!(asks, None, "it asks for a bug report");
        let Some(changed) = outcome.changed.first() else { continue };
        let again = fixer::fix(&mut files(&changed.after), &path, &options).expect("a repaired project loads");
        assert!(again.changed.is_empty(), "a second run does more\n{}", changed.after);
    }
});
