//! A case: what fails before a fix, and what works after it.

use std::collections::BTreeSet;
use std::fmt;

use composefix::rules::explain;
use serde::Deserialize;
use serde_json::Value;

use super::cluster::{Cluster, Errand, Kind, NEIGHBOUR, Patience, printed};
use super::harness::case::Case as Fixture;
use super::harness::compose;
use super::java::Java;
use super::node::Server;
use super::project::{Published, Service};
use super::support::DockerCompose;

/// For what fails.
const BEFORE: Patience = Patience { start: 20, check: 20, checks: 1, client: 6 };
/// For what works, on a busy machine.
const AFTER: Patience = Patience { start: 120, check: 60, checks: 3, client: 60 };

/// How many lines of a log are shown.
const SHOWN_LINES: usize = 25;

/// A case of `cases.toml`, which explains the fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    fixture: String,
    client: Option<String>,
    #[serde(default)]
    variables: Vec<String>,
    at: Option<String>,
    kind: Kind,
    early: Option<String>,
    refused: Option<String>,
    unresolved: Option<String>,
    rejected: Option<String>,
    stopped: Option<String>,
    unhealthy: Option<String>,
    logged: Option<String>,
}

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

/// What cases are tried with.
pub struct Laboratory {
    /// Docker Compose.
    pub docker_compose: DockerCompose,
    /// Kafka.
    pub java: Java,
    /// The projects.
    pub fixtures: Vec<Fixture>,
}

/// How far a project comes.
enum Outcome {
    /// Compose rejects it, with these words.
    Rejected(String),
    /// A broker does not start; its image or Kafka says so.
    Stopped(String),
    /// The health check of a broker fails, or is missing where one is waited for.
    Unhealthy(String),
    /// The client fails: what it says, and what the brokers say.
    Failed { client: String, brokers: String },
    /// The message was consumed.
    Consumed,
}

/// A project that was tried.
struct Attempt<'l> {
    outcome: Outcome,
    cluster: Option<Cluster<'l>>,
    reached: BTreeSet<Published>,
}

impl fmt::Display for Outcome {
    /// With the ends of logs, and without where in a program an error was.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (how, text) = match self {
            Self::Rejected(text) => ("Compose rejects it", text),
            Self::Stopped(text) => ("a broker does not start", text),
            Self::Unhealthy(text) => ("a health check fails", text),
            Self::Failed { client, .. } => ("the client fails", client),
            Self::Consumed => return formatter.write_str("the message was consumed"),
        };
        let is_telling = |line: &&str| !line.starts_with("\tat ") && !line.contains(" INFO ");
        let lines: Vec<&str> = text.lines().filter(is_telling).collect();
        let end = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
        write!(formatter, "{how}:\n{}", end.join("\n"))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.fixture)?;
        self.client.as_ref().map_or(Ok(()), |client| write!(formatter, ", {client}"))
    }
}

impl Case {
    /// The cases that a choice names: `all`, a part of their names, or every third without one.
    pub fn selected(choice: Option<&str>) -> Vec<Self> {
        let Cases { case: cases } = toml::from_str(include_str!("cases.toml")).expect("cases.toml is as it says");
        let is_chosen = |place: usize, case: &Self| match choice {
            None => place.is_multiple_of(3),
            Some("all") => true,
            Some(word) => case.to_string().contains(word),
        };
        let chosen = cases.into_iter().enumerate().filter(|(place, case)| is_chosen(*place, case));
        chosen.map(|(_, case)| case).collect()
    }

    /// Tries the project before and after its fix.
    ///
    /// # Errors
    /// What is not as it should be.
    pub fn run(&self, laboratory: &Laboratory) -> Result<(), String> {
        let is_it = |fixture: &&Fixture| fixture.to_string() == self.fixture;
        let fixture = laboratory.fixtures.iter().find(is_it).ok_or("there is no fixture")?;
        let before = self.attempt(laboratory, fixture, None)?;
        self.expect(&before.outcome, fixture)?;
        let was_reached = before.reached;
        let after = self.attempt(laboratory, &fixture.repaired()?, Some(before.cluster))?;
        let Outcome::Consumed = after.outcome else { return Err(format!("after the fix: {}", after.outcome)) };
        let lost: Vec<_> = was_reached.difference(&after.reached).collect();
        if lost.is_empty() { Ok(()) } else { Err(format!("the host no longer reaches {lost:?}")) }
    }

    /// Checks the outcome before the fix.
    fn expect(&self, outcome: &Outcome, fixture: &Fixture) -> Result<(), String> {
        let (text, words) = match outcome {
            Outcome::Rejected(text) => (text, self.rejected.as_ref().map(|own| vec![own.as_str()])),
            Outcome::Stopped(text) => (text, self.stopped.as_ref().map(|own| vec![own.as_str()])),
            Outcome::Unhealthy(text) => (text, self.unhealthy.as_ref().map(|own| vec![own.as_str()])),
            Outcome::Failed { brokers, .. } if self.logged.is_some() => {
                (brokers, self.logged.as_ref().map(|own| vec![own.as_str()]))
            }
            Outcome::Failed { client, .. } => (client, self.words_of_client()),
            Outcome::Consumed => return Err("before the fix the message was consumed".to_owned()),
        };
        let is_said = |words: &Vec<&str>| text.lines().any(|line| words.iter().all(|word| line.contains(word)));
        if words.as_ref().is_some_and(is_said) {
            return self.explained(text, fixture);
        }
        Err(format!("before the fix another error was expected, but {outcome}"))
    }

    /// Checks that composefix explains what was said with a rule that finds something in the project.
    fn explained(&self, text: &str, fixture: &Fixture) -> Result<(), String> {
        // Docker shows what a health check printed only to those who ask.
        if self.unhealthy.is_some() && self.early.is_none() {
            return Ok(());
        }
        let explanation = explain::read(text.as_bytes()).map_err(|error| error.to_string())?;
        let causes = explanation.observations.iter().flat_map(|own| &own.causes).flat_map(|(_, cause)| &cause.rules);
        let rules: BTreeSet<&str> = causes.map(|(rule, _)| rule.as_str()).collect();
        let findings = fixture.run()?.findings;
        let is_found = findings.iter().any(|finding| rules.contains(finding.rule()));
        if is_found { Ok(()) } else { Err(format!("explained with {rules:?}, of which none finds anything")) }
    }

    /// The address at which the client fails, and the words of its library.
    fn words_of_client(&self) -> Option<Vec<&str>> {
        let refused = self
            .refused
            .as_deref()
            .map(|address| (address, ["failed: Connection refused", "ECONNREFUSED", "could not be established"]));
        let unresolved =
            || Some((self.unresolved.as_deref()?, ["Name or service not known", "ENOTFOUND", "DNS resolution failed"]));
        let (address, words) = refused.or_else(unresolved)?;
        let (host, port) = address.rsplit_once(':').unwrap_or((address, ""));
        let word = match self.kind {
            Kind::Python => words[0],
            Kind::Node => words[1],
            Kind::Java => words[2],
        };
        Some(vec![host, port, word])
    }

    fn client(&self) -> &str {
        self.client.as_deref().unwrap_or(NEIGHBOUR)
    }

    /// Starts a project, with the cluster of an attempt before if it is the same.
    fn attempt<'l>(
        &self,
        laboratory: &'l Laboratory,
        project: &Fixture,
        before: Option<Option<Cluster<'l>>>,
    ) -> Result<Attempt<'l>, String> {
        let is_fixed = before.is_some();
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        project.write_to(folder.path()).map_err(|error| error.to_string())?;
        let model = match compose::model(&laboratory.docker_compose, folder.path(), project) {
            Ok(model) => model,
            Err(said) => {
                return Ok(Attempt { outcome: Outcome::Rejected(said), cluster: None, reached: BTreeSet::new() });
            }
        };
        let servers = Server::all(project)?;
        if let Some(refusal) = servers.iter().find_map(|server| server.node()?.refusal.clone()) {
            return Ok(Attempt { outcome: Outcome::Stopped(refusal), cluster: None, reached: BTreeSet::new() });
        }
        let same = before.flatten().filter(|cluster| cluster.servers() == servers.as_slice());
        let mut cluster = match same {
            Some(cluster) => cluster,
            None => Cluster::new(&laboratory.java, servers, self.client())?,
        };
        cluster.introduce(&model, self.client())?;
        let mut trial = Trial { case: self, cluster: &mut cluster, model: &model, is_fixed };
        let outcome = trial.run()?;
        let is_up = matches!(outcome, Outcome::Consumed | Outcome::Failed { .. } | Outcome::Unhealthy(_))
            && (is_fixed || self.early.is_none());
        let reached = if is_up {
            cluster.reached_by_host(&model, if is_fixed { AFTER } else { BEFORE }.client)?
        } else {
            BTreeSet::new()
        };
        Ok(Attempt { outcome, cluster: is_up.then_some(cluster), reached })
    }
}

/// A project that is being tried.
struct Trial<'t, 'l> {
    case: &'t Case,
    cluster: &'t mut Cluster<'l>,
    model: &'t Value,
    is_fixed: bool,
}

impl Trial<'_, '_> {
    fn run(&mut self) -> Result<Outcome, String> {
        let case = self.case;
        if let Some(early) = &case.early {
            // Whatever a service does not wait for may come after it.
            if let Some(outcome) = self.start_with_dependencies(early)? {
                return Ok(outcome);
            }
        }
        let is_client_early = case.early.as_deref() == Some(case.client());
        if !is_client_early && let Some(outcome) = self.start_all()? {
            return Ok(outcome);
        }
        let environment: Vec<(String, String)> = match &self.case.at {
            Some(address) => vec![("ADDRESS".to_owned(), address.clone())],
            None => Service::of(self.model, self.case.client())?
                .environment()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        };
        let address = ["ADDRESS".to_owned()];
        let errand = Errand {
            kind: self.case.kind,
            message: &self.case.fixture,
            topic: "live",
            seconds: self.patience().client,
            variables: if self.case.at.is_some() { &address } else { &self.case.variables },
        };
        let output = self.cluster.run_client(self.case.client(), errand, environment.into_iter())?;
        if output.status.success() {
            return Ok(Outcome::Consumed);
        }
        let client = printed(&output);
        Ok(Outcome::Failed { client, brokers: self.cluster.said() })
    }

    /// Starts the servers, ZooKeeper first, and waits until all are ready; then their health checks must pass.
    fn start_all(&mut self) -> Result<Option<Outcome>, String> {
        let servers = self.cluster.servers().to_vec();
        let (nodes, zookeepers): (Vec<_>, Vec<_>) = servers.iter().partition(|server| server.node().is_some());
        for group in [zookeepers, nodes] {
            for server in &group {
                self.cluster.start(self.model, &server.service)?;
            }
            for server in &group {
                if !self.cluster.wait_for(&server.service, self.patience())? {
                    return Ok(Some(Outcome::Stopped(self.cluster.said())));
                }
            }
        }
        // Before the fix this matters only to those that it is about.
        let are_checked = self.is_fixed || self.case.unhealthy.is_some();
        for server in servers.iter().filter(|server| are_checked && server.node().is_some()) {
            let service = Service::of(self.model, &server.service)?;
            if let Err(said) = self.cluster.check_health(&service, self.patience()) {
                return Ok(Some(Outcome::Unhealthy(said)));
            }
        }
        Ok(None)
    }

    /// Starts what a service waits for, as Compose does, and the service if it is a server.
    fn start_with_dependencies(&mut self, name: &str) -> Result<Option<Outcome>, String> {
        let dependencies: Vec<_> = Service::of(self.model, name)?.dependencies().collect();
        for (other, _) in &dependencies {
            if let Some(outcome) = self.start_with_dependencies(other)? {
                return Ok(Some(outcome));
            }
        }
        for (other, condition) in dependencies {
            let must_be_healthy = condition == "service_healthy" && self.cluster.has(other);
            if must_be_healthy && let Some(outcome) = self.wait_for_health(other)? {
                return Ok(Some(outcome));
            }
        }
        self.cluster.start(self.model, name)?;
        let is_early = self.case.early.as_deref() == Some(name) && self.cluster.has(name);
        if is_early && !self.cluster.wait_for(name, self.patience())? {
            return Ok(Some(Outcome::Stopped(self.cluster.said())));
        }
        Ok(None)
    }

    fn wait_for_health(&mut self, name: &str) -> Result<Option<Outcome>, String> {
        let service = Service::of(self.model, name)?;
        if service.health_check().is_none() {
            let said = format!("dependency failed to start: container {name} has no healthcheck configured");
            return Ok(Some(Outcome::Unhealthy(said)));
        }
        if !self.cluster.wait_for(name, self.patience())? {
            return Ok(Some(Outcome::Stopped(self.cluster.said())));
        }
        let checked = self.cluster.check_health(&service, self.patience());
        Ok(checked.err().map(|said| {
            Outcome::Unhealthy(format!("dependency failed to start: container {name} is unhealthy: {said}"))
        }))
    }

    fn patience(&self) -> Patience {
        let patience = if self.is_fixed { AFTER } else { BEFORE };
        // A broker that is to start may take its time.
        let start = if self.case.stopped.is_some() { patience.start } else { AFTER.start };
        Patience { start, ..patience }
    }
}
