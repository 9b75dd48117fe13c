//! YAML templates: no parser reads them, but their lines look like YAML.

use super::{Entry, MAX_DEPTH, MAX_ENTRIES, join, unquoted, verbatim};
use crate::code::Read;
use crate::code::placeholder::{of_template, placeholder};

/// A key or a list item to which the lines below belong, if they are indented further.
struct Frame {
    /// Blanks before it.
    indent: usize,
    key: String,
    is_item: bool,
    items: usize,
}

/// The entries `key: value` and `- value` of a text; their keys follow from the indentation.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut frames: Vec<Frame> = Vec::new();
    for line in text.lines() {
        let content = line.trim_start();
        let mut indent = line.len() - content.len();
        let mut content = content.trim_end();
        if matches!(content, "---" | "...") {
            frames.clear();
        }
        if content.is_empty() || content.starts_with(['#', '%', '{']) || entries.len() >= MAX_ENTRIES {
            continue;
        }
        if let Some(item) = content.strip_prefix("- ") {
            frames.truncate(
                frames.iter().take_while(|f| f.indent < indent || (f.indent == indent && !f.is_item)).count(),
            );
            let Some(list) = frames.last_mut() else { continue };
            let Some(key) = join(&list.key, &list.items.to_string()) else { continue };
            list.items += 1;
            content = item.trim_start();
            if key_and_value(content).is_none() {
                entries.push(verbatim(key, text, scalar(content)));
                continue;
            }
            frames.push(Frame { indent, key, is_item: true, items: 0 });
            indent += 2;
        }
        let Some((name, value)) = key_and_value(content) else { continue };
        frames.truncate(frames.iter().take_while(|frame| frame.indent < indent).count());
        let Some(key) = join(frames.last().map_or("", |frame| &frame.key), name) else { continue };
        if !value.is_empty() {
            entries.push(verbatim(key, text, scalar(value)));
        } else if frames.len() < MAX_DEPTH {
            frames.push(Frame { indent, key, is_item: false, items: 0 });
        }
    }
    entries
}

/// `key: value` or `key:`, if the key contains no tag.
fn key_and_value(content: &str) -> Option<(&str, &str)> {
    let (key, value) = content.split_once(": ").or_else(|| Some((content.strip_suffix(':')?, "")))?;
    (!key.contains(['{', '"'])).then(|| (unquoted(key.trim()), value.trim()))
}

/// A value without its quotes or the comment after it.
fn scalar(value: &str) -> &str {
    match value.starts_with(['"', '\'']) {
        true => unquoted(value),
        false => value.split(" #").next().unwrap_or(value).trim_end(),
    }
}

/// The environment variables that the tags `{{ … }}` of a template read: `.Env.X` (jwilder/dockerize), `getenv "X"` (kelseyhightower/confd,
/// hairyhenderson/gomplate), `env "X"` (hashicorp/consul-template); and those of Symfony's `%env(X)%`, under any key.
#[must_use]
pub fn reads(text: &str) -> Vec<Read> {
    let mut reads = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((tag, after)) = behind.split_once("}}") else { break };
        line += before.matches('\n').count();
        let placeholders = of_template(tag).into_iter();
        reads.extend(placeholders.map(|read| Read::new(read.name, read.default, line)));
        line += tag.matches('\n').count();
        rest = after;
    }
    for (index, line) in text.lines().enumerate() {
        let places = line.match_indices("%env(").filter_map(|(at, _)| placeholder(&line[at..]));
        reads.extend(places.map(|(found, _)| Read::new(found.name, None, index + 1)));
    }
    reads
}
