var builder = WebApplication.CreateBuilder(args);
builder.Services.Configure<KafkaOptions>(builder.Configuration.GetSection("Kafka"));
builder.Services.AddHostedService<PayoutListener>();
builder.Build().Run();

public class KafkaOptions
{
    public string Brokers { get; set; } = "";
    public string Topic { get; set; } = "payouts";
}
