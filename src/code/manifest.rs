//! The client libraries that a manifest of packages lists.

mod jvm;
mod project;
mod python;

use std::collections::BTreeMap;

pub use project::project;
use serde_json::Value as Json;
use toml::{Table, Value as Toml};

use super::Mention;
use super::library::Registry;
use crate::text::LineIndex;

/// A kind of manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manifest {
    PackageJson,
    Requirements,
    Pyproject,
    Pipfile,
    SetupPy,
    SetupCfg,
    CondaEnvironment,
    Pom,
    /// Gradle's and Scala's builds: coordinates in quotes.
    JvmBuild,
    /// Gradle's catalog of versions.
    VersionCatalog,
    GoMod,
    DotNet,
    CargoToml,
    Ruby,
    Composer,
    Mix,
    Rebar,
    /// `CMake`, Meson and Conan: plain names.
    CBuild,
    Vcpkg,
}

/// A package that a manifest lists.
struct Package {
    /// Its name in the registry; for Maven `group:artifact`.
    name: String,
    /// The line, from 1.
    line: usize,
}

impl Manifest {
    /// The kind of a file, by its name alone.
    fn of(file_name: &str) -> Option<Self> {
        Some(match file_name {
            "package.json" => Self::PackageJson,
            "pyproject.toml" => Self::Pyproject,
            "Pipfile" => Self::Pipfile,
            "setup.py" => Self::SetupPy,
            "setup.cfg" => Self::SetupCfg,
            "environment.yml" | "environment.yaml" => Self::CondaEnvironment,
            "pom.xml" => Self::Pom,
            "build.sc" | "build.mill" | "Dependencies.scala" => Self::JvmBuild,
            "go.mod" => Self::GoMod,
            "Directory.Packages.props" | "Directory.Build.props" | "packages.config" => Self::DotNet,
            "Cargo.toml" => Self::CargoToml,
            "Gemfile" | "gems.rb" => Self::Ruby,
            "composer.json" => Self::Composer,
            "mix.exs" => Self::Mix,
            "rebar.config" => Self::Rebar,
            "CMakeLists.txt" | "meson.build" | "conanfile.py" | "conanfile.txt" => Self::CBuild,
            "vcpkg.json" => Self::Vcpkg,
            _ => {
                let (stem, extension) = file_name.rsplit_once('.')?;
                match extension {
                    "txt" | "in" if stem.to_ascii_lowercase().contains("requirements") => Self::Requirements,
                    "gradle" | "sbt" => Self::JvmBuild,
                    "kts" if stem.ends_with(".gradle") => Self::JvmBuild,
                    "toml" if stem.ends_with(".versions") => Self::VersionCatalog,
                    "csproj" | "fsproj" | "vbproj" => Self::DotNet,
                    "gemspec" => Self::Ruby,
                    "cmake" => Self::CBuild,
                    _ => return None,
                }
            }
        })
    }

    fn registry(self) -> Registry {
        match self {
            Self::PackageJson => Registry::Npm,
            Self::Requirements
            | Self::Pyproject
            | Self::Pipfile
            | Self::SetupPy
            | Self::SetupCfg
            | Self::CondaEnvironment => Registry::Pypi,
            Self::Pom | Self::JvmBuild | Self::VersionCatalog => Registry::Maven,
            Self::GoMod => Registry::Go,
            Self::DotNet => Registry::Nuget,
            Self::CargoToml => Registry::Crates,
            Self::Ruby => Registry::Rubygems,
            Self::Composer => Registry::Packagist,
            Self::Mix | Self::Rebar => Registry::Hex,
            Self::CBuild | Self::Vcpkg => Registry::Conan,
        }
    }

    /// The packages that a manifest lists; none if the text is invalid.
    fn packages(self, text: &str) -> Vec<Package> {
        match self {
            Self::PackageJson => {
                json_packages(text, &["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"])
            }
            Self::Composer => json_packages(text, &["require", "require-dev"]),
            Self::Vcpkg => vcpkg_packages(text),
            Self::Requirements => python::requirements(text),
            Self::Pyproject => python::pyproject(text),
            Self::Pipfile => python::pipfile(text),
            Self::SetupPy => python::setup_py(text),
            Self::SetupCfg => python::setup_cfg(text),
            Self::CondaEnvironment => python::conda_environment(text),
            Self::Pom => jvm::pom(text),
            Self::JvmBuild => jvm::coordinates(text, "//"),
            Self::VersionCatalog => jvm::coordinates(text, "#"),
            Self::GoMod => go_packages(text),
            Self::DotNet => dotnet_packages(text),
            Self::CargoToml => cargo_packages(text),
            Self::Ruby => gem_packages(text),
            Self::Mix => words(text, "#"),
            Self::Rebar => words(text, "%"),
            Self::CBuild => words(text, "#"),
        }
    }
}

/// Whether a file of this name, without folders, lists packages. Lock files do not count: they list what others need as well.
#[must_use]
pub fn is_manifest(file_name: &str) -> bool {
    Manifest::of(file_name).is_some()
}

/// The client libraries for Kafka that a manifest lists, each with its first place, in the order of the file; none if the file is not a
/// manifest by its name (see [`is_manifest`]), or cannot be read.
#[must_use]
pub fn kafka_libraries(file_name: &str, text: &str) -> Vec<Mention> {
    let Some(manifest) = Manifest::of(file_name) else { return Vec::new() };
    let registry = manifest.registry();
    let packages = manifest.packages(text);
    let mut found: Vec<Mention> = Vec::new();
    for library in registry.libraries() {
        let is_listed = |package: &&Package| library.packages().any(|known| is_same(registry, known, &package.name));
        let line = packages.iter().filter(is_listed).map(|package| package.line).min();
        found.extend(line.map(|line| Mention { library: library.name.clone(), line }));
    }
    found.sort_by_key(|mention| mention.line);
    found
}

/// Whether the package `name` of a manifest is the package `known` of the catalog, by the rules of their registry.
fn is_same(registry: Registry, known: &str, name: &str) -> bool {
    match registry {
        // go.dev/ref/mod: a module's path continues with the major version and the folder of a nested module.
        Registry::Go => name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        // learn.microsoft.com/nuget: names do not differ by case; nor do CMake's from Conan's here, or Packagist's.
        Registry::Nuget | Registry::Conan | Registry::Packagist => known.eq_ignore_ascii_case(name),
        // doc.rust-lang.org/cargo: crates do not differ by `-` and `_` alone.
        Registry::Crates => known == name.replace('_', "-"),
        _ => known == name,
    }
}

/// The lines of a text, each with its number from 1, without those that are empty or begin as a comment.
fn code_lines<'a>(text: &'a str, comment: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    lines.filter(move |(_, line)| !line.is_empty() && !line.starts_with(comment))
}

/// Packages whose names were parsed, with the first line of the text that holds the name by itself, comments aside; 1 if the name is
/// written otherwise there.
fn located(text: &str, names: impl IntoIterator<Item = String>) -> Vec<Package> {
    let is_name = |character: char| character.is_alphanumeric() || "@/-_.".contains(character);
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for (number, line) in code_lines(text, "#") {
        for word in line.split(|character| !is_name(character)) {
            lines.entry(normalized(word)).or_insert(number);
        }
    }
    let line = |name: &str| lines.get(&normalized(name.split('[').next().unwrap_or(name))).copied().unwrap_or(1);
    names.into_iter().map(|name| Package { line: line(&name), name }).collect()
}

/// A name as packaging.python.org/specifications/name-normalization writes it: in lower case, with single hyphens.
fn normalized(name: &str) -> String {
    let lower = name.trim().to_ascii_lowercase();
    let parts: Vec<&str> = lower.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

fn json_packages(text: &str, fields: &[&str]) -> Vec<Package> {
    let Ok(manifest) = serde_json::from_str::<Json>(text) else { return Vec::new() };
    let tables = fields.iter().filter_map(|field| manifest.get(field)?.as_object());
    located(text, tables.flat_map(|table| table.keys().cloned()))
}

/// learn.microsoft.com/vcpkg/reference/vcpkg-json: a dependency is a name or an object with one, also below a feature.
fn vcpkg_packages(text: &str) -> Vec<Package> {
    let Ok(manifest) = serde_json::from_str::<Json>(text) else { return Vec::new() };
    let features =
        manifest.get("features").and_then(Json::as_object).into_iter().flat_map(|features| features.values());
    let lists = features.chain([&manifest]).filter_map(|holder| holder.get("dependencies")?.as_array());
    let name = |dependency: &Json| dependency.as_str().or_else(|| dependency.get("name")?.as_str()).map(str::to_owned);
    located(text, lists.flatten().filter_map(name))
}

/// go.dev/ref/mod: the modules of `require`, without those that only others need.
fn go_packages(text: &str) -> Vec<Package> {
    let mut is_in_block = false;
    let mut packages = Vec::new();
    for (number, line) in code_lines(text, "//") {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let code = code.trim();
        if code.starts_with(')') {
            is_in_block = false;
        } else if code.strip_prefix("require").is_some_and(|rest| rest.trim() == "(") {
            is_in_block = true;
        } else if comment.trim() != "indirect" {
            let required = if is_in_block { Some(code) } else { code.strip_prefix("require ") };
            let name = required.and_then(|required| required.split_whitespace().next());
            packages.extend(name.map(|name| Package { name: name.to_owned(), line: number }));
        }
    }
    packages
}

/// learn.microsoft.com/nuget: `PackageReference` in projects, `PackageVersion` in central files, `package` in packages.config.
fn dotnet_packages(text: &str) -> Vec<Package> {
    let text = without_xml_comments(text);
    let lines = LineIndex::new(&text);
    let mut packages = Vec::new();
    let mut begin = 0;
    for part in text.split('<') {
        let line = lines.line(begin);
        begin += part.len() + 1;
        let mut words = part.split('>').next().unwrap_or_default().split_whitespace();
        if !matches!(words.next(), Some("PackageReference" | "PackageVersion" | "package")) {
            continue;
        }
        for attribute in words {
            let quoted = ["Include=", "Update=", "id="].iter().find_map(|name| attribute.strip_prefix(name));
            let name = quoted.map(|quoted| quoted.trim_matches(|mark| "\"'/".contains(mark)).to_owned());
            packages.extend(name.map(|name| Package { name, line }));
        }
    }
    packages
}

/// doc.rust-lang.org/cargo/reference/specifying-dependencies: every table of dependencies, also of a target or the workspace.
fn cargo_packages(text: &str) -> Vec<Package> {
    let Ok(manifest) = toml::from_str::<Table>(text) else { return Vec::new() };
    let targets = manifest.get("target").and_then(Toml::as_table).into_iter().flat_map(|targets| targets.values());
    let holders = targets.chain(manifest.get("workspace")).filter_map(Toml::as_table).chain([&manifest]);
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = holders.flat_map(|holder| kinds.iter().filter_map(|kind| holder.get(*kind)?.as_table()));
    let name = |(key, value): (&String, &Toml)| match value.get("package").and_then(Toml::as_str) {
        Some(package) => package.to_owned(),
        None => key.clone(),
    };
    located(text, tables.flatten().map(name))
}

/// bundler.io/man/gemfile.5.html and guides.rubygems.org/specification-reference: the name in quotes after `gem` or `add_dependency`.
fn gem_packages(text: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    for (number, line) in code_lines(text, "#") {
        let mut parts = line.split(['"', '\'']);
        let call = parts.next().unwrap_or_default().trim_end_matches(['(', ' ']);
        if call == "gem" || call.ends_with("dependency") {
            packages.extend(parts.next().map(|name| Package { name: name.to_owned(), line: number }));
        }
    }
    packages
}

/// Each word of the lines that are not comments: enough where the name of a package is unambiguous.
fn words(text: &str, comment: &str) -> Vec<Package> {
    let is_name = |character: char| character.is_alphanumeric() || "_-+".contains(character);
    let lines = code_lines(text, comment);
    let words = lines.flat_map(|(line, text)| text.split(move |part| !is_name(part)).map(move |word| (line, word)));
    words.filter(|(_, word)| !word.is_empty()).map(|(line, word)| Package { name: word.to_owned(), line }).collect()
}

/// The text with spaces instead of XML comments, so that lines keep their numbers.
fn without_xml_comments(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::with_capacity(text.len());
    while let Some(begin) = rest.find("<!--") {
        let (before, comment) = rest.split_at(begin);
        let (comment, after) = comment.split_at(comment.find("-->").map_or(comment.len(), |end| end + 3));
        kept.push_str(before);
        kept.extend(comment.chars().filter(|character| *character == '\n'));
        rest = after;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn libraries(file_name: &str, text: &str) -> Vec<(String, usize)> {
        kafka_libraries(file_name, text).into_iter().map(|mention| (mention.library, mention.line)).collect()
    }

    #[test]
    fn each_kind_of_manifest_shows_its_library() {
        for (file_name, text, library, line) in [
            (
                "package.json",
                "{\n  \"dependencies\": {\n    \"express\": \"^5\",\n    \"kafkajs\": \"^2.2.4\"\n  }\n}",
                "kafkajs",
                4,
            ),
            (
                "package.json",
                "{\"peerDependencies\": {\"@confluentinc/kafka-javascript\": \"1\"}}",
                "confluent-kafka-javascript",
                1,
            ),
            ("requirements.txt", "fastapi\nKafka_Python==2.0.2  # old", "kafka-python", 2),
            (
                "requirements-dev.txt",
                "confluent-kafka[avro,schemaregistry]>=2.3 ; python_version > '3.9'",
                "confluent-kafka",
                1,
            ),
            ("requirements.in", "faststream[cli, kafka]", "faststream", 1),
            (
                "pyproject.toml",
                "[project]\nname = \"billing\"\ndependencies = [\n  \"aiokafka>=0.12\",\n]",
                "aiokafka",
                4,
            ),
            ("pyproject.toml", "[dependency-groups]\nstream = [\"quixstreams\"]", "quixstreams", 2),
            (
                "pyproject.toml",
                "[tool.poetry.dependencies]\npython = \"^3.12\"\nconfluent-kafka = \"^2.6\"",
                "confluent-kafka",
                3,
            ),
            ("pyproject.toml", "[tool.poetry.group.jobs.dependencies]\nfaust_streaming = \"*\"", "faust", 2),
            ("Pipfile", "[packages]\nflask = \"*\"\nkafka-python = \"*\"", "kafka-python", 3),
            (
                "setup.py",
                "setup(\n    name='kafka',\n    install_requires=[\n        'pykafka>=2',\n    ],\n)",
                "pykafka",
                4,
            ),
            ("setup.cfg", "[options]\ninstall_requires =\n    aiokafka\n", "aiokafka", 3),
            ("environment.yml", "dependencies:\n  - kafka-python=2.2.10=pyhd8ed1ab_0\n", "kafka-python", 2),
            ("environment.yml", "- pip:\n  - \"conda-forge::python-confluent-kafka\"", "confluent-kafka", 2),
            (
                "pom.xml",
                "<dependency>\n  <groupId>org.springframework.kafka</groupId>\n  <artifactId>spring-kafka</artifactId>\n</dependency>",
                "spring-kafka",
                3,
            ),
            (
                "pom.xml",
                "<dependency><artifactId>kafka_2.13</artifactId><groupId>org.apache.kafka</groupId></dependency>",
                "kafka-clients",
                1,
            ),
            (
                "build.gradle",
                "dependencies {\n  implementation 'org.apache.kafka:kafka-clients:4.1.0'\n}",
                "kafka-clients",
                2,
            ),
            ("build.gradle", "api group: 'org.apache.kafka', name: 'kafka-streams', version: v", "kafka-streams", 1),
            ("build.gradle.kts", "implementation(\n  \"io.micronaut.kafka:micronaut-kafka\"\n)", "micronaut-kafka", 2),
            (
                "libs.versions.toml",
                "k = { group = \"org.apache.kafka\", name = \"kafka-clients\" }",
                "kafka-clients",
                1,
            ),
            (
                "libs.versions.toml",
                "[libraries]\nk = { module = \"io.quarkus:quarkus-messaging-kafka\" }",
                "quarkus-messaging-kafka",
                2,
            ),
            ("build.sbt", "libraryDependencies += \"com.github.fd4s\" %% \"fs2-kafka\" % \"3.5.1\"", "fs2-kafka", 1),
            ("Dependencies.scala", "  \"dev.zio\" %% \"zio-kafka\" % V", "zio-kafka", 1),
            (
                "build.sc",
                "def ivyDeps = Seq(ivy\"org.apache.pekko::pekko-connectors-kafka:1.1.0\")",
                "pekko-connectors-kafka",
                1,
            ),
            ("go.mod", "module shop\n\nrequire (\n\tgithub.com/twmb/franz-go v1.18.0\n)", "franz-go", 4),
            ("go.mod", "require github.com/confluentinc/confluent-kafka-go/v2 v2.6.0", "confluent-kafka-go", 1),
            (
                "Orders.csproj",
                "<ItemGroup>\n<PackageReference Include=\"Confluent.Kafka\" Version=\"2.5.3\" />",
                "Confluent.Kafka",
                2,
            ),
            ("Directory.Packages.props", "<PackageVersion Version=\"1\" Include=\"kafkaflow\"/>", "KafkaFlow", 1),
            ("packages.config", "<package id=\"Confluent.Kafka\" version=\"1.9.3\" />", "Confluent.Kafka", 1),
            ("Cargo.toml", "[dependencies]\nrdkafka = { version = \"0.36\", optional = true }", "rdkafka", 2),
            (
                "Cargo.toml",
                "[target.'cfg(unix)'.dependencies]\nqueue = { package = \"rskafka\", version = \"0.5\" }",
                "rskafka",
                2,
            ),
            ("Cargo.toml", "[workspace.dependencies]\nkafka_protocol = \"0.13\"", "kafka-protocol", 2),
            ("Gemfile", "gem 'rails'\ngem 'karafka', '~> 2.4'", "karafka", 2),
            ("shop.gemspec", "  spec.add_runtime_dependency(\"rdkafka\")", "rdkafka-ruby", 1),
            ("composer.json", "{\"require\": {\"ext-rdkafka\": \"*\"}}", "php-rdkafka", 1),
            ("mix.exs", "  {:broadway_kafka, \"~> 0.4\"},", "broadway_kafka", 1),
            ("rebar.config", "{deps, [\n  {brod, \"4.3.1\"}\n]}.", "brod", 2),
            ("CMakeLists.txt", "find_package(RdKafka CONFIG REQUIRED)", "librdkafka", 1),
            ("conanfile.txt", "[requires]\ncppkafka/0.4.1", "cppkafka", 2),
            ("vcpkg.json", "{\"dependencies\": [\"fmt\", {\"name\": \"librdkafka\"}]}", "librdkafka", 1),
        ] {
            assert!(is_manifest(file_name), "{file_name}");
            assert_eq!(libraries(file_name, text), [(library.to_owned(), line)], "{file_name}: {text}");
        }
    }

    #[test]
    fn what_is_not_a_listed_library_does_not_count() {
        for (file_name, text) in [
            ("package.json", "{\"name\": \"kafkajs\", \"scripts\": {\"kafkajs\": \"x\"}}"),
            ("package.json", "{\"dependencies\": {\"@nestjs/microservices\": \"^11\", \"my-kafkajs\": \"1\"}}"),
            ("package.json", "{\"dependencies\": [\"kafkajs\"], "),
            ("requirements.txt", "# kafka-python==2.0.2"),
            ("requirements.txt", "my-kafka-python-x\nkafka-python-x==1\n-r kafka-python.txt"),
            ("requirements.txt", "faststream[rabbit]"),
            ("pyproject.toml", "[project]\nname = \"aiokafka\"\nkeywords = [\"kafka\"]"),
            ("setup.py", "setup(name='shop', keywords=['kafka'], extras_require={'kafka': []})"),
            ("setup.cfg", "[metadata]\nname = kafka-python"),
            (
                "pom.xml",
                "<!--<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka</artifactId></dependency>-->",
            ),
            (
                "pom.xml",
                "<dependency><groupId>a</groupId><artifactId>b</artifactId><exclusions><exclusion>\
                 <groupId>org.apache.kafka</groupId><artifactId>kafka-clients</artifactId></exclusion></exclusions></dependency>",
            ),
            (
                "pom.xml",
                "<dependencyManagement><dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-clients</artifactId>\
                 </dependency></dependencyManagement>",
            ),
            ("build.gradle", "// implementation 'org.apache.kafka:kafka-clients:4.1.0'"),
            ("build.gradle", "/*\nimplementation 'org.apache.kafka:kafka-clients:4.1.0'\n*/"),
            ("build.gradle", "testImplementation 'org.apache.kafka:kafka-clients:4.1.0'"),
            ("build.gradle", "implementation 'org.testcontainers:kafka'"),
            ("build.sbt", "\"org.apache.kafka\" % \"kafka-clients\" % v % Test"),
            ("go.mod", "require github.com/IBM/sarama v1.46.0 // indirect"),
            ("go.mod", "replace github.com/segmentio/kafka-go => ../kafka-go"),
            ("go.mod", "require github.com/segmentio/kafka-gopher v1.0.0"),
            ("Orders.csproj", "<!-- <PackageReference Include=\"Confluent.Kafka\" /> -->"),
            ("Orders.csproj", "<PackageReference Include=\"Shop.Confluent.Kafka\" />"),
            ("Cargo.toml", "[package]\nname = \"rdkafka\"\n# rdkafka = \"1\""),
            ("Gemfile", "# gem 'karafka'\ngem 'karafka-testing'"),
            ("mix.exs", "# {:brod, \"~> 4\"}"),
            ("package-lock.json", "{\"dependencies\": {\"kafkajs\": {}}}"),
            ("notes.txt", "kafka-python"),
        ] {
            assert_eq!(libraries(file_name, text), [], "{file_name}: {text}");
        }
    }

    #[test]
    fn each_library_is_told_once_in_the_order_of_the_file() {
        let text = "rdkafka\nkafka-python\naiokafka\nkafka-python-ng\n";
        assert_eq!(libraries("requirements.txt", text), [("kafka-python".to_owned(), 2), ("aiokafka".to_owned(), 3)]);
    }
}
