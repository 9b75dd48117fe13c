import org.springframework.kafka.core.KafkaTemplate;

class Orders {
    KafkaTemplate<String, String> template;
}
