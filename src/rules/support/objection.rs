//! The words for what Kafka has against a broker.

use crate::kafka::broker::Broker;
use crate::kafka::effective::{Origin, Setter};
use crate::kafka::property::{
    ADVERTISED_LISTENERS, BROKER_ID, CLUSTER_ID, CONTROLLER_NAMES, INTER_BROKER_LISTENER, INTER_BROKER_PROTOCOL,
    LISTENERS, NODE_ID, PROCESS_ROLES, PROTOCOL_MAP, QUORUM_VOTERS, ZOOKEEPER_CONNECT,
};
use crate::kafka::startup::objection::{Check, Objection};
use crate::rules::support::listed;
use crate::text::excerpt;

/// The name by which a person finds a property: that of the variable or flag that sets it, or that would, else Kafka's.
pub(in crate::rules) fn shown(broker: &Broker, property: &str) -> String {
    let config = &broker.config;
    if property == CLUSTER_ID {
        return config.cluster_id_variable().unwrap_or(CLUSTER_ID).to_owned();
    }
    if let Some(Origin::Variable(name) | Origin::Flag(name)) = config.property(property).map(|own| own.origin) {
        return name.clone();
    }
    match config.setter(property) {
        Some(Setter::Variable(name) | Setter::Flag(name)) => name,
        Some(Setter::Override | Setter::File(_)) | None => property.to_owned(),
    }
}

/// What is wrong, as what a broker does or has: `advertises `HOST`, and does not listen there`.
pub(in crate::rules) fn problem(broker: &Broker, objection: &Objection) -> String {
    let own = Words { broker, objection };
    own.of_values().or_else(|| own.of_node()).or_else(|| own.of_listeners()).unwrap_or_else(|| own.of_cluster())
}

struct Words<'o> {
    broker: &'o Broker,
    objection: &'o Objection,
}

impl Words<'_> {
    fn name(&self, property: &str) -> String {
        shown(self.broker, property)
    }

    /// The name of the first property that it is about.
    fn place(&self) -> String {
        self.name(self.objection.places.first().map_or("", |place| &place.property))
    }

    /// The name of the second one.
    fn other_place(&self) -> String {
        self.name(self.objection.places.get(1).map_or("", |place| &place.property))
    }

    /// The text at the first place.
    fn value(&self) -> String {
        let Some(place) = self.objection.places.first() else { return String::new() };
        let property = if place.property == CLUSTER_ID {
            self.broker.config.cluster_id().and_then(|(_, value, _)| value.text())
        } else {
            self.broker.config.property(&place.property).and_then(|own| own.value.text())
        };
        let text = property.unwrap_or_default();
        let entry = place.entry.and_then(|span| text.get(span.range())).unwrap_or(text);
        excerpt(entry, 40)
    }

    /// Whether the image's script computes the first property.
    fn is_computed(&self) -> bool {
        let property = self.objection.places.first().and_then(|place| self.broker.config.property(&place.property));
        property.is_some_and(|own| matches!(own.origin, Origin::Computed { .. }))
    }

    fn subject(&self, at: usize) -> &str {
        self.objection.subjects.get(at).map_or("", String::as_str)
    }

    fn subjects(&self) -> String {
        listed(self.objection.subjects.iter().map(String::as_str))
    }

    fn of_values(&self) -> Option<String> {
        let (place, value) = (self.place(), self.value());
        Some(match self.objection.check {
            Check::WrongType => {
                let required = match self.subject(0) {
                    "short" | "int" | "long" => "an integer".to_owned(),
                    "double" => "a number".to_owned(),
                    "boolean" => "`true` or `false`".to_owned(),
                    kind => format!("a {kind}"),
                };
                format!("has `{value}` in `{place}`, but Kafka requires {required}")
            }
            Check::OutOfRange => {
                let range = match [self.subject(0), self.subject(1)] {
                    [least, ""] => format!("at least {least}"),
                    ["", greatest] => format!("at most {greatest}"),
                    [least, greatest] => format!("{least} to {greatest}"),
                };
                format!("has `{value}` in `{place}`, but Kafka accepts {range}")
            }
            Check::NotAllowed => {
                let words = &self.objection.subjects;
                let few = listed(words.iter().take(5).map(String::as_str));
                let accepted = if few.is_empty() { String::new() } else { format!(": it accepts `{few}`") };
                format!("has `{value}` in `{place}`, which Kafka does not accept{accepted}")
            }
            Check::Empty => format!("has an empty value in `{place}`"),
            Check::Missing => format!("has no `{place}`, which Kafka requires"),
            Check::NumbersDisagree => {
                format!("has values in `{place}` and `{}` that contradict each other", self.other_place())
            }
            Check::NoLogDir => format!("has no directory in `{place}`"),
            Check::RemoteLogDirs => {
                format!("has several directories in `{place}`, which tiered storage does not allow")
            }
            Check::CordonedLogDir => format!("cordons `{}`, which is not one of its log directories", self.subject(0)),
            Check::CleanerBuffer => format!("has less than 1 MB for each thread of the log cleaner in `{place}`"),
            Check::NoConnections => format!("allows no connections in `{place}`"),
            Check::OverrideMalformed => format!("has `{value}` in `{place}`, which is not an address and a number"),
            Check::NoClassicProtocol => format!("does not have `classic` in `{place}`"),
            Check::ProtocolTooOld => format!("has version `{}` in `{place}`, which is too old for it", self.subject(0)),
            _ => return None,
        })
    }

    fn of_node(&self) -> Option<String> {
        let roles = self.name(PROCESS_ROLES);
        Some(match self.objection.check {
            Check::RoleTwice => format!("has a role twice in `{roles}`"),
            Check::NoNodeId => format!("has no `{}`, which every KRaft node requires", self.name(NODE_ID)),
            Check::IdsDiffer => format!(
                "has `{}` in `{}` and `{}` in `{}`, which must be the same",
                self.subject(0),
                self.name(NODE_ID),
                self.subject(1),
                self.name(BROKER_ID)
            ),
            Check::IdReserved => format!(
                "has `{}` in `{}`, but Kafka accepts {} to {}",
                self.value(),
                self.place(),
                self.subject(0),
                self.subject(1)
            ),
            Check::NoZooKeeper => {
                format!("has neither `{roles}` nor `{}`, but Kafka requires one of them", self.name(ZOOKEEPER_CONNECT))
            }
            Check::ControllerNamesWithoutRoles => format!("has `{}` without `{roles}`", self.name(CONTROLLER_NAMES)),
            Check::ControllerAdvertises => {
                format!(
                    "is only a controller but sets `{}`, which only brokers may set",
                    self.name(ADVERTISED_LISTENERS)
                )
            }
            Check::BrokerJoinsVoters => format!("sets `{}`, which only controllers may set", self.place()),
            Check::ClusterIdMalformed => format!(
                "has the cluster ID `{}` in `{}`, which is not 16 bytes in Base64",
                self.value(),
                self.name(CLUSTER_ID)
            ),
            Check::ClusterIdsDiffer => {
                format!("has a different cluster ID in `{}` than the other nodes", self.name(CLUSTER_ID))
            }
            Check::IdTwice => {
                format!("has the ID {} in `{}`, which another node of the cluster uses", self.subject(0), self.place())
            }
            _ => return None,
        })
    }

    fn of_listeners(&self) -> Option<String> {
        let (listeners, advertised) = (self.name(LISTENERS), self.name(ADVERTISED_LISTENERS));
        let (map, subjects) = (self.name(PROTOCOL_MAP), self.subjects());
        let (inter_broker, controllers) = (self.name(INTER_BROKER_LISTENER), self.name(CONTROLLER_NAMES));
        Some(match self.objection.check {
            Check::ListenerMalformed if self.is_computed() => format!(
                "gets `{}` in `{}` from the script of its image, but that is not a listener",
                self.value(),
                self.place()
            ),
            Check::ListenerMalformed => {
                format!("has `{}` in `{}`, but that is not a listener", self.value(), self.place())
            }
            Check::ListenerTwice => format!("has two listeners with the name `{subjects}` in `{}`", self.place()),
            Check::PortTwice => format!("binds `{subjects}` to the same port"),
            Check::ListenerWithoutProtocol | Check::ControllerWithoutProtocol => {
                format!("has no protocol for the listener `{subjects}` in `{map}`")
            }
            Check::MapMalformed => {
                format!("has `{}` in `{}`, which is not a name and a protocol", self.value(), self.place())
            }
            Check::NoSuchProtocol => {
                format!("has `{subjects}` in `{}`, which is not a security protocol", self.place())
            }
            Check::AdvertisesNothing => "advertises no listener for clients".to_owned(),
            Check::AdvertisedNotBound => format!("advertises `{subjects}`, which is not in `{listeners}`"),
            Check::AdvertisesAnyAddress => {
                format!("advertises 0.0.0.0 for `{subjects}`, an address to which no client can connect")
            }
            Check::ControllerAtAnyAddress => {
                format!("binds the controller listener `{subjects}` to 0.0.0.0, which Kafka 3.9.0 rejects")
            }
            Check::AdvertisesController => format!("advertises the controller listener `{subjects}` in `{advertised}`"),
            Check::InterBrokerTwice => {
                format!("has both `{inter_broker}` and `{}`", self.name(INTER_BROKER_PROTOCOL))
            }
            Check::InterBrokerWithoutProtocol => {
                format!("has no protocol for the inter-broker listener `{subjects}` in `{map}`")
            }
            Check::InterBrokerNotAdvertised => {
                format!("uses the listener `{subjects}` between brokers, but `{advertised}` does not have it")
            }
            Check::InterBrokerIsController => format!("uses the controller listener `{subjects}` between brokers"),
            Check::ControlPlane => format!("has `{subjects}` in `{}`, which cannot be the control plane", self.place()),
            Check::EarlyStart => format!("has `{subjects}` in `{}`, which is not a listener", self.place()),
            Check::SaslMechanism => {
                format!("uses `{subjects}` between brokers, but `{}` does not have it", self.other_place())
            }
            Check::NoControllerNames => format!("does not name the controller listener in `{controllers}`"),
            Check::NoControllerListener if subjects.is_empty() => {
                format!("is a controller but does not name its listener in `{controllers}`")
            }
            Check::NoControllerListener | Check::ControllerNotBound => {
                format!("is a controller but does not bind its listener `{subjects}` in `{listeners}`")
            }
            Check::BrokerBindsController => format!("is only a broker but binds the controller listener `{subjects}`"),
            Check::ControllerBindsOthers => {
                format!("is only a controller but binds `{subjects}`, a listener for clients")
            }
            Check::BoundElsewhere => {
                format!("binds `{}` to `{}`, which is not its own address", self.subject(0), self.subject(1))
            }
            Check::NoSuchPort => {
                format!("has the port {subjects} in `{}`, but the highest port is 65535", self.place())
            }
            _ => return None,
        })
    }

    fn of_cluster(&self) -> String {
        let (voters, subjects) = (self.name(QUORUM_VOTERS), self.subjects());
        match self.objection.check {
            Check::VoterMalformed => format!("has `{}` in `{voters}`, which is not ID@HOST:PORT", self.value()),
            Check::BootstrapMalformed => {
                format!("has `{}` in `{}`, which is not HOST:PORT", self.value(), self.place())
            }
            Check::NoVoters => format!("has no voters in `{voters}`"),
            Check::NotAmongVoters => {
                format!("is a controller with the ID {subjects}, but `{voters}` has no voter {subjects}")
            }
            Check::BrokerAmongVoters => {
                format!("is only a broker with the ID {subjects}, but `{voters}` lists it as a voter")
            }
            Check::VoterAtAnyAddress => format!("has 0.0.0.0 as the address of voter {subjects} in `{voters}`"),
            Check::NoFirstVoter => format!("is a controller, but `{voters}` does not name the first voter"),
            Check::VoterPort => {
                format!("connects to voter {subjects} at a port in `{voters}` where no controller listens")
            }
            Check::VoterHost => {
                let value = self.value();
                let address = value.split_once('@').map_or(value.as_str(), |(_, address)| address);
                format!(
                    "has `{address}` as voter {subjects} in `{voters}`, but no controller with that ID listens there"
                )
            }
            Check::VotersDiffer => format!("lists voters in `{voters}` that differ from those of the other nodes"),
            Check::TooManyReplicas => {
                let brokers = self.subject(2);
                let noun = if brokers == "1" { "broker" } else { "brokers" };
                format!(
                    "requires {} replicas of {}, but its cluster has {brokers} {noun}",
                    self.subject(1),
                    topic(self.subject(0))
                )
            }
            Check::TooManyInSync => format!(
                "requires {} in-sync replicas of {} (`{}`), which has {} (`{}`)",
                self.subject(1),
                topic(self.subject(0)),
                self.place(),
                self.subject(2),
                self.other_place()
            ),
            other => format!("does not pass Kafka's check {other}"),
        }
    }
}

fn topic(name: &str) -> String {
    if name == "*" { "every new topic".to_owned() } else { format!("`{name}`") }
}
