import org.apache.kafka.clients.consumer.KafkaConsumer

fun main() {
    val servers = System.getenv("ROUTES_BOOTSTRAP_SERVERS") ?: "localhost:9092"
    KafkaConsumer<String, String>(mapOf("bootstrap.servers" to servers)).subscribe(listOf("routes"))
}
