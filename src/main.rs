//! The `composefix` program.

use std::process::ExitCode;

use composefix::cli::{Cli, run};

fn main() -> ExitCode {
    let cli = Cli::read().unwrap_or_else(|error| error.exit());
    run(cli).into()
}
