//! The Compose model of a project, as far as it decides how containers reach each other: read from YAML, never edited here.

mod change;
mod command;
mod depends_on;
mod env_file;
mod environment;
mod error;
mod healthcheck;
mod interpolation;
mod network;
mod origin;
mod project;
mod section;
mod service;
mod text;

pub use change::{Change, HealthcheckSetting, Model};
pub use command::Command;
pub use depends_on::{Condition, Dependency, DependsOn, DependsOnForm};
pub use env_file::{Entry as EnvFileEntry, Format as EnvFileFormat};
pub use environment::{EnvFile, Environment, EnvironmentForm, Variable, Written};
pub use error::ProjectError;
pub use healthcheck::{Healthcheck, HealthcheckTest};
pub use interpolation::{Interpolated, InterpolationErrorKind, Lookup, Piece, PieceSource, escape, interpolate};
pub use network::{Attachment, Membership};
pub use origin::{Hop, Origin};
pub use project::{DotEnv, Project};
pub use section::Section;
pub use service::{Build, Service};
pub use text::Text;
