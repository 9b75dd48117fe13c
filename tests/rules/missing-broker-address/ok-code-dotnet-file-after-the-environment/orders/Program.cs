using Confluent.Kafka;

var builder = WebApplication.CreateBuilder(args);
builder.Configuration.AddJsonFile("settings/orders.json");
var config = new ProducerConfig { BootstrapServers = builder.Configuration["Kafka:BootstrapServers"] };
