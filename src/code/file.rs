//! The facts in one file.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::code::fact::{Literal, Mention, Read, Setting};
use crate::code::framework::is_of_jvm;
use crate::code::idiom::Overlay;
use crate::code::image_name;
use crate::code::import::kafka_imports;
use crate::code::language::Language;
use crate::code::module::{drives_docker, modules, shows_modules};
use crate::code::{config, document, idiom, library, manifest};
use crate::text::WordFinder;

/// The facts in one file.
#[derive(Clone, Debug, Default)]
pub struct FileFacts {
    /// Its path.
    pub path: PathBuf,
    /// The language it is written in, if it is source.
    pub language: Option<Language>,
    /// Whether it lists the packages that a program uses.
    pub is_manifest: bool,
    /// The libraries for Kafka that it lists, if it is a manifest.
    pub libraries: Vec<Mention>,
    /// The libraries for Kafka that its code takes in.
    pub uses: Vec<Mention>,
    /// The environment variables that its code reads, if it may be about Kafka.
    pub reads: Vec<Read>,
    /// The configuration keys that its code asks for, if it may be about Kafka.
    pub keys: Vec<Setting>,
    /// The addresses in its code, if it may be about Kafka.
    pub literals: Vec<Literal>,
    /// Whether a string of its code joins a host to a port.
    pub joins_port: bool,
    /// Its entries, if it is a configuration file.
    pub settings: Vec<Setting>,
    /// Its entries, if it is a sample of an env file that is not in the repository.
    pub samples: Vec<Setting>,
    /// The names of the programs that it makes, if it is a manifest.
    pub names: Vec<String>,
    /// The modules that its code takes in; of a manifest, the names and paths of the packages.
    pub modules: Vec<String>,
    /// Whether those are all, in a language in which code is found by its imports.
    pub shows_modules: bool,
    /// The loaders in it that let variables override configuration files.
    pub overlays: Vec<Overlay>,
    /// Whether it adds files to a .NET configuration after the environment, so that no variable overrules them.
    pub overrules_variables: bool,
    /// Whether it names a framework of the JVM in which variables override configuration files.
    pub names_framework: bool,
    /// Whether it has a word for Kafka in it.
    pub speaks_of_kafka: bool,
    /// Its text, where others have to read it as a whole: a Dockerfile, a manifest with scripts, a script about Kafka.
    pub text: Option<String>,
}

/// The words of files about Kafka: the first two name it, the next three an address, and the others are libraries without such a word in
/// their name.
static WORDS: LazyLock<WordFinder> = LazyLock::new(|| {
    let words = ["kafka", "redpanda", "broker", "bootstrap", ":9092"];
    let is_new = |name: &&str| !words.iter().any(|word| name.to_ascii_lowercase().contains(word));
    WordFinder::new(words.into_iter().chain(library::words().filter(is_new)))
});

/// Words in the packages of those frameworks.
static FRAMEWORKS: LazyLock<WordFinder> = LazyLock::new(|| {
    let words = [
        "springframework",
        "quarkus",
        "micronaut",
        "microprofile",
        "smallrye",
        "helidon",
        "apache.camel",
        "io.ktor",
        "eventuate",
    ];
    WordFinder::new(words)
});

/// Nobody writes a Dockerfile longer than this, in bytes.
const MAX_DOCKERFILE: usize = 256 * 1024;

impl FileFacts {
    /// Whether a file with this name can contain facts.
    pub(super) fn is_readable(path: &Path) -> bool {
        let name = name_of(path);
        Language::of(path).is_some()
            || manifest::is_manifest(name)
            || config::is_config(path)
            || config::is_env_sample(path)
            || is_dockerfile(name)
            || image_name::is_recipe(name)
    }

    /// Reads a file.
    pub(super) fn of(path: &Path, text: String) -> Self {
        let name = name_of(path);
        let mut facts = Self { path: path.to_owned(), language: Language::of(path), ..Self::default() };
        let mut words = WORDS.find_iter(text.as_bytes()).peekable();
        // What runs on the host is not part of a service.
        let is_of_service = facts.language != Some(Language::Shell) || !drives_docker(&text);
        let is_near = words.peek().is_some() && is_of_service;
        facts.speaks_of_kafka = words.any(|word| word < 2) && is_of_service;
        drop(words);
        if let Some(language) = facts.language {
            facts.shows_modules = shows_modules(language, &text);
            facts.modules = modules(language, &text, facts.shows_modules);
            facts.overlays = idiom::overlays(language, &text);
            if is_near {
                facts.uses = kafka_imports(language, &text);
                let said = idiom::look(language, &text);
                (facts.reads, facts.keys, facts.literals) = (said.reads, said.keys, said.literals);
                facts.joins_port = said.joins_port;
            }
        }
        let is_of_jvm_code = facts.language == Some(Language::Jvm) || manifest::is_manifest(name);
        facts.names_framework = is_of_jvm_code && FRAMEWORKS.find_iter(text.as_bytes()).next().is_some();
        facts.overrules_variables = facts.language == Some(Language::DotNet) && overrules_variables(&text);
        facts.is_manifest = manifest::is_manifest(name);
        if facts.is_manifest && facts.language.is_none() {
            (facts.names, facts.modules) = manifest::project(name, &text);
        }
        if is_near && facts.is_manifest {
            facts.libraries = manifest::kafka_libraries(name, &text);
        } else if (is_near || is_of_jvm(name)) && config::is_config(path) {
            // Without a word about Kafka it may still show another source of configuration.
            facts.settings = config::settings(path, &text);
            facts.reads.extend(document::template_reads(&text));
        }
        if is_near && config::is_env_sample(path) {
            facts.samples = config::settings_in(path, &text, document::Syntax::Dotenv);
        }
        // A Dockerfile may have any name: what is read and cannot be anything else is kept for that.
        let is_unknown = || !Self::is_readable(path) && text.len() <= MAX_DOCKERFILE;
        let is_script = facts.language == Some(Language::Shell) && facts.speaks_of_kafka;
        if is_dockerfile(name) || name == "package.json" || is_script || is_unknown() {
            facts.text = Some(text);
        }
        facts
    }
}

/// Whether the last that C# adds to a configuration is a file: the source that is added last wins (learn.microsoft.com, "Configuration in
/// .NET").
fn overrules_variables(text: &str) -> bool {
    let last = |word| text.rfind(word);
    let file = last(".AddJsonFile(").max(last(".AddYamlFile("));
    file.is_some() && file > last(".AddEnvironmentVariables(")
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// Whether a file with this name, a manifest or a Dockerfile, shows that its folder contains a program.
pub(super) fn marks_program(path: &Path) -> bool {
    let name = name_of(path);
    manifest::is_manifest(name) || is_dockerfile(name)
}

/// Whether a file with this name is a manifest.
pub(super) fn marks_module(path: &Path) -> bool {
    manifest::is_manifest(name_of(path))
}

/// What a Dockerfile makes, by its name: `orders` of `Dockerfile.orders` and `orders.Dockerfile`.
pub(super) fn image_in_name(path: &Path) -> Option<&str> {
    let name = name_of(path);
    let before = || name.strip_suffix(".Dockerfile").or_else(|| name.strip_suffix(".dockerfile"));
    name.strip_prefix("Dockerfile.").or_else(before)
}

fn is_dockerfile(name: &str) -> bool {
    name.starts_with("Dockerfile")
        || name.ends_with(".Dockerfile")
        || name.ends_with(".dockerfile")
        || name == "Containerfile"
}
