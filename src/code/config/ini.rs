//! INI: sections of `name = value`, as `configparser` of Python reads them.

use super::{MAX_SETTINGS, join, setting, unquoted};
use crate::code::Setting;

/// The entries of a text, each below the name of its section.
pub(super) fn settings(text: &str) -> Vec<Setting> {
    let mut settings = Vec::new();
    let mut section = "";
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.trim();
        } else if let Some((key, value)) = line.split_once(['=', ':'])
            && let Some(key) = join(section, key.trim())
            && settings.len() < MAX_SETTINGS
        {
            settings.push(setting(key, unquoted(without_comment(value.trim())), index + 1));
        }
    }
    settings
}

/// A value without a comment behind it, before which a blank stands.
fn without_comment(value: &str) -> &str {
    let ends = [" #", " ;", "\t#", "\t;"].iter().filter_map(|mark| value.find(mark));
    value[..ends.min().unwrap_or(value.len())].trim_end()
}
