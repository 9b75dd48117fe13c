//! `unreachable-broker-address`

use crate::compose::{Attachment, Service};
use crate::finding::{Applicability, Finding, Fix, Severity};
use crate::kafka::address::{AddressList, BrokerAddress, HostPort};
use crate::kafka::catalog::VariableRole;
use crate::kafka::client::{Client, EvidenceKind, EvidencePlace};
use crate::kafka::reachability::{Unreachable, unreachable};
use crate::kafka::topology::{NoTarget, has_credentials};
use crate::repair::Repair;
use crate::rules::readdress::Readdress;
use crate::rules::{Context, advice};

pub(super) fn check(context: &Context<'_>) -> Vec<Finding> {
    // Who says the address, and who proves who he is, knows what the file does not tell.
    if context.topology.hints.address.is_some() || context.topology.brokers.is_empty() {
        return Vec::new();
    }
    let is_known =
        |client: &&Client<'_>| matches!(client.service.attachment, Attachment::Networks(_) | Attachment::Host);
    let clients = context.users().filter(is_known).filter(|client| !has_credentials(client.service));
    clients.flat_map(|client| check_client(context, client)).collect()
}

fn check_client(context: &Context<'_>, client: &Client<'_>) -> Vec<Finding> {
    let of_variables =
        client.addresses.iter().filter(|it| it.role != VariableRole::BrokerHost).filter_map(|variable| {
            let checker = Checker { context, client, is_kafka: variable.role != VariableRole::Unrelated };
            let list = variable.list()?;
            let (primary, related) = context.labels_of(&variable.origin(context.project), "");
            let finding = checker.finding(&format!("`{}`", variable.variable.name()), &list, |readdress| {
                readdress.variable(context, client, variable, &list).map(|(repair, _)| repair)
            })?;
            Some(Finding { primary, related: related.into_iter().chain(finding.related).collect(), ..finding })
        });
    let in_command = client.evidence.iter().filter(|evidence| evidence.kind == EvidenceKind::Command);
    let of_command = in_command.filter_map(|evidence| {
        let list = AddressList::parse(&evidence.text)?;
        let EvidencePlace::Project(origin) = &evidence.place else { return None };
        let (primary, _) = context.labels_of(origin, "");
        let checker = Checker { context, client, is_kafka: false };
        let finding = checker.finding("the command", &list, |readdress| readdress.command(context, client.service))?;
        Some(Finding { primary, ..finding })
    });
    of_variables.chain(of_command).collect()
}

struct Checker<'c, 'p> {
    context: &'c Context<'p>,
    client: &'c Client<'p>,
    /// Whether the place is for broker addresses alone: else the broker's container may serve something else at a port of its own.
    is_kafka: bool,
}

impl Checker<'_, '_> {
    /// What is wrong with the addresses of a list, if something is; `repair` gives others in their place.
    fn finding(
        &self,
        place: &str,
        list: &AddressList<'_>,
        repair: impl Fn(&Readdress<'_>) -> Result<Repair, String>,
    ) -> Option<Finding> {
        let (context, service) = (self.context, self.client.service);
        let (address, why) =
            list.addresses().iter().find_map(|address| Some((address, self.unreachable(service, address)?)))?;
        let answer = self.answer(service, address);
        // The first is another rule's, the second may be what is wanted.
        if matches!(answer, Err(NoTarget::OnlyLoopback(_)) if why != Unreachable::UnknownName)
            || matches!(answer, Err(NoTarget::Secured(_)))
        {
            return None;
        }
        let (fix, help) = match &answer {
            Ok(brokers) => (self.fix(brokers, &why, repair), self.choice(brokers, &why)),
            Err(reason) => (Err(reason.to_string()), advice::way_out(context, service, reason)),
        };
        let broker = context.topology.brokers.first();
        Some(Finding {
            rule: "unreachable-broker-address",
            severity: Severity::Error,
            service: service.name.clone(),
            message: format!("{place} of `{}` says `{}`: {why}", service.name, address.host_port()),
            primary: context.label(service.key, ""),
            related: broker
                .map(|broker| context.broker_label(broker, "what the broker advertises"))
                .into_iter()
                .collect(),
            help,
            fix,
        })
    }

    fn unreachable(&self, service: &Service, address: &BrokerAddress<'_>) -> Option<Unreachable> {
        let why = unreachable(&self.context.topology, service, address)?;
        (why.is_certain() || self.is_kafka).then_some(why)
    }

    /// The addresses to use in place of one that leads nowhere: of the broker that it names, else of those that the client should use.
    fn answer(&self, service: &Service, address: &BrokerAddress<'_>) -> Result<Vec<HostPort>, NoTarget> {
        let topology = &self.context.topology;
        match topology.broker_at(service, address.host) {
            Some(broker) => topology.address(service, broker, &[]).map(|address| vec![address]),
            // The port is the host's, and says nothing of the listener that is wanted.
            None if topology.is_on_host(service) => topology.target(service, &[]).map(|target| target.addresses),
            None => topology.target(service, address.port.as_slice()).map(|target| target.addresses),
        }
    }

    fn fix(
        &self,
        brokers: &[HostPort],
        why: &Unreachable,
        repair: impl Fn(&Readdress<'_>) -> Result<Repair, String>,
    ) -> Result<Fix, String> {
        let instead_for = |service: &Service, address: &BrokerAddress<'_>| {
            self.unreachable(service, address)?;
            self.answer(service, address).ok()
        };
        let also_right_for = |sharer: &Service| {
            let gets = |address: &HostPort| self.context.topology.broker_at(sharer, &address.host).is_some();
            self.context.is_user(sharer) && brokers.iter().all(gets)
        };
        let instead = |address: &BrokerAddress<'_>| instead_for(self.client.service, address);
        let repair = repair(&Readdress { instead: &instead, also_right_for: &also_right_for })?;
        let is_sure = self.choice(brokers, why).is_none();
        let applicability = if is_sure { Applicability::Safe } else { Applicability::Unsafe };
        let shown = brokers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        Ok(self.context.fix(format!("use {shown}"), applicability, repair))
    }

    /// What a person has to decide, if there is more than one answer.
    fn choice(&self, brokers: &[HostPort], why: &Unreachable) -> Option<String> {
        let topology = &self.context.topology;
        if *why == Unreachable::ContainerAddress {
            return Some(
                "a number may also be somebody else's in the local network: make sure that the broker is meant"
                    .to_owned(),
            );
        }
        let broker = |address: &HostPort| topology.broker_at(self.client.service, &address.host);
        let choices = brokers.iter().filter_map(broker).map(|broker| topology.addresses_for_containers(broker));
        let several = choices.into_iter().find(|choices| choices.len() > 1)?;
        Some(format!("containers reach the broker at {}: choose one", several.join(" and at ")))
    }
}
