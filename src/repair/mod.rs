//! The edits a person would make by hand in a compose file: a variable, a word of a command, a dependency, a health check, a network, a
//! port, an image. Each adapts to the form of the section (map or list, block or flow, alias, merge key) and returns text edits with their
//! declared change. The [fixer](crate::fixer) proves that they match.

mod command;
mod depends_on;
mod environment;
mod healthcheck;
mod heirs;
mod image;
mod network;
mod ports;
mod reach;
mod remove;
mod rename;
mod section;
mod shared_list;

use std::collections::BTreeMap;

use crate::compose::Change;
use crate::source::FileId;
use crate::text::{EditSet, TextEdit};
use crate::yaml::edit::EditError;

pub use command::replace_words;
pub use depends_on::{mend_dependency, require};
pub use environment::{set_variable, set_variables};
pub use healthcheck::{add_healthcheck, replace_test, replace_word_of_test};
pub use heirs::first_base;
pub use image::set_image;
pub use network::{join_network, leave_network_mode};
pub use ports::set_target;
pub use remove::remove_variable;
pub use rename::{Entry, mend_item, rename_variable};

/// Edits of compose files, and what they change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// The edits of each file.
    pub edits: BTreeMap<FileId, Vec<TextEdit>>,
    /// What they are declared to change, and in which file.
    pub changes: Vec<(FileId, Change)>,
}

impl Repair {
    /// Combines both fixes.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (file, edits) in other.edits {
            self.edits.entry(file).or_default().extend(edits);
        }
        self.changes.extend(other.changes);
        self
    }

    /// It, if it changes something.
    ///
    /// # Errors
    /// [`Refusal`] if it is empty: what was to be replaced is not written where it is read.
    pub fn required(self) -> Result<Self, Refusal> {
        if self.edits.is_empty() {
            Err(Refusal("the command takes the value from a variable".to_owned()))
        } else {
            Ok(self)
        }
    }

    /// Whether none of its edits conflicts with another.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.edits.values().all(|edits| EditSet::default().add_all(edits).is_ok())
    }
}

/// Why a repair cannot be written: a sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl From<EditError> for Refusal {
    fn from(error: EditError) -> Self {
        Self(error.to_string())
    }
}
