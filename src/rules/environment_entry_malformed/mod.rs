//! `environment-entry-malformed`

mod item;
mod other_image;
mod other_version;
mod raw_value;
mod renamed;
mod start;

use crate::analysis::Analysis;
use crate::compose::{EnvironmentForm, Service, Written, without_quotes};
use crate::finding::{Applicability, Finding, Reason, Severity};
use crate::kafka::catalog::{CATALOG, Image, VariableRole, near_miss};
use crate::kafka::effective::{Refusal, RefusalKind};
use crate::repair::{Entry, rename_variable};
use crate::rules::Rule;
use crate::rules::support::fix;
use crate::rules::support::startup::nodes;
use crate::text::{excerpt, masked_line};
use other_image::{misspelt_property, of_another_image};
pub(super) use other_version::is_of_version;
use renamed::Renamed;
use start::{BROKER_PROPERTIES, is_objected_to};
pub(super) use start::{is_aside, is_of_role};

pub(super) const RULE: Rule = Rule {
    name: "environment-entry-malformed",
    summary: "a variable is malformed, or has a name that nothing reads",
    severity: Severity::Error,
    page: include_str!("page.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    let services = analysis.project.services.iter();
    let services: Vec<(&Service, Vec<String>)> =
        services.map(|service| (service, known_names(analysis, service))).collect();
    let mut findings = item::check(analysis);
    for (service, known) in &services {
        let written = service.environment.variables.iter();
        findings.extend(written.filter_map(|written| check_entry(analysis, service, written, known)));
    }
    findings.extend(services.iter().flat_map(|(service, known)| raw_value::check(analysis, service, known)));
    findings.extend(nodes(analysis).flat_map(|broker| other_version::check(analysis, broker)));
    findings
}

fn check_entry(analysis: &Analysis, service: &Service, written: &Written, known: &[String]) -> Option<Finding> {
    let (entry, message) = meant(analysis, service, written, known)?;
    let node = analysis.topology.node(service.id).filter(|_| is_near_miss(written, &entry));
    let renamed =
        node.zip(written.value()).map(|(broker, value)| Renamed::of(broker, (&written.name, &entry.name, value)));
    // A misspelled name is a slip, whatever the value.
    let is_of_another = of_another_image(analysis, service, &written.name).is_some();
    if is_of_another && renamed.as_ref().is_some_and(Renamed::is_without_effect) {
        return None;
    }
    let means_it_too = |other: &Service| {
        let known = known_names(analysis, other);
        let theirs = other.environment.get(&written.name).and_then(|own| meant(analysis, other, own, &known));
        theirs.is_some_and(|(theirs, _)| theirs == entry)
    };
    let applicability = match &renamed {
        Some(renamed) if renamed.loses_listeners(analysis) => Applicability::Unsafe,
        _ => applicability(analysis, service, written, &entry),
    };
    let title = match entry.name.as_str() {
        // Its value stays.
        name if is_near_miss(written, &entry) => format!("rename it to {name}"),
        name => format!("write `{name}=…`"),
    };
    let fix = rename_variable(&analysis.project, service, written, &entry, means_it_too)
        .map(|repair| fix(title, applicability, repair))
        .map_err(Reason::from);
    // What may well work without it costs less.
    let severity = if applicability == Applicability::Safe { Severity::Error } else { Severity::Warning };
    Some(RULE.finds(analysis, service, &analysis.origin(written.node), message).severity(severity).remedy(fix))
}

/// A setting that a broker has ignored so far may cut off present clients: one with localhost, or one with a misspelled name. For a broker
/// that does not start without it, there is no such risk.
fn applicability(analysis: &Analysis, service: &Service, written: &Written, entry: &Entry) -> Applicability {
    let Some(broker) = analysis.topology.broker(service.id) else { return Applicability::Safe };
    if of_another_image(analysis, service, &written.name).is_some() {
        return Applicability::Safe;
    }
    let is_near_miss = is_near_miss(written, entry);
    let names_localhost = || ["localhost", "127.0.0.1"].iter().any(|host| written.name.contains(host));
    let is_required = |refusal: &Refusal| refusal.kind == RefusalKind::Missing && refusal.variable == entry.name;
    let starts_without =
        !broker.config.refusals().iter().any(is_required) && !is_objected_to(analysis, broker, &entry.name);
    if starts_without && (is_near_miss || names_localhost()) { Applicability::Unsafe } else { Applicability::Safe }
}

/// Whether an entry is correct except for its name.
fn is_near_miss(written: &Written, entry: &Entry) -> bool {
    colon_entry(&written.name).is_none() && written.name != entry.name
}

/// The intended entry, and the message about the written one; `None` for one that is correct, or unrelated to Kafka. `known` are the
/// [`known_names`] of the service.
fn meant(analysis: &Analysis, service: &Service, written: &Written, known: &[String]) -> Option<(Entry, String)> {
    let name = &written.name;
    let document = analysis.project.document(written.node);
    // One after the other.
    if service.environment.malformed.iter().any(|malformed| malformed.name == *name) {
        return None;
    }
    // In a map, a colon before the last one is part of the key.
    let is_item = service.environment.form == EnvironmentForm::List && written.text.is_none();
    if let Some((meant, value)) = document.scalar(written.node).filter(|_| is_item).and_then(colon_entry) {
        let is_kafka = analysis.topology.is_node(service.id)
            || analysis.is_user(service)
            || CATALOG.variable_role(meant, None) != VariableRole::Unrelated;
        // It is not known what the value is for.
        let shown = excerpt(&masked_line(name, &[]), 40);
        let message = format!(
            "`{}` gets no `{meant}`: Compose reads all of `{shown}` as the name; list items need `KEY=value`",
            service.name
        );
        let entry = Entry { name: meant.to_owned(), value: Some(value.to_owned()) };
        return (is_kafka && service.environment.get(meant).is_none()).then_some((entry, message));
    }
    // Other values may be for a shell, which takes quotes away.
    let holds_addresses = || {
        let role = CATALOG.variable_role(name, None);
        let is_address =
            matches!(role, VariableRole::BrokerAddress(_) | VariableRole::BrokerHost | VariableRole::BrokerPort);
        is_address || known.contains(name)
    };
    if let Some(value) = quoted_value(written).filter(|_| holds_addresses()) {
        let message =
            format!("`{}` gets `{name}` with its quotes: in a list item, quotes are part of the value", service.name);
        return Some((Entry { name: name.clone(), value: Some(value.to_owned()) }, message));
    }
    let right = of_another_image(analysis, service, name)
        .or_else(|| near_miss(name, known.iter().map(String::as_str)))
        .or_else(|| misspelt_property(analysis, service, name))
        .filter(|right| service.variable(right).is_none())?;
    let raw = written.text.as_ref().map(|text| {
        // In a list the text holds the name too, which interpolates to itself.
        if written.value_start > 0 { text.raw.split_once('=').map_or("", |(_, value)| value) } else { &text.raw }
            .to_owned()
    });
    let message = format!(
        "the image of `{}` does not read `{name}`, so its value has no effect; it reads `{right}`",
        service.name
    );
    Some((Entry { name: right, value: raw }, message))
}

/// The name and the value of an item such as `KEY: value` or `KEY:value`, which Compose takes for a name.
fn colon_entry(item: &str) -> Option<(&str, &str)> {
    let (name, value) = item.split_once(':')?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !name.is_empty();
    (is_name && !value.trim().is_empty()).then(|| (name, without_quotes(value)))
}

/// The text inside the quotes after the sign of an item, `- KEY="value"`.
fn quoted_value(written: &Written) -> Option<&str> {
    let (_, value) = written.text.as_ref().filter(|_| written.value_start > 0)?.raw.split_once('=')?;
    let is_quoted =
        |inner: &&str| value.starts_with(['"', '\'']) && inner.len() + 2 == value.len() && !inner.is_empty();
    Some(without_quotes(value)).filter(is_quoted)
}

/// The variables that the image of a service is known to read: a broker's, or a ready-made client's.
fn known_names(analysis: &Analysis, service: &Service) -> Vec<String> {
    let broker = analysis.topology.node(service.id);
    if let Some(broker) = broker.filter(|broker| broker.is_known() && service.build.is_none()) {
        let settings = broker.config.variables_for_any(&BROKER_PROPERTIES).into_iter();
        return settings.chain(broker.config.cluster_id_variable().map(str::to_owned)).collect();
    }
    let image = service.image.as_ref().filter(|_| service.build.is_none());
    let client = image.and_then(|image| CATALOG.client(&Image::parse(image.as_str())?));
    client.map(|client| client.names().map(str::to_owned).collect()).unwrap_or_default()
}
