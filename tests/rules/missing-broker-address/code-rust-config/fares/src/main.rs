use config::{Config, Environment, File};
use rdkafka::ClientConfig;

fn main() {
    let settings = Config::builder()
        .add_source(File::with_name("config/default"))
        .add_source(Environment::with_prefix("FARES").separator("__"))
        .build()
        .expect("settings");
    let brokers = settings.get_string("kafka.brokers").expect("kafka.brokers");
    ClientConfig::new().set("bootstrap.servers", brokers);
}
