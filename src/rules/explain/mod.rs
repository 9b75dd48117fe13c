//! From the log of a client, a broker or Compose to the rules that find the cause.
//!
//! A log is read line by line, in time and memory that do not grow with it beyond what is found. What programs print is data:
//! `symptoms/*.toml` has the messages with the public source of each, `causes.toml` what they lead to, `forms.toml` how addresses
//! are printed. The result is plain data too; `report::explanation` renders it.

mod address;
mod collector;
mod entry;
mod form;
mod knowledge;
mod line;
mod seen;
mod signs;

use std::io::{self, BufRead, Read as _};

pub use address::{Address, Giver, HostKind};
pub use entry::Cause;

use collector::Collector;
use knowledge::KNOWLEDGE;
use line::Line;

use crate::text::capitalized;

/// Bytes of a line that are looked at.
const LONGEST_LINE: u64 = 1 << 16;

/// What was found in a log.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// The lines that were read, without empty ones.
    pub lines: usize,
    /// The lines that matter; those that point to a cause most directly come first.
    pub observations: Vec<Observation>,
    /// Programs other than Kafka that lines complain about, and how many do.
    pub others: Vec<(String, usize)>,
    /// The first line, if nothing is known of any.
    pub unknown: Option<Unknown>,
}

/// A message that was recognised, once for all lines with the same message and address.
#[derive(Clone, Debug)]
pub struct Observation {
    /// The number of the first such line, from 1.
    pub first_line: usize,
    /// The number of the last one.
    pub last_line: usize,
    /// How many there are.
    pub count: usize,
    /// The first one, without the container's name, colors and JSON; may hold any characters.
    pub message: String,
    /// The container that printed it, if the log contains its name.
    pub container: Option<String>,
    /// The client library or the program that prints such messages, where that is certain.
    pub library: Option<String>,
    /// The address in it.
    pub address: Option<Address>,
    /// Who gave the client that address.
    pub giver: Giver,
    /// The kind of the message, as `symptoms/*.toml` names it.
    pub symptom: &'static str,
    /// What the message means, in one sentence.
    pub means: String,
    /// The likely causes by their names in `causes.toml`, the likeliest first.
    pub causes: Vec<(&'static str, &'static Cause)>,
    /// How to distinguish the causes.
    pub tip: Option<String>,
}

/// A line of which nothing is known, and what is in it nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The line.
    pub message: String,
    /// The library that printed it.
    pub library: Option<String>,
    /// An address in it.
    pub address: Option<Address>,
}

/// A finding of the project of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFinding {
    /// The name of the rule.
    pub rule: String,
    /// The service.
    pub service: String,
    /// What is wrong.
    pub message: String,
    /// Where it is written: `compose.yaml:12:7`.
    pub place: String,
    /// Whether it is an error: a connection that fails, rather than one that may be too early.
    pub is_error: bool,
    /// The title of its fix.
    pub fix: Option<String>,
    /// Whether the fix is unsafe.
    pub is_unsafe: bool,
    /// What to do if there is no fix.
    pub by_hand: Option<String>,
}

/// Reads a log of any size to its end.
///
/// # Errors
/// What the reader returns; any bytes are a log.
pub fn read(mut log: impl BufRead) -> io::Result<Explanation> {
    let mut collector = Collector::default();
    let mut raw = Vec::new();
    while next_line(&mut log, &mut raw)? {
        collector.add(&raw);
    }
    Ok(collector.finish())
}

/// Some lines that are known, of the most frequent kinds.
pub fn examples() -> impl Iterator<Item = &'static str> {
    KNOWLEDGE.symptoms.iter().filter(|symptom| symptom.listed).map(|symptom| symptom.example.as_str())
}

/// Puts the next line into `raw` as far as it is looked at, and skips the rest of it.
fn next_line(log: &mut impl BufRead, raw: &mut Vec<u8>) -> io::Result<bool> {
    raw.clear();
    log.by_ref().take(LONGEST_LINE).read_until(b'\n', raw)?;
    if raw.len() as u64 == LONGEST_LINE && !raw.ends_with(b"\n") {
        log.skip_until(b'\n')?;
    }
    Ok(!raw.is_empty())
}

impl Observation {
    /// The findings of the project that are among the causes: first errors with the address of the line, then other errors, each in the order
    /// of the causes. Of a rule about clients only those of the service that printed the line count, where that is known.
    #[must_use]
    pub fn found_in<'a>(&self, project: &'a [ProjectFinding]) -> Vec<&'a ProjectFinding> {
        let is_own = |finding: &ProjectFinding| {
            let of_client = KNOWLEDGE.of_clients.contains(&finding.rule);
            let printed_it = |container: &String| is_container_of(container, &finding.service);
            !of_client || self.container.as_ref().is_none_or(printed_it)
        };
        let is_own_setting = !matches!(self.giver, Giver::Broker(_));
        let names_it = |finding: &ProjectFinding| {
            let is_of_client = is_own_setting && finding.is_error && KNOWLEDGE.of_clients.contains(&finding.rule);
            is_of_client
                && self.address.as_ref().is_some_and(|address| has_word(&finding.message, &address.to_string()))
        };
        let mut found: Vec<&ProjectFinding> =
            project.iter().filter(|finding| is_own(finding) && names_it(finding)).collect();
        for (rule, _) in self.causes.iter().flat_map(|(_, cause)| &cause.rules) {
            let matching = project.iter().filter(|finding| finding.rule == *rule && is_own(finding));
            let new: Vec<_> = matching.filter(|finding| !found.contains(finding)).collect();
            found.extend(new);
        }
        found.sort_by_key(|finding| !finding.is_error);
        found
    }

    /// A sentence of a cause, or of what to do, with the address of this line in it.
    #[must_use]
    pub fn fill(&self, sentence: &str) -> String {
        let address = self.address.as_ref();
        let host = address.map_or_else(|| "the broker's name".to_owned(), |address| format!("`{}`", address.host));
        let whole = address.map_or_else(|| "this address".to_owned(), |address| format!("`{address}`"));
        capitalized(&sentence.replace("{address}", &whole).replace("{host}", &host))
    }
}

/// Whether an address is in a text, and not as a part of another one.
fn has_word(text: &str, address: &str) -> bool {
    let continues = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    text.match_indices(address)
        .any(|(start, _)| !text[..start].ends_with(continues) && !text[start + address.len()..].starts_with(continues))
}

/// Whether Compose gives this name to a container of the service: `orders`, `orders-1`, `shop-orders-1`, `shop_orders_1`.
fn is_container_of(container: &str, service: &str) -> bool {
    let base = container.trim_end_matches(|c: char| c.is_ascii_digit());
    let base = if base.len() < container.len() { base.trim_end_matches(['-', '_']) } else { container };
    [container, base]
        .iter()
        .any(|name| name.strip_suffix(service).is_some_and(|before| before.is_empty() || before.ends_with(['-', '_'])))
}

#[cfg(test)]
mod tests;
