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

use crate::compose::{Condition, Service};
use crate::finding::{Applicability, Fix, Reason};
use crate::repair::Repair;

/// A fix by an edit of compose files.
pub(super) fn fix(title: impl Into<String>, applicability: Applicability, repair: Repair) -> Fix {
    Fix { title: title.into(), applicability, edits: repair.edits, changes: repair.changes }
}

/// The title of a fix that adds dependencies.
pub(super) fn added(service: &Service, wanted: &[(String, Condition)]) -> String {
    let dependency = |(on, condition): &(String, Condition)| {
        let mut implied = service.implied_dependencies.iter();
        let implied = implied.find(|implied| implied.service == *on && implied.restart);
        let restart = implied.map(|implied| format!(", restart: true as implied by `{}`", implied.by));
        format!("{on} ({}{})", condition.as_str(), restart.unwrap_or_default())
    };
    format!("add to depends_on: {}", wanted.iter().map(dependency).collect::<Vec<_>>().join(", "))
}

/// The only one of several networks, on which all of these services are.
///
/// # Errors
/// [`Reason::NoNetwork`] and [`Reason::SeveralNetworks`].
pub(super) fn only_network<'n>(services: &[&str], networks: &[&'n str]) -> Result<&'n str, Reason> {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    match networks {
        [network] => Ok(network),
        [] => Err(Reason::NoNetwork(owned(services))),
        several => Err(Reason::SeveralNetworks(owned(services), owned(several))),
    }
}

/// A network in a sentence: "the network `backend`".
pub(super) fn network_name(network: &str) -> String {
    if network == "default" { "the default network".to_owned() } else { format!("the network `{network}`") }
}

/// Names for a sentence: `a`, `b` and `c`, with the outer quotes left to the sentence.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().collect::<Vec<_>>().join("`, `")
}
