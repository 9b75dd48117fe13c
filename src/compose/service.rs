//! A service.

use crate::compose::command::Command;
use crate::compose::depends_on::DependsOn;
use crate::compose::environment::{EnvFile, Environment, Variable};
use crate::compose::healthcheck::Healthcheck;
use crate::compose::network::Attachment;
use crate::compose::text::Text;
use crate::yaml::NodeId;

/// A service of a project.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The key that names it.
    pub key: NodeId,
    /// Its value as written: a mapping, or an alias of one.
    pub node: NodeId,
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
    pub labels: Vec<(String, Text)>,
    /// `depends_on`
    pub depends_on: DependsOn,
    /// `healthcheck`
    pub healthcheck: Option<Healthcheck>,
    /// `networks` and `network_mode`
    pub attachment: Attachment,
    /// `container_name`
    pub container_name: Option<String>,
    /// `hostname`
    pub hostname: Option<String>,
    /// `links`: a service, and the name it has for this one.
    pub links: Vec<(String, String)>,
    /// Services that must start before, for another reason than `depends_on`: links, volumes, a shared namespace.
    pub implied_dependencies: Vec<String>,
    /// `profiles`
    pub profiles: Vec<String>,
    /// Whether it `extends` another: then this file's part of it is not all there is.
    pub extends: bool,
}

/// Where a service's image is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// `build`, or `build.context`, as written.
    pub context: String,
    /// `build.dockerfile`
    pub dockerfile: Option<String>,
    /// `build.target`
    pub target: Option<String>,
}

impl Service {
    /// The variables of the container: `environment` beats env files, a later env file beats an earlier one. A bare name in an
    /// env file is left out, for it sets nothing by itself.
    #[must_use]
    pub fn variables(&self) -> Vec<Variable<'_>> {
        let mut variables: Vec<Variable<'_>> = self.environment.variables.iter().map(Variable::Environment).collect();
        for env_file in self.env_files.iter().rev() {
            let Some((file, entries)) = &env_file.content else { continue };
            for entry in entries.iter().rev().filter(|entry| entry.value.is_some()) {
                if !variables.iter().any(|variable| variable.name() == entry.name) {
                    variables.push(Variable::EnvFile(env_file, *file, entry));
                }
            }
        }
        variables
    }

    /// A variable of the container.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<Variable<'_>> {
        self.variables().into_iter().find(|variable| variable.name() == name)
    }

    /// The words of the entrypoint and the command.
    #[must_use]
    pub fn command_words(&self) -> Vec<String> {
        let parts = [&self.entrypoint, &self.command];
        parts.into_iter().flatten().flat_map(|command| command.words.iter().cloned()).collect()
    }

    /// The names, besides its service name, by which others on any of its networks may know it: `container_name`, `hostname`, aliases.
    pub fn other_names(&self) -> impl Iterator<Item = &str> {
        let aliases = self.attachment.memberships().iter().flat_map(|membership| &membership.aliases);
        self.container_name.iter().chain(&self.hostname).chain(aliases).map(String::as_str)
    }
}
