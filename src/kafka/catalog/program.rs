//! Ready-made programs that connect to Kafka: data in `programs.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::additions::Additions;
use super::image::{Image, ImageIndex, ImagePattern, glob};
use super::variable::{Shape, VariableRole, is_same_but_numbers, starts_same_but_numbers, with_number_of};
use crate::code::document::Syntax;
use crate::compose::Service;
use crate::kafka::listener::SecurityProtocol;

/// `programs.toml`, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entries {
    program: Vec<KafkaClient>,
}

/// `programs.toml`, and where in it the programs of an image and of a command are.
#[derive(Debug)]
pub(super) struct Programs {
    all: Vec<KafkaClient>,
    by_image: ImageIndex,
    by_command: FxHashMap<String, usize>,
}

impl Programs {
    /// The entries, those of a user first.
    pub(super) fn of(entries: Entries, additions: &Additions) -> Self {
        let all: Vec<KafkaClient> = additions.program.iter().cloned().chain(entries.program).collect();
        let by_image = ImageIndex::new(all.iter().map(|program| program.images.as_slice()));
        let mut by_command = FxHashMap::default();
        for (number, program) in all.iter().enumerate() {
            for command in &program.commands {
                by_command.entry(command.clone()).or_insert(number);
            }
        }
        Self { all, by_image, by_command }
    }
}

impl Programs {
    pub(super) fn all(&self) -> &[KafkaClient] {
        &self.all
    }

    /// The first program that a word of a command starts: `kcat`, `/opt/kafka/bin/connect-distributed.sh`.
    pub(super) fn started_by(&self, word: &str) -> Option<&KafkaClient> {
        let name = word.rsplit('/').next().unwrap_or(word);
        self.all.get(*self.by_command.get(name.strip_suffix(".sh").unwrap_or(name))?)
    }

    /// The first program that an image may run.
    pub(super) fn of_image(&self, image: &Image) -> Option<&KafkaClient> {
        let entries = self.by_image.entries(image).into_iter().filter_map(|entry| self.all.get(entry));
        entries.into_iter().find(|program| program.runs_in(image))
    }
}

/// A ready-made program that connects to Kafka, in one range of versions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct KafkaClient {
    /// Its name in the catalog, the same for all ranges of its versions.
    pub name: String,
    /// The public source of these facts, repository and path, or the page; of an entry that a user adds.
    #[serde(default)]
    pub source: String,
    /// The images that run it; none if it is known by `commands` alone.
    #[serde(default)]
    pub images: Vec<ImagePattern>,
    /// The first version that this entry is about.
    pub from: Option<String>,
    /// The first later version that it is not about.
    pub below: Option<String>,
    /// The commands that start it, whatever the image, without path and `.sh`.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Sets of variables that identify it in an unknown image: each set is enough, if all of its variables are present. A name may end in
    /// `*`.
    #[serde(default)]
    pub known_by: Vec<Vec<String>>,
    /// How it reads a list of addresses: the name of an [`AddressForm`](super::AddressForm).
    pub form: Option<String>,
    /// The variables that hold its broker addresses, first the one to add; none if it reads only a file, SQL or its command.
    #[serde(default)]
    pub variables: Vec<ClientVariable>,
    /// Prefixes of the variables that it maps to settings.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Whether other variables may set its properties too, by its framework (Spring Boot, Quarkus, Micronaut) or because its file may refer
    /// to them: then a variable that is not listed here may still be read.
    #[serde(default)]
    pub binds_more: bool,
    /// Variables that people set but that it does not read, each with the one to set instead.
    #[serde(default)]
    pub unread: BTreeMap<String, String>,
    /// The variables that hold the ZooKeeper in which it finds its brokers.
    #[serde(default)]
    pub zookeeper: Vec<String>,
    /// The flags of its command that take its broker addresses.
    #[serde(default)]
    pub flags: Vec<String>,
    /// The files that may hold its broker addresses.
    #[serde(default)]
    pub files: Vec<ConfigFile>,
    /// What it connects to if nothing is set.
    pub default: Option<String>,
    /// The port that it uses when the variable for the port is not set.
    pub default_port: Option<u16>,
    /// Whether it writes in transactions by itself, so that brokers need the log of transactions.
    #[serde(default)]
    pub transactional: bool,
    /// Words of its command that start a part of it which connects to the brokers in its `shared` files. A container without a command of
    /// its own is such a part.
    #[serde(default)]
    pub workers: Vec<String>,
    /// Words of its command that choose a part of it which uses Kafka.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Whether it uses Kafka only if one of `variables` is set or required, one of `roles` is chosen, or a file shows it.
    #[serde(default)]
    pub optional: bool,
}

/// A variable that holds broker addresses of a ready-made program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ClientVariable {
    /// Its name; a number in it matches any number, and a `*` any characters.
    pub name: String,
    #[serde(default)]
    form: Form,
    /// The language of a document.
    pub syntax: Option<Syntax>,
    /// The separator between two addresses, if it is not a comma.
    pub separator: Option<String>,
    /// Whether the program cannot start without it, or would connect to its own container.
    #[serde(default)]
    pub required: bool,
    /// Variables any of which makes it needed: others of the same cluster, or a switch (`SPAN_STORAGE_TYPE=kafka`). A name may end in `*`.
    #[serde(default)]
    pub needed_with: Vec<String>,
    /// Variables any of which provides the address instead, so that this one may be missing.
    #[serde(default)]
    pub unless: Vec<String>,
    /// The variable that holds the security protocol, under Kafka's name for it.
    pub protocol: Option<String>,
    /// The variable that enables SASL.
    pub sasl: Option<String>,
    /// The variable that enables TLS.
    pub tls: Option<String>,
}

/// The form in which a variable holds addresses.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
enum Form {
    #[default]
    List,
    Url,
    Document,
    Host,
    Port,
}

/// A file that may hold the broker addresses of a ready-made program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ConfigFile {
    /// Its default path in the container; `*` matches any characters except `/`. With neither path, variable, flag nor argument, it is any
    /// file in its language that is mounted.
    pub path: Option<String>,
    /// The variable that sets its path.
    pub variable: Option<String>,
    /// The flag that sets its path.
    pub flag: Option<String>,
    /// Whether an argument of the command is its path.
    #[serde(default)]
    pub argument: bool,
    /// Whether it is not for the container that has it, but for the `workers`, to which that container submits it: a table, a job.
    #[serde(default)]
    pub shared: bool,
    /// Its language.
    pub syntax: Syntax,
    /// Keys for addresses, in addition to those with a known name; `*` matches any characters.
    #[serde(default)]
    pub keys: Vec<String>,
}

/// How a program uses a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading<'c> {
    /// It reads broker addresses from it.
    Address,
    /// It reads it for something else, or may read it.
    Maybe,
    /// It does not read it; with the variable to set instead, if one is known.
    Unread(Option<&'c str>),
}

impl KafkaClient {
    /// Whether an image may run it in one of these versions.
    #[must_use]
    pub fn runs_in(&self, image: &Image) -> bool {
        let is_image = self.images.iter().any(|pattern| pattern.matches(image));
        is_image && image.may_be(self.from.as_deref(), self.below.as_deref())
    }

    /// Whether a service that runs it uses Kafka.
    #[must_use]
    pub fn is_used_by(&self, service: &Service) -> bool {
        !self.optional
            || self.variables.iter().any(|own| own.is_needed(service) || own.is_set(service))
            || has_word_of(service, &self.roles)
            || self.has_flag(service)
    }

    /// Whether a service that runs it connects to the brokers in its shared files.
    #[must_use]
    pub fn works_in(&self, service: &Service) -> bool {
        service.command_words().is_empty() || has_word_of(service, &self.workers)
    }

    /// Whether the variables of a service identify it, whatever the image is.
    #[must_use]
    pub fn is_known_by(&self, service: &Service) -> bool {
        self.known_by.iter().any(|set| set.iter().all(|name| is_set(service, name)))
    }

    /// Whether a service that runs it has a ZooKeeper address, by which it finds its brokers.
    #[must_use]
    pub fn finds_by_zookeeper(&self, service: &Service) -> bool {
        self.zookeeper.iter().any(|name| is_set(service, name))
    }

    /// The variable for broker addresses that a name is, if it is one.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&ClientVariable> {
        self.variables.iter().find(|own| own.is_named(name))
    }

    /// The names of its variables for broker addresses, without those that have a `*`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|own| own.name.as_str()).filter(|name| !name.contains('*'))
    }

    /// How it uses the variable `name`.
    ///
    /// Ask only about variables for broker addresses: the catalog lists no others.
    #[must_use]
    pub fn reading(&self, name: &str) -> Reading<'_> {
        if self.variable(name).is_some() {
            return Reading::Address;
        }
        if let Some(meant) = self.unread.get(name) {
            return Reading::Unread(Some(meant));
        }
        let is_setting = self.prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()));
        // A program without its own variables reads a file, which may refer to any variable.
        if is_setting || self.binds_more || self.variables.is_empty() {
            return Reading::Maybe;
        }
        Reading::Unread(self.variables.first().map(|own| own.name.as_str()))
    }

    /// The variables that a service needs to run it and does not set: one for each client inside of it, and for each of its clusters. None if
    /// another variable, a flag or a mounted file may provide the address, or if not all variables of the service are known.
    #[must_use]
    pub fn missing(&self, service: &Service) -> Vec<String> {
        if service.has_unknown_variables() || self.has_flag(service) || self.may_read_file(service) {
            return Vec::new();
        }
        self.variables.iter().flat_map(|own| own.missing(service)).collect()
    }

    /// The variable for its address and the address that it uses instead, if it always connects to Kafka and nothing of a service may set
    /// another.
    #[must_use]
    pub fn falls_back(&self, service: &Service) -> Option<(String, &str)> {
        let is_set = self.variables.iter().any(|own| own.is_set(service));
        let may_be_set = service.has_unknown_variables() || self.has_flag(service) || self.may_read_file(service);
        let name = self.names().next().filter(|_| !self.optional && !is_set && !may_be_set)?;
        Some((name.to_owned(), self.default.as_deref()?))
    }

    /// The one of its files that a file of a service is, by its path in the container; a folder or a file that a flag, an argument or a variable
    /// names may be at any.
    #[must_use]
    pub fn file_at(&self, service: &Service, path: &str) -> Option<&ConfigFile> {
        let has_path = |value: &str| {
            let value = value.trim().trim_start_matches('@').trim_end_matches('/');
            value.starts_with('/')
                && path.strip_prefix(value).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let words = service.command_words();
        let by_word = words.iter().flat_map(|word| word.split([' ', '='])).any(has_path);
        self.files.iter().find(|file| {
            let is_named = file.variable.as_ref().and_then(|name| service.value_of(name)).is_some_and(has_path);
            let may_be_word = file.argument || file.flag.as_ref().is_some_and(|flag| has_flag(service, flag));
            file.is_at(path) || is_named || may_be_word && by_word || file.may_be_anywhere(path)
        })
    }

    fn has_flag(&self, service: &Service) -> bool {
        self.flags.iter().any(|flag| has_flag(service, flag))
    }

    /// Whether one of its files is named, or mounted at its path.
    fn may_read_file(&self, service: &Service) -> bool {
        self.files.iter().any(|file| {
            let is_named = file.variable.as_ref().is_some_and(|name| is_set(service, name))
                || file.flag.as_ref().is_some_and(|flag| has_flag(service, flag))
                || file.argument && service.command.is_some();
            is_named || service.bind_mounts.iter().any(|mount| file.may_be_in(&mount.target))
        })
    }
}

impl ClientVariable {
    /// What it holds.
    #[must_use]
    pub fn role(&self) -> VariableRole {
        match self.form {
            Form::List => VariableRole::BrokerAddress(Shape::List),
            Form::Url => VariableRole::BrokerAddress(Shape::Url),
            Form::Document => VariableRole::BrokerAddress(Shape::Document),
            Form::Host => VariableRole::BrokerHost,
            Form::Port => VariableRole::BrokerPort,
        }
    }

    /// Whether it is called `name`.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        if self.name.contains('*') { glob(&self.name, name) } else { is_same_but_numbers(&self.name, name) }
    }

    /// The security protocol of the client that reads its addresses from the variable `name`; `value` looks variables up. `None` if the catalog
    /// does not know which variables set it, or the value is not a protocol.
    ///
    /// Without a setting, a client uses plain text, unless a file sets a protocol.
    #[must_use]
    pub fn security<'v>(&self, name: &str, value: impl Fn(&str) -> Option<&'v str>) -> Option<SecurityProtocol> {
        let of_same_cluster = |variable: &String| value(&with_number_of(variable, name));
        if let Some(protocol) = &self.protocol {
            return of_same_cluster(protocol).map_or(Some(SecurityProtocol::Plaintext), SecurityProtocol::from_name);
        }
        if self.sasl.is_none() && self.tls.is_none() {
            return None;
        }
        let is_on = |switch: &Option<String>| {
            switch.as_ref().and_then(of_same_cluster).is_some_and(|value| value.eq_ignore_ascii_case("true"))
        };
        Some(match (is_on(&self.sasl), is_on(&self.tls)) {
            (false, false) => SecurityProtocol::Plaintext,
            (false, true) => SecurityProtocol::Ssl,
            (true, false) => SecurityProtocol::SaslPlaintext,
            (true, true) => SecurityProtocol::SaslSsl,
        })
    }

    fn is_set(&self, service: &Service) -> bool {
        service.variables().any(|variable| self.is_named(variable.name()))
    }

    fn is_needed(&self, service: &Service) -> bool {
        self.needed_with.iter().any(|pattern| is_set(service, pattern))
    }

    /// The names under which it is needed and missing.
    fn missing(&self, service: &Service) -> Vec<String> {
        let mut wanted: Vec<String> = Vec::new();
        if self.required {
            wanted.push(self.name.clone());
        }
        for pattern in &self.needed_with {
            // The cluster of a variable is the number in its name.
            let others = service.variables().filter(|other| matches(pattern, other.name(), other.value()));
            wanted.extend(others.map(|other| with_number_of(&self.name, other.name()).into_owned()));
        }
        wanted.sort();
        wanted.dedup();
        let has = |name: &str| service.variables().any(|own| own.name().eq_ignore_ascii_case(name));
        wanted.retain(|name| !has(name) && !self.unless.iter().any(|other| has(&with_number_of(other, name))));
        wanted
    }
}

impl ConfigFile {
    /// Whether nothing says where it is, so that this file, which is in its language, may be it.
    #[must_use]
    pub fn may_be_anywhere(&self, path: &str) -> bool {
        let is_placed = self.path.is_some() || self.variable.is_some() || self.flag.is_some() || self.argument;
        !is_placed && Syntax::of(Path::new(path), "") == Some(self.syntax)
    }

    /// Whether this path in the container is its path.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        self.path
            .as_ref()
            .is_some_and(|own| own.matches('/').count() == path.matches('/').count() && is_below(own, path))
    }

    /// Whether this path in the container is its path, or a folder above it.
    #[must_use]
    pub fn may_be_in(&self, path: &str) -> bool {
        self.path.as_ref().is_some_and(|own| is_below(own, path.trim_end_matches('/')))
    }
}

/// Whether the first parts of a path that may have a `*` in each are those of another.
fn is_below(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('/');
    path.split('/').all(|part| parts.next().is_some_and(|own| glob(own, part)))
}

/// Whether a service's command has one of these words.
fn has_word_of(service: &Service, words: &[String]) -> bool {
    service.split_words().any(|word| words.iter().any(|it| it == word))
}

/// Whether a word of a service's command is a flag, with or without its value.
fn has_flag(service: &Service, flag: &str) -> bool {
    service.split_words().any(|word| word.split('=').next() == Some(flag))
}

/// Whether a service has a variable, with the value if the pattern has one: `NAME`, `NAME_*`, `NAME=value`.
fn is_set(service: &Service, pattern: &str) -> bool {
    service.variables().any(|variable| matches(pattern, variable.name(), variable.value()))
}

/// Whether a variable matches a pattern, in which a number matches any number.
fn matches(pattern: &str, name: &str, value: Option<&str>) -> bool {
    // Most differ in the first letter.
    if pattern.get(..1).is_some_and(|first| first != "*" && !starts_same_but_numbers(first, name)) {
        return false;
    }
    let (pattern, wanted) = pattern.split_once('=').map_or((pattern, None), |(name, value)| (name, Some(value)));
    let is_named = match pattern.strip_suffix('*') {
        Some(start) => starts_same_but_numbers(start, name),
        None => is_same_but_numbers(pattern, name),
    };
    is_named && wanted.is_none_or(|wanted| value.is_some_and(|value| value.eq_ignore_ascii_case(wanted)))
}

#[cfg(test)]
mod tests;
