import io.micronaut.configuration.kafka.annotation.KafkaListener
import io.micronaut.configuration.kafka.annotation.Topic

@KafkaListener
class SeatListener {
    @Topic("seats")
    fun take(seat: String) = println(seat)
}
