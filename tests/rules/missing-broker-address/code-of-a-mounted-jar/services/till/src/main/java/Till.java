import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;

class Till {
    void run() {
        Properties p = new Properties();
        p.put("bootstrap.servers", System.getenv("KAFKA_SERVERS"));
        new KafkaProducer<String, String>(p);
    }
}
