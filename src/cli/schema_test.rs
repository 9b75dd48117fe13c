//! Compares a generated JSON schema with the committed one; `UPDATE_FIXTURES=1` writes it again.

use std::path::Path;

/// Fails if `schemas/NAME` is not the schema.
pub(super) fn compare(name: &str, schema: &schemars::Schema) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
    let expected = serde_json::to_string_pretty(schema).expect("a schema is JSON") + "\n";
    if std::env::var_os("UPDATE_FIXTURES").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.with_file_name("")).expect("the crate is ours");
        std::fs::write(&path, &expected).expect("the crate is ours");
    }
    let committed = std::fs::read_to_string(&path).expect("the schema is there");
    assert!(
        committed == expected,
        "{name} is not up to date:\n{}",
        crate::text::unified_diff(name, &committed, &expected)
    );
}
