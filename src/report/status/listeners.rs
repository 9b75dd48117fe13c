//! The listeners of a broker: what each binds and advertises, who can use it, and where its address comes from.

use serde::Serialize;

use crate::analysis::Analysis;
use crate::kafka::broker::Broker;
use crate::kafka::client::origin_of;
use crate::kafka::effective::{Address, FilePlace, Host, Listener, ListenerRole, Origin};
use crate::kafka::property::LISTENERS;
use crate::text::shown as shown_text;

use super::{Place, place, shown};

/// A listener of a broker.
#[derive(Debug, Serialize)]
pub(in crate::report) struct ListenerStatus {
    /// Its name; empty if it has none.
    name: String,
    /// The address that it binds, if that is known.
    bound: Option<String>,
    /// The address that it advertises; none for controllers, and if it is not known.
    advertised: Option<String>,
    /// `containers`, `host`, `controllers`, `broker` (its own container alone), `others` (other machines) or `nobody`.
    users: &'static str,
    origin: OriginStatus,
}

/// Where an address comes from.
#[derive(Debug, Serialize)]
struct OriginStatus {
    /// `variable`, `flag`, `file` (a properties file of the project), `image` (the default of its image), `computed` (by the script of its
    /// image) or `kafka` (Kafka's default).
    kind: &'static str,
    /// The variable, the flag or the property; of a computed address the variable it is computed from.
    name: Option<String>,
    /// Where that is written.
    place: Option<Place>,
}

/// The listeners of a broker, in their order.
pub(super) fn listeners(analysis: &Analysis, broker: &Broker) -> Vec<ListenerStatus> {
    let all = broker.meant.listeners().listeners;
    all.iter().filter_map(|own| ListenerStatus::of(analysis, broker, own)).collect()
}

impl ListenerStatus {
    fn of(analysis: &Analysis, broker: &Broker, own: &Listener) -> Option<Self> {
        let is_for_controllers = own.role == ListenerRole::Controller;
        let advertised = own.advertised.as_ref().filter(|_| !is_for_controllers);
        let source = advertised.or(own.bound.as_ref())?;
        Some(Self {
            name: own.name.clone(),
            bound: own.bound.as_ref().map(written),
            advertised: advertised.map(written),
            users: if is_for_controllers { "controllers" } else { users(broker, own, advertised) },
            origin: OriginStatus::of(analysis, broker, source),
        })
    }

    /// The port at which programs on the host reach it.
    pub(super) fn host_port(&self) -> Option<&str> {
        self.advertised.as_deref().filter(|_| self.users == "host")?.rsplit(':').next()
    }

    /// The row for people; `widths` are those of its first three columns.
    pub(super) fn row(&self, widths: [usize; 3]) -> String {
        let from = match (self.origin.kind, &self.origin.name) {
            ("image", _) => "default of the image".to_owned(),
            ("kafka", _) => "default of Kafka".to_owned(),
            ("computed", None) => "computed by the image".to_owned(),
            ("computed", Some(name)) => format!("computed from {}", shown_text(name)),
            (_, name) => name.as_deref().map(shown_text).unwrap_or_default(),
        };
        let place = self.origin.place.as_ref().map(|place| format!("  {}:{}", place.path, place.line));
        let columns = self.columns().into_iter().zip(widths).map(|(text, width)| format!("{text:width$}  "));
        let columns: String = columns.collect();
        format!("{columns}{from}{}", place.unwrap_or_default()).trim_end().to_owned()
    }

    /// The first three columns of its row: its name, its address, and who can use it.
    pub(super) fn columns(&self) -> [String; 3] {
        let users = match self.users {
            "broker" => "only its own container",
            "others" => "other machines",
            users => users,
        };
        [shown_text(&self.name), shown_text(self.address()), users.to_owned()]
    }

    fn address(&self) -> &str {
        self.advertised.as_deref().or(self.bound.as_deref()).unwrap_or_default()
    }
}

impl OriginStatus {
    fn of(analysis: &Analysis, broker: &Broker, address: &Address) -> Self {
        // What Kafka derives from another property comes from there.
        let derived = broker.meant.property(LISTENERS).filter(|_| !address.span.is_empty()).map(|own| own.origin);
        let origin = match &address.origin {
            Origin::Kafka => derived.unwrap_or(&Origin::Kafka),
            origin => origin,
        };
        let (kind, name) = match origin {
            Origin::Variable(name) => ("variable", Some(name)),
            Origin::Flag(flag) => ("flag", Some(flag)),
            Origin::File(own) => return Self::of_file(analysis, broker, own),
            Origin::Image => ("image", None),
            Origin::Computed { from, .. } => ("computed", from.first()),
            Origin::Kafka => ("kafka", None),
        };
        let variable = name.and_then(|name| broker.service.variable(name));
        let origin = match kind {
            "flag" => Some(analysis.broker_origin(broker)),
            _ => variable.map(|own| origin_of(&analysis.project, own)),
        };
        Self { kind, name: name.cloned(), place: origin.map(|origin| place(&analysis.files, &origin)) }
    }

    fn of_file(analysis: &Analysis, broker: &Broker, own: &FilePlace) -> Self {
        let entries = broker.meant.file().into_iter().flat_map(|read| &read.file.entries);
        let entry = entries.into_iter().find(|entry| Some(entry.line) == own.line);
        let path = shown(&analysis.shown(&own.path));
        let place = own.line.map(|line| Place { path, line });
        Self { kind: "file", name: entry.map(|entry| entry.name.clone()), place }
    }
}

/// `host:port` as it is written; every interface is an empty host.
fn written(address: &Address) -> String {
    let host = match &address.host {
        Host::Any(host) | Host::Loopback(host) | Host::Own(host) | Host::Other(host) | Host::Unknown(host) => host,
        Host::Container => "(container)",
    };
    let port = address.port.map(|port| port.to_string());
    format!("{host}:{}", port.as_deref().unwrap_or("?"))
}

/// Who can use a listener for clients.
fn users(broker: &Broker, own: &Listener, advertised: Option<&Address>) -> &'static str {
    let Some(address) = advertised else { return "nobody" };
    let is_published = || {
        let bound = own.bound.as_ref().and_then(|bound| bound.port);
        let leads_there =
            |port: u16| broker.service.ports.iter().any(|ports| bound.is_some_and(|bound| ports.may_lead(port, bound)));
        address.port.is_some_and(leads_there)
    };
    match &address.host {
        Host::Own(_) | Host::Container => "containers",
        Host::Loopback(_) if is_published() => "host",
        Host::Loopback(_) => "broker",
        Host::Other(_) | Host::Unknown(_) => "others",
        Host::Any(_) => "nobody",
    }
}
