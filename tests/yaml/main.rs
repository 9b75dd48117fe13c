//! The YAML room through its public API: what it accepts and where everything stands, what it rejects and with which words, the
//! traps of the parser underneath, and laws that hold for any text.

mod accepts;
mod laws;
#[path = "../mutation/mod.rs"]
mod mutated;
mod mutation;
mod regressions;
mod rejects;
mod support;
mod traps;
