//! Configuration files of a service's code: which files they are, and their entries.

use std::path::Path;

use crate::code::Setting;
use crate::code::document::{self, Entry, MAX_DOCUMENT_BYTES, Syntax};
use crate::text::LineIndex;

/// File extensions of templates, after the extension of the generated file.
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

/// Words in the names of other files: Compose files, interface descriptions, dashboards.
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

/// The syntax of a configuration file, by its name, in which the ending of a template may follow.
fn syntax_of(path: &Path, text: &str) -> Option<Syntax> {
    let name = file_name(path)?;
    if name.split('.').any(|part| SAMPLES.contains(&part)) {
        return None;
    }
    let made = match name.rsplit_once('.') {
        Some((made, extension)) if TEMPLATE_EXTENSIONS.contains(&extension) => made,
        _ => name.as_str(),
    };
    Syntax::of(Path::new(made), text)
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
    let has_syntax = syntax_of(path, "").is_some_and(|syntax| !is_of_documents(syntax));
    has_syntax
        && !is_test
        && !folders.iter().any(|folder| OTHER_FOLDERS.contains(&folder.as_str()))
        && !OTHER_FILES.contains(&name.as_str())
        && !OTHER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        && !OTHER_WORDS.iter().any(|word| name.contains(word))
        && ![".deps.json", ".lock.yaml", ".runtimeconfig.json"].iter().any(|end| name.ends_with(end))
}

/// Whether a file is a sample of a `.env` that version control ignores: `.env.example`.
pub(super) fn is_env_sample(path: &Path) -> bool {
    file_name(path).is_some_and(|name| name.strip_prefix(".env.").is_some_and(|end| SAMPLES.contains(&end)))
}

/// Whether a file is in a language that only ready-made programs read as their configuration: XML, SQL, blocks.
pub(super) fn is_document(path: &Path) -> bool {
    syntax_of(path, "").is_some_and(is_of_documents)
}

const fn is_of_documents(syntax: Syntax) -> bool {
    matches!(syntax, Syntax::Xml | Syntax::Sql | Syntax::Blocks | Syntax::Arguments)
}

/// The scalar entries of a configuration file, in the order of the text; the path says its syntax and its profile.
///
/// There are none if it is longer than [`MAX_DOCUMENT_BYTES`], cannot be parsed, has no known syntax or is for Compose or Kubernetes.
#[must_use]
pub fn settings(path: &Path, text: &str) -> Vec<Setting> {
    if text.len() > MAX_DOCUMENT_BYTES {
        return Vec::new();
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    syntax_of(path, text).map(|syntax| settings_in(path, text, syntax)).unwrap_or_default()
}

/// The scalar entries of a text in a language, in the order of the text; its path says its profile.
#[must_use]
pub fn settings_in(path: &Path, text: &str, syntax: Syntax) -> Vec<Setting> {
    let lines = LineIndex::new(text);
    let setting =
        |Entry { key, value, span }: Entry| Setting { key, value, profile: None, line: lines.line(span.start) };
    let documents = document::documents(text, syntax)
        .into_iter()
        .map(|document| document.into_iter().map(setting).collect::<Vec<_>>());
    let of_file = profile_of_file(path);
    let configuration = documents.filter(|document| !is_deployment(document));
    let mut settings: Vec<Setting> =
        configuration.flat_map(|document| with_profiles(document, of_file.as_deref())).collect();
    if file_name(path).is_some_and(|name| name.starts_with("custom-environment-variables.")) {
        // node-config: the values of this file are the names of variables (github.com/node-config/node-config/wiki/Environment-Variables).
        settings.iter_mut().for_each(|setting| setting.value = format!("${{{}}}", setting.value));
    }
    settings
}

/// Whether a document is for Compose or Kubernetes, by its keys: it is about containers, and no program in a container reads it.
fn is_deployment(document: &[Setting]) -> bool {
    let has = |key: &str| document.iter().any(|setting| setting.key == key);
    let is_image = |key: &str| key.strip_prefix("services.").and_then(|key| key.strip_suffix(".image")).is_some();
    // A Dapr component looks like a Kubernetes object but is read in the container (docs.dapr.io, "Component spec").
    let is_dapr = document.iter().any(|setting| setting.key == "apiVersion" && setting.value.starts_with("dapr.io/"));
    (has("apiVersion") && has("kind") && !is_dapr) || document.iter().any(|setting| is_image(&setting.key))
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

#[cfg(test)]
mod tests;
