//! The names of compose files, and how to recognize one before parsing.

use std::path::Path;

/// The names that Compose looks for, the one it prefers first (Docker Compose 2.40.3: for the old name `.yml` comes first, for the new
/// one `.yaml`).
pub const DEFAULT_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The names of override files that Compose looks for (for each of them `.yml` comes first).
pub const OVERRIDE_NAMES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// Whether people name compose files like that: `docker-compose.prod.yml`, `compose-kafka.yaml`, `dev.compose.yml`.
#[must_use]
pub fn is_compose_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    is_yaml && name.split(['.', '-', '_']).any(|word| word == "compose")
}

/// Whether a text may be a compose file, whatever its name: its top level has services, and there are images or builds.
#[must_use]
pub fn may_be_compose(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("services:"))
        && text.lines().any(|line| ["image:", "build:"].iter().any(|key| line.trim_start().starts_with(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_name_compose_files_in_many_ways() {
        for name in ["compose.yaml", "a/docker-compose.prod.yml", "docker-compose-kafka.yml", "dev.compose.yml"] {
            assert!(is_compose_name(Path::new(name)), "{name}");
        }
        for name in ["composer.yml", "compose/values.yaml", "services.yaml", "docker-compose-entrypoint.sh"] {
            assert!(!is_compose_name(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn services_without_an_image_are_those_of_another_program() {
        assert!(may_be_compose("services:\n  kafka:\n    image: apache/kafka\n"));
        assert!(!may_be_compose("services:\n  _defaults:\n    autowire: true\n"));
        assert!(!may_be_compose("job:\n  services:\n    kafka:\n      image: apache/kafka\n"));
    }
}
