//! What a client prints while it cannot reach its broker, and once it does: data in `client_log.toml`, each library with the source of
//! its lines.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::kafka::address::{HostPort, is_loopback};

static CLIENTS: LazyLock<Vec<ClientLog>> = LazyLock::new(|| {
    let parsed: Result<Table, _> = serde_json::from_str(table!("report/markdown/client_log"));
    parsed.expect("the built-in table parses, as its test shows").client
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    client: Vec<ClientLog>,
}

/// The lines of a client library.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientLog {
    /// The name of the library.
    pub(super) name: String,
    libraries: Vec<String>,
    /// What the library makes of the name localhost.
    localhost: String,
    refused: String,
    unresolved: String,
    /// A part of the line that a consumer prints once it works.
    pub(super) works: Option<String>,
}

impl ClientLog {
    /// The lines of a library, by its name among the client libraries.
    pub(super) fn of(library: &str) -> Option<&'static Self> {
        CLIENTS.iter().find(|client| client.libraries.iter().any(|own| own == library))
    }

    /// The line for an address at which the container reaches itself, or else one whose host does not resolve.
    pub(super) fn line(&self, address: &HostPort) -> String {
        let line = if is_loopback(&address.host) { &self.refused } else { &self.unresolved };
        let ip = if address.host == "localhost" { &self.localhost } else { &address.host };
        let port = address.port.map(|port| port.to_string()).unwrap_or_default();
        line.replace("{host}", &address.host).replace("{ip}", ip).replace("{port}", &port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::explain;

    #[test]
    fn explain_recognises_every_line() {
        for client in CLIENTS.iter() {
            for (host, symptom) in [("localhost", "refused"), ("broker", "name-unknown")] {
                let line = client.line(&HostPort::new(host, Some(9092)));
                let found = explain::read(line.as_bytes()).expect("it is in memory");
                let symptoms: Vec<&str> = found.observations.iter().map(|observation| observation.symptom).collect();
                assert_eq!(symptoms, [symptom], "{}: {line}", client.name);
            }
        }
    }

    #[test]
    fn every_library_is_in_the_catalog_once() {
        let names: Vec<&String> = CLIENTS.iter().flat_map(|client| &client.libraries).collect();
        for name in &names {
            assert!(crate::code::is_library(name), "{name}");
            assert_eq!(names.iter().filter(|other| other == &name).count(), 1, "{name}");
        }
    }
}
