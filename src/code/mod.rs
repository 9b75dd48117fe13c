//! What the code of a service says: the folders its image is built from, the libraries in them, and the variables they read.
//!
//! Nothing here knows what a variable is for: that is judged in [`kafka`](crate::kafka).

pub mod binding;
pub mod config;
mod fact;
mod import;
pub mod keys;
mod language;
mod library;
mod manifest;

pub use fact::{Literal, Mention, Read, Setting};
pub use import::kafka_imports;
pub use language::Language;
pub use library::{Framework, framework};
pub use manifest::{is_manifest, kafka_libraries};
