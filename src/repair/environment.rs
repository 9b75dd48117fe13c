//! Gives a service a variable.

use crate::compose::{Change, Definition, Environment, Project, Service, Written};
use crate::repair::reach;
use crate::repair::section::{self, Access, BEFORE_ENVIRONMENT};
use crate::repair::{Refusal, Repair};
use crate::text::TextEdit;
use crate::yaml::edit::{self, Content};
use crate::yaml::{Document, NodeId, NodeKind};

/// Sets a variable of a service's `environment` to `value`, in which `$` begins a reference.
///
/// The value is replaced in place, or added in the form of the section. A value from an alias or a merge key is changed in place only if
/// `shared` allows it for every other service that gets it from there; otherwise the service's own map merges the shared one and adds the
/// variable. A variable that already has the value stays unchanged.
///
/// # Errors
/// [`Refusal`] if YAML cannot express the change without changing another service.
pub fn set_variable(
    project: &Project,
    service: &Service,
    name: &str,
    value: &str,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let variables = [(name.to_owned(), value.to_owned())];
    let definition = service.definition_of_variable(name);
    let document = project.document(definition.node);
    let setter = Setter { project, document, service, definition, name, value, variables: &variables, shared: &shared };
    let own = definition.environment.get(name);
    match service.environment.get(name) {
        Some(written) if setter.is_set(written) => Ok(Repair::default()),
        Some(written) if written.text.is_some() => setter.replace(written).or_else(|_| setter.set_own(own)),
        _ => setter.set_own(own),
    }
}

/// Sets several variables of a service's `environment`, as [`set_variable`] sets one; new ones are added together.
///
/// # Errors
/// [`Refusal`] if YAML cannot express the change without changing another service.
pub fn set_variables(
    project: &Project,
    service: &Service,
    variables: &[(String, String)],
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let (there, new): (Vec<_>, Vec<_>) =
        variables.iter().cloned().partition(|(name, _)| service.environment.get(name).is_some());
    let mut repair = Repair::default();
    for (name, value) in &there {
        repair = repair.and(set_variable(project, service, name, value, &shared)?);
    }
    if let Some((name, value)) = new.first() {
        let definition = service.definition_of_variable(name);
        let document = project.document(definition.node);
        let setter = Setter { project, document, service, definition, name, value, variables: &new, shared: &shared };
        repair = repair.and(setter.set_own(None)?);
    }
    if repair.is_consistent() {
        return Ok(repair);
    }
    Err(Refusal("its variables come from several places, so one edit cannot change them".to_owned()))
}

pub(super) struct Setter<'a> {
    pub(super) project: &'a Project,
    pub(super) document: &'a Document,
    pub(super) service: &'a Service,
    pub(super) definition: &'a Definition,
    pub(super) name: &'a str,
    value: &'a str,
    /// The variable, and others that are to be added with it.
    pub(super) variables: &'a [(String, String)],
    /// Behind a pointer: a copy of all this for each rule is half a megabyte.
    shared: &'a dyn Fn(&Service) -> bool,
}

impl Setter<'_> {
    fn is_set(&self, written: &Written) -> bool {
        written.text.is_some() && self.project.document(written.node).scalar(written.node) == Some(&self.text(written))
    }

    /// Replaces the value at the place where it is written: in the service itself, in an anchor, or in a service it extends.
    fn replace(&self, written: &Written) -> Result<Repair, Refusal> {
        let has_it = |environment: &Environment| environment.get(self.name).is_some_and(|own| own.node == written.node);
        let gets_it = self.project.with_variable_at(written.node).iter().map(|&id| &self.project[id]);
        let (owners, heirs): (Vec<&Service>, Vec<&Service>) =
            gets_it.partition(|service| service.definitions.iter().any(|own| has_it(&own.environment)));
        let is_right = |service: &Service| service.name == self.service.name || (self.shared)(service);
        let Some(owner) = owners.first().filter(|_| owners.iter().chain(&heirs).all(|service| is_right(service)))
        else {
            return Err(Refusal("other services share the value".to_owned()));
        };
        let edits = edit::replace_value(self.project.document(written.node), written.node, &self.text(written))?;
        let changes_of = |other: &Service| vec![self.change(other)];
        let mut repair = reach::declared(self.project, owner, written.node, edits, is_right, changes_of)?;
        let file = self.project.file(written.node);
        repair.changes.extend(heirs.iter().map(|heir| (file, Change::Inherited(Box::new(self.change(heir))))));
        Ok(repair)
    }

    /// Sets the variable in the service's own `environment`.
    fn set_own(&self, written: Option<&Written>) -> Result<Repair, Refusal> {
        let document = self.document;
        let (place, edits) = match Access::of(document, self.definition, self.definition.environment.section.as_ref()) {
            Access::Absent => (self.definition.node, self.add_section(self.entries())?),
            Access::Own(own) => match &document.node(own).kind {
                NodeKind::Sequence { items, .. } => {
                    // A bare name, or an alias of what others have too.
                    let item = items.iter().find(|item| Some(document.follow(item.node)) == written.map(|it| it.node));
                    match item {
                        Some(item) => (item.node, edit::replace_value(document, item.node, &self.item())?),
                        None => (own, self.append_items(own)?),
                    }
                }
                _ => self.set_in_map(own)?,
            },
            access @ (Access::Alias { target, .. } | Access::Merged { target }) if document.items(target).is_some() => {
                return self.change_shared_list(&access, target, written.map(|it| it.node));
            }
            Access::Alias { alias, target } => {
                let inherited = section::merge_of_alias(document, alias, target)?;
                let entries: Vec<_> = inherited.into_iter().chain(self.entries()).collect();
                (alias, edit::replace_alias(document, alias, &entries)?)
            }
            Access::Merged { target } => {
                let (merge, mut edits) = section::merge_of_inherited(document, self.definition, target, "environment")?;
                edits.extend(self.add_section(merge.into_iter().chain(self.entries()).collect())?);
                (self.definition.node, edits)
            }
        };
        self.repair(place, edits)
    }

    /// Sets the variable in a map that is the service's own: the entry may be null or an alias, or come from a merge key, which a new entry
    /// overrides. Also returns the node that contains the edits.
    fn set_in_map(&self, map: NodeId) -> Result<(NodeId, Vec<TextEdit>), Refusal> {
        let document = self.document;
        let own = document.written_entries(map).iter().find(|entry| document.scalar(entry.key) == Some(self.name));
        Ok(match own {
            Some(own) => (own.value, edit::replace_value(document, own.value, self.value)?),
            None => (map, edit::add_entries(document, map, None, &self.entries())?),
        })
    }

    pub(super) fn add_section(&self, entries: Vec<(String, Content)>) -> Result<Vec<TextEdit>, Refusal> {
        let content = Content::Map(entries);
        section::add_to_service(self.document, self.definition, BEFORE_ENVIRONMENT, "environment", &content)
    }

    pub(super) fn repair(&self, place: NodeId, edits: Vec<TextEdit>) -> Result<Repair, Refusal> {
        reach::declared(self.project, self.service, place, edits, self.shared, |other| {
            let change = |(name, value): &(String, String)| variable(other, name, value);
            self.variables.iter().map(change).collect()
        })
    }

    fn change(&self, service: &Service) -> Change {
        variable(service, self.name, self.value)
    }

    pub(super) fn entries(&self) -> Vec<(String, Content)> {
        self.variables.iter().map(|(name, value)| (name.clone(), Content::text(value))).collect()
    }

    pub(super) fn append_items(&self, list: NodeId) -> Result<Vec<TextEdit>, Refusal> {
        let items: Vec<String> = self.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Ok(edit::append_items(self.document, list, &items)?)
    }

    /// What the scalar that holds a variable's value is to read.
    fn text(&self, written: &Written) -> String {
        if written.value_start > 0 { self.item() } else { self.value.to_owned() }
    }

    pub(super) fn item(&self) -> String {
        format!("{}={}", self.name, self.value)
    }
}

fn variable(service: &Service, name: &str, value: &str) -> Change {
    Change::Variable { service: service.name.clone(), name: name.to_owned(), value: value.to_owned() }
}
