//! A message that a log has, and what is decided about it when all lines are read.

use std::collections::BTreeMap;

use super::Observation;
use super::address::{Address, Giver, HostKind};
use super::entry::{Case, Symptom};
use super::knowledge::KNOWLEDGE;

/// Who gave an address to the program in a container.
pub(super) type Givers = BTreeMap<(Option<String>, Address), Giver>;

/// A message.
pub(super) struct Seen {
    pub symptom: usize,
    pub is_about_kafka: bool,
    pub observation: Observation,
}

impl Seen {
    /// What kind of message it is.
    pub fn symptom(&self) -> &'static Symptom {
        &KNOWLEDGE.symptoms[self.symptom]
    }

    /// Returns a filter for messages in the order of their symptoms. It drops a vague message, and one about a connection that
    /// has no address, if the container has a clear one; and one about a connection if another one has the same address.
    pub fn adds_something() -> impl FnMut(&Self) -> bool {
        let mut clear: Vec<Option<String>> = Vec::new();
        let mut addresses: Vec<(Option<String>, Address)> = Vec::new();
        move |seen| {
            let Observation { container, address, .. } = &seen.observation;
            let is_same = |(own, other): &(Option<String>, Address)| {
                own == container && address.as_ref().is_some_and(|address| address.is_same(other))
            };
            let Symptom { vague, generic, .. } = seen.symptom();
            let has_no_address = *generic && address.is_none();
            if (*vague || has_no_address) && clear.contains(container) || *generic && addresses.iter().any(is_same) {
                return false;
            }
            if !vague {
                clear.push(container.clone());
            }
            if *generic {
                addresses.extend(address.clone().map(|address| (container.clone(), address)));
            }
            true
        }
    }

    /// Finds the source of the address in other lines of the container. If they show the client's own addresses, any other name comes from
    /// the broker; an IP address may be the resolved address of one of its own names.
    pub fn settle_giver(&mut self, givers: &Givers) {
        let Observation { container, address: Some(address), giver, .. } = &mut self.observation else { return };
        if *giver != Giver::Unknown {
            return;
        }
        let of_container = || givers.iter().filter(|((own, _), _)| own == container);
        let known = of_container().find(|((_, other), _)| other.is_same(address)).map(|(_, giver)| *giver);
        let is_name = address.kind() != HostKind::Ip && address.port.is_some();
        let can_be_sent = is_name && of_container().any(|(_, giver)| *giver == Giver::Client);
        *giver = known.unwrap_or(if can_be_sent { Giver::Broker(None) } else { Giver::Unknown });
    }

    /// The message with its causes.
    pub fn explained(self) -> Observation {
        let symptom = self.symptom();
        let mut observation = self.observation;
        let Some(case) = symptom.case.iter().find(|case| fits(case, &observation)) else { return observation };
        observation.means = observation.fill(case.means.as_ref().unwrap_or(&symptom.means));
        let named = |name: &String| KNOWLEDGE.causes.get_key_value(name);
        observation.causes = case.causes.iter().filter_map(named).map(|(name, cause)| (name.as_str(), cause)).collect();
        observation.tip.clone_from(&case.tip);
        observation
    }
}

fn fits(case: &Case, observation: &Observation) -> bool {
    let address = observation.address.as_ref();
    let host_fits = case.host.is_empty() || address.is_some_and(|address| case.host.contains(&address.kind()));
    let port_fits =
        case.port.is_empty() || address.and_then(|address| address.port).is_some_and(|port| case.port.contains(&port));
    let giver_fits = case.given_by.is_none_or(|given_by| given_by.fits(observation.giver));
    let text_fits =
        case.text.as_ref().is_none_or(|text| KNOWLEDGE.patterns[text].is_match(observation.message.as_bytes()));
    host_fits && port_fits && giver_fits && text_fits
}
