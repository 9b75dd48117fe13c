//! Takes the steps of a script.

use std::collections::BTreeMap;

use super::container::Container;
use super::environment::{Entry, Environment, Truth};
use super::family::{FAMILIES, Family, MountEffect, MountedFile, Script};
use super::file::ReadProperties;
use super::properties;
use super::shell::{joined, output};
use super::step::{self, BoundForm, Step};
use super::value::{Computation, Origin, UnknownReason, Value};
use super::version::Versions;

/// The message of a script that refuses to start the broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The variable that is missing or wrong.
    pub variable: String,
    /// What is the matter with it.
    pub kind: RefusalKind,
    /// The words of the script, or of what it starts.
    pub says: String,
}

/// Why a script refuses a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// It is not set, or empty.
    Missing,
    /// It is set, and must not be.
    Forbidden,
    /// It has a value that the script does not take.
    Invalid,
}

/// Properties that may be set although nothing known sets them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Open {
    /// What their names begin with; empty for all properties.
    pub(super) prefix: String,
    pub(super) reason: UnknownReason,
}

/// The result of a script.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) environment: Environment,
    pub(super) properties: BTreeMap<String, Entry>,
    pub(super) open: Vec<Open>,
    pub(super) refusals: Vec<Refusal>,
    /// The properties file of the project that it read.
    pub(super) file: Option<ReadProperties>,
}

impl Outcome {
    /// One that begins with the properties of a file of the project.
    pub(super) fn of_file(environment: Environment, file: ReadProperties) -> Self {
        let properties = file.properties();
        Self { environment, properties, open: Vec::new(), refusals: Vec::new(), file: Some(file) }
    }

    /// One of which nothing is known, for a reason.
    pub(super) fn unknown(environment: Environment, reason: UnknownReason) -> Self {
        let open = vec![Open { prefix: String::new(), reason }];
        Self { environment, properties: BTreeMap::new(), open, refusals: Vec::new(), file: None }
    }
}

struct Run<'a> {
    kafka: &'a Versions,
    mounts: &'a [String],
    /// Whether a mounted file replaces the image's own.
    has_base: bool,
    outcome: Outcome,
}

/// What an image's script makes of a container's variables.
pub(super) fn run(
    family: &Family,
    script: &Script,
    kafka: &Versions,
    container: &Container,
    mut environment: Environment,
) -> Outcome {
    if environment.others.is_none() {
        for (name, value) in &script.environment {
            if environment.get(name).is_none() {
                environment.set(name, Entry { value: Value::known(value), origin: Origin::Image });
            }
        }
    }
    let is_mounted = |file: &&MountedFile| mounted_at(&container.mounts, &file.path).is_some();
    let mounted: Vec<&MountedFile> = family.mounts.iter().filter(is_mounted).collect();
    let is_only = |file: &&&MountedFile| mounted.len() == 1 && file.as_is;
    let read = match mounted.first().filter(is_only) {
        Some(file) => container.file_at(&file.path),
        None if family.is_unknown() => container.file_of_broker(),
        None => None,
    };
    let has_base = !mounted.is_empty() || read.is_some();
    let outcome = match read {
        Some(file) => Outcome::of_file(environment, file),
        None => {
            let reasons = mounted.iter().filter_map(|file| mounted_at(&container.mounts, &file.path));
            let open = |path: &str| Open { prefix: String::new(), reason: UnknownReason::File(path.to_owned()) };
            let open = reasons.map(open).collect();
            Outcome { environment, properties: BTreeMap::new(), open, refusals: Vec::new(), file: None }
        }
    };
    if mounted.iter().any(|file| file.effect == MountEffect::All) {
        return outcome;
    }
    let below = family.is_unknown().then(|| outcome.properties.clone());
    let mut run = Run { kafka, mounts: &container.mounts, has_base, outcome };
    for step in script.steps.iter() {
        run.take(step, Truth::Yes);
    }
    if let Some(below) = below {
        run.doubt_what_differs(&below);
    }
    run.outcome
}

/// The mount that puts something at `path`, or in it if it ends with a slash.
pub(super) fn mounted_at<'a>(mounts: &'a [String], path: &str) -> Option<&'a str> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_there = |mount: &&String| {
        let mount = mount.trim_end_matches('/');
        mount == path || mount == folder || path.ends_with('/') && mount.starts_with(path)
    };
    mounts.iter().find(is_there).map(String::as_str)
}

impl Run<'_> {
    fn environment(&mut self) -> &mut Environment {
        &mut self.outcome.environment
    }

    /// Whether variables override the file of an image whose script is not known, or the reverse, is not known either.
    fn doubt_what_differs(&mut self, below: &BTreeMap<String, Entry>) {
        for (name, own) in below {
            if let Some(entry) = self.outcome.properties.get_mut(name).filter(|entry| entry.value != own.value) {
                entry.value = Value::unknown(UnknownReason::Unpublished);
            }
        }
    }

    /// Takes a step as far as it and what includes it are taken.
    fn take(&mut self, step: &Step, outer: Truth) {
        let truth = match step.condition() {
            Some(condition) => outer.and(condition.holds(&self.outcome.environment, self.mounts)),
            None => outer,
        };
        if truth == Truth::No {
            return;
        }
        match step {
            Step::Include(step) => {
                FAMILIES.included(&step.include).iter().for_each(|step| self.take(step, truth.clone()))
            }
            Step::Default(step) => self.assign_default(&step.default, &step.value, truth),
            Step::Assign(step) => {
                let entry = self.outcome.environment.fill(&step.value);
                self.assign(&step.assign, entry, truth);
            }
            Step::Alias(step) => self.alias(step),
            Step::Unset(step) if truth == Truth::Yes => {
                step.unset.iter().for_each(|name| self.environment().unset(name))
            }
            Step::Unset(_) => {}
            Step::Require(step) => self.require(step, truth),
            Step::Refuse(step) => {
                let kind = if step.value { RefusalKind::Invalid } else { RefusalKind::Forbidden };
                self.refuse(&step.refuse, kind, &step.says, truth);
            }
            Step::BindEverywhere(step) => self.bind_everywhere(step, truth),
            Step::Run(step) => self.run(step, truth),
            Step::Replace(step) => self.replace(step, &truth),
            Step::ReadFile(step) => {
                let path = self.outcome.environment.fill(&step.file).value.shape().unwrap_or_default().to_owned();
                let value = Value::unknown(UnknownReason::File(path));
                self.assign(&step.read, Entry { value, origin: Origin::Image }, truth);
            }
            Step::File(step) => self.file(step, truth),
            Step::Property(step) => {
                let entry = self.outcome.environment.fill(&step.value);
                self.set_property(&step.property, entry, truth);
            }
            Step::Variables(step) => self.variables(step),
            Step::Remove(step) => self.remove(&step.remove, truth),
            Step::Fallback(step) => self.fallback(&step.fallback),
            Step::Computed(step) => {
                let reason = if step.unpublished { UnknownReason::Unpublished } else { UnknownReason::Script };
                let opened = step.computed.iter().map(|prefix| Open { prefix: prefix.clone(), reason: reason.clone() });
                self.outcome.open.extend(opened);
            }
            Step::FirstVoter(step) => self.first_voter(step),
            Step::PublishedPort(step) => {
                let value = Value::unknown(UnknownReason::Shell("docker port".to_owned()));
                let origin = Origin::Computed { how: Computation::Shell, from: Vec::new() };
                self.assign(&step.published_port, Entry { value, origin }, truth);
            }
        }
    }

    fn assign(&mut self, name: &str, entry: Entry, truth: Truth) {
        let set_here =
            self.outcome.environment.get(name).is_some_and(|own| own.origin == Origin::Variable(name.to_owned()));
        if set_here
            && matches!(&truth, Truth::Maybe(reason) if Some(reason) == self.outcome.environment.others.as_ref())
        {
            // It is unlikely that a missing file overrides a setting here.
            return;
        }
        let entry = match truth {
            Truth::Maybe(reason) if self.outcome.environment.value(name) != entry.value => {
                Entry { value: Value::unknown(reason), origin: entry.origin }
            }
            _ => entry,
        };
        self.environment().set(name, entry);
    }

    fn assign_default(&mut self, name: &str, template: &str, truth: Truth) {
        let truth = truth.and(self.outcome.environment.is_set(name).not());
        if truth != Truth::No {
            let entry = self.outcome.environment.fill(template);
            self.assign(name, entry, truth);
        }
    }

    fn alias(&mut self, step: &step::Alias) {
        let pairs: Vec<(String, String)> = if step.names.is_empty() {
            vec![(step.alias.clone(), step.of.clone())]
        } else {
            step.names.iter().map(|name| (format!("{}{name}", step.alias), format!("{}{name}", step.of))).collect()
        };
        for (alias, original) in pairs {
            let entry = self.outcome.environment.get(&original).cloned();
            match (self.outcome.environment.is_present(&original), entry) {
                (Truth::No, _) => {}
                (truth, Some(entry)) => self.assign(&alias, entry, truth),
                (truth, None) => {
                    let value = self.outcome.environment.value(&original);
                    self.assign(&alias, Entry { value, origin: Origin::Variable(original) }, truth);
                }
            }
        }
    }

    fn require(&mut self, step: &step::Require, truth: Truth) {
        let environment = &self.outcome.environment;
        let is_there =
            if step.even_empty { environment.is_present(&step.require) } else { environment.is_set(&step.require) };
        self.refuse(&step.require, RefusalKind::Missing, &step.says, truth.and(is_there.not()));
    }

    fn refuse(&mut self, variable: &str, kind: RefusalKind, says: &str, truth: Truth) {
        if truth == Truth::Yes {
            let says = self.outcome.environment.fill(says).value.shape().unwrap_or(says).to_owned();
            self.outcome.refusals.push(Refusal { variable: variable.to_owned(), kind, says });
        }
    }

    fn bind_everywhere(&mut self, step: &step::BindEverywhere, truth: Truth) {
        let truth = truth.and(self.outcome.environment.is_set(&step.bind_everywhere).not());
        if truth == Truth::No {
            return;
        }
        let value = self.outcome.environment.value(&step.from).map(|advertised| bound(&advertised, step.form));
        let from = self.outcome.environment.get(&step.from).map(|entry| entry.origin.variables().to_vec());
        let origin = Origin::Computed { how: Computation::BoundEverywhere, from: from.unwrap_or_default() };
        self.assign(&step.bind_everywhere, Entry { value, origin }, truth);
    }

    fn first_voter(&mut self, step: &step::FirstVoter) {
        let environment = &self.outcome.environment;
        let truth = environment.is_set(&step.first_voter).not().and(environment.is_set(&step.from));
        if truth == Truth::No {
            return;
        }
        let address = |voters: String| {
            let first = voters.replace(['[', ']'], "");
            let first = first.split(',').next().unwrap_or_default();
            first.rsplit_once('@').map_or(first, |(_, address)| address).to_owned()
        };
        let value = environment.value(&step.from).map(address);
        let from = environment.get(&step.from).map(|entry| entry.origin.variables().to_vec()).unwrap_or_default();
        let origin = Origin::Computed { how: Computation::Joined, from };
        self.assign(&step.first_voter, Entry { value, origin }, truth);
    }

    fn run(&mut self, step: &step::Run, truth: Truth) {
        let truth = truth.and(self.outcome.environment.is_set(&step.run));
        if truth == Truth::No {
            return;
        }
        let value = match self.outcome.environment.value(&step.run) {
            Value::Known(command) => output(&command, &self.outcome.environment.own_name),
            unknown => unknown,
        };
        let origin = Origin::Computed { how: Computation::Shell, from: vec![step.run.clone()] };
        self.assign(&step.into, Entry { value, origin }, truth);
    }

    fn replace(&mut self, step: &step::Replace, truth: &Truth) {
        let by = match truth {
            Truth::Maybe(reason) => Value::unknown(reason.clone()),
            _ => self.outcome.environment.value(&step.by),
        };
        let from = self.outcome.environment.get(&step.by).map(|entry| entry.origin.variables().to_vec());
        let names = self.outcome.environment.iter().filter(|(name, entry)| {
            name.starts_with(&step.prefix) && entry.value.shape().is_some_and(|text| text.contains(&step.replace))
        });
        let names: Vec<String> = names.map(|(name, _)| name.to_owned()).collect();
        for name in names {
            let Some(entry) = self.outcome.environment.get(&name) else { continue };
            let text = entry.value.shape().unwrap_or_default();
            let mut value = Value::known("");
            for (index, part) in text.split(&step.replace).enumerate() {
                value = if index == 0 { value } else { joined(value, by.clone()) };
                value = joined(value, Value::known(part));
            }
            // The shell takes what follows a space for another word.
            let word = value.text().and_then(|text| text.split_whitespace().next()).map(Value::known);
            let value = word.unwrap_or(value);
            let variables = entry.origin.variables().iter().cloned().chain(from.clone().unwrap_or_default());
            let origin = Origin::Computed { how: Computation::Shell, from: variables.collect() };
            self.environment().set(&name, Entry { value, origin });
        }
    }

    fn file(&mut self, step: &step::File, truth: Truth) {
        if self.has_base {
            return;
        }
        if let Truth::Maybe(reason) = truth {
            self.outcome.open.push(Open { prefix: String::new(), reason });
            return;
        }
        let is_out = |name: &str| {
            step.without.iter().any(|out| name == out || out.ends_with('.') && name.starts_with(out.as_str()))
        };
        for (name, value) in FAMILIES.file(&step.file, self.kafka).into_iter().flatten() {
            if !is_out(name) {
                let entry = Entry { value: Value::known(value), origin: Origin::Image };
                self.outcome.properties.insert(name.clone(), entry);
            }
        }
    }

    fn set_property(&mut self, name: &str, entry: Entry, truth: Truth) {
        let value = match truth {
            Truth::Maybe(reason) => Value::unknown(reason),
            _ => entry.value.map(|text| {
                let line = properties::entry(&format!("{name}={text}"));
                line.map_or(text, |(_, value)| value)
            }),
        };
        self.outcome.properties.insert(name.to_owned(), Entry { value, origin: entry.origin });
    }

    fn variables(&mut self, step: &step::Variables) {
        if let Some(reason) = self.outcome.environment.others.clone() {
            self.outcome.open.push(Open { prefix: step.to.clone(), reason });
        }
        let picked =
            self.outcome.environment.iter().filter_map(|(name, entry)| Some((step.property(name)?, entry.clone())));
        let picked: Vec<(String, Entry)> = picked.collect();
        for (property, entry) in picked {
            let is_empty = entry.value.text() == Some("");
            if is_empty && step.skip_empty {
                continue;
            }
            let entry = match entry.value.text() {
                Some(text) if step.empty_words.iter().any(|word| word == text) => {
                    Entry { value: Value::known(""), ..entry }
                }
                Some(text) if self.is_mangled(step, &property, text) => {
                    Entry { value: Value::unknown(UnknownReason::Script), ..entry }
                }
                _ => entry,
            };
            self.write(&property, &entry);
        }
    }

    /// Whether `sed` changes the written value: only if it edits an existing line.
    fn is_mangled(&self, step: &step::Variables, property: &str, text: &str) -> bool {
        let is_special = |c: char| Some(c) == step.sed || matches!(c, '&' | '\\' | '\n');
        step.sed.is_some() && self.outcome.properties.contains_key(property) && text.contains(is_special)
    }

    /// Writes a line into the file: a value of several lines makes several entries.
    fn write(&mut self, property: &str, entry: &Entry) {
        match &entry.value {
            Value::Known(text) if !properties::is_plain(property, text) => {
                for (name, value) in properties::entries(&format!("{property}={text}")) {
                    let entry = Entry { value: Value::Known(value), origin: entry.origin.clone() };
                    self.outcome.properties.insert(name, entry);
                }
            }
            Value::Known(_) | Value::Unknown(_) => {
                drop(self.outcome.properties.insert(property.to_owned(), entry.clone()));
            }
        }
    }

    fn remove(&mut self, name: &str, truth: Truth) {
        match truth {
            Truth::Maybe(reason) if self.outcome.properties.contains_key(name) => {
                let entry = Entry { value: Value::unknown(reason), origin: Origin::Image };
                self.outcome.properties.insert(name.to_owned(), entry);
            }
            _ => drop(self.outcome.properties.remove(name)),
        }
    }

    fn fallback(&mut self, file: &str) {
        if self.outcome.properties.is_empty() && self.outcome.open.is_empty() {
            let step = step::File { file: file.to_owned(), without: Vec::new(), when: Default::default() };
            self.file(&step, Truth::Yes);
        }
    }
}

/// The listeners to bind for what is advertised.
fn bound(advertised: &str, form: BoundForm) -> String {
    match form {
        BoundForm::AnyHost => {
            let mut parts = advertised.split("://");
            let mut result = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                result.push_str("://");
                match part.split_once(':') {
                    Some((_, rest)) => {
                        result.push_str("0.0.0.0:");
                        result.push_str(rest);
                    }
                    None => result.push_str(part),
                }
            }
            result
        }
        BoundForm::WithoutNames => {
            let entries = advertised.split(',').map(str::trim).filter(|entry| !entry.is_empty());
            let hosts: Vec<&str> =
                entries.map(|entry| entry.split_once("://").map_or(entry, |(_, host)| host)).collect();
            hosts.join(",")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_bound_on_every_interface() {
        for (advertised, expected) in [
            ("A://kafka:9092,B://localhost:29092", "A://0.0.0.0:9092,B://0.0.0.0:29092"),
            ("A://:9092", "A://0.0.0.0:9092"),
            ("kafka:9092", "kafka:9092"),
            ("A://kafka", "A://kafka"),
        ] {
            assert_eq!(bound(advertised, BoundForm::AnyHost), expected, "{advertised}");
        }
        assert_eq!(bound("A://kafka:9092, B://x:1", BoundForm::WithoutNames), "kafka:9092,x:1");
    }

    #[test]
    fn a_mount_counts_at_the_file_and_at_its_folder() {
        let mounts = |path: &str| vec![path.to_owned()];
        for (mount, path, expected) in [
            ("/c/server.properties", "/c/server.properties", true),
            ("/c", "/c/server.properties", true),
            ("/c/", "/c/server.properties", true),
            ("/b/c", "/c/server.properties", false),
            ("/b", "/b/c/server.properties", false),
            ("/etc/x/docker/run", "/etc/x/docker/", true),
            ("/etc/x/docker", "/etc/x/docker/", true),
            ("/etc/x", "/etc/x/docker/", false),
        ] {
            assert_eq!(mounted_at(&mounts(mount), path).is_some(), expected, "{mount} {path}");
        }
    }
}
