//! `broker-cannot-start`

use crate::compose::{Service, Variable};
use crate::finding::{Applicability, Finding, Fix, Label, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::catalog::Image;
use crate::kafka::client::origin_of;
use crate::kafka::new_setting::NewSetting;
use crate::kafka::startup::{StartupFault, startup_fault};
use crate::repair::{Repair, remove_variable, set_image, set_variables};
use crate::rules::Context;
use crate::rules::settings::change_settings;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    let of_broker = |broker| startup_fault(broker).map(|fault| finding(context, broker, &fault));
    context.topology.brokers.iter().filter_map(of_broker).collect()
}

fn finding(context: &Context<'_>, broker: &Broker<'_>, fault: &StartupFault) -> Finding {
    let service = broker.service;
    let name = &service.name;
    let image = service.image.as_ref().map_or("", |image| image.as_str());
    let has_it_too =
        |other: &Service| context.topology.broker(&other.name).and_then(startup_fault).as_ref() == Some(fault);
    let (message, primary, related, fix) = match fault {
        StartupFault::NoZooKeeper { zookeeper, roles, last, defaults } => {
            let any_more = if last.is_some() { " any more" } else { "" };
            let message = format!("`{name}` does not start without `{roles}`: `{image}` knows no ZooKeeper{any_more}");
            let is_newest = broker.image.as_ref().is_some_and(Image::is_newest);
            let version = if is_newest { "the newest version, for whoever pulls it now" } else { "" };
            let told = zookeeper.iter().flat_map(|variable| labels(context, service, variable, "nothing reads it"));
            let fix = match last {
                Some(last) => pin(context, broker, last, has_it_too),
                None => complete(context, broker, roles, defaults),
            };
            let place = service.image.as_ref().map_or(service.key, |image| image.node);
            (message, context.label(place, version), told.collect(), fix)
        }
        StartupFault::Missing { variable, value } => {
            let message = format!("`{name}` does not start without `{variable}`: `{image}` wants it");
            let fix = value.clone().and_then(|value| {
                let repair = set_variables(context.project, service, &[(variable.clone(), value.clone())], has_it_too)
                    .map_err(|refusal| refusal.to_string())?;
                Ok(context.fix(format!("set {variable} to {value}"), Applicability::Safe, repair))
            });
            (message, context.label(service.key, ""), Vec::new(), fix)
        }
        StartupFault::Rejected { variables } => {
            let shown = variables.join("` or `");
            let message = format!("`{name}` does not start: `{image}` exits if `{shown}` is set");
            let mut places = variables.iter().flat_map(|variable| labels(context, service, variable, ""));
            let primary = places.next().unwrap_or_else(|| context.label(service.key, ""));
            (message, primary, places.collect(), remove(context, service, variables, has_it_too))
        }
    };
    Finding {
        rule: "broker-cannot-start",
        severity: Severity::Error,
        service: name.clone(),
        message,
        primary,
        related,
        help: None,
        fix,
    }
}

/// Where a variable is written, and how the service gets it.
fn labels(context: &Context<'_>, service: &Service, variable: &str, message: &str) -> Vec<Label> {
    let Some(variable) = service.variable(variable) else { return Vec::new() };
    let (place, steps) = context.labels_of(&origin_of(context.project, variable), message);
    std::iter::once(place).chain(steps).collect()
}

/// Takes the last version with ZooKeeper.
fn pin(
    context: &Context<'_>,
    broker: &Broker<'_>,
    last: &str,
    shared: impl Fn(&Service) -> bool,
) -> Result<Fix, String> {
    let Some(image) = &broker.image else { return Err("its image is not known".to_owned()) };
    let repository = &image.repository;
    let from = match &image.tag {
        Some(tag) => format!("{repository}:{tag}"),
        None => repository.clone(),
    };
    let repair = set_image(context.project, broker.service, &from, &format!("{repository}:{last}"), shared)
        .map_err(|refusal| refusal.to_string())?;
    Ok(context.fix(format!("take {last}, the last version with ZooKeeper"), Applicability::Unsafe, repair))
}

/// Sets what the image would have by itself if no variable were set.
fn complete(context: &Context<'_>, broker: &Broker<'_>, roles: &str, defaults: &[NewSetting]) -> Result<Fix, String> {
    if defaults.is_empty() || context.topology.brokers.len() > 1 {
        return Err(format!("set `{roles}` and the other settings of KRaft, and no ZooKeeper"));
    }
    let repair = change_settings(context, broker, defaults, |_| false)?;
    Ok(context.fix("set what its image has by itself as long as no variable is set", Applicability::Safe, repair))
}

fn remove(
    context: &Context<'_>,
    service: &Service,
    variables: &[String],
    shared: impl Fn(&Service) -> bool,
) -> Result<Fix, String> {
    let mut repair = Repair::default();
    for name in variables {
        let Some(Variable::Environment(written)) = service.variable(name) else {
            return Err(format!("an env file sets `{name}`: take it away there"));
        };
        let removal =
            remove_variable(context.project, service, written, &shared).map_err(|refusal| refusal.to_string())?;
        repair = repair.and(removal);
    }
    if !repair.is_consistent() {
        return Err("take them away by hand: nothing would be left beside them".to_owned());
    }
    Ok(context.fix(format!("take {} away", variables.join(", ")), Applicability::Safe, repair))
}
