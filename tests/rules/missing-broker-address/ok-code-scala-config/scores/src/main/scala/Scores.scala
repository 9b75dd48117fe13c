import com.typesafe.config.ConfigFactory
import org.apache.pekko.kafka.ConsumerSettings

object Scores extends App {
  val brokers = ConfigFactory.load().getString("scores.kafka.brokers")
}
