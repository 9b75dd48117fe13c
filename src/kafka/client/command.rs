//! The broker addresses in the command of a service.

use crate::compose::Service;
use crate::kafka::address::{AddressList, BrokerAddress, is_loopback};
use crate::kafka::catalog::{CATALOG, KafkaClient, VariableRole};
use crate::kafka::keys::is_broker_key;
use crate::kafka::topology::Topology;
use crate::yaml::NodeId;

/// Separators of words in a command, for finding addresses.
const SEPARATORS: [char; 6] = [' ', '\n', '\t', '=', '"', '\''];

/// What may be between a name and its value, besides separators.
const MARKS: [char; 9] = ['[', ']', '{', '}', '(', ')', ':', ',', '\\'];

/// A word of a command.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Word<'c> {
    /// The scalar that it is in.
    node: NodeId,
    text: &'c str,
    /// Whether an equals sign is before it.
    is_assigned: bool,
}

/// An address in a command.
pub(super) struct CommandAddress {
    /// The scalar that it is in.
    pub(super) node: NodeId,
    pub(super) text: String,
    /// Whether the command only waits for it to answer before it starts the program.
    pub(super) is_awaited: bool,
}

/// The addresses in the words of a command: those of a broker of the project, and those after a flag for broker addresses. If such a flag
/// has no address, the flag itself, which still shows that the service uses Kafka.
pub(super) fn addresses(topology: &Topology, service: &Service, program: Option<&KafkaClient>) -> Vec<CommandAddress> {
    let texts = [&service.entrypoint, &service.command].into_iter().flatten().flat_map(|command| &command.texts);
    let words: Vec<Word<'_>> = texts
        .flat_map(|text| {
            let whole = text.as_str();
            let mut at = 0;
            let words = whole.split(SEPARATORS).map(move |word| {
                let before = whole[..at].trim_end_matches(['"', '\'']);
                at += word.len() + 1;
                Word { node: text.node, text: word, is_assigned: before.ends_with('=') }
            });
            words.filter(|word| !word.text.is_empty())
        })
        .collect();
    let search = Search { topology, service, program };
    let mut found: Vec<(Word<'_>, bool)> = Vec::new();
    let mut waits = false;
    for (index, &word) in words.iter().enumerate() {
        let before = words[..index].iter().rev().map(|word| word.text).find(|word| !word.chars().all(is_mark));
        let before = before.unwrap_or_default();
        waits = is_wait(word.text) || waits && !ends_step(before);
        if search.is_address(before, &word) && !found.iter().any(|(known, _)| *known == word) {
            found.push((word, waits || WAIT_FLAGS.contains(&before)));
        }
    }
    if found.is_empty() {
        found.extend(words.iter().find(|word| search.is_kafkas_flag(word.text)).map(|&word| (word, false)));
    }
    let address = |(word, is_awaited): (Word<'_>, bool)| CommandAddress {
        node: word.node,
        text: word.text.to_owned(),
        is_awaited,
    };
    found.into_iter().map(address).collect()
}

/// Flags before an address that is to be waited for (jwilder/dockerize).
const WAIT_FLAGS: [&str; 2] = ["-wait", "--wait"];

/// Whether a word starts a program that waits for an address (vishnubob/wait-for-it, eficode/wait-for, wait4x/wait4x, ufoscout/docker-compose-wait).
fn is_wait(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or(word).to_ascii_lowercase().replace('_', "-");
    ["wait-for", "waitfor", "wait4", "wait-port"].iter().any(|start| name.starts_with(start))
}

/// Whether the words after this one are of another step of the command.
fn ends_step(word: &str) -> bool {
    ["--", "&&", "||", "|", ";", "&", "do", "then"].contains(&word) || word.ends_with(';')
}

struct Search<'s> {
    topology: &'s Topology,
    service: &'s Service,
    program: Option<&'s KafkaClient>,
}

impl Search<'_> {
    fn is_address(&self, before: &str, word: &Word<'_>) -> bool {
        let Some(list) = AddressList::parse(word.text) else { return false };
        let are_all = |of_kind: &dyn Fn(&BrokerAddress<'_>) -> bool| list.addresses().iter().all(of_kind);
        let has_port = |address: &BrokerAddress<'_>| address.port.is_some();
        let is_broker = |address: &BrokerAddress<'_>| self.topology.broker_at(self.service, address.host).is_some();
        are_all(&|address| has_port(address) && is_broker(address))
            || (self.is_kafkas_flag(before) || word.is_assigned && is_variable(before)) && are_all(&has_port)
            || is_brokers_flag(before) && are_all(&|address| is_broker(address) || is_loopback(address.host))
    }

    /// Whether a flag takes addresses of Kafka's brokers, and nothing else.
    fn is_kafkas_flag(&self, word: &str) -> bool {
        let own = self.program.is_some_and(|program| program.flags.iter().any(|flag| flag == word));
        own || is_property(word) || has_address_name(word) && !is_brokers_flag(word)
    }
}

fn is_mark(character: char) -> bool {
    MARKS.contains(&character)
}

/// Whether a word is a property for broker addresses: `spark.kafka.bootstrap.servers`.
fn is_property(word: &str) -> bool {
    word.contains('.') && !word.contains(['/', '@', ':', '$']) && is_broker_key(word)
}

/// Whether a name is that of a variable for broker addresses, which a command may set for its program.
fn is_variable(name: &str) -> bool {
    matches!(CATALOG.variable_role(name, None), VariableRole::BrokerAddress(_))
}

/// Whether a flag has a name for broker addresses: `--bootstrap-server`, `--kafka.brokers`.
fn has_address_name(word: &str) -> bool {
    let name = word.strip_prefix("--").or_else(|| word.strip_prefix("-D")).unwrap_or_default();
    !name.is_empty() && matches!(CATALOG.variable_role(name, None), VariableRole::BrokerAddress(_))
}

/// Whether clients of other message systems have the flag too, so that what follows it decides: `--broker`, `--broker-url`.
fn is_brokers_flag(word: &str) -> bool {
    ["--broker", "--brokers", "--broker-url"].contains(&word)
}
