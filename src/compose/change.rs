//! The declared changes of a fix, and a form of a compose file in which they can be checked: nothing else may differ.

use crate::compose::command::{CommandPart, Replacements};
use crate::compose::depends_on::Condition;
use crate::compose::environment::without_blanks;
use crate::compose::network::DEFAULT_NETWORK;
use crate::yaml::{Document, Scalar, Step, Value};

/// A change of the model that Compose resolves from a file, before interpolation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A variable of a service's `environment` gets a value.
    Variable {
        /// The service.
        service: String,
        /// The variable.
        name: String,
        /// The value as written.
        value: String,
    },
    /// What was another name in a service's `environment` becomes a variable.
    Renamed {
        /// The service.
        service: String,
        /// What Compose took for the name, as written.
        from: String,
        /// The variable.
        name: String,
        /// Its value as written; `None` for null.
        value: Option<String>,
    },
    /// A variable of a service's `environment` is removed.
    Removed {
        /// The service.
        service: String,
        /// The variable.
        name: String,
    },
    /// A service depends on another.
    Dependency {
        /// The service.
        service: String,
        /// The other one.
        on: String,
        /// What it waits for.
        condition: Condition,
        /// The other settings of a new dependency.
        settings: DependencySettings,
    },
    /// A service gets a health check.
    Healthcheck {
        /// The service.
        service: String,
        /// The test and the timings, key by key; the test is a list.
        settings: Vec<(String, HealthcheckSetting)>,
    },
    /// A service gets a change that is written in one it extends.
    Inherited(Box<Self>),
    /// Texts of a service's command or entrypoint become others: all of it, or items of its list.
    Command {
        /// The service.
        service: String,
        /// Where it stands.
        part: CommandPart,
        /// What is written there, not interpolated, and what is to be written, in order; with them the texts that stay but are written
        /// like one that changes.
        texts: Vec<(String, String)>,
    },
    /// A service joins a network.
    Network {
        /// The service.
        service: String,
        /// The network.
        network: String,
    },
    /// A service joins a network and loses its `network_mode`.
    LeftMode {
        /// The service.
        service: String,
        /// The network; the default one needs no name.
        network: String,
    },
    /// A service runs another image.
    Image {
        /// The service.
        service: String,
        /// The image as written.
        image: String,
    },
    /// A port of the host leads to another port of a service's container.
    Port {
        /// The service.
        service: String,
        /// The item of its `ports` as written, in the short form.
        from: String,
        /// What is to be written.
        to: String,
    },
    /// A top-level `x-` field changes, because an anchor in it does.
    Extension(String),
}

/// The settings of a dependency other than its condition, where they are not the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DependencySettings {
    /// `restart: true`
    pub restart: bool,
    /// `required: false`
    pub optional: bool,
}

impl DependencySettings {
    /// The settings as they are written, key and value.
    pub fn written(self) -> impl Iterator<Item = (&'static str, bool)> {
        let restart = self.restart.then_some(("restart", true));
        restart.into_iter().chain(self.optional.then_some(("required", false)))
    }
}

/// A value in a health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthcheckSetting {
    /// A duration or another text.
    Text(String),
    /// A number.
    Number(u32),
    /// The test.
    List(Vec<String>),
}

impl Change {
    /// Whether it takes a node away, given by the path to it in its file.
    #[must_use]
    pub fn removes(&self, path: &[Step]) -> bool {
        let name = match self.meaning() {
            Self::Removed { name, .. } => name,
            Self::LeftMode { .. } => "network_mode",
            _ => return false,
        };
        let written = path.last().and_then(|step| step.name.as_deref());
        written.is_some_and(|written| written.split('=').next() == Some(name))
    }

    /// The service that changes.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        match self {
            Self::Variable { service, .. }
            | Self::Dependency { service, .. }
            | Self::Healthcheck { service, .. }
            | Self::Command { service, .. }
            | Self::Network { service, .. }
            | Self::LeftMode { service, .. }
            | Self::Renamed { service, .. }
            | Self::Removed { service, .. }
            | Self::Image { service, .. }
            | Self::Port { service, .. } => Some(service),
            Self::Inherited(change) => change.service(),
            Self::Extension(_) => None,
        }
    }

    /// What it means for its service, wherever it is written.
    #[must_use]
    pub fn meaning(&self) -> &Self {
        match self {
            Self::Inherited(change) => change,
            change => change,
        }
    }
}

/// A compose file without the differences that Compose ignores: places, order of keys, the two forms of `environment`, of `depends_on` and
/// of `networks`. Malformed items of lists have their intended meaning. The keys of every map are sorted.
#[derive(Clone, Debug, PartialEq)]
pub struct Model(Vec<Value>);

impl Model {
    /// The model of a file.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let mut values = document.values();
        for value in &mut values {
            if let Some(Value::Map(services)) = value.get_mut("services").map(Value::untagged_mut) {
                services.iter_mut().for_each(|(_, service)| normalize(service));
            }
            value.sort_keys();
        }
        Self(values)
    }

    /// Makes a declared change.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Variable { service, name, value } => {
                set(self.section(service, "environment", Some(name)), name, Value::text(value));
            }
            Change::Dependency { service, on, condition, settings } => {
                let condition = Value::text(condition.as_str());
                let dependencies = self.section(service, "depends_on", Some(on));
                let is_new = dependencies.get_mut(on).is_none();
                let dependency = entry(dependencies, on);
                set(dependency, "condition", condition);
                for (key, value) in settings.written().filter(|_| is_new) {
                    set(dependency, key, Value::Scalar(Scalar::Bool(value)));
                }
            }
            Change::Healthcheck { service, settings } => {
                let healthcheck = self.section(service, "healthcheck", None);
                for (key, setting) in settings {
                    set(healthcheck, key, setting.to_value());
                }
            }
            Change::Command { service, part, texts } => self.replace_texts(service, part.as_str(), texts),
            Change::Port { service, from, to } => {
                self.replace_texts(service, "ports", &[(from.clone(), to.clone())]);
                self.replace_target(service, from, to);
            }
            Change::Network { service, network } => {
                set(self.section(service, "networks", Some(network)), network, Value::Scalar(Scalar::Null));
            }
            Change::LeftMode { service, network } => {
                remove(self.service(service), "network_mode");
                if network != DEFAULT_NETWORK {
                    set(self.section(service, "networks", Some(network)), network, Value::Scalar(Scalar::Null));
                }
            }
            Change::Removed { service, name } => {
                remove(self.section(service, "environment", Some(name)), name);
            }
            Change::Renamed { service, from, name, value } => {
                let environment = self.section(service, "environment", Some(from));
                remove(environment, from);
                set(environment, name, value.as_ref().map_or(Value::Scalar(Scalar::Null), Value::text));
            }
            Change::Image { service, image } => {
                *self.section(service, "image", Some("")) = Value::text(image);
            }
            Change::Inherited(_) | Change::Extension(_) => {}
        }
    }

    /// Replaces texts of a section, in whichever YAML document has them.
    fn replace_texts(&mut self, service: &str, key: &str, replaced: &[(String, String)]) {
        for section in self.sections(service, key) {
            let texts = match section.untagged_mut() {
                Value::List(items) => items.iter_mut().collect(),
                text => vec![text],
            };
            let mut replaced = Replacements::of(replaced);
            for text in texts {
                if let Some(new) = text.as_text().and_then(|text| replaced.take(text)) {
                    *text = Value::text(new);
                }
            }
        }
    }

    /// Replaces the container's port in an entry of the long form.
    fn replace_target(&mut self, service: &str, from: &str, to: &str) {
        for section in self.sections(service, "ports") {
            let Value::List(items) = section.untagged_mut() else { continue };
            let text = |item: &Value, key: &str| match item.get(key) {
                Some(Value::Scalar(scalar)) => scalar.to_environment().unwrap_or_default(),
                _ => String::new(),
            };
            let is_it = |item: &&mut Value| {
                item.as_map().is_some() && format!("{}:{}", text(item, "published"), text(item, "target")) == from
            };
            let Some(target) = items.iter_mut().find(is_it).and_then(|item| get_mut(item, "target")) else { continue };
            let new = to.rsplit(':').next().unwrap_or(to);
            *target = match (&*target, new.parse()) {
                (Value::Scalar(Scalar::Int(_)), Ok(number)) => Value::Scalar(Scalar::Int(number)),
                _ => Value::text(new),
            };
        }
    }

    /// The services that differ from another model's, and `None` for a difference outside the services; `x-` fields that `changes`
    /// name may differ.
    #[must_use]
    pub fn differences(&self, other: &Self, changes: &[Change]) -> Vec<Option<String>> {
        let mut differences = Vec::new();
        if self.0.len() != other.0.len() {
            return vec![None];
        }
        for (ours, theirs) in self.0.iter().zip(&other.0) {
            let (Some(ours), Some(theirs)) = (ours.as_map(), theirs.as_map()) else {
                differences.extend((ours != theirs).then_some(None));
                continue;
            };
            for key in all_keys(ours, theirs) {
                let (a, b) = (find(ours, key), find(theirs, key));
                let declared = changes.iter().any(|change| matches!(change, Change::Extension(name) if name == key));
                match (a.and_then(Value::as_map), b.and_then(Value::as_map)) {
                    _ if a == b || declared => {}
                    (Some(a), Some(b)) if key == "services" => {
                        let changed = all_keys(a, b).into_iter().filter(|&name| find(a, name) != find(b, name));
                        differences.extend(changed.map(|name| Some(name.to_owned())));
                    }
                    _ => differences.push(None),
                }
            }
        }
        differences
    }

    /// The top-level `x-` fields that differ from another model's. They mean nothing to Compose but by the anchors in them.
    #[must_use]
    pub fn changed_extensions(&self, other: &Self) -> Vec<Change> {
        let changed = self.0.iter().zip(&other.0).flat_map(|(ours, theirs)| {
            let (ours, theirs) = (ours.as_map().unwrap_or_default(), theirs.as_map().unwrap_or_default());
            let fields = all_keys(ours, theirs).into_iter().filter(|key| key.starts_with("x-"));
            fields.filter(|key| find(ours, key) != find(theirs, key)).collect::<Vec<_>>()
        });
        changed.map(|field| Change::Extension(field.to_owned())).collect()
    }

    /// A service, in the last YAML document that has it.
    fn service(&mut self, name: &str) -> &mut Value {
        let has_it = |root: &Value| root.get("services").is_some_and(|services| get(services, name).is_some());
        let index = self.0.iter().rposition(has_it).unwrap_or(0);
        entry(entry(&mut self.0[index], "services"), name)
    }

    /// A service's section, in every YAML document that has it.
    fn sections(&mut self, service: &str, key: &str) -> impl Iterator<Item = &mut Value> {
        let service = |root| get_mut(get_mut(root, "services")?, service);
        self.0.iter_mut().filter_map(move |root| get_mut(service(root)?, key))
    }

    /// A service's section, created if it does not exist. Of several YAML documents it is the last in which the section has the entry, else
    /// the last that has the section, else the first that has the service, which is where [`Service`](super::Service) writes a change too.
    fn section(&mut self, service: &str, key: &str, entry_key: Option<&str>) -> &mut Value {
        let held = |root: &Value| -> Option<u8> {
            let service = get(root.get("services")?, service)?;
            let section = get(service, key);
            let has_entry = entry_key.is_some_and(|entry| section.is_some_and(|section| get(section, entry).is_some()));
            Some(u8::from(section.is_some() && entry_key.is_some()) + u8::from(has_entry))
        };
        let ranks: Vec<Option<u8>> = self.0.iter().map(held).collect();
        let best = ranks.iter().flatten().max().copied();
        let has_best = |rank: &Option<u8>| rank.is_some() && *rank == best;
        let index = if best == Some(0) { ranks.iter().position(has_best) } else { ranks.iter().rposition(has_best) };
        let services = entry(&mut self.0[index.unwrap_or(0)], "services");
        entry(entry(services, service), key)
    }
}

impl HealthcheckSetting {
    fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::text(text),
            Self::Number(number) => Value::Scalar(Scalar::Int(i128::from(*number))),
            Self::List(items) => Value::List(items.iter().map(Value::text).collect()),
        }
    }
}

fn all_keys<'a>(a: &'a [(String, Value)], b: &'a [(String, Value)]) -> Vec<&'a str> {
    let mut keys: Vec<&str> = a.iter().chain(b).map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn find<'a>(map: &'a [(String, Value)], key: &str) -> Option<&'a Value> {
    place(map, key).ok().map(|index| &map[index].1)
}

/// Where a key is in a map, or belongs.
fn place(map: &[(String, Value)], key: &str) -> Result<usize, usize> {
    map.binary_search_by(|(name, _)| name.as_str().cmp(key))
}

fn get<'a>(map: &'a Value, key: &str) -> Option<&'a Value> {
    find(map.as_map()?, key)
}

fn get_mut<'a>(map: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    let Value::Map(entries) = map.untagged_mut() else { return None };
    let index = place(entries, key).ok()?;
    Some(&mut entries[index].1)
}

/// The value of a key of a map, created as an empty map if it does not exist; any other value becomes a map.
fn entry<'a>(map: &'a mut Value, key: &str) -> &'a mut Value {
    let map = map.untagged_mut();
    if map.as_map().is_none() {
        *map = Value::Map(Vec::new());
    }
    let Value::Map(entries) = map else { unreachable!("made a map above") };
    let index = place(entries, key).unwrap_or_else(|index| {
        entries.insert(index, (key.to_owned(), Value::Map(Vec::new())));
        index
    });
    &mut entries[index].1
}

fn set(map: &mut Value, key: &str, value: Value) {
    *entry(map, key) = value;
}

fn remove(map: &mut Value, key: &str) {
    if let Value::Map(entries) = map.untagged_mut() {
        entries.retain(|(own, _)| own != key);
    }
}

fn normalize(service: &mut Value) {
    let Value::Map(entries) = service.untagged_mut() else { return };
    for (key, value) in entries.iter_mut() {
        let value = value.untagged_mut();
        match key.as_str() {
            "environment" => normalize_environment(value),
            "depends_on" => normalize_depends_on(value),
            "networks" => normalize_networks(value),
            _ => {}
        }
    }
    let is_empty = |value: &Value| value.as_map().is_some_and(<[_]>::is_empty);
    entries.retain(|(key, value)| !(matches!(key.as_str(), "environment" | "depends_on") && is_empty(value)));
}

fn normalize_environment(environment: &mut Value) {
    let as_text = |text: Option<String>| text.map_or(Value::Scalar(Scalar::Null), Value::text);
    match environment {
        Value::Scalar(Scalar::Null) => *environment = Value::Map(Vec::new()),
        Value::Map(variables) => {
            for (_, value) in variables {
                if let Value::Scalar(scalar) = value {
                    *value = as_text(scalar.to_environment());
                }
            }
        }
        Value::List(items) => {
            let mut map = Value::Map(Vec::new());
            for item in items {
                match item {
                    Value::Scalar(Scalar::Text(item)) => match without_blanks(item).or_else(|| item.split_once('=')) {
                        Some((name, value)) => set(&mut map, name, Value::text(value)),
                        None => set(&mut map, item, Value::Scalar(Scalar::Null)),
                    },
                    Value::Map(entries) => match &entries[..] {
                        [(name, Value::Scalar(value))] => set(&mut map, name, as_text(value.to_environment())),
                        _ => return,
                    },
                    _ => return,
                }
            }
            *environment = map;
        }
        _ => {}
    }
}

fn normalize_networks(networks: &mut Value) {
    let Value::List(items) = networks else { return };
    let mut map = Value::Map(Vec::new());
    for item in items {
        let Some(network) = item.as_text() else { return };
        set(&mut map, network, Value::Scalar(Scalar::Null));
    }
    *networks = map;
}

fn normalize_depends_on(depends_on: &mut Value) {
    if let Value::Map(dependencies) = depends_on {
        // As for an item of a list; `Resolved` checks whether an earlier definition differs.
        let is_default = |key: &str, value: &Value| key == "required" && *value == Value::Scalar(Scalar::Bool(true));
        for (_, settings) in dependencies {
            if let Value::Map(settings) = settings {
                settings.retain(|(key, value)| !is_default(key, value));
            }
        }
        return;
    }
    let Value::List(items) = depends_on else { return };
    let mut map = Value::Map(Vec::new());
    for item in items {
        match item {
            Value::Scalar(Scalar::Text(service)) => {
                let condition = ("condition".to_owned(), Value::text(Condition::Started.as_str()));
                set(&mut map, service, Value::Map(vec![condition]));
            }
            Value::Map(entries) => match &entries[..] {
                [(service, settings)] => set(&mut map, service, settings.clone()),
                _ => return,
            },
            _ => return,
        }
    }
    *depends_on = map;
}
