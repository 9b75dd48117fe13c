//! How one definition of a service overrides another (docs.docker.com/reference/compose-file/merge; compose-spec/compose-go v2.9.1,
//! override/merge.go): of a later file over an earlier one, and of a service over the one it extends.

use crate::compose::depends_on::{Dependency, DependsOn, ImpliedDependency, MalformedDependency, MalformedForm};
use crate::compose::environment::{EnvFile, Environment, EnvironmentForm};
use crate::compose::network::Attachment;
use crate::compose::service::Service;

impl Service {
    /// This service over the one of an earlier file.
    #[must_use]
    pub(super) fn over(self, base: Self) -> Self {
        let replaced = if self.tags.replaces { &[] } else { &base.definitions[..] };
        let definitions = replaced.iter().chain(&self.definitions).cloned().collect();
        Self { definitions, ..self.merged(base) }
    }

    /// This service merged over the one that it extends. The base stays as it is: an edit for this service must not change it.
    #[must_use]
    pub(super) fn over_extended(self, base: Self) -> Self {
        let (key, name, definitions) = (self.key, self.name.clone(), self.definitions.clone());
        Self { key, name, definitions, ..self.merged(base) }
    }

    fn merged(self, mut base: Self) -> Self {
        if self.tags.replaces {
            return Self { key: base.key, ..self };
        }
        for section in &self.tags.forgotten {
            base.forget(section);
        }
        let has_mode_and_networks = self.has_mode_and_networks
            || base.has_mode_and_networks
            || are_exclusive(&self.attachment, &base.attachment);
        Self {
            id: self.id,
            name: base.name,
            key: base.key,
            image: self.image.or(base.image),
            build: self.build.or(base.build),
            command: self.command.or(base.command),
            entrypoint: self.entrypoint.or(base.entrypoint),
            environment: self.environment.over(base.environment),
            env_files: merged_env_files(base.env_files, self.env_files),
            labels: appended(self.labels, base.labels, |a, b| a.0 == b.0),
            depends_on: self.depends_on.over(base.depends_on),
            healthcheck: match (self.healthcheck, base.healthcheck) {
                (Some(own), Some(base)) => Some(own.over(base)),
                (own, base) => own.or(base),
            },
            ports: appended(base.ports, self.ports, |a, b| a == b),
            mounts: appended(base.mounts, self.mounts, |a, b| a == b),
            attachment: merged_attachment(self.attachment, base.attachment),
            container_name: self.container_name.or(base.container_name),
            hostname: self.hostname.or(base.hostname),
            links: appended(base.links, self.links, |a, b| a == b),
            extra_hosts: appended(base.extra_hosts, self.extra_hosts, |a, b| a == b),
            implied_dependencies: merged_implied(base.implied_dependencies, self.implied_dependencies),
            profiles: appended(base.profiles, self.profiles, |a, b| a == b),
            working_dir: self.working_dir.or(base.working_dir),
            has_provider: self.has_provider || base.has_provider,
            bind_mounts: appended(self.bind_mounts, base.bind_mounts, |a, b| a.target == b.target),
            inline_files: appended(self.inline_files, base.inline_files, |a, b| a.target == b.target),
            extends: self.extends.or(base.extends),
            has_mode_and_networks,
            parts: self.parts.over(base.parts),
            tags: self.tags,
            variables: self.variables,
            definitions: self.definitions,
        }
    }

    /// Forgets a section, or an entry of one, as `!reset` and `!override` ask.
    fn forget(&mut self, section: &str) {
        self.parts.forget(&section.splitn(2, '.').collect::<Vec<_>>());
        match section.split_once('.') {
            // An entry of a list cannot be reset by its name (observed: it has no effect).
            Some(("environment", name)) if self.environment.form == EnvironmentForm::Map => {
                self.environment.variables.retain(|variable| variable.name != name);
            }
            Some(("depends_on", name)) => self.depends_on.dependencies.retain(|dependency| dependency.service != name),
            Some(("networks", name)) => {
                if let Attachment::Networks(memberships) = &mut self.attachment {
                    memberships.retain(|membership| membership.network != name);
                }
            }
            Some(("healthcheck", key)) => {
                if let Some(healthcheck) = &mut self.healthcheck {
                    healthcheck.forget(key);
                }
            }
            Some(_) => {}
            None => match section {
                "environment" => self.environment = Environment::absent(),
                "depends_on" => {
                    let malformed = std::mem::take(&mut self.depends_on.malformed);
                    self.depends_on = DependsOn { malformed, ..DependsOn::absent() };
                }
                "env_file" => self.env_files.clear(),
                "labels" => self.labels.clear(),
                "healthcheck" => self.healthcheck = None,
                "ports" => self.ports.clear(),
                "volumes" => {
                    self.mounts.clear();
                    self.bind_mounts.clear();
                }
                "configs" => {
                    self.mounts.clear();
                    self.inline_files.clear();
                }
                "networks" | "network_mode" => self.attachment = Attachment::Networks(Vec::new()),
                "image" => self.image = None,
                "build" => self.build = None,
                "command" => self.command = None,
                "entrypoint" => self.entrypoint = None,
                "container_name" => self.container_name = None,
                "hostname" => self.hostname = None,
                "links" => self.links.clear(),
                "extra_hosts" => self.extra_hosts.clear(),
                "profiles" => self.profiles.clear(),
                "working_dir" => self.working_dir = None,
                _ => {}
            },
        }
    }
}

impl Environment {
    /// Each variable once: the later definition's, in the place of the earlier.
    fn over(self, base: Self) -> Self {
        let malformed = [base.malformed, self.malformed].concat();
        let mut variables = base.variables;
        for variable in self.variables {
            match variables.iter_mut().find(|other| other.name == variable.name) {
                Some(other) => *other = variable,
                None => variables.push(variable),
            }
        }
        match self.form {
            EnvironmentForm::Absent | EnvironmentForm::Null => {
                Self { variables, form: base.form, section: base.section, malformed }
            }
            form => Self { variables, form, section: self.section, malformed },
        }
    }
}

impl DependsOn {
    /// Each dependency once. A short entry means `service_started`, even over an earlier long one.
    fn over(self, base: Self) -> Self {
        let needs_condition = |own: &MalformedDependency| {
            let before = base.dependencies.iter().find(|before| before.service == own.dependency.service);
            own.form != MalformedForm::NoCondition || before.is_none_or(|before| before.condition.is_none())
        };
        let mut malformed = base.malformed;
        malformed.extend(self.malformed.into_iter().filter(needs_condition));
        let mut dependencies = base.dependencies;
        for dependency in self.dependencies {
            match dependencies.iter_mut().find(|other: &&mut Dependency| other.service == dependency.service) {
                Some(other) => *other = dependency.over(other.clone()),
                None => dependencies.push(dependency),
            }
        }
        let (form, section) =
            if self.section.is_some() { (self.form, self.section) } else { (base.form, base.section) };
        Self { form, section, dependencies, malformed }
    }
}

/// Whether one of two has a mode and the other networks.
fn are_exclusive(one: &Attachment, other: &Attachment) -> bool {
    let has_networks = |attachment: &Attachment| matches!(attachment, Attachment::Networks(named) if !named.is_empty());
    let has_mode = |attachment: &Attachment| !matches!(attachment, Attachment::Networks(_) | Attachment::Provider);
    has_mode(one) && has_networks(other) || has_networks(one) && has_mode(other)
}

/// The networks of both, or the mode of the one that sets it.
fn merged_attachment(own: Attachment, base: Attachment) -> Attachment {
    match (own, base) {
        (Attachment::Networks(own), base) if own.is_empty() => base,
        (Attachment::Networks(own), Attachment::Networks(mut base)) => {
            for membership in own {
                match base.iter_mut().find(|other| other.network == membership.network) {
                    Some(other) => {
                        other.aliases = appended(std::mem::take(&mut other.aliases), membership.aliases, |a, b| a == b)
                    }
                    None => base.push(membership),
                }
            }
            Attachment::Networks(base)
        }
        (own, _) => own,
    }
}

/// Each file once, in the place where it is first named and in the format that is named last.
fn merged_env_files(mut base: Vec<EnvFile>, own: Vec<EnvFile>) -> Vec<EnvFile> {
    for env_file in own {
        match base.iter_mut().find(|other| other.path == env_file.path) {
            Some(other) => *other = env_file,
            None => base.push(env_file),
        }
    }
    base
}

/// Each service once; for a volume alone it is not restarted.
fn merged_implied(mut base: Vec<ImpliedDependency>, own: Vec<ImpliedDependency>) -> Vec<ImpliedDependency> {
    for implied in own {
        match base.iter_mut().find(|other| other.service == implied.service) {
            Some(other) if implied.restart && !other.restart => *other = implied,
            Some(_) => {}
            None => base.push(implied),
        }
    }
    base
}

/// Both lists, without what the second has again.
fn appended<T>(mut first: Vec<T>, second: Vec<T>, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    for item in second {
        if !first.iter().any(|other| same(other, &item)) {
            first.push(item);
        }
    }
    first
}
