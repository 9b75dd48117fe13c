class Publisher { org.springframework.kafka.core.KafkaTemplate<String, String> template; }
