//! What users and programs read: one renderer a format, each a pure function.

pub mod explanation;
pub mod findings;
pub mod github;
pub mod markdown;
pub mod reason;
pub mod repairs;
pub mod sarif;
pub mod status;
pub mod text;
