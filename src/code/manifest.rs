//! The client libraries that a manifest of packages lists.

mod jvm;
mod python;

use std::collections::BTreeMap;

use serde_json::Value as Json;
use toml::{Table, Value as Toml};

use super::Mention;
use super::library::Registry;

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
    /// `CMake`, Meson and Conan: names that stand by themselves.
    CBuild,
    Vcpkg,
}

/// A package that a manifest lists.
struct Package {
    /// Its name as the registry has it; Maven's is `group:artifact`.
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

    /// The packages that the text of the manifest lists; none if it is no such text.
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

/// The client libraries for Kafka that a manifest lists, each where it stands first, in the order of the file; none in a file that is
/// no manifest by its name (see [`is_manifest`]), or cannot be read.
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
        // go.dev/ref/mod: a module's path goes on with the major version, and with the folder of a nested module.
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
    let mut packages = Vec::new();
    for (offset, _) in text.match_indices('<') {
        let tag = text[offset + 1..].split('>').next().unwrap_or_default();
        let mut words = tag.split_whitespace();
        if !matches!(words.next(), Some("PackageReference" | "PackageVersion" | "package")) {
            continue;
        }
        for attribute in words {
            let quoted = ["Include=", "Update=", "id="].iter().find_map(|name| attribute.strip_prefix(name));
            let name = quoted.map(|quoted| quoted.trim_matches(|mark| "\"'/".contains(mark)).to_owned());
            packages.extend(name.map(|name| Package { name, line: line_of(&text, offset) }));
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

/// Each word of the lines that are no comments: enough where a package's name is hardly anything else.
fn words(text: &str, comment: &str) -> Vec<Package> {
    let is_name = |character: char| character.is_alphanumeric() || "_-+".contains(character);
    let lines = code_lines(text, comment);
    let words = lines.flat_map(|(line, text)| text.split(move |part| !is_name(part)).map(move |word| (line, word)));
    words.filter(|(_, word)| !word.is_empty()).map(|(line, word)| Package { name: word.to_owned(), line }).collect()
}

/// The same text with blanks for XML comments; the lines stay where they are.
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

/// The line, from 1, that a byte of the text is in.
fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].bytes().filter(|byte| *byte == b'\n').count() + 1
}
