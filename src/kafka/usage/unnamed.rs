//! The sources of an address that no name shows, in a program that uses Kafka and has no other source: their default is an address of
//! Kafka's, or the code that uses Kafka joins the host and the port.

use std::collections::HashMap;

use super::{ADDRESSES, Scope, Way, add, is_of_other_part};
use crate::code::{FileFacts, Read, Setting};
use crate::kafka::catalog::VariableRole;

impl Scope<'_> {
    /// The only source of that kind; none if several may be meant.
    pub(super) fn unnamed_ways(&self) -> Vec<Way> {
        let by_default = self.by_default();
        match by_default.as_slice() {
            [_] => by_default,
            [] => self.by_host_and_port(),
            _ => Vec::new(),
        }
    }

    fn by_default(&self) -> Vec<Way> {
        let mut ways = Vec::new();
        let is_kafkas = |default: &Option<String>| default.as_deref().is_some_and(|default| self.is_kafkas(default));
        for file in self.files() {
            for read in file.reads.iter().filter(|read| is_kafkas(&read.default) && !is_of_other(&read.variable)) {
                add(&mut ways, self.way_of(file, read, ADDRESSES));
            }
        }
        let is_meant = |key: &str| !is_of_other(key) && !is_of_other_part(key);
        let settings = || self.settings.iter().filter(|(_, setting)| is_meant(&setting.key));
        let mut of_keys: HashMap<&str, Vec<Way>> = HashMap::new();
        for &(file, setting) in settings() {
            self.add_setting(of_keys.entry(&setting.key).or_default(), file, setting);
        }
        for (_, Setting { key, value, .. }) in settings() {
            for way in of_keys.get(key.as_str()).into_iter().flatten() {
                let default = way.default.clone().or_else(|| Some(value.clone()));
                add(&mut ways, is_kafkas(&default).then(|| Way { default, ..way.clone() }));
            }
        }
        ways
    }

    /// What a file reads.
    fn way_of(&self, file: &FileFacts, read: &Read, role: VariableRole) -> Option<Way> {
        let default = self.baked(&read.variable).or_else(|| read.default.clone());
        Way::new(vec![read.variable.clone()], role, default, file, read.line).map(Way::spelled)
    }

    /// The host and the port that a file which uses Kafka reads and joins.
    fn by_host_and_port(&self) -> Vec<Way> {
        let mut ways = Vec::new();
        for file in self.files().filter(|file| file.joins_port && !file.uses.is_empty()) {
            for (host, port) in hosts_and_ports(file) {
                for (read, role) in [(host, VariableRole::BrokerHost), (port, VariableRole::BrokerPort)] {
                    add(&mut ways, self.way_of(file, read, role));
                }
            }
        }
        if ways.len() == 2 { ways } else { Vec::new() }
    }
}

/// The variables for a host that a file reads next to one for a port with the same beginning.
fn hosts_and_ports(file: &FileFacts) -> Vec<(&Read, &Read)> {
    let reads = file.reads.iter().filter(|read| !is_of_other(&read.variable));
    let pair = |host: &'_ Read| {
        let name = host.variable.strip_suffix("NAME").unwrap_or(&host.variable);
        let port = format!("{}PORT", name.strip_suffix("HOST")?);
        file.reads.iter().position(|read| read.variable == port)
    };
    reads.filter_map(|host| Some((host, &file.reads[pair(host)?]))).collect()
}

/// Whether a name is that of the address of another system, or of one that the program itself listens at.
pub(super) fn is_of_other(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    OTHER_WORDS.iter().any(|word| name.contains(word))
}

/// Words in the names of other addresses.
const OTHER_WORDS: [&str; 24] = [
    "ADMIN",
    "ADVERTISED",
    "AMQP",
    "BIND",
    "DATABASE",
    "DB_",
    "ELASTIC",
    "GRPC",
    "HEALTH",
    "HTTP",
    "LISTEN",
    "METRIC",
    "MINIO",
    "MONGO",
    "MQTT",
    "NATS",
    "POSTGRES",
    "PROMETHEUS",
    "RABBIT",
    "REDIS",
    "REGISTRY",
    "SMTP",
    "SQL",
    "ZOO",
];
