//! Turns the tables of the program from TOML, which people write, into JSON: reading that takes a tenth of the time when the program starts.
//! Where its facts come from is for people: what is at `source` is left out. `src/a/b.toml` becomes `a/b.json` of the output folder, where
//! the macro `table` finds it.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use toml::Value;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src");
    translate(Path::new("src"), Path::new(&env::var("OUT_DIR")?))
}

fn translate(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if path.is_dir() {
            translate(&path, &to.join(name))?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let table: toml::Table =
                toml::from_str(&fs::read_to_string(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
            fs::create_dir_all(to)?;
            let json = serde_json::to_string(&without_sources(table.into()))?;
            fs::write(to.join(name).with_extension("json"), json)?;
        }
    }
    Ok(())
}

fn without_sources(value: Value) -> Value {
    match value {
        Value::Table(table) => {
            // By that of a script of an image, tests find it.
            let is_script = table.contains_key("steps");
            let entries = table.into_iter().filter(|(key, _)| is_script || key != "source");
            Value::Table(entries.map(|(key, value)| (key, without_sources(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(without_sources).collect()),
        other => other,
    }
}
