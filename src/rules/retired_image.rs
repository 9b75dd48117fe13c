//! `retired-image`

use crate::analysis::Analysis;
use crate::compose::Service;
use crate::finding::{Applicability, Finding, Reason, Severity};
use crate::kafka::catalog::{CATALOG, Image, RetiredImage};
use crate::repair::set_image;
use crate::rules::Rule;
use crate::rules::support::fix;

pub(super) const RULE: Rule = Rule {
    name: "retired-image",
    summary: "an image can no longer be pulled under its name",
    severity: Severity::Error,
    page: include_str!("retired_image.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    analysis.project.services.iter().filter_map(|service| check_service(analysis, service)).collect()
}

fn check_service(analysis: &Analysis, service: &Service) -> Option<Finding> {
    let retired = retired(service).filter(|retired| !retired.for_clients || analysis.is_user(service))?;
    let image = service.image.as_ref()?;
    let shares_problem = |other: &Service| retired_repository(other) == Some(&retired.repository);
    let fix = set_image(&analysis.project, service, &retired.repository, &retired.moved_to, shares_problem)
        .map(|repair| fix(format!("use {}", retired.moved_to), Applicability::Unsafe, repair))
        .map_err(Reason::from);
    let message = format!("`{}` uses the image `{}`, which can no longer be pulled", service.name, image.as_str());
    let found = RULE.finds(analysis, service, &analysis.origin(image.node), message);
    let found = found.label(format!("its versions moved to {}", retired.moved_to));
    let help = format!("{} gets no updates; plan to use a maintained image", retired.moved_to);
    Some(found.help(Some(help)).remedy(fix))
}

/// What became of a service's image; `None` for one that the project builds.
fn retired(service: &Service) -> Option<&'static RetiredImage> {
    let image = service.image.as_ref().filter(|_| service.build.is_none())?;
    CATALOG.retired(&Image::parse(image.as_str())?)
}

fn retired_repository(service: &Service) -> Option<&'static String> {
    retired(service).map(|retired| &retired.repository)
}
