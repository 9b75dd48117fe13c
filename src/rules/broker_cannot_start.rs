//! `broker-cannot-start`

use crate::analysis::Analysis;
use crate::compose::{Service, Variable};
use crate::finding::{Applicability, Finding, Fix, Label, Reason, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::catalog::Image;
use crate::kafka::client::origin_of;
use crate::kafka::new_setting::NewSetting;
use crate::kafka::obstacle::Obstacle;
use crate::kafka::startup::{StartupFault, startup_fault};
use crate::repair::{Repair, remove_variable, set_image, set_variables};
use crate::rules::Rule;
use crate::rules::support::fix;
use crate::rules::support::settings::change_settings;

pub(super) const RULE: Rule = Rule {
    name: "broker-cannot-start",
    summary: "the image of a broker does not start with its variables",
    severity: Severity::Error,
    page: include_str!("broker_cannot_start.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    let of_broker = |broker| startup_fault(broker).map(|fault| finding(analysis, broker, &fault));
    analysis.topology.brokers.iter().filter_map(of_broker).collect()
}

fn finding(analysis: &Analysis, broker: &Broker, fault: &StartupFault) -> Finding {
    let service = &broker.service;
    let name = &service.name;
    let image = service.image.as_ref().map_or("", |image| image.as_str());
    let has_it_too =
        |other: &Service| analysis.topology.broker(other.id).and_then(startup_fault).as_ref() == Some(fault);
    let (message, origin, label, related, fix) = match fault {
        StartupFault::NoZooKeeper { zookeeper, roles, last, defaults } => {
            let any_more = if last.is_some() { " any more" } else { "" };
            let message = format!("`{name}` does not start without `{roles}`: `{image}` knows no ZooKeeper{any_more}");
            let is_newest = broker.image.as_ref().is_some_and(Image::is_newest);
            let version = if is_newest { "the newest version, for whoever pulls it now" } else { "" };
            let told = zookeeper.iter().flat_map(|variable| labels(analysis, service, variable, "nothing reads it"));
            let fix = match last {
                Some(last) => pin(analysis, broker, last, has_it_too),
                None => complete(analysis, broker, roles, defaults),
            };
            let place = service.image.as_ref().map_or(service.key, |image| image.node);
            (message, analysis.origin(place), version, told.collect(), fix)
        }
        StartupFault::Missing { variable, value } => {
            let message = format!("`{name}` does not start without `{variable}`: `{image}` wants it");
            let fix = value.clone().map_err(Reason::from).and_then(|value| {
                let repair =
                    set_variables(&analysis.project, service, &[(variable.clone(), value.clone())], has_it_too)
                        .map_err(Reason::from)?;
                Ok(fix(format!("set {variable} to {value}"), Applicability::Safe, repair))
            });
            (message, analysis.origin(service.key), "", Vec::new(), fix)
        }
        StartupFault::Rejected { variables } => {
            let shown = variables.join("` or `");
            let message = format!("`{name}` does not start: `{image}` exits if `{shown}` is set");
            let origin = variables.first().and_then(|name| service.variable(name));
            let origin = origin.map_or(analysis.origin(service.key), |own| origin_of(&analysis.project, own));
            let others = variables.iter().skip(1).flat_map(|variable| labels(analysis, service, variable, ""));
            (message, origin, "", others.collect(), remove(analysis, service, variables, has_it_too))
        }
    };
    let related: Vec<Label> = related;
    RULE.finds(analysis, service, &origin, message).label(label).related(related).remedy(fix)
}

/// Where a variable is written, and how the service gets it.
fn labels(analysis: &Analysis, service: &Service, variable: &str, message: &str) -> Vec<Label> {
    let Some(variable) = service.variable(variable) else { return Vec::new() };
    let (place, steps) = analysis.labels_of(&origin_of(&analysis.project, variable), message);
    std::iter::once(place).chain(steps).collect()
}

/// Takes the last version with ZooKeeper.
fn pin(analysis: &Analysis, broker: &Broker, last: &str, shared: impl Fn(&Service) -> bool) -> Result<Fix, Reason> {
    let Some(image) = &broker.image else {
        return Err(Obstacle::UnknownImage(broker.service.name.clone()).into());
    };
    let repository = &image.repository;
    let from = match &image.tag {
        Some(tag) => format!("{repository}:{tag}"),
        None => repository.clone(),
    };
    let repair = set_image(&analysis.project, &broker.service, &from, &format!("{repository}:{last}"), shared)
        .map_err(Reason::from)?;
    Ok(fix(format!("take {last}, the last version with ZooKeeper"), Applicability::Unsafe, repair))
}

/// Sets what the image would have by itself if no variable were set.
fn complete(analysis: &Analysis, broker: &Broker, roles: &str, defaults: &[NewSetting]) -> Result<Fix, Reason> {
    if defaults.is_empty() || analysis.topology.brokers.len() > 1 {
        return Err(Obstacle::KraftSettings(roles.to_owned()).into());
    }
    let repair = change_settings(analysis, broker, defaults, |_| false)?;
    Ok(fix("set what its image has by itself as long as no variable is set", Applicability::Safe, repair))
}

fn remove(
    analysis: &Analysis,
    service: &Service,
    variables: &[String],
    shared: impl Fn(&Service) -> bool,
) -> Result<Fix, Reason> {
    let mut repair = Repair::default();
    for name in variables {
        let Some(Variable::Environment(written)) = service.variable(name) else {
            return Err(Reason::EnvFile(name.clone()));
        };
        let removal = remove_variable(&analysis.project, service, written, &shared).map_err(Reason::from)?;
        repair = repair.and(removal);
    }
    if !repair.is_consistent() {
        return Err(Reason::NothingLeft(variables.to_vec()));
    }
    Ok(fix(format!("take {} away", variables.join(", ")), Applicability::Safe, repair))
}
