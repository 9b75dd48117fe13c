//! Addresses that no variable changes: in code, and in files of configuration.

use std::borrow::Cow;

use super::profile::is_active;
use super::silence::starts;
use super::{Scope, Sign};
use crate::code::document::here_documents;
use crate::code::{self, FileFacts, Language, ServiceCode, Setting};
use crate::kafka::address::{AddressList, is_loopback};
use crate::kafka::catalog::{ConfigFile, KafkaClient};
use crate::kafka::client::EvidenceKind;
use crate::kafka::document::{Found, Plain, find};
use crate::kafka::keys::is_broker_key;
use crate::kafka::listener::SecurityProtocol;
use crate::kafka::protocols::default_protocol;

impl Scope<'_> {
    /// Those in code or a file: of brokers of the project, or of the container itself.
    pub(super) fn fixed(&self) -> Vec<Sign> {
        let sign = |text: &str, file, line| Sign::new(EvidenceKind::Literal, text, file, line);
        let mut fixed = Vec::new();
        for file in self.files().filter(|file| !file.uses.is_empty() || file.speaks_of_kafka) {
            // A host without a port counts only under a known key.
            let is_address = |text: &str| self.is_kafkas(text) || is_loopback(text);
            let literals = file.literals.iter().filter(|literal| is_address(&literal.text));
            fixed.extend(literals.map(|literal| {
                let call = literal.call.as_ref().filter(|call| is_broker_key(&call.setting));
                let maker = call.map(|call| call.function.clone());
                Sign { maker, ..sign(&literal.text, file, literal.line) }
            }));
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

    /// Those in the scripts that the command of a ready-made program's container starts.
    pub(super) fn in_scripts(&self) -> Vec<Sign> {
        let is_started = |file: &&FileFacts| {
            let path = self.code.placed.get(&file.path);
            file.language == Some(Language::Shell) && path.is_some_and(|path| starts(self.service, path))
        };
        let literals =
            self.files().filter(is_started).flat_map(|file| file.literals.iter().map(move |own| (file, own)));
        let literals = literals.filter(|(_, literal)| self.is_kafkas(&literal.text));
        literals.map(|(file, own)| Sign::new(EvidenceKind::Literal, &own.text, file, own.line)).collect()
    }

    /// Those in the files of a ready-made program for which `is_meant`, under the profiles that it runs with.
    pub(super) fn configured(&self, program: &KafkaClient, is_meant: impl Fn(&ConfigFile) -> bool) -> Vec<Sign> {
        let settings = self.files().map(|file| (file, None));
        let documents = self.code.documents.iter().map(|file| (file.as_ref(), file.text.as_deref()));
        let read = settings.chain(documents).filter_map(|(file, text)| {
            let own = program.file_at(self.service, self.code.placed.get(&file.path)?).filter(|own| is_meant(own))?;
            let is_script = file.language == Some(Language::Shell);
            let inner = text.map(|text| if is_script { here_documents(text).into() } else { Cow::Borrowed(text) });
            let of_text = inner.map(|text| code::settings_in(&file.path, &text, own.syntax));
            let mut settings = of_text.unwrap_or_else(|| file.settings.clone());
            settings.retain(|setting| is_active(setting, &self.profiles));
            settings.sort_by_key(|setting| setting.profile.is_none());
            Some((file, settings, own.keys.as_slice()))
        });
        let default = default_protocol(self.service);
        read.flat_map(|(file, settings, keys)| signs(file, &settings, keys, default)).collect()
    }
}

/// Those among the entries of a file; for `keys` and `default` see [`crate::kafka::document::addresses`].
fn signs(file: &FileFacts, settings: &[Setting], keys: &[String], default: Option<SecurityProtocol>) -> Vec<Sign> {
    let plain: Vec<Plain<'_>> =
        settings.iter().map(|setting| (setting.key.as_str(), setting.value.as_str(), setting.line)).collect();
    let sign_of = |found: Found| {
        let mut setting = settings[found.at].clone();
        if let Some(port) = found.port {
            setting.value = format!("{}:{}", setting.value, settings[port].value);
        }
        Some(Sign { protocol: found.protocol, ..sign(file, &setting)? })
    };
    find(&plain, keys, default).into_iter().filter_map(sign_of).collect()
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
