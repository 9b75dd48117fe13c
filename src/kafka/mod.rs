//! What Kafka adds to Compose: brokers, listeners, clients, addresses, and the catalog of images, variables and health checks.

pub mod address;
pub mod broker;
pub mod broker_listeners;
pub mod catalog;
pub mod client;
mod command;
pub mod container_listener;
pub mod effective;
pub mod internal_listener;
pub mod listener;
pub mod mismatch;
pub mod new_setting;
pub mod probe;
pub mod property;
pub mod reachability;
pub mod startup;
pub mod topology;
pub mod usage;
