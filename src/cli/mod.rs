//! The program: the only module with access to the process, its arguments and its streams.

mod args;
mod ask;
mod below;
mod diffs;
mod exit;
mod fence;
mod help;
mod here;
mod markdown;
mod paths;
mod plan;
mod progress;
mod propose;
mod recreate;
mod requests;
mod run;
#[cfg(test)]
mod schema_test;
mod settings;
mod signals;
mod streams;
mod tally;
mod targets;
mod work;
mod write;

pub use args::{Cli, ColorChoice, Command, ProjectArgs, StatusFormat};
pub use exit::Exit;
pub use run::run;
pub use write::{PlannedWrite, WriteError, write_all};
