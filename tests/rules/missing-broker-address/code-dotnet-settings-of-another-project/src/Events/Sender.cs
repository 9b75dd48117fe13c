using Confluent.Kafka;

public class KafkaOptions
{
    public string BootstrapServers { get; set; }
}

public class Sender
{
    public Sender(KafkaOptions options)
    {
        var config = new ProducerConfig { BootstrapServers = options.BootstrapServers };
    }
}
