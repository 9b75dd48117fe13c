import org.springframework.boot.context.properties.ConfigurationProperties
import org.springframework.kafka.core.DefaultKafkaProducerFactory

@ConfigurationProperties(prefix = "depot.kafka")
data class DepotProperties(val bootstrapServers: String = "localhost:9092")

fun producers(properties: DepotProperties) =
    DefaultKafkaProducerFactory<String, String>(mapOf("bootstrap.servers" to properties.bootstrapServers))
