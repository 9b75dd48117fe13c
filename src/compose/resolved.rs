//! The merged result of all files of a project, for each service: the second half of the proof of a fix. The first,
//! [`Model`](super::Model), shows that a file changed only as declared; this shows that Compose interprets the files as the fix intends.

use std::collections::BTreeMap;

use crate::compose::change::Change;
use crate::compose::interpolation::interpolate;
use crate::compose::network::Attachment;
use crate::compose::port::PublishedPorts;
use crate::compose::project::Project;
use crate::compose::service::Service;

/// Every fact about every service, by its service and its name: `environment.KAFKA_BROKERS`, `depends_on.kafka`, `healthcheck`, ….
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved(BTreeMap<(String, String), String>);

/// The value of a variable that only the shell may set.
const PASSED_THROUGH: &str = "(passed through)";

impl Resolved {
    /// The facts of a project.
    #[must_use]
    pub fn of(project: &Project) -> Self {
        let facts = project
            .services
            .iter()
            .flat_map(|service| facts(service).into_iter().map(|(fact, value)| ((service.name.clone(), fact), value)));
        Self(facts.collect())
    }

    /// Makes a declared change, as far as it is one of these facts.
    pub fn apply(&mut self, project: &Project, change: &Change) {
        let (service, fact, value) = match change.meaning() {
            Change::Variable { service, name, value } => {
                let value = interpolate(value, &|name: &str| project.dot_env.value(name)).map(|value| value.text);
                (service, format!("environment.{name}"), value.unwrap_or_default())
            }
            Change::Dependency { service, on, condition, settings } => {
                let said = settings.written().map(|(key, value)| (format!("depends_on.{on}.{key}"), value.to_string()));
                self.0.extend(said.map(|(fact, value)| ((service.clone(), fact), value)));
                (service, format!("depends_on.{on}"), condition.as_str().to_owned())
            }
            Change::Network { service, network } => (service, format!("networks.{network}"), String::new()),
            Change::LeftMode { service, network } => {
                self.0.insert((service.clone(), format!("networks.{network}")), String::new());
                (service, "network_mode".to_owned(), String::new())
            }
            Change::Removed { service, name } => {
                self.0.remove(&(service.clone(), format!("environment.{name}")));
                return;
            }
            Change::Renamed { service, from, name, value } => {
                let lookup = |name: &str| project.dot_env.value(name);
                let key = |from: &str| (service.clone(), format!("environment.{from}"));
                // In a map it is a key, which Compose does not interpolate.
                if self.0.remove(&key(from)).is_none() {
                    let from = interpolate(from, &lookup).map(|from| from.text).unwrap_or_default();
                    self.0.remove(&key(&from));
                }
                let value = match value {
                    Some(value) => interpolate(value, &lookup).map(|value| value.text).unwrap_or_default(),
                    None => lookup(name).unwrap_or_else(|| PASSED_THROUGH.to_owned()),
                };
                (service, format!("environment.{name}"), value)
            }
            Change::Image { service, image } => {
                let image = interpolate(image, &|name: &str| project.dot_env.value(name)).map(|value| value.text);
                (service, "image".to_owned(), image.unwrap_or_default())
            }
            Change::Port { service, from, to } => {
                let lookup = |name: &str| project.dot_env.value(name);
                let read = |raw: &str| interpolate(raw, &lookup).map(|text| PublishedPorts::short(&text.text));
                if let (Ok(from), Ok(to)) = (read(from), read(to))
                    && let Some(ports) = self.0.get_mut(&(service.clone(), "ports".to_owned()))
                {
                    *ports = ports.replacen(&format!("{from:?}"), &format!("{to:?}"), 1);
                }
                return;
            }
            Change::Healthcheck { service, .. } => {
                self.0.remove(&(service.clone(), "healthcheck".to_owned()));
                return;
            }
            Change::Command { service, part, texts } => {
                let lookup = |name: &str| project.dot_env.value(name);
                let command = project.service(service).and_then(|service| part.of(service));
                let words = command.and_then(|command| command.words_with(texts, &lookup)).unwrap_or_default();
                (service, part.as_str().to_owned(), format!("{words:?}"))
            }
            Change::Inherited(_) | Change::Extension(_) => return,
        };
        self.0.insert((service.clone(), fact), value);
    }

    /// The services of which the facts differ; health checks that `changes` declare may.
    #[must_use]
    pub fn differences(&self, other: &Self, changes: &[&Change]) -> Vec<String> {
        let declared = |(service, fact): &(String, String)| {
            changes.iter().any(|change| match change {
                Change::Healthcheck { service: own, .. } => own == service && fact == "healthcheck",
                _ => false,
            })
        };
        let keys = self.0.keys().chain(other.0.keys());
        let mut services: Vec<String> = keys
            .filter(|key| self.0.get(*key) != other.0.get(*key) && !declared(key))
            .map(|(service, _)| service.clone())
            .collect();
        services.dedup();
        services
    }
}

fn network_mode(attachment: &Attachment) -> String {
    if let Attachment::Networks(_) = attachment { String::new() } else { format!("{attachment:?}") }
}

/// The facts of a service, each with its name.
pub(super) fn facts(service: &Service) -> Vec<(String, String)> {
    let mut facts = vec![
        ("network_mode".to_owned(), network_mode(&service.attachment)),
        ("ports".to_owned(), format!("{:?}", service.ports)),
        ("mounts".to_owned(), service.mounts.join(",")),
        ("profiles".to_owned(), service.profiles.join(",")),
        ("env_file".to_owned(), service.env_files.iter().map(|file| file.path.display().to_string()).collect()),
    ];
    let texts = [
        ("image", service.image.as_ref().map(|image| image.as_str().to_owned())),
        ("build", service.build.as_ref().map(|build| build.to_string())),
        ("command", service.command.as_ref().map(|command| format!("{:?}", command.words))),
        ("entrypoint", service.entrypoint.as_ref().map(|command| format!("{:?}", command.words))),
        ("container_name", service.container_name.clone()),
        ("hostname", service.hostname.clone()),
        ("healthcheck", service.healthcheck.as_ref().map(|check| format!("{:?} {:?}", check.test, check.timings))),
    ];
    facts.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))));
    let memberships = service.attachment.memberships().iter();
    facts.extend(memberships.map(|member| (format!("networks.{}", member.network), member.aliases.join(","))));
    facts.extend(service.environment.variables.iter().map(|variable| {
        let value = variable.value().map_or_else(|| PASSED_THROUGH.to_owned(), str::to_owned);
        (format!("environment.{}", variable.name), value)
    }));
    let dependencies = service.depends_on.dependencies.iter();
    for on in dependencies {
        facts.push((format!("depends_on.{}", on.service), on.condition().as_str().to_owned()));
        // What is not said is not noted: a new dependency is its condition alone.
        let settings = [("restart", on.restart(), on.restart()), ("required", on.required(), !on.required())];
        let said = settings.into_iter().filter(|(.., is_said)| *is_said);
        facts.extend(said.map(|(key, value, _)| (format!("depends_on.{}.{key}", on.service), value.to_string())));
    }
    facts
}
