//! What Docker Compose refuses in a project, or reads otherwise in an older version, though composefix can read past it: it stops no fix,
//! but `docker compose` fails next, or depends on its version.

use std::sync::LazyLock;

use crate::compose::depends_on::{DEPENDENCY_KEYS, Dependency};
use crate::compose::environment::EnvFile;
use crate::compose::interpolation::{InterpolationErrorKind, Lookup, interpolate};
use crate::compose::project::Project;
use crate::compose::section::is_reset;
use crate::compose::service::Service;
use crate::source::FileId;
use crate::text::{Span, did_you_mean};
use crate::yaml::{Document, NodeId, Scalar};

/// The version of Docker Compose that composefix reads a project as.
pub const REFERENCE_VERSION: &str = "5.6.0";

/// An older version that is still in use, and reads YAML with another library.
pub const OLDER_VERSION: &str = "2.40.3";

/// A remark about a place of a compose file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub span: Span,
    /// Compose's error or behavior, as a sentence without a full stop.
    pub message: String,
    /// What to do, as an imperative without a full stop.
    pub help: String,
}

/// The kinds of note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteKind {
    /// `version: 3.8`: a number where Compose requires a string.
    VersionNotString,
    /// A service with neither `image` nor `build`.
    NoImage,
    /// A key of a service, or of one of its dependencies, that Compose does not know.
    UnknownKey,
    /// A key without a value, which only an earlier definition of the service may leave to another.
    EmptyKey,
    /// `${V:?message}`, and nothing in the project sets the variable.
    MissingVariable,
    /// An `env_file` that is required but missing.
    MissingEnvFile,
    /// What Compose 5 takes and an older version refuses or reads otherwise.
    VersionsDiffer,
}

impl NoteKind {
    /// Whether every version of Compose rejects the project for it, with any shell variables and missing files.
    #[must_use]
    pub const fn is_rejected(self) -> bool {
        matches!(self, Self::VersionNotString | Self::NoImage | Self::UnknownKey | Self::EmptyKey)
    }
}

impl Project {
    /// Adds the notes on the project as a whole.
    pub(super) fn take_notes(&mut self) {
        let mut notes = std::mem::take(&mut self.notes);
        for source in self.sources.iter().filter(|source| source.is_named || source.is_included) {
            notes.extend(self.of_document(&source.document));
        }
        for service in &self.services {
            notes.extend(self.without_image(service));
            notes.extend(self.on_keys(service));
            notes.extend(self.missing_env_files(service));
            notes.extend(self.on_versions(service));
        }
        notes.sort_by_key(|note| (note.file, note.span, note.kind));
        // Of services that share a key, the first gets the note.
        let place = |note: &Note| (note.kind, note.file, note.span);
        notes.dedup_by(|next, note| next == note || next.kind == NoteKind::UnknownKey && place(next) == place(note));
        self.notes = notes;
    }

    fn of_document(&self, document: &Document) -> Vec<Note> {
        let version = numeric_version(document).map(|node| {
            let help = "remove `version`, which Compose ignores, or put it in quotes";
            self.note(NoteKind::VersionNotString, node, "validating: version must be a string", help)
        });
        let dates = dates(document).map(|node| {
            let message = format!(
                "Docker Compose {OLDER_VERSION} rejects a date without quotes, and {REFERENCE_VERSION} converts it to a UTC \
                 timestamp"
            );
            self.note(NoteKind::VersionsDiffer, node, message, "put it in quotes")
        });
        version.into_iter().chain(dates).collect()
    }

    fn without_image(&self, service: &Service) -> Option<Note> {
        let has_image = service.image.as_ref().is_some_and(|image| !image.as_str().is_empty());
        if !service.profiles.is_empty() || has_image || service.build.is_some() || service.has_provider() {
            return None;
        }
        let message = format!("service \"{}\" has neither an image nor a build context specified", service.name);
        let help = "add `image` or `build`; if another compose file sets it, pass that file too";
        Some(self.note(NoteKind::NoImage, service.key, message, help))
    }

    fn on_keys(&self, service: &Service) -> Vec<Note> {
        let name = &service.name;
        let unknown = service.definitions.iter().flat_map(|own| unknown_keys(self.document(own.node), own.node));
        let unknown = unknown.map(|(key, node)| {
            let message = format!("validating: services.{name}.{key} false schema");
            self.note(NoteKind::UnknownKey, node, message, advice(&key))
        });
        let empty = service.parts.optional_empties().map(|(key, node)| {
            let message = match key {
                "environment" => format!("validating: services.{name}.environment must be a mapping"),
                _ => format!("validating: services.{name}.{key} has no value, and Compose rejects null there"),
            };
            self.note(NoteKind::EmptyKey, node, message, format!("give `{key}` a value, or remove it"))
        });
        unknown.chain(empty).chain(self.on_dependencies(service)).collect()
    }

    fn on_dependencies(&self, service: &Service) -> Vec<Note> {
        let dependencies = service.definitions.iter().flat_map(|own| &own.depends_on.dependencies);
        let unknown = dependencies.filter_map(|own| Some((own, own.unknown_key?)));
        let note = |(own, node): (&Dependency, NodeId)| {
            let key = self.document(node).scalar(node).unwrap_or_default();
            let message = format!(
                "validating: services.{}.depends_on.{} additional properties '{key}' not allowed",
                service.name, own.service
            );
            let otherwise = || format!("remove `{key}`: a dependency has only condition, required and restart");
            let help = did_you_mean(key, DEPENDENCY_KEYS).unwrap_or_else(otherwise);
            self.note(NoteKind::UnknownKey, node, message, help)
        };
        unknown.map(note).collect()
    }

    fn missing_env_files(&self, service: &Service) -> Vec<Note> {
        let missing = service.env_files.iter().filter(|file| file.required && file.content.is_none());
        let note = |file: &EnvFile| {
            let message = format!("env file {} not found", file.path.display());
            self.note(NoteKind::MissingEnvFile, file.node, message, "create it, or set `required: false`")
        };
        missing.map(note).collect()
    }

    fn on_versions(&self, service: &Service) -> Vec<Note> {
        let name = &service.name;
        let in_words = service.depends_on.dependencies.iter().filter_map(|dependency| dependency.required_in_words);
        let in_words = in_words.map(|node| {
            let message = format!(
                "Docker Compose {OLDER_VERSION} rejects `required` in quotes, and any value other than true and false"
            );
            self.note(NoteKind::VersionsDiffer, node, message, "write true or false without quotes")
        });
        let resets = service.definitions.iter().flat_map(|own| merged_resets(self.document(own.node), own.node));
        let resets = resets.map(|(key, node)| {
            let message = format!(
                "this `!reset` reaches `{name}` through a merge key: Docker Compose {REFERENCE_VERSION} drops the `{key}` of \
                 earlier files, but {OLDER_VERSION} keeps it"
            );
            self.note(NoteKind::VersionsDiffer, node, message, format!("write `{key}: !reset null` in the service itself"))
        });
        in_words.chain(resets).collect()
    }

    fn note(&self, kind: NoteKind, node: NodeId, message: impl Into<String>, help: impl Into<String>) -> Note {
        Note { kind, file: self.file(node), span: self.span(node), message: message.into(), help: help.into() }
    }
}

/// A `version` that is not a string.
fn numeric_version(document: &Document) -> Option<NodeId> {
    let root = *document.roots().first()?;
    let version = document.entry(root, "version")?.value;
    let is_number = matches!(document.scalar_value(version), Some(Scalar::Int(_) | Scalar::Float(_)));
    is_number.then_some(version)
}

/// The dates and times that are not in quotes.
fn dates(document: &Document) -> impl Iterator<Item = NodeId> {
    let is_date =
        |id: NodeId| !document.is_alias(id) && matches!(document.scalar_value(id), Some(Scalar::Timestamp(_)));
    document.nodes().map(|(id, _)| id).filter(move |&id| is_date(id))
}

/// The keys of a service that are in no version of the Compose Specification up to the reference; one that `!reset` takes away is none.
fn unknown_keys(document: &Document, service: NodeId) -> Vec<(String, NodeId)> {
    let entries = document.entries(service).unwrap_or_default().into_iter();
    let is_unknown = |key: &str| !key.starts_with("x-") && !SERVICE_KEYS.contains(&key);
    let unknown = entries.filter(|entry| is_unknown(entry.key) && !is_reset(document, entry.value));
    unknown.map(|entry| (entry.key.to_owned(), entry.key_node)).collect()
}

/// What to do about an unknown key of a service.
fn advice(key: &str) -> String {
    did_you_mean(key, SERVICE_KEYS.iter().copied()).unwrap_or_else(|| {
        format!("Docker Compose {REFERENCE_VERSION} has no such key for a service: remove it, or call it `x-{key}`")
    })
}

/// The keys of a service that are in the Compose Specification.
static SERVICE_KEYS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("service_keys.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// The keys that a merge key brings to a service only to take them away.
fn merged_resets(document: &Document, service: NodeId) -> Vec<(String, NodeId)> {
    let entries = document.entries(service).unwrap_or_default().into_iter();
    let merged = entries.filter(|entry| !entry.merged_through.is_empty() && is_reset(document, entry.value));
    merged.map(|entry| (entry.key.to_owned(), entry.key_node)).collect()
}

/// The values of a document that require a variable that is not set, with Compose's message.
pub(super) fn missing_variables(document: &Document, lookup: &Lookup<'_>) -> Vec<(NodeId, String, String)> {
    let candidates = document
        .nodes()
        .filter(|(_, node)| node.as_scalar().is_some_and(|text| text.contains('?') && text.contains("${")));
    let is_key = |id: NodeId| {
        let parent = document.node(id).parent;
        parent.is_some_and(|parent| document.written_entries(parent).iter().any(|entry| entry.key == id))
    };
    let missing = candidates.filter(|&(id, _)| !is_key(id)).filter_map(|(id, node)| {
        match interpolate(node.as_scalar()?, lookup).err()?.kind {
            InterpolationErrorKind::MissingRequired { name, message } => Some((id, name, message)),
            _ => None,
        }
    });
    missing.collect()
}
