//! How client libraries read a list of addresses: data in `address_forms.toml`.

use serde::Deserialize;

/// `address_forms.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddressForms {
    form: Vec<AddressForm>,
}

impl AddressForms {
    /// The form of a library, by its name.
    pub(super) fn of(&self, library: &str) -> Option<&AddressForm> {
        self.form.iter().find(|form| form.name == library || form.libraries.iter().any(|own| own == library))
    }
}

/// How a client library reads a list of addresses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressForm {
    /// Its name in the catalog.
    pub name: String,
    /// The schemes that it accepts before `://`; `*` means any.
    #[serde(default)]
    schemes: Vec<String>,
    /// Whether the scheme must also be the security protocol that the client is configured with.
    #[serde(default)]
    pub scheme_is_protocol: bool,
    /// Whether an address without a port is an error; otherwise the port is 9092.
    #[serde(default)]
    pub needs_port: bool,
    /// Whether it ignores a path after an address that has a scheme; otherwise a path is an error.
    #[serde(default)]
    pub drops_path: bool,
    /// The client libraries that do so, as the catalog of libraries calls them.
    libraries: Vec<String>,
}

impl AddressForm {
    /// Whether it accepts an address with this scheme.
    #[must_use]
    pub fn takes_scheme(&self, scheme: &str) -> bool {
        self.schemes.iter().any(|own| own == "*" || own.eq_ignore_ascii_case(scheme))
    }
}

#[cfg(test)]
mod tests {
    use crate::code;
    use crate::kafka::catalog::CATALOG;

    #[test]
    fn every_library_of_a_form_is_known() {
        for form in &CATALOG.address_forms.form {
            for library in &form.libraries {
                assert!(code::is_library(library), "{library}");
            }
        }
    }

    #[test]
    fn libraries_differ_in_what_they_take() {
        let takes = |library: &str, scheme| CATALOG.address_form(library).expect(library).takes_scheme(scheme);
        assert!(takes("spring-kafka", "PLAINTEXT") && takes("java", "internal"));
        assert!(takes("Confluent.Kafka", "plaintext") && !takes("rdkafka", "kafka"));
        assert!(!takes("kafkajs", "PLAINTEXT") && !takes("sarama", "kafka") && !takes("franz-go", "PLAINTEXT"));
        assert!(takes("ruby-kafka", "kafka+ssl") && !takes("ruby-kafka", "INTERNAL"));
        let needs_port = |library: &str| CATALOG.address_form(library).expect(library).needs_port;
        assert!(needs_port("kafka-streams") && needs_port("kafkajs") && !needs_port("kafka-go"));
        assert!(CATALOG.address_form("brod").is_none());
    }
}
