import java.io.FileInputStream;
import java.util.Properties;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;

class Stream {
    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.load(new FileInputStream("/app/stream.properties"));
        new KafkaStreams(new StreamsBuilder().build(), properties).start();
    }
}
