//! What a file says, each with the line it stands in.

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
    /// What stands in for it where it is not set; `None` if nothing does, or if that is no literal.
    pub default: Option<String>,
    /// The line, from 1.
    pub line: usize,
}

/// A text in a source file that is one or several addresses: `host:port`, by commas, with or without a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The text without its quotes.
    pub text: String,
    /// The line, from 1.
    pub line: usize,
}

/// An entry of a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its path, joined by dots: `spring.kafka.bootstrap-servers`; an item of a list has its index, as in `kafka.brokers.0`.
    pub key: String,
    /// Its value as written, without quotes; placeholders such as `${X:default}` are still in it.
    pub value: String,
    /// The profile it counts for, where the file's name or a document of it says so.
    pub profile: Option<String>,
    /// The line, from 1.
    pub line: usize,
}
