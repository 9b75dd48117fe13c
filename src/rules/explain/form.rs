//! Finds the address in a line of a log.

use std::net::IpAddr;

use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::address::{Address, Giver};
use super::entry::FormEntry;

/// The forms in which programs print addresses; `forms.toml` explains the fields. Addresses are ASCII, whatever a line holds.
#[derive(Debug)]
pub(super) struct Forms {
    /// All patterns at once: most lines have one form or two.
    all: RegexSet,
    each: Vec<(Regex, Option<Giver>)>,
}

impl Forms {
    /// Compiles the patterns.
    pub fn new(entries: &[FormEntry]) -> Result<Self, regex::Error> {
        let host = r"(?P<host>\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f]*::[0-9A-Fa-f:.]*|[A-Za-z0-9_][A-Za-z0-9._-]*)";
        let pattern = |entry: &FormEntry| {
            let pattern = entry.pattern.replace("{host}", host).replace("{ip}", r"(?P<ip>[^()\s]*?)");
            pattern.replace("{port}", r"(?P<port>\d{1,5})\b").replace("{node}", r"(?P<node>-?\d+)")
        };
        let patterns: Vec<String> = entries.iter().map(pattern).collect();
        let compile = |(pattern, entry): (&String, &FormEntry)| {
            let regex = RegexBuilder::new(pattern).unicode(false).build()?;
            Ok((regex, entry.given_by.map(Giver::from)))
        };
        let each = patterns.iter().zip(entries).map(compile).collect::<Result<_, regex::Error>>()?;
        Ok(Self { all: RegexSetBuilder::new(&patterns).unicode(false).build()?, each })
    }

    /// The address in a line, and its source; each from the first form that contains it.
    pub fn locate(&self, text: &str) -> (Option<Address>, Giver) {
        let (mut address, mut giver) = (None, Giver::Unknown);
        for number in &self.all.matches(text.as_bytes()) {
            let (regex, given_by) = &self.each[number];
            let Some(captures) = regex.captures(text.as_bytes()) else { continue };
            let group = |name| captures.name(name).and_then(|found| str::from_utf8(found.as_bytes()).ok());
            if giver == Giver::Unknown {
                giver = group("node").map(Giver::of_node).or(*given_by).unwrap_or(Giver::Unknown);
            }
            address = address.or_else(|| Address::of(group("host"), group("ip"), group("port")));
            if address.is_some() && giver != Giver::Unknown {
                break;
            }
        }
        (address.or_else(|| any_address(text)), giver)
    }
}

/// The first `host:port` in a line without a known form. Times, versions and places in source code also have colons: a host contains a
/// letter or is an IP address, it is not the name of a file or a class, and the port has four or five digits.
fn any_address(text: &str) -> Option<Address> {
    let words = text.split(|c: char| c.is_whitespace() || "\"'`,;()<>{}=".contains(c)).take(MOST_WORDS);
    words.map(|word| word.rsplit_once("://").map_or(word, |(_, rest)| rest)).find_map(|word| {
        let word = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let (host, digits) = word.rsplit_once(':')?;
        let host = host.trim_matches(['[', ']']);
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        let is_name = host.chars().all(fits) && host.contains(|c: char| c.is_ascii_lowercase());
        let is_file = SOURCES.iter().any(|extension| host.ends_with(extension));
        let is_host = host.parse::<IpAddr>().is_ok() || (is_name && !is_file);
        let has_port = digits.parse::<u16>().is_ok_and(|port| port >= 1000);
        Address::of(Some(host).filter(|_| is_host && has_port), None, Some(digits))
    })
}

/// Words of a line that are looked at for an address of no known form.
const MOST_WORDS: usize = 2_000;

/// The ends of names of source files: `client.go:1061` is a place.
const SOURCES: [&str; 10] = [".go", ".java", ".py", ".js", ".ts", ".rb", ".rs", ".kt", ".scala", ".c"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_no_known_form_is_found_among_times_and_places() {
        for (text, expected) in [
            ("12:34:56.789 client.go:1061] refused: kafka:9092", Some("kafka:9092")),
            ("o.a.k.NetworkClient:1756 refused", None),
            ("refused [2001:db8::5]:9092", Some("[2001:db8::5]:9092")),
            ("brokers=PLAINTEXT://10.0.0.4:9092, retry", Some("10.0.0.4:9092")),
            ("at node:net:1555:16", None),
            ("x:99999 y:1", None),
            ("connect to kafka:9092: refused", Some("kafka:9092")),
        ] {
            assert_eq!(any_address(text).map(|address| address.to_string()).as_deref(), expected, "{text}");
        }
    }
}
