using Confluent.Kafka;

var servers = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") ?? "localhost:9092";
using var consumer = new ConsumerBuilder<Ignore, string>(
    new ConsumerConfig { BootstrapServers = servers, GroupId = "labels" }).Build();
consumer.Subscribe("labels");
