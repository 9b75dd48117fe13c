//! What the scripts of an image look at before they start a broker, and exit if they do not like it.

pub mod check;
pub mod checks;
pub mod cluster;
pub mod configuration;
pub mod definition;
pub mod endpoint;
pub mod objection;
pub mod reading;
pub mod replication;
pub mod value;
pub mod wanted;

use crate::compose::Variable;
use crate::kafka::broker::Broker;
use crate::kafka::catalog::{Image, near_miss};
use crate::kafka::listener::{DEFAULT_PORT, Listener, ListenerHost, kafka_listeners};
use crate::kafka::new_setting::NewSetting;
use crate::kafka::obstacle::Obstacle;

/// Why an image does not start its broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartupFault {
    /// It is to use a ZooKeeper, or nothing says what it is to use, and its version knows KRaft only.
    NoZooKeeper {
        /// The variable that names the ZooKeeper, if it is set.
        zookeeper: Option<String>,
        /// The variable for the roles of a node, which it wants.
        roles: String,
        /// The tag of the last image with ZooKeeper, if there was one.
        last: Option<&'static str>,
        /// What would be set if everything else were as in the image's own configuration; none where that is not known.
        defaults: Vec<NewSetting>,
    },
    /// A variable that it wants is not set.
    Missing {
        /// Its name.
        variable: String,
        /// The one value that it can have, or why there is none.
        value: Result<String, Obstacle>,
    },
    /// Variables are set that it wants nobody to set any more.
    Rejected {
        /// Their names.
        variables: Vec<String>,
    },
}

/// What keeps the image of a broker from starting it, the first that its script comes to; `None` where that is a file's or a command's
/// choice.
#[must_use]
pub fn startup_fault(broker: &Broker) -> Option<StartupFault> {
    let image = broker.image.as_ref()?;
    let is_known = broker.is_started_by_image() && !broker.is_configured_by_file();
    if broker.family.images.is_empty() || !is_known {
        return None;
    }
    no_zookeeper(broker, image).or_else(|| missing(broker)).or_else(|| rejected(broker))
}

fn no_zookeeper(broker: &Broker, image: &Image) -> Option<StartupFault> {
    let end = broker.family.zookeeper.as_ref().filter(|end| end.is_behind(image))?;
    let starts_by_itself = broker.family.variables_replace_defaults && !is_configured(broker);
    if starts_by_itself || variable_of(broker, "process.roles").is_some() {
        return None;
    }
    let zookeeper = variable_of(broker, "zookeeper.connect");
    let roles = broker.family.variables_of("process.roles").next()?;
    let defaults = if zookeeper.is_none() { defaults(broker) } else { Vec::new() };
    Some(StartupFault::NoZooKeeper { zookeeper, roles, last: end.last.as_deref(), defaults })
}

/// Whether one of its variables makes the image forget its own configuration.
fn is_configured(broker: &Broker) -> bool {
    ["advertised.listeners", "listeners", "node.id", "broker.id", "zookeeper.connect"]
        .into_iter()
        .any(|property| variable_of(broker, property).is_some())
}

/// The variable that sets a property, or may.
fn variable_of(broker: &Broker, property: &str) -> Option<String> {
    broker.family.variables_of(property).find(|name| may_be_set(broker, name))
}

/// Whether a variable is set, may be by the shell, or is meant by one whose name is nearly its own.
fn may_be_set(broker: &Broker, name: &str) -> bool {
    let has_value = |variable: &Variable<'_>| variable.value().is_none_or(|value| !value.trim().is_empty());
    broker.service.variables().any(|own| {
        own.name() == name && has_value(&own)
            || own.name().strip_prefix(name).is_some_and(|rest| rest.starts_with(':'))
            || near_miss(own.name(), std::iter::once(name)).is_some()
    })
}

/// The settings of the image's own configuration that are not set, with a listener for its controller.
fn defaults(broker: &Broker) -> Vec<NewSetting> {
    let family = broker.family;
    if !broker.cluster.is_empty() {
        return Vec::new();
    }
    let unset = family.default_settings.iter().filter(|(property, _)| variable_of(broker, property).is_none());
    let node_id = broker.setting("node.id").and_then(|(_, variable)| variable?.value().map(str::trim));
    let added = |(property, value): &(String, String)| {
        // The one voter is the node itself.
        let own = value.split_once('@').zip(node_id).map(|((_, address), id)| format!("{id}@{address}"));
        Some(NewSetting::added(family.variables_of(property).next()?, own.unwrap_or_else(|| value.clone())))
    };
    let mut settings: Vec<NewSetting> = unset.filter_map(added).collect();
    let is_bound = |own: &Listener| broker.listeners.is_for_controllers(&own.name);
    let bound = broker.listeners.bound.as_deref().unwrap_or_default();
    let usual = kafka_listeners(family.default_listeners.as_deref().unwrap_or_default()).unwrap_or_default();
    let port = usual.iter().find(|own| is_bound(own)).map(|own| own.port);
    let free = port.filter(|port| bound.iter().all(|own| own.port != *port));
    match (broker.listeners.setting("listeners"), broker.listeners.controller_names.first().zip(free)) {
        _ if settings.is_empty() || bound.iter().any(is_bound) => {}
        (set, Some((name, port))) => {
            let entry = format!("{name}://:{port}");
            settings.push(match set {
                Some(set) => NewSetting::appended(set, &[entry]),
                None => {
                    let own = bound.iter().map(|own| format!("{}://:{}", own.name, own.port));
                    let entries: Vec<String> = own.chain([entry]).collect();
                    let Some((variable, _)) = broker.setting("listeners") else { return Vec::new() };
                    NewSetting::added(variable, entries.join(","))
                }
            });
        }
        _ => return Vec::new(),
    }
    settings
}

fn missing(broker: &Broker) -> Option<StartupFault> {
    let family = broker.family;
    let has_roles = variable_of(broker, "process.roles").is_some();
    if let Some(variable) = family.required_with_roles.iter().find(|name| has_roles && !may_be_set(broker, name)) {
        let value = Err(Obstacle::SameForCluster(variable.clone()));
        return Some(StartupFault::Missing { variable: variable.clone(), value });
    }
    let starts_without = !family.advertised_required || broker.is_controller_only();
    if starts_without || variable_of(broker, "advertised.listeners").is_some() {
        return None;
    }
    let variable = family.variables_of("advertised.listeners").next()?;
    Some(StartupFault::Missing { variable, value: advertised_value(broker) })
}

/// The one listener that a broker can advertise: at the host and port that older variables say, else at its service's name.
fn advertised_value(broker: &Broker) -> Result<String, Obstacle> {
    let is_for_clients = |own: &&Listener| !broker.listeners.is_for_controllers(&own.name);
    let bound: Vec<&Listener> = broker.listeners.bound.iter().flatten().filter(is_for_clients).collect();
    let value = |name: &str| broker.service.variable(name)?.value().map(str::trim).filter(|value| !value.is_empty());
    let host = broker.family.former_host_variables.iter().find_map(|name| value(name));
    let port = broker.family.former_port_variables.iter().find_map(|name| value(name)?.parse::<u16>().ok());
    match bound.as_slice() {
        [] => {
            let host = host.unwrap_or(&broker.service.name);
            Ok(format!("PLAINTEXT://{host}:{}", port.unwrap_or(DEFAULT_PORT)))
        }
        [one] => {
            let bound_host = match &one.host {
                ListenerHost::Named(own) if broker.service.is_known_as(own) => Some(own.as_str()),
                _ => None,
            };
            let host = host.or(bound_host).unwrap_or(&broker.service.name);
            Ok(format!("{}://{host}:{}", one.name, port.unwrap_or(one.port)))
        }
        _ => Err(Obstacle::SeveralListeners),
    }
}

fn rejected(broker: &Broker) -> Option<StartupFault> {
    let is_set = |name: &&String| {
        broker.service.variable(name).is_some_and(|own| own.value().is_some_and(|value| !value.is_empty()))
    };
    let variables: Vec<String> = broker.family.rejected_variables.iter().filter(is_set).cloned().collect();
    (!variables.is_empty()).then_some(StartupFault::Rejected { variables })
}
