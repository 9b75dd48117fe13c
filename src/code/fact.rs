//! The facts in a file, each with its line.

/// A library for Kafka that a file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The library, as the catalog calls it.
    pub library: String,
    /// The line, from 1.
    pub line: usize,
}

/// An environment variable that a file reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Its name.
    pub variable: String,
    /// Its default; `None` if there is none, or if it is not a literal.
    pub default: Option<String>,
    /// What its value is given to, as far as the file shows that: keys, arguments and names.
    pub given_to: Vec<String>,
    /// The line, from 1.
    pub line: usize,
}

impl Read {
    /// One of which nothing shows what its value is given to.
    #[must_use]
    pub const fn new(variable: String, default: Option<String>, line: usize) -> Self {
        Self { variable, default, given_to: Vec::new(), line }
    }
}

/// A text in a source file that is one or several addresses: `host:port`, by commas, with or without a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The text without its quotes.
    pub text: String,
    /// The function that it is given to under the name of a setting: `KafkaConsumer` of `KafkaConsumer(bootstrap_servers="a:1")`.
    pub call: Option<Call>,
    /// The line, from 1.
    pub line: usize,
}

/// A call with a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The function, without what it belongs to.
    pub function: String,
    /// The name of the setting.
    pub setting: String,
}

/// An entry of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its path, joined by dots: `spring.kafka.bootstrap-servers`; an item of a list has its index, as in `kafka.brokers.0`.
    pub key: String,
    /// Its value as written, without quotes; placeholders such as `${X:default}` are still in it.
    pub value: String,
    /// Its profile, from the name of the file or from one of its documents.
    pub profile: Option<String>,
    /// The line, from 1.
    pub line: usize,
}
