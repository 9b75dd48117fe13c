import org.springframework.kafka.core.KafkaTemplate;

class Fares {
    KafkaTemplate<String, String> fares;
}
