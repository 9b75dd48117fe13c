use rdkafka::ClientConfig;

fn main() {
    let brokers = std::env::var("KAFKA_BROKERS").unwrap_or_else(|_| "localhost:9092".into());
    ClientConfig::new().set("bootstrap.servers", brokers);
}
