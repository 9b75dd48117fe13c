//! The known part of a text, and its origin.

use std::path::PathBuf;

/// The text of a variable or a property, as far as the files show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// This text.
    Known(String),
    /// A text that the files do not show, or not completely.
    Unknown(Unknown),
}

/// A text that is not known, or only in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Why it is not known.
    pub reason: UnknownReason,
    /// The text with `${…}` for each part that is not known, such as `PLAINTEXT://${HOST_IP}:9092`; `None` if nothing of it is known.
    pub shape: Option<String>,
}

/// Why a text is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    /// A missing env file may set it.
    MissingEnvFile(String),
    /// A file at this path in the container holds it, or may.
    File(String),
    /// This shell expression yields it when the container starts.
    Shell(String),
    /// It refers to this variable of the shell or of `.env`, which is not set and has no default.
    Blank(String),
    /// It is passed through from the shell as this variable.
    PassedThrough(String),
    /// The tag of the image does not show its version, and the versions differ.
    Version,
    /// The image's script computes it from several settings, such as credentials.
    Script,
    /// The project builds the image: its Dockerfile may set variables and change files.
    Built,
    /// The image's script is not public.
    Unpublished,
    /// The container starts something else than the image's script.
    Command,
}

impl Value {
    /// A known text.
    #[must_use]
    pub fn known(text: impl Into<String>) -> Self {
        Self::Known(text.into())
    }

    /// A text of which nothing is known.
    #[must_use]
    pub fn unknown(reason: UnknownReason) -> Self {
        Self::Unknown(Unknown { reason, shape: None })
    }

    /// The text, if it is known.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Unknown(_) => None,
        }
    }

    /// The text, or what is known of it: see [`Unknown::shape`].
    #[must_use]
    pub fn shape(&self) -> Option<&str> {
        match self {
            Self::Known(text) => Some(text),
            Self::Unknown(unknown) => unknown.shape.as_deref(),
        }
    }

    /// Why it is not known; `None` if it is.
    #[must_use]
    pub fn reason(&self) -> Option<&UnknownReason> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(unknown) => Some(&unknown.reason),
        }
    }

    /// The value with a changed text, or a changed shape.
    pub(super) fn map(self, change: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Known(text) => Self::Known(change(text)),
            Self::Unknown(Unknown { reason, shape }) => Self::Unknown(Unknown { reason, shape: shape.map(change) }),
        }
    }
}

/// The origin of the value of a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This variable of the container sets it.
    Variable(String),
    /// This flag of the command sets it; for `--override` the property follows: `--override advertised.listeners`.
    Flag(String),
    /// A properties file of the project sets it.
    File(FilePlace),
    /// The image's script or its configuration file sets it.
    Image,
    /// The image's script computes it.
    Computed {
        /// From what.
        how: Computation,
        /// The variables that are set and go into it; empty if none does.
        from: Vec<String>,
    },
    /// It is not set, so Kafka's default applies.
    Kafka,
}

/// A place in a properties file of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePlace {
    /// The path of the file.
    pub path: PathBuf,
    /// The line, from 1; `None` for a property that is not there yet.
    pub line: Option<usize>,
}

/// How an image's script computes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Computation {
    /// From other settings.
    Joined,
    /// From what is advertised: the same names and ports, bound to every interface.
    BoundEverywhere,
    /// From the container's own address or host name.
    OwnAddress,
    /// By a shell expression that a variable holds.
    Shell,
}

impl Origin {
    /// The variables to change if the value is to change: the one that sets it, or those that it is computed from.
    #[must_use]
    pub fn variables(&self) -> &[String] {
        match self {
            Self::Variable(name) => std::slice::from_ref(name),
            Self::Computed { from, .. } => from,
            Self::Flag(_) | Self::File(_) | Self::Image | Self::Kafka => &[],
        }
    }
}
