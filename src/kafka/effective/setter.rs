//! The other direction: by what a broker of a family sets a property.

use std::collections::BTreeSet;

use super::EffectiveConfig;
use super::command::Start;
use super::family::{Family, Script};
use super::step::{Step, Variables};
use super::value::{FilePlace, Origin};
use crate::kafka::property::Given;

/// What sets a property of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setter {
    /// A variable of this name.
    Variable(String),
    /// This flag of the command: Redpanda's.
    Flag(String),
    /// `--override property=value` in the command.
    Override,
    /// A line of this properties file of the project.
    File(FilePlace),
}

/// The variables that the scripts of a container and its command read by their names.
pub(super) struct NamesRead {
    scripts: Vec<&'static Script>,
    family: &'static Family,
    of_command: BTreeSet<String>,
}

impl NamesRead {
    /// Whether a variable is one of them.
    pub(super) fn has(&self, name: &str) -> bool {
        self.scripts.iter().any(|script| script.names().contains(name))
            || self.family.cluster_id.iter().any(|own| own == name)
            || self.of_command.contains(name)
    }
}

/// A value that no configuration has by itself, and that every script passes on as it is.
const PROBE: &str = "PROBE://probe:65535";

impl EffectiveConfig {
    /// By what this broker can be given a property: the variable or flag that sets it already, else the one that its image's script reads,
    /// as a trial shows, else the properties file of the project that it reads. `None` if nothing can, as where a file from elsewhere counts.
    #[must_use]
    pub fn setter(&self, property: &str) -> Option<Setter> {
        if let Some(flag) = self.flag_of(property) {
            return Some(flag);
        }
        if matches!(self.start, Start::Server { .. }) {
            return Some(self.in_file(property).unwrap_or(Setter::Override));
        }
        // Whether a variable goes over the file of an unknown image is not known.
        if let Some(file) = self.in_file(property).filter(|_| self.family.is_unknown()) {
            return Some(file);
        }
        let mut names = self.variables_for(property).into_iter();
        let variable = names.find(|name| self.reduced().is_set_by(name, property)).map(Setter::Variable);
        variable.or_else(|| self.in_file(property))
    }

    fn in_file(&self, property: &str) -> Option<Setter> {
        let file = &self.file.as_ref()?.file;
        let line = file.entries.iter().rfind(|entry| entry.name == property).map(|entry| entry.line);
        Some(Setter::File(FilePlace { path: file.path.clone(), line }))
    }

    fn flag_of(&self, property: &str) -> Option<Setter> {
        match self.properties.get(property).map(|entry| &entry.origin) {
            Some(Origin::Flag(flag)) if flag.starts_with("--override") => return Some(Setter::Override),
            Some(Origin::Flag(flag)) if flag.starts_with("--") => return Some(Setter::Flag(flag.clone())),
            _ => {}
        }
        let (flag, _) = self.family.flags.iter().find(|(_, own)| *own == property)?;
        let has_variable =
            self.properties.get(property).is_some_and(|entry| matches!(entry.origin, Origin::Variable(_)));
        (!has_variable && self.container.command.is_some()).then(|| Setter::Flag(flag.clone()))
    }

    /// The variables that may set a property, the best first; [`Self::setter`] tries which one does.
    #[must_use]
    pub fn variables_for(&self, property: &str) -> Vec<String> {
        self.variables_in(self.script_steps(), property)
    }

    /// The variables that may set one of several properties, in their order.
    #[must_use]
    pub fn variables_for_any(&self, properties: &[&str]) -> Vec<String> {
        let steps: Vec<&'static Step> = self.script_steps().collect();
        properties.iter().flat_map(|property| self.variables_in(steps.iter().copied(), property)).collect()
    }

    fn variables_in(&self, steps: impl Iterator<Item = &'static Step>, property: &str) -> Vec<String> {
        let mut names = Vec::new();
        if let Some(Origin::Variable(name)) = self.properties.get(property).map(|entry| &entry.origin) {
            names.push(name.clone());
        }
        names.extend(self.family.setters.get(property).into_iter().flatten().cloned());
        let mut by_prefix = Vec::new();
        for step in steps {
            match step {
                Step::Property(step) if step.property == property => {
                    let name = step.value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
                    names.extend(name.map(str::to_owned));
                }
                Step::Variables(step) => by_prefix.extend(step.variable(property).map(|name| (step, name))),
                _ => {}
            }
        }
        // Of several prefixes one that is in use, and of those the last, which is written over the others.
        if by_prefix.len() > 1 {
            by_prefix.sort_by_cached_key(|(step, _)| self.uses(step));
        }
        names.extend(by_prefix.into_iter().rev().map(|(_, name)| name));
        names
    }

    fn uses(&self, step: &Variables) -> bool {
        self.container.variables.iter().any(|(name, _)| step.property(name).is_some())
    }

    /// The configuration without the variables that do nothing but set a property each: a trial on it takes the same time however many
    /// there are.
    fn reduced(&self) -> &Self {
        self.reduced.get_or_init(|| {
            let read = self.names_read();
            let mut container = self.container.clone();
            container.variables.retain(|(name, _)| read.has(name));
            Box::new(Self::in_family(container, self.family, self.tag.clone()))
        })
    }

    /// The variables that the scripts and the command read by their names.
    pub(super) fn names_read(&self) -> NamesRead {
        let of_command = self.container.variables_of_command().collect();
        NamesRead { scripts: self.scripts_run(), family: self.family, of_command }
    }

    /// The steps of the scripts that the container may run.
    pub(super) fn script_steps(&self) -> impl Iterator<Item = &'static Step> {
        self.scripts_run().into_iter().flat_map(Script::all_steps).copied()
    }

    fn scripts_run(&self) -> Vec<&'static Script> {
        if self.is_started_by_script() { self.scripts() } else { Vec::new() }
    }

    fn is_set_by(&self, name: &str, property: &str) -> bool {
        self.with(&[(name, Some(PROBE))]).given(property) == Given::Set(PROBE)
    }
}
