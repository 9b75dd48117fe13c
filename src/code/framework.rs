//! How a framework lets variables override its configuration.

use std::path::Path;

use crate::code::binding::{dotnet_variable, micronaut_variable, microprofile_variables, spring_variables};
use crate::code::language::Language;
use crate::code::library::Framework;

/// The framework that reads a configuration file, or that runs the code in a source file: by its name, else by the libraries that the
/// program has, else, on the JVM, `other`.
#[must_use]
pub fn framework_of_file(path: &Path, known: &[Framework], other: Option<Framework>) -> Option<Framework> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_jvm = is_of_jvm(name) || Language::of(path) == Some(Language::Jvm);
    if name.starts_with("microprofile-config") {
        return Some(Framework::Quarkus);
    }
    if name.starts_with("appsettings") || Language::of(path) == Some(Language::DotNet) {
        return Some(Framework::DotNet);
    }
    known.first().copied().or(other).filter(|_| is_jvm && !name.ends_with(".conf"))
}

/// Whether a file of this name is read by a framework of the JVM for whatever it configures.
pub(super) fn is_of_jvm(name: &str) -> bool {
    name.starts_with("application") || name.starts_with("bootstrap")
}

/// The key for the broker address of a framework's Kafka client, `localhost:9092` by default.
#[must_use]
pub fn implicit_key(framework: Framework) -> Option<&'static str> {
    match framework {
        Framework::Spring => Some("spring.kafka.bootstrap-servers"),
        Framework::SpringCloudStream => Some("spring.cloud.stream.kafka.binder.brokers"),
        Framework::Quarkus | Framework::Micronaut => Some("kafka.bootstrap.servers"),
        Framework::MicroProfile => Some("mp.messaging.connector.smallrye-kafka.bootstrap.servers"),
        Framework::Eventuate => Some("eventuatelocal.kafka.bootstrap.servers"),
        Framework::Laravel => Some("kafka.brokers"),
        Framework::DotNet | Framework::Aspire => None,
    }
}

/// The variables that override a key, the usual spelling first.
#[must_use]
pub fn variables_of(framework: Framework, key: &str) -> Vec<String> {
    match framework {
        Framework::Spring | Framework::SpringCloudStream | Framework::Eventuate => spring_variables(key),
        Framework::Quarkus | Framework::MicroProfile | Framework::Laravel => microprofile_variables(key),
        Framework::Micronaut => vec![micronaut_variable(key)],
        Framework::DotNet | Framework::Aspire => vec![dotnet_variable(key)],
    }
}
