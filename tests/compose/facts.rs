//! What two readers of a project are compared by.

use std::collections::BTreeMap;

use composefix::compose::{Attachment, Command, Duration, Healthcheck, HealthcheckTest, Project, Service};
use serde_json::{Map, Value, json};

/// The parts of a service that Compose prints as they are; null where there is none.
const PLAIN: [&str; 8] =
    ["image", "command", "entrypoint", "container_name", "hostname", "network_mode", "profiles", "labels"];

/// Of each service each fact, by its path: `api.environment.BROKERS`.
#[derive(Debug)]
pub struct Facts(BTreeMap<String, Value>);

impl Facts {
    /// The facts of what `docker compose config --format json` prints.
    pub fn of_compose(model: &Value) -> Self {
        let mut facts = BTreeMap::new();
        for (name, service) in model["services"].as_object().into_iter().flatten() {
            let mut add = |fact: &str, value: Value| facts.insert(format!("{name}.{fact}"), value);
            add("", Value::Bool(true));
            for key in PLAIN {
                add(key, with_single_dollars(&service[key]));
            }
            add("healthcheck", healthcheck_of_compose(&service["healthcheck"]));
            // Extensions are printed under a name of their own.
            let variables = entries(&service["environment"]).filter(|(variable, _)| *variable != "#extensions");
            for (variable, value) in variables {
                add(&format!("environment.{}", variable.replace("$$", "$")), with_single_dollars(value));
            }
            for (on, dependency) in entries(&service["depends_on"]) {
                let default = json!({ "restart": false });
                let dependency = entries(&default).chain(entries(dependency)).collect::<BTreeMap<_, _>>();
                add(&format!("depends_on.{on}"), json!(dependency));
            }
            for (network, membership) in entries(&service["networks"]) {
                let aliases = membership["aliases"].as_array().cloned().unwrap_or_default();
                add(&format!("networks.{network}"), Value::Array(aliases));
            }
        }
        Self(facts)
    }

    /// The facts of what composefix loads.
    pub fn of_project(project: &Project) -> Self {
        let mut facts = BTreeMap::new();
        for service in &project.services {
            let mut add = |fact: &str, value: Value| facts.insert(format!("{}.{fact}", service.name), value);
            add("", Value::Bool(true));
            for (key, value) in PLAIN.into_iter().zip(plain(service)) {
                add(key, value);
            }
            add("healthcheck", service.healthcheck.as_ref().map_or(Value::Null, healthcheck));
            for variable in service.variables() {
                add(&format!("environment.{}", variable.name()), json!(variable.value()));
            }
            for on in &service.implied_dependencies {
                add(&format!("depends_on.{}", on.service), dependency("service_started", on.restart, true));
            }
            for on in &service.depends_on.dependencies {
                let fact = dependency(on.condition().as_str(), on.restart(), on.required());
                add(&format!("depends_on.{}", on.service), fact);
            }
            for membership in service.attachment.memberships() {
                add(&format!("networks.{}", membership.network), json!(membership.aliases));
            }
        }
        Self(facts)
    }

    /// What differs from Docker Compose's, a line each.
    pub fn differences(&self, theirs: &Self) -> Vec<String> {
        let mut paths: Vec<&String> = self.0.keys().chain(theirs.0.keys()).collect();
        paths.sort();
        paths.dedup();
        let describe = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
        let differs = |path: &&String| self.0.get(*path) != theirs.0.get(*path);
        let line = |path: &String| {
            format!("{path}: {}, and to Docker Compose {}", describe(self.0.get(path)), describe(theirs.0.get(path)))
        };
        paths.into_iter().filter(differs).map(line).collect()
    }
}

/// The values of [`PLAIN`].
fn plain(service: &Service) -> [Value; PLAIN.len()] {
    let words = |command: &Option<Command>| json!(command.as_ref().map(|command| &command.words));
    [
        json!(service.image.as_ref().map(|image| image.as_str()).filter(|image| !image.is_empty())),
        words(&service.command),
        words(&service.entrypoint),
        json!(service.container_name),
        json!(service.hostname),
        match &service.attachment {
            Attachment::Networks(_) | Attachment::Provider => Value::Null,
            Attachment::Host => json!("host"),
            Attachment::Service(name) => json!(format!("service:{name}")),
            Attachment::Other(mode) => json!(mode),
        },
        if service.profiles.is_empty() { Value::Null } else { json!(service.profiles) },
        match service.labels.as_slice() {
            [] => Value::Null,
            labels => labels.iter().map(|(name, value)| (name.clone(), json!(value))).collect(),
        },
    ]
}

fn dependency(condition: &str, restart: bool, required: bool) -> Value {
    json!({ "condition": condition, "restart": restart, "required": required })
}

fn healthcheck(check: &Healthcheck) -> Value {
    let duration = |duration: Option<Duration>| json!(duration.map(|duration| duration.to_string()));
    json!({
        "test": test(&check.test),
        "interval": duration(check.timings.interval),
        "timeout": duration(check.timings.timeout),
        "start_period": duration(check.timings.start_period),
        "start_interval": duration(check.timings.start_interval),
        "retries": check.timings.retries,
        "disable": check.disable == Some(true),
    })
}

fn test(test: &HealthcheckTest) -> Value {
    match test {
        HealthcheckTest::Inherited => json!([]),
        HealthcheckTest::Disabled => json!(["NONE"]),
        HealthcheckTest::Shell(items) => json!(["CMD-SHELL", items.join(" ")]),
        HealthcheckTest::Command(words) => {
            json!(["CMD"].into_iter().chain(words.iter().map(String::as_str)).collect::<Vec<_>>())
        }
    }
}

/// In the form of [`healthcheck`].
fn healthcheck_of_compose(check: &Value) -> Value {
    let Value::Object(check) = with_single_dollars(check) else { return Value::Null };
    let words: Vec<&str> = check.get("test").map(words).unwrap_or_default();
    let is_disabled = check.get("disable") == Some(&Value::Bool(true));
    let test = match words.as_slice() {
        _ if is_disabled => json!(["NONE"]),
        ["NONE", ..] => json!(["NONE"]),
        ["CMD-SHELL", line @ ..] => json!(["CMD-SHELL", line.join(" ")]),
        words => json!(words),
    };
    json!({
        "test": test,
        "interval": check.get("interval"),
        "timeout": check.get("timeout"),
        "start_period": check.get("start_period"),
        "start_interval": check.get("start_interval"),
        "retries": check.get("retries"),
        "disable": is_disabled,
    })
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn entries(map: &Value) -> impl Iterator<Item = (&String, &Value)> {
    map.as_object().into_iter().flat_map(Map::iter)
}

/// `config` writes every literal `$` as `$$`, so that its output can be read again.
fn with_single_dollars(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text.replace("$$", "$")),
        Value::Array(items) => items.iter().map(with_single_dollars).collect(),
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| (key.clone(), with_single_dollars(value))).collect()
        }
        value => value.clone(),
    }
}
