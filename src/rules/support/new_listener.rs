//! A new listener of a broker, for containers or for programs on the host: what its settings have to become.

use crate::kafka::address::{HostPort, is_loopback};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::{AdvertisedListener, BrokerListeners, SettingSource};
use crate::kafka::internal_listener::binds_loopback;
use crate::kafka::judgement::lost_defaults;
use crate::kafka::listener::{Listener, ListenerHost, SecurityProtocol, protocol_map};
use crate::kafka::new_setting::NewSetting;
use crate::kafka::obstacle::Obstacle;
use crate::kafka::property::{
    ADVERTISED_LISTENERS, INTER_BROKER_LISTENER, INTER_BROKER_PROTOCOL, LISTENERS, PROCESS_ROLES, PROTOCOL_MAP,
};
use crate::text::Span;

/// Ports for the listener, the preferred one first: the usual ones in public compose files with 9092 for the host.
const PORTS: [u16; 5] = [29092, 39092, 49092, 59092, 19092];

/// Usual names of a listener for the host, each with that for containers.
const NAME_PAIRS: [(&str, &str); 4] =
    [("EXTERNAL", "INTERNAL"), ("OUTSIDE", "INSIDE"), ("PLAINTEXT_HOST", "PLAINTEXT"), ("EXTERN", "INTERN")];

/// Names for a listener for the host.
const HOST_NAMES: [&str; 3] = ["EXTERNAL", "HOST", "OUTSIDE"];

/// Names for a listener that has no pair.
const NAMES: [&str; 3] = ["INTERNAL", "DOCKER", "CONTAINERS"];

/// How a broker gets a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewListener {
    /// The name of the listener; empty for a listener of Redpanda without a name.
    pub name: String,
    /// What it advertises.
    pub address: HostPort,
    /// The settings to change or to add, in the order in which they are to be written.
    pub settings: Vec<NewSetting>,
    /// What it may cost, as a sentence without a full stop; `None` if nothing that works today.
    pub caveat: Option<String>,
}

/// Plans a listener for containers for each broker of a cluster that advertises only localhost.
///
/// A listener that is not published serves no program on the host, so it can advertise the service name. If all are published, they stay,
/// and a second one is added, at one of the `wanted` ports if it is free. Brokers find each other by the name of a listener, so all get the
/// same name.
///
/// # Errors
/// [`Obstacle`] if there is no safe plan.
pub fn container_listeners(cluster: &[&Broker], wanted: &[u16]) -> Result<Vec<NewListener>, Obstacle> {
    let is_secured = |broker: &&&Broker| broker.listeners.advertised.iter().any(AdvertisedListener::is_secured);
    if let Some(broker) = cluster.iter().find(is_secured) {
        let name = &broker.service.name;
        return Err(Obstacle::Secured(name.clone(), name.clone()));
    }
    let planners: Vec<Planner<'_>> = cluster.iter().map(|broker| Planner { broker, cluster, wanted }).collect();
    let unpublished: Option<Vec<_>> = planners.iter().map(Planner::unpublished).collect();
    let listeners: Vec<NewListener> = match unpublished {
        Some(unpublished) => {
            planners.iter().zip(unpublished).map(|(planner, advertised)| planner.readvertise(advertised)).collect()
        }
        None => planners.iter().map(Planner::add).collect::<Result<_, _>>(),
    }?;
    let is_another = |other: &&NewListener| !other.name.eq_ignore_ascii_case(&listeners[0].name);
    match listeners.iter().find(is_another) {
        Some(other) => Err(Obstacle::TwoListenerNames(listeners[0].name.clone(), other.name.clone())),
        None => Ok(listeners),
    }
}

/// Plans a listener that advertises a port of the host, next to the listeners for containers; the second value is the port that it binds.
///
/// # Errors
/// [`Obstacle`] if there is no safe plan.
pub fn host_listener(broker: &Broker, published: u16) -> Result<(NewListener, u16), Obstacle> {
    let service = &broker.service.name;
    if broker.listeners.advertised.iter().any(AdvertisedListener::is_secured) {
        return Err(Obstacle::Secured(service.clone(), "localhost".to_owned()));
    }
    let planner = Planner { broker, cluster: &[broker], wanted: &[] };
    let Some(inner) = broker.listeners.advertised.first() else { return Err(Obstacle::AdvertisesNothing) };
    let port = planner.free_port().ok_or_else(|| Obstacle::NoFreePort(service.clone()))?;
    let is_taken = |name: &&&str| has_listener(&broker.listeners, name);
    let name = *HOST_NAMES.iter().find(|name| !is_taken(name)).ok_or(Obstacle::AdvertisesNothing)?;
    let name = if planner.is_redpanda() { name.to_ascii_lowercase() } else { name.to_owned() };
    let address = HostPort::new("localhost", Some(published));
    let settings = planner.with_listener(inner, &name, port, &address)?;
    Ok((planner.finish(name, address, settings)?, port))
}

struct Planner<'b> {
    broker: &'b Broker,
    /// The brokers that get a listener together, this one included.
    cluster: &'b [&'b Broker],
    /// The ports at which clients look for the listener, before any other.
    wanted: &'b [u16],
}

impl Planner<'_> {
    /// The advertised listener, the one between brokers first, whose port the host does not open. In a cluster no other will do.
    fn unpublished(&self) -> Option<&AdvertisedListener> {
        let listeners = &self.broker.listeners;
        let inter_broker = listeners.inter_broker();
        let is_inter_broker =
            |advertised: &AdvertisedListener| advertised.listener.name.eq_ignore_ascii_case(inter_broker);
        let is_published = |advertised: &&AdvertisedListener| {
            let port = self.bound_port(advertised);
            self.broker.service.ports.iter().any(|ports| ports.may_open(port))
        };
        let unpublished = listeners.advertised.iter().filter(|advertised| !is_published(advertised));
        let is_alone = self.cluster.len() == 1 || listeners.advertised.len() == 1;
        unpublished
            .filter(|advertised| is_alone || is_inter_broker(advertised))
            .min_by_key(|advertised| !is_inter_broker(advertised))
    }

    fn bound_port(&self, advertised: &AdvertisedListener) -> u16 {
        self.broker.listeners.bound_as(&advertised.listener.name).map_or(advertised.listener.port, |bound| bound.port)
    }

    /// Lets a listener advertise the service's name.
    fn readvertise(&self, advertised: &AdvertisedListener) -> Result<NewListener, Obstacle> {
        let address = HostPort::new(&self.broker.service.name, Some(self.bound_port(advertised)));
        if let Some(host) = self.host_variable(advertised) {
            return Ok(self.advertising_host(advertised, address, host, None));
        }
        let mut settings = Vec::new();
        if let Some(bound) =
            self.broker.listeners.bound_as(&advertised.listener.name).filter(|bound| binds_loopback(bound))
        {
            settings.push(self.rewritten(LISTENERS, bound, &bound.at("0.0.0.0"))?);
        }
        let named = Listener { port: self.bound_port(advertised), ..advertised.listener.at(&address.host) };
        settings.push(self.rewritten(ADVERTISED_LISTENERS, &advertised.listener, &named)?);
        self.finish(advertised.listener.name.clone(), address, settings)
    }

    /// Adds a listener that advertises the service's name.
    fn add(&self) -> Result<NewListener, Obstacle> {
        let listeners = &self.broker.listeners;
        let service = &self.broker.service.name;
        let Some(host_side) = listeners.advertised.first() else { return Err(Obstacle::AdvertisesNothing) };
        if let Some(host) =
            self.host_variable(host_side).filter(|_| self.broker.variable_of(ADVERTISED_LISTENERS).is_none())
        {
            let address = HostPort::new(service, Some(self.bound_port(host_side)));
            let caveat = format!(
                "the image of `{service}` advertises only one host, so after the fix programs on the host cannot connect"
            );
            return Ok(self.advertising_host(host_side, address, host, Some(caveat)));
        }
        let port = self.free_port().ok_or_else(|| Obstacle::NoFreePort(service.clone()))?;
        let address = HostPort::new(service, Some(port));
        let name = self.new_name(&host_side.listener.name);
        let mut settings = self.with_listener(host_side, &name, port, &address)?;
        if !self.is_redpanda() {
            settings.extend(self.inter_broker(&name));
        }
        self.finish(name, address, settings)
    }

    /// The settings with one more listener, bound like another one.
    fn with_listener(
        &self,
        other: &AdvertisedListener,
        name: &str,
        port: u16,
        address: &HostPort,
    ) -> Result<Vec<NewSetting>, Obstacle> {
        let all = &self.broker.listeners.advertised;
        let named = |advertised: &AdvertisedListener| match &advertised.listener.host {
            ListenerHost::Container => advertised.listener.at(&self.broker.service.name),
            _ => advertised.listener.clone(),
        };
        let default = listed(&all.iter().map(named).collect::<Vec<_>>());
        let mut advertised = self.appended(ADVERTISED_LISTENERS, &default, &format!("{name}://{address}"))?;
        // Nobody can connect to every interface; on the host it is the host itself.
        for unspecified in all.iter().filter(|advertised| is_unspecified(&advertised.listener)) {
            let setting = self.broker.listeners.setting(ADVERTISED_LISTENERS);
            let entry = setting.and_then(|setting| setting.entry(&unspecified.listener)).ok_or_else(|| {
                Obstacle::AdvertisesUnspecified(self.broker.service.name.clone(), unspecified.listener.name.clone())
            })?;
            advertised.edits.push((entry.host, "localhost".to_owned()));
        }
        advertised.edits.sort_by_key(|(span, _)| (span.start, span.end));
        let mut settings = self.add_to_bound(other, name, port, &advertised)?;
        settings.push(advertised);
        if !self.is_redpanda() {
            settings.extend(self.add_to_protocols(name)?);
        }
        Ok(settings)
    }

    /// Adds the settings that the image requires as soon as one variable is set.
    fn finish(&self, name: String, address: HostPort, settings: Vec<NewSetting>) -> Result<NewListener, Obstacle> {
        let config = &self.broker.config;
        let added: Vec<(&str, String)> = settings.iter().filter_map(NewSetting::variable).collect();
        let pairs: Vec<(&str, Option<&str>)> = added.iter().map(|(name, text)| (*name, Some(text.as_str()))).collect();
        // What the image sets by itself it may forget as soon as one variable is set.
        let after = config.with(&pairs);
        let bound_after = BrokerListeners::of(&after);
        let mut bound = self.broker.listeners.bound.iter().flatten();
        let is_bound_by_these =
            added.iter().any(|(name, _)| self.broker.variable_of(LISTENERS).as_deref() == Some(*name));
        let forgets = bound.any(|own| bound_after.bound_as(&own.name).is_none()) && !is_bound_by_these;
        let listeners =
            forgets.then(|| self.unset(LISTENERS, listed(self.broker.listeners.bound.iter().flatten()))).transpose()?;
        let lost: Vec<NewSetting> = lost_defaults(&after)
            .into_iter()
            .filter(|(property, _)| config.property(property).is_some())
            .filter_map(|(property, value)| Some(NewSetting::added(self.broker.source_of(&property)?, value)))
            .collect();
        let settings: Vec<NewSetting> = lost.into_iter().chain(listeners).chain(settings).collect();
        let adds = settings.iter().any(|setting| setting.old.is_none());
        let caveat = (adds && !self.broker.is_known()).then(|| {
            let name = &self.broker.service.name;
            format!("cannot tell whether the image of `{name}` reads these variables: it is not a known image")
        });
        Ok(NewListener { name, address, settings, caveat })
    }

    /// The variable that holds the advertised host alone, if one does.
    fn host_variable(&self, advertised: &AdvertisedListener) -> Option<String> {
        let listeners = &self.broker.listeners;
        let is_list = [ADVERTISED_LISTENERS, LISTENERS]
            .iter()
            .any(|property| listeners.setting(property).is_some_and(|setting| setting.source == advertised.source));
        match &advertised.source {
            SettingSource::Variable(name) if !is_list => Some(name.clone()),
            _ => None,
        }
    }

    /// The one listener of the broker, with the service's name in the variable that holds its host.
    fn advertising_host(
        &self,
        advertised: &AdvertisedListener,
        address: HostPort,
        variable: String,
        caveat: Option<String>,
    ) -> NewListener {
        let old = self.broker.service.variable(&variable).and_then(|variable| variable.value()).unwrap_or_default();
        let edits = vec![(Span::new(0, old.len()), self.broker.service.name.clone())];
        let setting = NewSetting { source: SettingSource::Variable(variable), old: Some(old.to_owned()), edits };
        NewListener { name: advertised.listener.name.clone(), address, settings: vec![setting], caveat }
    }

    /// What the broker has to bind, if that does not follow from what it advertises.
    fn add_to_bound(
        &self,
        host_side: &AdvertisedListener,
        name: &str,
        port: u16,
        advertised: &NewSetting,
    ) -> Result<Vec<NewSetting>, Obstacle> {
        let broker = self.broker;
        let set = broker.listeners.setting(LISTENERS);
        if set.is_none() && self.follows(advertised, name, port) {
            return Ok(Vec::new());
        }
        let service = &broker.service.name;
        let Some(bound) = &broker.listeners.bound else {
            return Err(Obstacle::UnknownBinding(service.clone(), self.shown(LISTENERS)));
        };
        if set.is_none()
            && self.is_controller()
            && !bound.iter().any(|own| broker.listeners.is_for_controllers(&own.name))
        {
            return Err(Obstacle::UnknownController(service.clone(), self.shown(LISTENERS)));
        }
        let template = broker.listeners.bound_as(&host_side.listener.name).or(bound.first());
        let host = match template.map(|bound| &bound.host) {
            Some(ListenerHost::Named(host)) if !is_loopback(host) => host.as_str(),
            Some(ListenerHost::Unspecified) => "",
            _ => "0.0.0.0",
        };
        let mut setting = self.appended(LISTENERS, &listed(bound), &format!("{name}://{host}:{port}"))?;
        // Redpanda distinguishes listeners by their names, so the one without a name gets one (docs.redpanda.com, "Configure Listeners").
        let nameless = set.filter(|_| host_side.listener.name.is_empty());
        if let Some(entry) = nameless.and_then(|set| set.entry(&host_side.listener)) {
            setting.edits.insert(0, (Span::empty(entry.span.start), "external://".to_owned()));
        }
        Ok(vec![setting])
    }

    /// Whether the broker binds a listener as soon as it advertises it, as the image's script does, and every other as before.
    fn follows(&self, advertised: &NewSetting, name: &str, port: u16) -> bool {
        let Some((variable, text)) = advertised.variable() else { return false };
        let after = BrokerListeners::of(&self.broker.config.with(&[(variable, Some(&text))]));
        let mut before = self.broker.listeners.bound.iter().flatten();
        after.bound_as(name).is_some_and(|bound| bound.port == port)
            && before.all(|own| after.bound_as(&own.name).is_some())
    }

    fn is_controller(&self) -> bool {
        let roles = self.broker.config.property(PROCESS_ROLES).and_then(|roles| roles.value.text());
        roles.is_some_and(|roles| roles.split(',').any(|role| role.trim() == "controller"))
    }

    fn is_redpanda(&self) -> bool {
        self.broker.config.family().redpanda
    }

    /// The protocol of the new listener: set where the map does not follow from the names.
    fn add_to_protocols(&self, name: &str) -> Result<Option<NewSetting>, Obstacle> {
        let listeners = &self.broker.listeners;
        match listeners.setting(PROTOCOL_MAP) {
            Some(map) => {
                let has_it = |(key, _): &(String, SecurityProtocol)| key.eq_ignore_ascii_case(name);
                let is_mapped = protocol_map(&map.text).is_some_and(|map| map.iter().any(has_it));
                let entry = format!("{name}:PLAINTEXT");
                if is_mapped { Ok(None) } else { self.appended(PROTOCOL_MAP, "", &entry).map(Some) }
            }
            None if SecurityProtocol::from_name(name).is_some() => Ok(None),
            None => {
                let mut names: Vec<&str> = listeners.bound.iter().flatten().map(|bound| bound.name.as_str()).collect();
                names.extend(listeners.advertised.iter().map(|advertised| advertised.listener.name.as_str()));
                names.extend(listeners.controller_names.iter().map(String::as_str));
                names.push(name);
                let mut entries: Vec<String> = Vec::new();
                for name in names {
                    let entry = format!("{name}:PLAINTEXT");
                    if !entries.contains(&entry) {
                        entries.push(entry);
                    }
                }
                self.unset(PROTOCOL_MAP, entries.join(",")).map(Some)
            }
        }
    }

    /// Brokers use the listener for containers among themselves, unless a protocol selects the listener: only one of the two may be set.
    fn inter_broker(&self, name: &str) -> Option<NewSetting> {
        let listeners = &self.broker.listeners;
        match listeners.setting(INTER_BROKER_LISTENER) {
            Some(setting) => {
                Some(NewSetting::edited(setting, vec![(Span::new(0, setting.text.len()), name.to_owned())]))
            }
            None if listeners.setting(INTER_BROKER_PROTOCOL).is_some() => None,
            None => self.unset(INTER_BROKER_LISTENER, name.to_owned()).ok(),
        }
    }

    /// A setting with another entry in place of a listener's; what is not set is written out.
    fn rewritten(&self, property: &'static str, listener: &Listener, new: &Listener) -> Result<NewSetting, Obstacle> {
        let listeners = &self.broker.listeners;
        let unknown = || Obstacle::UnknownBinding(self.broker.service.name.clone(), self.shown(property));
        if let Some(setting) = listeners.setting(property) {
            let entry = setting.entry(listener).ok_or_else(unknown)?;
            return Ok(NewSetting::edited(setting, vec![(entry.span, new.to_string())]));
        }
        let bound = listeners.bound.as_ref().ok_or_else(unknown)?;
        let all: Vec<&Listener> = match property {
            LISTENERS => bound.iter().collect(),
            _ => listeners.advertised.iter().map(|advertised| &advertised.listener).collect(),
        };
        self.unset(property, listed(all.into_iter().map(|own| if own == listener { new } else { own })))
    }

    /// A setting with one more entry; `default` is its value if it is not set.
    fn appended(&self, property: &'static str, default: &str, entry: &str) -> Result<NewSetting, Obstacle> {
        let Some(setting) = self.broker.listeners.setting(property) else {
            return self.unset(property, format!("{default},{entry}"));
        };
        let mut appended = NewSetting::appended(setting, &[entry.to_owned()]);
        if property == ADVERTISED_LISTENERS
            && let Some(nameless) =
                self.broker.listeners.advertised.first().filter(|advertised| advertised.listener.name.is_empty())
        {
            let start = setting.entry(&nameless.listener).map_or(0, |entry| entry.span.start);
            appended.edits.insert(0, (Span::empty(start), "external://".to_owned()));
        }
        Ok(appended)
    }

    /// A setting that there is not yet.
    fn unset(&self, property: &str, text: String) -> Result<NewSetting, Obstacle> {
        let flag = match self.broker.source_of(property) {
            Some(source @ (SettingSource::Variable(_) | SettingSource::File(..))) => {
                return Ok(NewSetting::added(source, text));
            }
            Some(SettingSource::Flag(flag)) => flag,
            Some(SettingSource::ImageDefault) | None => property.to_owned(),
        };
        Err(Obstacle::NotInCommand(self.broker.service.name.clone(), flag))
    }

    fn shown(&self, property: &str) -> String {
        if self.is_redpanda() {
            return "--kafka-addr".to_owned();
        }
        self.broker.variable_of(property).unwrap_or_else(|| property.to_owned())
    }

    fn new_name(&self, host_side: &str) -> String {
        let upper = host_side.to_ascii_uppercase();
        let paired = NAME_PAIRS.iter().find(|(host, _)| upper.contains(host));
        let paired = paired.map(|(host, container)| upper.replace(host, container));
        let is_taken = |name: &str| self.cluster.iter().any(|broker| has_listener(&broker.listeners, name));
        let mut choices = paired.into_iter().chain(NAMES.map(str::to_owned));
        let name = choices.find(|name| !is_taken(name)).unwrap_or_else(|| format!("{upper}_INTERNAL"));
        let is_lower = self.is_redpanda() && host_side != upper || host_side.is_empty();
        if is_lower { name.to_ascii_lowercase() } else { name }
    }

    /// The first port that nothing about the brokers names.
    fn free_port(&self) -> Option<u16> {
        let mut ports = self.wanted.iter().copied().chain(PORTS);
        ports.find(|port| !self.cluster.iter().any(|broker| names_port(broker, *port)))
    }
}

/// Whether a broker has a listener of this name, or another protocol for it than none.
fn has_listener(listeners: &BrokerListeners, name: &str) -> bool {
    let map = listeners.setting(PROTOCOL_MAP).and_then(|map| protocol_map(&map.text));
    let bound = listeners.bound.iter().flatten();
    let mut names =
        bound.chain(listeners.advertised.iter().map(|advertised| &advertised.listener)).map(|own| &own.name);
    let is_other = |(own, protocol): &(String, SecurityProtocol)| {
        own.eq_ignore_ascii_case(name) && *protocol != SecurityProtocol::Plaintext
    };
    names.any(|own| own.eq_ignore_ascii_case(name)) || map.iter().flatten().any(is_other)
}

/// Whether something about a broker names a port.
fn names_port(broker: &Broker, port: u16) -> bool {
    let service = &broker.service;
    let digits = port.to_string();
    let mut values = service.variables().filter_map(|variable| variable.value());
    values.any(|value| value.contains(&digits))
        || service.command_words().iter().any(|word| word.contains(&digits))
        || service.ports.iter().any(|ports| ports.may_open(port))
        || broker.config.file().is_some_and(|own| own.file.entries.iter().any(|entry| entry.value.contains(&digits)))
        || broker.listeners.bound.iter().flatten().any(|bound| bound.port == port)
}

fn is_unspecified(listener: &Listener) -> bool {
    matches!(&listener.host, ListenerHost::Named(host) if host == "0.0.0.0" || host == "::")
}

/// The text of a property with these listeners.
fn listed<'l>(listeners: impl IntoIterator<Item = &'l Listener>) -> String {
    listeners.into_iter().map(Listener::to_string).collect::<Vec<_>>().join(",")
}
