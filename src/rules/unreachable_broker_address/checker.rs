//! The finding about a list of addresses of a client.

use super::RULE;
use crate::analysis::Analysis;
use crate::compose::{Origin, Service};
use crate::finding::{Applicability, Finding, Fix, Reason, Severity};
use crate::kafka::address::{AddressList, BrokerAddress, HostPort};
use crate::kafka::broker::Broker;
use crate::kafka::client::{AddressVariable, Client};
use crate::kafka::internal_listener::{InternalListener, internal_listener};
use crate::kafka::route::{Form, Route, resembles_broker};
use crate::kafka::topology::NoTarget;
use crate::repair::Repair;
use crate::rules::support::readdress::Readdress;
use crate::rules::support::shared::SharedFixes;
use crate::rules::support::{advice, fix};

pub(super) struct Checker<'c> {
    pub(super) analysis: &'c Analysis,
    pub(super) client: &'c Client,
    pub(super) fixes: &'c SharedFixes,
    /// Whether the place is only for broker addresses; otherwise the address may be another port of the broker's container.
    pub(super) is_kafka: bool,
    /// The variable that holds the addresses.
    pub(super) variable: Option<&'c AddressVariable>,
}

impl Checker<'_> {
    /// The finding for the addresses of a list, if there is a problem; `repair` replaces them.
    pub(super) fn finding(
        &self,
        place: &str,
        origin: &Origin,
        list: &AddressList<'_>,
        repair: impl Fn(&Readdress<'_>) -> Result<Repair, Reason>,
    ) -> Option<Finding> {
        let (analysis, service) = (self.analysis, &self.client.service);
        let (address, why) = list.addresses().iter().find_map(|address| Some((address, self.problem(address)?)))?;
        let answer = self.answer(service, address, &why);
        // The first is another rule's, the second may be what is wanted.
        let is_led_back = matches!(answer, Err(NoTarget::OnlyLoopback(_))) && why != Route::UnknownName;
        if is_led_back || matches!(answer, Err(NoTarget::Secured(_))) {
            return None;
        }
        let (fix, help) = match &answer {
            Ok(brokers) => {
                let shown = self.answers(list).iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
                let at = (origin.node.unwrap_or(service.key), shown.as_str());
                let fix = self.fixes.fix(at, service, || self.fix(brokers, &shown, (address.host, &why), repair));
                (fix, self.choice(brokers, address.host, &why))
            }
            Err(reason) => (Err(reason.clone().into()), advice::way_out(analysis, service, reason)),
        };
        let broker = analysis.topology.brokers.first();
        let severity = if why.is_broken_on_linux() { Severity::Warning } else { Severity::Error };
        let message = format!("`{}` connects to `{}` ({place}), but {why}", service.name, why.shown(address));
        let label =
            broker.map(|broker| analysis.broker_label(broker, format!("`{}` advertises this", broker.service.name)));
        let found = RULE.finds(analysis, service, origin, message).severity(severity);
        Some(found.related(label).help(help).remedy(fix))
    }

    /// The addresses after the fix: what takes the place of each that leads nowhere, and the others.
    fn answers(&self, list: &AddressList<'_>) -> Vec<HostPort> {
        let mut all: Vec<HostPort> = Vec::new();
        for address in list.addresses() {
            let answer = self.problem(address).and_then(|why| self.answer(&self.client.service, address, &why).ok());
            for new in answer.unwrap_or_else(|| vec![address.host_port()]) {
                if !all.contains(&new) {
                    all.push(new);
                }
            }
        }
        all
    }

    /// What is wrong with an address, where another rule does not report it. That the client shares no network with the broker is another's;
    /// but the address must be right once it does.
    fn problem(&self, address: &BrokerAddress<'_>) -> Option<Route> {
        let protocol = self.variable.and_then(AddressVariable::protocol);
        let topology = &self.analysis.topology;
        let route = match self.client.route(topology, address, protocol) {
            Route::NoSharedNetwork(_) => Route::by_listeners(topology, &self.client.service, address)?,
            route => route,
        };
        let is_ours = match &route {
            Route::Loopback => false,
            Route::Form(form) => self.is_kafka && self.is_given_as_it_is(form),
            Route::WrongProtocol { .. } => true,
            route => route.is_at_wrong_port() || route.is_broken() && self.is_kafka,
        };
        is_ours.then_some(route)
    }

    /// Whether the client's library gets the value unchanged: code may parse a URL, as its default or its own scheme shows.
    fn is_given_as_it_is(&self, form: &Form) -> bool {
        let scheme = match form {
            Form::NoPort => return self.variable.is_none_or(|variable| variable.port_beside().is_none()),
            Form::Scheme(scheme) if self.client.program.is_none() => scheme,
            _ => return true,
        };
        let name = self.variable.map(AddressVariable::name).unwrap_or_default();
        let default = self.client.usage.ways.iter().find(|way| way.is_by(name)).and_then(|way| way.default.as_deref());
        !scheme.to_ascii_lowercase().contains("kafka") && !default.is_some_and(|default| default.contains("://"))
    }

    /// The addresses to use in place of one that leads nowhere: of the broker that it names, else of those that the client should use.
    fn answer(&self, service: &Service, address: &BrokerAddress<'_>, why: &Route) -> Result<Vec<HostPort>, NoTarget> {
        let topology = &self.analysis.topology;
        match topology.broker_at(service, address.host) {
            Some(_) if why.has_surplus() => Ok(vec![address.host_port()]),
            Some(broker) => {
                let protocol = self.variable.and_then(AddressVariable::protocol).or(self.client.protocol);
                let once_on_network = |reason| match reason {
                    NoTarget::NoSharedNetwork { .. } => own_address(broker).ok_or(reason),
                    _ => Err(reason),
                };
                topology.address(service, broker, &[], protocol).or_else(once_on_network).map(|address| vec![address])
            }
            None => {
                // A port of the host does not show which listener is meant.
                let ports = if topology.is_on_host(service) { &[] } else { address.port.as_slice() };
                topology.target_by(service, ports, self.client.protocol).map(|target| target.addresses)
            }
        }
    }

    fn fix(
        &self,
        brokers: &[HostPort],
        shown: &str,
        (host, why): (&str, &Route),
        repair: impl Fn(&Readdress<'_>) -> Result<Repair, Reason>,
    ) -> Result<Fix, Reason> {
        let also_right_for = |sharer: &Service| {
            let gets = |address: &HostPort| self.analysis.topology.broker_at(sharer, &address.host).is_some();
            self.analysis.is_user(sharer) && brokers.iter().all(gets)
        };
        let instead = |address: &BrokerAddress<'_>| {
            let why = self.problem(address)?;
            self.answer(&self.client.service, address, &why).ok()
        };
        let is_plain = why.has_surplus();
        let repair = repair(&Readdress { instead: &instead, also_right_for: &also_right_for, is_plain })?;
        // It is unknown how an unknown program handles a scheme.
        let is_known = !is_plain || self.client.form.is_some();
        let is_sure = is_known && self.choice(brokers, host, why).is_none();
        let applicability = if is_sure { Applicability::Safe } else { Applicability::Unsafe };
        Ok(fix(format!("use {shown}"), applicability, repair))
    }

    /// What a person has to decide, if there is more than one answer.
    fn choice(&self, brokers: &[HostPort], host: &str, why: &Route) -> Option<String> {
        let topology = &self.analysis.topology;
        if *why == Route::UnknownName && !resembles_broker(topology, host) {
            return Some(format!("`{host}` may be a service in another file; check that it means this broker"));
        }
        if matches!(why, Route::Form(_) | Route::WrongProtocol { .. }) {
            return None;
        }
        if *why == Route::ContainerAddress {
            return Some(
                "the IP address may belong to another machine on the local network; check that it is this broker"
                    .to_owned(),
            );
        }
        let broker = |address: &HostPort| topology.broker_at(&self.client.service, &address.host);
        let choices = brokers.iter().filter_map(broker).map(|broker| topology.addresses_for_containers(broker));
        let several = choices.into_iter().find(|choices| choices.len() > 1)?;
        Some(format!("containers reach the broker at {}; choose one", several.join(" and at ")))
    }
}

/// The address at which any container on the networks of a broker reaches it without credentials.
fn own_address(broker: &Broker) -> Option<HostPort> {
    match internal_listener(&broker.listeners, &|host| broker.service.is_known_as(host)) {
        InternalListener::Address(advertised) if !advertised.is_secured() => {
            Some(HostPort::new(&broker.service.name, Some(advertised.listener.port)))
        }
        _ => None,
    }
}
