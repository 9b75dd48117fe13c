//! `command` and `entrypoint`.

use crate::compose::error::Invalid;
use crate::compose::interpolation::{Lookup, interpolate};
use crate::compose::section::Section;
use crate::compose::service::Service;
use crate::compose::text::Text;
use crate::yaml::{Document, NodeId};

/// What a service runs in place of its image's command or entrypoint.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// The scalars it is written in: one for a text, one an item for a list.
    pub texts: Vec<Text>,
    /// Its words, interpolated; a text is split as a shell would.
    pub words: Vec<String>,
    is_list: bool,
}

/// Which of a service's two commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandPart {
    /// `entrypoint`
    Entrypoint,
    /// `command`
    Command,
}

impl CommandPart {
    /// The key.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entrypoint => "entrypoint",
            Self::Command => "command",
        }
    }

    /// A service's command of this kind.
    #[must_use]
    pub fn of(self, service: &Service) -> Option<&Command> {
        match self {
            Self::Entrypoint => service.entrypoint.as_ref(),
            Self::Command => service.command.as_ref(),
        }
    }
}

impl Command {
    pub(super) fn read(
        document: &Document,
        service: NodeId,
        key: &str,
        lookup: &Lookup<'_>,
    ) -> Result<Option<Self>, Invalid> {
        let Some(entry) = Section::find(document, service, key) else { return Ok(None) };
        if let Some(items) = document.items(entry.value) {
            let read = items.iter().map(|item| Text::read_string(document, item.node, lookup));
            let texts: Vec<Text> = read.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
            let words = texts.iter().map(|text| text.as_str().to_owned()).collect();
            return Ok(Some(Self { texts, words, is_list: true }));
        }
        let Some(text) = Text::read_string(document, entry.value, lookup)? else { return Ok(None) };
        let words = shlex::split(text.as_str())
            .ok_or_else(|| Invalid::new(entry.value, format!("`{key}` has a quote that is not closed")))?;
        Ok(Some(Self { texts: vec![text], words, is_list: false }))
    }

    /// Its words if the texts that are written like the first of a pair were written like the second; `None` if they could not be read.
    #[must_use]
    pub fn words_with(&self, replaced: &[(String, String)], lookup: &Lookup<'_>) -> Option<Vec<String>> {
        let mut replaced = Replacements::of(replaced);
        let read = |text: &Text| match replaced.take(&text.raw) {
            Some(new) => interpolate(new, lookup).ok().map(|value| value.text),
            None => Some(text.as_str().to_owned()),
        };
        let texts: Vec<String> = self.texts.iter().map(read).collect::<Option<_>>()?;
        if self.is_list { Some(texts) } else { shlex::split(texts.first()?) }
    }
}

/// The texts that become others, in the order of the texts: one that is there twice may change in one place only.
pub(super) struct Replacements<'t>(Vec<&'t (String, String)>);

impl<'t> Replacements<'t> {
    /// Those of a declared change.
    pub(super) fn of(pairs: &'t [(String, String)]) -> Self {
        Self(pairs.iter().collect())
    }

    /// What the next text becomes that is written so; `None` if it stays.
    pub(super) fn take(&mut self, written: &str) -> Option<&'t str> {
        let at = self.0.iter().position(|(old, _)| old == written)?;
        Some(&self.0.remove(at).1)
    }
}
