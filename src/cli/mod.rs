//! The program: the only room that knows the process, its arguments and its streams.

mod args;
mod diffs;
mod exit;
mod fence;
mod help;
mod recreate;
mod requests;
mod run;
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
