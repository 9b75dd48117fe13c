class Publisher {
    @org.springframework.beans.factory.annotation.Value("${broker.address:localhost:9092}") String servers;
    org.springframework.kafka.core.KafkaTemplate<String, String> template;
}
