//! `broker-dependency-not-healthy`

use crate::analysis::Analysis;
use crate::compose::{Condition, Dependency, Service};
use crate::finding::{Applicability, Finding, NoHealthcheck, Severity};
use crate::kafka::broker::Broker;
use crate::kafka::client::Client;
use crate::rules::Rule;
use crate::rules::support::readiness::{self, Health, health_of};
use crate::rules::support::shared::SharedFixes;
use crate::rules::support::{fix, listed};
use crate::text::Span;
use crate::yaml::NodeId;

pub(super) const RULE: Rule = Rule {
    name: "broker-dependency-not-healthy",
    summary: "a client starts when its broker has started, not when it is healthy",
    severity: Severity::Warning,
    page: include_str!("broker_dependency_not_healthy.md"),
    check,
};

fn check(analysis: &Analysis) -> Vec<Finding> {
    let fixes = SharedFixes::default();
    analysis.users_that_wait().filter_map(|client| check_client(analysis, client, &fixes)).collect()
}

/// Whether a comment on the line of the condition gives a reason for it.
fn is_decided(analysis: &Analysis, dependency: &Dependency) -> bool {
    let Some(condition) = dependency.condition_node else { return false };
    let document = analysis.project.document(condition);
    let (lines, text) = (document.lines(), document.text());
    let line = lines.line(document.node(condition).span.start);
    // Between a comment and what it is about is nothing but comments.
    let is_near = |comment: Span| {
        let number = lines.line(comment.start);
        let between = text.get(lines.line_start(number + 1)..lines.line_start(line));
        number == line || between.is_some_and(|text| text.lines().all(|line| line.trim_start().starts_with('#')))
    };
    // One or two words are not a reason.
    let is_reason = |text: &str| !text.contains("composefix:") && text.split_whitespace().count() > 3;
    let reasons = document.comments().iter().filter(|&&comment| is_near(comment) && is_reason(document.slice(comment)));
    let mut subjects = reasons.filter_map(|&comment| document.subject(comment));
    subjects.any(|subject| lines.line(subject.start) == line)
}

/// Clients that wait only for the start of a broker because the files do not tell whether its image has a health check, and none can be added
/// that certainly passes. That is no finding: the image may well need no more.
#[derive(Clone, Debug)]
pub struct OnlyStarted<'a> {
    /// The broker.
    pub broker: &'a Broker,
    /// The clients; at least one.
    pub clients: Vec<&'a Client>,
    /// Where the first of them names the broker.
    pub node: NodeId,
    /// Why its health is unknown.
    pub why: NoHealthcheck,
}

/// The clients of a project that wait only for the start of brokers whose health is not known, by broker.
#[must_use]
pub fn only_started(analysis: &Analysis) -> Vec<OnlyStarted<'_>> {
    let of_broker = |broker: &'_ Broker| {
        let Health::Unknown(why) = health_of(analysis, broker) else { return None };
        let waits = |client: &&Client| {
            let dependency = client.service.depends_on.on(&broker.service.name);
            let waits_only = |on: &Dependency| on.condition() == Condition::Started && !is_decided(analysis, on);
            dependency.is_some_and(waits_only) && !waits_for_health(analysis, &client.service, broker)
        };
        let clients: Vec<&Client> = analysis.users_that_wait().filter(waits).collect();
        let node = clients.first()?.service.depends_on.on(&broker.service.name)?.node;
        Some((clients, node, why))
    };
    let brokers = analysis.topology.brokers.iter();
    let found = brokers.filter_map(|broker| of_broker(broker).map(|found| (broker, found)));
    found.map(|(broker, (clients, node, why))| OnlyStarted { broker, clients, node, why }).collect()
}

/// Whether a service starts only when a broker is healthy because of what another service waits for.
fn waits_for_health(analysis: &Analysis, service: &Service, broker: &Broker) -> bool {
    analysis.waits_indirectly(service, broker).is_some_and(|indirect| indirect.is_healthy)
}

fn check_client(analysis: &Analysis, client: &Client, fixes: &SharedFixes) -> Option<Finding> {
    let service = &client.service;
    let hasty = |broker: &&Broker| {
        let dependency = service.depends_on.on(&broker.service.name);
        dependency.is_some_and(|dependency| match dependency.condition() {
            Condition::Healthy => false,
            // If the health of a broker is unknown, waiting for its start is all that is possible.
            Condition::Started if is_decided(analysis, dependency) => false,
            Condition::Started if waits_for_health(analysis, service, broker) => false,
            Condition::Started => !matches!(health_of(analysis, broker), Health::Unknown(_)),
            Condition::Completed => true,
        })
    };
    let awaited = service.depends_on.dependencies.iter();
    let brokers = awaited.filter_map(|on| analysis.topology.broker_named(&on.service));
    let mut brokers: Vec<&Broker> = brokers.filter(hasty).collect();
    brokers.sort_by_key(|broker| broker.service.id);
    let dependency = service.depends_on.on(&brokers.first()?.service.name)?;
    let names = listed(brokers.iter().map(|broker| broker.service.name.as_str()));
    let message = match dependency.condition() {
        Condition::Completed => {
            let name = &service.name;
            format!("`{name}` waits for `{names}` to exit, which a broker never does, so `{name}` never starts")
        }
        Condition::Started | Condition::Healthy => {
            let (have, they_are) = if brokers.len() == 1 { ("has", "it is") } else { ("have", "they are") };
            format!("`{}` starts when `{names}` {have} started, not when {they_are} healthy", service.name)
        }
    };
    let make = || {
        let (repair, _) = readiness::wait_for(analysis, service, &brokers)?;
        let are = if brokers.len() == 1 { "is" } else { "are" };
        Ok(fix(format!("wait until `{names}` {are} healthy"), Applicability::Safe, repair))
    };
    let fix = fixes.fix((dependency.node, &names), service, make);
    let severity = if dependency.condition() == Condition::Completed { Severity::Error } else { Severity::Warning };
    let place = analysis.origin(dependency.condition_node.unwrap_or(dependency.node));
    let broker = brokers.first().map(|broker| analysis.label(broker.service.key, "the broker"));
    let label = if dependency.condition_node.is_some() { "the condition" } else { "the dependency" };
    let found = RULE.finds(analysis, service, &place, message).severity(severity).label(label);
    Some(found.related(broker).remedy(fix))
}
