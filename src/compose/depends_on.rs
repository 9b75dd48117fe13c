//! `depends_on`, short and long.

use crate::compose::error::Invalid;
use crate::compose::interpolation::Lookup;
use crate::compose::section::{Section, is_reset};
use crate::compose::text::Text;
use crate::yaml::{Document, NodeId, NodeKind};

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
    /// What it waits for.
    pub condition: Condition,
    /// The key or the item.
    pub node: NodeId,
    /// The scalar that holds the condition, in the long form.
    pub condition_node: Option<NodeId>,
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
            condition: Condition::Started,
            node: text.node,
            condition_node: None,
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
    let missing = || Invalid::new(key, format!("the dependency on `{service}` needs a `condition`"));
    let condition = document.entry(value, "condition").ok_or_else(missing)?;
    let text = Text::read(document, condition.value, lookup)?.ok_or_else(missing)?;
    let parsed = Condition::parse(text.as_str()).ok_or_else(|| {
        let message = format!(
            "`{}` is no condition; write service_started, service_healthy or service_completed_successfully",
            text.as_str()
        );
        Invalid::new(condition.value, message)
    })?;
    Ok(Dependency { service: service.to_owned(), condition: parsed, node: key, condition_node: Some(text.node) })
}
