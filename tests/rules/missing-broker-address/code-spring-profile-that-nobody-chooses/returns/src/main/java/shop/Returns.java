package shop;

import org.springframework.kafka.annotation.KafkaListener;

class Returns {
    @KafkaListener(topics = "returns")
    void take(String parcel) {}
}
