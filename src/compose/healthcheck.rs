//! `healthcheck`.

use crate::compose::error::Invalid;
use crate::compose::interpolation::Lookup;
use crate::compose::section::{Section, is_reset};
use crate::compose::text::Text;
use crate::yaml::{Document, NodeId, NodeKind};

/// The health check of a service, as the compose file has it.
#[derive(Clone, Debug)]
pub struct Healthcheck {
    /// Where it is written.
    pub section: Section,
    /// What it runs.
    pub test: HealthcheckTest,
    /// Where that is written: the value of `test`, maybe an alias.
    pub test_node: Option<NodeId>,
    /// `disable`, if it is said; its test is kept for a later definition that says otherwise.
    disable: Option<bool>,
    written_test: HealthcheckTest,
}

/// What a health check runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthcheckTest {
    /// Nothing is said: the image's own test, if it has one, with other timings.
    Inherited,
    /// `disable: true` or `[NONE]`: the container has no health.
    Disabled,
    /// `[CMD-SHELL, line]` or a plain text. The engine hands only the first item to the shell as its line (moby, daemon/health.go);
    /// more of them are what `$0`, `$1`, … mean there.
    Shell(Vec<String>),
    /// `[CMD, word, …]`
    Command(Vec<String>),
}

impl Healthcheck {
    pub(super) fn read(document: &Document, service: NodeId, lookup: &Lookup<'_>) -> Result<Option<Self>, Invalid> {
        let Some(section) = Section::find(document, service, "healthcheck") else { return Ok(None) };
        if document.is_null(section.value) {
            // Allowed over an earlier definition, and changes nothing.
            return Ok(None);
        }
        if document.entries(section.value).is_none() {
            return Err(Invalid::new(section.value, "`healthcheck` must be a map"));
        }
        let entry = |key: &str| document.entry(section.value, key).filter(|entry| !is_reset(document, entry.value));
        let disable = match entry("disable") {
            Some(entry) => Text::read(document, entry.value, lookup)?.map(|text| text.as_str() == "true"),
            None => None,
        };
        let test_node = entry("test").map(|entry| entry.value);
        let written_test = match test_node {
            Some(node) => read_test(document, node, lookup)?,
            None => HealthcheckTest::Inherited,
        };
        Ok(Some(Self::new(section, disable, written_test, test_node)))
    }
}

impl Healthcheck {
    fn new(section: Section, disable: Option<bool>, written_test: HealthcheckTest, test_node: Option<NodeId>) -> Self {
        let test = if disable == Some(true) { HealthcheckTest::Disabled } else { written_test.clone() };
        Self { section, test, test_node, disable, written_test }
    }

    /// This check over the one of an earlier definition: key by key (Compose Specification, "Merge").
    pub(super) fn over(self, base: Self) -> Self {
        let says_test = self.written_test != HealthcheckTest::Inherited;
        let (written_test, test_node) =
            if says_test { (self.written_test, self.test_node) } else { (base.written_test, base.test_node) };
        Self::new(self.section, self.disable.or(base.disable), written_test, test_node)
    }

    /// Forgets a key, as `!reset` and `!override` ask.
    pub(super) fn forget(&mut self, key: &str) {
        match key {
            "test" => self.written_test = HealthcheckTest::Inherited,
            "disable" => self.disable = None,
            _ => return,
        }
        *self = Self::new(self.section.clone(), self.disable, self.written_test.clone(), self.test_node);
    }
}

fn read_test(document: &Document, node: NodeId, lookup: &Lookup<'_>) -> Result<HealthcheckTest, Invalid> {
    if let NodeKind::Scalar { .. } = document.node(document.follow(node)).kind {
        let text = Text::read(document, node, lookup)?;
        return Ok(text.map_or(HealthcheckTest::Inherited, |text| HealthcheckTest::Shell(vec![text.value.text])));
    }
    let mut words = Vec::new();
    for item in document.items(node).unwrap_or_default() {
        words.extend(Text::read_string(document, item.node, lookup)?.map(|text| text.value.text));
    }
    let rest = |words: &[String]| words.iter().skip(1).cloned().collect::<Vec<_>>();
    match words.first().map(String::as_str) {
        None => Ok(HealthcheckTest::Inherited),
        Some("NONE") => Ok(HealthcheckTest::Disabled),
        Some("CMD-SHELL") => Ok(HealthcheckTest::Shell(rest(&words))),
        Some("CMD") => Ok(HealthcheckTest::Command(rest(&words))),
        Some(_) => Err(Invalid::new(node, "the test must begin with CMD, CMD-SHELL or NONE")),
    }
}
