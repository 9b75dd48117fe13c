//! The bound and advertised listeners of a broker, from its variables, its command and its image.

use crate::kafka::effective::{Address, EffectiveConfig, FilePlace, Host, ListenerRole, Origin, Setter, UnknownReason};
use crate::kafka::listener::{Entry, Listener, ListenerHost, SecurityProtocol, entry};
use crate::kafka::property::{
    ADVERTISED_LISTENERS, CONTROLLER_NAMES, INTER_BROKER_LISTENER, INTER_BROKER_PROTOCOL, LISTENERS, PROCESS_ROLES,
    PROTOCOL_MAP,
};

/// Where a setting was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingSource {
    /// The variable of this name in the container's environment.
    Variable(String),
    /// This flag of the command; for `--override` the property follows: `--override advertised.listeners`.
    Flag(String),
    /// This property, at this place in a properties file of the project.
    File(String, FilePlace),
    /// Nowhere: the image decides.
    ImageDefault,
}

impl SettingSource {
    /// What sets a property, or would set it: the variable, the flag or the line that does, unless a variable goes over that; `None` if
    /// nothing can.
    #[must_use]
    pub fn of(config: &EffectiveConfig, property: &str) -> Option<Self> {
        match config.property(property).map(|own| own.origin) {
            Some(Origin::Variable(name)) => return Some(Self::Variable(name.clone())),
            Some(Origin::Flag(flag)) => return Some(Self::Flag(flag.clone())),
            _ => {}
        }
        Some(match config.setter(property)? {
            Setter::Variable(name) => Self::Variable(name),
            Setter::Flag(flag) => Self::Flag(flag),
            Setter::Override => Self::Flag(format!("--override {property}")),
            Setter::File(place) => Self::File(property.to_owned(), place),
        })
    }

    /// The name by which a person finds it: that of the variable, the flag or the property.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Variable(name) | Self::Flag(name) | Self::File(name, _) => name,
            Self::ImageDefault => "",
        }
    }
}

/// The advertised address for clients that connect to the listener with this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvertisedListener {
    /// Name, host and port; never [`ListenerHost::Unspecified`].
    pub listener: Listener,
    /// The security protocol; `None` if no setting shows it.
    pub protocol: Option<SecurityProtocol>,
    /// The setting with the address.
    pub source: SettingSource,
}

impl AdvertisedListener {
    /// Whether a client needs credentials or certificates.
    #[must_use]
    pub fn is_secured(&self) -> bool {
        self.protocol.is_some_and(|protocol| protocol != SecurityProtocol::Plaintext)
    }
}

/// A property of the broker that its listeners depend on, where it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name in Kafka's documentation: `advertised.listeners`.
    pub property: &'static str,
    /// Its text, interpolated.
    pub text: String,
    /// Where it was read; never [`SettingSource::ImageDefault`].
    pub source: SettingSource,
}

impl Setting {
    /// Where the entry of a listener is in this setting's text.
    #[must_use]
    pub fn entry(&self, listener: &Listener) -> Option<Entry> {
        entry(&self.text, &listener.name)
    }
}

/// A listener whose advertised address is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownListener {
    /// The port, if that is known.
    pub port: Option<u16>,
    /// Why; `None` if the files do not tell.
    pub reason: Option<UnknownReason>,
}

/// The properties that listeners depend on (Apache Kafka's documentation, "Broker Configs").
const PROPERTIES: [&str; 7] = [
    LISTENERS,
    ADVERTISED_LISTENERS,
    PROTOCOL_MAP,
    INTER_BROKER_LISTENER,
    INTER_BROKER_PROTOCOL,
    CONTROLLER_NAMES,
    PROCESS_ROLES,
];

/// The listeners of one broker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrokerListeners {
    /// Its bound listeners, including those for controllers; `None` if unknown.
    pub bound: Option<Vec<Listener>>,
    /// Its advertised listeners, without those for controllers; empty for a node that is only a controller, for a broker that lacks a
    /// required setting; those that are not known are left out.
    pub advertised: Vec<AdvertisedListener>,
    /// The listeners for clients that it advertises at an address that is not known, and why.
    pub unknown: Vec<UnknownListener>,
    /// The names of listeners that are for controllers.
    pub controller_names: Vec<String>,
    /// The properties that listeners depend on and that a variable, a flag or a file sets.
    pub settings: Vec<Setting>,
    /// Whether an entry of a listener list is not a listener.
    pub is_malformed: bool,
}

impl BrokerListeners {
    /// Reads the listeners of a broker. An entry whose port is not known is left out, and then what is bound is not known.
    #[must_use]
    pub fn of(config: &EffectiveConfig) -> Self {
        let all = config.listeners();
        let mut bound = all.bound_unknown.is_none().then(Vec::new);
        let mut own = Self { is_malformed: !all.malformed.is_empty(), ..Self::default() };
        for listener in &all.listeners {
            if let Some(address) = &listener.bound {
                let read = read(&listener.name, address);
                bound = bound.zip(read).map(|(mut bound, read)| {
                    bound.push(read);
                    bound
                });
            }
            if listener.role == ListenerRole::Controller {
                own.controller_names.push(listener.name.clone());
            } else if let Some(address) = &listener.advertised {
                match read(&listener.name, address) {
                    Some(read) => {
                        let source = source(config, address);
                        own.advertised.push(AdvertisedListener { listener: read, protocol: listener.protocol, source });
                    }
                    None => {
                        let mut reasons = [ADVERTISED_LISTENERS, LISTENERS].into_iter();
                        let reason = reasons.find_map(|property| config.why_unknown(property)).cloned();
                        own.unknown.push(UnknownListener { port: address.port, reason });
                    }
                }
            }
        }
        own.bound = bound.filter(|bound| !bound.is_empty());
        own.settings = PROPERTIES.into_iter().filter_map(|property| setting(config, property)).collect();
        own
    }

    /// Whether a listener of this name is for controllers, not for clients.
    #[must_use]
    pub fn is_for_controllers(&self, name: &str) -> bool {
        self.controller_names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The name of the inter-broker listener: by default that of the default of `security.inter.broker.protocol`,
    /// (Apache Kafka's documentation, "Broker Configs").
    #[must_use]
    pub fn inter_broker(&self) -> &str {
        self.setting(INTER_BROKER_LISTENER).map_or("PLAINTEXT", |setting| setting.text.as_str())
    }

    /// A property of [`Self::settings`].
    #[must_use]
    pub fn setting(&self, property: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.property == property)
    }

    /// The bound listener with a name, if it is known.
    #[must_use]
    pub fn bound_as(&self, name: &str) -> Option<&Listener> {
        self.bound.iter().flatten().find(|bound| bound.name.eq_ignore_ascii_case(name))
    }
}

/// One side of a listener; `None` if its host or its port is not known.
fn read(name: &str, address: &Address) -> Option<Listener> {
    let host = match &address.host {
        Host::Any(written) if written.is_empty() => ListenerHost::Unspecified,
        Host::Any(host) | Host::Loopback(host) | Host::Own(host) | Host::Other(host) => {
            ListenerHost::Named(host.clone())
        }
        Host::Container => ListenerHost::Container,
        Host::Unknown(_) => return None,
    };
    Some(Listener { name: name.to_owned(), host, port: address.port? })
}

/// The setting that an advertised address comes from; one that Kafka derives from `listeners` comes from there.
fn source(config: &EffectiveConfig, address: &Address) -> SettingSource {
    let derived = || config.property(LISTENERS).filter(|_| !address.span.is_empty());
    match &address.origin {
        Origin::Kafka => {
            derived().map_or(SettingSource::ImageDefault, |listeners| of_origin(LISTENERS, listeners.origin))
        }
        origin => of_origin(ADVERTISED_LISTENERS, origin),
    }
}

fn of_origin(property: &str, origin: &Origin) -> SettingSource {
    match origin {
        Origin::Flag(flag) => SettingSource::Flag(flag.clone()),
        Origin::File(place) => SettingSource::File(property.to_owned(), place.clone()),
        origin => {
            let variable = origin.variables().first();
            variable.map_or(SettingSource::ImageDefault, |name| SettingSource::Variable(name.clone()))
        }
    }
}

/// A property that a variable, a flag or a file sets, with its text there, which the script of the image may change.
fn setting(config: &EffectiveConfig, property: &'static str) -> Option<Setting> {
    let own = config.property(property)?;
    let text = match own.origin {
        Origin::Variable(name) => config.container().variable(name)?.text()?,
        Origin::Flag(_) | Origin::File(_) => own.value.text()?,
        Origin::Image | Origin::Computed { .. } | Origin::Kafka => return None,
    };
    Some(Setting { property, text: text.to_owned(), source: SettingSource::of(config, property)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::effective::Container;

    fn read(image: &str, variables: &[(&str, &str)], command: &[&str]) -> BrokerListeners {
        let mut container = Container::of_image(image, "kafka");
        for (name, value) in variables {
            container.set(name, value);
        }
        container.command = (!command.is_empty()).then(|| command.iter().map(|word| (*word).to_owned()).collect());
        BrokerListeners::of(&EffectiveConfig::of(container))
    }

    fn written<'a>(listeners: impl IntoIterator<Item = &'a Listener>) -> String {
        let texts = listeners.into_iter().map(|listener| match &listener.host {
            ListenerHost::Named(host) => format!("{}://{host}:{}", listener.name, listener.port),
            ListenerHost::Unspecified => format!("{}://:{}", listener.name, listener.port),
            ListenerHost::Container => format!("{}://(container):{}", listener.name, listener.port),
        });
        texts.collect::<Vec<_>>().join(",")
    }

    fn advertised(broker: &BrokerListeners) -> String {
        written(broker.advertised.iter().map(|advertised| &advertised.listener))
    }

    #[test]
    fn the_default_of_an_image_has_no_setting() {
        for (image, bound, expected) in [
            ("apache/kafka", "PLAINTEXT://:9092,CONTROLLER://:9093", "PLAINTEXT://localhost:9092"),
            (
                "debezium/kafka",
                "PLAINTEXT://(container):9092,CONTROLLER://(container):9093",
                "PLAINTEXT://(container):9092",
            ),
            ("confluentinc/cp-kafka", "", ""),
        ] {
            let broker = read(image, &[], &[]);
            assert_eq!(written(broker.bound.iter().flatten()), bound, "{image}");
            assert_eq!(advertised(&broker), expected, "{image}");
            assert!(broker.advertised.iter().all(|advertised| advertised.source == SettingSource::ImageDefault));
            assert_eq!(broker.settings, []);
        }
    }

    #[test]
    fn variables_say_it_and_are_named() {
        let broker = read(
            "bitnami/kafka:3.9",
            &[
                ("KAFKA_CFG_LISTENERS", "INT://:29092,CTRL://:9093,EXT://:9092"),
                ("KAFKA_CFG_ADVERTISED_LISTENERS", "INT://kafka:29092, EXT://localhost:9092,ctrl://kafka:9093"),
                ("KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP", "CTRL:PLAINTEXT,INT:PLAINTEXT,EXT:SASL_PLAINTEXT"),
                ("KAFKA_CFG_CONTROLLER_LISTENER_NAMES", "CTRL"),
                ("KAFKA_CFG_INTER_BROKER_LISTENER_NAME", "INT"),
            ],
            &[],
        );
        assert_eq!(written(broker.bound.iter().flatten()), "INT://:29092,CTRL://:9093,EXT://:9092");
        assert_eq!(advertised(&broker), "INT://kafka:29092,EXT://localhost:9092");
        assert_eq!(broker.inter_broker(), "INT");
        let protocols: Vec<_> = broker.advertised.iter().map(|advertised| advertised.protocol).collect();
        assert_eq!(protocols, [Some(SecurityProtocol::Plaintext), Some(SecurityProtocol::SaslPlaintext)]);
        assert_eq!(broker.advertised[0].source, SettingSource::Variable("KAFKA_CFG_ADVERTISED_LISTENERS".to_owned()));
    }

    #[test]
    fn a_variable_that_holds_the_host_is_the_source() {
        for (image, variable) in
            [("wurstmeister/kafka", "KAFKA_ADVERTISED_HOST_NAME"), ("spotify/kafka", "ADVERTISED_HOST")]
        {
            let broker = read(image, &[("KAFKA_ZOOKEEPER_CONNECT", "zookeeper:2181"), (variable, "kafka")], &[]);
            assert_eq!(advertised(&broker), "PLAINTEXT://kafka:9092", "{image}");
            assert_eq!(broker.advertised[0].source, SettingSource::Variable(variable.to_owned()));
            assert_eq!(broker.setting(ADVERTISED_LISTENERS), None);
        }
    }

    #[test]
    fn what_is_derived_has_the_source_of_what_is_bound() {
        let broker = read("apache/kafka", &[("KAFKA_LISTENERS", "A://:1")], &[]);
        assert_eq!(advertised(&broker), "A://(container):1");
        assert_eq!(broker.advertised[0].source, SettingSource::Variable("KAFKA_LISTENERS".to_owned()));
    }

    #[test]
    fn the_command_beats_the_environment() {
        let broker = read(
            "redpandadata/redpanda",
            &[("REDPANDA_ADVERTISE_KAFKA_ADDRESS", "other:1")],
            &[
                "redpanda start",
                "--kafka-addr a://0.0.0.0:9092,b://0.0.0.0:19092",
                "--advertise-kafka-addr=a://redpanda:9092,b://localhost:19092",
            ],
        );
        assert_eq!(written(broker.bound.iter().flatten()), "a://0.0.0.0:9092,b://0.0.0.0:19092");
        assert_eq!(advertised(&broker), "a://redpanda:9092,b://localhost:19092");
        assert_eq!(broker.advertised[0].source, SettingSource::Flag("--advertise-kafka-addr".to_owned()));
    }

    #[test]
    fn an_override_may_refer_to_a_variable() {
        let script =
            "bin/kafka-server-start.sh c.properties --override listeners=A://:1 --override advertised.listeners=${ADV}";
        let broker = read("quay.io/strimzi/kafka", &[("ADV", "A://kafka:1")], &["sh", "-c", script]);
        assert_eq!(written(broker.bound.iter().flatten()), "A://:1");
        assert_eq!(advertised(&broker), "A://kafka:1");
        assert_eq!(broker.advertised[0].source, SettingSource::Variable("ADV".to_owned()));
        let broker = read(
            "quay.io/strimzi/kafka",
            &[],
            &["bin/kafka-server-start.sh c.properties --override advertised.listeners=A://kafka:1"],
        );
        assert_eq!(broker.advertised[0].source, SettingSource::Flag("--override advertised.listeners".to_owned()));
    }

    #[test]
    fn an_entry_that_is_not_a_listener_is_noticed() {
        assert!(read("acme/broker", &[("KAFKA_LISTENERS", "A://:1,kafka:9092")], &[]).is_malformed);
        assert!(!read("acme/broker", &[("KAFKA_LISTENERS", "A://:1")], &[]).is_malformed);
    }
}
