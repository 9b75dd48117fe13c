//! `unreachable-zookeeper-address`

use crate::analysis::Analysis;
use crate::compose::{Service, ServiceId};
use crate::finding::{Applicability, Finding, Fix, Reason, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::SettingSource;
use crate::kafka::effective::Origin;
use crate::kafka::new_setting::NewSetting;
use crate::kafka::obstacle::Obstacle;
use crate::kafka::property::{Given, PROCESS_ROLES, ZOOKEEPER_CONNECT};
use crate::kafka::zookeeper::{Ensemble, Server, ZooKeeperRoute, client_port, instead, route, zookeepers};
use crate::repair::join_network;
use crate::rules::Rule;
use crate::rules::support::objection::shown;
use crate::rules::support::settings::change_settings;
use crate::rules::support::startup::{cluster_id, place};
use crate::rules::support::{fix, network_name, only_network};
use crate::text::Span;

pub(super) const RULE: Rule = Rule {
    name: "unreachable-zookeeper-address",
    summary: "the ZooKeeper address of a broker does not lead to ZooKeeper",
    severity: Severity::Error,
    page: include_str!("unreachable_zookeeper_address.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    analysis.topology.brokers.iter().filter_map(|broker| check_broker(analysis, broker)).collect()
}

/// The servers of a broker that all lead nowhere, each with the reason: one that answers is enough.
fn broken(analysis: &Analysis, broker: &Broker) -> Option<(Ensemble, Vec<ZooKeeperRoute>)> {
    let ensemble = Ensemble::of(broker).filter(|_| !is_misnamed(broker))?;
    let routes: Vec<_> = ensemble.servers.iter().map(|server| route(&analysis.topology, broker, server)).collect();
    routes.iter().all(ZooKeeperRoute::is_broken).then_some((ensemble, routes))
}

/// Whether the file sets the address by a variable that the image does not read: another rule renames that one.
fn is_misnamed(broker: &Broker) -> bool {
    broker.config.ignored().iter().any(|ignored| ignored.property.as_deref() == Some(ZOOKEEPER_CONNECT))
}

fn check_broker(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    let (ensemble, routes) = broken(analysis, broker)?;
    let service = &broker.service;
    let (server, why) = (ensemble.servers.first()?, routes.first()?);
    let name = |id: &ServiceId| analysis.project[*id].name.as_str();
    let problem = match why {
        ZooKeeperRoute::Loopback => format!("but inside the container {} is the container itself", server.host),
        ZooKeeperRoute::NoSharedNetwork(id) => {
            format!("but shares no network with `{}`, so the name does not resolve", name(id))
        }
        ZooKeeperRoute::PublishedPort(id) => format!(
            "but that port is published on the host; containers connect to port {}",
            client_port(&analysis.project[*id]).unwrap_or(server.port)
        ),
        ZooKeeperRoute::ClosedPort(id) => format!("but `{}` does not listen on that port", name(id)),
        ZooKeeperRoute::UnknownName => "but nothing in the project has that name".to_owned(),
        ZooKeeperRoute::Reaches(_) | ZooKeeperRoute::Unknown => return None,
    };
    let message = format!(
        "`{}` connects to ZooKeeper at `{server}` (`{}`), {problem}",
        service.name,
        shown(broker, ZOOKEEPER_CONNECT)
    );
    let origin = place(analysis, broker, [ZOOKEEPER_CONNECT].into_iter());
    let meant = instead(&analysis.topology, server, why).map(|(other, _)| analysis.label(other.key, "ZooKeeper"));
    let fix = match why {
        ZooKeeperRoute::NoSharedNetwork(id) => network(analysis, broker, &analysis.project[*id]),
        _ => match kraft(analysis, broker) {
            Some(fix) => fix,
            None => address(analysis, broker, &ensemble, &routes),
        },
    };
    Some(RULE.finds(analysis, service, &origin, message).related(meant).remedy(fix))
}

/// The ID of a cluster, with which the image starts a node that needs no ZooKeeper; `None` if the project has one, or if the ID is not all
/// that is missing.
fn kraft(analysis: &Analysis, broker: &Broker) -> Option<Result<Fix, Reason>> {
    let variable = broker.config.cluster_id_variable().filter(|_| broker.config.cluster_id().is_none())?;
    let id = cluster_id(analysis, broker);
    let after = broker.config.with(&[(variable, Some(&id))]);
    let has_roles = matches!(after.given(PROCESS_ROLES), Given::Set(_)) && after.refusals().is_empty();
    let is_of_image = broker.config.property(ZOOKEEPER_CONNECT).is_some_and(|own| *own.origin == Origin::Image);
    if !has_roles || !is_of_image || zookeepers(&analysis.topology).next().is_some() {
        return None;
    }
    let setting = NewSetting::added(SettingSource::Variable(variable.to_owned()), id.clone());
    let repair = change_settings(analysis, broker, &[setting], &|_| false);
    Some(repair.map(|repair| fix(format!("set {variable} to {id}"), Applicability::Safe, repair)))
}

/// The addresses of the ZooKeepers that are meant.
fn address(
    analysis: &Analysis,
    broker: &Broker,
    ensemble: &Ensemble,
    routes: &[ZooKeeperRoute],
) -> Result<Fix, Reason> {
    let no_zookeeper = || Reason::from(Obstacle::NoZooKeeper(broker.service.name.clone()));
    let mut servers: Vec<Server> = Vec::new();
    for (server, route) in ensemble.servers.iter().zip(routes) {
        let (other, server) = instead(&analysis.topology, server, route).ok_or_else(no_zookeeper)?;
        if !analysis.topology.share_network(&broker.service, other) {
            return Err(no_zookeeper());
        }
        if !servers.contains(&server) {
            servers.push(server);
        }
    }
    let new = ensemble.with(&servers);
    let shares_problem = |other: &Service| {
        let theirs = analysis.topology.broker(other.id).and_then(|other| broken(analysis, other));
        theirs.is_some_and(|(theirs, _)| theirs == *ensemble)
    };
    let setting = setting(broker, ensemble, &new)?;
    let repair = change_settings(analysis, broker, &[setting], &shares_problem)?;
    Ok(fix(format!("set {} to {new}", shown(broker, ZOOKEEPER_CONNECT)), Applicability::Safe, repair))
}

/// The list as it is to become, where it is written.
fn setting(broker: &Broker, ensemble: &Ensemble, new: &str) -> Result<NewSetting, Reason> {
    let no_variable = || Reason::from(Obstacle::NoVariable(ZOOKEEPER_CONNECT.to_owned()));
    let own = broker.config.property(ZOOKEEPER_CONNECT).ok_or_else(no_variable)?;
    let edited = |source: SettingSource| {
        let end = ensemble.servers_end;
        let servers = new[..new.len() - (ensemble.text.len() - end)].to_owned();
        NewSetting { source, old: Some(ensemble.text.clone()), edits: vec![(Span::new(0, end), servers)] }
    };
    match own.origin {
        Origin::Variable(name) => {
            let is_as_written = broker.service.variable(name).and_then(|own| own.value()) == Some(&ensemble.text);
            is_as_written.then(|| edited(SettingSource::Variable(name.clone()))).ok_or_else(no_variable)
        }
        Origin::Flag(flag) => Ok(edited(SettingSource::Flag(flag.clone()))),
        Origin::File(_) => broker.source_of(ZOOKEEPER_CONNECT).map(edited).ok_or_else(no_variable),
        Origin::Image | Origin::Kafka => {
            let name = broker.variable_of(ZOOKEEPER_CONNECT).ok_or_else(no_variable)?;
            Ok(NewSetting::added(SettingSource::Variable(name), new.to_owned()))
        }
        Origin::Computed { .. } => Err(no_variable()),
    }
}

/// A network of the ZooKeeper for the broker.
fn network(analysis: &Analysis, broker: &Broker, zookeeper: &Service) -> Result<Fix, Reason> {
    let memberships = zookeeper.attachment.memberships().iter();
    let networks = memberships.map(|own| own.network.as_str()).collect::<Vec<_>>();
    let network = only_network(&[&zookeeper.name], &networks)?;
    let is_out_of_reach_too = |other: &Service| {
        let theirs = analysis.topology.broker(other.id).and_then(|other| broken(analysis, other));
        theirs.is_some_and(|(_, routes)| routes.contains(&ZooKeeperRoute::NoSharedNetwork(zookeeper.id)))
    };
    let repair =
        join_network(&analysis.project, &broker.service, network, is_out_of_reach_too).map_err(Reason::from)?;
    let title = format!("add `{}` to {}", broker.service.name, network_name(network));
    Ok(fix(title, Applicability::Safe, repair))
}
