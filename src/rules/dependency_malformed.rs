//! `dependency-malformed`

use crate::analysis::Analysis;
use crate::compose::{MalformedDependency, MalformedForm, Service};
use crate::finding::{Applicability, Finding, Reason, Severity};
use crate::repair::mend_dependency;
use crate::rules::Rule;
use crate::rules::support::fix;
use crate::text::excerpt;

pub(super) const RULE: Rule = Rule {
    name: "dependency-malformed",
    summary: "a dependency in a form that Compose rejects",
    severity: Severity::Error,
    page: include_str!("dependency_malformed.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    // Without a broker there is nothing to reach.
    let services = analysis.project.services.iter().filter(|_| !analysis.topology.brokers.is_empty());
    let malformed = services.flat_map(|service| service.depends_on.malformed.iter().map(move |own| (service, own)));
    let is_reported_here = |(service, own): &(&Service, &MalformedDependency)| {
        let writes_it = |other: &Service| other.definitions.iter().any(|part| part.depends_on.malformed.contains(own));
        is_first(analysis, service, own) && (writes_it(service) || !analysis.project.services.iter().any(writes_it))
    };
    malformed.filter(is_reported_here).map(|(service, malformed)| finding(analysis, service, malformed)).collect()
}

/// Whether it is the first of its list: the whole list is one problem.
fn is_first(analysis: &Analysis, service: &Service, malformed: &MalformedDependency) -> bool {
    let list = |item: &MalformedDependency| {
        let document = analysis.project.document(item.dependency.node);
        document.node(document.node(item.dependency.node).parent?).parent
    };
    let mut items = service.depends_on.malformed.iter().filter(|other| other.form == MalformedForm::Item);
    malformed.form != MalformedForm::Item || items.find(|item| list(item) == list(malformed)) == Some(malformed)
}

fn finding(analysis: &Analysis, service: &Service, malformed: &MalformedDependency) -> Finding {
    let name = &service.name;
    let dependency = &malformed.dependency;
    let (on, condition) = (&dependency.service, dependency.condition().as_str());
    let word = dependency.condition_node.and_then(|node| analysis.project.document(node).scalar(node));
    let (message, place, title) = match malformed.form {
        MalformedForm::Item => (
            format!(
                "Compose rejects the file: an item in the `depends_on` list of `{name}` is not the name of a service"
            ),
            dependency.node,
            "write the list as a map".to_owned(),
        ),
        MalformedForm::NoCondition => (
            format!("Compose rejects the file: the dependency of `{name}` on `{on}` has no `condition`"),
            dependency.node,
            format!("add `condition: {condition}`, the default of the short form"),
        ),
        MalformedForm::NearMiss => (
            format!(
                "Compose rejects the file: the dependency of `{name}` on `{on}` has `{}`, which is not a condition",
                excerpt(word.unwrap_or_default(), 40)
            ),
            dependency.condition_node.unwrap_or(dependency.node),
            format!("change the condition to {condition}"),
        ),
    };
    let has_it_too = |other: &Service| other.depends_on.malformed.iter().any(|own| own.is_mended_with(malformed));
    let fix = mend_dependency(&analysis.project, service, malformed, has_it_too)
        .map(|repair| fix(title, Applicability::Safe, repair))
        .map_err(Reason::from);
    RULE.finds(analysis, service, &analysis.origin(place), message).remedy(fix)
}
