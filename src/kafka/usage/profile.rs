//! The profiles that a program runs with, and the settings of each.

use crate::code::{ServiceCode, Setting};
use crate::compose::Service;

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
