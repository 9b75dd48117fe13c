//! Corrects an entry of an `environment`.

use crate::compose::{Change, EnvironmentForm, MalformedItem, Project, Service, Written};
use crate::repair::reach;
use crate::repair::{Refusal, Repair};
use crate::yaml::edit;

/// The intended variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its value as written; `None` for one that is passed through.
    pub value: Option<String>,
}

/// Corrects an entry of a service's `environment`, in place. Another service may get the change through an anchor; `shared` decides whether
/// that is right.
///
/// # Errors
/// [`Refusal`] if the entry is written in a service that this one extends, or the change would reach a wrong service through an anchor.
pub fn rename_variable(
    project: &Project,
    service: &Service,
    written: &Written,
    entry: &Entry,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    if !service.writes(written) {
        return Err(Refusal("it is written in the service that this one extends".to_owned()));
    }
    let document = project.document(written.node);
    let (node, text) = if service.environment.form == EnvironmentForm::List {
        let value = entry.value.as_ref().map(|value| format!("={value}")).unwrap_or_default();
        (written.node, format!("{}{value}", entry.name))
    } else {
        let parent = document.node(written.node).parent.unwrap_or(written.node);
        let own = document.written_entries(parent).iter().find(|own| document.scalar(own.key) == Some(&written.name));
        let own = own.ok_or_else(|| Refusal("its name and its value are in different places".to_owned()))?;
        (own.key, entry.name.clone())
    };
    let edits = edit::replace_value(document, node, &text)?;
    let is_bare_item = written.text.is_none() && service.environment.form == EnvironmentForm::List;
    let from = document.scalar(written.node).filter(|_| is_bare_item).unwrap_or(&written.name);
    let changes_of = |service: &Service| {
        vec![Change::Renamed {
            service: service.name.clone(),
            from: from.to_owned(),
            name: entry.name.clone(),
            value: entry.value.clone(),
        }]
    };
    reach::declared(project, service, node, edits, shared, changes_of)
}

/// Rewrites an item that Compose rejects as `KEY=value`, in place. Another service may get the change through an anchor; `shared` decides
/// whether that is right.
///
/// # Errors
/// [`Refusal`] if the item is written in a service that this one extends, another entry sets the variable, or the change would reach a
/// wrong service through an anchor.
pub fn mend_item(
    project: &Project,
    service: &Service,
    malformed: &MalformedItem,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let MalformedItem { node, name, value } = malformed;
    let mut definitions = service.definitions.iter().map(|definition| &definition.environment);
    let Some(environment) = definitions.find(|environment| environment.malformed.contains(malformed)) else {
        return Err(Refusal("it is written in the service that this one extends".to_owned()));
    };
    let is_it = |own: &Written| own.node == *node || project.document(own.node).node(own.node).parent == Some(*node);
    // What another file sets over it stays over it.
    if !environment.get(name).is_some_and(is_it) {
        return Err(Refusal(format!("another entry sets `{name}`")));
    }
    let document = project.document(*node);
    let text = format!("{name}={value}");
    let edits = match document.scalar(*node) {
        Some(_) => edit::replace_value(document, *node, &text)?,
        None => edit::replace_item(document, *node, &text)?,
    };
    let changes_of = |service: &Service| {
        vec![Change::Variable { service: service.name.clone(), name: name.clone(), value: value.clone() }]
    };
    reach::declared(project, service, *node, edits, shared, changes_of)
}
