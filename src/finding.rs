//! The findings of rules, and their fixes. This is plain data: problems are identified by a [`FindingId`], not by their message, and a
//! [`Reason`] states why one is not fixed.

mod place;
mod reason;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::compose::{Change, ServiceId};
use crate::source::FileId;
use crate::text::{Span, TextEdit};
use crate::yaml::NodePath;

pub use reason::{FileLine, NoHealthcheck, Reason, Unproven};

/// How much a problem costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The service may start too early, or ask for too much.
    Warning,
    /// The service cannot reach its broker.
    Error,
}

impl Severity {
    /// The word that users see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Who may apply a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// A person, by hand.
    Manual,
    /// composefix, if asked to: the fix chooses between answers, or changes what others share.
    Unsafe,
    /// composefix: the fix cannot break what works today, and there is one right answer.
    Safe,
}

/// A place in a file, with a sentence about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub file: FileId,
    /// The bytes to underline.
    pub span: Span,
    /// The text about them; may be empty for a primary label, because the finding has a message.
    pub message: String,
}

/// What a finding is about, as it stays from one text of a project to the next while spans move.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Site {
    /// A node of a compose file.
    Node(FileId, NodePath),
    /// A line of an env file, from 1.
    Line(FileId, usize),
}

/// Which problem a finding reports. Two findings with one id are the same problem, whatever their words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FindingId {
    /// The name of the rule.
    pub rule: &'static str,
    /// The service that has the problem: several may get it from one anchor.
    pub service: ServiceId,
    /// Where it is written.
    pub site: Site,
    /// Which of the things a rule may find at one place, such as a variable's name; empty for a rule that finds one.
    pub aspect: String,
}

/// A fix: all its edits are made, in all its files, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an imperative: `set KAFKA_BROKERS to kafka:9092`.
    pub title: String,
    /// Who may apply it.
    pub applicability: Applicability,
    /// The edits of each file; at least one.
    pub edits: BTreeMap<FileId, Vec<TextEdit>>,
    /// What the edits change, and in which file: nothing else may change.
    pub changes: Vec<(FileId, Change)>,
}

/// What becomes of a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// This fix removes it. Problems of several services that are written in one place have one fix.
    Fix(Arc<Fix>),
    /// The fixes of these findings remove it.
    FixedBy(Vec<FindingId>),
    /// No edit of composefix's removes it, for this reason.
    None(Reason),
}

impl Remedy {
    /// The fix, if it is one.
    #[must_use]
    pub const fn fix(&self) -> Option<&Arc<Fix>> {
        match self {
            Self::Fix(fix) => Some(fix),
            Self::FixedBy(_) | Self::None(_) => None,
        }
    }
}

impl<F: Into<Arc<Fix>>> From<Result<F, Reason>> for Remedy {
    fn from(result: Result<F, Reason>) -> Self {
        match result {
            Ok(fix) => Self::Fix(fix.into()),
            Err(reason) => Self::None(reason),
        }
    }
}

/// A problem of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which problem it is.
    pub id: FindingId,
    /// How much it costs.
    pub severity: Severity,
    /// The name of its service.
    pub service: String,
    /// What is wrong, quoting the value, as seen from inside the container.
    pub message: String,
    /// Where it is written.
    pub primary: Label,
    /// The other ends: the broker, the anchor, the env file.
    pub related: Vec<Label>,
    /// What to know or to do by hand.
    pub help: Option<String>,
    /// What becomes of it.
    pub remedy: Remedy,
}

impl Finding {
    /// The name of the rule that found it.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.id.rule
    }

    /// Its own fix, if it has one.
    #[must_use]
    pub const fn fix(&self) -> Option<&Arc<Fix>> {
        self.remedy.fix()
    }
}
