//! The exit codes.

use std::process::ExitCode;

/// The exit codes; a worse one wins where several projects are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// There was nothing to do, or it was done.
    Done,
    /// There are findings, or a diff.
    Findings,
    /// The job could not be done: a wrong argument, or a file that cannot be read, understood or written.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
