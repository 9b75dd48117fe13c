//! What Kafka adds to Compose: brokers, listeners, clients, addresses, and the catalog of images, variables and health checks.

pub mod address;
pub mod broker;
pub mod broker_listeners;
pub mod catalog;
pub mod client;
pub mod command;
pub mod document;
pub mod effective;
pub mod internal_listener;
pub mod judgement;
pub mod keys;
pub mod listener;
pub mod new_setting;
pub mod obstacle;
pub mod peer;
pub mod property;
pub mod protocols;
pub mod route;
pub mod startup;
pub mod topology;
pub mod usage;
pub mod zookeeper;
