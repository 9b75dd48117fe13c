//! The `composefix` program.

use std::process::ExitCode;

use composefix::cli::{Cli, run};

fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::read().unwrap_or_else(|error| error.exit());
    Ok(run(cli)?.into())
}
