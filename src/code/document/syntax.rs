//! The language of a text.

use std::path::Path;

use serde::Deserialize;

/// A configuration language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Syntax {
    /// YAML. A template of YAML is read line by line.
    Yaml,
    /// HOCON, and with it JSON, with comments or without.
    #[serde(alias = "json")]
    Hocon,
    /// TOML.
    Toml,
    /// Java properties.
    Properties,
    /// Sections of `name = value`.
    Ini,
    /// Environment variables, as Compose reads them.
    Dotenv,
    /// XML: elements and attributes.
    Xml,
    /// SQL: options and arguments that are strings.
    Sql,
    /// Nested blocks of settings: Logstash's pipelines, HCL and Grafana Alloy, rsyslog's parameters.
    Blocks,
    /// The arguments of a program in one line.
    Arguments,
    /// Lines of a name and a value below the heads of sections: Fluentd, Fluent Bit.
    Directives,
}

impl Syntax {
    /// The language of a file, by its name; of a `.conf`, which may be in any language, by its text.
    #[must_use]
    pub fn of(path: &Path, text: &str) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        if name.starts_with(".env.") {
            return Some(Self::Dotenv);
        }
        Some(match name.rsplit_once('.')?.1 {
            "yml" | "yaml" => Self::Yaml,
            "json" | "hocon" => Self::Hocon,
            "conf" => Self::of_conf(text),
            "toml" => Self::Toml,
            "properties" => Self::Properties,
            "ini" | "cfg" => Self::Ini,
            "env" => Self::Dotenv,
            "xml" => Self::Xml,
            "sql" => Self::Sql,
            "hcl" | "alloy" | "river" => Self::Blocks,
            _ => return None,
        })
    }

    /// The language of a text without a name, such as a variable's value.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let first = lines(text).next()?;
        let is_key = |key: &str| !key.is_empty() && !key.contains(char::is_whitespace);
        let is_argument = |word: &str| word.starts_with('-') && word.len() > 1 && word != "---";
        if first.split_ascii_whitespace().next().is_some_and(is_argument) && !first.starts_with("- ") {
            Some(Self::Arguments)
        } else if first.starts_with(['{', '[']) {
            Some(Self::Hocon)
        } else if first == "---" || first.ends_with(':') || first.contains(": ") {
            Some(Self::Yaml)
        } else {
            first.split_once('=').is_some_and(|(key, _)| is_key(key.trim())).then_some(Self::Properties)
        }
    }

    /// The language of a `.conf` file.
    fn of_conf(text: &str) -> Self {
        let first = lines(text).next().unwrap_or_default();
        let heading = first.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        if first.starts_with("[[") {
            return Self::Toml; // Telegraf
        }
        if first.starts_with('<') || first.starts_with("@include") {
            return Self::Directives; // Fluentd
        }
        if heading.is_some_and(|name| !name.is_empty() && !name.contains(['"', '[', ',', '{'])) {
            let body = lines(text).find(|line| !line.starts_with('['));
            return match body {
                Some(line) if !line.contains(['=', ':']) => Self::Directives, // Fluent Bit
                _ if text.contains("\n[[") => Self::Toml,
                _ => Self::Ini,
            };
        }
        // Logstash writes `=>`, rsyslog `action(…)`.
        let of_rsyslog = |line: &str| ["action(", "input(", "module("].iter().any(|start| line.starts_with(start));
        if lines(text).any(|line| line.contains("=>") || of_rsyslog(line)) { Self::Blocks } else { Self::Hocon }
    }
}

/// The lines of a text that are not comments, trimmed.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with(['#', ';']) && !line.starts_with("//"))
}
