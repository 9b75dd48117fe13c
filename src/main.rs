//! The `composefix` program.

use std::process::ExitCode;

use clap::Parser;
use composefix::cli::{Cli, run};

fn main() -> anyhow::Result<ExitCode> {
    Ok(run(&Cli::parse())?.into())
}
