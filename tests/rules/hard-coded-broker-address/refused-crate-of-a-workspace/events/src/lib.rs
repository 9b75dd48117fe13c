use rdkafka::ClientConfig;
use rdkafka::producer::FutureProducer;

pub fn sender() -> FutureProducer {
    ClientConfig::new().set("bootstrap.servers", "localhost:9092").create().expect("a producer")
}
