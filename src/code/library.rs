//! The client libraries for Kafka: data in `libraries.toml`, each with its registry.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Language;

static LIBRARIES: LazyLock<BTreeMap<Registry, Vec<Library>>> = LazyLock::new(|| {
    let parsed = serde_json::from_str(table!("code/libraries"));
    parsed.expect("the built-in libraries parse, as their test shows")
});

/// A package registry.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub(super) enum Registry {
    Npm,
    Pypi,
    Maven,
    Go,
    Nuget,
    Crates,
    Rubygems,
    Packagist,
    Hex,
    Conan,
}

/// A framework with its own property for the broker address, which may be set without the code reading a variable.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Framework {
    /// Spring for Apache Kafka: `spring.kafka.bootstrap-servers`.
    Spring,
    /// The Kafka binder of Spring Cloud Stream: `spring.cloud.stream.kafka.binder.brokers`.
    SpringCloudStream,
    /// Quarkus: `kafka.bootstrap.servers`.
    Quarkus,
    /// `MicroProfile` Reactive Messaging outside of Quarkus: `mp.messaging.connector.smallrye-kafka.bootstrap.servers`.
    MicroProfile,
    /// Micronaut: `kafka.bootstrap.servers`.
    Micronaut,
    /// Eventuate Tram: `eventuatelocal.kafka.bootstrap.servers`.
    Eventuate,
    /// .NET Aspire: `ConnectionStrings:<name>`.
    Aspire,
    /// .NET configuration, for any library.
    #[serde(skip)]
    DotNet,
    /// Laravel Kafka: `KAFKA_BROKERS`, in the configuration that the package brings along.
    Laravel,
}

/// A client library.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Library {
    /// Its name in the catalog, which no other has.
    pub name: String,
    /// Its packages; without this field, the name is the package.
    packages: Option<Vec<String>>,
    /// The import in source code. A `"` matches any quote.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Imports that begin like one of those, of parts of the library that do not connect to a broker.
    #[serde(default)]
    pub except: Vec<String>,
    framework: Option<Framework>,
}

impl Library {
    /// Its packages.
    pub fn packages(&self) -> impl Iterator<Item = &str> {
        let packages = self.packages.as_deref().unwrap_or(std::slice::from_ref(&self.name));
        packages.iter().map(String::as_str)
    }
}

impl Registry {
    /// The libraries it has, in the order of the catalog.
    pub fn libraries(self) -> &'static [Library] {
        LIBRARIES.get(&self).map_or(&[], Vec::as_slice)
    }

    /// The registry for a language; `None` for a language without one.
    pub fn of(language: Language) -> Option<Self> {
        Some(match language {
            Language::JavaScript => Self::Npm,
            Language::Python => Self::Pypi,
            Language::Jvm => Self::Maven,
            Language::Go => Self::Go,
            Language::DotNet => Self::Nuget,
            Language::Rust => Self::Crates,
            Language::Ruby => Self::Rubygems,
            Language::Php => Self::Packagist,
            Language::Elixir => Self::Hex,
            Language::C => Self::Conan,
            Language::Shell => return None,
        })
    }
}

/// Words before the name of a library in nearly every source file.
const KEYWORDS: [&str; 5] = ["from", "import", "include", "require", "use"];

/// The words of which one occurs wherever a library is listed or imported.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    let texts = |library: &'static Library| library.packages().chain(library.imports.iter().map(String::as_str));
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.:/".contains(c);
    let longest = move |text: &'static str| {
        let own = text.split(move |c| !is_word(c)).filter(|word| !KEYWORDS.contains(word));
        own.max_by_key(|word| word.len())
    };
    LIBRARIES.values().flatten().flat_map(texts).filter_map(longest)
}

/// Whether the catalog of libraries has one of this name.
#[must_use]
pub fn is_library(name: &str) -> bool {
    LIBRARIES.values().flatten().any(|known| known.name == name)
}

/// The framework that a library, by its name in a [`Mention`](super::Mention), is part of.
#[must_use]
pub fn framework(library: &str) -> Option<Framework> {
    LIBRARIES.values().flatten().find(|known| known.name == library)?.framework
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_word_of_a_library_stands_in_few_files() {
        let text = "import express from 'express'; const x = require('x'); from os import path; use std::io;";
        let common: Vec<&str> = words().filter(|word| text.contains(word)).collect();
        assert_eq!(common, Vec::<&str>::new());
        assert!(words().any(|word| word == "faust") && words().any(|word| word == "afkak"));
    }

    #[test]
    fn each_library_has_a_name_of_its_own_and_each_package_one_library() {
        let mut names = BTreeSet::new();
        let mut packages = BTreeSet::new();
        for (registry, libraries) in &*LIBRARIES {
            for library in libraries {
                assert!(names.insert(&library.name), "{}", library.name);
                for package in library.packages() {
                    assert!(packages.insert((registry, package)), "{package}");
                }
            }
        }
    }

    #[test]
    fn some_libraries_belong_to_a_framework() {
        for (library, expected) in [
            ("spring-kafka", Some(Framework::Spring)),
            ("spring-cloud-stream-binder-kafka", Some(Framework::SpringCloudStream)),
            ("quarkus-messaging-kafka", Some(Framework::Quarkus)),
            ("micronaut-kafka", Some(Framework::Micronaut)),
            ("kafka-clients", None),
            ("no-such-library", None),
        ] {
            assert_eq!(framework(library), expected, "{library}");
        }
    }
}
