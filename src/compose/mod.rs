//! The Compose model of a project, as far as it decides how containers reach each other: read from YAML, never edited here.

mod change;
mod command;
mod depends_on;
mod dot_env;
mod duration;
mod env_file;
mod environment;
mod error;
mod healthcheck;
mod interpolation;
mod load;
mod merge;
mod names;
mod network;
mod note;
mod origin;
mod parts;
mod port;
mod project;
mod recognise;
mod resolved;
mod section;
mod selection;
mod service;
mod service_reader;
mod services;
mod sharing;
mod shell;
mod text;
mod validate;

pub use change::{Change, DependencySettings, HealthcheckSetting, Model};
pub use command::{Command, CommandPart};
pub use depends_on::{
    Condition, Dependency, DependsOn, DependsOnForm, ImpliedDependency, MalformedDependency, MalformedForm,
};
pub use dot_env::DotEnv;
pub use duration::Duration;
pub use env_file::{Entry as EnvFileEntry, Format as EnvFileFormat, Scope as EnvFileScope, parse as parse_env_file};
pub use environment::{
    EnvFile, Environment, EnvironmentForm, MalformedItem, Variable, Written, is_plain_name, without_quotes,
};
pub use error::ProjectError;
pub use healthcheck::{Healthcheck, HealthcheckTest, Timings};
pub use interpolation::{Interpolated, InterpolationErrorKind, Lookup, Piece, PieceSource, escape, interpolate};
pub use names::{DEFAULT_NAMES, OVERRIDE_NAMES, is_compose_name, may_be_compose};
pub use network::{Attachment, DEFAULT_NETWORK, Membership};
pub use note::{Note, NoteKind, OLDER_VERSION, REFERENCE_VERSION};
pub use origin::{Origin, OriginStep};
pub use port::{PublishedPorts, WrittenPorts};
pub use project::{Project, ServiceHandle, Source, normalized};
pub use resolved::Resolved;
pub use section::Section;
pub use selection::Selection;
pub use service::{BindMount, Build, Definition, Extends, InlineFile, Service, ServiceId, VariableId};
pub use shell::ShellVariables;
pub use text::Text;
