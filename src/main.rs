//! The `composefix` program.
fn main() {}
