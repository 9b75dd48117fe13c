import org.springframework.kafka.core.KafkaTemplate;
