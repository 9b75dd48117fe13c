//! How the variables of the environment override the entries of configuration files.
//!
//! Keys are those of [`Setting`](crate::code::Setting): parts with dots between, items of a list by their index.

/// The variables that override a key in Spring Boot, the form that people write first: dashes become underscores
/// (`SPRING_KAFKA_BOOTSTRAP_SERVERS`), or vanish (`SPRING_KAFKA_BOOTSTRAPSERVERS`).
///
/// The second is the documented one (docs.spring.io, "Binding From Environment Variables"), the first has been supported next to it since
/// 2.0 (spring-projects/spring-boot issue 10873). A class for properties takes `bootstrapServers` for `bootstrap-servers`.
#[must_use]
pub fn spring_variables(key: &str) -> Vec<String> {
    let underscored = underscored(&kebab(key));
    let removed: String = key.chars().filter(|character| !matches!(character, '-' | '_')).collect();
    let dashes_removed = self::underscored(&removed);
    if underscored == dashes_removed { vec![underscored] } else { vec![underscored, dashes_removed] }
}

/// The variable that overrides a key in Micronaut: every underscore of it may represent a dot or a dash, and camel case counts as dashes
/// (docs.micronaut.io, "Property Value Binding").
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
    }
}
