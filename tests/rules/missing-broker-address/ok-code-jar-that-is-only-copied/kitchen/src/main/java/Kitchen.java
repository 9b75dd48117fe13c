class Kitchen { @org.springframework.kafka.annotation.KafkaListener(topics = "orders") void cook(String order) { } }
