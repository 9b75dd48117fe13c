//! A broker and a client in Docker Compose's model of a project, independent of the crate.

use std::collections::BTreeSet;

use serde_json::Value;

/// Where a broker listens, and where it sends the clients that come there.
#[derive(Debug, PartialEq, Eq)]
pub struct Listener {
    /// `host:port`; the host `0.0.0.0` is every interface.
    pub bound: String,
    /// `host:port`.
    pub advertised: String,
}

/// A service, as `docker compose config --format json` shows it.
pub struct Service<'a> {
    name: &'a str,
    value: &'a Value,
}

impl<'a> Service<'a> {
    /// The service of this name in a model.
    ///
    /// # Errors
    /// There is none.
    pub fn of(model: &'a Value, name: &'a str) -> Result<Self, String> {
        let value = model["services"].get(name).ok_or_else(|| format!("there is no service {name}"))?;
        Ok(Self { name, value })
    }

    /// The variables that have a value.
    pub fn environment(&self) -> impl Iterator<Item = (&'a str, String)> {
        let entries = self.value["environment"].as_object().into_iter().flatten();
        entries.filter_map(|(name, value)| Some((name.as_str(), unescaped(value.as_str()?))))
    }

    /// The listeners that the variables or flags name: all that are advertised, for each is a way in.
    ///
    /// # Errors
    /// Nothing names them.
    pub fn listeners(&self) -> Result<Vec<Listener>, String> {
        let advertised = self.variable("ADVERTISED_LISTENERS").or_else(|| self.flag("--advertise-kafka-addr"));
        let bound = self.variable("LISTENERS").or_else(|| self.flag("--kafka-addr")).unwrap_or_default();
        let legacy = || {
            let host = self.variable("ADVERTISED_HOST_NAME")?;
            Some(format!("PLAINTEXT://{host}:{}", self.variable("ADVERTISED_PORT")?))
        };
        let advertised = advertised.or_else(legacy).ok_or_else(|| format!("{}: no listeners are named", self.name))?;
        Ok(named_addresses(&advertised)
            .map(|(name, address)| {
                let own = named_addresses(&bound).find(|(other, _)| *other == name);
                // Without `listeners` the images derive it: every interface, the advertised port.
                let bound =
                    own.map_or_else(|| with_host("0.0.0.0", port(address)), |(_, bound)| or_host("0.0.0.0", bound));
                Listener { bound: by_number(bound), advertised: or_host(self.name, address) }
            })
            .collect())
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

    fn networks(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let networks = self.value["networks"].as_object().into_iter().flatten();
        networks.map(|(name, network)| (name.as_str(), network))
    }

    fn variable(&self, property: &str) -> Option<String> {
        let names = [format!("KAFKA_{property}"), format!("KAFKA_CFG_{property}")];
        self.environment().find(|(name, _)| names.iter().any(|wanted| wanted == name)).map(|(_, value)| value)
    }

    fn flag(&self, flag: &str) -> Option<String> {
        let words = self.value["command"].as_array()?;
        let at = words.iter().position(|word| word == flag)?;
        words.get(at + 1)?.as_str().map(unescaped)
    }
}

/// `config` doubles every dollar sign, so that its output can be read again.
fn unescaped(text: &str) -> String {
    text.replace("$$", "$")
}

/// `NAME://host:port`, separated by commas.
fn named_addresses(list: &str) -> impl Iterator<Item = (&str, &str)> {
    list.split(',').filter_map(|listener| listener.trim().split_once("://"))
}

fn port(address: &str) -> &str {
    address.rsplit_once(':').map_or(address, |(_, port)| port)
}

fn with_host(host: &str, port: &str) -> String {
    format!("{host}:{port}")
}

/// The address, with this host if it has none.
fn or_host(host: &str, address: &str) -> String {
    if address.starts_with(':') { with_host(host, port(address)) } else { address.to_owned() }
}

/// The address with localhost as a number, as Kafka resolves it: tansu listens on every interface for any name.
fn by_number(address: String) -> String {
    address.strip_prefix("localhost:").map_or(address.clone(), |port| with_host("127.0.0.1", port))
}
