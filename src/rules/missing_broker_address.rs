//! `missing-broker-address`

use std::collections::BTreeMap;

use crate::finding::{Applicability, Finding, Fix, Severity};
use crate::kafka::client::{Client, EvidenceKind};
use crate::kafka::topology::Target;
use crate::repair::set_variable;
use crate::rules::{Context, advice};

/// What a service is given where nothing tells which variable it reads: the commonest name in public compose files.
const USUAL_VARIABLE: &str = "KAFKA_BROKERS";

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.users().filter_map(|client| check_client(context, client)).collect()
}

fn check_client(context: &Context<'_>, client: &Client<'_>) -> Option<Finding> {
    let service = client.service;
    let variable = missing_variable(context, client)?;
    let target = context.topology.target(service, &[]);
    let mut related = Vec::new();
    let fix = match &target {
        Ok(target) => {
            related.extend(target.brokers.first().map(|broker| context.broker_label(broker, "the broker")));
            repair(context, client, &variable, target)
        }
        Err(reason) => Err(reason.to_string()),
    };
    let help = target.as_ref().err().and_then(|reason| advice::way_out(context, service, reason));
    Some(Finding {
        rule: "missing-broker-address",
        severity: Severity::Error,
        service: service.name.clone(),
        message: format!(
            "`{}` uses Kafka, but `{variable}` is not set: nothing tells it where the broker is",
            service.name
        ),
        primary: context.label(service.key, "this service"),
        related,
        help,
        fix,
    })
}

/// The variable that a client must have and has not.
fn missing_variable(context: &Context<'_>, client: &Client<'_>) -> Option<String> {
    let has = |name: &str| {
        client.service.variable(name).is_some_and(|variable| variable.value().is_some_and(|value| !value.is_empty()))
    };
    let declared = client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Declared);
    let by_flag = client.evidence.iter().any(|evidence| evidence.kind == EvidenceKind::Command);
    match (&context.topology.hints.variable, client.program) {
        (Some(variable), _) if declared => (!has(variable)).then(|| variable.clone()),
        _ if !client.addresses.is_empty() || by_flag => None,
        (_, Some(program)) if program.required && program.flag.is_none() => {
            // An empty value or a file may stand in for one of several; only one that has none at all is sure to fail.
            let service = client.service;
            let any = program.variables.iter().any(|variable| service.variable(&variable.name).is_some());
            let unseen = service.env_files.iter().any(|env_file| env_file.content.is_none());
            program.variables.first().filter(|_| !any && !unseen).map(|variable| variable.name.clone())
        }
        _ if declared || context.topology.hints.all_services => Some(habit(context)),
        _ => None,
    }
}

/// The name that the project's other clients use most.
fn habit(context: &Context<'_>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let own_code = context.users().filter(|client| client.program.is_none());
    for variable in own_code.flat_map(|client| &client.addresses) {
        *counts.entry(variable.variable.name()).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|&(name, count)| (count, std::cmp::Reverse(name)));
    most.map_or_else(|| USUAL_VARIABLE.to_owned(), |(name, _)| name.to_owned())
}

fn repair(context: &Context<'_>, client: &Client<'_>, variable: &str, target: &Target<'_, '_>) -> Result<Fix, String> {
    let value = target.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let repair = set_variable(context.project, client.service, variable, &value, |_| false)
        .map_err(|refusal| refusal.to_string())?;
    Ok(context.fix(format!("set {variable} to {value}"), Applicability::Safe, repair))
}
