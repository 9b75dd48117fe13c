using Confluent.Kafka;
using Microsoft.Extensions.Options;

public class PayoutListener(IOptions<KafkaOptions> options) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stop) => Task.Run(() =>
        new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = options.Value.Brokers }).Build());
}
