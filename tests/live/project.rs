//! The services of a project in Docker Compose's model of it, independent of the crate.

use std::collections::BTreeSet;

use serde_json::Value;

/// A service, as `docker compose config --format json` shows it.
#[derive(Clone, Copy)]
pub struct Service<'a> {
    /// Its name.
    pub name: &'a str,
    value: &'a Value,
}

/// A port that the host opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Published {
    /// The port on the host.
    pub host: u16,
    /// The port in the container.
    pub container: u16,
}

impl<'a> Service<'a> {
    /// All services of a model.
    pub fn all(model: &'a Value) -> impl Iterator<Item = Self> {
        let services = model["services"].as_object().into_iter().flatten();
        services.map(|(name, value)| Self { name, value })
    }

    /// The service of this name in a model.
    ///
    /// # Errors
    /// There is none.
    pub fn of(model: &'a Value, name: &str) -> Result<Self, String> {
        Self::all(model).find(|service| service.name == name).ok_or_else(|| format!("there is no service {name}"))
    }

    /// The variables that have a value.
    pub fn environment(&self) -> impl Iterator<Item = (&'a str, String)> {
        let entries = self.value["environment"].as_object().into_iter().flatten();
        entries.filter_map(|(name, value)| Some((name.as_str(), unescaped(value.as_str()?))))
    }

    /// The host name of its container.
    pub fn hostname(&self) -> &'a str {
        self.value["hostname"].as_str().unwrap_or(self.name)
    }

    /// The names under which another service finds this one: none if they share no network.
    pub fn names_for(&self, other: &Service) -> BTreeSet<String> {
        let shared = self.networks().filter(|(network, _)| other.networks().any(|(name, _)| name == *network));
        let mut names = BTreeSet::new();
        for (_, network) in shared {
            let aliases = network["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let own = ["container_name", "hostname"].into_iter().filter_map(|key| self.value[key].as_str());
            names.extend(aliases.chain(own).chain([self.name]).map(str::to_owned));
        }
        names
    }

    /// The services that it waits for, each with its condition.
    pub fn dependencies(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let entries = self.value["depends_on"].as_object().into_iter().flatten();
        entries.map(|(name, entry)| (name.as_str(), entry["condition"].as_str().unwrap_or_default()))
    }

    /// The words of its health check; `None` if it has none.
    pub fn health_check(&self) -> Option<Vec<String>> {
        let check = &self.value["healthcheck"];
        let words = check["test"].as_array().filter(|_| check["disable"] != Value::Bool(true))?;
        let words: Vec<String> = words.iter().filter_map(Value::as_str).map(unescaped).collect();
        (words.first()? != "NONE").then_some(words)
    }

    /// Its ports that the host opens.
    pub fn published(&self) -> impl Iterator<Item = Published> {
        let ports = self.value["ports"].as_array().into_iter().flatten();
        ports.filter_map(|port| {
            let host = port["published"].as_str()?.parse().ok()?;
            Some(Published { host, container: u16::try_from(port["target"].as_u64()?).ok()? })
        })
    }

    fn networks(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let networks = self.value["networks"].as_object().into_iter().flatten();
        networks.map(|(name, network)| (name.as_str(), network))
    }
}

/// `config` doubles every dollar sign, so that its output can be read again.
fn unescaped(text: &str) -> String {
    text.replace("$$", "$")
}
