//! `depends_on`, short and long.

use crate::compose::error::Invalid;
use crate::compose::interpolation::Lookup;
use crate::compose::section::{Section, is_reset};
use crate::compose::text::{Text, read_boolean};
use crate::yaml::{Document, NodeId, NodeKind, Scalar};

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
}

/// One dependency.
#[derive(Clone, Debug)]
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
}

/// A service that must start before, for another reason than `depends_on`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpliedDependency {
    /// The service it is on.
    pub service: String,
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

    /// This dependency over that of an earlier definition, key by key. A short entry says `service_started` and `required`, also over a
    /// long one before it.
    pub(super) fn over(self, base: Self) -> Self {
        Self {
            service: self.service,
            node: self.node,
            condition_node: self.condition_node.or(if self.condition.is_none() { base.condition_node } else { None }),
            condition: self.condition.or(base.condition),
            restart: self.restart.or(base.restart),
            required: self.required.or(base.required),
        }
    }
}

impl DependsOn {
    pub(super) fn read(document: &Document, service: NodeId, lookup: &Lookup<'_>) -> Result<Self, Invalid> {
        let Some(section) = Section::find(document, service, "depends_on") else {
            return Ok(Self::absent());
        };
        let value = document.follow(section.value);
        let (form, dependencies) = match &document.node(value).kind {
            NodeKind::Sequence { items, .. } => {
                let nodes = items.iter().map(|item| item.node);
                let dependencies: Vec<Dependency> =
                    nodes.map(|node| read_item(document, node, lookup)).collect::<Result<_, _>>()?;
                for (index, dependency) in dependencies.iter().enumerate() {
                    if dependencies[..index].iter().any(|other| other.service == dependency.service) {
                        let message = format!("the dependency on `{}` is listed twice", dependency.service);
                        return Err(Invalid::new(dependency.node, message));
                    }
                }
                (DependsOnForm::Short, dependencies)
            }
            NodeKind::Mapping { .. } => {
                let mut entries = document.entries(value).unwrap_or_default();
                entries.retain(|entry| !is_reset(document, entry.value));
                let read =
                    entries.iter().map(|entry| read_entry(document, entry.key, entry.key_node, entry.value, lookup));
                (DependsOnForm::Long, read.collect::<Result<_, _>>()?)
            }
            // Null is allowed over an earlier definition, and changes nothing.
            _ if document.is_null(value) => return Ok(Self::absent()),
            _ => {
                let message = "`depends_on` must be a list of services, or a map of them with a `condition` each";
                return Err(Invalid::new(section.value, message));
            }
        };
        Ok(Self { form, section: Some(section), dependencies })
    }

    /// None at all.
    pub(super) fn absent() -> Self {
        Self { form: DependsOnForm::Absent, section: None, dependencies: Vec::new() }
    }

    /// The dependency on a service.
    #[must_use]
    pub fn on(&self, service: &str) -> Option<&Dependency> {
        self.dependencies.iter().find(|dependency| dependency.service == service)
    }
}

fn read_item(document: &Document, node: NodeId, lookup: &Lookup<'_>) -> Result<Dependency, Invalid> {
    match Text::read_string(document, node, lookup) {
        Ok(Some(text)) => Ok(Dependency {
            service: text.value.text,
            node: text.node,
            condition_node: None,
            condition: Some(Condition::Started),
            restart: None,
            required: Some(true),
        }),
        Ok(None) | Err(_) => {
            let message = "an item of a `depends_on` list must be the name of a service; conditions need the map form";
            Err(Invalid::new(node, message))
        }
    }
}

fn read_entry(
    document: &Document,
    service: &str,
    key: NodeId,
    value: NodeId,
    lookup: &Lookup<'_>,
) -> Result<Dependency, Invalid> {
    let part = |key: &str| document.entry(value, key).filter(|entry| !is_reset(document, entry.value));
    let text = match part("condition") {
        Some(condition) => Text::read(document, condition.value, lookup)?,
        None => None,
    };
    let condition = match &text {
        Some(text) => Some(Condition::parse(text.as_str()).ok_or_else(|| {
            let message = format!(
                "`{}` is no condition; write service_started, service_healthy or service_completed_successfully",
                text.as_str()
            );
            Invalid::new(text.node, message)
        })?),
        None => None,
    };
    let restart = match part("restart") {
        Some(restart) => read_boolean(document, "restart", restart.value, lookup)?,
        None => None,
    };
    let required = match part("required").map(|required| (required.value, document.scalar_value(required.value))) {
        Some((_, Some(Scalar::Bool(required)))) => Some(required),
        None | Some((_, Some(Scalar::Null))) => None,
        // Compose takes words for other booleans, not for this one.
        Some((node, _)) => return Err(Invalid::new(node, "`required` must be true or false, without quotes")),
    };
    let condition_node = text.map(|text| text.node);
    Ok(Dependency { service: service.to_owned(), node: key, condition_node, condition, restart, required })
}
