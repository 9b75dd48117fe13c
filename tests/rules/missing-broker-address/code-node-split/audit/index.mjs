import { Kafka } from 'kafkajs';

const kafka = new Kafka({
  clientId: 'audit',
  brokers: process.env.KAFKA_BROKERS?.split(',') ?? ['localhost:9092'],
});
await kafka.producer().connect();
