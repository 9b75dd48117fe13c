//! `healthcheck`.

use crate::compose::duration::Duration;
use crate::compose::error::Invalid;
use crate::compose::interpolation::Lookup;
use crate::compose::section::{Section, is_reset};
use crate::compose::text::{Text, read_boolean};
use crate::yaml::{Document, NodeId, NodeKind, Scalar};

/// The health check of a service in the compose file.
#[derive(Clone, Debug)]
pub struct Healthcheck {
    /// Where it is written.
    pub section: Section,
    /// What it runs.
    pub test: HealthcheckTest,
    /// Its interval, timeouts and retries.
    pub timings: Timings,
    /// Where that is written: the value of `test`, maybe an alias.
    pub test_node: Option<NodeId>,
    /// `disable`, if it is set; the test is kept for a later definition that enables it.
    pub disable: Option<bool>,
    written_test: HealthcheckTest,
}

/// Interval, timeouts and retries of a health check; for a missing one, the default of the image or of Docker applies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// `interval`
    pub interval: Option<Duration>,
    /// `timeout`
    pub timeout: Option<Duration>,
    /// `start_period`
    pub start_period: Option<Duration>,
    /// `start_interval`
    pub start_interval: Option<Duration>,
    /// `retries`
    pub retries: Option<u64>,
}

/// What a health check runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthcheckTest {
    /// No test is set: the image's test, if it has one, with other timings.
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
            Some(entry) => read_boolean(document, "disable", entry.value, lookup)?,
            None => None,
        };
        let test_node = entry("test").map(|entry| entry.value);
        let written_test = match test_node {
            Some(node) => read_test(document, node, lookup)?,
            None => HealthcheckTest::Inherited,
        };
        let duration = |key: &str| match entry(key) {
            Some(entry) => read_duration(document, key, entry.value, lookup),
            None => Ok(None),
        };
        let timings = Timings {
            interval: duration("interval")?,
            timeout: duration("timeout")?,
            start_period: duration("start_period")?,
            start_interval: duration("start_interval")?,
            retries: match entry("retries") {
                Some(entry) => read_retries(document, entry.value, lookup)?,
                None => None,
            },
        };
        Ok(Some(Self::new(section, disable, written_test, test_node, timings)))
    }
}

impl Healthcheck {
    fn new(
        section: Section,
        disable: Option<bool>,
        written_test: HealthcheckTest,
        test_node: Option<NodeId>,
        timings: Timings,
    ) -> Self {
        let test = if disable == Some(true) { HealthcheckTest::Disabled } else { written_test.clone() };
        Self { section, test, timings, test_node, disable, written_test }
    }

    /// This check over the one of an earlier definition: key by key (Compose Specification, "Merge").
    pub(super) fn over(self, base: Self) -> Self {
        let says_test = self.written_test != HealthcheckTest::Inherited;
        let (written_test, test_node) =
            if says_test { (self.written_test, self.test_node) } else { (base.written_test, base.test_node) };
        let timings = Timings {
            interval: self.timings.interval.or(base.timings.interval),
            timeout: self.timings.timeout.or(base.timings.timeout),
            start_period: self.timings.start_period.or(base.timings.start_period),
            start_interval: self.timings.start_interval.or(base.timings.start_interval),
            retries: self.timings.retries.or(base.timings.retries),
        };
        Self::new(self.section, self.disable.or(base.disable), written_test, test_node, timings)
    }

    /// Forgets a key, as `!reset` and `!override` ask.
    pub(super) fn forget(&mut self, key: &str) {
        match key {
            "test" => self.written_test = HealthcheckTest::Inherited,
            "disable" => self.disable = None,
            "interval" => self.timings.interval = None,
            "timeout" => self.timings.timeout = None,
            "start_period" => self.timings.start_period = None,
            "start_interval" => self.timings.start_interval = None,
            "retries" => self.timings.retries = None,
            _ => return,
        }
        *self = Self::new(self.section.clone(), self.disable, self.written_test.clone(), self.test_node, self.timings);
    }
}

fn read_duration(
    document: &Document,
    key: &str,
    node: NodeId,
    lookup: &Lookup<'_>,
) -> Result<Option<Duration>, Invalid> {
    let invalid = |_| Invalid::new(node, format!("`{key}` must be a duration with a unit, such as 10s or 1m30s"));
    let Some(text) = Text::read_string(document, node, lookup).map_err(invalid)? else { return Ok(None) };
    Duration::parse(text.as_str()).map(Some).ok_or_else(|| {
        let message = format!("`{}` is not a duration; write `{key}` with a unit, such as 10s or 1m30s", text.as_str());
        Invalid::new(node, message)
    })
}

/// A number that is not negative, maybe in quotes.
fn read_retries(document: &Document, node: NodeId, lookup: &Lookup<'_>) -> Result<Option<u64>, Invalid> {
    let count = match document.scalar_value(document.follow(node)) {
        Some(Scalar::Null) => return Ok(None),
        Some(Scalar::Int(count)) => u64::try_from(count).ok(),
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Compose drops the fraction, too")]
        Some(Scalar::Float(count)) if count >= 0.0 => Some(count as u64),
        Some(Scalar::Text(_)) => {
            let text = Text::read(document, node, lookup)?;
            text.and_then(|text| text.as_str().parse::<i64>().ok()).and_then(|count| u64::try_from(count).ok())
        }
        _ => None,
    };
    count.map(Some).ok_or_else(|| Invalid::new(node, "`retries` must be a number that is not negative"))
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
        Some(_) => Err(Invalid::new(node, "the `test` of the health check must begin with CMD, CMD-SHELL or NONE")),
    }
}
