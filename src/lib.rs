//! Finds out why the services of a Docker Compose project cannot reach their Kafka broker, and repairs the compose file: the smallest
//! edit a careful engineer would make by hand, every other byte untouched.
//!
//! Two functions do the work. [`check`] says what is wrong with a project, [`fix`] what its files are after the repairs. Neither
//! prints or writes anything.
//!
//! ```
//! use std::path::Path;
//! use composefix::fixer::Options;
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
//! assert!(outcome.left.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # The rooms
//!
//! Data flows from the first of these modules to the last, and each uses only what stands before it:
//!
//! - [`text`]: spans, lines, edits and diffs of plain text
//! - [`source`]: the only way to read a file, from the disk or from memory
//! - [`discover`]: the names that Compose looks for, the files of a tree, and where a repository begins
//! - [`yaml`]: a document in which every node has its byte span, and the edits that keep the rest of it
//! - [`compose`]: the project as Compose understands it, with the place of every value
//! - [`repair`]: the edits a person would make by hand
//! - [`code`]: what the sources of a service say: libraries, variables they read, addresses
//! - [`kafka`]: brokers, listeners, clients, and who reaches whom at which address
//! - [`finding`]: what a rule says
//! - [`rules`]: one file and one page for each kind of fault
//! - [`fixer`]: makes the repairs, and proves them
//! - [`report`]: findings and maps for people and programs
//! - [`cli`]: the program
//!
//! `ARCHITECTURE.md` tells what each may do.

pub mod cli;
pub mod code;
pub mod compose;
pub mod discover;
pub mod finding;
pub mod fixer;
pub mod kafka;
pub mod repair;
pub mod report;
pub mod rules;
pub mod source;
pub mod text;
pub mod yaml;

pub use fixer::fix;

/// Finds the faults of a project: that of a [`Selection`](compose::Selection), or of a single compose file by its path. What comments ignore
/// is left out. The findings name their places by the files in `files`.
///
/// # Errors
/// [`ProjectError`](compose::ProjectError) if the project cannot be loaded.
pub fn check(
    files: &mut source::Files,
    selection: impl Into<compose::Selection>,
    options: &fixer::Options,
) -> Result<Vec<finding::Finding>, compose::ProjectError> {
    let project = compose::Project::load(files, selection)?;
    Ok(options.find(files, &project).findings)
}
