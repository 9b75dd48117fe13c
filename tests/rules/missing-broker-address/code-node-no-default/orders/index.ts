import { Kafka } from 'kafkajs';
const kafka = new Kafka({ brokers: [process.env.KAFKA_URL!] });
