//! Loaders that let variables override the entries of a program's own configuration files, under a prefix.

use super::pattern::{Code, Pattern};
use crate::code::Language;

/// How variables override the entries of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// What the name of a variable begins with.
    prefix: String,
    /// What is between the names of two levels.
    separator: String,
    /// Whether names are in capitals, or as the file has them.
    is_upper: bool,
    /// Whether the first level of a file is the environment that the rest is for.
    has_environments: bool,
}

impl Overlay {
    /// The variable that overrides a key.
    #[must_use]
    pub fn variable(&self, key: &str) -> String {
        let below = key.split_once('.').map_or(key, |(_, below)| below);
        let key = if self.has_environments { below } else { key };
        let joined = key.split(['.', ':']).collect::<Vec<_>>().join(&self.separator).replace('-', "_");
        format!("{}{}", self.prefix, if self.is_upper { joined.to_ascii_uppercase() } else { joined })
    }
}

/// A loader of a language.
struct Loader {
    language: Language,
    /// The call that reads the environment; a group `name` is the prefix.
    call: Pattern,
    /// The prefix where the call has none.
    default: &'static str,
    /// What follows the prefix; the separator if nothing else does.
    joint: Option<&'static str>,
    separator: &'static str,
    is_upper: bool,
}

/// The loaders, by their own pages.
static LOADERS: [Loader; 9] = [
    // adblair/configloader README: `update_from_env_namespace`
    Loader {
        language: Language::Python,
        call: Pattern::new(&["update_from_env_namespace"], r"\.update_from_env_namespace \( NAME"),
        default: "",
        joint: Some("_"),
        separator: "_",
        is_upper: true,
    },
    // dynaconf/dynaconf docs/envvars.md
    Loader {
        language: Language::Python,
        call: Pattern::new(
            &["Dynaconf", "LazySettings"],
            r"\b(?:Dynaconf|LazySettings) \((?:[^()]*?\benvvar_prefix = NAME)?",
        ),
        default: "DYNACONF",
        joint: Some("_"),
        separator: "__",
        is_upper: true,
    },
    // knadh/koanf README, "Reading environment variables"
    Loader {
        language: Language::Go,
        call: Pattern::new(&["env.Provider"], r"\benv\.Provider(?:WithValue)? \( NAME"),
        default: "",
        joint: Some(""),
        separator: "_",
        is_upper: true,
    },
    // spf13/viper README, "Working with Environment Variables"
    Loader {
        language: Language::Go,
        call: Pattern::new(&["SetEnvPrefix"], r"\.SetEnvPrefix \( NAME"),
        default: "",
        joint: Some("_"),
        separator: "_",
        is_upper: true,
    },
    // rust-cli/config-rs src/env.rs
    Loader {
        language: Language::Rust,
        call: Pattern::new(&["Environment"], r"\bEnvironment :: with_prefix \( NAME"),
        default: "",
        joint: None,
        separator: "_",
        is_upper: true,
    },
    // SergioBenitez/Figment src/providers/env.rs
    Loader {
        language: Language::Rust,
        call: Pattern::new(&["Env"], r"\bEnv :: prefixed \( NAME"),
        default: "",
        joint: Some(""),
        separator: "__",
        is_upper: true,
    },
    // indexzero/nconf README, "Env"
    Loader {
        language: Language::JavaScript,
        call: Pattern::new(&["nconf"], r"\bnconf\.(?:argv \( \) \. )?env \( (?:\{[^{}]*\}|NAME)?"),
        default: "",
        joint: Some(""),
        separator: "__",
        is_upper: false,
    },
    // dominictarr/rc README, "Standards"
    Loader {
        language: Language::JavaScript,
        call: Pattern::new(&["rc"], r"\brequire \( ANY \) \( NAME , \{"),
        default: "",
        joint: Some("_"),
        separator: "__",
        is_upper: false,
    },
    // rubyconfig/config README, "Working with Environment Variables"
    Loader {
        language: Language::Ruby,
        call: Pattern::new(&["env_prefix"], r"\benv_prefix = NAME"),
        default: "",
        joint: None,
        separator: ".",
        is_upper: false,
    },
];

/// The loaders that a source file uses.
pub(super) fn overlays(language: Language, code: &Code) -> Vec<Overlay> {
    LOADERS.iter().filter(|loader| loader.language == language).filter_map(|loader| overlay(loader, code)).collect()
}

/// Whether a source file may use a loader.
pub(super) fn may_have(language: Language, text: &str) -> bool {
    LOADERS.iter().any(|loader| loader.language == language && loader.call.may_match(text))
}

fn overlay(loader: &Loader, code: &Code) -> Option<Overlay> {
    let found = loader.call.captures(code.text())?;
    let separator = separator(code).unwrap_or_else(|| loader.separator.to_owned());
    let prefix = match found.name("name") {
        Some(name) => code.value(name.as_str())?.text,
        None => loader.default.to_owned(),
    };
    let is_joined = prefix.is_empty() || prefix.ends_with(['_', '.']);
    let joint = if is_joined { "" } else { loader.joint.unwrap_or(&separator) };
    let (prefix, has_environments) = (format!("{prefix}{joint}"), ENVIRONMENTS.is_match(code.text()));
    Some(Overlay { prefix, separator, is_upper: loader.is_upper, has_environments })
}

/// Whether the first level of a file is an environment (dynaconf/dynaconf docs/configuration.md, `environments`).
static ENVIRONMENTS: Pattern = Pattern::new(&["environments"], r"\benvironments = True");

/// What a program says is between the names of two levels: `separator: '__'`, `.separator("__")`, `env_separator = '__'`.
fn separator(code: &Code) -> Option<String> {
    static SEPARATOR: Pattern = Pattern::new(&["eparator", "split"], r"\b(?:env_)?(?:separator|split) (?:[:=(]) NAME");
    let found = SEPARATOR.captures(code.text())?;
    Some(code.value(&found["name"])?.text)
}
