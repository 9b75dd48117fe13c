//! `ports`: which ports of a container the host opens.

use std::ops::RangeInclusive;

use crate::compose::error::Invalid;
use crate::compose::interpolation::{Lookup, PieceSource};
use crate::compose::section::Section;
use crate::compose::text::Text;
use crate::yaml::{Document, NodeId};

/// Ports of a container that the host opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPorts {
    /// Those of the container; `None` if they depend on an unset variable.
    pub target: Option<RangeInclusive<u16>>,
    /// Those of the host; `None` if the engine chooses, or if they depend on an unset variable.
    pub published: Option<RangeInclusive<u16>>,
}

/// An entry of a service's `ports`, as it is written.
#[derive(Clone, Debug)]
pub struct WrittenPorts {
    /// What it opens.
    pub ports: PublishedPorts,
    /// Its text, in the long form that of `target`; `None` if nothing is written there.
    pub text: Option<Text>,
    /// In the long form, the text of `published`, not interpolated; empty if nothing is written there.
    pub published: Option<String>,
}

impl WrittenPorts {
    /// The entry in the short form, not interpolated.
    #[must_use]
    pub fn short(&self) -> String {
        self.short_with(self.text.as_ref().map_or("", |text| &text.raw))
    }

    /// What [`Self::short`] is once its text is another.
    #[must_use]
    pub fn short_with(&self, text: &str) -> String {
        match &self.published {
            Some(published) => format!("{published}:{text}"),
            None => text.to_owned(),
        }
    }
}

impl PublishedPorts {
    pub(super) fn read(document: &Document, service: NodeId, lookup: &Lookup<'_>) -> Result<Vec<Self>, Invalid> {
        Ok(Self::written(document, service, lookup)?.into_iter().map(|written| written.ports).collect())
    }

    /// The entries of a service's mapping.
    pub(super) fn written(
        document: &Document,
        service: NodeId,
        lookup: &Lookup<'_>,
    ) -> Result<Vec<WrittenPorts>, Invalid> {
        let Some(section) = Section::find(document, service, "ports") else { return Ok(Vec::new()) };
        let part = |node: NodeId, key: &str| match document.entry(node, key) {
            Some(entry) => Text::read(document, entry.value, lookup),
            None => Ok(None),
        };
        let mut ports = Vec::new();
        for item in document.items(section.value).unwrap_or_default() {
            if document.entries(item.node).is_some() {
                let (target, published) = (part(item.node, "target")?, part(item.node, "published")?);
                let range_of = |text: &Option<Text>| text.as_ref().and_then(|text| range(&known(text)));
                let own = Self { target: range_of(&target), published: range_of(&published) };
                let published = published.map(|text| text.raw).unwrap_or_default();
                ports.push(WrittenPorts { ports: own, text: target, published: Some(published) });
            } else if let Some(text) = Text::read(document, item.node, lookup)? {
                ports.push(WrittenPorts { ports: Self::short(&known(&text)), text: Some(text), published: None });
            }
        }
        Ok(ports)
    }

    /// `[[address:]published:]target[/protocol]` (Compose Specification, "ports", short syntax).
    pub(super) fn short(text: &str) -> Self {
        let text = text.split('/').next().unwrap_or_default();
        let (before, target) = text.rsplit_once(':').unwrap_or(("", text));
        let published = before.rsplit(':').next().and_then(range);
        Self { target: range(target), published }
    }

    /// The one port of the host that it opens; `None` for several, and where the engine chooses.
    #[must_use]
    pub fn published_port(&self) -> Option<u16> {
        self.published.as_ref().filter(|range| range.start() == range.end()).map(|range| *range.start())
    }

    /// The container port for a port of the host, if it is known.
    #[must_use]
    pub fn target_of(&self, published: u16) -> Option<u16> {
        let host = self.published.as_ref().filter(|host| host.contains(&published))?;
        let targets = self.target.as_ref()?;
        targets.start().checked_add(published - host.start()).filter(|target| targets.contains(target))
    }

    /// Whether the host opens a port, wherever it leads.
    #[must_use]
    pub fn opens(&self, published: u16) -> bool {
        self.target_of(published).is_some() || self.target.is_none() && self.publishes(published)
    }

    /// Whether a port of the host leads to one of the container, as far as is known.
    #[must_use]
    pub fn may_lead(&self, published: u16, target: u16) -> bool {
        self.target_of(published) == Some(target) || self.target.is_none() && self.publishes(published)
    }

    /// Whether it opens a port of the container, as far as is known.
    #[must_use]
    pub fn may_open(&self, target: u16) -> bool {
        self.target.as_ref().is_none_or(|targets| targets.contains(&target))
    }

    fn publishes(&self, port: u16) -> bool {
        self.published.as_ref().is_some_and(|host| host.contains(&port))
    }
}

/// A text in which a question mark is in the place of each variable that is not set: no port has one.
fn known(text: &Text) -> String {
    let pieces = text.value.pieces.iter();
    pieces.map(|piece| if matches!(piece.source, PieceSource::Unset { .. }) { "?" } else { &piece.text }).collect()
}

/// `9092` or `9092-9094`.
fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_syntax_names_both_sides() {
        for (text, target, published) in [
            ("9092", 9092..=9092, None),
            ("19092:9092", 9092..=9092, Some(19092..=19092)),
            ("127.0.0.1:19092:9092/tcp", 9092..=9092, Some(19092..=19092)),
            ("[::1]:19092:9092", 9092..=9092, Some(19092..=19092)),
            ("127.0.0.1::9092", 9092..=9092, None),
            ("19092-19094:9092-9094", 9092..=9094, Some(19092..=19094)),
            (":9092", 9092..=9092, None),
        ] {
            let target = Some(target);
            assert_eq!(PublishedPorts::short(text), PublishedPorts { target, published }, "{text:?}");
        }
        let unknown = PublishedPorts { target: None, published: Some(19092..=19092) };
        assert_eq!(PublishedPorts::short("19092:"), unknown);
        assert_eq!((unknown.target_of(19092), unknown.opens(19092), unknown.may_lead(19092, 9092)), (None, true, true));
        assert_eq!((unknown.opens(9092), unknown.may_lead(9092, 9092)), (false, false));
    }

    #[test]
    fn a_port_of_the_host_leads_to_one_of_the_container() {
        let ports = PublishedPorts::short("19092-19094:9092-9094");
        assert_eq!((ports.target_of(19093), ports.target_of(9093)), (Some(9093), None));
        // Compose refuses ranges of different lengths.
        assert_eq!(PublishedPorts::short("1-9:65535").target_of(1), Some(65535));
        assert_eq!(PublishedPorts::short("1-9:65535").target_of(9), None);
    }
}
