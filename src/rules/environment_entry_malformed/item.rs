//! Items that Compose rejects.

use crate::analysis::Analysis;
use crate::compose::{MalformedItem, Service};
use crate::finding::{Applicability, Finding, Reason};
use crate::repair::mend_item;
use crate::rules::support::fix;

/// What Compose rejects, whatever it is for.
pub(super) fn check(analysis: &Analysis) -> Vec<Finding> {
    // Without a broker there is nothing to reach.
    let services = analysis.project.services.iter().filter(|_| !analysis.topology.brokers.is_empty());
    let malformed = services.flat_map(|service| service.environment.malformed.iter().map(move |own| (service, own)));
    let is_reported_here = |(service, malformed): &(&Service, &MalformedItem)| {
        let writes_it =
            |service: &Service| service.definitions.iter().any(|own| own.environment.malformed.contains(malformed));
        writes_it(service) || !analysis.project.services.iter().any(writes_it)
    };
    malformed.filter(is_reported_here).map(|(service, malformed)| check_item(analysis, service, malformed)).collect()
}

fn check_item(analysis: &Analysis, service: &Service, malformed: &MalformedItem) -> Finding {
    let MalformedItem { node, name, .. } = malformed;
    let why = match analysis.project.document(*node).scalar(*node) {
        Some(_) => "there is a space before `=`",
        None => "list items need `KEY=value`",
    };
    let has_it_too = |other: &Service| other.environment.malformed.contains(malformed);
    let fix = mend_item(&analysis.project, service, malformed, has_it_too)
        .map(|repair| fix(format!("write `{name}=…`"), Applicability::Safe, repair))
        .map_err(Reason::from);
    let message =
        format!("Compose rejects the file: `{name}` in the environment of `{}` is malformed; {why}", service.name);
    super::RULE.finds(analysis, service, &analysis.origin(*node), message).remedy(fix)
}
