//! What a rule says, and the repair it proposes. Plain data: nothing here prints, reads or decides.

use std::collections::BTreeMap;

use crate::compose::Change;
use crate::source::FileId;
use crate::text::{Span, TextEdit};

/// How much a fault costs.
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

/// Who may make a repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// A person, by hand.
    Manual,
    /// composefix, if asked to: it chooses between answers, or changes what others share.
    Unsafe,
    /// composefix: it cannot break what works today, and there is one right answer.
    Safe,
}

/// A place in a file, with a sentence about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file.
    pub file: FileId,
    /// The bytes to underline.
    pub span: Span,
    /// What is to be said of them; may be empty for a primary label, whose finding says it.
    pub message: String,
}

/// A repair: all its edits are made, in all its files, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: `set KAFKA_BROKERS to kafka:9092`.
    pub title: String,
    /// Who may make it.
    pub applicability: Applicability,
    /// The edits of each file.
    pub edits: BTreeMap<FileId, Vec<TextEdit>>,
    /// What the edits change, and in which file: nothing else may change.
    pub changes: Vec<(FileId, Change)>,
}

/// A fault of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the rule that found it.
    pub rule: &'static str,
    /// How much it costs.
    pub severity: Severity,
    /// The service that has it.
    pub service: String,
    /// What is wrong, quoting the value, as seen from inside the container.
    pub message: String,
    /// Where it is written.
    pub primary: Label,
    /// The other ends: the broker, the anchor, the env file.
    pub related: Vec<Label>,
    /// What a person should know or do.
    pub help: Option<String>,
    /// The repair, or why there is none.
    pub fix: Result<Fix, String>,
}

impl Finding {
    /// Whether both are one fault, found in two texts of a project: places may have moved, the words about it stay.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        (self.rule, &self.service, &self.message) == (other.rule, &other.service, &other.message)
    }

    /// Says of a fault without a repair of its own that the repairs of others mend it.
    pub fn let_others_mend(&mut self) {
        if self.fix.is_err() {
            let title = "the repairs of the other findings mend this one, too".to_owned();
            self.help = None;
            self.fix =
                Ok(Fix { title, applicability: Applicability::Safe, edits: BTreeMap::new(), changes: Vec::new() });
        }
    }
}
