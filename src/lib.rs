//! Finds out why the services of a Docker Compose project cannot reach their Kafka broker, and repairs the compose file: the smallest
//! edit a careful engineer would make by hand, every other byte untouched.
//!
//! Three functions do the work. [`check`] finds what is wrong with a project, [`fix`] returns its files with the faults repaired, and
//! [`status`] shows which service uses which broker. None of them prints or writes anything.
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
//! # The rooms
//!
//! Data flows from the first of these modules to the last, and each uses only what stands before it:
//!
//! - [`text`]: spans, lines, edits and diffs of plain text
//! - [`yaml`]: a document in which every node has its byte span, and the edits that keep the rest of it
//! - [`source`]: the only way to read a file, from the disk or from memory, and the search of a tree
//! - [`compose`]: the project as Compose understands it, with the place of every value
//! - [`repair`]: the edits a person would make by hand
//! - [`code`]: what the sources of a service say: libraries, variables they read, addresses
//! - [`kafka`]: brokers, listeners, clients, and who reaches whom at which address
//! - [`analysis`]: a project analysed once: what `kafka` knows of it, by service
//! - [`finding`]: what a rule says
//! - [`rules`]: one file and one page for each kind of fault
//! - [`fixer`]: makes the repairs, and proves them
//! - [`report`]: findings and maps for people and programs
//! - [`cli`]: the program
//!
//! `ARCHITECTURE.md` tells what each may do.

/// The text of a table of `src`, named without `.toml`, in the JSON that `build.rs` made of it.
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

/// Finds the problems of a project: that of a [`Selection`](compose::Selection), or of a single compose file by its path. What comments ignore
/// is left out. The findings name their places by the files in `files`.
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

/// Fixes a project in memory; `files` keep their texts.
///
/// # Errors
/// [`ProjectError`](compose::ProjectError) if the project cannot be loaded. Problems that stay are in [`Outcome::left`].
pub fn fix(
    files: &mut source::Files,
    selection: impl Into<compose::Selection>,
    options: &Options,
) -> Result<Outcome, compose::ProjectError> {
    let analysis = Analysis::load(files, selection, &options.inputs())?;
    Ok(fixer::fix(analysis, options))
}

/// The map of a project: its brokers, its services, what each uses and where that is written.
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
    let findings = rules::find(&analysis, options).findings;
    Ok(report::status::ProjectStatus::of(&analysis, &findings))
}
