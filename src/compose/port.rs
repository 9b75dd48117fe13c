//! `ports`: which ports of a container the host opens.

use std::ops::RangeInclusive;

use crate::compose::error::Invalid;
use crate::compose::interpolation::Lookup;
use crate::compose::section::Section;
use crate::compose::text::Text;
use crate::yaml::{Document, NodeId};

/// Ports of a container that the host opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPorts {
    /// Those of the container; all, if the entry cannot be read.
    pub target: RangeInclusive<u16>,
    /// Those of the host; `None` if the engine chooses.
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

/// What an entry that depends on an unset variable may open.
const ANY: RangeInclusive<u16> = 1..=u16::MAX;

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
                let range_of = |text: &Option<Text>| text.as_ref().and_then(|text| range(text.as_str()));
                let own = Self { target: range_of(&target).unwrap_or(ANY), published: range_of(&published) };
                let published = published.map(|text| text.raw).unwrap_or_default();
                ports.push(WrittenPorts { ports: own, text: target, published: Some(published) });
            } else if let Some(text) = Text::read(document, item.node, lookup)? {
                ports.push(WrittenPorts { ports: Self::short(text.as_str()), text: Some(text), published: None });
            }
        }
        Ok(ports)
    }

    /// `[[address:]published:]target[/protocol]` (Compose Specification, "ports", short syntax).
    pub(super) fn short(text: &str) -> Self {
        let text = text.split('/').next().unwrap_or_default();
        let (before, target) = text.rsplit_once(':').unwrap_or(("", text));
        let published = before.rsplit(':').next().and_then(range);
        Self { target: range(target).unwrap_or(ANY), published }
    }

    /// The one port of the host that it opens; `None` for several, and where the engine chooses.
    #[must_use]
    pub fn published_port(&self) -> Option<u16> {
        self.published.as_ref().filter(|range| range.start() == range.end()).map(|range| *range.start())
    }

    /// The container port for a port of the host.
    #[must_use]
    pub fn target_of(&self, published: u16) -> Option<u16> {
        let host = self.published.as_ref().filter(|host| host.contains(&published))?;
        self.target.start().checked_add(published - host.start()).filter(|target| self.target.contains(target))
    }
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
            ("", ANY, None),
            ("19092:", ANY, Some(19092..=19092)),
        ] {
            assert_eq!(PublishedPorts::short(text), PublishedPorts { target, published }, "{text:?}");
        }
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
