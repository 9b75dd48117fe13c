//! The bound and advertised listeners of a broker, from its variables, its command and its image.

use crate::kafka::catalog::BrokerFamily;
use crate::kafka::command::{flag, override_of, variable_reference, words};
use crate::kafka::listener::{
    DEFAULT_PORT, Entry, Listener, ListenerError, ListenerHost, SecurityProtocol, entry, kafka_listeners, protocol_map,
    redpanda_listeners,
};

/// The name of controller listeners where none is configured, by convention of every image's sample
/// (apache/kafka `docker/server.properties`).
const CONTROLLER: &str = "CONTROLLER";

/// Redpanda's flags for two properties (redpanda-data/redpanda `src/go/rpk/pkg/cli/redpanda/start.go`).
const REDPANDA_FLAGS: [(&str, &str); 2] =
    [("listeners", "--kafka-addr"), ("advertised.listeners", "--advertise-kafka-addr")];

/// Where a setting was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingSource {
    /// The variable of this name in the container's environment.
    Variable(String),
    /// This flag of the command; for `--override` the property follows: `--override advertised.listeners`.
    Flag(String),
    /// Nowhere: the image decides.
    ImageDefault,
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

/// The properties that listeners depend on (Apache Kafka's documentation, "Broker Configs").
const PROPERTIES: [&str; 7] = [
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
    "inter.broker.listener.name",
    "security.inter.broker.protocol",
    "controller.listener.names",
    "process.roles",
];

/// The listeners of one broker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrokerListeners {
    /// Its bound listeners, including those for controllers; `None` if unknown.
    pub bound: Option<Vec<Listener>>,
    /// Its advertised listeners, without those for controllers; empty for a node that is only a controller, for a broker that lacks a
    /// required setting, and if they are unknown.
    pub advertised: Vec<AdvertisedListener>,
    /// The names of listeners that are not for clients.
    pub controller_names: Vec<String>,
    /// The configured name of the listener that brokers use among themselves.
    pub inter_broker_name: Option<String>,
    /// What is set of the properties that listeners depend on.
    pub settings: Vec<Setting>,
    /// The settings whose text is not a list of listeners.
    pub malformed: Vec<(SettingSource, ListenerError)>,
}

/// Reads the listeners of a broker.
///
/// `variables` is the environment of the container, `command` its interpolated words. An empty variable counts as unset, because the
/// scripts of all images test for a value.
#[must_use]
pub fn broker_listeners(
    family: &BrokerFamily,
    variables: &dyn Fn(&str) -> Option<String>,
    command: &[String],
) -> BrokerListeners {
    let settings = Settings { family, variables, words: words(command) };
    let names = settings.get("controller.listener.names").map_or(CONTROLLER.to_owned(), |setting| setting.text);
    let mut broker = BrokerListeners {
        controller_names: names.split(',').map(|name| name.trim().to_owned()).collect(),
        inter_broker_name: settings.get("inter.broker.listener.name").map(|setting| setting.text),
        settings: PROPERTIES.into_iter().filter_map(|property| settings.get(property)).collect(),
        ..BrokerListeners::default()
    };
    let bound = settings.get("listeners").map(|setting| broker.parse(&settings, setting));
    let advertised = settings.get("advertised.listeners").map(|setting| broker.parse(&settings, setting));
    let is_configured = advertised.is_some();

    broker.advertised = if settings.get("process.roles").is_some_and(|roles| roles.text == "controller") {
        Vec::new()
    } else if let Some(advertised) = advertised.or_else(|| settings.advertised_host_and_port()) {
        advertised
    } else if family.advertised_required {
        Vec::new()
    } else if let Some(bound) = &bound {
        bound.clone()
    } else {
        settings.default_advertised()
    };
    broker.bound = match bound {
        Some(bound) => (!bound.is_empty()).then(|| bound.into_iter().map(|bound| bound.listener).collect()),
        None if is_configured && family.derives_listeners && !broker.advertised.is_empty() => {
            Some(broker.advertised.iter().map(bound_everywhere).collect())
        }
        None => settings.default_bound(&broker.advertised),
    };
    let controller_names = &broker.controller_names;
    broker.advertised.retain(|advertised| !holds_name(controller_names, &advertised.listener.name));
    let protocols = settings.get("listener.security.protocol.map").map(|setting| protocol_map(&setting.text));
    for advertised in &mut broker.advertised {
        let name = advertised.listener.name.as_str();
        advertised.protocol = match &protocols {
            None => SecurityProtocol::from_name(name),
            Some(map) => {
                map.iter().flatten().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, protocol)| *protocol)
            }
        };
        if advertised.listener.host == ListenerHost::Unspecified {
            advertised.listener.host = ListenerHost::Container;
        }
    }
    broker
}

impl BrokerListeners {
    /// Whether a listener of this name is for controllers, not for clients.
    #[must_use]
    pub fn is_for_controllers(&self, name: &str) -> bool {
        holds_name(&self.controller_names, name)
    }

    /// Whether the node has a role in the controller quorum; `None` if no roles are set.
    #[must_use]
    pub fn votes(&self) -> Option<bool> {
        let roles = self.setting("process.roles")?;
        Some(roles.text.split(',').any(|role| role.trim() == "controller"))
    }

    /// The name of the listener that brokers use among themselves: the configured one, else the one with the name of the default of
    /// `security.inter.broker.protocol` (Apache Kafka's documentation, "Broker Configs").
    #[must_use]
    pub fn inter_broker(&self) -> &str {
        self.inter_broker_name.as_deref().unwrap_or("PLAINTEXT")
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

    fn parse(&mut self, settings: &Settings<'_>, setting: Setting) -> Vec<AdvertisedListener> {
        let is_redpanda = settings.family.nameless_listeners
            || matches!(&setting.source, SettingSource::Flag(flag) if !flag.starts_with("--override"));
        let listeners = if is_redpanda { redpanda_listeners(&setting.text) } else { kafka_listeners(&setting.text) };
        match listeners {
            Ok(listeners) => from_source(listeners, &setting.source),
            Err(error) => {
                self.malformed.push((setting.source, error));
                Vec::new()
            }
        }
    }
}

struct Settings<'a> {
    family: &'a BrokerFamily,
    variables: &'a dyn Fn(&str) -> Option<String>,
    words: Vec<String>,
}

impl Settings<'_> {
    fn variable(&self, property: &'static str, name: &str) -> Option<Setting> {
        let text = (self.variables)(name).filter(|text| !text.trim().is_empty())?;
        Some(Setting { property, text, source: SettingSource::Variable(name.to_owned()) })
    }

    /// The text of a broker property: the command beats the environment.
    fn get(&self, property: &'static str) -> Option<Setting> {
        if let Some(text) = override_of(&self.words, property) {
            return match variable_reference(&text) {
                Some(name) => self.variable(property, name),
                // The result of the container's shell is unknown.
                None if text.contains('$') => None,
                None => Some(Setting { property, text, source: SettingSource::Flag(format!("--override {property}")) }),
            };
        }
        let redpanda_flag = REDPANDA_FLAGS.iter().find(|(name, _)| *name == property).map(|(_, flag)| *flag);
        if let Some((name, text)) = redpanda_flag.and_then(|name| Some((name, flag(&self.words, name)?))) {
            return Some(Setting { property, text, source: SettingSource::Flag(name.to_owned()) });
        }
        self.family.variables_of(property).find_map(|name| self.variable(property, &name))
    }

    /// The one listener of images that take its host and port from two variables.
    fn advertised_host_and_port(&self) -> Option<Vec<AdvertisedListener>> {
        let host = self.family.host_variables.iter().find_map(|name| self.variable("advertised.host.name", name))?;
        let port = self.family.port_variables.iter().find_map(|name| self.variable("advertised.port", name));
        let port = port.map_or(Some(DEFAULT_PORT), |port| port.text.trim().parse().ok())?;
        let named = ListenerHost::Named(host.text.trim().to_owned());
        let listener = Listener { name: "PLAINTEXT".to_owned(), host: named, port };
        Some(from_source(vec![listener], &host.source))
    }

    fn default_advertised(&self) -> Vec<AdvertisedListener> {
        let replaced = self.family.variables_replace_defaults
            && ["node.id", "process.roles", "broker.id", "zookeeper.connect"]
                .iter()
                .any(|name| self.get(name).is_some());
        let text = self.family.default_advertised.as_deref().filter(|_| !replaced).unwrap_or_default();
        from_source(kafka_listeners(text).unwrap_or_default(), &SettingSource::ImageDefault)
    }

    /// The default listeners of an image. If one of them has another port than the advertised one, some variable of the image has moved it,
    /// and the listeners are unknown.
    fn default_bound(&self, advertised: &[AdvertisedListener]) -> Option<Vec<Listener>> {
        let mut listeners = kafka_listeners(self.family.default_listeners.as_deref()?).unwrap_or_default();
        if self.family.binds_own_address {
            listeners.iter_mut().for_each(|listener| listener.host = ListenerHost::Container);
        }
        let is_default = advertised.iter().all(|told| listeners.iter().any(|bound| bound.port == told.listener.port));
        is_default.then_some(listeners)
    }
}

fn from_source(listeners: Vec<Listener>, source: &SettingSource) -> Vec<AdvertisedListener> {
    let from = |listener| AdvertisedListener { listener, protocol: None, source: source.clone() };
    listeners.into_iter().map(from).collect()
}

fn bound_everywhere(advertised: &AdvertisedListener) -> Listener {
    Listener { host: ListenerHost::Unspecified, ..advertised.listener.clone() }
}

fn holds_name(names: &[String], name: &str) -> bool {
    names.iter().any(|other| other.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::catalog::{CATALOG, Image};

    fn read(image: &str, variables: &[(&str, &str)], command: &[&str]) -> BrokerListeners {
        let image = Image::parse(image).expect(image);
        let family = CATALOG.broker_family(&image).unwrap_or(CATALOG.unknown_broker_family());
        let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        broker_listeners(family, &lookup, &command)
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
    fn an_image_that_is_told_nothing_advertises_its_default() {
        for (image, bound, told) in [
            ("apache/kafka", "PLAINTEXT://:9092,CONTROLLER://:9093", "PLAINTEXT://localhost:9092"),
            ("bitnami/kafka", "PLAINTEXT://:9092", "PLAINTEXT://(container):9092"),
            ("debezium/kafka", "PLAINTEXT://(container):9092", "PLAINTEXT://(container):9092"),
            (
                "confluentinc/confluent-local",
                "PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,PLAINTEXT_HOST://0.0.0.0:9092",
                "PLAINTEXT://localhost:29092,PLAINTEXT_HOST://localhost:9092",
            ),
            ("confluentinc/cp-kafka", "", ""),
            ("redpandadata/redpanda", "", ""),
            ("acme/broker", "", ""),
        ] {
            let broker = read(image, &[], &[]);
            assert_eq!(written(broker.bound.iter().flatten()), bound, "{image}");
            assert_eq!(advertised(&broker), told, "{image}");
            assert!(broker.advertised.iter().all(|advertised| advertised.source == SettingSource::ImageDefault));
        }
    }

    #[test]
    fn variables_say_it_and_are_named() {
        let broker = read(
            "bitnami/kafka:3.9",
            &[
                ("KAFKA_CFG_LISTENERS", "INT://:29092,CTRL://:9093,EXT://:9092"),
                ("KAFKA_LISTENERS", "PLAINTEXT://:1"),
                ("KAFKA_ADVERTISED_LISTENERS", "INT://kafka:29092, EXT://localhost:9092,ctrl://kafka:9093"),
                ("KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP", "CTRL:PLAINTEXT,INT:PLAINTEXT,EXT:SASL_PLAINTEXT"),
                ("KAFKA_CFG_CONTROLLER_LISTENER_NAMES", "CTRL"),
                ("KAFKA_CFG_INTER_BROKER_LISTENER_NAME", "INT"),
            ],
            &[],
        );
        assert_eq!(written(broker.bound.iter().flatten()), "INT://:29092,CTRL://:9093,EXT://:9092");
        assert_eq!(advertised(&broker), "INT://kafka:29092,EXT://localhost:9092");
        assert_eq!(broker.inter_broker_name.as_deref(), Some("INT"));
        let protocols: Vec<_> = broker.advertised.iter().map(|advertised| advertised.protocol).collect();
        assert_eq!(protocols, [Some(SecurityProtocol::Plaintext), Some(SecurityProtocol::SaslPlaintext)]);
        assert_eq!(broker.advertised[0].source, SettingSource::Variable("KAFKA_ADVERTISED_LISTENERS".to_owned()));
    }

    #[test]
    fn each_family_has_its_own_way() {
        for (image, variables, bound, told) in [
            ("apache/kafka", &[("KAFKA_ADVERTISED_LISTENERS", "A://kafka:1")][..], "A://:1", "A://kafka:1"),
            ("apache/kafka", &[("KAFKA_NODE_ID", "1")], "PLAINTEXT://:9092,CONTROLLER://:9093", ""),
            ("apache/kafka", &[("KAFKA_LISTENERS", "A://:1")], "A://:1", "A://(container):1"),
            ("confluentinc/cp-kafka", &[("KAFKA_LISTENERS", "A://:1")], "A://:1", ""),
            ("confluentinc/cp-kafka", &[("KAFKA_ADVERTISED_LISTENERS", "")], "", ""),
            (
                "bitnami/kafka",
                &[("KAFKA_CFG_ADVERTISED_LISTENERS", "PLAINTEXT://:9092")],
                "PLAINTEXT://:9092",
                "PLAINTEXT://(container):9092",
            ),
            (
                "bitnami/kafka",
                &[("KAFKA_CFG_LISTENERS", "C://:1"), ("KAFKA_CFG_PROCESS_ROLES", "controller")],
                "C://:1",
                "",
            ),
            (
                "wurstmeister/kafka",
                &[("KAFKA_ADVERTISED_HOST_NAME", "kafka")],
                "PLAINTEXT://:9092",
                "PLAINTEXT://kafka:9092",
            ),
            (
                "wurstmeister/kafka",
                &[("KAFKA_ADVERTISED_HOST_NAME", "kafka"), ("KAFKA_ADVERTISED_PORT", "9093")],
                "",
                "PLAINTEXT://kafka:9093",
            ),
            ("spotify/kafka", &[("ADVERTISED_HOST", "localhost")], "PLAINTEXT://:9092", "PLAINTEXT://localhost:9092"),
            ("krisgeus/docker-kafka", &[("ADVERTISED_LISTENERS", "A://k:1")], "", "A://k:1"),
            ("strimzi/kafka", &[("KAFKA_ADVERTISED_LISTENERS", "A://k:1")], "", ""),
            ("redpandadata/redpanda", &[("REDPANDA_ADVERTISE_KAFKA_ADDRESS", "redpanda")], "", "://redpanda:9092"),
            ("acme/broker", &[("KAFKA_ADVERTISED_LISTENERS", "A://k:1")], "", "A://k:1"),
            ("acme/broker", &[("KAFKA_ADVERTISED_LISTENERS", "k:1")], "", ""),
        ] {
            let broker = read(image, variables, &[]);
            assert_eq!(written(broker.bound.iter().flatten()), bound, "{image} {variables:?}");
            assert_eq!(advertised(&broker), told, "{image} {variables:?}");
        }
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
        let broker = read("quay.io/strimzi/kafka", &[], &["start.sh --override advertised.listeners=A://kafka:1"]);
        assert_eq!(broker.advertised[0].source, SettingSource::Flag("--override advertised.listeners".to_owned()));
    }

    #[test]
    fn what_is_no_listener_list_is_kept_with_its_source() {
        let broker = read("acme/broker", &[("KAFKA_LISTENERS", "A://:1,kafka:9092")], &[]);
        let (source, error) = &broker.malformed[0];
        assert_eq!(*source, SettingSource::Variable("KAFKA_LISTENERS".to_owned()));
        assert_eq!(error.to_string(), "`kafka:9092` is not a listener of the form NAME://host:port");
        assert_eq!(broker.bound, None);
    }
}
