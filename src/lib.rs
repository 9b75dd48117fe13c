//! Finds out why services of a Docker Compose project cannot reach Kafka, and fixes the compose file without changing another byte.
//!
//! There are three main functions. [`check`] returns the problems of a project, [`fix`] its fixed files, and [`status`] its brokers and
//! clients. None of them prints or writes anything.
//!
//! ```
//! use std::path::Path;
//! use composefix::Options;
//! use composefix::source::{Files, Memory};
//!
//! # fn main() -> Result<(), composefix::compose::ProjectError> {
//! let text = "\
//! services:
//!   kafka:
//!     image: bitnami/kafka:3.7
//!   orders:
//!     image: example/orders
//!     environment:
//!       KAFKA_BROKERS: localhost:9092 # from the time before containers
//!     depends_on:
//!       kafka:
//!         condition: service_started
//! ";
//! let path = Path::new("compose.yaml");
//! let mut files = Files::new(Memory([(path.to_owned(), text.into())].into()));
//! let options = Options { select: vec!["loopback-broker-address"], ..Options::default() };
//!
//! let findings = composefix::check(&mut files, path, &options)?;
//! assert_eq!(findings.len(), 1);
//! assert_eq!(files.get(findings[0].primary.file).place(findings[0].primary.span.start), "compose.yaml:7:22");
//!
//! let outcome = composefix::fix(&mut files, path, &options)?;
//! assert_eq!(*outcome.changed[0].after, *text.replace("localhost:9092", "kafka:9092"));
//! assert!(outcome.left.findings.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # Modules
//!
//! Data flows from the first of these modules to the last, and each uses only those before it:
//!
//! - [`text`]: spans, lines, edits and diffs of plain text
//! - [`yaml`]: a document in which every node has its byte span, and the edits that keep the rest of it
//! - [`source`]: the only way to read a file, from the disk or from memory, and the search of a tree
//! - [`compose`]: the project as Compose reads it, with the place of every value
//! - [`repair`]: the edits of fixes, with their declared changes
//! - [`code`]: the source code of services: libraries, variables, addresses
//! - [`kafka`]: brokers, listeners, clients, and the address at which each client reaches its broker
//! - [`analysis`]: a project that was analyzed once, by service
//! - [`finding`]: problems and their fixes
//! - [`rules`]: one file and one page for each kind of problem
//! - [`fixer`]: applies and proves fixes
//! - [`report`]: output for people and programs
//! - [`cli`]: the program
//!
//! `ARCHITECTURE.md` describes each module.

/// The text of a table in `src`, named without `.toml`, as the JSON that `build.rs` generates.
macro_rules! table {
    ($path:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/", $path, ".json"))
    };
}

pub mod analysis;
pub mod cli;
pub mod code;
pub mod compose;
pub mod finding;
pub mod fixer;
pub mod kafka;
pub mod repair;
pub mod report;
pub mod rules;
pub mod source;
pub mod text;
pub mod yaml;

use analysis::Analysis;
use finding::Finding;
use fixer::Outcome;

pub use rules::Options;

/// Finds the problems of a project: that of a [`Selection`](compose::Selection), or of a single compose file by its path. Findings that
/// comments ignore are left out. The places of findings refer to `files`.
///
/// # Errors
/// [`ProjectError`](compose::ProjectError) if the project cannot be loaded.
pub fn check(
    files: &mut source::Files,
    selection: impl Into<compose::Selection>,
    options: &Options,
) -> Result<Vec<Finding>, compose::ProjectError> {
    let analysis = Analysis::load(files, selection, &options.inputs())?;
    Ok(rules::find(&analysis, options).findings)
}

/// Fixes a project in memory; `files` stay unchanged.
///
/// # Errors
/// [`ProjectError`](compose::ProjectError) if the project cannot be loaded. Remaining problems are in [`Outcome::left`].
pub fn fix(
    files: &mut source::Files,
    selection: impl Into<compose::Selection>,
    options: &Options,
) -> Result<Outcome, compose::ProjectError> {
    let analysis = Analysis::load(files, selection, &options.inputs())?;
    Ok(fixer::fix(analysis, options))
}

/// The brokers and services of a project, the address that each service uses, and where it is written.
///
/// # Errors
/// [`ProjectError`](compose::ProjectError) if the project cannot be loaded.
pub fn status(
    files: &mut source::Files,
    selection: impl Into<compose::Selection>,
    options: &Options,
) -> Result<report::status::ProjectStatus, compose::ProjectError> {
    let inputs = analysis::Inputs { reads_all_code: true, ..options.inputs() };
    let analysis = Analysis::load(files, selection, &inputs)?;
    let found = rules::find(&analysis, options);
    Ok(report::status::ProjectStatus::of(&analysis, &found))
}
