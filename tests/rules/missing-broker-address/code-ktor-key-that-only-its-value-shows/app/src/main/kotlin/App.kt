import org.apache.kafka.clients.producer.KafkaProducer
fun main() {
    val servers = environment.config.property("events.bootstrap").getString()
    val p = KafkaProducer<String, String>(mapOf("bootstrap.servers" to servers))
}
