//! Problems that keep a broker from its clients, by Kafka's checks and by the script of its image, and the one fix for all of them.

use std::collections::HashSet;
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::compose::{Origin as Place, Service, Variable};
use crate::finding::{Applicability, Finding, FindingId, Fix, Reason, Remedy, Severity};
use crate::kafka::address::is_loopback;
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::SettingSource;
use crate::kafka::client::origin_of;
use crate::kafka::effective::{self, EffectiveConfig, FilePlace, ListenerRole, RefusalKind};
use crate::kafka::judgement::Judgement;
use crate::kafka::listener::DEFAULT_PORT;
use crate::kafka::new_setting::NewSetting;
use crate::kafka::obstacle::Obstacle;
use crate::kafka::peer;
use crate::kafka::property::{
    BROKER_ID, CLUSTER_ID, Given, KafkaVersion, NODE_ID, PROCESS_ROLES, PROTOCOL_MAP, QUORUM_VOTERS, ZOOKEEPER_CONNECT,
};
use crate::kafka::startup::objection::{Check, Consequence, Objection};
use crate::kafka::startup::wanted::PropertyChange;
use crate::repair::{Repair, remove_variable};
use crate::rules::Rule;
use crate::rules::draft::Draft;
use crate::rules::support::objection::{problem, shown};
use crate::rules::support::settings::{change_settings, file_of, label_of_file, line};
use crate::text::Span;

/// The id for the nodes of a cluster that has none: any 16 bytes will do, if all nodes have the same.
const SOME_CLUSTER_ID: &str = "MkU3OEVBNTcwNTJENDM2Qk";

/// How often a script is evaluated again after a change: each time, it may reach its next check.
const ROUNDS: usize = 8;

/// All nodes of the project's clusters.
pub(in crate::rules) fn nodes(analysis: &Analysis) -> impl Iterator<Item = &Broker> {
    analysis.topology.brokers.iter().chain(&analysis.topology.controllers)
}

/// What keeps a node from its clients, of the kinds that a rule reports. The first finding that a fix resolves has the fix of
/// all.
pub(in crate::rules) fn findings(
    analysis: &Analysis,
    rule: &Rule,
    broker: &Broker,
    is_of_rule: impl Fn(&Fault<'_>) -> bool,
) -> Vec<Finding> {
    let Some(judgement) = analysis.judgement(broker.service.id) else { return Vec::new() };
    let faults: Vec<Fault<'_>> = faults(broker, judgement).into_iter().filter(is_of_rule).collect();
    if faults.is_empty() {
        return Vec::new();
    }
    let fix = fix_of(analysis, broker, judgement).map(Arc::new);
    let mut first: Option<FindingId> = None;
    let mut found = Vec::new();
    for fault in &faults {
        let remedy = match (fault.obstacle(broker, judgement), &fix, &first) {
            (Some(reason), ..) => Remedy::None(reason),
            (None, Ok(_), Some(first)) => Remedy::FixedBy(vec![first.clone()]),
            (None, Ok(fix), None) => Remedy::Fix(Arc::clone(fix)),
            (None, Err(reason), _) => Remedy::None(reason.clone()),
        };
        let finding = draft(analysis, rule, broker, fault).remedy(remedy);
        if finding.fix().is_some() {
            first = Some(finding.id.clone());
        }
        found.push(finding);
    }
    found
}

/// Something that keeps a node from its clients.
pub(in crate::rules) enum Fault<'b> {
    /// Kafka's check of the configuration.
    Kafka(&'b Objection, Consequence),
    /// The script of the image.
    Script(&'b effective::Refusal),
}

impl Fault<'_> {
    /// Why only a person can resolve it, whatever becomes of the others.
    fn obstacle(&self, broker: &Broker, judgement: &Judgement) -> Option<Reason> {
        match self {
            Self::Kafka(_, Consequence::Tolerated) => Some(Obstacle::SameForCluster(shown(broker, CLUSTER_ID)).into()),
            Self::Kafka(objection, _) => {
                let refusal = judgement.wanted.refusal(objection)?;
                Some(Reason::Startup(Box::new(refusal.clone())))
            }
            Self::Script(_) => None,
        }
    }
}

/// The problems of a node. A refusal of its script is left out if Kafka objects to the same setting, or if the node has no role, because
/// everything else follows from that.
fn faults<'b>(broker: &'b Broker, judgement: &'b Judgement) -> Vec<Fault<'b>> {
    let objections = reported(judgement);
    let mut refusals = broker.config.refusals().iter().collect::<Vec<_>>();
    if objections.iter().any(|(objection, _)| is_without_role(objection)) {
        refusals.clear();
    }
    if !refusals.is_empty() {
        let places = objections.iter().flat_map(|(objection, _)| &objection.places);
        let mut said: HashSet<String> = places.map(|place| shown(broker, &place.property)).collect();
        refusals.retain(|refusal| said.insert(refusal.variable.clone()));
    }
    let of_kafka = objections.into_iter().map(|(objection, consequence)| Fault::Kafka(objection, consequence));
    of_kafka.chain(refusals.into_iter().map(Fault::Script)).collect()
}

/// The objections to report: each subject once, and of a node without a role only that.
fn reported(judgement: &Judgement) -> Vec<(&Objection, Consequence)> {
    let has_role = !judgement.objections.iter().any(is_without_role);
    let mut seen = HashSet::new();
    let mut reported = Vec::new();
    for objection in judgement.objections.iter().filter(|objection| has_role || is_without_role(objection)) {
        let consequence = objection.check.consequence(judgement.version);
        let counts = consequence.asks_for_change() || is_risk(objection, consequence, judgement.version);
        if counts && (objection.subjects.is_empty() || seen.insert((subject_of(objection.check), &objection.subjects)))
        {
            reported.push((objection, consequence));
        }
    }
    reported
}

/// Whether a node is neither a KRaft node nor a broker of a ZooKeeper.
fn is_without_role(objection: &Objection) -> bool {
    objection.check == Check::NoZooKeeper || objection.check == Check::Missing && objection.is_about(PROCESS_ROLES)
}

/// The representative of checks with the same meaning: a listener without a protocol is reported once, wherever it is named.
const fn subject_of(check: Check) -> Check {
    match check {
        Check::ControllerWithoutProtocol | Check::InterBrokerWithoutProtocol => Check::ListenerWithoutProtocol,
        check => check,
    }
}

/// Whether a setting works but would not in the version of Kafka before, so that the user should know.
fn is_risk(objection: &Objection, consequence: Consequence, version: KafkaVersion) -> bool {
    let is_near = !version.is_from(3, 8);
    objection.check == Check::ClusterIdMalformed && consequence == Consequence::Tolerated && is_near
}

fn draft(analysis: &Analysis, rule: &Rule, broker: &Broker, fault: &Fault<'_>) -> Draft {
    let name = &broker.service.name;
    match fault {
        Fault::Kafka(objection, consequence) => {
            let problem = problem(broker, objection);
            let zookeeper = zookeeper_that_nothing_reads(broker, objection);
            let message = match (consequence, zookeeper) {
                (_, Some(variable)) => {
                    let roles = shown(broker, PROCESS_ROLES);
                    let is_kafka_4 = analysis.judgement(broker.service.id).is_some_and(|own| own.version.is_from(4, 0));
                    let of = if is_kafka_4 { "version of Kafka no longer supports" } else { "image does not support" };
                    format!("`{name}` does not start: its {of} ZooKeeper (`{variable}`) and requires `{roles}`")
                }
                (Consequence::NeverReady, _) => format!("`{name}` never becomes ready: it {problem}"),
                (Consequence::MaySplit, _) => format!("`{name}` {problem}; the cluster may elect two leaders"),
                (Consequence::Tolerated, _) => format!("`{name}` {problem}; Kafka before 3.7 does not start with it"),
                _ => format!("`{name}` does not start: it {problem}"),
            };
            let is_of_map = subject_of(objection.check) == Check::ListenerWithoutProtocol;
            let map = is_of_map.then_some(PROTOCOL_MAP);
            let places = objection.places.iter().map(|place| place.property.as_str());
            let place = match zookeeper {
                Some(_) => {
                    analysis.origin(broker.service.image.as_ref().map_or(broker.service.key, |image| image.node))
                }
                None => place(analysis, broker, map.into_iter().chain(places)),
            };
            let aspect = format!("{} {}", objection.check, objection.subjects.join(" "));
            let mut places = map.into_iter().chain(objection.places.iter().map(|place| place.property.as_str()));
            let in_file = places.find(|property| file_of(broker, property).is_some());
            let of_image = || zookeeper.and_then(|_| of_moving_tag(broker));
            let of_file = in_file.map(|property| label_of_file(analysis, broker, property));
            let label = of_file.or_else(of_image).unwrap_or_default();
            let draft = rule.finds(analysis, &broker.service, &place, message).aspect(aspect).label(label);
            match consequence {
                Consequence::MaySplit | Consequence::Tolerated => draft.severity(Severity::Warning),
                _ => draft,
            }
        }
        Fault::Script(refusal) => {
            let variable = &refusal.variable;
            let image = broker.service.image.as_ref().map_or("its image", |image| image.as_str());
            let problem = match refusal.kind {
                RefusalKind::Missing => format!("requires `{variable}`"),
                RefusalKind::Forbidden => format!("rejects `{variable}`"),
                RefusalKind::Invalid => format!("rejects the value of `{variable}`"),
            };
            let message = format!("`{name}` does not start: the script of `{image}` {problem}");
            let own = broker.service.variable(variable).map(|own| origin_of(&analysis.project, own));
            let place = own.unwrap_or_else(|| analysis.origin(broker.service.key));
            rule.finds(analysis, &broker.service, &place, message).aspect(variable.clone())
        }
    }
}

/// What to know of an image without ZooKeeper, if its tag moves to each new version.
fn of_moving_tag(broker: &Broker) -> Option<String> {
    let moves = broker.image.as_ref()?.tag.as_deref().is_none_or(|tag| tag == "latest");
    moves.then(|| "this is now Kafka 4 or later".to_owned())
}

/// The variable for ZooKeeper of a node whose version of Kafka no longer supports it.
fn zookeeper_that_nothing_reads<'b>(broker: &'b Broker, objection: &Objection) -> Option<&'b str> {
    let own = broker.config.property(ZOOKEEPER_CONNECT).filter(|_| is_without_role(objection))?;
    let is_set = own.value.text().is_none_or(|value| !value.trim().is_empty());
    own.origin.variables().first().map(String::as_str).filter(|_| is_set)
}

/// Where the first of some properties is set, else the service.
pub(in crate::rules) fn place<'p>(
    analysis: &Analysis,
    broker: &Broker,
    mut properties: impl Iterator<Item = &'p str>,
) -> Place {
    let variables = |property: &str| -> Vec<String> {
        if property == CLUSTER_ID {
            return broker.config.cluster_id().map(|(name, ..)| name.to_owned()).into_iter().collect();
        }
        broker.config.property(property).map(|own| own.origin.variables().to_vec()).unwrap_or_default()
    };
    let written = properties.find_map(|property| {
        let name = variables(property).into_iter().find(|name| broker.service.variable(name).is_some())?;
        broker.service.variable(&name)
    });
    written.map_or_else(|| analysis.origin(broker.service.key), |own| origin_of(&analysis.project, own))
}

/// The fix of all problems of a node: the corrected properties of Kafka, written in the variables of its image.
fn fix_of(analysis: &Analysis, broker: &Broker, judgement: &Judgement) -> Result<Fix, Reason> {
    let changes = &judgement.wanted.changes;
    let mut writing = Writing::of(broker, changes)?;
    if !writing.lines.is_empty() {
        let lines = writing.lines.iter().map(|(property, place, value)| line(analysis, property, place, value.clone()));
        return Err(Reason::InFile(lines.collect()));
    }
    writing.please_the_script(analysis, broker)?;
    let is_same = |other: &Service| {
        let theirs = analysis.judgement(other.id).map(|other| &other.wanted.changes);
        theirs.is_some_and(|theirs| changes.iter().all(|change| theirs.contains(change)))
    };
    let mut repair = change_settings(analysis, broker, &writing.settings, &is_same)?;
    for name in &writing.removed {
        repair = repair.and(removal(analysis, broker, name, is_same)?);
    }
    if !repair.is_consistent() {
        return Err(Reason::NothingLeft(writing.removed));
    }
    Ok(super::fix(writing.title(), Applicability::Safe, repair))
}

/// A removal of a variable, wherever the compose files write it.
fn removal(
    analysis: &Analysis,
    broker: &Broker,
    name: &str,
    shared: impl Fn(&Service) -> bool,
) -> Result<Repair, Reason> {
    let Some(Variable::Environment(written)) = broker.service.variable(name) else {
        return Err(Reason::EnvFile(name.to_owned()));
    };
    remove_variable(&analysis.project, &broker.service, written, shared).map_err(Reason::from)
}

/// Changes of properties in the words of an image.
struct Writing {
    settings: Vec<NewSetting>,
    removed: Vec<String>,
    /// The lines of a properties file that have to change, with their new values; `None` for one to remove.
    lines: Vec<(String, FilePlace, Option<String>)>,
    /// Properties that nothing in the files sets, and that must not be set after the changes.
    gone: Vec<String>,
    /// The configuration with them.
    config: EffectiveConfig,
}

impl Writing {
    fn of(broker: &Broker, changes: &[PropertyChange]) -> Result<Self, Reason> {
        let config = (*broker.config).clone();
        let (settings, removed, lines, gone) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut writing = Self { settings, removed, lines, gone, config };
        for change in changes {
            writing.write(broker, change)?;
        }
        match writing.gone.iter().find(|property| writing.config.given(property) != Given::Unset) {
            Some(property) => Err(Obstacle::NoVariable(property.clone()).into()),
            None => Ok(writing),
        }
    }

    fn write(&mut self, broker: &Broker, change: &PropertyChange) -> Result<(), Reason> {
        let property = change.property.as_str();
        let Some(source) = broker.source_of(property) else {
            if change.new.is_none() {
                self.gone.push(property.to_owned());
                return Ok(());
            }
            return Err(Obstacle::NoVariable(property.to_owned()).into());
        };
        if let SettingSource::File(property, place) = &source {
            self.lines.push((property.clone(), place.clone(), change.new.clone()));
            return Ok(());
        }
        let SettingSource::Variable(name) = &source else {
            let Some(old) = &change.old else {
                return Err(Obstacle::NotInCommand(broker.service.name.clone(), property.to_owned()).into());
            };
            let edits = whole_if_none(old, change);
            self.settings.push(NewSetting { source, old: Some(old.clone()), edits });
            return Ok(());
        };
        let written = broker.service.variable(name).and_then(|own| own.value().map(str::to_owned));
        match (&change.new, written) {
            (None, Some(_)) => self.remove(name),
            // The script may take it away because of another change.
            (None, None) => self.gone.push(property.to_owned()),
            (Some(new), Some(text)) if Some(&text) == change.old.as_ref() => {
                let edits = whole_if_none(&text, change);
                self.set(name, new, Some(text), edits);
            }
            // The script changes the text, so it is rewritten.
            (Some(new), Some(text)) => {
                let all = Span::new(0, text.len());
                self.set(name, new, Some(text), vec![(all, new.clone())]);
            }
            (Some(new), None) => self.add(name, new),
        }
        Ok(())
    }

    fn set(&mut self, name: &str, new: &str, old: Option<String>, edits: Vec<(Span, String)>) {
        self.config = self.config.with(&[(name, Some(new))]);
        self.settings.push(NewSetting { source: SettingSource::Variable(name.to_owned()), old, edits });
    }

    fn add(&mut self, name: &str, value: &str) {
        self.config = self.config.with(&[(name, Some(value))]);
        let source = SettingSource::Variable(name.to_owned());
        self.settings.push(NewSetting::added(source, value.to_owned()));
    }

    fn remove(&mut self, name: &str) {
        self.config = self.config.with(&[(name, None)]);
        self.removed.push(name.to_owned());
    }

    /// Gives the script of the image what it still asks for.
    fn please_the_script(&mut self, analysis: &Analysis, broker: &Broker) -> Result<(), Reason> {
        for _ in 0..ROUNDS {
            let Some(refusal) = self.config.refusals().first().cloned() else { return Ok(()) };
            let variable = &refusal.variable;
            let is_new = |setting: &NewSetting| setting.source != SettingSource::Variable(variable.clone());
            let has_roles = matches!(self.config.given(PROCESS_ROLES), Given::Set(_));
            let newer = || self.config.version_without(variable).filter(|_| has_roles);
            let reason = || match (variable.ends_with("PROCESS_ROLES"), newer()) {
                (true, _) => Reason::from(Obstacle::KraftSettings(variable.clone())),
                (false, Some(version)) => Reason::from(Obstacle::OlderThanKraft(version)),
                (false, None) => Reason::from(Obstacle::ScriptRejects(variable.clone(), refusal.says.clone())),
            };
            if self.removed.contains(variable) || !self.settings.iter().all(is_new) {
                return Err(reason());
            }
            match (refusal.kind, wanted_value(analysis, broker, variable)) {
                (RefusalKind::Forbidden, _) => self.remove(variable),
                (RefusalKind::Missing | RefusalKind::Invalid, Some((name, value))) => {
                    match broker.service.variable(&name).and_then(|own| own.value().map(str::to_owned)) {
                        Some(old) => {
                            let all = Span::new(0, old.len());
                            self.set(&name, &value, Some(old), vec![(all, value.clone())]);
                        }
                        None => self.add(&name, &value),
                    }
                }
                (RefusalKind::Missing | RefusalKind::Invalid, None) => return Err(reason()),
            }
        }
        Ok(())
    }

    /// What the fix does, as an imperative.
    fn title(&self) -> String {
        let name = |setting: &NewSetting| setting.source.name().to_owned();
        let mut parts = Vec::new();
        match self.settings.as_slice() {
            [] => {}
            [one] => parts.push(format!("set {} to {}", name(one), one.text())),
            [first, second, third, rest @ ..] if rest.len() > 1 => {
                let names = [first, second, third].map(name).join(", ");
                parts.push(format!("set {names} and {} more", rest.len()));
            }
            several => parts.push(format!("set {}", several.iter().map(name).collect::<Vec<_>>().join(", "))),
        }
        if !self.removed.is_empty() {
            parts.push(format!("remove {}", self.removed.join(", ")));
        }
        parts.join(" and ")
    }
}

fn whole_if_none(old: &str, change: &PropertyChange) -> Vec<(Span, String)> {
    match &change.new {
        Some(new) if change.edits.is_empty() => vec![(Span::new(0, old.len()), new.clone())],
        _ => change.edits.clone(),
    }
}

/// The variable to set where a script asks for one, and the one value that it can have.
fn wanted_value(analysis: &Analysis, broker: &Broker, variable: &str) -> Option<(String, String)> {
    let own = |value: String| Some((variable.to_owned(), value));
    let service = &broker.service;
    match variable {
        "ALLOW_PLAINTEXT_LISTENER" => own("yes".to_owned()),
        "CLUSTER_ID" => own(cluster_id(analysis, broker)),
        "KAFKA_ADVERTISED_LISTENERS" => own(advertised(broker)?),
        "KAFKA_NODE_ID" | "KAFKA_CFG_NODE_ID" | "KAFKA_BROKER_ID" | "KAFKA_CFG_BROKER_ID" => own(node_id(broker)?),
        "KAFKA_LISTENERS" if service.variable("KAFKA_ADVERTISED_LISTENERS").is_none() => {
            Some(("KAFKA_ADVERTISED_HOST_NAME".to_owned(), service.name.clone()))
        }
        _ => None,
    }
}

/// The cluster ID for a node that has none: that of another node, if one has it.
pub(in crate::rules) fn cluster_id(analysis: &Analysis, broker: &Broker) -> String {
    let others = nodes(analysis).filter(|other| other.service.id != broker.service.id);
    let mut ids = others.filter_map(|other| other.config.cluster_id()?.1.text());
    ids.next().unwrap_or(SOME_CLUSTER_ID).to_owned()
}

/// The ID of a node whose script requires it under another name than Kafka: the one that is set, that of its own voter, or that of a single
/// node.
fn node_id(broker: &Broker) -> Option<String> {
    let given = |property: &str| broker.config.given(property).value().map(str::trim);
    let is_own = |voter: &&str| {
        let host = peer::host(voter.trim());
        broker.service.is_known_as(host) || is_loopback(host)
    };
    let own_voter = || given(QUORUM_VOTERS)?.split(',').find(is_own)?.trim().split_once('@').map(|(id, _)| id);
    let alone = || given(QUORUM_VOTERS).is_none().then_some("1");
    let id = given(NODE_ID).or_else(|| given(BROKER_ID)).or_else(own_voter).or_else(alone)?;
    Some(id.to_owned())
}

/// What a broker without a word on it should advertise: the one listener that it binds for clients, at the host and port that older variables
/// name, else at its service's name.
fn advertised(broker: &Broker) -> Option<String> {
    let listeners = broker.config.listeners();
    let mut bound =
        listeners.listeners.iter().filter(|own| own.bound.is_some() && own.role != ListenerRole::Controller);
    let (one, other) = (bound.next(), bound.next());
    let value = |name: &str| broker.service.variable(name)?.value().map(str::trim).filter(|value| !value.is_empty());
    let host = broker.config.family().former_hosts.iter().find_map(|name| value(name));
    let port = broker.config.family().former_ports.iter().find_map(|name| value(name)?.parse::<u16>().ok());
    let (name, bound_port) = match (one, other) {
        (Some(one), None) => (one.name.as_str(), one.bound.as_ref().and_then(|bound| bound.port)),
        (None, _) => ("PLAINTEXT", None),
        (Some(_), Some(_)) => return None,
    };
    let host = host.unwrap_or(&broker.service.name);
    let port = port.or(bound_port).unwrap_or(DEFAULT_PORT);
    Some(format!("{name}://{host}:{port}"))
}
