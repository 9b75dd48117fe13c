import org.springframework.kafka.annotation.KafkaListener;

class Orders {
    @KafkaListener(topics = "orders")
    void ordered(String order) {
    }
}
