//! Prints the fixes of a project on the disk as a diff, and writes nothing: `cargo run --example repair_in_memory FILE`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is what the program is for")]

use std::path::Path;

use composefix::Options;
use composefix::source::Files;
use composefix::text::unified_diff;

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "examples/bike-share/compose.yaml".to_owned());
    let outcome = composefix::fix(&mut Files::default(), Path::new(&path), &Options::default())?;
    for changed in &outcome.changed {
        print!("{}", unified_diff(&changed.path.display().to_string(), &changed.before, &changed.after));
    }
    for finding in &outcome.left.findings {
        eprintln!("left: {}", finding.message);
    }
    Ok(())
}
