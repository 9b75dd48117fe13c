//! The program: the only room that knows the process, its arguments and its streams.

mod write;

pub use write::{PlannedWrite, WriteError, write_all};
