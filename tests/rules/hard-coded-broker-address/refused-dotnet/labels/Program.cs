using Confluent.Kafka;

var config = new ConsumerConfig
{
    BootstrapServers = "localhost:9092",
    GroupId = "labels",
};
using var consumer = new ConsumerBuilder<Ignore, string>(config).Build();
