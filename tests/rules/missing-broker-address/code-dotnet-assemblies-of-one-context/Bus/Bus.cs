using Confluent.Kafka;

var servers = Environment.GetEnvironmentVariable("ORDERS_BROKER") ?? "localhost:9092";
var config = new ProducerConfig { BootstrapServers = servers };
