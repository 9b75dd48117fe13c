//! Gives a service a health check.

use crate::compose::{Change, HealthcheckSetting, Project, Service, escape};
use crate::repair::reach;
use crate::repair::section::{self, BEFORE_ENVIRONMENT};
use crate::repair::{Refusal, Repair};
use crate::yaml::edit::Content;

/// Keys that a health check stands after.
const BEFORE_HEALTHCHECK: &[&str] =
    &["command", "entrypoint", "environment", "depends_on", "ports", "expose", "volumes"];

/// Gives a service that has none a health check. `settings` are the keys of the section, not interpolated: a `$` in them means itself.
/// Another service may get it too by an anchor on this one; `shared` says whether that is right.
///
/// # Errors
/// [`Refusal`] if the service has a health check already, its mapping cannot be added to, or an anchor takes it to a wrong service.
pub fn add_healthcheck(
    project: &Project,
    service: &Service,
    settings: &[(&str, HealthcheckSetting)],
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    if service.healthcheck.is_some() {
        return Err(Refusal(format!("`{}` has a health check already", service.name)));
    }
    let settings: Vec<(String, HealthcheckSetting)> =
        settings.iter().map(|(key, setting)| ((*key).to_owned(), escaped(setting))).collect();
    let content = Content::map(settings.iter().map(|(key, setting)| (key.as_str(), to_content(setting))));
    let after = [BEFORE_ENVIRONMENT, BEFORE_HEALTHCHECK].concat();
    let definition = &service.definitions[0];
    let document = project.document(definition.node);
    let edits = section::add_to_service(document, definition, &after, "healthcheck", &content)?;
    let changes_of =
        |service: &Service| vec![Change::Healthcheck { service: service.name.clone(), settings: settings.clone() }];
    reach::declared(project, service, definition.node, edits, shared, changes_of)
}

fn escaped(setting: &HealthcheckSetting) -> HealthcheckSetting {
    match setting {
        HealthcheckSetting::Text(text) => HealthcheckSetting::Text(escape(text)),
        HealthcheckSetting::Number(number) => HealthcheckSetting::Number(*number),
        HealthcheckSetting::List(items) => HealthcheckSetting::List(items.iter().map(|item| escape(item)).collect()),
    }
}

fn to_content(setting: &HealthcheckSetting) -> Content {
    match setting {
        HealthcheckSetting::Text(text) => Content::text(text),
        HealthcheckSetting::Number(number) => Content::Number(*number),
        HealthcheckSetting::List(items) => Content::List(items.clone()),
    }
}
