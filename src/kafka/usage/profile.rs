//! The profiles that a program runs with, and the settings of each.

use crate::code::{FileFacts, Language, ServiceCode, Setting};
use crate::compose::Service;

/// The environments for which the files of a Rails program have sections (guides.rubyonrails.org, "Configuring Rails Applications", `config_for`).
const RAILS_ENVIRONMENTS: [&str; 4] = ["development", "production", "staging", "test"];

/// The variables that choose one; without them it is the first (rails/rails railties/lib/rails.rb).
const OF_RAILS: [&str; 2] = ["RAILS_ENV", "RACK_ENV"];

/// The environment of a Rails program; `None` if the code is in another language, or if it is unknown.
pub(super) fn rails_environment(service: &Service, code: &ServiceCode) -> Option<String> {
    let is_ruby = code.files.iter().any(|file| file.language == Some(Language::Ruby));
    let is_chosen = |word: &String| word.contains("_ENV=") || ["-e", "--environment"].contains(&word.as_str());
    if !is_ruby || service.has_unknown_variables() || code.command.iter().any(is_chosen) {
        return None;
    }
    if let Some(own) = OF_RAILS.iter().find_map(|name| service.variable(name)) {
        return own.value().map(str::to_owned);
    }
    let image = OF_RAILS.iter().find_map(|name| code.image_env.iter().find(|own| own.name == *name));
    Some(image.map_or(RAILS_ENVIRONMENTS[0], |own| &own.value).to_owned())
}

/// Whether a file has sections for environments of Rails.
pub(super) fn has_environments(file: &FileFacts) -> bool {
    let has = |name: &str| file.settings.iter().any(|setting| section(setting) == Some(name));
    RAILS_ENVIRONMENTS[..2].iter().all(|name| has(name))
}

/// The environment of Rails in whose section a setting is.
pub(super) fn section(setting: &Setting) -> Option<&'static str> {
    let first = setting.key.split('.').next()?;
    RAILS_ENVIRONMENTS.into_iter().find(|name| *name == first)
}

/// The profiles that a program runs with: Spring's, Quarkus's and .NET's.
pub(super) fn active_profiles(service: &Service, code: &ServiceCode) -> Vec<String> {
    let names = [
        "SPRING_PROFILES_ACTIVE",
        "QUARKUS_PROFILE",
        "MICRONAUT_ENVIRONMENTS",
        "ASPNETCORE_ENVIRONMENT",
        "DOTNET_ENVIRONMENT",
    ];
    let mut profiles = Vec::new();
    for name in names {
        let own = service.variable(name).and_then(|variable| variable.value().map(str::to_owned));
        let image = || code.image_env.iter().find(|own| own.name == name).map(|own| own.value.clone());
        if let Some(value) = own.or_else(image) {
            profiles.extend(value.split(',').map(|profile| profile.trim().to_owned()));
        }
    }
    if let Some(active) = code.files.iter().flat_map(|file| &file.settings).find(|setting| {
        setting.profile.is_none() && ["spring.profiles.active", "quarkus.profile"].contains(&setting.key.as_str())
    }) && profiles.is_empty()
    {
        profiles.extend(active.value.split(',').map(|profile| profile.trim().to_owned()));
    }
    if profiles.is_empty() {
        // .NET's hosts and Quarkus's packages run so where nothing is said.
        profiles.extend(["Production".to_owned(), "prod".to_owned()]);
    }
    profiles
}

/// Whether a setting is of one of these profiles, or of none.
pub(super) fn is_active(setting: &Setting, profiles: &[String]) -> bool {
    let own = setting.profile.as_ref();
    own.is_none_or(|own| profiles.iter().any(|active| active.eq_ignore_ascii_case(own)))
}
