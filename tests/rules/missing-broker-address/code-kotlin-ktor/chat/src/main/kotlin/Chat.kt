import java.util.Properties
import org.apache.kafka.clients.producer.KafkaProducer

class Chat(env: Map<String, String> = System.getenv()) {
    private val properties = Properties().apply {
        put("bootstrap.servers", env.getOrDefault("KAFKA_BOOTSTRAP", "localhost:9092"))
    }
    val producer = KafkaProducer<String, String>(properties)
}
