//! The YAML module through its public API: what it accepts, with all places; what it rejects, with its messages; traps of the parser; and
//! laws for any text.

mod accepts;
mod laws;
#[path = "../mutation/mod.rs"]
mod mutated;
mod mutation;
mod regressions;
mod rejects;
mod support;
mod traps;
