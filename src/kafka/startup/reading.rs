//! A configuration as Kafka reads it before its checks: with defaults, and with parsed lists and listeners.
//!
//! An unknown part is `None`, so that a check that needs it ends with `?`. The same holds for a part that Kafka cannot read, because Kafka
//! does not reach the checks on it.

use crate::kafka::listener::SecurityProtocol;
use crate::kafka::property::{
    ADVERTISED_HOST_NAME, ADVERTISED_LISTENERS, ADVERTISED_PORT, BROKER_ID, CONFIG_PROVIDERS, CONTROLLER_NAMES, Given,
    HOST_NAME, INTER_BROKER_LISTENER, INTER_BROKER_PROTOCOL, KafkaVersion, LISTENERS, NODE_ID, PORT, PROCESS_ROLES,
    PROTOCOL_MAP, QUORUM_VOTERS,
};
use crate::kafka::startup::configuration::Configuration;
use crate::kafka::startup::definition::{Definition, Kind};
use crate::kafka::startup::endpoint::{Endpoint, Voter, listener, normal, voter};
use crate::kafka::startup::value::{Entry, boolean, csv, integer, list, trimmed};
use crate::text::Span;

/// The roles of a node. One without any is a broker of ZooKeeper's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// It serves clients.
    pub broker: bool,
    /// It votes on the cluster's state.
    pub controller: bool,
}

impl Roles {
    /// Whether it has any, and so no ZooKeeper.
    #[must_use]
    pub fn any(self) -> bool {
        self.broker || self.controller
    }
}

/// The protocol of each listener, by the listener's name in upper case; of two for one name the last one counts.
pub type Protocols = Vec<(String, SecurityProtocol)>;

/// A configuration as one version of Kafka reads it.
pub struct Reading<'c> {
    config: &'c dyn Configuration,
    /// The version.
    pub version: KafkaVersion,
    has_providers: bool,
    /// What the node is.
    pub roles: Option<Roles>,
    /// The names of listeners for controllers, as they are written: Kafka compares them so.
    pub controller_names: Option<Vec<Entry<'c>>>,
    /// How listeners speak.
    pub protocols: Option<Protocols>,
    /// What the node binds.
    pub bound: Option<Vec<Endpoint<'c>>>,
    /// Its advertised listeners, including those for controllers; by default the bound ones.
    pub advertised: Option<Vec<Endpoint<'c>>>,
    /// Who votes.
    pub voters: Option<Vec<Voter<'c>>>,
}

impl<'c> Reading<'c> {
    /// Reads a configuration.
    #[must_use]
    pub fn new(config: &'c dyn Configuration, version: KafkaVersion) -> Self {
        let has_providers = matches!(config.given(CONFIG_PROVIDERS), Given::Set(_) | Given::Unknown);
        let (roles, controller_names, protocols, bound, advertised, voters) = (None, None, None, None, None, None);
        let mut reading =
            Self { config, version, has_providers, roles, controller_names, protocols, bound, advertised, voters };
        reading.roles = reading.read_roles();
        reading.controller_names = reading.read_controller_names();
        reading.protocols = reading.read_protocols();
        reading.bound = reading.read_bound();
        reading.advertised = reading.read_advertised();
        reading.voters = reading.read_voters();
        reading
    }

    /// A property of this version, as far as it is known. An ID under its other name counts (`KafkaConfig.populateSynonyms`).
    #[must_use]
    pub fn given(&self, property: &str) -> Given<'c> {
        let own = self.given_itself(property);
        match (own, other_name(property).filter(|_| self.version.is_from(3, 1))) {
            (Given::Unset, Some(other)) => self.given_itself(other),
            _ => own,
        }
    }

    /// What is known of a property under this very name.
    #[must_use]
    pub fn given_itself(&self, property: &str) -> Given<'c> {
        match self.config.given(property) {
            // A provider may put anything in its place.
            Given::Set(value) if self.has_providers && value.contains("${") => Given::Unknown,
            given => given,
        }
    }

    /// The names of the properties that something sets.
    #[must_use]
    pub fn names(&self) -> Vec<&'c str> {
        self.config.names()
    }

    /// Whether something sets a property to whatever value.
    #[must_use]
    pub fn is_set(&self, property: &str) -> Option<bool> {
        match self.given(property) {
            Given::Set(_) => Some(true),
            Given::Unset => Some(false),
            Given::Unknown => None,
        }
    }

    /// The value of a property, or its default; `Some(None)` if it has neither, or if this version does not have it.
    #[must_use]
    pub fn text(&self, property: &str) -> Option<Option<&'c str>> {
        let Some(definition) = Definition::of(property, self.version) else { return Some(None) };
        match self.given(property) {
            Given::Set(value) => Some(Some(value)),
            Given::Unset => Some(definition.default),
            Given::Unknown => None,
        }
    }

    /// A whole number; `Some(None)` if it has none.
    #[must_use]
    pub fn integer(&self, property: &str) -> Option<Option<i64>> {
        match self.text(property)? {
            Some(text) => integer(text).map(Some),
            None => Some(None),
        }
    }

    /// A boolean; false if the version does not have the property.
    #[must_use]
    pub fn is_true(&self, property: &str) -> Option<bool> {
        self.text(property)?.map_or(Some(false), boolean)
    }

    /// The entries of a list; `Some(None)` if it is not set and has no default.
    ///
    /// Lists that Kafka defines as strings are split by its own code, which drops empty entries.
    #[must_use]
    pub fn entries(&self, property: &str) -> Option<Option<Vec<Entry<'c>>>> {
        let Some(text) = self.text(property)? else { return Some(None) };
        let definition = Definition::of(property, self.version)?;
        let mut entries = if definition.kind == Kind::List { list(text) } else { csv(text) };
        if definition.is_set() {
            let mut distinct: Vec<Entry<'c>> = Vec::new();
            for entry in entries {
                if distinct.iter().all(|other| other.text != entry.text) {
                    distinct.push(entry);
                }
            }
            entries = distinct;
        }
        Some(Some(entries))
    }

    /// Whether a listener of this name, in upper case, is for controllers. Kafka does not find a name in lower case.
    #[must_use]
    pub fn is_for_controllers(&self, name: &str) -> Option<bool> {
        Some(self.controller_names.as_ref()?.iter().any(|own| own.text == name))
    }

    /// Whether it serves clients, with ZooKeeper or without.
    #[must_use]
    pub fn serves_clients(&self) -> Option<bool> {
        let roles = self.roles?;
        Some(roles.broker || !roles.any() && !self.version.is_from(4, 0))
    }

    /// The listeners that it advertises to clients and other brokers.
    pub fn advertised_to_clients(&self) -> Option<impl Iterator<Item = &Endpoint<'c>>> {
        let names = self.controller_names.as_ref()?;
        // Up to 3.8, a listener for controllers is left out only if the advertised listeners are not set; otherwise Kafka rejects it.
        let keeps_all = !self.version.is_from(3, 9) && self.is_set(ADVERTISED_LISTENERS)?;
        let is_for_controllers = move |name: &str| !keeps_all && names.iter().any(|own| own.text == name);
        Some(self.advertised.as_ref()?.iter().filter(move |endpoint| !is_for_controllers(&endpoint.name)))
    }

    /// The name in upper case of the listener between brokers, and how it speaks; `None` also if Kafka refuses what names it.
    #[must_use]
    pub fn inter_broker(&self) -> Option<(String, SecurityProtocol)> {
        match self.text(INTER_BROKER_LISTENER)? {
            Some(name) => {
                let name = normal(trimmed(name));
                let protocol = protocol_of(self.protocols.as_ref()?, &name)?;
                Some((name, protocol))
            }
            None => {
                let protocol = trimmed(self.text(INTER_BROKER_PROTOCOL)??);
                Some((normal(protocol), SecurityProtocol::from_name(protocol)?))
            }
        }
    }

    fn read_roles(&self) -> Option<Roles> {
        let mut roles = Roles::default();
        for entry in self.entries(PROCESS_ROLES)?.unwrap_or_default() {
            match entry.text {
                "broker" => roles.broker = true,
                "controller" => roles.controller = true,
                _ => return None,
            }
        }
        Some(roles)
    }

    fn read_controller_names(&self) -> Option<Vec<Entry<'c>>> {
        if self.version.is_from(4, 1) {
            return Some(self.entries(CONTROLLER_NAMES)?.unwrap_or_default());
        }
        // Java's `split` does not trim, and drops empty entries at the end.
        let Some(text) = self.text(CONTROLLER_NAMES)? else { return Some(Vec::new()) };
        let names = trimmed(text).trim_end_matches(',');
        let mut start = text.find(names).unwrap_or_default();
        let entry = |text: &'c str| {
            let span = Span::new(start, start + text.len());
            start = span.end + 1;
            Entry { text, span }
        };
        Some(if names.is_empty() { Vec::new() } else { names.split(',').map(entry).collect() })
    }

    /// `AbstractKafkaConfig.effectiveListenerSecurityProtocolMap`
    fn read_protocols(&self) -> Option<Protocols> {
        let text = self.text(PROTOCOL_MAP)??;
        let read = |entry: MapEntry<'c>| Some((normal(entry.key?), SecurityProtocol::from_name(entry.value)?));
        let mut protocols: Protocols = map_entries(text).into_iter().map(read).collect::<Option<_>>()?;
        let knows_controllers = self.version.is_from(4, 0) || self.version.is_from(3, 1) && self.roles?.any();
        if !knows_controllers || self.is_set(PROTOCOL_MAP)? {
            return Some(protocols);
        }
        // Controllers speak plain text unless a listener is secured by its name.
        let names = self.controller_names.as_ref()?;
        let is_secured = |name: &str| ["SSL", "SASL_SSL", "SASL_PLAINTEXT"].contains(&name);
        let bound = self.entries(LISTENERS)?.unwrap_or_default();
        let name_of = |entry: &Entry<'_>| normal(entry.text.split(':').next().unwrap_or_default());
        if !names.iter().any(|name| is_secured(name.text)) && !bound.iter().any(|entry| is_secured(&name_of(entry))) {
            protocols.extend(names.iter().map(|name| (name.text.to_owned(), SecurityProtocol::Plaintext)));
        }
        Some(protocols)
    }

    fn read_bound(&self) -> Option<Vec<Endpoint<'c>>> {
        match self.entries(LISTENERS)? {
            Some(entries) => self.endpoints(&entries),
            None => self.legacy([HOST_NAME, PORT], [HOST_NAME, PORT]),
        }
    }

    fn read_advertised(&self) -> Option<Vec<Endpoint<'c>>> {
        if let Some(entries) = self.entries(ADVERTISED_LISTENERS)? {
            return self.endpoints(&entries);
        }
        let is_given = |property| Some(self.text(property)?.is_some());
        if is_given(ADVERTISED_HOST_NAME)? || is_given(ADVERTISED_PORT)? {
            return self.legacy([ADVERTISED_HOST_NAME, ADVERTISED_PORT], [HOST_NAME, PORT]);
        }
        self.bound.clone()
    }

    /// The listener that versions up to 2.8 create from a host and a port, or from their fallbacks.
    fn legacy(&self, [host, port]: [&str; 2], [other_host, other_port]: [&str; 2]) -> Option<Vec<Endpoint<'c>>> {
        let host = self.text(host)?.or(self.text(other_host)?)?;
        let port = self.integer(port)?.or(self.integer(other_port)?)?;
        let protocol = protocol_of(self.protocols.as_ref()?, "PLAINTEXT")?;
        let port = i32::try_from(port).ok()?;
        Some(vec![Endpoint { name: "PLAINTEXT".to_owned(), host: trimmed(host), port, protocol, span: Span::empty(0) }])
    }

    fn endpoints(&self, entries: &[Entry<'c>]) -> Option<Vec<Endpoint<'c>>> {
        let protocols = self.protocols.as_ref()?;
        let endpoint = |entry: &Entry<'c>| {
            let (name, host, port) = listener(entry.text)?;
            let name = normal(name);
            let protocol = protocol_of(protocols, &name)?;
            Some(Endpoint { name, host, port, protocol, span: entry.span })
        };
        entries.iter().map(endpoint).collect()
    }

    fn read_voters(&self) -> Option<Vec<Voter<'c>>> {
        let entries = self.entries(QUORUM_VOTERS)?.unwrap_or_default();
        entries.into_iter().map(|entry| voter(entry, self.version)).collect()
    }
}

/// An entry of a map.
#[derive(Clone, Copy, Debug)]
pub struct MapEntry<'v> {
    /// The part before the last colon; `None` if there is no colon.
    pub key: Option<&'v str>,
    /// What follows it.
    pub value: &'v str,
    /// The entry, in bytes of the value.
    pub span: Span,
}

/// The entries of a map, `KEY:VALUE` with commas between them (`Csv.parseCsvMap`).
#[must_use]
pub fn map_entries(text: &str) -> Vec<MapEntry<'_>> {
    let mut entries = list(text);
    // Java's `split` drops what is empty at the end.
    while entries.last().is_some_and(|entry| entry.text.is_empty()) {
        entries.pop();
    }
    entries.into_iter().map(map_entry).collect()
}

fn map_entry(Entry { text, span }: Entry<'_>) -> MapEntry<'_> {
    match text.rsplit_once(':') {
        Some((key, value)) => MapEntry { key: Some(trimmed(key)), value: trimmed(value), span },
        None => MapEntry { key: None, value: text, span },
    }
}

/// The protocol of a listener.
#[must_use]
pub fn protocol_of(protocols: &Protocols, name: &str) -> Option<SecurityProtocol> {
    protocols.iter().rev().find(|(own, _)| own == name).map(|(_, protocol)| *protocol)
}

fn other_name(property: &str) -> Option<&'static str> {
    match property {
        NODE_ID => Some(BROKER_ID),
        BROKER_ID => Some(NODE_ID),
        _ => None,
    }
}
