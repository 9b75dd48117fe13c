use rdkafka::ClientConfig;
use serde::Deserialize;

#[derive(Deserialize)]
struct Settings {
    kafka_brokers: String,
}

fn main() {
    let settings: Settings = envy::from_env().expect("settings");
    ClientConfig::new().set("bootstrap.servers", &settings.kafka_brokers);
}
