//! Kafka's objections to the configuration of a broker, by version, and the configuration that it would accept.
//!
//! Independent of Compose and images: Kafka's [`checks`], taken from its source code, are applied to a [`configuration`], alone or as a
//! node of a [`cluster`].

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
