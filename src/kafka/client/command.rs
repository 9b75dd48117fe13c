//! The broker addresses in the command of a service.

use crate::compose::Service;
use crate::kafka::address::{AddressList, BrokerAddress, is_loopback};
use crate::kafka::catalog::{CATALOG, KafkaClient, VariableRole};
use crate::kafka::topology::Topology;
use crate::yaml::NodeId;

/// Separators of words in a command, for finding addresses.
const SEPARATORS: [char; 6] = [' ', '\n', '\t', '=', '"', '\''];

/// A word of a command, with the scalar that it is in.
type Word<'c> = (NodeId, &'c str);

/// The addresses in the words of a command: those of a broker of the project, and those after a flag for broker addresses. If such a flag
/// has no address, the flag itself, which still shows that the service uses Kafka.
pub(super) fn addresses(
    topology: &Topology,
    service: &Service,
    program: Option<&KafkaClient>,
) -> Vec<(NodeId, String)> {
    let texts = [&service.entrypoint, &service.command].into_iter().flatten().flat_map(|command| &command.texts);
    let words: Vec<Word<'_>> = texts
        .flat_map(|text| {
            let words = text.as_str().split(SEPARATORS).filter(|word| !word.is_empty());
            words.map(|word| (text.node, word))
        })
        .collect();
    let search = Search { topology, service, program };
    let mut found: Vec<Word<'_>> = Vec::new();
    for (index, &word) in words.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |index| words[index].1);
        if search.is_address(before, word.1) && !found.contains(&word) {
            found.push(word);
        }
    }
    if found.is_empty() {
        found.extend(words.iter().find(|(_, word)| search.is_kafkas_flag(word)));
    }
    found.into_iter().map(|(node, word)| (node, word.to_owned())).collect()
}

struct Search<'s> {
    topology: &'s Topology,
    service: &'s Service,
    program: Option<&'s KafkaClient>,
}

impl Search<'_> {
    fn is_address(&self, before: &str, word: &str) -> bool {
        let Some(list) = AddressList::parse(word) else { return false };
        let are_all = |of_kind: &dyn Fn(&BrokerAddress<'_>) -> bool| list.addresses().iter().all(of_kind);
        let has_port = |address: &BrokerAddress<'_>| address.port.is_some();
        let is_broker = |address: &BrokerAddress<'_>| self.topology.broker_at(self.service, address.host).is_some();
        are_all(&|address| has_port(address) && is_broker(address))
            || self.is_kafkas_flag(before) && are_all(&has_port)
            || is_brokers_flag(before) && are_all(&|address| is_broker(address) || is_loopback(address.host))
    }

    /// Whether a flag takes addresses of Kafka's brokers, and nothing else.
    fn is_kafkas_flag(&self, word: &str) -> bool {
        let own = self.program.is_some_and(|program| program.flags.iter().any(|flag| flag == word));
        own || has_address_name(word) && !is_brokers_flag(word)
    }
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
