//! The signs that a service uses Kafka, or that it does not, and what each weighs.

use std::path::PathBuf;

use crate::compose::Origin;

/// A sign that a service uses Kafka, or that it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What kind of sign.
    pub kind: EvidenceKind,
    /// Where it is written.
    pub place: EvidencePlace,
    /// What it is, as a user reads it.
    pub text: String,
}

/// Where a piece of evidence is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvidencePlace {
    /// In a file of the project.
    Project(Origin),
    /// In the code of the service.
    Code {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// The kinds of evidence, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceKind {
    /// The user says so.
    Declared,
    /// A broker address in the compose file.
    Address,
    /// A broker address in an env file.
    EnvFile,
    /// A broker address in the command.
    Command,
    /// A broker address that the command waits for before it starts the program.
    Awaited,
    /// An image that is known to use Kafka.
    Image,
    /// A command or variables that are those of a program which is known to use Kafka.
    Program,
    /// A broker address in a configuration file that is mounted for it.
    Config,
    /// Its code takes in a library for Kafka.
    Import,
    /// It depends on the broker.
    DependsOn,
    /// A manifest of its code lists a library for Kafka.
    Library,
    /// Its code reads a variable for a broker's address.
    Read,
    /// Its code has a broker's address in it.
    Literal,
    /// A variable that says something else about Kafka.
    Setting,
    /// An image that is known not to use Kafka.
    OtherImage,
    /// Its code was seen, and has no word about Kafka in it.
    SilentCode,
    /// Its command does nothing.
    Idle,
}

impl EvidenceKind {
    /// Whether it is an address in the command.
    #[must_use]
    pub const fn is_in_command(self) -> bool {
        matches!(self, Self::Command | Self::Awaited)
    }

    /// The word in machine-readable output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Address => "address",
            Self::EnvFile => "env-file",
            Self::Command => "command",
            Self::Awaited => "awaited",
            Self::Image => "image",
            Self::Program => "program",
            Self::Config => "config",
            Self::Import => "import",
            Self::DependsOn => "depends-on",
            Self::Library => "library",
            Self::Read => "read",
            Self::Literal => "literal",
            Self::Setting => "setting",
            Self::OtherImage => "other-image",
            Self::SilentCode => "silent-code",
            Self::Idle => "idle",
        }
    }
}

/// How much a piece of evidence weighs; two decide.
pub(super) fn weight(kind: EvidenceKind, shared: bool) -> u32 {
    match kind {
        EvidenceKind::Declared
        | EvidenceKind::Address
        | EvidenceKind::Command
        | EvidenceKind::Awaited
        | EvidenceKind::Image
        | EvidenceKind::Program => 2,
        // An env file that several services share says that one of them uses Kafka.
        EvidenceKind::EnvFile if shared => 1,
        EvidenceKind::EnvFile => 2,
        EvidenceKind::DependsOn | EvidenceKind::Setting => 1,
        // What code says is weighed as a whole.
        EvidenceKind::Config
        | EvidenceKind::Import
        | EvidenceKind::Library
        | EvidenceKind::Read
        | EvidenceKind::Literal
        | EvidenceKind::SilentCode
        | EvidenceKind::Idle
        | EvidenceKind::OtherImage => 0,
    }
}
