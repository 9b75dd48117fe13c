import { KafkaJS } from '@confluentinc/kafka-javascript';
import { environment } from './environment';

const kafka = new KafkaJS.Kafka({ kafkaJS: { brokers: environment.KAFKA_BOOTSTRAP_SERVERS.split(',') } });
void kafka.producer().connect();
