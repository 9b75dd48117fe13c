//! What users and programs read: one renderer a format, each a pure function.

pub mod concise;
pub mod explanation;
pub mod findings;
pub mod github;
pub mod gitlab;
pub mod junit;
pub mod markdown;
pub mod pages;
pub mod plan;
pub mod reason;
pub mod repairs;
pub mod sarif;
pub mod statistics;
pub mod status;
pub mod text;
pub mod undecided;
