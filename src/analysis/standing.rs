//! Where the addresses that come to a client lead it, in whichever way they come; and what would tell, where the files do not.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::analysis::Analysis;
use crate::compose::{BindMount, Variable};
use crate::kafka::address::{AddressList, BrokerAddress};
use crate::kafka::catalog::{CATALOG, VariableRole};
use crate::kafka::client::{AddressVariable, Client, Evidence, EvidenceKind, EvidencePlace, Verdict};
use crate::kafka::listener::{DEFAULT_PORT, SecurityProtocol};
use crate::kafka::route::{Doubt, Route};
use crate::kafka::usage::{Sign, Way};

/// One or several addresses that come to a client together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootstrapServers<'c> {
    /// The variable that has them, or would have others; `None` for a command, a file or a literal.
    pub name: Option<Cow<'c, str>>,
    /// The addresses, as written.
    pub text: Cow<'c, str>,
    /// Where they are written.
    pub place: EvidencePlace,
    /// The security protocol that is set for them alone.
    pub protocol: Option<SecurityProtocol>,
}

/// Where the addresses of a client lead it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All to listeners that serve it.
    Reaches,
    /// This one surely nowhere.
    Broken(String, Route),
    /// The files do not tell.
    Unknown(Unsure),
}

/// What the files lack to tell whether a service uses Kafka, or whether it reaches its broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsure {
    /// This folder, from which its image is built, does not exist.
    NoBuildFolder(PathBuf),
    /// Its image is built from here, where composefix does not read.
    BuiltElsewhere(String),
    /// This env file of its own does not exist.
    EnvFile(PathBuf),
    /// This file, which its program reads, does not exist or is outside of what may be read.
    File(PathBuf),
    /// The value of this variable, which the project's `.env` would set.
    DotEnv(String),
    /// The value of this variable: it refers to one that is not set.
    Unset(String),
    /// Which part of a folder's code it runs: others are built from it too.
    SharedCode,
    /// A server, or a file that a variable names, may bring its configuration.
    OtherConfiguration,
    /// What this variable holds is not an address that composefix can read.
    Value(String),
    /// Its image, and so its code, is made elsewhere.
    OtherImage(String),
    /// The code in this folder, which has the name of the service or its image, does not use Kafka, although this variable has an address.
    SilentCode(PathBuf, Option<String>),
    /// Where this address leads.
    Doubt(String, Doubt),
    /// This address leads nowhere, and no rule says so: a program around Kafka may be meant.
    Route(String, Route),
    /// Its code has this address, which leads nowhere, and its files another one.
    OneOfSeveral(String),
    /// Its code has no address of a broker that composefix can find.
    NoAddress,
    /// It has an address, and nothing that would use it.
    NoUse,
}

impl Analysis {
    /// The addresses that come to a client: those in variables, in its command and in its program's files; where none is set, those that its
    /// code or its program takes instead.
    #[must_use]
    pub fn bootstrap_servers<'c>(&self, client: &'c Client) -> Vec<BootstrapServers<'c>> {
        let of_variable = |variable: &'c AddressVariable| BootstrapServers {
            name: Some(Cow::Borrowed(variable.name())),
            text: match variable.port_beside() {
                Some(port)
                    if variable.list().is_some_and(|list| list.addresses().iter().all(|it| it.port_span.is_none())) =>
                {
                    Cow::Owned(format!("{}:{port}", variable.value().trim()))
                }
                _ => Cow::Borrowed(variable.value()),
            },
            place: EvidencePlace::Project(variable.origin(&self.project)),
            protocol: variable.protocol(),
        };
        let in_command = client
            .evidence
            .iter()
            .filter(|evidence| evidence.kind == EvidenceKind::Command && AddressList::parse(&evidence.text).is_some());
        let of_command = in_command.map(|Evidence { text, place, .. }| servers_of(text, place.clone()));
        let set: Vec<BootstrapServers<'c>> = client.addresses.iter().map(of_variable).chain(of_command).collect();
        if !set.is_empty() {
            return set;
        }
        let of_sign = |sign: &'c Sign| BootstrapServers {
            protocol: sign.protocol,
            ..servers_of(&sign.text, place_of(&sign.path, sign.line))
        };
        let usage = &client.usage;
        let configured: Vec<BootstrapServers<'c>> = usage.configured.iter().map(of_sign).collect();
        if !configured.is_empty() {
            return configured;
        }
        if let Some(program) = client.program.filter(|_| client.service.build.is_none()) {
            let place = EvidencePlace::Project(self.origin(client.service.key));
            // Another default is only that of a program to which nothing says more.
            let serves = |default: &&String| self.standing_of(client, default, None) == Standing::Reaches;
            return program.default.iter().filter(serves).map(|default| servers_of(default, place.clone())).collect();
        }
        let by_ways: Vec<BootstrapServers<'c>> =
            usage.ways.iter().filter_map(|way| self.by_default(client, way)).collect();
        if by_ways.is_empty() { usage.fixed.iter().map(of_sign).collect() } else { by_ways }
    }

    /// What a client gets where a variable is not set.
    fn by_default<'c>(&self, client: &'c Client, way: &'c Way) -> Option<BootstrapServers<'c>> {
        let default = way.default.as_deref().filter(|_| way.role != VariableRole::BrokerPort)?;
        let is_set = |name: &str| {
            let variable = client.service.variable(name);
            variable.is_some_and(|own| {
                own.value().is_some_and(|value| !value.is_empty()) || self.project.awaits_dot_env(&self.files, own)
            })
        };
        if way.names().any(is_set) {
            return None;
        }
        let text = match default_port(client).filter(|_| way.role == VariableRole::BrokerHost && !default.contains(':'))
        {
            Some(port) => Cow::Owned(format!("{default}:{port}")),
            None => Cow::Borrowed(default),
        };
        let place = place_of(&way.path, way.line);
        Some(BootstrapServers { name: Some(Cow::Borrowed(&way.variable)), text, place, protocol: None })
    }

    /// Where the addresses of a client lead it.
    #[must_use]
    pub fn standing(&self, client: &Client) -> Standing {
        let servers = self.bootstrap_servers(client);
        if servers.is_empty() {
            return Standing::Unknown(self.lack(client));
        }
        let is_of_code =
            client.addresses.is_empty() && client.program.is_none() && servers.iter().any(|it| is_in_code(it));
        let mut standing = Standing::Reaches;
        for one in &servers {
            match self.standing_of(client, &one.text, one.protocol) {
                Standing::Reaches => {}
                Standing::Unknown(unsure) if standing == Standing::Reaches => standing = Standing::Unknown(unsure),
                Standing::Unknown(_) => {}
                broken @ Standing::Broken(..) => {
                    standing = broken;
                    break;
                }
            }
        }
        let doubt = self.lack_of_code(client).filter(|_| is_of_code);
        doubt.map_or(standing, Standing::Unknown)
    }

    /// Where one list leads a client: it tries one address after the other.
    fn standing_of(&self, client: &Client, text: &str, protocol: Option<SecurityProtocol>) -> Standing {
        let unread = || Standing::Unknown(Unsure::Value(text.to_owned()));
        let Some(list) = AddressList::parse_meant(text) else { return unread() };
        let list = list.with_port(default_port(client));
        let routes: Vec<(&BrokerAddress<'_>, Route)> =
            list.addresses().iter().map(|address| (address, self.route_of(client, address, protocol))).collect();
        if routes.iter().any(|(_, route)| *route == Route::Reaches) {
            return Standing::Reaches;
        }
        let doubted = routes.iter().find_map(|(address, route)| match route {
            Route::Unknown(doubt) => Some((address, doubt)),
            _ => None,
        });
        match (doubted, routes.first()) {
            (Some((address, doubt)), _) => {
                Standing::Unknown(Unsure::Doubt(address.host_port().to_string(), doubt.clone()))
            }
            (None, Some((address, route))) => Standing::Broken(address.host_port().to_string(), route.clone()),
            (None, None) => unread(),
        }
    }

    fn route_of(&self, client: &Client, address: &BrokerAddress<'_>, protocol: Option<SecurityProtocol>) -> Route {
        match &self.topology.hints.address {
            Some(given) if *given == address.host_port() => Route::Reaches,
            _ => client.route(&self.topology, address, protocol),
        }
    }

    /// What would tell whether a service uses Kafka, or where it finds its broker; `None` where nothing is in doubt, or where nothing speaks
    /// for Kafka.
    #[must_use]
    pub fn unsure(&self, client: &Client) -> Option<Unsure> {
        let is_excluded = self.topology.hints.excluded.contains(&client.service.name);
        if self.topology.brokers.is_empty() || is_excluded {
            return None;
        }
        match client.verdict {
            Verdict::No => None,
            // It asks there.
            Verdict::Yes if client.program.is_some_and(|program| program.finds_by_zookeeper(&client.service)) => None,
            Verdict::Yes => match self.standing(client) {
                Standing::Reaches => None,
                Standing::Broken(text, _) if client.addresses.is_empty() && client.usage.is_open => {
                    Some(Unsure::OneOfSeveral(text))
                }
                Standing::Broken(text, route) => Some(Unsure::Route(text, route)),
                Standing::Unknown(unsure) => Some(unsure),
            },
            Verdict::Undecided => {
                // A library that the service's own program does not take in is for another program.
                let speaks = |sign: &Evidence| sign.kind != EvidenceKind::Library || client.usage.weight > 0;
                let is_near = client.signs().any(speaks);
                let hidden = self.hidden(client);
                if is_near { Some(hidden.unwrap_or_else(|| self.lack(client))) } else { hidden }
            }
        }
    }

    /// What would decide where a client finds its broker, if it is given no address.
    fn lack(&self, client: &Client) -> Unsure {
        if let Some(hidden) = self.hidden(client) {
            return hidden;
        }
        let is_unset = |own: &Variable<'_>| own.refers_to_unset() && self.is_address(client, own.name());
        if let Some(unset) = client.service.variables().find(is_unset) {
            return Unsure::Unset(unset.name().to_owned());
        }
        if let Some(file) = self.unread_file(client) {
            return Unsure::File(file);
        }
        if let Some(lack) = self.lack_of_code(client) {
            return lack;
        }
        match &client.service.image {
            Some(image) if !client.has_code && client.program.is_none() => {
                Unsure::OtherImage(image.as_str().to_owned())
            }
            _ if self.bootstrap_servers(client).is_empty() => Unsure::NoAddress,
            _ => Unsure::NoUse,
        }
    }

    /// What is written for a service and cannot be seen: its build folder, an env file, a value of the `.env`.
    fn hidden(&self, client: &Client) -> Option<Unsure> {
        let service = &*client.service;
        if let Some(build) = &service.build {
            let context = build.context.as_str();
            if context.contains("://") || context.starts_with("git@") {
                return Some(Unsure::BuiltElsewhere(context.to_owned()));
            }
            let folder = self.project.directory.join(context);
            if !context.contains('$') && !self.files.is_inside(&folder) {
                return Some(Unsure::BuiltElsewhere(context.to_owned()));
            }
            if !context.is_empty() && !client.has_code && !self.files.is_folder(&folder) {
                return Some(Unsure::NoBuildFolder(PathBuf::from(context)));
            }
        }
        let awaited = service.variables().find(|variable| {
            self.project.awaits_dot_env(&self.files, *variable) && self.is_address(client, variable.name())
        });
        if let Some(variable) = awaited {
            return Some(Unsure::DotEnv(variable.name().to_owned()));
        }
        let missing = service.env_files.iter().find(|file| file.content.is_none());
        missing.map(|file| Unsure::EnvFile(file.path.clone()))
    }

    fn is_address(&self, client: &Client, name: &str) -> bool {
        let role = CATALOG.variable_role(name, client.program);
        matches!(role, VariableRole::BrokerAddress(_) | VariableRole::BrokerHost)
            || client.usage.ways.iter().any(|way| way.is_by(name))
    }

    /// The file of a program's that is mounted and could not be read.
    fn unread_file(&self, client: &Client) -> Option<PathBuf> {
        let program = client.program?;
        let may_hold = |mount: &&BindMount| {
            program.file_at(&client.service, &mount.target).is_some()
                || program.files.iter().any(|file| file.may_be_in(&mount.target))
                || client.service.command_words().iter().any(|word| word.contains(mount.target.trim_end_matches('/')))
        };
        let mount = client.service.bind_mounts.iter().find(may_hold)?;
        Some(PathBuf::from(&mount.source))
    }

    fn lack_of_code(&self, client: &Client) -> Option<Unsure> {
        let usage = &client.usage;
        match () {
            () if usage.is_elsewhere => Some(Unsure::OtherConfiguration),
            () if usage.is_shared => Some(Unsure::SharedCode),
            () if usage.is_guess && client.service.build.is_none() && usage.is_silent => {
                let silent = client.evidence.iter().find(|sign| sign.kind == EvidenceKind::SilentCode);
                let EvidencePlace::Code { path, .. } = &silent?.place else { return None };
                let variable = client.addresses.first().map(|variable| variable.name().to_owned());
                Some(Unsure::SilentCode(path.clone(), variable))
            }
            () if usage.is_guess => match (&client.service.build, &client.service.image) {
                (Some(build), _) => Some(Unsure::NoBuildFolder(PathBuf::from(&build.context))),
                (None, image) => image.as_ref().map(|image| Unsure::OtherImage(image.as_str().to_owned())),
            },
            () => None,
        }
    }
}

/// The port that a client takes where an address has none.
fn default_port(client: &Client) -> Option<u16> {
    let of_program = client.program.and_then(|program| program.default_port);
    let ways = || client.usage.ways.iter().filter(|way| way.role == VariableRole::BrokerPort);
    let set = |way: &Way| way.names().find_map(|name| client.service.value_of(name))?.trim().parse().ok();
    let of_code = ways().find_map(|way| set(way).or_else(|| way.default.as_deref()?.trim().parse().ok()));
    let of_library = client.form.filter(|form| !form.needs_port).map(|_| DEFAULT_PORT);
    of_program.or(of_code).or(of_library)
}

fn servers_of(text: &str, place: EvidencePlace) -> BootstrapServers<'_> {
    BootstrapServers { name: None, text: Cow::Borrowed(text), place, protocol: None }
}

fn place_of(path: &Path, line: usize) -> EvidencePlace {
    EvidencePlace::Code { path: path.to_owned(), line }
}

fn is_in_code(servers: &BootstrapServers<'_>) -> bool {
    matches!(servers.place, EvidencePlace::Code { .. })
}
