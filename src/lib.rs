//! Finds out why the services of a Docker Compose project cannot reach their Kafka broker, and repairs the compose file.
pub mod cli;
pub mod compose;
pub mod finding;
pub mod repair;
pub mod report;
pub mod source;
pub mod text;
pub mod yaml;
