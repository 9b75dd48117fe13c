//! Configuration files: which files are some, and their entries.

mod dotenv;
mod hocon;
mod ini;
mod placeholder;
mod properties;
mod template;
mod toml;
mod yaml;

use std::path::Path;

use crate::code::Setting;

pub use placeholder::{Placeholder, placeholders, resolve};
pub use template::reads as template_reads;

/// The longest configuration file that is read, in bytes: what is longer is data.
pub const MAX_CONFIG_BYTES: usize = 256 * 1024;

/// The longest key that is kept, in bytes, the most entries of a file, and how deep they may nest: bounds on what a hostile file can cost.
const MAX_KEY_BYTES: usize = 512;
const MAX_SETTINGS: usize = 20_000;
const MAX_DEPTH: usize = 128;

/// Endings of templates, behind the ending of what they make.
const TEMPLATE_EXTENSIONS: [&str; 5] = ["tmpl", "tpl", "j2", "jinja", "erb"];

/// Parts of the names of files that are there to be copied.
const SAMPLES: [&str; 4] = ["dist", "example", "sample", "template"];

/// Files of tools whose names end like those of a service's configuration.
const OTHER_FILES: [&str; 27] = [
    "angular.json",
    "app.json",
    "appveyor.yml",
    "buf.gen.yaml",
    "buf.yaml",
    "cargo.toml",
    "chart.yaml",
    "composer.json",
    "global.json",
    "gradle-wrapper.properties",
    "gradle.properties",
    "launchsettings.json",
    "lerna.json",
    "libs.versions.toml",
    "maven-wrapper.properties",
    "mkdocs.yml",
    "nest-cli.json",
    "nx.json",
    "package-lock.json",
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "pubspec.yaml",
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "turbo.json",
];

/// How the names of other files of tools begin: Compose files, CI, linters.
const OTHER_PREFIXES: [&str; 18] = [
    ".eslintrc",
    ".gitlab-ci",
    ".gitpod",
    ".golangci",
    ".goreleaser",
    ".pre-commit",
    ".prettierrc",
    ".travis",
    "azure-pipelines",
    "cloudbuild",
    "codecov",
    "compose.",
    "jest.config",
    "jsconfig",
    "nginx",
    "skaffold",
    "tsconfig",
    "tslint",
];

/// What stands somewhere in the names of other files: Compose files, descriptions of interfaces, dashboards.
const OTHER_WORDS: [&str; 6] = ["asyncapi", "dashboard", "docker-compose", "openapi", "podman-compose", "swagger"];

/// Folders whose files no container reads as its configuration: CI, editors, Kubernetes, dependencies, build output.
const OTHER_FOLDERS: [&str; 22] = [
    ".buildkite",
    ".circleci",
    ".devcontainer",
    ".git",
    ".github",
    ".gitlab",
    ".gradle",
    ".idea",
    ".venv",
    ".vs",
    ".vscode",
    "bin",
    "charts",
    "helm",
    "k8s",
    "kubernetes",
    "kustomize",
    "node_modules",
    "obj",
    "target",
    "testdata",
    "vendor",
];

/// The syntax of a configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Yaml,
    /// JSON and HOCON, which includes it.
    Hocon,
    Toml,
    Properties,
    Ini,
    Dotenv,
}

impl Format {
    /// The format that a file's name ends in, behind which the ending of a template may stand.
    fn of(path: &Path) -> Option<Self> {
        let name = file_name(path)?;
        if name.split('.').any(|part| SAMPLES.contains(&part)) {
            return None;
        }
        if name.starts_with(".env.") {
            return Some(Self::Dotenv);
        }
        let name = match name.rsplit_once('.') {
            Some((made, extension)) if TEMPLATE_EXTENSIONS.contains(&extension) => made,
            _ => name.as_str(),
        };
        Some(match name.rsplit_once('.')?.1 {
            "yml" | "yaml" => Self::Yaml,
            "json" | "conf" => Self::Hocon,
            "toml" => Self::Toml,
            "properties" => Self::Properties,
            "ini" | "cfg" => Self::Ini,
            "env" => Self::Dotenv,
            _ => return None,
        })
    }
}

/// The name of a file, in small letters.
fn file_name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_str()?.to_ascii_lowercase())
}

/// Whether a file may hold the configuration of a service, by its path below the service's folder: one in YAML, JSON, TOML, HOCON, INI,
/// properties or dotenv syntax that is not known to be a Compose or CI file, a manifest, a lock file, or meant for tests.
#[must_use]
pub fn is_config(path: &Path) -> bool {
    let Some(name) = file_name(path) else { return false };
    let folders: Vec<String> = path.parent().map_or_else(Vec::new, |parent| {
        parent.components().map(|part| part.as_os_str().to_string_lossy().to_ascii_lowercase()).collect()
    });
    let is_test = folders.windows(2).any(|pair| pair == ["src", "test"]);
    Format::of(path).is_some()
        && !is_test
        && !folders.iter().any(|folder| OTHER_FOLDERS.contains(&folder.as_str()))
        && !OTHER_FILES.contains(&name.as_str())
        && !OTHER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && !OTHER_WORDS.iter().any(|word| name.contains(word))
        && ![".deps.json", ".lock.yaml", ".runtimeconfig.json"].iter().any(|end| name.ends_with(end))
}

/// The scalar entries of a configuration file, in the order of the text; the path says its format and its profile.
///
/// What is longer than [`MAX_CONFIG_BYTES`], cannot be parsed, has no known format or is for Compose or Kubernetes has none. YAML that a template engine has yet to
/// fill is read line by line.
#[must_use]
pub fn settings(path: &Path, text: &str) -> Vec<Setting> {
    if text.len() > MAX_CONFIG_BYTES {
        return Vec::new();
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let documents = match Format::of(path) {
        Some(Format::Yaml) => yaml::documents(text).unwrap_or_else(|| vec![template::settings(text)]),
        Some(Format::Hocon) if is_ini(text) => vec![ini::settings(text)],
        Some(Format::Hocon) => vec![hocon::settings(text)],
        Some(Format::Toml) => vec![toml::settings(text)],
        Some(Format::Properties) => properties::documents(text),
        Some(Format::Ini) => vec![ini::settings(text)],
        Some(Format::Dotenv) => vec![dotenv::settings(text)],
        None => Vec::new(),
    };
    let of_file = profile_of_file(path);
    let configuration = documents.into_iter().filter(|document| !is_deployment(document));
    let mut settings: Vec<Setting> =
        configuration.flat_map(|document| with_profiles(document, of_file.as_deref())).collect();
    if file_name(path).is_some_and(|name| name.starts_with("custom-environment-variables.")) {
        // node-config: the values of this file are the names of variables (github.com/node-config/node-config/wiki/Environment-Variables).
        settings.iter_mut().for_each(|setting| setting.value = format!("${{{}}}", setting.value));
    }
    settings
}

/// Whether a document is for Compose or Kubernetes, by its keys: what stands there is about containers, and no program in one reads it.
fn is_deployment(document: &[Setting]) -> bool {
    let has = |key: &str| document.iter().any(|setting| setting.key == key);
    let is_image = |key: &str| key.strip_prefix("services.").and_then(|key| key.strip_suffix(".image")).is_some();
    (has("apiVersion") && has("kind")) || document.iter().any(|setting| is_image(&setting.key))
}

/// Whether a `.conf` file is in INI syntax: its first line that is no comment opens a section.
fn is_ini(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    lines.next().is_some_and(|line| {
        let section = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        section.is_some_and(|name| !name.is_empty() && !name.contains(['"', '[', ',', '{']))
    })
}

/// The profile in a file's name: `application-PROFILE.yml` (docs.spring.io, Spring Boot, "Externalized Configuration"; Micronaut and
/// Quarkus do the same), `appsettings.ENVIRONMENT.json` (learn.microsoft.com, "Configuration in ASP.NET Core").
fn profile_of_file(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let stem = name.rsplit_once('.')?.0;
    let prefixes = ["application-", "bootstrap-", "microprofile-config-", "appsettings."];
    let profile = prefixes.iter().find_map(|prefix| stem.strip_prefix(prefix))?;
    (!profile.is_empty()).then(|| profile.to_owned())
}

/// Gives the entries of one document their profile: the one in their key (`%prof.key`: quarkus.io, "Configuration reference guide"),
/// else that of the document (`spring.config.activate.on-profile`, before Spring Boot 2.4 `spring.profiles`), else that of the file.
fn with_profiles(mut document: Vec<Setting>, of_file: Option<&str>) -> Vec<Setting> {
    let names = ["spring.config.activate.on-profile", "spring.config.activate.onProfile", "spring.profiles"];
    let activation = document.iter().find(|setting| names.contains(&setting.key.as_str()));
    let of_document = activation.map(|setting| setting.value.clone()).or_else(|| of_file.map(str::to_owned));
    for setting in &mut document {
        let own = setting.key.strip_prefix('%').and_then(|key| key.split_once('.'));
        let own = own.map(|(profile, key)| (profile.trim_matches(['{', '}']).to_owned(), key.to_owned()));
        match own {
            Some((profile, key)) => (setting.profile, setting.key) = (Some(profile), key),
            None => setting.profile.clone_from(&of_document),
        }
    }
    document
}

/// An entry without a profile.
fn setting(key: impl Into<String>, value: impl Into<String>, line: usize) -> Setting {
    Setting { key: key.into(), value: value.into(), profile: None, line }
}

/// A key below another; `None` if it is longer than is kept.
fn join(parent: &str, key: &str) -> Option<String> {
    let joined = match (parent, key) {
        ("", key) => key.to_owned(),
        (parent, "") => parent.to_owned(),
        (parent, key) if parent.len() + key.len() < MAX_KEY_BYTES => format!("{parent}.{key}"),
        _ => return None,
    };
    (joined.len() <= MAX_KEY_BYTES).then_some(joined)
}

/// A text without the quotes around it.
fn unquoted(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests;
