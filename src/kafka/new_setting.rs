//! A setting of a broker as it is to become.

use crate::kafka::broker_listeners::{Setting, SettingSource};
use crate::text::Span;

/// A setting with the edits that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSetting {
    /// Where it is to be written; never [`SettingSource::ImageDefault`].
    pub source: SettingSource,
    /// Its present value; `None` if it is not set.
    pub old: Option<String>,
    /// The replacements for parts of the old text, from left to right, in bytes; one empty part if it is not set.
    pub edits: Vec<(Span, String)>,
}

impl NewSetting {
    /// A setting with other words in it.
    #[must_use]
    pub fn edited(setting: &Setting, edits: Vec<(Span, String)>) -> Self {
        Self { source: setting.source.clone(), old: Some(setting.text.clone()), edits }
    }

    /// A list with further entries at its end.
    #[must_use]
    pub fn appended(setting: &Setting, entries: &[String]) -> Self {
        let end = setting.text.trim_end();
        let comma = if end.ends_with(',') { "" } else { "," };
        Self::edited(setting, vec![(Span::empty(end.len()), format!("{comma}{}", entries.join(",")))])
    }

    /// A setting that there is not yet.
    #[must_use]
    pub fn added(source: SettingSource, text: String) -> Self {
        Self { source, old: None, edits: vec![(Span::empty(0), text)] }
    }

    /// Its variable with the new text; `None` if it is a flag, or in a file.
    #[must_use]
    pub fn variable(&self) -> Option<(&str, String)> {
        match &self.source {
            SettingSource::Variable(name) => Some((name, self.text())),
            SettingSource::Flag(_) | SettingSource::File(..) | SettingSource::ImageDefault => None,
        }
    }

    /// The new text, interpolated.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = self.old.clone().unwrap_or_default();
        for (span, new) in self.edits.iter().rev() {
            text.replace_range(span.range(), new);
        }
        text
    }
}
