//! How the variables of the environment override the entries of configuration files.
//!
//! Keys are those of [`Setting`](crate::code::Setting): parts with dots between, items of a list by their index.

/// A framework, by the way in which it lets variables override entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framework<'a> {
    /// Spring Boot.
    Spring,
    /// Micronaut.
    Micronaut,
    /// `MicroProfile` Config: SmallRye and with it Quarkus, Helidon.
    MicroProfile,
    /// .NET's configuration.
    DotNet,
    /// Viper of Go with `AutomaticEnv`, a key replacer, and a prefix, which may be empty.
    Viper(&'a str),
}

/// Whether a variable that is set overrides an entry.
#[must_use]
pub fn is_bound_by(variable: &str, key: &str, framework: Framework) -> bool {
    match framework {
        // The variable may as well be named like the key, in any of its forms.
        Framework::Spring => {
            let forms = spring_variables(variable);
            spring_variables(key).iter().any(|form| forms.contains(form))
        }
        Framework::Micronaut => micronaut_variable(key) == variable.to_ascii_uppercase(),
        Framework::MicroProfile => microprofile_variables(key).iter().any(|form| form == variable),
        Framework::DotNet => dotnet_variable(key).eq_ignore_ascii_case(&variable.replace(':', "__")),
        Framework::Viper(prefix) => viper_variable(prefix, key) == variable,
    }
}

/// The variables that override a key in Spring Boot, the form that people write first: dashes become underscores
/// (`SPRING_KAFKA_BOOTSTRAP_SERVERS`), or vanish (`SPRING_KAFKA_BOOTSTRAPSERVERS`).
///
/// The second is the documented one (docs.spring.io, "Binding From Environment Variables"), the first has been supported beside it since
/// 2.0 (spring-projects/spring-boot issue 10873). A class for properties takes `bootstrapServers` for `bootstrap-servers`.
#[must_use]
pub fn spring_variables(key: &str) -> Vec<String> {
    let underscored = underscored(&kebab(key));
    let removed: String = key.chars().filter(|character| !matches!(character, '-' | '_')).collect();
    let dashes_removed = self::underscored(&removed);
    if underscored == dashes_removed { vec![underscored] } else { vec![underscored, dashes_removed] }
}

/// The variable that overrides a key in Micronaut: every underscore of it may stand for a dot or a dash, and camel case counts as
/// dashes (docs.micronaut.io, "Property Value Binding").
#[must_use]
pub fn micronaut_variable(key: &str) -> String {
    underscored(&kebab(key))
}

/// The variables that override a key in `MicroProfile` Config, the usual one first: what is neither letter nor digit becomes an underscore,
/// in capitals or not; or the key itself (`MicroProfile` Config 3.1, "Environment Variables Mapping Rules").
#[must_use]
pub fn microprofile_variables(key: &str) -> Vec<String> {
    let replaced: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let mut variables = vec![replaced.to_ascii_uppercase(), replaced, key.to_owned()];
    variables.dedup();
    variables
}

/// The variable that overrides a key in .NET, whose own separator is the colon: `Kafka:BootstrapServers` is `Kafka__BootstrapServers`, in
/// any case (learn.microsoft.com, "Configuration in ASP.NET Core"). A dot inside a name cannot be told from the one between names.
#[must_use]
pub fn dotnet_variable(key: &str) -> String {
    key.replace([':', '.'], "__")
}

/// The variable that overrides a key in viper (spf13/viper README, "Working with Environment Variables"), where dots and dashes are
/// replaced by underscores, as programs that nest their keys must ask for.
#[must_use]
pub fn viper_variable(prefix: &str, key: &str) -> String {
    let variable = key.replace(['.', '-'], "_").to_ascii_uppercase();
    if prefix.is_empty() { variable } else { format!("{}_{variable}", prefix.to_ascii_uppercase()) }
}

/// A key in capitals with underscores for what no variable can hold: `a.b-c[0]` is `A_B_C_0`.
fn underscored(key: &str) -> String {
    let key = key.replace(']', "");
    let replace = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    key.chars().map(replace).collect()
}

/// A key with dashes where its case changes: `bootstrapServers` is `bootstrap-Servers`.
fn kebab(key: &str) -> String {
    let mut kebab = String::with_capacity(key.len());
    let mut after_small = false;
    for character in key.chars() {
        if after_small && character.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(character);
        after_small = character.is_ascii_lowercase();
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spring_writes_dashes_as_underscores_or_not_at_all() {
        for (key, expected) in [
            (
                "spring.kafka.bootstrap-servers",
                &["SPRING_KAFKA_BOOTSTRAP_SERVERS", "SPRING_KAFKA_BOOTSTRAPSERVERS"][..],
            ),
            ("spring.kafka.bootstrapServers", &["SPRING_KAFKA_BOOTSTRAP_SERVERS", "SPRING_KAFKA_BOOTSTRAPSERVERS"]),
            ("spring.cloud.stream.kafka.binder.brokers", &["SPRING_CLOUD_STREAM_KAFKA_BINDER_BROKERS"]),
            ("a.b[0]", &["A_B_0"]),
            ("a.b.0", &["A_B_0"]),
            ("a.b[0].c-d", &["A_B_0_C_D", "A_B_0_CD"]),
        ] {
            assert_eq!(spring_variables(key), expected, "{key}");
        }
    }

    #[test]
    fn each_framework_has_its_own_variable() {
        assert_eq!(
            microprofile_variables("mp.messaging.incoming.my-orders.bootstrap.servers"),
            [
                "MP_MESSAGING_INCOMING_MY_ORDERS_BOOTSTRAP_SERVERS",
                "mp_messaging_incoming_my_orders_bootstrap_servers",
                "mp.messaging.incoming.my-orders.bootstrap.servers",
            ]
        );
        assert_eq!(micronaut_variable("kafka.bootstrapServers"), "KAFKA_BOOTSTRAP_SERVERS");
        assert_eq!(dotnet_variable("Kafka:BootstrapServers"), "Kafka__BootstrapServers");
        assert_eq!(dotnet_variable("Kafka.Brokers.0"), "Kafka__Brokers__0");
        assert_eq!(viper_variable("app", "kafka.broker-list"), "APP_KAFKA_BROKER_LIST");
        assert_eq!(viper_variable("", "kafka.brokers"), "KAFKA_BROKERS");
    }

    #[test]
    fn a_variable_overrides_the_keys_that_it_is_bound_to() {
        use Framework::{DotNet, MicroProfile, Micronaut, Spring, Viper};
        for (variable, key, framework, expected) in [
            ("SPRING_KAFKA_BOOTSTRAPSERVERS", "spring.kafka.bootstrap-servers", Spring, true),
            ("spring.kafka.bootstrap-servers", "spring.kafka.bootstrap-servers", Spring, true),
            ("spring_kafka_bootstrap_servers", "spring.kafka.bootstrap-servers", Spring, true),
            ("SPRING_KAFKA_BOOTSTRAP_SERVERS", "kafka.bootstrap-servers", Spring, false),
            ("KAFKA_BOOTSTRAP_SERVERS", "spring.kafka.bootstrap-servers", Spring, false),
            ("KAFKA_BOOTSTRAP_SERVERS", "kafka.bootstrap.servers", Micronaut, true),
            ("KAFKA_BOOTSTRAPSERVERS", "kafka.bootstrap.servers", Micronaut, false),
            ("KAFKA_BOOTSTRAP_SERVERS", "kafka.bootstrap.servers", MicroProfile, true),
            ("kafka.bootstrap.servers", "kafka.bootstrap.servers", MicroProfile, true),
            ("KAFKA_BOOTSTRAP_SERVERS", "mp.messaging.connector.smallrye-kafka.bootstrap.servers", MicroProfile, false),
            ("KAFKA__BOOTSTRAPSERVERS", "Kafka.BootstrapServers", DotNet, true),
            ("Kafka:BootstrapServers", "Kafka.BootstrapServers", DotNet, true),
            ("Kafka_BootstrapServers", "Kafka.BootstrapServers", DotNet, false),
            ("INGEST_KAFKA_BROKER", "ingest.kafka.broker", Viper(""), true),
            ("APP_KAFKA_BROKER", "kafka.broker", Viper("app"), true),
        ] {
            assert_eq!(is_bound_by(variable, key, framework), expected, "{variable} {key} {framework:?}");
        }
    }
}
