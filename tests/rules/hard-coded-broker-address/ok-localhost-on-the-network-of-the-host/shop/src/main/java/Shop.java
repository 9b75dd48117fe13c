import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;

class Shop {
    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.load(Shop.class.getResourceAsStream("/application.properties"));
        new KafkaConsumer<String, String>(properties);
    }
}
