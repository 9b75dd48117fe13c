//! The security protocols in the settings of clients: variables, or the entries of a document.

use std::collections::HashMap;

use crate::compose::Service;
use crate::kafka::catalog::{CATALOG, Image};
use crate::kafka::listener::SecurityProtocol;
use crate::kafka::topology::has_credentials;

/// The security protocols in settings, by the level of names that each applies to, with its place.
#[derive(Clone, Debug, Default)]
pub struct Protocols(HashMap<String, Vec<(usize, SecurityProtocol)>>);

/// How many levels above an address the protocol may be.
const MAX_LEVELS: usize = 32;

impl Protocols {
    /// Collects them from `settings`: the name, the value and the place of each.
    pub fn of<'s>(settings: impl Iterator<Item = (&'s str, &'s str, usize)>) -> Self {
        let mut by_level: HashMap<String, Vec<_>> = HashMap::new();
        for (name, value, place) in settings {
            if let (Some(level), Some(protocol)) = (level(name), SecurityProtocol::from_name(value)) {
                by_level.entry(level).or_default().push((place, protocol));
            }
        }
        by_level.values_mut().for_each(|protocols| protocols.sort_by_key(|(place, _)| *place));
        Self(by_level)
    }

    /// The protocol for the addresses in the setting `name`: on its level or above, the deepest first, and of several on one level the nearest
    /// to `place`. `None` if no setting does: a client then uses plain text.
    ///
    /// `KAFKA_SECURITY_PROTOCOL` is for `KAFKA_BROKERS` and `KAFKA_ORDERS_BROKERS`, `PRODUCER_SECURITY_PROTOCOL` for neither.
    #[must_use]
    pub fn beside(&self, name: &str, place: usize) -> Option<SecurityProtocol> {
        if self.0.is_empty() {
            return None;
        }
        let name = name.to_ascii_lowercase();
        let levels = name.rmatch_indices(['.', '_', '-']).map(|(end, _)| &name[..end]).take(MAX_LEVELS);
        let found = levels.chain([""]).find_map(|level| self.0.get(level))?;
        let after = found.partition_point(|(other, _)| *other < place);
        let near = found[after.saturating_sub(1)..].iter().take(2);
        near.min_by_key(|(other, _)| other.abs_diff(place)).map(|(_, protocol)| *protocol)
    }
}

/// The security protocol that the variables and the command of a service set, or that its ready-made program uses with them; `None` if they set
/// none, or several.
#[must_use]
pub fn protocol_of(service: &Service) -> Option<SecurityProtocol> {
    let variables: Vec<_> = service.variables().collect();
    let variables = variables.iter().map(|own| (own.name(), own.value().unwrap_or_default()));
    let flags = service.split_words().filter_map(|word| word.split_once('='));
    common(variables.chain(flags)).unwrap_or_else(|| of_program(service))
}

/// The security protocol of a client for which nothing sets one: plain text, unless it has credentials.
pub(super) fn default_protocol(service: &Service) -> Option<SecurityProtocol> {
    (!has_credentials(service)).then_some(SecurityProtocol::Plaintext)
}

/// The security protocol that settings have in common; `None` if none sets one, and `Some(None)` if several do or one cannot be read.
pub(super) fn common<'s>(settings: impl Iterator<Item = (&'s str, &'s str)>) -> Option<Option<SecurityProtocol>> {
    let of_protocols = settings.filter(|(name, _)| level(name).is_some());
    let mut protocols = of_protocols.map(|(_, value)| SecurityProtocol::from_name(value.trim()));
    let first = protocols.next()?;
    Some(if protocols.all(|other| other == first) { first } else { None })
}

/// The security protocol that a ready-made program uses, if its variables are all that can set it.
fn of_program(service: &Service) -> Option<SecurityProtocol> {
    let runs_as_made = service.build.is_none() && service.command.is_none() && service.entrypoint.is_none();
    if !runs_as_made || service.has_unknown_variables() || !service.bind_mounts.is_empty() {
        return None;
    }
    let program = CATALOG.client(&Image::parse(service.image.as_ref()?.as_str())?)?;
    let (variable, name) = service.variables().find_map(|own| Some((program.variable(own.name())?, own.name())))?;
    let protocol = variable.security(name, |other| service.value_of(other))?;
    // Other settings of credentials show that more is set than is known.
    (protocol != SecurityProtocol::Plaintext || !has_credentials(service)).then_some(protocol)
}

/// The level that a setting for the security protocol applies to, in small letters; `None` for other settings.
fn level(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let is_end = |end: &&str| name.ends_with(*end);
    let end =
        ["security.protocol", "security_protocol", "security-protocol", "securityprotocol"].into_iter().find(is_end)?;
    let level = name.strip_suffix(end)?.trim_end_matches(['.', '_', '-']);
    // Settings that a program passes to Kafka's client are often one level deeper.
    let level = ["properties", "config"].iter().find_map(|inner| level.strip_suffix(inner)).unwrap_or(level);
    Some(level.trim_end_matches(['.', '_', '-']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(name: &str, settings: &[(&str, &str)]) -> Option<SecurityProtocol> {
        let numbered = settings.iter().enumerate().map(|(place, (name, value))| (*name, *value, place));
        Protocols::of(numbered).beside(name, 0)
    }

    #[test]
    fn a_protocol_is_for_the_addresses_on_its_level_and_below() {
        let ssl = Some(SecurityProtocol::Ssl);
        for (name, setting, expected) in [
            ("KAFKA_BROKERS", "KAFKA_SECURITY_PROTOCOL", ssl),
            ("KAFKA_ORDERS_BROKERS", "KAFKA_SECURITY_PROTOCOL", ssl),
            ("SPRING_KAFKA_BOOTSTRAP_SERVERS", "SPRING_KAFKA_PROPERTIES_SECURITY_PROTOCOL", ssl),
            ("Kafka__BootstrapServers", "Kafka__SecurityProtocol", ssl),
            ("spring.kafka.bootstrap-servers", "spring.kafka.security.protocol", ssl),
            ("bootstrap.servers", "security.protocol", ssl),
            ("KAFKA_BROKERS", "PRODUCER_SECURITY_PROTOCOL", None),
            ("bootstrap.servers", "producer.security.protocol", None),
            ("KAFKA_BROKERS", "KAFKA_SASL_MECHANISM", None),
        ] {
            assert_eq!(beside(name, &[(setting, "SSL")]), expected, "{name} {setting}");
        }
        assert_eq!(beside("KAFKA_BROKERS", &[("KAFKA_SECURITY_PROTOCOL", "${PROTOCOL}")]), None);
    }

    #[test]
    fn the_deepest_level_counts() {
        let settings = [("SECURITY_PROTOCOL", "SSL"), ("KAFKA_A_SECURITY_PROTOCOL", "SASL_SSL")];
        assert_eq!(beside("KAFKA_A_BROKERS", &settings), Some(SecurityProtocol::SaslSsl));
        assert_eq!(beside("KAFKA_B_BROKERS", &settings), Some(SecurityProtocol::Ssl));
    }
}
