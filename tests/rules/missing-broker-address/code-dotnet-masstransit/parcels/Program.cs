using MassTransit;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddMassTransit(bus =>
{
    bus.UsingInMemory();
    bus.AddRider(rider => rider.UsingKafka((context, kafka) =>
        kafka.Host(builder.Configuration.GetConnectionString("Kafka") ?? "localhost:9092")));
});
builder.Build().Run();
