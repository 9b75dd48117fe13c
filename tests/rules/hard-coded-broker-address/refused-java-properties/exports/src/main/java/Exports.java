import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;

class Exports {
    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.load(Exports.class.getResourceAsStream("/consumer.properties"));
        new KafkaConsumer<String, String>(properties);
    }
}
