//! Makes a service wait for others.

use crate::compose::{
    Change, Condition, Definition, Dependency, DependencySettings, DependsOn, MalformedDependency, MalformedForm,
    Project, Service,
};
use crate::repair::heirs::Writer;
use crate::repair::reach;
use crate::repair::section::{self, Access, BEFORE_ENVIRONMENT};
use crate::repair::{Refusal, Repair};
use crate::text::TextEdit;
use crate::yaml::edit::{self, Content, EditError};
use crate::yaml::{Document, Entry, NodeId, NodeKind};

/// Makes a service depend on each of `wanted`, with a condition. A list becomes a map if a condition is not `service_started`; its other
/// entries then get `service_started`. Existing dependencies with their condition stay unchanged. A new one keeps the `restart: true` that
/// `links` imply, and is optional if the other service has a profile that this one does not share, because Compose would reject a required
/// one.
///
/// A dependency from a service that it extends is changed there, if that is right for all that extend that one. `shared` decides whether
/// the change is right for another service that gets it, through `extends` or an anchor.
///
/// # Errors
/// [`Refusal`] if YAML cannot express the change without changing another service.
pub fn require(
    project: &Project,
    service: &Service,
    wanted: &[(String, Condition)],
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let met = |(on, condition): &&(String, Condition)| {
        service.depends_on.on(on).is_some_and(|dependency| dependency.condition() == *condition)
    };
    let missing: Vec<(String, Condition)> = wanted.iter().filter(|wanted| !met(wanted)).cloned().collect();
    if missing.is_empty() {
        return Ok(Repair::default());
    }
    let is_rejected =
        |(on, _): &&(String, Condition)| service.depends_on.on(on).is_some_and(Dependency::has_unknown_key);
    if let Some((on, _)) = missing.iter().find(is_rejected) {
        return Err(Refusal(format!("the dependency of `{}` on `{on}` has a key that Compose rejects", service.name)));
    }
    let names: Vec<&str> = missing.iter().map(|(on, _)| on.as_str()).collect();
    let is_right = |other: &Service| other.name == service.name || shared(other);
    let Writer { service, definition, heirs } = Writer::of(project, service, &names, is_right);
    if let Some((heir, _)) = heirs.iter().find(|(heir, _)| !is_right(heir)) {
        return Err(Refusal(format!("`{}` extends `{}` and would get the dependency too", heir.name, service.name)));
    }
    let document = project.document(definition.node);
    let settings = missing.iter().map(|(on, _)| settings_of(project, service, on)).collect();
    let (place, edits) = Editor { document, service, definition, missing: &missing, settings }.edits()?;
    let change_of = |other: &Service, (on, condition): &(String, Condition)| {
        let settings = settings_of(project, service, on);
        Change::Dependency { service: other.name.clone(), on: on.clone(), condition: *condition, settings }
    };
    let changes_of = |service: &Service| missing.iter().map(|wanted| change_of(service, wanted)).collect::<Vec<_>>();
    let mut repair = reach::declared(project, service, place, edits, is_right, changes_of)?;
    let file = project.file(definition.node);
    for (heir, names) in &heirs {
        let inherited = missing.iter().filter(|(on, _)| names.contains(&on.as_str()));
        let changes = inherited.map(|wanted| Change::Inherited(Box::new(change_of(heir, wanted))));
        repair.changes.extend(changes.map(|change| (file, change)));
    }
    Ok(repair)
}

/// The further settings of a new dependency.
fn settings_of(project: &Project, service: &Service, on: &str) -> DependencySettings {
    if service.depends_on.on(on).is_some() {
        return DependencySettings::default();
    }
    let restart = service.implied_dependencies.iter().any(|implied| implied.service == on && implied.restart);
    let profiles = project.service(on).map_or(&[][..], |other| &other.profiles);
    let is_with_it = |profile: &String| profiles.contains(profile);
    let is_covered = !service.profiles.is_empty() && service.profiles.iter().all(is_with_it);
    DependencySettings { restart, optional: !profiles.is_empty() && !is_covered }
}

/// Corrects a dependency that Compose rejects, in place; for an item that is a map, the whole list. Another service may get the change
/// through an anchor; `shared` decides whether that is right.
///
/// # Errors
/// [`Refusal`] if it is written in a service that this one extends, or another definition decides on it, or the change would reach a wrong
/// service through an anchor.
pub fn mend_dependency(
    project: &Project,
    service: &Service,
    malformed: &MalformedDependency,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Refusal> {
    let is_it = |own: &&Definition| own.depends_on.malformed.contains(malformed);
    let definition = service.definitions.iter().find(is_it);
    let definition =
        definition.ok_or_else(|| Refusal("it is written in the service that this one extends".to_owned()))?;
    let is_item = malformed.form == MalformedForm::Item;
    let mended_in = |own: &DependsOn| -> Vec<Dependency> {
        let together = own.malformed.iter().filter(|other| other.is_mended_with(malformed));
        if is_item { own.dependencies.clone() } else { together.map(|other| other.dependency.clone()).collect() }
    };
    let mended = mended_in(&definition.depends_on);
    let counts = |own: &&Dependency| {
        service.depends_on.on(&own.service).is_some_and(|counting| counting.condition() == own.condition())
    };
    if let Some(other) = mended.iter().find(|own| !counts(own)) {
        return Err(Refusal(format!("another definition of the service sets the dependency on `{}`", other.service)));
    }
    let Dependency { node, condition_node, .. } = malformed.dependency;
    let document = project.document(node);
    let map = document.node(node).parent;
    let (place, edits) = match (condition_node, map.and_then(|map| Some((map, document.node(map).parent?)))) {
        (_, Some((_, list))) if is_item => (list, mend_list(document, list, &mended)?),
        (Some(condition), _) => {
            (condition, edit::replace_value(document, condition, malformed.dependency.condition().as_str())?)
        }
        (None, Some((map, _))) => {
            let own = document.written_entries(map).iter().find(|own| own.key == node).ok_or(EditError::WrongKind)?;
            (map, change_condition(document, own, malformed.dependency.condition())?)
        }
        (None, None) => return Err(EditError::WrongKind.into()),
    };
    let changes_of = |other: &Service| {
        let depends_on = if other.name == service.name { &definition.depends_on } else { &other.depends_on };
        let change = |own: Dependency| Change::Dependency {
            service: other.name.clone(),
            condition: own.condition(),
            settings: DependencySettings::default(),
            on: own.service,
        };
        mended_in(depends_on).into_iter().map(change).collect()
    };
    reach::declared(project, service, place, edits, shared, changes_of)
}

/// The list as a map, in which each dependency has its condition.
fn mend_list(document: &Document, list: NodeId, dependencies: &[Dependency]) -> Result<Vec<TextEdit>, Refusal> {
    let mut edits = edit::list_to_map(document, list, |item| (item.to_owned(), condition(Condition::Started)), &[])?;
    for dependency in dependencies {
        let right = dependency.condition().as_str();
        if let Some(node) = dependency.condition_node.filter(|&node| document.scalar(node) != Some(right)) {
            edits.extend(edit::replace_value(document, node, right)?);
        }
    }
    Ok(edits)
}

fn condition(condition: Condition) -> Content {
    Content::map([("condition", Content::text(condition.as_str()))])
}

struct Editor<'a> {
    document: &'a Document,
    service: &'a Service,
    definition: &'a Definition,
    missing: &'a [(String, Condition)],
    /// Of each of them.
    settings: Vec<DependencySettings>,
}

impl Editor<'_> {
    /// The edits, and the node inside which they are made.
    fn edits(&self) -> Result<(NodeId, Vec<TextEdit>), Refusal> {
        let document = self.document;
        let node = self.definition.node;
        Ok(match Access::of(document, self.definition, self.definition.depends_on.section.as_ref()) {
            Access::Absent => (node, self.add_section(self.entries())?),
            Access::Own(own) => match document.node(own).kind {
                NodeKind::Sequence { .. } => (own, self.change_list(own)?),
                _ => (own, self.change_map(own)?),
            },
            Access::Alias { target, .. } | Access::Merged { target } if self.would_lose_settings(target) => {
                let message = "the dependency comes from an anchor, with settings that a new entry would hide";
                return Err(Refusal(message.to_owned()));
            }
            Access::Alias { alias, target } => {
                let inherited = match document.node(target).kind {
                    NodeKind::Sequence { .. } => self.inherited_entries(),
                    _ => section::merge_of_alias(document, alias, target)?.into_iter().collect(),
                };
                let entries: Vec<_> = inherited.into_iter().chain(self.entries()).collect();
                (alias, edit::replace_alias(document, alias, &entries)?)
            }
            Access::Merged { target } => {
                let (inherited, mut edits) = match document.node(target).kind {
                    NodeKind::Sequence { .. } => (self.inherited_entries(), Vec::new()),
                    _ => {
                        let (merge, anchor) =
                            section::merge_of_inherited(document, self.definition, target, "depends_on")?;
                        (merge.into_iter().collect(), anchor)
                    }
                };
                edits.extend(self.add_section(inherited.into_iter().chain(self.entries()).collect())?);
                (node, edits)
            }
        })
    }

    /// Whether a map holds one of the dependencies with more than its condition.
    fn would_lose_settings(&self, map: NodeId) -> bool {
        let document = self.document;
        let settings = |on: &str| document.entries(document.entry(map, on)?.value);
        self.missing.iter().any(|(on, _)| settings(on).is_some_and(|settings| settings.len() > 1))
    }

    fn entries(&self) -> Vec<(String, Content)> {
        let entry = |((on, wanted), settings): (&(String, Condition), &DependencySettings)| {
            let written = settings.written().map(|(key, value)| (key, Content::Boolean(value)));
            let condition = ("condition", Content::text(wanted.as_str()));
            (on.clone(), Content::map([condition].into_iter().chain(written)))
        };
        self.missing.iter().zip(&self.settings).map(entry).collect()
    }

    /// The entries of a short list that is not the service's own, as the map that must replace it.
    fn inherited_entries(&self) -> Vec<(String, Content)> {
        let others = self.definition.depends_on.dependencies.iter();
        let others = others.filter(|other| !self.missing.iter().any(|(on, _)| *on == other.service));
        others.map(|other| (other.service.clone(), condition(other.condition()))).collect()
    }

    fn add_section(&self, entries: Vec<(String, Content)>) -> Result<Vec<TextEdit>, Refusal> {
        let after = [BEFORE_ENVIRONMENT, &["environment"]].concat();
        section::add_to_service(self.document, self.definition, &after, "depends_on", &Content::Map(entries))
    }

    fn change_list(&self, list: NodeId) -> Result<Vec<TextEdit>, Refusal> {
        let document = self.document;
        let malformed = &self.definition.depends_on.malformed;
        let is_missing = |own: &&MalformedDependency| self.missing.iter().any(|(on, _)| *on == own.dependency.service);
        // To give one without a condition its condition is another fix.
        let is_open = |own: &&MalformedDependency| own.dependency.condition_node.is_none();
        if let Some(own) = malformed.iter().find(is_missing).or_else(|| malformed.iter().find(is_open)) {
            return Err(Refusal(format!("the dependency on `{}` is malformed", own.dependency.service)));
        }
        let is_listed = |on: &str| self.definition.depends_on.on(on).is_some();
        let is_plain = self.settings.iter().all(|settings| *settings == DependencySettings::default());
        if let [(on, Condition::Started)] = self.missing
            && is_plain
        {
            return Ok(edit::append_items(document, list, std::slice::from_ref(on))?);
        }
        if let Some(item) = interpolated_item(document, list) {
            return Err(Refusal(format!(
                "`depends_on` lists `{item}`; a condition needs a map, and Compose does not replace variables in its keys"
            )));
        }
        let of = |item: &str| {
            let wanted = self.missing.iter().find(|(on, _)| on == item);
            let required = self.service.depends_on.on(item).is_some_and(Dependency::requires_optional);
            let condition = wanted.map_or(Condition::Started, |(_, condition)| *condition);
            let condition = ("condition", Content::text(condition.as_str()));
            let required = required.then_some(("required", Content::Boolean(true)));
            (item.to_owned(), Content::map([condition].into_iter().chain(required)))
        };
        let added: Vec<_> = self.entries().into_iter().filter(|(on, _)| !is_listed(on)).collect();
        Ok(edit::list_to_map(document, list, of, &added)?)
    }

    fn change_map(&self, map: NodeId) -> Result<Vec<TextEdit>, Refusal> {
        let document = self.document;
        let mut edits = Vec::new();
        let mut added = Vec::new();
        for (on, wanted) in self.missing {
            let own = document.written_entries(map).iter().find(|entry| document.scalar(entry.key) == Some(on));
            match own {
                Some(entry) => edits.extend(change_condition(document, entry, *wanted)?),
                None if self.would_lose_settings(map) => {
                    let message = format!(
                        "the dependency on `{on}` comes from a merge key, with settings that a new entry would hide"
                    );
                    return Err(Refusal(message));
                }
                None => added.extend(self.entries().into_iter().filter(|(name, _)| name == on)),
            }
        }
        edits.extend(edit::add_entries(document, map, None, &added)?);
        Ok(edits)
    }
}

/// An item of a list that holds a variable.
fn interpolated_item(document: &Document, list: NodeId) -> Option<&str> {
    let items = document.items(list).unwrap_or_default();
    items.iter().filter_map(|item| document.scalar(item.node)).find(|text| text.contains('$'))
}

/// Sets the condition of a dependency: in its own entry, or next to the content of an alias, which it overrides.
fn change_condition(document: &Document, dependency: &Entry, wanted: Condition) -> Result<Vec<TextEdit>, Refusal> {
    let condition = ("condition".to_owned(), Content::text(wanted.as_str()));
    if document.is_alias(dependency.value) {
        let target = document.follow(dependency.value);
        // What holds the condition alone is hidden wholly.
        let holds_more = document.entries(target).is_some_and(|settings| settings.len() > 1);
        let merge = if holds_more { section::merge_of_alias(document, dependency.value, target)? } else { None };
        let entries: Vec<_> = merge.into_iter().chain([condition]).collect();
        return Ok(edit::replace_alias(document, dependency.value, &entries)?);
    }
    let written = document.written_entries(dependency.value).iter();
    Ok(match written.clone().find(|inner| document.scalar(inner.key) == Some("condition")) {
        Some(inner) => edit::replace_value(document, inner.value, wanted.as_str())?,
        None => edit::add_entries(document, dependency.value, None, &[condition])?,
    })
}
