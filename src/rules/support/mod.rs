//! What several rules share: how a client gets another address or waits for its broker, and how a broker's settings are changed.

pub(super) mod advice;
pub(super) mod guard;
pub(super) mod lacking;
pub(super) mod new_listener;
pub(super) mod objection;
pub(super) mod readdress;
pub(super) mod readiness;
pub(super) mod settings;
pub(super) mod shared;
pub(super) mod startup;

use crate::finding::{Applicability, Fix, Reason};
use crate::repair::Repair;

/// A fix by an edit of compose files.
pub(super) fn fix(title: impl Into<String>, applicability: Applicability, repair: Repair) -> Fix {
    Fix { title: title.into(), applicability, edits: repair.edits, changes: repair.changes }
}

/// The only one of several networks.
///
/// # Errors
/// [`Reason::NoNetwork`] and [`Reason::SeveralNetworks`].
pub(super) fn only_network<'n>(networks: &[&'n str]) -> Result<&'n str, Reason> {
    match networks {
        [network] => Ok(network),
        [] => Err(Reason::NoNetwork),
        several => Err(Reason::SeveralNetworks(several.iter().map(|&network| network.to_owned()).collect())),
    }
}

/// Names for a sentence: `a`, `b` and `c`, with the outer quotes left to the sentence.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().collect::<Vec<_>>().join("`, `")
}
