using Confluent.Kafka;
var builder = WebApplication.CreateBuilder(args);
var config = new ProducerConfig { BootstrapServers = builder.Configuration["Bus:Servers"] };
