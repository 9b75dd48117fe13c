//! Broker addresses as people write them into a variable, a command flag or an env file.

mod host;

pub use host::{HostPort, is_loopback};

pub(super) use host::port;
use host::split_host_port;

use crate::text::Span;

/// Words that open the scheme of a broker address: Kafka's security protocols and the usual names of listeners.
///
/// Java's clients take any scheme and librdkafka only a security protocol (`ClientUtils.parseAndValidateAddresses` in apache/kafka,
/// `rd_kafka_broker_name_parse` in confluentinc/librdkafka), so people also write listener names there.
const SCHEME_WORDS: [&str; 12] = [
    "plaintext",
    "ssl",
    "sasl",
    "internal",
    "external",
    "inside",
    "outside",
    "docker",
    "client",
    "broker",
    "listener",
    "redpanda",
];

/// One address of a list. All spans are byte offsets in the value it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerAddress<'a> {
    /// The part before `://`, as written.
    pub scheme: Option<&'a str>,
    /// A name or an IP address, as written; an IPv6 address without its brackets.
    pub host: &'a str,
    /// The port, if one is written.
    pub port: Option<u16>,
    /// From the scheme to the port, and to the end of the path where a URL has one; without quotes.
    pub span: Span,
    /// The host with its brackets.
    pub host_span: Span,
    /// The digits of the port.
    pub port_span: Option<Span>,
    /// Whether a path follows that no scheme announces, as in ZooKeeper's `zookeeper:2181/kafka`.
    pub has_bare_path: bool,
    /// `span` and the quotes of this item.
    item: Span,
}

impl BrokerAddress<'_> {
    /// The host and the port alone.
    #[must_use]
    pub fn host_port(&self) -> HostPort {
        HostPort::new(self.host, self.port)
    }

    /// Where a changed address ends: after the port, or after the host that has none.
    fn host_port_end(&self) -> usize {
        self.port_span.unwrap_or(self.host_span).end
    }
}

/// A value that consists of broker addresses, with its form: separators, spaces, quotes, brackets, schemes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressList<'a> {
    value: &'a str,
    addresses: Vec<BrokerAddress<'a>>,
}

impl<'a> AddressList<'a> {
    /// Reads `value`, or returns `None` if anything in it is not a broker address.
    ///
    /// It accepts `h:p`, lists with `,` or `;` and spaces, a JSON or YAML flow list, quotes around the value or an item, `[::1]:9092`, and
    /// the schemes of Kafka with user information, a path or a query. A host without a port is accepted, so `true` is one: the caller
    /// decides whether that makes sense for the variable. URLs of other systems (`http://`, `jdbc:`, `redis://`, `tcp://`) and paths are
    /// not accepted.
    #[must_use]
    pub fn parse(value: &'a str) -> Option<Self> {
        let whole = trim(value, Span::new(0, value.len()));
        let list = unquote(value, whole).map_or(whole, |inner| trim(value, inner));
        let addresses =
            addresses(value, list, false).or_else(|| addresses(value, strip(value, list, '[', ']')?, false))?;
        Some(Self { value, addresses })
    }

    /// Reads a value for broker addresses that may have a form that Kafka's clients do not accept: like [`Self::parse`], but it also
    /// accepts the scheme of a web address, `tcp://`, and a path such as that of ZooKeeper.
    #[must_use]
    pub fn parse_meant(value: &'a str) -> Option<Self> {
        Self::parse(value).or_else(|| {
            let whole = trim(value, Span::new(0, value.len()));
            let list = unquote(value, whole).map_or(whole, |inner| trim(value, inner));
            Some(Self { value, addresses: addresses(value, list, true)? })
        })
    }

    /// The list with `port` for the addresses that have none.
    #[must_use]
    pub fn with_port(mut self, port: Option<u16>) -> Self {
        for address in &mut self.addresses {
            address.port = address.port.or(port);
        }
        self
    }

    /// The addresses in their order; at least one.
    #[must_use]
    pub fn addresses(&self) -> &[BrokerAddress<'a>] {
        &self.addresses
    }

    /// The value with other addresses in the same form.
    ///
    /// `with` returns the replacement for an address: `None` keeps it, several brokers become several items, and an empty list removes it.
    /// A replacement is written only once.
    #[must_use]
    pub fn replace(&self, with: impl Fn(&BrokerAddress<'a>) -> Option<Vec<HostPort>>) -> String {
        let (Some(first), Some(last)) = (self.addresses.first(), self.addresses.last()) else {
            return self.value.to_owned();
        };
        let mut text = self.value[..first.item.start].to_owned();
        let mut written: Vec<HostPort> = Vec::new();
        let mut added: Vec<HostPort> = Vec::new();
        let mut is_first = true;
        for (index, address) in self.addresses.iter().enumerate() {
            let item = match with(address) {
                None if added.iter().any(|other| other.is_same(&address.host_port())) => continue,
                None => {
                    written.push(address.host_port());
                    self.value[address.item.range()].to_owned()
                }
                Some(brokers) => {
                    let mut new: Vec<HostPort> = Vec::new();
                    for broker in brokers {
                        if !written.iter().any(|other| other.is_same(&broker)) {
                            written.push(broker.clone());
                            new.push(broker);
                        }
                    }
                    if new.is_empty() {
                        continue;
                    }
                    added.extend(new.iter().cloned());
                    self.items(index, &new)
                }
            };
            if !is_first {
                let separator_start = self.addresses[index - 1].item.end;
                text.push_str(&self.value[separator_start..address.item.start]);
            }
            text.push_str(&item);
            is_first = false;
        }
        text.push_str(&self.value[last.item.end..]);
        text
    }

    /// The addresses with others in place of some, as [`Self::replace`] takes them, written as every client of Kafka's reads them: by commas, and
    /// nothing but host and port.
    #[must_use]
    pub fn plain(&self, with: impl Fn(&BrokerAddress<'a>) -> Option<Vec<HostPort>>) -> String {
        let mut written: Vec<String> = Vec::new();
        for address in &self.addresses {
            let as_it_is = || vec![HostPort::new(address.host, address.port_span.and(address.port))];
            for broker in with(address).unwrap_or_else(as_it_is) {
                let broker = broker.to_string();
                if !written.contains(&broker) {
                    written.push(broker);
                }
            }
        }
        written.join(",")
    }

    /// `brokers` instead of the address at `index`; the later ones have the form of the second address of the value.
    fn items(&self, index: usize, brokers: &[HostPort]) -> String {
        let address = &self.addresses[index];
        if address.host_port_end() < address.span.end {
            // The path of a URL follows the whole list: kafka://a:9092,b:9092/topic
            let hosts: Vec<String> = brokers.iter().map(HostPort::to_string).collect();
            return self.render(address, &hosts.join(","));
        }
        let later = if index == 0 { self.addresses.get(1).unwrap_or(address) } else { address };
        let items: Vec<String> = brokers
            .iter()
            .enumerate()
            .map(|(nth, broker)| self.render(if nth == 0 { address } else { later }, &broker.to_string()))
            .collect();
        items.join(self.separator())
    }

    /// The item of `address` with `host_port` in it.
    fn render(&self, address: &BrokerAddress<'_>, host_port: &str) -> String {
        let before = &self.value[address.item.start..address.host_span.start];
        let after = &self.value[address.host_port_end()..address.item.end];
        format!("{before}{host_port}{after}")
    }

    /// The separator of the first two items; a comma if there is only one.
    fn separator(&self) -> &'a str {
        match self.addresses.as_slice() {
            [first, second, ..] => &self.value[first.item.end..second.item.start],
            _ => ",",
        }
    }
}

fn trim(text: &str, span: Span) -> Span {
    let inner = &text[span.range()];
    let start = span.start + (inner.len() - inner.trim_start().len());
    Span::new(start, start + inner.trim().len())
}

fn strip(text: &str, span: Span, open: char, close: char) -> Option<Span> {
    let inner = text[span.range()].strip_prefix(open)?.strip_suffix(close)?;
    let start = span.start + open.len_utf8();
    Some(Span::new(start, start + inner.len()))
}

/// Inside the quotes, if one pair of them holds all of `span`.
fn unquote(text: &str, span: Span) -> Option<Span> {
    ['"', '\''].into_iter().find_map(|quote| {
        let inner = strip(text, span, quote, quote)?;
        (!text[inner.range()].contains(quote)).then_some(inner)
    })
}

fn addresses(text: &str, list: Span, any_form: bool) -> Option<Vec<BrokerAddress<'_>>> {
    let mut addresses = Vec::new();
    let mut start = list.start;
    for piece in text[list.range()].split([',', ';']) {
        let item = trim(text, Span::new(start, start + piece.len()));
        start += piece.len() + 1;
        let is_last = start > list.end;
        if item.is_empty() && is_last && !addresses.is_empty() {
            break;
        }
        addresses.push(address(text, item, any_form)?);
    }
    Some(addresses)
}

fn address(text: &str, item: Span, any_form: bool) -> Option<BrokerAddress<'_>> {
    let span = unquote(text, item).unwrap_or(item);
    let written = &text[span.range()];
    let bare_path = written.find('/').filter(|_| any_form && !written.contains("://"));
    let (scheme, host_port) = match written.split_once("://") {
        None => (None, Span::new(span.start, bare_path.map_or(span.end, |path| span.start + path))),
        Some((scheme, rest)) => {
            let authority = rest.find(['/', '?']).map_or(rest, |end| &rest[..end]);
            let user = authority.rfind('@').map_or(0, |at| at + 1);
            let start = span.start + scheme.len() + "://".len();
            (Some(scheme), Span::new(start + user, start + authority.len()))
        }
    };
    let is_accepted = |scheme: &str| is_kafka_scheme(scheme) || any_form && is_foreign_scheme(scheme);
    if scheme.is_some_and(|scheme| !is_accepted(scheme)) {
        return None;
    }
    let (host_len, host, port) = split_host_port(&text[host_port.range()])?;
    let host_span = Span::new(host_port.start, host_port.start + host_len);
    let port_span = port.map(|_| Span::new(host_span.end + 1, host_port.end));
    let has_bare_path = bare_path.is_some();
    Some(BrokerAddress { scheme, host, port, span, host_span, port_span, has_bare_path, item })
}

/// Whether a scheme is that of a web address, which no client of Kafka's accepts.
#[must_use]
pub fn is_web_scheme(scheme: &str) -> bool {
    ["http", "https"].iter().any(|web| web.eq_ignore_ascii_case(scheme))
}

/// Whether a scheme is that of other systems, too, and some people write it before a broker's address.
#[must_use]
pub fn is_foreign_scheme(scheme: &str) -> bool {
    is_web_scheme(scheme) || scheme.eq_ignore_ascii_case("tcp")
}

fn is_kafka_scheme(scheme: &str) -> bool {
    let scheme = scheme.to_ascii_lowercase();
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-+.".contains(&byte));
    let first_word = scheme.split(['_', '-']).next().unwrap_or_default();
    is_scheme && (scheme.contains("kafka") || SCHEME_WORDS.contains(&first_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_ports(value: &str) -> Option<Vec<String>> {
        AddressList::parse(value)
            .map(|list| list.addresses().iter().map(|address| address.host_port().to_string()).collect())
    }

    #[test]
    fn addresses_are_read_in_every_shape() {
        for (value, expected) in [
            ("kafka:9092", "kafka:9092"),
            (" kafka:9092\n", "kafka:9092"),
            ("kafka", "kafka"),
            ("my_kafka-1.net:9092", "my_kafka-1.net:9092"),
            ("10.0.0.7:9092", "10.0.0.7:9092"),
            ("[::1]:9092", "[::1]:9092"),
            ("[::1]", "[::1]"),
            ("::1", "[::1]"),
            ("a:1,b:2", "a:1 b:2"),
            ("a:1, b:2 ,\n c:3", "a:1 b:2 c:3"),
            ("a:1;b:2", "a:1 b:2"),
            ("a:1,", "a:1"),
            ("[::1]:1,[::2]:2", "[::1]:1 [::2]:2"),
            ("PLAINTEXT://a:1,PLAINTEXT://b:2", "a:1 b:2"),
            ("sasl_ssl://a:1", "a:1"),
            ("LISTENER_DOCKER_INTERNAL://a:1", "a:1"),
            ("kafka://a:1;b:2", "a:1 b:2"),
            ("kafka+ssl://user:pw@a:1/topic?x=y", "a:1"),
            ("confluentkafka://a:1", "a:1"),
            (r#"["a:1", "b:2"]"#, "a:1 b:2"),
            ("['a:1']", "a:1"),
            ("[a:1,b:2]", "a:1 b:2"),
            ("[[::1]:1]", "[::1]:1"),
            (r#""a:1,b:2""#, "a:1 b:2"),
            (r#"'["a:1"]'"#, "a:1"),
            (r#""a:1","b:2""#, "a:1 b:2"),
        ] {
            assert_eq!(host_ports(value).map(|found| found.join(" ")).as_deref(), Some(expected), "{value:?}");
        }
    }

    #[test]
    fn what_is_not_only_addresses_is_refused() {
        for value in [
            "",
            " ",
            ",",
            "a:1,,b:2",
            ":9092",
            "a:",
            "a:0",
            "a:65536",
            "a:x",
            "a:b:1",
            "a b",
            "a:1 b:2",
            "9092",
            "3.6.1",
            "1:2",
            "-a:1",
            "a..b:1",
            "[a",
            "[]",
            "[::1",
            "[::1]9092",
            "\"a:1",
            "http://a:1",
            "https://a",
            "tcp://a:1",
            "jdbc:postgresql://a:1/db",
            "redis://a:1",
            "postgres://a:1",
            "mongodb://a:1,b:2",
            "mysql://a:1",
            "amqp://a:1",
            "/etc/kafka",
            "./a:1",
            "a:1/topic",
            "${KAFKA}",
            "kafka:3.9.0",
            "kafka://",
            "kafka://@",
            "é:1",
        ] {
            assert_eq!(host_ports(value), None, "{value:?}");
        }
    }

    #[test]
    fn addresses_in_other_forms_are_read_where_addresses_are_meant() {
        for (value, expected) in [
            ("http://kafka:9092", Some("kafka:9092")),
            ("https://a:1/,b:2", Some("a:1 b:2")),
            ("zoo-1:2181,zoo-2:2181/kafka", Some("zoo-1:2181 zoo-2:2181")),
            ("kafka:9092", Some("kafka:9092")),
            ("redis://redis:6379/0", None),
            ("/etc/kafka", None),
            ("a b/c", None),
        ] {
            let list = AddressList::parse_meant(value);
            let found =
                list.map(|list| list.addresses().iter().map(|it| it.host_port().to_string()).collect::<Vec<_>>());
            assert_eq!(found.map(|found| found.join(" ")).as_deref(), expected, "{value:?}");
        }
    }

    #[test]
    fn spans_are_byte_offsets_in_the_value() {
        let value = r#" ["kafka://u@[::1]:9092/x"]"#;
        let list = AddressList::parse(value).expect("a list");
        let address = &list.addresses()[0];
        assert_eq!((address.scheme, address.host, address.port), (Some("kafka"), "::1", Some(9092)));
        assert_eq!(&value[address.span.range()], "kafka://u@[::1]:9092/x");
        assert_eq!(&value[address.host_span.range()], "[::1]");
        assert_eq!(address.port_span.map(|span| &value[span.range()]), Some("9092"));
    }

    #[test]
    fn one_broker_takes_the_place_of_every_loopback_in_the_same_shape() {
        for (value, expected) in [
            ("localhost:9092", "kafka:29092"),
            (" localhost:9092\n", " kafka:29092\n"),
            ("localhost", "kafka:29092"),
            ("PLAINTEXT://localhost:9092", "PLAINTEXT://kafka:29092"),
            ("kafka://u:p@localhost:9092/t?x=y", "kafka://u:p@kafka:29092/t?x=y"),
            (r#"["localhost:9092"]"#, r#"["kafka:29092"]"#),
            (r#""[::1]:9092""#, r#""kafka:29092""#),
            ("localhost:9092, localhost:9093", "kafka:29092"),
            ("localhost:9092, kafka:29092", "kafka:29092"),
            ("kafka:29092;localhost:9092;", "kafka:29092;"),
            ("other:1, localhost:9092 , last:2", "other:1, kafka:29092 , last:2"),
            ("a:1,a:1", "a:1,a:1"),
        ] {
            let list = AddressList::parse(value).expect(value);
            let new =
                list.replace(|address| is_loopback(address.host).then(|| vec![HostPort::new("kafka", Some(29092))]));
            assert_eq!(new, expected, "{value:?}");
        }
    }

    #[test]
    fn several_brokers_become_a_list_in_the_same_shape() {
        let brokers = || Some(vec![HostPort::new("k1", Some(1)), HostPort::new("k2", Some(2))]);
        for (value, expected) in [
            ("localhost:9092", "k1:1,k2:2"),
            ("localhost:9092, localhost:9093", "k1:1, k2:2"),
            ("a:1;b:2", "k1:1;k2:2"),
            ("PLAINTEXT://a:1", "PLAINTEXT://k1:1,PLAINTEXT://k2:2"),
            ("kafka://a:1;b:2", "kafka://k1:1;k2:2"),
            ("kafka://a:1/topic", "kafka://k1:1,k2:2/topic"),
            (r#"["a:1"]"#, r#"["k1:1","k2:2"]"#),
            (r#"[ 'a:1', 'b:2' ]"#, r#"[ 'k1:1', 'k2:2' ]"#),
            (r#""a:1""#, r#""k1:1,k2:2""#),
        ] {
            assert_eq!(AddressList::parse(value).expect(value).replace(|_| brokers()), expected, "{value:?}");
        }
    }

    #[test]
    fn a_host_can_be_written_alone_and_an_address_removed() {
        let list = AddressList::parse("localhost").expect("a host");
        assert_eq!(list.replace(|_| Some(vec![HostPort::new("kafka", None)])), "kafka");
        let list = AddressList::parse("a:1, b:2").expect("a list");
        assert_eq!(list.replace(|address| (address.host == "a").then(Vec::new)), "b:2");
    }
}
