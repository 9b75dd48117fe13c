import org.springframework.kafka.annotation.KafkaListener;

class Orders {}
