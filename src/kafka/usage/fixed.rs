//! Addresses that no variable changes: in code, and in files of configuration.

use super::{Scope, Sign};
use crate::code::{FileFacts, ServiceCode, Setting};
use crate::kafka::address::{AddressList, is_loopback};
use crate::kafka::catalog::{KafkaClient, VariableRole};
use crate::kafka::client::EvidenceKind;
use crate::kafka::document::role;
use crate::kafka::keys::is_broker_key;

impl Scope<'_> {
    /// Those in code or a file: of brokers of the project, or of the container itself.
    pub(super) fn fixed(&self) -> Vec<Sign> {
        let sign = |text: &str, file, line| Sign::new(EvidenceKind::Literal, text, file, line);
        let mut fixed = Vec::new();
        for file in self.files().filter(|file| !file.uses.is_empty() || file.speaks_of_kafka) {
            // A host without a port counts only under a known key.
            let is_address = |text: &str| self.is_kafkas(text) || is_loopback(text);
            let literals = file.literals.iter().filter(|literal| is_address(&literal.text));
            fixed.extend(literals.map(|literal| sign(&literal.text, file, literal.line)));
        }
        for &(file, setting) in &self.settings {
            if self.bound(file, &setting.key).is_none()
                && is_broker_key(&setting.key)
                && self.is_kafkas(&setting.value)
                && !is_for_variables(file)
            {
                fixed.push(sign(&setting.value, file, setting.line));
            }
        }
        fixed
    }

    /// Those in the files that a ready-made program reads, under the profiles that it runs with.
    pub(super) fn configured(&self, program: &KafkaClient) -> Vec<Sign> {
        let is_read = |(file, setting): &&(&FileFacts, &Setting)| {
            let path = self.code.mounted.get(&file.path).or_else(|| self.code.copied.get(&file.path));
            let keys = path.and_then(|path| program.file_at(self.service, path)).map(|own| own.keys.as_slice());
            keys.is_some_and(|keys| matches!(role(&setting.key, keys), VariableRole::BrokerAddress(_)))
        };
        self.settings.iter().filter(is_read).filter_map(|(file, setting)| sign(file, setting)).collect()
    }
}

/// Those in definitions of connectors.
pub(super) fn in_connectors(code: &ServiceCode) -> Vec<Sign> {
    let connectors = code.files.iter().filter(|file| is_connector(file));
    let settings = connectors.flat_map(|file| file.settings.iter().map(move |setting| (file, setting)));
    let addresses = settings.filter(|(_, setting)| is_broker_key(&setting.key));
    addresses.filter_map(|(file, setting)| sign(file, setting)).collect()
}

/// Whether a file defines a connector for Kafka Connect (kafka.apache.org, "Connect", REST API).
pub(super) fn is_connector(file: &FileFacts) -> bool {
    let is_class =
        |setting: &Setting| setting.key == "connector.class" || setting.key.ends_with("config.connector.class");
    file.settings.iter().any(is_class)
}

/// The sign of a setting, if it is nothing but addresses.
fn sign(file: &FileFacts, setting: &Setting) -> Option<Sign> {
    let list = AddressList::parse_meant(&setting.value)?;
    let has_port = list.addresses().iter().any(|address| address.port.is_some());
    has_port.then(|| Sign::new(EvidenceKind::Config, &setting.value, file, setting.line))
}

/// Whether a file contains variables for an environment.
fn is_for_variables(file: &FileFacts) -> bool {
    let name = file.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with(".env") || name.starts_with(".env.")
}
