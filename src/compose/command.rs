//! `command` and `entrypoint`.

use crate::compose::error::Invalid;
use crate::compose::interpolation::Lookup;
use crate::compose::section::Section;
use crate::compose::text::Text;
use crate::yaml::{Document, NodeId};

/// What a service runs in place of its image's command or entrypoint.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// The scalars it is written in: one for a text, one an item for a list.
    pub texts: Vec<Text>,
    /// Its words, interpolated; a text is split as a shell would.
    pub words: Vec<String>,
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
            return Ok(Some(Self { texts, words }));
        }
        let Some(text) = Text::read_string(document, entry.value, lookup)? else { return Ok(None) };
        let words = shlex::split(text.as_str())
            .ok_or_else(|| Invalid::new(entry.value, format!("`{key}` has a quote that is not closed")))?;
        Ok(Some(Self { texts: vec![text], words }))
    }
}
