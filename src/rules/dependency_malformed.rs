//! `dependency-malformed`

use crate::compose::{MalformedDependency, MalformedForm, Service};
use crate::finding::{Applicability, Finding, Severity};
use crate::repair::mend_dependency;
use crate::rules::Context;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    // Without a broker there is nothing to reach.
    let services = context.project.services.iter().filter(|_| !context.topology.brokers.is_empty());
    let malformed = services.flat_map(|service| service.depends_on.malformed.iter().map(move |own| (service, own)));
    let is_told_here = |(service, own): &(&Service, &MalformedDependency)| {
        let writes_it = |other: &Service| other.definitions.iter().any(|part| part.depends_on.malformed.contains(own));
        is_first(context, service, own) && (writes_it(service) || !context.project.services.iter().any(writes_it))
    };
    malformed.filter(is_told_here).map(|(service, malformed)| finding(context, service, malformed)).collect()
}

/// Whether it is the first of its list: the whole list is one fault.
fn is_first(context: &Context<'_>, service: &Service, malformed: &MalformedDependency) -> bool {
    let list = |item: &MalformedDependency| {
        let document = context.project.document(item.dependency.node);
        document.node(document.node(item.dependency.node).parent?).parent
    };
    let mut items = service.depends_on.malformed.iter().filter(|other| other.form == MalformedForm::Item);
    malformed.form != MalformedForm::Item || items.find(|item| list(item) == list(malformed)) == Some(malformed)
}

fn finding(context: &Context<'_>, service: &Service, malformed: &MalformedDependency) -> Finding {
    let name = &service.name;
    let dependency = &malformed.dependency;
    let (on, condition) = (&dependency.service, dependency.condition().as_str());
    let word = dependency.condition_node.and_then(|node| context.project.document(node).scalar(node));
    let (message, place, title) = match malformed.form {
        MalformedForm::Item => (
            format!(
                "Compose rejects the `depends_on` of `{name}`: an item of a list can only be the name of a service"
            ),
            dependency.node,
            "make the list a map".to_owned(),
        ),
        MalformedForm::NoCondition => (
            format!("Compose rejects the dependency of `{name}` on `{on}`: it has no `condition`"),
            dependency.node,
            format!("wait for {condition}, as without a condition"),
        ),
        MalformedForm::NearMiss => (
            format!(
                "Compose rejects the dependency of `{name}` on `{on}`: `{}` is no condition",
                word.unwrap_or_default()
            ),
            dependency.condition_node.unwrap_or(dependency.node),
            format!("make it {condition}"),
        ),
    };
    let has_it_too = |other: &Service| other.depends_on.malformed.iter().any(|own| own.is_mended_with(malformed));
    let fix = mend_dependency(context.project, service, malformed, has_it_too)
        .map(|repair| context.fix(title, Applicability::Safe, repair))
        .map_err(|refusal| refusal.to_string());
    Finding {
        rule: "dependency-malformed",
        severity: Severity::Error,
        service: name.clone(),
        message,
        primary: context.label(place, ""),
        related: Vec::new(),
        help: None,
        fix,
    }
}
