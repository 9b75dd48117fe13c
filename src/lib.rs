//! Finds out why the services of a Docker Compose project cannot reach their Kafka broker, and repairs the compose file.
pub mod cli;
pub mod compose;
pub mod discover;
pub mod finding;
pub mod fixer;
pub mod kafka;
pub mod repair;
pub mod report;
pub mod rules;
pub mod source;
pub mod text;
pub mod yaml;
