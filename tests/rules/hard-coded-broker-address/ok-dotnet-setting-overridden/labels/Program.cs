using Confluent.Kafka;

var builder = Host.CreateApplicationBuilder(args);
var config = new ProducerConfig { BootstrapServers = builder.Configuration["Kafka:BootstrapServers"] };
