//! What users and programs read: one renderer a format, each a pure function.

pub mod repairs;
pub mod status;
pub mod text;
