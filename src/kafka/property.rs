//! What is known of the value of a broker's property.

/// The value of a property such as `advertised.listeners`, as far as the files tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given<'a> {
    /// It has this value.
    Set(&'a str),
    /// Nothing sets it: Kafka's own default counts.
    Unset,
    /// Something sets it, or may set it, to a value that the files do not tell. Never the same as unset.
    Unknown,
}
