//! Health checks for broker images.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::additions::Additions;
use super::image::{Image, ImagePattern, VersionRange};
use crate::kafka::address::HostPort;

/// `healthchecks.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Healthchecks {
    timing: BTreeMap<Kind, Timing>,
    secured_test: Vec<String>,
    kafka_scripts: Vec<String>,
    built_in: Vec<ImagePattern>,
    probe: Vec<FamilyProbe>,
    absent: Vec<Absent>,
}

/// What a probe costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Kind {
    /// It starts a Java virtual machine.
    Jvm,
    /// It opens a port or runs a small binary.
    Light,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Timing {
    interval: String,
    timeout: String,
    retries: u32,
    start_period: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FamilyProbe {
    /// The names of the families of images.
    families: Vec<String>,
    /// What it costs.
    kind: Kind,
    /// `CMD` and the words of a command, or `CMD-SHELL` and a line; `{address}`, `{host}` and `{port}` are those of a listener.
    test: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Absent {
    families: Vec<String>,
    #[serde(flatten)]
    versions: VersionRange,
    #[serde(default)]
    commands: Vec<String>,
    /// How each of Kafka's scripts would be called, `{script}`.
    #[serde(default)]
    scripts: Vec<String>,
}

/// What to do about the health check of a broker.
#[derive(Clone, Copy, Debug)]
pub enum HealthcheckAdvice<'a> {
    /// Write this one.
    Known(Probe<'a>),
    /// Nothing: the image has one.
    BuiltIn,
    /// Nothing: no check is known to work.
    Unknown,
}

/// A test known to work in an image.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    data: &'a FamilyProbe,
    secured_test: &'a [String],
    timing: &'a BTreeMap<Kind, Timing>,
}

/// What a probe has to heed in the container it runs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProbeContext {
    /// The variables to clear, because each of Kafka's scripts would open the port in them a second time.
    pub cleared: &'static [&'static str],
    /// The probed listener requires credentials or certificates, which the probe does not have.
    pub secured: bool,
}

/// A `healthcheck` as Compose writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Healthcheck {
    /// `CMD` and the words of a command, or `CMD-SHELL` and a command line. Holds no `$`.
    pub test: Vec<String>,
    /// The time between two tests, as in `10s`.
    pub interval: String,
    /// How long a test may take.
    pub timeout: String,
    /// How many failures in a row make the container unhealthy.
    pub retries: u32,
    /// How long failures do not count after the start.
    pub start_period: String,
}

impl Healthchecks {
    /// With the entries of a user, which come first.
    pub(super) fn with(mut self, additions: &Additions) -> Self {
        self.probe.splice(0..0, additions.healthcheck.iter().cloned());
        self
    }

    pub(super) fn advice(&self, image: &Image, family: &str) -> HealthcheckAdvice<'_> {
        if self.built_in.iter().any(|pattern| pattern.matches(image)) {
            return HealthcheckAdvice::BuiltIn;
        }
        match self.probe.iter().find(|probe| probe.families.iter().any(|own| own == family)) {
            Some(data) => {
                HealthcheckAdvice::Known(Probe { data, secured_test: &self.secured_test, timing: &self.timing })
            }
            None => HealthcheckAdvice::Unknown,
        }
    }

    pub(super) fn lacks(&self, image: &Image, family: &str, command: &str) -> bool {
        let holds = |absent: &&Absent| absent.families.iter().any(|own| own == family) && absent.versions.holds(image);
        let is_script =
            |called: &String| self.kafka_scripts.iter().any(|script| called.replace("{script}", script) == command);
        let has = |absent: &Absent| {
            absent.commands.iter().any(|absent| absent == command) || absent.scripts.iter().any(is_script)
        };
        self.absent.iter().filter(holds).any(has)
    }

    #[cfg(test)]
    pub(super) fn families(&self) -> impl Iterator<Item = &str> {
        let probes = self.probe.iter().flat_map(|probe| &probe.families);
        probes.chain(self.absent.iter().flat_map(|absent| &absent.families)).map(String::as_str)
    }
}

impl Probe<'_> {
    /// The health check that probes a listener bound to `host` at `port`, as seen from inside the broker's container.
    #[must_use]
    pub fn render(&self, host: &str, port: u16, context: ProbeContext) -> Option<Healthcheck> {
        let (kind, test) = match self.data.kind {
            Kind::Jvm if context.secured => (Kind::Light, self.secured_test),
            kind => (kind, self.data.test.as_slice()),
        };
        let address = HostPort::new(host, Some(port)).to_string();
        let fill = |word: &String| {
            word.replace("{address}", &address).replace("{host}", host).replace("{port}", &port.to_string())
        };
        let mut test: Vec<String> = test.iter().map(fill).collect();
        if kind == Kind::Jvm && !context.cleared.is_empty() {
            let cleared: String = context.cleared.iter().map(|name| format!("{name}= ")).collect();
            let command = test.split_off(1).join(" ");
            test = vec!["CMD-SHELL".to_owned(), format!("{cleared}{command}")];
        }
        let Timing { interval, timeout, retries, start_period } = self.timing.get(&kind)?.clone();
        Some(Healthcheck { test, interval, timeout, retries, start_period })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::catalog::CATALOG;
    use crate::kafka::effective::recognise;

    const PLAIN: ProbeContext = ProbeContext { cleared: &[], secured: false };

    fn family(image: &str) -> &'static str {
        recognise(image).map_or("unknown", |own| own.family.name.as_str())
    }

    fn advice(image: &str) -> HealthcheckAdvice<'static> {
        CATALOG.healthcheck(&Image::parse(image).expect(image), family(image))
    }

    fn healthcheck(image: &str, host: &str, context: ProbeContext) -> Healthcheck {
        match advice(image) {
            HealthcheckAdvice::Known(probe) => probe.render(host, 29092, context).expect("its kind has a timing"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_family_has_its_test() {
        for (image, expected) in [
            ("apache/kafka", "CMD /opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server localhost:29092"),
            ("apache/kafka-native", "CMD nc -z localhost 29092"),
            ("confluentinc/cp-kafka:8.3.0", "CMD kafka-broker-api-versions --bootstrap-server localhost:29092"),
            ("bitnamilegacy/kafka", "CMD kafka-broker-api-versions.sh --bootstrap-server localhost:29092"),
            ("redpandadata/redpanda", "CMD-SHELL rpk cluster health | grep -qE 'Healthy:.+true'"),
            ("spotify/kafka", "CMD bash -c </dev/tcp/localhost/29092"),
        ] {
            assert_eq!(healthcheck(image, "localhost", PLAIN).test.join(" "), expected, "{image}");
        }
        assert_eq!(healthcheck("debezium/kafka", "::1", PLAIN).test[3], "[::1]:29092");
    }

    #[test]
    fn a_probe_with_a_jvm_has_more_time() {
        let jvm = healthcheck("apache/kafka", "kafka", PLAIN);
        assert_eq!(
            (jvm.interval.as_str(), jvm.timeout.as_str(), jvm.retries, jvm.start_period.as_str()),
            ("10s", "10s", 12, "30s")
        );
        let light = healthcheck("apache/kafka-native", "kafka", PLAIN);
        assert_eq!(
            (light.interval.as_str(), light.timeout.as_str(), light.retries, light.start_period.as_str()),
            ("5s", "5s", 20, "15s")
        );
    }

    #[test]
    fn a_script_of_kafka_gives_up_the_jmx_port() {
        let jmx = ProbeContext { cleared: &["JMX_PORT", "KAFKA_OPTS"], secured: false };
        let expected = "JMX_PORT= KAFKA_OPTS= kafka-broker-api-versions --bootstrap-server kafka:29092";
        assert_eq!(healthcheck("confluentinc/cp-kafka", "kafka", jmx).test, ["CMD-SHELL", expected]);
        assert_eq!(healthcheck("apache/kafka-native", "kafka", jmx).test, ["CMD", "nc", "-z", "kafka", "29092"]);
    }

    #[test]
    fn a_secured_listener_is_probed_at_its_port() {
        let secured = ProbeContext { cleared: &["JMX_PORT", "KAFKA_OPTS"], secured: true };
        let found = healthcheck("confluentinc/cp-kafka", "kafka", secured);
        assert_eq!(
            (found.test.join(" ").as_str(), found.interval.as_str()),
            ("CMD bash -c </dev/tcp/kafka/29092", "5s")
        );
    }

    #[test]
    fn no_check_is_written_where_one_is_built_in_or_none_is_known() {
        for (image, expected) in [
            ("ghcr.io/openzipkin/zipkin-kafka", "BuiltIn"),
            ("confluentinc/cp-kafka-connect:7.6.0", "BuiltIn"),
            ("acme/kafka", "Unknown"),
            ("obsidiandynamics/kafka", "Unknown"),
        ] {
            assert_eq!(format!("{:?}", advice(image)), expected, "{image}");
        }
    }

    #[test]
    fn absent_commands_follow_the_version() {
        let is_absent =
            |image: &str, command: &str| CATALOG.lacks(&Image::parse(image).expect(image), family(image), command);
        for (image, command, expected) in [
            ("confluentinc/cp-kafka:7.9.0", "nc", false),
            ("confluentinc/cp-kafka:8.0.0", "nc", false),
            ("confluentinc/cp-kafka:8.1.1", "nc", true),
            ("confluentinc/cp-kafka:8.1.1", "curl", false),
            ("confluentinc/cp-kafka:8.3.0-1-ubi9", "curl", true),
            ("confluentinc/cp-kafka:latest", "nc", false),
            ("confluentinc/cp-kafka", "kafka-topics.sh", true),
            ("bitnami/kafka:3.9", "nc", true),
            ("apache/kafka", "kafka-topics.sh", true),
            ("apache/kafka", "/opt/kafka/bin/kafka-topics.sh", false),
            ("apache/kafka-native", "/opt/kafka/bin/kafka-topics.sh", true),
            ("acme/kafka", "nc", false),
        ] {
            assert_eq!(is_absent(image, command), expected, "{image} {command}");
        }
    }
}
