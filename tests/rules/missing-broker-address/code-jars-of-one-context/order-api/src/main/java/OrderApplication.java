import org.springframework.kafka.core.KafkaTemplate;

class OrderApplication {}
