//! Why a problem is not fixed.

use std::path::PathBuf;

use crate::compose::ServiceId;
use crate::kafka::effective::FilePlace;
use crate::kafka::obstacle::Obstacle;
use crate::kafka::startup::wanted;
use crate::kafka::topology::NoTarget;
use crate::repair::Refusal;

/// Why composefix does not fix a problem, as data: [`report::reason`](crate::report::reason) has the words. Names are those of services
/// unless a field documents something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The edit cannot be written.
    Edit(Refusal),
    /// The client has no possible address.
    NoTarget(NoTarget),
    /// The settings of a broker leave a choice to a person.
    Broker(Obstacle),
    /// No configuration of a broker is known with which Kafka would start.
    Startup(Box<wanted::Refusal>),
    /// Waiting for the broker would close this circle, which begins and ends with one service.
    Cycle(Vec<String>),
    /// A health check cannot be added to a broker.
    Health(NoHealthcheck),
    /// No network of the project has these services on it.
    NoNetwork(Vec<String>),
    /// These services are on these networks, and it is not clear which one to use.
    SeveralNetworks(Vec<String>, Vec<String>),
    /// The value is in source code or in a file of the program, at this line (from 1).
    InCode(PathBuf, usize),
    /// An env file sets this variable, and it is to be removed there.
    EnvFile(String),
    /// An env file has the value, and composefix edits no env file.
    InEnvFile,
    /// These lines of a properties file are to be changed, and composefix edits only compose files.
    InFile(Vec<FileLine>),
    /// The value in this file, which is not a compose file, contains a password that the fix would copy.
    Secret(PathBuf),
    /// A service has this `network_mode`, and may need it.
    NetworkMode {
        /// The service.
        service: String,
        /// Its network mode.
        mode: String,
    },
    /// One edit cannot change all services that share what is written.
    Shared,
    /// Removing these variables would leave an empty section.
    NothingLeft(Vec<String>),
    /// The edit would change a service for which a comment ignores a rule.
    Ignored {
        /// That service.
        service: String,
        /// The rule.
        rule: &'static str,
    },
    /// The user declined it.
    Declined,
    /// The edit would change this service, which the user excluded.
    OutOfScope(String),
    /// The fix did not pass its proof.
    Unproven(Unproven),
}

/// A line of a properties file as it is to become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLine {
    /// Where it is; its path is as it is shown.
    pub place: FilePlace,
    /// The property.
    pub property: String,
    /// Its value; `None` for a property that is to be removed.
    pub value: Option<String>,
}

/// Why a broker gets no health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoHealthcheck {
    /// Its health check is disabled.
    Disabled(String),
    /// Its health check has no test, and its image has none either.
    NoTest(String),
    /// A missing env file may set its listeners.
    EnvFileMissing(String),
    /// The project builds its image.
    BuiltHere(String),
    /// Where it listens is unknown.
    UnknownAddress(String),
    /// No check is known to work in its image.
    Unknown(String),
}

/// What the proof of a fix found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// The edit would change these services as well.
    ChangesOthers(Vec<String>),
    /// With the fix applied, the problem would still be there.
    Ineffective,
    /// With the fix applied, a service that works today would have a problem that this rule reports.
    Breaks {
        /// That service.
        service: ServiceId,
        /// Its name.
        name: String,
        /// The rule.
        rule: &'static str,
    },
    /// So many fixes of the project failed that this one was not tried.
    NotTried,
    /// The fixed text cannot be read, which is a bug in composefix. The error of the reader, with its place.
    Unreadable(String),
    /// The fixed text means something else than the fix declares: a bug of composefix's.
    OtherMeaning,
    /// The fixed text lacks this comment: a bug of composefix's.
    LostComment(String),
}

impl Unproven {
    /// Whether this is a bug in composefix that is worth reporting.
    #[must_use]
    pub const fn is_bug(&self) -> bool {
        matches!(self, Self::Unreadable(_) | Self::OtherMeaning | Self::LostComment(_))
    }
}

impl From<Refusal> for Reason {
    fn from(refusal: Refusal) -> Self {
        Self::Edit(refusal)
    }
}

impl From<NoTarget> for Reason {
    fn from(reason: NoTarget) -> Self {
        Self::NoTarget(reason)
    }
}

impl From<Obstacle> for Reason {
    fn from(obstacle: Obstacle) -> Self {
        Self::Broker(obstacle)
    }
}

impl From<NoHealthcheck> for Reason {
    fn from(reason: NoHealthcheck) -> Self {
        Self::Health(reason)
    }
}
