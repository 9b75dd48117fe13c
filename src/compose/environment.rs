//! `environment` and `env_file`: what a container's environment holds, and where each variable is written.

use std::path::PathBuf;
use std::sync::Arc;

use crate::compose::env_file;
use crate::compose::error::Invalid;
use crate::compose::interpolation::{Lookup, Piece, PieceSource};
use crate::compose::origin::OriginStep;
use crate::compose::section::{Section, is_reset};
use crate::compose::text::Text;
use crate::source::FileId;
use crate::yaml::{Document, NodeId, NodeKind, Scalar};

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
    /// The items, in all definitions, that Compose rejects although their meaning is clear. They are also in the variables.
    pub malformed: Vec<MalformedItem>,
}

/// An item of a list that is a map, `- KEY: value`, or has spaces around its sign, `- KEY = value`: "unexpected type" and "declared with a
/// trailing space" in Docker Compose 2.40.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedItem {
    /// The item.
    pub node: NodeId,
    /// The intended variable.
    pub name: String,
    /// Its value as written, not interpolated.
    pub value: String,
}

/// A variable of `environment`.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its name, interpolated in the list form.
    pub name: String,
    /// The scalar that holds the value (in the list form, the whole item); `None` if the value is null or missing: then the
    /// variable is passed through from the shell or the project's `.env`.
    pub text: Option<Text>,
    /// Where the value begins in the text of that scalar, in bytes: after the `=` of an item, 0 where it is the value of a key.
    pub value_start: usize,
    /// The value from the project's `.env` for a variable without a value.
    pub passed_through: Option<String>,
    /// The node to point at: the value, the item, or the key where there is no value.
    pub node: NodeId,
    /// What lies between the service and the variable.
    pub steps: Vec<OriginStep>,
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
    /// The file and its entries; `None` if the file does not exist.
    pub content: Option<(FileId, Arc<Vec<env_file::Entry>>)>,
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

    /// Whether a part of its value is empty because it refers to a variable that is not set.
    #[must_use]
    pub fn refers_to_unset(&self) -> bool {
        let is_unset = |piece: &Piece| matches!(piece.source, PieceSource::Unset { .. });
        matches!(self, Self::Environment(Written { text: Some(text), .. }) if text.value.pieces.iter().any(is_unset))
    }
}

impl Environment {
    pub(super) fn read(document: &Document, service: NodeId, lookup: &Lookup<'_>) -> Result<Self, Invalid> {
        let Some(section) = Section::find(document, service, "environment") else {
            return Ok(Self::absent());
        };
        let value = document.follow(section.value);
        let steps = section.steps(document);
        let (form, variables, malformed) = match &document.node(value).kind {
            NodeKind::Mapping { .. } => (EnvironmentForm::Map, read_map(document, value, &steps, lookup)?, Vec::new()),
            NodeKind::Sequence { items, .. } => {
                let nodes: Vec<NodeId> = items.iter().map(|item| item.node).collect();
                let (variables, malformed) = read_list(document, &nodes, &steps, lookup)?;
                (EnvironmentForm::List, variables, malformed)
            }
            _ if document.is_null(value) => (EnvironmentForm::Null, Vec::new(), Vec::new()),
            _ => return Err(Invalid::new(section.value, "`environment` must be a map or a list of `KEY=value`")),
        };
        Ok(Self { form, section: Some(section), variables, malformed })
    }

    /// None at all.
    pub(super) fn absent() -> Self {
        Self { form: EnvironmentForm::Absent, section: None, variables: Vec::new(), malformed: Vec::new() }
    }

    /// A variable by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Written> {
        self.variables.iter().find(|variable| variable.name == name)
    }
}

fn read_map(
    document: &Document,
    map: NodeId,
    steps: &[OriginStep],
    lookup: &Lookup<'_>,
) -> Result<Vec<Written>, Invalid> {
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
        let merged = entry.merged_through.iter().map(|&alias| OriginStep::Merge(alias));
        let alias = document.is_alias(entry.value).then_some(OriginStep::Alias(entry.value));
        variables.push(Written {
            name: entry.key.to_owned(),
            node: text.as_ref().map_or(entry.key_node, |text| text.node),
            passed_through: if text.is_none() { lookup(entry.key) } else { None },
            text,
            value_start: 0,
            steps: steps.iter().copied().chain(merged).chain(alias).collect(),
        });
    }
    Ok(variables)
}

fn read_list(
    document: &Document,
    items: &[NodeId],
    steps: &[OriginStep],
    lookup: &Lookup<'_>,
) -> Result<(Vec<Written>, Vec<MalformedItem>), Invalid> {
    let mut variables: Vec<Written> = Vec::new();
    let mut malformed = Vec::new();
    for &item in items {
        let (written, meant) = match read_map_item(document, item, lookup)? {
            Some((written, meant)) => (written, Some(meant)),
            None => read_item(document, item, lookup)?,
        };
        malformed.extend(meant);
        let alias = document.is_alias(item).then_some(OriginStep::Alias(item));
        variables.retain(|variable| variable.name != written.name);
        variables.push(Written { steps: steps.iter().copied().chain(alias).collect(), ..written });
    }
    Ok((variables, malformed))
}

/// `- KEY=value`, `- KEY` and the intended meaning of `- KEY = value`.
fn read_item(
    document: &Document,
    item: NodeId,
    lookup: &Lookup<'_>,
) -> Result<(Written, Option<MalformedItem>), Invalid> {
    let no_text = || Invalid::new(item, "an item of `environment` must be a string such as `KEY=value`");
    if !matches!(document.scalar_value(item), Some(Scalar::Text(_))) {
        return Err(no_text());
    }
    let mut text = Text::read(document, item, lookup)?.ok_or_else(no_text)?;
    let meant = without_blanks(&text.raw).map(|(name, value)| MalformedItem {
        node: text.node,
        name: name.to_owned(),
        value: value.to_owned(),
    });
    if let Some(MalformedItem { name, value, .. }) = &meant {
        text = Text::interpolated(document, item, format!("{name}={value}"), lookup)?;
    }
    let (name, value_start) = match text.as_str().split_once('=') {
        Some((name, _)) => (name.to_owned(), Some(name.len() + 1)),
        None => (text.as_str().to_owned(), None),
    };
    if name.ends_with(is_blank) {
        return Err(Invalid::new(item, format!("the name `{name}` ends with a space; remove the space before `=`")));
    }
    let written = Written {
        passed_through: if value_start.is_none() { lookup(&name) } else { None },
        name,
        node: text.node,
        text: value_start.is_some().then_some(text),
        value_start: value_start.unwrap_or(0),
        steps: Vec::new(),
    };
    Ok((written, meant))
}

/// The name and the value of `KEY = value`; `None` for an item without a space before its sign.
pub(super) fn without_blanks(item: &str) -> Option<(&str, &str)> {
    let (name, value) = item.split_once('=')?;
    let (blank, name) = (name.ends_with(is_blank), name.trim_end_matches(is_blank));
    (blank && is_plain_name(name)).then(|| (name, without_quotes(value.trim_start_matches(is_blank))))
}

/// A value without the quotes around it, which a shell would take away and Compose does not.
#[must_use]
pub fn without_quotes(value: &str) -> &str {
    let value = value.trim();
    let inner = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote).filter(|inner| !inner.contains(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace()
}

/// The intended meaning of `- KEY: value`; `None` for another item.
fn read_map_item(
    document: &Document,
    item: NodeId,
    lookup: &Lookup<'_>,
) -> Result<Option<(Written, MalformedItem)>, Invalid> {
    let entries = document.entries(item).filter(|_| !document.is_alias(item)).unwrap_or_default();
    let [entry] = &entries[..] else { return Ok(None) };
    // It is not clear whether null should mean the empty string or pass the variable through.
    let value = document.node(entry.value).as_scalar().filter(|_| !document.is_null(entry.value));
    let Some(value) = value.filter(|_| entry.merged_through.is_empty() && is_plain_name(entry.key)) else {
        return Ok(None);
    };
    // Who writes `UMASK: 022` into a list means these characters, and no number.
    let (name, value) = (entry.key.to_owned(), value.to_owned());
    let text = Text::interpolated(document, entry.value, value.clone(), lookup)?;
    let meant = MalformedItem { node: item, name: name.clone(), value };
    let (node, value_start) = (text.node, 0);
    let written = Written { name, text: Some(text), value_start, passed_through: None, node, steps: Vec::new() };
    Ok(Some((written, meant)))
}

/// Whether a text is the name of a variable with the same meaning in a list and in a map, where names are not interpolated and `x-` is an
/// extension.
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['=', '$']) && !name.contains(char::is_whitespace) && !name.starts_with("x-")
}
