//! Repairs of the listeners for controllers.

use super::Reason;
use super::draft::{Draft, Part, Repair};
use super::identity::back_to_zookeeper;
use super::names::controllers_name;
use crate::kafka::property::{ADVERTISED_LISTENERS, CONTROLLER_NAMES, LISTENERS, PROCESS_ROLES};
use crate::kafka::startup::endpoint::normal;
use crate::kafka::startup::objection::{Check, Objection};

type Repairs = Result<Vec<Repair>, Reason>;

/// A node that does not name its listeners for controllers.
pub(super) fn names(draft: &Draft<'_, '_>) -> Repairs {
    let mut repairs = back_to_zookeeper(draft);
    let is_controller = draft.reading.roles.is_some_and(|roles| roles.controller);
    match idle(draft).filter(|_| is_controller) {
        Some(part) => repairs.push(Repair::set(CONTROLLER_NAMES, part.name, 0)),
        None => repairs.push(Repair::set(CONTROLLER_NAMES, controllers_name(draft), 1)),
    }
    Ok(repairs)
}

/// The listener that is bound and not for clients: the one at which the node votes, else one that is called so, else the only one that is
/// not advertised.
pub(super) fn idle<'d>(draft: &Draft<'d, '_>) -> Option<Part<'d>> {
    let advertised: Vec<String> = draft.advertised().into_iter().map(|part| part.name).collect();
    let inter_broker = draft.reading.inter_broker().map(|(name, _)| name);
    let is_for_clients = |part: &Part<'_>| advertised.contains(&part.name) || inter_broker.as_ref() == Some(&part.name);
    let idle: Vec<Part<'d>> = draft.bound().into_iter().filter(|part| !is_for_clients(part)).collect();
    let votes = |part: &&Part<'_>| draft.own_voter().is_some_and(|voter| i32::from(voter.port) == part.port);
    let is_called_so = |part: &&Part<'_>| part.name.contains("CONTROL") || part.name.contains("CTRL");
    let only = || if idle.len() == 1 && !advertised.is_empty() { idle.first() } else { None };
    idle.iter().find(votes).or_else(|| idle.iter().find(is_called_so)).or_else(only).cloned()
}

/// A controller that does not bind the listeners for controllers.
pub(super) fn bound(draft: &Draft<'_, '_>) -> Repairs {
    let mut repairs = back_to_zookeeper(draft);
    let names = draft.controller_names();
    if names.is_empty() {
        repairs.extend(self::names(draft)?);
        return Ok(repairs);
    }
    let tidy = super::names::tidied(draft.value(CONTROLLER_NAMES).unwrap_or_default());
    if draft.value(CONTROLLER_NAMES) != Some(tidy.as_str()) {
        return Ok(vec![Repair::set(CONTROLLER_NAMES, tidy, 0)]);
    }
    let bound = draft.bound();
    let is_bound = |name: &&str| bound.iter().any(|part| part.name == normal(name));
    let there: Vec<String> = names.iter().copied().filter(is_bound).map(normal).collect();
    if !there.is_empty() {
        repairs.push(Repair::set(CONTROLLER_NAMES, there.join(","), 0));
    }
    let missing = names.iter().copied().find(|name| !is_bound(name));
    let Some(name) = missing else { return Ok(repairs) };
    if let Some(part) = idle(draft) {
        repairs.extend(draft.replaced(LISTENERS, part.span, &part.renamed(&normal(name)), 0));
        repairs.push(Repair::set(CONTROLLER_NAMES, part.name, 1));
    }
    let voted = draft.own_voter().map(|voter| voter.port);
    let is_free = |port: &u16| bound.iter().all(|part| part.port != i32::from(*port));
    let port = voted.filter(is_free).or_else(|| draft.port_for_controllers());
    if let Some(port) = port {
        // 3.9.0 would take 0.0.0.0 for what the controller advertises.
        let is_3_9_0 = draft.version() == crate::kafka::property::KafkaVersion::new(3, 9, 0);
        let host = if is_3_9_0 { "" } else { draft.everywhere() };
        repairs.push(draft.with_entry(LISTENERS, &format!("{}://{host}:{port}", normal(name)), 4));
    }
    Ok(repairs)
}

/// A listener for controllers among those for clients, or vice versa.
pub(super) fn in_the_wrong_list(draft: &Draft<'_, '_>, objection: &Objection) -> Repairs {
    let property = if objection.check == Check::AdvertisesController { ADVERTISED_LISTENERS } else { LISTENERS };
    let parts = draft.parts(property);
    let is_out = |span| parts.iter().any(|part| part.span == span && objection.subjects.contains(&part.name));
    let mut repairs: Vec<Repair> = draft.without_entries(property, is_out, 0).into_iter().collect();
    let has_clients = !draft.advertised_to_clients().is_empty();
    match objection.check {
        // A voter is a controller too.
        Check::BrokerBindsController if votes(draft) => {
            repairs.push(Repair::set(PROCESS_ROLES, "broker,controller", 0))
        }
        Check::ControllerBindsOthers if has_clients => repairs.push(Repair::set(PROCESS_ROLES, "broker,controller", 0)),
        _ => {}
    }
    repairs.iter_mut().take(1).filter(|_| property == LISTENERS).for_each(|repair| repair.penalty = 1);
    Ok(repairs)
}

/// A node that is only a controller but advertises: it becomes a broker too if it listens for clients.
pub(super) fn advertises(draft: &Draft<'_, '_>) -> Vec<Repair> {
    let is_broker = !draft.advertised_to_clients().is_empty() && !draft.bound_for_clients().is_empty();
    let mut repairs = vec![Repair { penalty: if is_broker { 2 } else { 0 }, ..Repair::unset(ADVERTISED_LISTENERS) }];
    if is_broker {
        repairs.push(Repair::set(PROCESS_ROLES, "broker,controller", 0));
    }
    repairs
}

fn votes(draft: &Draft<'_, '_>) -> bool {
    let id = crate::kafka::startup::checks::node_id(&draft.reading);
    draft.own_voter().is_some_and(|voter| Some(voter.id) == id)
}
