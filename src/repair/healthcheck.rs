//! Gives a service a health check.

use crate::compose::{Change, HealthcheckSetting, Project, Service, escape};
use crate::repair::reach;
use crate::repair::section::{self, BEFORE_ENVIRONMENT};
use crate::repair::{Refusal, Repair};
use crate::yaml::NodeId;
use crate::yaml::edit::{self, Content};

/// Keys after which a health check is written.
const BEFORE_HEALTHCHECK: &[&str] =
    &["command", "entrypoint", "environment", "depends_on", "ports", "expose", "volumes"];

/// Adds a health check to a service without one. `settings` are the keys of the section; they are not interpolated, so a `$` is literal.
/// Another service may get the change through an anchor on this one; `shared` decides whether that is right.
///
/// # Errors
/// [`Refusal`] if the service already has a health check, its mapping cannot be extended, or the change would reach a wrong service through
/// an anchor.
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

/// Replaces the test and other settings of a service's health check; `settings` as in [`add_healthcheck`]. Another service may get the
/// change through an anchor; `shared` decides whether that is right.
///
/// # Errors
/// [`Refusal`] if the test is not written in the service itself or in an anchor, or the change would reach a wrong service through an
/// anchor.
pub fn replace_test(
    project: &Project,
    service: &Service,
    settings: &[(&str, HealthcheckSetting)],
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let check = service.healthcheck.as_ref();
    let Some((check, test)) = check.and_then(|check| Some((check, check.test_node?))) else {
        return Err(Refusal(format!("the health check of `{}` has no test", service.name)));
    };
    let base = service.extends.as_ref().and_then(|extends| project.service(&extends.service));
    let of_base = base.and_then(|base| base.healthcheck.as_ref()?.test_node);
    if of_base == Some(test) {
        return Err(Refusal("its health check is written in the service that it extends".to_owned()));
    }
    let document = project.document(test);
    let mut edits = Vec::new();
    let mut changed = Vec::new();
    for (key, setting) in settings {
        let setting = escaped(setting);
        let own = document.entry(check.section.value, key).filter(|own| project.file(own.value) == project.file(test));
        edits.extend(match (&setting, own) {
            (HealthcheckSetting::List(items), Some(own)) => edit::replace_with_list(document, own.value, items)?,
            (HealthcheckSetting::Text(text), Some(own)) => edit::replace_value(document, own.value, text)?,
            _ => {
                return Err(Refusal(format!("the health check of `{}` has no `{key}` next to its test", service.name)));
            }
        });
        changed.push(((*key).to_owned(), setting));
    }
    let changes_of =
        |service: &Service| vec![Change::Healthcheck { service: service.name.clone(), settings: changed.clone() }];
    reach::declared(project, service, test, edits, shared, changes_of)
}

/// Replaces one word of the test of a service's health check. Another service may get the change through an anchor; `shared` decides
/// whether that is right.
///
/// # Errors
/// [`Refusal`] if the word is not in the test, the test is written in a service that this one extends, or the change would reach a wrong
/// service through an anchor.
pub fn replace_word_of_test(
    project: &Project,
    service: &Service,
    from: &str,
    to: &str,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let absent = || Refusal(format!("`{from}` is not a word of the test"));
    let test = service.healthcheck.as_ref().and_then(|check| check.test_node).ok_or_else(absent)?;
    let base = service.extends.as_ref().and_then(|extends| project.service(&extends.service));
    if base.is_some_and(|base| base.healthcheck.as_ref().and_then(|check| check.test_node) == Some(test)) {
        return Err(Refusal("its health check is written in the service that it extends".to_owned()));
    }
    let document = project.document(test);
    let texts: Vec<NodeId> = match document.items(test) {
        Some(items) => items.iter().map(|item| item.node).collect(),
        None => vec![test],
    };
    let replaced = |text: &str| {
        let words = text.split(' ').map(|word| if word == from { to } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    let (mut edits, mut new) = (Vec::new(), Vec::new());
    for &node in &texts {
        let text = document.scalar(node).ok_or_else(absent)?;
        let text_after = replaced(text);
        if text_after != text {
            edits.extend(edit::replace_value(document, node, &text_after)?);
        }
        new.push(text_after);
    }
    if edits.is_empty() {
        return Err(absent());
    }
    let setting = match (document.items(test), new.pop()) {
        (None, Some(text)) => HealthcheckSetting::Text(text),
        (_, last) => HealthcheckSetting::List(new.into_iter().chain(last).collect()),
    };
    let settings = vec![("test".to_owned(), setting)];
    let changes_of =
        |service: &Service| vec![Change::Healthcheck { service: service.name.clone(), settings: settings.clone() }];
    reach::declared(project, service, test, edits, shared, changes_of)
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
