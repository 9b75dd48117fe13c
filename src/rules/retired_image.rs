//! `retired-image`

use crate::compose::Service;
use crate::finding::{Applicability, Finding, Severity};
use crate::kafka::catalog::{CATALOG, Image, RetiredImage};
use crate::repair::set_image;
use crate::rules::Context;

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    context.project.services.iter().filter_map(|service| check_service(context, service)).collect()
}

fn check_service(context: &Context<'_>, service: &Service) -> Option<Finding> {
    let retired = retired(service)?;
    let image = service.image.as_ref()?;
    let has_it_too = |other: &Service| retired_repository(other) == Some(&retired.repository);
    let fix = set_image(context.project, service, &retired.repository, &retired.moved_to, has_it_too)
        .map(|repair| context.fix(format!("take it from {}", retired.moved_to), Applicability::Unsafe, repair))
        .map_err(|refusal| refusal.to_string());
    Some(Finding {
        rule: "retired-image",
        severity: Severity::Error,
        service: service.name.clone(),
        message: format!("`{}`, the image of `{}`, can no longer be pulled", image.as_str(), service.name),
        primary: context.label(image.node, format!("its versions were moved to {}", retired.moved_to)),
        related: Vec::new(),
        help: Some(format!("{} gets no updates: it gives time to move to an image that does", retired.moved_to)),
        fix,
    })
}

/// What became of a service's image; `None` for one that the project builds.
fn retired(service: &Service) -> Option<&'static RetiredImage> {
    let image = service.image.as_ref().filter(|_| service.build.is_none())?;
    CATALOG.retired(&Image::parse(image.as_str())?)
}

fn retired_repository(service: &Service) -> Option<&'static String> {
    retired(service).map(|retired| &retired.repository)
}
