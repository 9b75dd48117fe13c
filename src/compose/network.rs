//! How a service is attached to networks: which names it has there, and whom it can reach.

use std::sync::LazyLock;

use crate::compose::error::Invalid;
use crate::compose::interpolation::Lookup;
use crate::compose::section::{Section, is_reset};
use crate::compose::text::Text;
use crate::yaml::{Document, NodeId, NodeKind};

/// The network that a service joins if it names none (Compose Specification, "networks").
pub const DEFAULT_NETWORK: &str = "default";

static DEFAULT_MEMBERSHIP: LazyLock<[Membership; 1]> =
    LazyLock::new(|| [Membership { network: DEFAULT_NETWORK.to_owned(), aliases: Vec::new() }]);

/// How a service is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attachment {
    /// To networks of the project, where Compose's DNS answers; none named is the default one.
    Networks(Vec<Membership>),
    /// `network_mode: host`: it shares the host's ports, and the names of other services mean nothing to it.
    Host,
    /// `network_mode: service:NAME`: it shares that service's ports and names.
    Service(String),
    /// To nothing: a program outside of Docker runs it (`provider`).
    Provider,
    /// `network_mode` none, bridge, `container:…`: no name of the project means anything to it.
    Other(String),
}

/// A network of a service, with its aliases there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The network.
    pub network: String,
    /// Its aliases.
    pub aliases: Vec<String>,
}

impl Attachment {
    /// The attachment of a service in a definition, and whether it sets both a mode and networks, which Compose rejects.
    pub(super) fn read(document: &Document, service: NodeId, lookup: &Lookup<'_>) -> Result<(Self, bool), Invalid> {
        let memberships = read_memberships(document, service, lookup)?;
        let mode = match Section::find(document, service, "network_mode") {
            Some(mode) => Text::read_string(document, mode.value, lookup)?,
            None => None,
        };
        let Some(mode) = mode else {
            let is_provided = memberships.is_empty() && Section::find(document, service, "provider").is_some();
            return Ok((if is_provided { Self::Provider } else { Self::Networks(memberships) }, false));
        };
        let attachment = match (mode.as_str(), mode.as_str().strip_prefix("service:")) {
            ("host", _) => Self::Host,
            (_, Some(name)) => Self::Service(name.to_owned()),
            (mode, None) => Self::Other(mode.to_owned()),
        };
        Ok((attachment, !memberships.is_empty()))
    }

    /// The `network_mode` that keeps a service off all networks of the project.
    #[must_use]
    pub fn mode(&self) -> Option<&str> {
        match self {
            Self::Host => Some("host"),
            Self::Other(mode) => Some(mode),
            Self::Networks(_) | Self::Service(_) | Self::Provider => None,
        }
    }

    /// The networks; none for a service that is on no network of the project.
    #[must_use]
    pub fn memberships(&self) -> &[Membership] {
        match self {
            Self::Networks(memberships) if memberships.is_empty() => &DEFAULT_MEMBERSHIP[..],
            Self::Networks(memberships) => memberships,
            _ => &[],
        }
    }
}

fn read_memberships(document: &Document, service: NodeId, lookup: &Lookup<'_>) -> Result<Vec<Membership>, Invalid> {
    let Some(networks) = Section::find(document, service, "networks") else { return Ok(Vec::new()) };
    let mut memberships: Vec<Membership> = Vec::new();
    match &document.node(document.follow(networks.value)).kind {
        NodeKind::Sequence { items, .. } => {
            for item in items {
                let Some(name) = Text::read_string(document, item.node, lookup)? else {
                    return Err(Invalid::new(item.node, "an item of `networks` must be the name of a network"));
                };
                if memberships.iter().any(|other| other.network == name.as_str()) {
                    return Err(Invalid::new(item.node, format!("the network `{}` is listed twice", name.as_str())));
                }
                memberships.push(Membership { network: name.value.text, aliases: Vec::new() });
            }
        }
        NodeKind::Mapping { .. } => {
            let entries = document.entries(networks.value).unwrap_or_default();
            for entry in entries.iter().filter(|entry| !is_reset(document, entry.value)) {
                let aliases = read_aliases(document, entry.value, lookup)?;
                memberships.push(Membership { network: entry.key.to_owned(), aliases });
            }
        }
        _ if document.is_null(networks.value) => {}
        _ => return Err(Invalid::new(networks.value, "`networks` of a service must be a list or a map")),
    }
    Ok(memberships)
}

fn read_aliases(document: &Document, membership: NodeId, lookup: &Lookup<'_>) -> Result<Vec<String>, Invalid> {
    let Some(aliases) = document.entry(membership, "aliases") else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for item in document.items(aliases.value).unwrap_or_default() {
        names.extend(Text::read(document, item.node, lookup)?.map(|text| text.value.text));
    }
    Ok(names)
}
