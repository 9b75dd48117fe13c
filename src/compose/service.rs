//! A service.

use std::collections::HashMap;

use crate::compose::command::Command;
use crate::compose::depends_on::{DependsOn, ImpliedDependency};
use crate::compose::environment::{EnvFile, Environment, Variable, Written};
use crate::compose::healthcheck::Healthcheck;
use crate::compose::network::Attachment;
use crate::compose::parts::Parts;
use crate::compose::port::PublishedPorts;
use crate::compose::section::Section;
use crate::compose::text::Text;
use crate::yaml::NodeId;

/// Names a service of one project: its place among [`Project::services`](crate::compose::Project::services). An edit of a file moves no
/// service, so an id holds from one text of a project to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId(u32);

impl ServiceId {
    /// The id of the service at `index`.
    #[must_use]
    pub(super) fn new(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The place among the services of the project, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Names a variable of one service: its place among [`Service::variables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableId(u32);

/// A service of a project, merged from all its definitions.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its place in the project.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// The key that names it, where it first appears.
    pub key: NodeId,
    /// Its definitions in the files of the project, in merge order; at least one. The services that it extends are not included.
    pub definitions: Vec<Definition>,
    /// `image`
    pub image: Option<Text>,
    /// `build`
    pub build: Option<Build>,
    /// `command`
    pub command: Option<Command>,
    /// `entrypoint`
    pub entrypoint: Option<Command>,
    /// `environment`
    pub environment: Environment,
    /// `env_file`, in order.
    pub env_files: Vec<EnvFile>,
    /// `labels`, name and value.
    pub labels: Vec<(String, String)>,
    /// `depends_on`
    pub depends_on: DependsOn,
    /// `healthcheck`
    pub healthcheck: Option<Healthcheck>,
    /// `ports`
    pub ports: Vec<PublishedPorts>,
    /// Paths in the container at which `volumes` and `configs` put something.
    pub mounts: Vec<String>,
    /// `networks` and `network_mode`
    pub attachment: Attachment,
    /// `container_name`
    pub container_name: Option<String>,
    /// `hostname`
    pub hostname: Option<String>,
    /// `links`: a service, and the name it has for this one.
    pub links: Vec<(String, String)>,
    /// `extra_hosts`: the names.
    pub extra_hosts: Vec<String>,
    /// Services that must start before, for another reason than `depends_on`: links, volumes, a shared namespace.
    pub implied_dependencies: Vec<ImpliedDependency>,
    /// `profiles`
    pub profiles: Vec<String>,
    /// `working_dir`
    pub working_dir: Option<String>,
    /// The bind mounts among its `volumes`.
    pub bind_mounts: Vec<BindMount>,
    /// The files in its container whose content the compose file has itself.
    pub inline_files: Vec<InlineFile>,
    /// `extends`
    pub extends: Option<Extends>,
    /// Whether a program outside of Docker runs it (`provider`).
    pub(super) has_provider: bool,
    /// Whether it has both a `network_mode` and networks, which Compose refuses.
    pub(super) has_mode_and_networks: bool,
    /// Which of its keys have a value.
    pub(super) parts: Parts,
    /// Its merge tags for earlier definitions.
    pub(super) tags: MergeTags,
    /// Its variables; made once its definitions and env files are known.
    pub(super) variables: VariableTable,
}

/// Where each variable of a container is written, by number and by name.
#[derive(Clone, Debug, Default)]
pub(super) struct VariableTable {
    slots: Vec<Slot>,
    by_name: HashMap<String, VariableId>,
}

#[derive(Clone, Copy, Debug)]
enum Slot {
    /// A place in `environment`.
    Environment(usize),
    /// An env file, and the place of the entry in it.
    EnvFile(usize, usize),
}

/// The definition of a service in one file.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The key that names the service.
    pub key: NodeId,
    /// Its value as written: a mapping, or an alias of one.
    pub node: NodeId,
    /// `environment`
    pub environment: Environment,
    /// `depends_on`
    pub depends_on: DependsOn,
    /// `networks`
    pub networks: Option<Section>,
    /// The sections that it removes from the definitions before it.
    pub(super) forgotten: Vec<String>,
}

impl Definition {
    /// Whether it takes a section away from the definitions before it, and from a service it extends.
    #[must_use]
    pub fn resets(&self, section: &str) -> bool {
        self.forgotten.iter().any(|forgotten| forgotten == section)
    }
}

/// The service that another extends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extends {
    /// Its name.
    pub service: String,
    /// The file it is in; none for the same.
    pub file: Option<String>,
    /// Where that is written.
    pub node: NodeId,
}

/// The sections, and the entries of sections as `section.entry`, that a definition removes from those before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MergeTags {
    /// With `!reset` or `!override`.
    pub(super) forgotten: Vec<String>,
    /// Whether the whole service is an `!override`.
    pub(super) replaces: bool,
}

/// Where a service's image is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// `build`, or `build.context`, as written.
    pub context: String,
    /// `build.dockerfile`
    pub dockerfile: Option<String>,
    /// `build.dockerfile_inline`: the text itself.
    pub dockerfile_inline: Option<String>,
    /// `build.target`
    pub target: Option<String>,
    /// `build.args`, name and value.
    pub args: Vec<(String, String)>,
    /// `build.additional_contexts`: the folders.
    pub additional_contexts: Vec<String>,
    /// Where it is written.
    pub node: NodeId,
}

/// All settings, wherever they are written.
impl std::fmt::Display for Build {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { context, dockerfile, dockerfile_inline, target, args, additional_contexts, node: _ } = self;
        write!(
            formatter,
            "{context:?} {dockerfile:?} {dockerfile_inline:?} {target:?} {args:?} {additional_contexts:?}"
        )
    }
}

/// A file or folder of the host that a container sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindMount {
    /// Its path on the host, as written.
    pub source: String,
    /// Where the container sees it.
    pub target: String,
    /// Where that is written.
    pub node: NodeId,
}

/// A file whose content is in a compose file: `content` in `configs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineFile {
    /// Its content.
    pub text: String,
    /// Where the container sees it.
    pub target: String,
    /// Where the content is written.
    pub node: NodeId,
}

impl Service {
    /// The definition that a variable is to be set in: the one whose value wins, else the last that has variables, else the first.
    #[must_use]
    pub fn definition_of_variable(&self, name: &str) -> &Definition {
        let effective = self.effective_definitions("environment");
        last(effective, |own| own.environment.get(name).is_some())
            .or_else(|| last(effective, |own| own.environment.section.is_some()))
            .unwrap_or(&effective[0])
    }

    /// The definition that dependencies are to be written in: the last that names one of `names` (a later short list would undo an
    /// earlier condition), else the last that has any, else the first.
    #[must_use]
    pub fn definition_of_dependencies(&self, names: &[&str]) -> &Definition {
        let effective = self.effective_definitions("depends_on");
        last(effective, |own| names.iter().any(|name| own.depends_on.on(name).is_some()))
            .or_else(|| last(effective, |own| own.depends_on.section.is_some()))
            .unwrap_or(&effective[0])
    }

    /// The definition that networks are to be written in: the last that has any, else the first.
    #[must_use]
    pub fn definition_of_networks(&self) -> &Definition {
        let effective = self.effective_definitions("networks");
        last(effective, |own| own.networks.is_some()).unwrap_or(&effective[0])
    }

    /// The definitions whose part of a section counts: none before the last that resets it.
    fn effective_definitions(&self, section: &str) -> &[Definition] {
        let first = self.definitions.iter().rposition(|definition| definition.resets(section)).unwrap_or(0);
        &self.definitions[first..]
    }

    /// The variables of the container: `environment` beats env files, a later env file beats an earlier one. A bare name in an
    /// env file is left out: it sets nothing by itself.
    pub fn variables(&self) -> impl Iterator<Item = Variable<'_>> + Clone {
        self.variables.slots.iter().filter_map(|&slot| self.variable_in(slot))
    }

    /// Numbers the variables, once `environment` and the env files are complete.
    pub(super) fn index_variables(&mut self) {
        let mut table = VariableTable::default();
        let written = self.environment.variables.iter().enumerate();
        for (index, written) in written {
            table.add(&written.name, Slot::Environment(index));
        }
        for (file, env_file) in self.env_files.iter().enumerate().rev() {
            let entries = env_file.content.iter().flat_map(|(_, entries)| entries.iter().enumerate().rev());
            for (index, entry) in entries.filter(|(_, entry)| entry.value.is_some()) {
                table.add(&entry.name, Slot::EnvFile(file, index));
            }
        }
        self.variables = table;
    }

    fn variable_in(&self, slot: Slot) -> Option<Variable<'_>> {
        match slot {
            Slot::Environment(index) => self.environment.variables.get(index).map(Variable::Environment),
            Slot::EnvFile(file, index) => {
                let env_file = self.env_files.get(file)?;
                let (file, entries) = env_file.content.as_ref()?;
                Some(Variable::EnvFile(env_file, *file, entries.get(index)?))
            }
        }
    }

    /// How many parts it has that another may inherit: variables, dependencies, words of its command.
    pub(super) fn parts_count(&self) -> usize {
        let words = |command: &Option<Command>| command.as_ref().map_or(0, |command| command.words.len());
        let lists = [self.environment.variables.len(), self.depends_on.dependencies.len(), self.labels.len()];
        1 + lists.iter().sum::<usize>() + words(&self.command) + words(&self.entrypoint) + self.mounts.len()
    }

    /// Whether what decides which code it runs is the same as that of another text's service: image, build, command and mounts.
    #[must_use]
    pub fn has_code_of(&self, other: &Self) -> bool {
        let image = |service: &Self| service.image.as_ref().map(|image| image.as_str().to_owned());
        let build = |service: &Self| service.build.as_ref().map(ToString::to_string);
        let mounts = |service: &Self| -> Vec<(String, String)> {
            let inline = service.inline_files.iter().map(|file| (file.text.clone(), file.target.clone()));
            let bound = service.bind_mounts.iter().map(|mount| (mount.source.clone(), mount.target.clone()));
            bound.chain(inline).collect()
        };
        self.command_words() == other.command_words()
            && image(self) == image(other)
            && build(self) == build(other)
            && self.working_dir == other.working_dir
            && mounts(self) == mounts(other)
    }

    /// Whether a missing env file may set further variables.
    #[must_use]
    pub fn has_unknown_variables(&self) -> bool {
        self.env_files.iter().any(|file| file.content.is_none())
    }

    /// Whether a program outside of Docker runs it (`provider`): it has no container.
    #[must_use]
    pub fn has_provider(&self) -> bool {
        self.has_provider
    }

    /// Whether a variable is written in one of its own definitions, not in a service that it extends.
    #[must_use]
    pub fn writes(&self, written: &Written) -> bool {
        let has_it = |own: &Written| own.node == written.node;
        self.definitions.iter().any(|definition| definition.environment.get(&written.name).is_some_and(has_it))
    }

    /// A variable of the container, in constant time.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<Variable<'_>> {
        self.variable_in(*self.variables.slots.get(self.variable_id(name)?.0 as usize)?)
    }

    /// The number of a variable of the container.
    #[must_use]
    pub fn variable_id(&self, name: &str) -> Option<VariableId> {
        self.variables.by_name.get(name).copied()
    }

    /// A variable by its number.
    #[must_use]
    pub fn variable_of(&self, id: VariableId) -> Option<Variable<'_>> {
        self.variable_in(*self.variables.slots.get(id.0 as usize)?)
    }

    /// The trimmed value of a variable.
    #[must_use]
    pub fn value_of(&self, name: &str) -> Option<&str> {
        let value = self.variable(name)?.value()?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// The words of the entrypoint and the command.
    #[must_use]
    pub fn command_words(&self) -> Vec<String> {
        let parts = [&self.entrypoint, &self.command];
        parts.into_iter().flatten().flat_map(|command| command.words.iter().cloned()).collect()
    }

    /// The words of the entrypoint and the command, those of a script apart.
    pub fn split_words(&self) -> impl Iterator<Item = &str> {
        let parts = [&self.entrypoint, &self.command];
        let words = parts.into_iter().flatten().flat_map(|command| &command.words);
        words.flat_map(|word| word.split_whitespace())
    }

    /// Whether other services on one of its networks can resolve a name to it.
    #[must_use]
    pub fn is_known_as(&self, name: &str) -> bool {
        name == self.name || self.other_names().any(|other| other == name)
    }

    /// The names, besides its service name, to which others on one of its networks can resolve it: `container_name`, `hostname`, aliases.
    pub fn other_names(&self) -> impl Iterator<Item = &str> {
        let aliases = self.attachment.memberships().iter().flat_map(|membership| &membership.aliases);
        self.container_name.iter().chain(&self.hostname).chain(aliases).map(String::as_str)
    }
}

impl VariableTable {
    /// Adds a variable, unless the name exists.
    fn add(&mut self, name: &str, slot: Slot) {
        if !self.by_name.contains_key(name) {
            self.by_name.insert(name.to_owned(), VariableId(u32::try_from(self.slots.len()).unwrap_or(u32::MAX)));
            self.slots.push(slot);
        }
    }
}

fn last(definitions: &[Definition], has_it: impl Fn(&Definition) -> bool) -> Option<&Definition> {
    definitions.iter().rev().find(|definition| has_it(definition))
}
