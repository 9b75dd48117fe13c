//! `environment` and `env_file`: what a container's environment holds, and where each variable is written.

use std::path::PathBuf;

use crate::compose::env_file;
use crate::compose::error::Invalid;
use crate::compose::interpolation::Lookup;
use crate::compose::origin::Hop;
use crate::compose::section::{Section, is_reset};
use crate::compose::text::Text;
use crate::source::FileId;
use crate::yaml::{Document, NodeId, NodeKind};

/// How `environment` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvironmentForm {
    /// Not at all.
    Absent,
    /// The key alone.
    Null,
    /// `KEY: value`
    Map,
    /// `- KEY=value`
    List,
}

/// The `environment` of a service, merge keys and aliases resolved.
#[derive(Clone, Debug)]
pub struct Environment {
    /// How it is written.
    pub form: EnvironmentForm,
    /// Where.
    pub section: Option<Section>,
    /// Every variable once, in the order of the text; of two in a list the last counts.
    pub variables: Vec<Written>,
}

/// A variable of `environment`.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its name, interpolated in the list form.
    pub name: String,
    /// The scalar that holds the value (in the list form, the whole item); `None` if the value is null or missing: then the
    /// variable is passed through from the shell or the project's `.env`.
    pub text: Option<Text>,
    /// Where the value begins in the text of that scalar, in bytes: 0 in the map form, after the `=` in the list form.
    pub value_start: usize,
    /// What a variable without a value of its own is passed through from the project's `.env`.
    pub passed_through: Option<String>,
    /// The node to point at: the value, the item, or the key where there is no value.
    pub node: NodeId,
    /// What lies between the service and the variable.
    pub hops: Vec<Hop>,
}

impl Written {
    /// The value as Compose resolves it; `None` if it is passed through and nothing in the project sets it.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        let own = self.text.as_ref().map(|text| &text.as_str()[self.value_start..]);
        own.or(self.passed_through.as_deref())
    }
}

/// An env file of a service.
#[derive(Clone, Debug)]
pub struct EnvFile {
    /// Its path as Compose resolves it.
    pub path: PathBuf,
    /// The scalar that names it.
    pub node: NodeId,
    /// Its syntax.
    pub format: env_file::Format,
    /// Whether Compose refuses the project if it does not exist.
    pub required: bool,
    /// The file and its entries; `None` if there is no such file.
    pub content: Option<(FileId, Vec<env_file::Entry>)>,
}

/// A variable as the container gets it.
#[derive(Clone, Copy, Debug)]
pub enum Variable<'s> {
    /// From `environment`.
    Environment(&'s Written),
    /// From an env file.
    EnvFile(&'s EnvFile, FileId, &'s env_file::Entry),
}

impl<'s> Variable<'s> {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'s str {
        match self {
            Self::Environment(written) => &written.name,
            Self::EnvFile(_, _, entry) => &entry.name,
        }
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> Option<&'s str> {
        match self {
            Self::Environment(written) => written.value(),
            Self::EnvFile(_, _, entry) => entry.value.as_ref().map(|value| value.text.as_str()),
        }
    }
}

impl Environment {
    pub(super) fn read(document: &Document, service: NodeId, lookup: &Lookup<'_>) -> Result<Self, Invalid> {
        let Some(section) = Section::find(document, service, "environment") else {
            return Ok(Self::absent());
        };
        let value = document.follow(section.value);
        let hops = section.hops(document);
        let (form, variables) = match &document.node(value).kind {
            NodeKind::Mapping { .. } => (EnvironmentForm::Map, read_map(document, value, &hops, lookup)?),
            NodeKind::Sequence { items, .. } => {
                let nodes: Vec<NodeId> = items.iter().map(|item| item.node).collect();
                (EnvironmentForm::List, read_list(document, &nodes, &hops, lookup)?)
            }
            _ if document.is_null(value) => (EnvironmentForm::Null, Vec::new()),
            _ => return Err(Invalid::new(section.value, "`environment` must be a map or a list of `KEY=value`")),
        };
        Ok(Self { form, section: Some(section), variables })
    }

    /// None at all.
    pub(super) fn absent() -> Self {
        Self { form: EnvironmentForm::Absent, section: None, variables: Vec::new() }
    }

    /// A variable by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Written> {
        self.variables.iter().find(|variable| variable.name == name)
    }
}

fn read_map(document: &Document, map: NodeId, hops: &[Hop], lookup: &Lookup<'_>) -> Result<Vec<Written>, Invalid> {
    let mut variables = Vec::new();
    for entry in document.entries(map).unwrap_or_default() {
        // Compose takes a name that begins with `x-` for an extension, and sets no such variable (observed).
        if is_reset(document, entry.value) || entry.key.starts_with("x-") {
            continue;
        }
        let text = Text::read(document, entry.value, lookup).map_err(|invalid| Invalid {
            message: format!("the variable `{}`: {}", entry.key, invalid.message),
            ..invalid
        })?;
        let merged = entry.merged_through.iter().map(|&alias| Hop::Merge(alias));
        let alias = document.is_alias(entry.value).then_some(Hop::Alias(entry.value));
        variables.push(Written {
            name: entry.key.to_owned(),
            node: text.as_ref().map_or(entry.key_node, |text| text.node),
            passed_through: if text.is_none() { lookup(entry.key) } else { None },
            text,
            value_start: 0,
            hops: hops.iter().copied().chain(merged).chain(alias).collect(),
        });
    }
    Ok(variables)
}

fn read_list(
    document: &Document,
    items: &[NodeId],
    hops: &[Hop],
    lookup: &Lookup<'_>,
) -> Result<Vec<Written>, Invalid> {
    let mut variables: Vec<Written> = Vec::new();
    for &item in items {
        let node = document.follow(item);
        if !matches!(document.scalar_value(node), Some(crate::yaml::Scalar::Text(_))) {
            return Err(Invalid::new(item, "an item of `environment` must be a text such as `KEY=value`"));
        }
        let Some(text) = Text::read(document, item, lookup)? else { continue };
        let (name, value_start) = match text.as_str().split_once('=') {
            Some((name, _)) => (name.to_owned(), Some(name.len() + 1)),
            None => (text.as_str().to_owned(), None),
        };
        if value_start.is_some() && name.ends_with(' ') {
            return Err(Invalid::new(item, format!("the name `{name}` ends with a blank; remove it before the `=`")));
        }
        let alias = document.is_alias(item).then_some(Hop::Alias(item));
        variables.retain(|variable| variable.name != name);
        variables.push(Written {
            passed_through: if value_start.is_none() { lookup(&name) } else { None },
            name,
            text: value_start.is_some().then_some(text),
            value_start: value_start.unwrap_or(0),
            node,
            hops: hops.iter().copied().chain(alias).collect(),
        });
    }
    Ok(variables)
}
