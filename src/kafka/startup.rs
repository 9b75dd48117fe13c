//! What Kafka says to a broker's configuration, version by version, and what it would have instead.
//!
//! Nothing here knows of Compose or of images: a [`configuration`] is put to Kafka's own [`checks`], which are those of its source, alone or as
//! a node of a [`cluster`].

pub mod check;
pub mod checks;
pub mod cluster;
pub mod configuration;
pub mod definition;
pub mod endpoint;
pub mod objection;
pub mod reading;
pub mod replication;
pub mod value;
pub mod wanted;
