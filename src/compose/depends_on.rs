//! `depends_on`, short and long.

use crate::compose::error::Invalid;
use crate::compose::interpolation::Lookup;
use crate::compose::section::{Section, is_reset};
use crate::compose::text::{Text, read_boolean};
use crate::yaml::{Document, NodeId, NodeKind, Resolved, Scalar};

/// How `depends_on` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DependsOnForm {
    /// Not at all.
    Absent,
    /// `- service`: waits for the start only.
    Short,
    /// `service: {condition: …}`
    Long,
}

/// What a service waits for (Compose Specification, "depends_on").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `service_started`, and the short form.
    Started,
    /// `service_healthy`
    Healthy,
    /// `service_completed_successfully`
    Completed,
}

impl Condition {
    /// The word of the compose file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "service_started",
            Self::Healthy => "service_healthy",
            Self::Completed => "service_completed_successfully",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Started, Self::Healthy, Self::Completed].into_iter().find(|condition| condition.as_str() == text)
    }

    /// The condition that a word means which is none: `healthy`, `service-healthy`, `completed`.
    fn meant(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase().replace('-', "_");
        match word.strip_prefix("service_").unwrap_or(&word) {
            "start" | "started" => Some(Self::Started),
            "health" | "healthy" => Some(Self::Healthy),
            "complete" | "completed" | "completed_successfully" => Some(Self::Completed),
            _ => None,
        }
    }
}

/// The dependencies of a service.
#[derive(Clone, Debug)]
pub struct DependsOn {
    /// How they are written.
    pub form: DependsOnForm,
    /// Where.
    pub section: Option<Section>,
    /// Each dependency once.
    pub dependencies: Vec<Dependency>,
    /// The dependencies that Compose rejects, in all definitions: it validates each definition before it merges the next.
    pub malformed: Vec<MalformedDependency>,
}

/// A dependency in a form that Compose rejects, although its meaning is clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedDependency {
    /// How it is written.
    pub form: MalformedForm,
    /// The intended dependency.
    pub dependency: Dependency,
}

impl MalformedDependency {
    /// Whether one edit fixes both: they are the same, or get their condition from the same place.
    #[must_use]
    pub fn is_mended_with(&self, other: &Self) -> bool {
        let is_near_miss = [self, other].iter().all(|own| own.form == MalformedForm::NearMiss);
        self == other || is_near_miss && self.dependency.condition_node == other.dependency.condition_node
    }
}

/// How a dependency may be written by mistake (the messages are those of Docker Compose 2.40.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MalformedForm {
    /// A map in a list, `- kafka: {condition: …}`: "must be a string".
    Item,
    /// Nothing, or a map without a condition, over no earlier definition: "missing property 'condition'".
    NoCondition,
    /// A condition such as `healthy`: "value must be one of …".
    NearMiss,
}

/// One dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The service it is on.
    pub service: String,
    /// The key or the item.
    pub node: NodeId,
    /// The scalar that holds the condition, in the long form.
    pub condition_node: Option<NodeId>,
    /// What is said of it; a later definition may leave any of it to an earlier one.
    pub(super) condition: Option<Condition>,
    restart: Option<bool>,
    required: Option<bool>,
    /// Where `required` is a word, which older versions of Compose refuse.
    pub(super) required_in_words: Option<NodeId>,
    /// Whether it makes required what an earlier definition leaves optional.
    requires_optional: bool,
    /// A key that Compose rejects.
    pub(super) unknown_key: Option<NodeId>,
}

/// A service that must start before, for another reason than `depends_on`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpliedDependency {
    /// The service it is on.
    pub service: String,
    /// The key that implies it.
    pub by: &'static str,
    /// Whether Compose restarts the dependent with it: for links and shared namespaces, not for volumes (observed).
    pub restart: bool,
}

impl Dependency {
    /// What it waits for.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.condition.unwrap_or(Condition::Started)
    }

    /// Whether Compose restarts the dependent when it restarts the dependency: `restart`, by default not.
    #[must_use]
    pub fn restart(&self) -> bool {
        self.restart.unwrap_or(false)
    }

    /// Whether the dependent only starts with it: `required`, by default so.
    #[must_use]
    pub fn required(&self) -> bool {
        self.required.unwrap_or(true)
    }

    /// Whether it has a key that Compose rejects.
    #[must_use]
    pub const fn has_unknown_key(&self) -> bool {
        self.unknown_key.is_some()
    }

    /// Whether it makes required what an earlier definition leaves optional, as an item of a list does without a word.
    #[must_use]
    pub fn requires_optional(&self) -> bool {
        self.requires_optional
    }

    /// This dependency over that of an earlier definition, key by key. A short entry means `service_started` and `required`, and overrides
    /// an earlier long one.
    pub(super) fn over(self, base: Self) -> Self {
        Self {
            service: self.service,
            node: self.node,
            condition_node: self.condition_node.or(if self.condition.is_none() { base.condition_node } else { None }),
            condition: self.condition.or(base.condition),
            restart: self.restart.or(base.restart),
            required: self.required.or(base.required),
            required_in_words: self.required_in_words.or(base.required_in_words),
            requires_optional: base.requires_optional || (self.required, base.required) == (Some(true), Some(false)),
            unknown_key: self.unknown_key.or(base.unknown_key),
        }
    }
}

impl DependsOn {
    pub(super) fn read(document: &Document, service: NodeId, lookup: &Lookup<'_>) -> Result<Self, Invalid> {
        let Some(section) = Section::find(document, service, "depends_on") else {
            return Ok(Self::absent());
        };
        let value = document.follow(section.value);
        let (form, entries) = match &document.node(value).kind {
            NodeKind::Sequence { items, .. } => {
                let entries: Vec<ReadDependency> =
                    items.iter().map(|item| read_item(document, item.node, lookup)).collect::<Result<_, _>>()?;
                for (index, (dependency, _)) in entries.iter().enumerate() {
                    if entries[..index].iter().any(|(other, _)| other.service == dependency.service) {
                        let message = format!("the dependency on `{}` is listed twice", dependency.service);
                        return Err(Invalid::new(dependency.node, message));
                    }
                }
                (DependsOnForm::Short, entries)
            }
            NodeKind::Mapping { .. } => {
                let mut entries = document.entries(value).unwrap_or_default();
                entries.retain(|entry| !is_reset(document, entry.value));
                let read = entries.iter().map(|entry| read_entry(document, entry, lookup));
                (DependsOnForm::Long, read.collect::<Result<_, _>>()?)
            }
            // Null is allowed over an earlier definition, and changes nothing.
            _ if document.is_null(value) => return Ok(Self::absent()),
            _ => {
                let message = "`depends_on` must be a list of services, or a map with a `condition` for each service";
                return Err(Invalid::new(section.value, message));
            }
        };
        let malformed = entries.iter().filter_map(|(dependency, form)| {
            form.map(|form| MalformedDependency { form, dependency: dependency.clone() })
        });
        let malformed = malformed.collect();
        let dependencies = entries.into_iter().map(|(dependency, _)| dependency).collect();
        Ok(Self { form, section: Some(section), dependencies, malformed })
    }

    /// None at all.
    pub(super) fn absent() -> Self {
        Self { form: DependsOnForm::Absent, section: None, dependencies: Vec::new(), malformed: Vec::new() }
    }

    /// The dependency on a service.
    #[must_use]
    pub fn on(&self, service: &str) -> Option<&Dependency> {
        self.dependencies.iter().find(|dependency| dependency.service == service)
    }
}

/// The keys of a dependency; Compose also takes those that begin with `x-` (compose-spec, schema/compose-spec.json).
pub(super) const DEPENDENCY_KEYS: [&str; 3] = ["condition", "required", "restart"];

/// A dependency, and what is wrong with its form.
type ReadDependency = (Dependency, Option<MalformedForm>);

fn read_item(document: &Document, node: NodeId, lookup: &Lookup<'_>) -> Result<ReadDependency, Invalid> {
    // With a key that no dependency has, the item would be malformed as a map, too.
    let is_of_dependency = |own: &Resolved<'_>| DEPENDENCY_KEYS.contains(&own.key);
    if let [entry] = &document.entries(node).filter(|_| !document.is_alias(node)).unwrap_or_default()[..]
        && entry.merged_through.is_empty()
        && !is_reset(document, entry.value)
        && document.entries(entry.value).unwrap_or_default().iter().all(is_of_dependency)
    {
        return read_entry(document, entry, lookup).map(|(dependency, _)| (dependency, Some(MalformedForm::Item)));
    }
    match Text::read_string(document, node, lookup) {
        Ok(Some(text)) => {
            let (condition, required) = (Some(Condition::Started), Some(true));
            let service = text.value.text;
            let dependency = Dependency {
                service,
                node: text.node,
                condition_node: None,
                condition,
                restart: None,
                required,
                required_in_words: None,
                requires_optional: false,
                unknown_key: None,
            };
            Ok((dependency, None))
        }
        Ok(None) | Err(_) => {
            let message = "an item in a `depends_on` list must be the name of a service; conditions need the map form";
            Err(Invalid::new(node, message))
        }
    }
}

fn read_entry(document: &Document, entry: &Resolved<'_>, lookup: &Lookup<'_>) -> Result<ReadDependency, Invalid> {
    let Resolved { key: service, key_node, value, .. } = *entry;
    if document.entries(value).is_none() && !document.is_null(value) {
        return Err(Invalid::new(key_node, format!("the dependency on `{service}` must be a map with a `condition`")));
    }
    let is_known = |key: &str| key.starts_with("x-") || DEPENDENCY_KEYS.contains(&key);
    let entries = document.entries(value).unwrap_or_default();
    let mut unknown = entries.iter().filter(|own| !is_known(own.key) && !is_reset(document, own.value));
    let unknown_key = unknown.next().map(|own| own.key_node);
    let part = |key: &str| document.entry(value, key).filter(|entry| !is_reset(document, entry.value));
    let text = match part("condition") {
        Some(condition) => Text::read(document, condition.value, lookup)?,
        None => None,
    };
    let (condition, form) = match &text {
        Some(text) => read_condition(text)?,
        // The unknown key may be a misspelled `condition`.
        None => (None, unknown_key.is_none().then_some(MalformedForm::NoCondition)),
    };
    let restart = match part("restart") {
        Some(restart) => read_boolean(document, "restart", restart.value, lookup)?,
        None => None,
    };
    let required = part("required");
    let is_word = |node: &NodeId| matches!(document.scalar_value(*node), Some(Scalar::Text(_)));
    let required_in_words = required.as_ref().map(|required| required.value).filter(is_word);
    let required = match required {
        Some(required) => read_boolean(document, "required", required.value, lookup)?,
        None => None,
    };
    let condition_node = text.map(|text| text.node);
    let service = service.to_owned();
    let dependency = Dependency {
        service,
        node: key_node,
        condition_node,
        condition,
        restart,
        required,
        required_in_words,
        requires_optional: false,
        unknown_key,
    };
    Ok((dependency, form))
}

fn read_condition(text: &Text) -> Result<(Option<Condition>, Option<MalformedForm>), Invalid> {
    if let Some(condition) = Condition::parse(text.as_str()) {
        return Ok((Some(condition), None));
    }
    // The value of a variable cannot be fixed in this file.
    if let Some(condition) = Condition::meant(&text.raw) {
        return Ok((Some(condition), Some(MalformedForm::NearMiss)));
    }
    let message = format!(
        "`{}` is not a condition; write service_started, service_healthy or service_completed_successfully",
        text.as_str()
    );
    Err(Invalid::new(text.node, message))
}
