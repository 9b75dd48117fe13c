//! `healthcheck`.

use crate::compose::error::Invalid;
use crate::compose::interpolation::Lookup;
use crate::compose::section::Section;
use crate::compose::text::Text;
use crate::yaml::{Document, NodeId, NodeKind};

/// The health check of a service, as the compose file has it.
#[derive(Clone, Debug)]
pub struct Healthcheck {
    /// Where it is written.
    pub section: Section,
    /// What it runs.
    pub test: HealthcheckTest,
}

/// What a health check runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthcheckTest {
    /// Nothing is said: the image's own test, if it has one, with other timings.
    Inherited,
    /// `disable: true` or `[NONE]`: the container has no health.
    Disabled,
    /// `[CMD-SHELL, line]` or a plain text.
    Shell(String),
    /// `[CMD, word, …]`
    Command(Vec<String>),
}

impl Healthcheck {
    pub(super) fn read(document: &Document, service: NodeId, lookup: &Lookup<'_>) -> Result<Option<Self>, Invalid> {
        let Some(section) = Section::find(document, service, "healthcheck") else { return Ok(None) };
        if document.entries(section.value).is_none() {
            return Err(Invalid::new(section.value, "`healthcheck` must be a map"));
        }
        let disabled = match document.entry(section.value, "disable") {
            Some(entry) => Text::read(document, entry.value, lookup)?.is_some_and(|text| text.as_str() == "true"),
            None => false,
        };
        let test = match document.entry(section.value, "test") {
            _ if disabled => HealthcheckTest::Disabled,
            Some(entry) => read_test(document, entry.value, lookup)?,
            None => HealthcheckTest::Inherited,
        };
        Ok(Some(Self { section, test }))
    }
}

impl Healthcheck {
    /// This check over the one of an earlier definition: key by key (Compose Specification, "Merge").
    pub(super) fn over(self, base: Self) -> Self {
        let test = if self.test == HealthcheckTest::Inherited { base.test } else { self.test };
        Self { section: self.section, test }
    }
}

fn read_test(document: &Document, node: NodeId, lookup: &Lookup<'_>) -> Result<HealthcheckTest, Invalid> {
    if let NodeKind::Scalar { .. } = document.node(document.follow(node)).kind {
        let text = Text::read(document, node, lookup)?;
        return Ok(text.map_or(HealthcheckTest::Inherited, |text| HealthcheckTest::Shell(text.value.text)));
    }
    let mut words = Vec::new();
    for item in document.items(node).unwrap_or_default() {
        words.extend(Text::read(document, item.node, lookup)?.map(|text| text.value.text));
    }
    let rest = |words: &[String]| words.iter().skip(1).cloned().collect::<Vec<_>>();
    match words.first().map(String::as_str) {
        None => Ok(HealthcheckTest::Inherited),
        Some("NONE") => Ok(HealthcheckTest::Disabled),
        // The engine hands only the first word to the shell (moby, daemon/health.go); the others would be `$0`, `$1`.
        Some("CMD-SHELL") => Ok(HealthcheckTest::Shell(rest(&words).join(" "))),
        Some("CMD") => Ok(HealthcheckTest::Command(rest(&words))),
        Some(_) => Err(Invalid::new(node, "the test must begin with CMD, CMD-SHELL or NONE")),
    }
}
