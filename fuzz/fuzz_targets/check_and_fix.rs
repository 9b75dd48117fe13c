//! Whatever the project: a run ends, and has nothing left to do the second time. With `COMPOSEFIX_FUZZ=strict` it asks for no bug report: no
//! fix is discarded by its proof.

#![no_main]

use std::path::PathBuf;

use composefix::Options;
use composefix::finding::{Applicability, Reason, Remedy};
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
    let is_strict = std::env::var_os("COMPOSEFIX_FUZZ").is_some_and(|form| form == "strict");
    for threshold in [Applicability::Safe, Applicability::Unsafe] {
        let options = Options { threshold, ..Options::default() };
        let Ok(outcome) = composefix::fix(&mut files(compose), path.as_path(), &options) else { return };
        for finding in &outcome.left.findings {
            let Remedy::None(Reason::Unproven(unproven)) = &finding.remedy else { continue };
            assert!(!is_strict || !unproven.is_bug(), "it asks for a bug report: {unproven:?}");
        }
        let Some(changed) = outcome.changed.first() else { continue };
        let again = composefix::fix(&mut files(&changed.after), path.as_path(), &options).expect("a repaired project loads");
        assert!(again.changed.is_empty(), "a second run does more\n{}", changed.after);
    }
});
